//! Mistakes in profiles, as people see them.
use gongkai_model::Lang;

use crate::fixture::{profile_toml, profiles};

/// Every problem of one file, one a line.
fn wrong(text: &str) -> String {
    let problems = profiles(&[("yunze.toml", text)]).unwrap_err();
    let shown = problems.iter().map(|problem| {
        let text = problem.to_string();
        text.rsplit_once("yunze.toml").map_or(text.clone(), |(_, tail)| tail.to_owned())
    });
    shown.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_right_profile_is_taken() {
    let text = profile_toml("next = { selector = 'a.next' }\nyear = { url = '/(\\d{4})/' }\nmax_pages = 3");
    let profiles = profiles(&[("yunze.toml", &text), ("readme.md", "not a profile")]).unwrap();
    let column = &profiles.get("yunze").unwrap().columns[0];
    assert_eq!(
        column.carries,
        ["yz-gov", "yz-czj", "yz-jyj"],
        "bodies of the site that report for themselves"
    );
    assert!(
        column.wants("云泽市财政局2024年度报告") && !column.wants("年度报告解读") && !column.wants("通知")
    );
}

#[test]
fn a_misspelt_key_is_named_with_the_right_one() {
    insta::assert_snapshot!(wrong(&profile_toml("").replace("hosts =", "host =")), @":5:1: there is no key `host` (the nearest is `hosts`)");
    insta::assert_snapshot!(wrong(&profile_toml("exclud = ['a']\n")), @":16:1: there is no key `exclud` (the nearest is `exclude`)");
    insta::assert_snapshot!(wrong(&profile_toml("next = { patern = 'x{n}' }\n")), @":16:10: there is no key `patern` (the nearest is `pattern`)");
}

#[test]
fn a_missing_key_and_broken_toml_have_a_place() {
    insta::assert_snapshot!(wrong(&profile_toml("").replace("item = 'ul.list > li'\n", "")), @":9:8: `item` is missing (or json in its place)");
    insta::assert_snapshot!(wrong("id = 'yunze\n"), @":1:12: invalid literal string, expected `'`");
}

#[test]
fn wrong_values_are_all_named() {
    let text = profile_toml(
        "next = { pattern = 'index.html' }\nyear = { url = 'x' }\ndetail = 'pages'\ncontent = 'a['",
    )
    .replace("'年度报告'", "'年度(报告'")
    .replace("'ul.list'", "'ul..list'")
    .replace("{ named = true }", "{ fixed = 'yz-cjz' }")
    .replace("'9901'", "'990'")
    .replace("'http://site.invalid/list/index.html'", "'http://sites.invalid/x', 'ftp://a/'");
    insta::assert_snapshot!(wrong(&text), @r"
    :3:10: region must be a 4-digit code: `990`
    :10:36: only http and https are fetched
    :11:8: not a CSS selector: ClassNeedsIdent
    :19:11: not a CSS selector: Unexpected EOL
    :16:20: it needs {n}, the number of the page (or {from}, {to}, {offset})
    :13:12: not a regular expression: error: unclosed group
    :18:10: detail is any, page or file: `pages` (the nearest is `page`)
    :15:18: the registry has no such body: `yz-cjz` (the nearest is `yz-czj`)
    :17:16: exactly one group ( ) is needed
    ");
}

#[test]
fn lists_that_come_as_data_are_checked() {
    let json = profile_toml(
        "json = { items = 'a..b', title = 't', link = '/{id.html' }\npost = { form = 'a=1', json = '{}' }\nnext = { pattern = '?from={from}' }",
    );
    insta::assert_snapshot!(wrong(&json), @r"
    :16:18: no path, as data.rows[0].title is one
    :16:46: no path, as data.rows[0].title is one
    :17:8: post is either { form } or { json }
    :16:8: json stands alone: no list, item, link, title, date, records beside it
    :18:20: {from}, {to} and {offset} need `size`, the entries of a page
    ");
    let post = profile_toml("post = { form = 'page=1' }\nnext = { first = 2 }");
    insta::assert_snapshot!(wrong(&post), @":16:17: it needs {n}, the number of the page (or {from}, {to}, {offset})");
}

#[test]
fn ids_hosts_and_encodings_are_checked() {
    let text = profile_toml("")
        .replace("'yunze'", "'Yun Ze'")
        .replace("hosts = ['site.invalid'", "encoding = 'gbx'\nhosts = ['http://site.invalid'");
    insta::assert_snapshot!(wrong(&text), @r"
    :1:6: a name is made of lower-case letters, digits and hyphens: `Yun Ze`
    :6:10: not a host name: `http://site.invalid` (without http:// and path)
    :5:12: unknown encoding: `gbx` (the nearest is `gbk`)
    :11:10: the host `site.invalid` is not in hosts
    registry.csv:2:47: site: no site profile has the id `yunze` (the nearest is `Yun Ze`)
    ");
}

#[test]
fn two_files_of_one_id_and_two_columns_of_one_name_are_refused() {
    let text = profile_toml("");
    let problems = profiles(&[("a.toml", &text), ("b.toml", &text)]).unwrap_err();
    assert!(problems[0].to_string().contains("b.toml:1:6: a.toml has the same id"), "{}", problems[0]);
    let column = text.split_once("[[column]]").unwrap().1;
    insta::assert_snapshot!(wrong(&format!("{text}\n[[column]]{column}")), @r"
    :19:8: two columns of the name `reports`
    :20:10: another column starts at this address
    ");
}

#[test]
fn a_body_rule_is_one_of_three() {
    insta::assert_snapshot!(wrong(&profile_toml("").replace("{ named = true }", "{ named = true, fixed = 'yz-gov' }")), @":15:8: body is one of { fixed }, { named = true }, { patterns }");
    let text =
        profile_toml("").replace("{ named = true }", "{ patterns = [{ title = '财政', body = 'yz-czj' }] }");
    let profiles = profiles(&[("yunze.toml", &text)]).unwrap();
    let profile = profiles.get("yunze").unwrap();
    assert_eq!(profile.body_of(&profile.columns[0], "市财政局年度报告").as_deref(), Some("yz-czj"));
    assert_eq!(profile.body_of(&profile.columns[0], "市教育局年度报告"), None);
}

#[test]
fn a_registry_that_names_an_unknown_site_is_refused() {
    let problems =
        profiles(&[("yunze.toml", &profile_toml("").replace("id = 'yunze'", "id = 'yunzhe'"))]).unwrap_err();
    assert_eq!(
        problems[0].to_string(),
        "registry.csv:2:47: site: no site profile has the id `yunze` (the nearest is `yunzhe`)"
    );
}

#[test]
fn a_missing_folder_is_named_with_its_setting() {
    let error = crate::check_profiles(std::path::Path::new("/nowhere/sites"), &crate::fixture::registry())
        .unwrap_err();
    assert!(error[0].render(Lang::Zh, false).contains("sites.dir"), "{}", error[0].render(Lang::Zh, false));
}

#[test]
fn the_example_site_is_right() {
    let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let registry = crate::Registry::read(&examples.join("registry.csv")).unwrap();
    let profiles = crate::check_profiles(&examples.join("sites"), &registry)
        .unwrap_or_else(|problems| panic!("{}", problems[0]));
    assert_eq!(profiles.get("yunze").unwrap().columns[0].carries.len(), registry.bodies().len());
}
