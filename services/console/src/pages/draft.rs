//! `/draft`: paste a draft or choose a file, and see at once what a published report would be told. Nothing is kept.
use askama::Template;
use axum::{
    extract::{Multipart, State, multipart::MultipartError},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use gongkai_judging::Judgement;
use gongkai_model::{DocumentKind, Report};

use super::{
    Page, html,
    item::FindingItem,
    report::{
        Part, parts,
        text::{Piece, is_cut, pieces},
    },
};
use crate::{
    ConsoleState,
    draft::Draft,
    error::PageError,
    frame::Frame,
    sheet::Marks,
    words::{self, Tag},
};

/// As everywhere, and our own script.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

struct Checked {
    title: String,
    verdict: Tag,
    counts: Vec<(Tag, usize)>,
    error: Option<String>,
    not_a_report: bool,
    parts: Vec<Part>,
    findings: Vec<FindingItem>,
    pieces: Vec<Piece>,
    cut: bool,
}

#[derive(Template)]
#[template(path = "draft.html")]
struct DraftPage {
    f: Frame,
    text: String,
    empty: bool,
    reports: Vec<Checked>,
}

/// The empty form.
pub(crate) async fn form(f: Frame) -> Page {
    written(DraftPage { f, text: String::new(), empty: false, reports: Vec::new() })
}

/// The form with what was found in the draft.
pub(crate) async fn check(State(state): State<ConsoleState>, f: Frame, body: Multipart) -> Page {
    let _place = state.drafts.place()?;
    let Some((draft, text)) = draft(body).await? else {
        return written(DraftPage { f, text: String::new(), empty: true, reports: Vec::new() });
    };
    let checked = state.drafts.check(draft).await?;
    let reports = checked.iter().map(|(report, judgement)| view(&f, report, judgement)).collect();
    written(DraftPage { f, text, empty: false, reports })
}

/// A file goes before pasted text.
async fn draft(mut body: Multipart) -> Result<Option<(Draft, String)>, PageError> {
    let (mut file, mut text) = (Vec::new(), String::new());
    while let Some(field) = body.next_field().await.map_err(refused)? {
        match field.name() {
            Some("file") => file = field.bytes().await.map_err(refused)?.to_vec(),
            Some("text") => text = field.text().await.map_err(refused)?,
            _ => {}
        }
    }
    Ok(if !file.is_empty() {
        Some((Draft { bytes: file, content_type: None }, String::new()))
    } else if !text.trim().is_empty() {
        let content_type = Some("text/plain; charset=utf-8".to_owned());
        Some((Draft { bytes: text.clone().into_bytes(), content_type }, text))
    } else {
        None
    })
}

fn refused(error: MultipartError) -> PageError {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => PageError::TooLarge,
        _ => PageError::BadRequest(error.to_string()),
    }
}

fn view(f: &Frame, report: &Report, judgement: &Judgement) -> Checked {
    use gongkai_model::Severity::{Error, Hint, Warning};
    let counts = judgement.counts;
    let counts = [(Error, counts.error), (Warning, counts.warning), (Hint, counts.hint)];
    let marks = Marks::new(&judgement.findings);
    Checked {
        title: report
            .title
            .as_ref()
            .map_or_else(|| f.t("未识别到标题", "no title found").to_owned(), |title| title.text.clone()),
        verdict: words::verdict(f, judgement.verdict),
        counts: counts.into_iter().filter(|(_, n)| *n > 0).map(|(s, n)| (words::severity(f, s), n)).collect(),
        error: report.error.as_ref().map(|error| error.message.clone()),
        not_a_report: report.kind != DocumentKind::AnnualReport,
        parts: if report.kind == DocumentKind::AnnualReport { parts(f, report, &marks) } else { Vec::new() },
        findings: judgement.findings.iter().map(|finding| FindingItem::unstored(f, finding)).collect(),
        pieces: pieces(report, judgement.findings.iter()),
        cut: is_cut(report),
    }
}

fn written(page: DraftPage) -> Page {
    let mut response: Response = html(&page)?;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    // Not even the browser keeps a draft.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
