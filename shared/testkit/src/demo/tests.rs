//! The committed examples agree with the plans, the registry and the list pages.
use super::*;

fn examples() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

#[test]
fn the_files_of_the_demo_are_what_the_generator_writes() {
    for report in reports() {
        let stored = std::fs::read(examples().join(report.file)).unwrap_or_default();
        assert!(stored == report.bytes(), "{}: write it again with generate-reports --demo", report.file);
    }
}

#[test]
fn each_kind_of_trouble_is_there() {
    let codes = |file: &str| {
        reports()
            .into_iter()
            .find(|report| report.file.ends_with(file))
            .map(|report| report.generate().codes())
    };
    assert_eq!(codes("yz-gaj-2025.html").unwrap(), ["T301", "T302", "T303"]);
    assert_eq!(codes("yz-rsj-2025.html").unwrap(), ["S103"]);
    assert_eq!(codes("yz-scjg-2025.html").unwrap(), ["T301", "T302"]);
    assert_eq!(codes("yz-scjg-2025.v2.html").unwrap(), [] as [&str; 0]);
    assert_eq!(codes("jichuan-gov-2025.html").unwrap(), ["S110"]);
    assert_eq!(codes("shiling-2025.html").unwrap(), ["S113"]);
    assert_eq!(codes("yz-zrzy-2024.html").unwrap(), ["S104"]);
    assert_eq!(codes("zhujianju-2025.html").unwrap(), ["T301", "T302", "T401"]);
    let clean = sound().into_iter().filter(|report| report.generate().findings.is_empty()).count();
    assert_eq!(clean, sound().len());
}

#[test]
fn the_registry_knows_every_body_and_one_that_never_reported() {
    let mut lines = csv::Reader::from_path(examples().join("registry.csv")).unwrap();
    let head = "id,name,former_names,code,level,kind,parent,site,local_due,vertical,rule_making,reports_itself,valid_from,valid_to,successor";
    assert_eq!(lines.headers().unwrap().iter().collect::<Vec<_>>().join(","), head);
    let bodies: Vec<_> = lines
        .records()
        .map(|line| line.unwrap())
        .map(|line| (line[0].to_owned(), line[1].to_owned()))
        .collect();
    for report in reports() {
        let Some(id) = report.body else { continue };
        let pair = (id.to_owned(), report.plan.issuer.name.clone());
        assert!(bodies.contains(&pair), "{pair:?}");
    }
    let silent: Vec<_> =
        bodies.iter().filter(|(id, _)| !reports().iter().any(|r| r.body == Some(id.as_str()))).collect();
    assert_eq!(silent, [&("yz-czj".to_owned(), "云泽市财政局".to_owned())]);
}

#[test]
fn the_list_pages_link_every_report_under_its_title_and_date() {
    let page = |name| std::fs::read_to_string(examples().join("site/list").join(name)).unwrap();
    let lists = page("index.html") + &page("index_1.html");
    for report in reports().iter().filter(|report| report.body.is_some() && !report.file.ends_with("v2.html"))
    {
        let href = format!("href=\"..{}\"", report.file.trim_start_matches("site"));
        let line =
            lists.lines().find(|line| line.contains(&href)).unwrap_or_else(|| panic!("{href} is not listed"));
        assert!(line.contains(&report.generate().title), "{line}");
        assert!(line.contains(&report.plan.published.to_string()), "{line}");
    }
}

#[test]
fn the_revision_of_the_demo_names_files_that_exist() {
    let text = std::fs::read_to_string(examples().join("site/demo.toml")).unwrap();
    let demo: toml::Table = text.parse().unwrap();
    let revision = demo["revision"][0].as_table().unwrap();
    for name in ["path", "file"] {
        let file = revision[name].as_str().unwrap().trim_start_matches('/');
        assert!(examples().join("site").join(file).is_file(), "{file}");
    }
    assert_eq!(demo["report_year"].as_integer(), Some(2025));
}
