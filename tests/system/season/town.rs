//! Six invented cities with up to fifty bodies each, their sites, and what happens there from day to day.
use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
    fs,
    net::SocketAddr,
    path::Path,
};

use gongkai_model::{Key, Kind, form};
use gongkai_testkit::{
    reports::{Defect, Issuer, Layout, ReportPlan, Scale},
    site::{Page, Site},
};
use jiff::{
    ToSpan,
    civil::{Date, date},
};

pub(super) const CITIES: usize = 6;
/// The government of a city and its departments in seven counties: no city has more bodies.
const BODIES: usize = 50;
const NAMES: [&str; CITIES] = ["霁泽市", "澹浦市", "芷洲市", "砚渡市", "槿岭市", "翎汀市"];
const COUNTIES: [&str; 7] = ["蘅屏县", "筱垣县", "湑隰县", "栎畹县", "岚津县", "沅陌县", "芩畴县"];
const DEPARTMENTS: [&str; 7] = ["教育局", "公安局", "民政局", "财政局", "水利局", "司法局", "审计局"];
const LIST: &str = "/list/0.html";
/// The report of an earlier year, which every list has: without any the list would seem to be empty.
const EARLIER: &str = "/earlier.html";

/// A body: its city, and its number there. Number 0 is the government.
pub(super) type Place = (usize, usize);

pub(super) fn id((city, at): Place) -> String {
    format!("c{city}b{at}")
}

fn name((city, at): Place) -> String {
    let city = NAMES[city];
    match at.checked_sub(1) {
        None => format!("{city}人民政府"),
        Some(at) => format!("{city}{}{}", COUNTIES[at / 7], DEPARTMENTS[at % 7]),
    }
}

fn title(place: Place) -> String {
    format!("{}2025年政府信息公开工作年度报告", name(place))
}

/// A report as it is published.
#[derive(Clone, Debug)]
pub(super) struct Edition {
    /// The date on the page.
    pub(super) dated: Date,
    /// Another edition has other numbers.
    pub(super) number: u64,
    pub(super) flaw: Flaw,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    None,
    /// A total is off.
    Inconsistent,
    /// The period in the text is the year before.
    Period,
    /// Signed by the next body of the city.
    Signature,
}

impl Edition {
    pub(super) const fn sound(dated: Date) -> Self {
        Self { dated, number: 0, flaw: Flaw::None }
    }
}

/// What happens on a site.
#[derive(Clone, Debug)]
pub(super) enum Event {
    Published(Place, Edition),
    Withdrawn(Place),
    /// A city's site shows a report too, on a page of its own.
    Copied(usize, Place, Edition),
    /// And no longer.
    CopyGone(usize, Place),
    /// A city's site shows something else than its list, or does not answer at all.
    Trouble(usize, Trouble),
    /// And is as it was before.
    Over(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    Away,
    EmptyList,
    Challenge,
}

/// A page that the list of its city names.
struct Listed {
    title: String,
    content: String,
}

pub(super) struct Town {
    /// Of each city.
    bodies: usize,
    sites: Vec<Site>,
    /// Of each city: what stands under which path, and under which title it is listed.
    pages: Vec<BTreeMap<String, Listed>>,
    troubles: Vec<Option<Trouble>>,
}

impl Town {
    pub(super) async fn found(bodies: usize) -> Self {
        assert!(bodies <= BODIES);
        let mut sites = Vec::new();
        for _ in 0..CITIES {
            sites.push(Site::start().await.unwrap());
        }
        let town = Self {
            bodies,
            sites,
            pages: (0..CITIES).map(|_| BTreeMap::new()).collect(),
            troubles: vec![None; CITIES],
        };
        for city in 0..CITIES {
            let earlier = ReportPlan { year: 2024, ..plan((city, 0), &Edition::sound(date(2025, 3, 1))) };
            town.sites[city].put(EARLIER, Page::html(earlier.generate().content).etag());
            town.show(city);
        }
        town
    }

    /// Registry and profiles.
    pub(super) fn write_to(&self, folder: &Path) {
        let mut registry = String::from(
            "id,name,former_names,code,level,kind,parent,site,local_due,vertical,rule_making,reports_itself,valid_from,valid_to,successor\n",
        );
        for place in (0..CITIES).flat_map(|city| (0..self.bodies).map(move |at| (city, at))) {
            let (city, at) = place;
            let (level, kind) = if at == 0 { ("prefecture", "government") } else { ("county", "department") };
            let parent = if at == 0 { String::new() } else { id((city, 0)) };
            let (id, name) = (id(place), name(place));
            writeln!(registry, "{id},{name},,990{city}01,{level},{kind},{parent},c{city},,false,,true,,,")
                .unwrap();
        }
        fs::write(folder.join("registry.csv"), registry).unwrap();
        fs::create_dir_all(folder.join("sites")).unwrap();
        for (city, name) in NAMES.into_iter().enumerate() {
            let root = format!("http://{}/", host(city));
            let profile = format!(
                "id = \"c{city}\"\nname = \"{name}政府网\"\nregion = \"990{city}\"\nhome = \"{root}\"\nhosts = [\"{}\"]\n\
                 interval_ms = 0\nrevisit_s = 72000\n\n\
                 [[column]]\nname = \"reports\"\nstart = [\"{root}list/0.html\"]\nlist = \"ul.list\"\nitem = \"ul.list > li\"\n\
                 include = [\"年度报告$\"]\ndetail = \"any\"\nbody = {{ named = true }}\n",
                host(city)
            );
            fs::write(folder.join(format!("sites/c{city}.toml")), profile).unwrap();
        }
    }

    /// Where each host is found.
    pub(super) fn hosts(&self) -> HashMap<String, SocketAddr> {
        self.sites.iter().enumerate().map(|(city, site)| (host(city), site.address())).collect()
    }

    pub(super) fn happen(&mut self, event: &Event) {
        let city = match event {
            Event::Published(place @ (city, _), edition) => self.put(*city, path(*place), *place, edition),
            Event::Withdrawn(place @ (city, _)) => self.take_away(*city, &path(*place)),
            Event::Copied(city, place, edition) => self.put(*city, path_of_copy(*place), *place, edition),
            Event::CopyGone(city, place) => self.take_away(*city, &path_of_copy(*place)),
            Event::Trouble(city, trouble) => {
                self.troubles[*city] = Some(*trouble);
                *city
            }
            Event::Over(city) => {
                self.troubles[*city] = None;
                *city
            }
        };
        self.show(city);
    }

    fn put(&mut self, city: usize, path: String, place: Place, edition: &Edition) -> usize {
        self.pages[city].insert(path, Listed { title: title(place), content: page(place, edition) });
        city
    }

    fn take_away(&mut self, city: usize, path: &str) -> usize {
        self.pages[city].remove(path).unwrap();
        self.sites[city].remove(path);
        city
    }

    /// Puts the site's pages as they are now.
    fn show(&self, city: usize) {
        let (site, pages, trouble) = (&self.sites[city], &self.pages[city], self.troubles[city]);
        let away = || Page::html("<html><body>服务暂不可用</body></html>").status(503);
        for (path, listed) in pages {
            let page =
                if trouble == Some(Trouble::Away) { away() } else { Page::html(&listed.content).etag() };
            site.put(path, page);
        }
        let items = pages
            .iter()
            .map(|(path, Listed { title, .. })| format!("<li><a href=\"{path}\">{title}</a></li>"));
        let list = format!(
            "<html><body><h1>政府信息公开年报</h1><ul class=\"list\"><li><a href=\"{EARLIER}\">{}2024年政府信息公开工作年度报告</a></li>{}</ul></body></html>",
            name((city, 0)),
            items.collect::<String>()
        );
        let list = match trouble {
            None => Page::html(list),
            Some(Trouble::Away) => away(),
            Some(Trouble::EmptyList) => Page::empty_list(),
            Some(Trouble::Challenge) => Page::challenge(),
        };
        site.put(LIST, list);
    }
}

/// Every city has a host of its own: one that is away holds up no other.
fn host(city: usize) -> String {
    format!("www.c{city}.example")
}

/// Where a body publishes.
fn path((_, at): Place) -> String {
    format!("/r/{at}.html")
}

fn path_of_copy(place: Place) -> String {
    format!("/copies/{}.html", id(place))
}

fn plan((city, at): Place, edition: &Edition) -> ReportPlan {
    let key = |name| Key::find(name).unwrap();
    let total = Defect::WrongTotal { table: key("requests"), row: key("new_received"), by: 7 };
    ReportPlan {
        issuer: Issuer {
            name: name((city, at)),
            kind: if at == 0 { Kind::Government } else { Kind::Department },
            portal: format!("{}人民政府门户网站", NAMES[city]),
            matters: ["惠民政策", "重大项目", "办事指南"],
            rule_making: false,
        },
        year: 2025,
        form: form("2021").unwrap(),
        scale: Scale::Small,
        published: edition.dated,
        layout: Layout::TablePage,
        defects: if edition.flaw == Flaw::Inconsistent { vec![total] } else { Vec::new() },
        seed: (city * BODIES + at) as u64 + edition.number * 100_000,
    }
}

fn page(place: Place, edition: &Edition) -> String {
    let content = plan(place, edition).generate().content;
    let flawed = match edition.flaw {
        Flaw::None | Flaw::Inconsistent => return content,
        Flaw::Period => {
            content.replace("2025年1月1日", "2024年1月1日").replace("2025年12月31日", "2024年12月31日")
        }
        Flaw::Signature => {
            let signed = |place| format!("<p style=\"text-align:right\">{}</p>", name(place));
            content.replace(&signed(place), &signed((place.0, place.1 + 1)))
        }
    };
    assert!(flawed != content, "the page of {place:?} states its period, and is signed");
    flawed
}

/// The day on which a body publishes that does nothing remarkable.
pub(super) fn usual_day((city, at): Place) -> Date {
    let from = |first: Date, days: usize| first.saturating_add(i64::try_from(days).unwrap().days());
    match at {
        0 => from(date(2026, 2, 16), city * 4),
        _ => from(date(2026, 1, 5), (city * 7 + at) % 20),
    }
}
