//! `gongkai rules` and `gongkai explain`: the registry of the judging core and the alerter's rules, as one list.
use anyhow::bail;
use gongkai_alerter::{RuleDoc, rule_docs};
use gongkai_judging::{
    render::{self, Style, severity_word},
    rule, rules,
};
use gongkai_model::{Lang, Severity};
use serde_json::json;

use crate::{
    cli::{ExplainArguments, RulesArguments, TextOrJson},
    output::{self, Exit},
};

/// Lists every rule.
pub(crate) fn list(arguments: &RulesArguments) -> anyhow::Result<Exit> {
    let lang = arguments.lang.into();
    let style = Style { lang, colour: output::colour() };
    match arguments.format {
        TextOrJson::Text => {
            let own = rule_docs().into_iter().map(|doc| line(&doc, lang)).collect::<String>();
            output::print(&format!("{}{own}", render::rules_table(style)))?;
        }
        TextOrJson::Json => {
            let mut all = render::rules_json();
            if let Some(list) = all.as_array_mut() {
                list.extend(rule_docs().iter().map(json_of));
            }
            output::print(&format!("{all:#}\n"))?;
        }
    }
    Ok(Exit::Fine)
}

fn severities(doc: &RuleDoc, lang: Lang) -> String {
    doc.severities.iter().map(|severity| severity_word(*severity, lang)).collect::<Vec<_>>().join("/")
}

fn line(doc: &RuleDoc, lang: Lang) -> String {
    format!("{}  {}  {}  {}\n", doc.code, severities(doc, lang), doc.name, doc.title().get(lang))
}

fn json_of(doc: &RuleDoc) -> serde_json::Value {
    let severities: Vec<&str> = doc.severities.iter().map(|severity| Severity::as_str(*severity)).collect();
    json!({
        "code": doc.code, "rule": doc.name, "severities": severities,
        "title": doc.title(), "basis": doc.basis(), "explanation": doc.explanation(),
    })
}

/// One rule with its basis and examples.
pub(crate) fn explain(arguments: &ExplainArguments) -> anyhow::Result<Exit> {
    let lang = arguments.lang.into();
    let style = Style { lang, colour: output::colour() };
    let wanted = arguments.code.trim();
    if let Some(rule) = rule(&wanted.to_uppercase()).or_else(|| rule(wanted)) {
        output::print(&render::explain(rule, style))?;
        return Ok(Exit::Fine);
    }
    let docs = rule_docs();
    let Some(doc) = docs.iter().find(|doc| doc.code.eq_ignore_ascii_case(wanted) || doc.name == wanted)
    else {
        let known: Vec<&str> =
            rules().iter().map(|rule| rule.code).chain(docs.iter().map(|doc| doc.code)).collect();
        bail!("没有规则 {wanted} (no such rule)；现有 (known): {}", known.join(" "));
    };
    let (level, basis) =
        if lang == Lang::Zh { ("级别：", "依据：") } else { ("severity: ", "basis: ") };
    let (title, explanation, law) = (doc.title(), doc.explanation(), doc.basis());
    output::print(&format!(
        "{} {}  {}\n{level}{}\n\n{}\n\n{basis}{}\n",
        doc.code,
        doc.name,
        title.get(lang),
        severities(doc, lang),
        explanation.get(lang),
        law.get(lang)
    ))?;
    Ok(Exit::Fine)
}
