//! A season of many reports: invented bodies of one site, each with a report of its own, made when they are asked for.
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use gongkai_model::Kind;
use jiff::civil::date;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::reports::{Issuer, Layout, ReportPlan};

/// Plans that are drawn; every body's report is one of them under its own name.
const PLANS: usize = 198;
/// The city whose name stands in a plan until a body takes its place.
const SOME_CITY: &str = "未定城市";
/// What the names of places are made of.
const SYLLABLES: [char; 20] = [
    '霁', '澹', '芷', '砚', '槿', '翎', '蘅', '筱', '湑', '栎', '泽', '浦', '洲', '渡', '岭', '汀', '屏',
    '垣', '隰', '畹',
];
/// Report year of all of them.
const YEAR: i16 = 2025;

/// Documents that stand beside the reports: their path, media type and bytes, and a title for the list.
#[derive(Clone, Debug)]
pub struct Guest {
    /// Path on the site.
    pub path: String,
    /// Title in the list.
    pub title: String,
    /// Media type.
    pub content_type: String,
    /// Bytes.
    pub bytes: Vec<u8>,
}

/// The bodies, their reports and the lists that name them.
pub struct Season {
    bodies: usize,
    plans: Vec<String>,
    guests: Vec<Guest>,
    per_list: usize,
    delay: Duration,
}

impl Season {
    /// A season of so many bodies; `layout` makes all reports look alike, without it they are as mixed as they come.
    pub fn new(bodies: usize, layout: Option<Layout>) -> Self {
        Self::laid_out(bodies, |_, drawn| layout.unwrap_or(drawn))
    }

    /// A season of web pages, more than 40 KB on average: every second one as a word processor writes them, the others as mixed
    /// as they come, where what would be bare text is a page with plain tables.
    pub fn of_pages(bodies: usize) -> Self {
        Self::laid_out(bodies, |at, drawn| match drawn {
            _ if at % 2 == 1 => Layout::StyledPage,
            drawn if drawn.is_page() => drawn,
            _ => Layout::TablePage,
        })
    }

    fn laid_out(bodies: usize, layout: impl Fn(usize, Layout) -> Layout) -> Self {
        let drawn = (0..PLANS.min(bodies.max(1))).map(|at| plan(at, |drawn| layout(at, drawn)));
        let plans = drawn.map(|plan| plan.generate().content).collect();
        Self { bodies, plans, guests: Vec::new(), per_list: (bodies / 40).max(50), delay: Duration::ZERO }
    }

    /// The same with documents beside the reports.
    #[must_use]
    pub fn with(mut self, guests: Vec<Guest>) -> Self {
        self.guests = guests;
        self
    }

    /// The same on a site that takes its time for each page.
    #[must_use]
    pub const fn delayed(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Reports and guests that the lists name.
    pub const fn documents(&self) -> usize {
        self.bodies + self.guests.len()
    }

    /// The registry of bodies as CSV.
    pub fn registry(&self) -> String {
        let mut lines = String::from(
            "id,name,former_names,code,level,kind,parent,site,local_due,vertical,rule_making,reports_itself,valid_from,valid_to,successor\n",
        );
        for at in 0..self.bodies {
            lines +=
                &format!("b{at},{},,990100,prefecture,department,,season,,false,,true,,,\n", self.name(at));
        }
        lines
    }

    /// The site's profile as TOML, for a site that is served at `root` (with the final slash).
    pub fn profile(root: &str) -> String {
        format!(
            "id = \"season\"\nname = \"四季网\"\nregion = \"9901\"\nhome = \"{root}\"\nhosts = [\"127.0.0.1\"]\n\
             interval_ms = 0\nrevisit_s = 86400\n\n\
             [[column]]\nname = \"reports\"\nstart = [\"{root}list/0.html\"]\nlist = \"ul.list\"\nitem = \"ul.list > li\"\n\
             next = {{ selector = \"a.next\" }}\ninclude = [\"年度报告$\"]\ndetail = \"any\"\nbody = {{ named = true }}\n"
        )
    }

    /// What stands at a path: media type and bytes.
    pub fn page(&self, path: &str) -> Option<(String, Vec<u8>)> {
        const HTML: &str = "text/html; charset=utf-8";
        if let Some(guest) = self.guests.iter().find(|guest| guest.path == path) {
            return Some((guest.content_type.clone(), guest.bytes.clone()));
        }
        let number = |folder: &str| -> Option<usize> {
            path.strip_prefix(folder)?.strip_suffix(".html")?.parse().ok()
        };
        if let Some(list) = number("/list/") {
            return Some((HTML.to_owned(), self.list(list).into_bytes()));
        }
        let at = number("/r/").filter(|at| *at < self.bodies)?;
        let plan = self.plans.get(at % self.plans.len().max(1))?;
        Some((HTML.to_owned(), plan.replace(SOME_CITY, &city(at)).into_bytes()))
    }

    fn list(&self, list: usize) -> String {
        let mut html = String::from("<html><body><ul class=\"list\">");
        let first = list * self.per_list;
        for at in first..(first + self.per_list).min(self.bodies) {
            html += &format!(
                "<li><a href=\"/r/{at}.html\">{}{YEAR}年政府信息公开工作年度报告</a></li>",
                self.name(at)
            );
        }
        if list == 0 {
            for guest in &self.guests {
                html += &format!("<li><a href=\"{}\">{}</a></li>", guest.path, guest.title);
            }
        }
        html += "</ul>";
        if first + self.per_list < self.bodies {
            html += &format!("<a class=\"next\" href=\"/list/{}.html\">下一页</a>", list + 1);
        }
        html + "</body></html>"
    }

    fn name(&self, at: usize) -> String {
        format!("{}{}", city(at), department(at % self.plans.len().max(1)))
    }

    /// Serves the season on a free port of 127.0.0.1.
    pub async fn serve(self: Arc<Self>) -> io::Result<SeasonSite> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let router = Router::new().fallback(answer).with_state(self);
        // Ended by `drop` and by nothing else.
        let server = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        Ok(SeasonSite { address, server })
    }
}

/// A season that is being served; the site ends when this is dropped.
#[derive(Debug)]
pub struct SeasonSite {
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl SeasonSite {
    /// Address of the site, with the final slash.
    pub fn root(&self) -> String {
        format!("http://{}/", self.address)
    }
}

impl Drop for SeasonSite {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(State(season): State<Arc<Season>>, request: Request) -> Response {
    tokio::time::sleep(season.delay).await;
    match season.page(request.uri().path()) {
        Some((kind, bytes)) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A plan of the season's year, for a department of the city that is nobody's.
fn plan(at: usize, layout: impl Fn(Layout) -> Layout) -> ReportPlan {
    // A plan of another year has another form: the next one of the right year is taken.
    let seeds = (at as u64 * 1_000..).map(ReportPlan::random);
    let fits = |plan: &ReportPlan| plan.year == YEAR && plan.issuer.kind == Kind::Department;
    let mut plan = seeds.into_iter().find(fits).unwrap_or_else(|| ReportPlan::random(0));
    plan.layout = layout(plan.layout);
    plan.published = date(YEAR + 1, 1, 5 + (at % 20) as i8);
    plan.issuer = Issuer {
        name: format!("{SOME_CITY}{}", department(at)),
        portal: format!("{SOME_CITY}人民政府门户网站"),
        ..plan.issuer
    };
    plan
}

/// Departments take turns, so that a body and its plan are of the same sort.
fn department(at: usize) -> &'static str {
    const NAMES: [&str; 11] = [
        "教育局",
        "公安局",
        "民政局",
        "财政局",
        "水利局",
        "司法局",
        "审计局",
        "统计局",
        "医疗保障局",
        "农业农村局",
        "交通运输局",
    ];
    NAMES.get(at % NAMES.len()).copied().unwrap_or("民政局")
}

/// A name of three characters for every eleven bodies.
fn city(at: usize) -> String {
    let mut rest = at / 11;
    let mut name = String::new();
    for _ in 0..3 {
        name.extend(SYLLABLES.get(rest % SYLLABLES.len()));
        rest /= SYLLABLES.len();
    }
    name + "市"
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_body_has_a_name_and_a_page_of_its_own() {
        let season = Season::new(600, None);
        let names: BTreeSet<String> = (0..600).map(|at| season.name(at)).collect();
        assert_eq!(names.len(), 600);
        for at in [0, 5, 198, 599] {
            let (_, page) = season.page(&format!("/r/{at}.html")).unwrap();
            let page = String::from_utf8(page).unwrap();
            assert!(page.contains(&season.name(at)) && !page.contains(SOME_CITY), "{at}");
        }
        assert!(season.page("/r/600.html").is_none());
        let listed: usize = (0..12)
            .map(|list| {
                let (_, page) = season.page(&format!("/list/{list}.html")).unwrap();
                String::from_utf8(page).unwrap().matches("<li>").count()
            })
            .sum();
        assert_eq!(listed, 600);
    }
}
