//! The registry's lines, right and wrong.
use std::path::Path;

use super::*;
use crate::fixture::REGISTRY;

fn parse(text: &str) -> Result<Registry, Vec<Problem>> {
    Registry::parse(Path::new("registry.csv"), text.to_owned())
}

fn wrong(from: &str, to: &str) -> String {
    let text = REGISTRY.replace(from, to);
    assert_ne!(text, REGISTRY, "the test changes something");
    let problems = parse(&text).unwrap_err();
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_right_file_gives_its_bodies() {
    let registry = parse(REGISTRY).unwrap();
    insta::assert_json_snapshot!(registry.bodies()[1], @r#"
    {
      "id": "yz-czj",
      "name": "云泽市财政局",
      "former_names": [
        "云泽市财税局",
        "云泽市财政和税务局"
      ],
      "code": "990100",
      "level": "prefecture",
      "kind": "department",
      "parent": "yz-gov",
      "site": "yunze",
      "local_due": "03-20",
      "vertical": false,
      "rule_making": null,
      "reports_itself": true,
      "valid_from": "2009-01-01",
      "valid_to": null,
      "successor": null
    }
    "#);
    assert_eq!(registry.bodies()[2].rule_making, None);
    assert!(registry.bodies()[2].reports_itself && !registry.bodies()[3].reports_itself);
}

#[test]
fn marks_line_ends_quotes_and_column_order_do_not_matter() {
    let windows = format!("\u{feff}{}", REGISTRY.replace('\n', "\r\n"));
    assert_eq!(parse(&windows).unwrap().bodies(), parse(REGISTRY).unwrap().bodies());
    let quoted = REGISTRY.replace("云泽市教育局", "\"云泽市教育局\"");
    assert_eq!(parse(&quoted).unwrap().bodies(), parse(REGISTRY).unwrap().bodies());
}

#[test]
fn every_mistake_has_its_place_and_the_nearest_right_value() {
    let cases = [
        ("department,yz-gov,yunze,03-20", "departement,yz-gov,yunze,03-20"),
        ("prefecture,department,yz-gov,yunze,03-20", "prefectur,department,yz-gov,yunze,03-20"),
        ("yz-gov,yunze,03-20", "yz-gvo,yunze,03-20"),
        ("03-20", "02-29"),
        ("03-20", "3-20"),
        ("2018-12-31,yz-czj", "2018-13-31,yz-cz"),
        ("2009-01-01,,", "2009-01-01,2008-01-01,"),
        ("yz-jyj,云泽市教育局", "yz-czj,"),
        ("false,true,true,,,", "false,maybe,true,,,"),
        ("云泽市人民政府,,990100", "云泽市人民政府,,99"),
        ("government,,yunze", "government,yz-czj,yunze"),
        ("former_names", "former_name"),
        ("yz-old,云泽市旧局,,990100", "yz-old,云泽市旧局,990100"),
        ("yz-old,", "\"yz\nold\","),
    ];
    let shown: Vec<String> =
        cases.iter().map(|(from, to)| format!("{from} -> {to}\n{}\n", wrong(from, to))).collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    department,yz-gov,yunze,03-20 -> departement,yz-gov,yunze,03-20
    registry.csv:3:50: kind: `departement` is none of government, office, department, township, street, zone, vertical (the nearest is `department`)

    prefecture,department,yz-gov,yunze,03-20 -> prefectur,department,yz-gov,yunze,03-20
    registry.csv:3:39: level: `prefectur` is none of central, province, prefecture, county, township (the nearest is `prefecture`)

    yz-gov,yunze,03-20 -> yz-gvo,yunze,03-20
    registry.csv:3:61: parent: no body has the id `yz-gvo` (the nearest is `yz-gov`)

    03-20 -> 02-29
    registry.csv:3:74: local_due: `02-29` is not a date (MM-DD)

    03-20 -> 3-20
    registry.csv:3:74: local_due: `3-20` is not a date (MM-DD)

    2018-12-31,yz-czj -> 2018-13-31,yz-cz
    registry.csv:5:67: valid_to: `2018-13-31` is not a date (YYYY-MM-DD)
    registry.csv:5:78: successor: no body has the id `yz-cz` (the nearest is `yz-czj`)

    2009-01-01,, -> 2009-01-01,2008-01-01,
    registry.csv:3:103: valid_to: before valid_from (2009-01-01)

    yz-jyj,云泽市教育局 -> yz-czj,
    registry.csv:4:8: name: must not be empty
    registry.csv:4:1: id: `yz-czj` stands twice

    false,true,true,,, -> false,maybe,true,,,
    registry.csv:2:60: rule_making: `maybe` is not true, false or empty

    云泽市人民政府,,990100 -> 云泽市人民政府,,99
    registry.csv:2:17: code: `99` must have 6, 9 or 12 digits

    government,,yunze -> government,yz-czj,yunze
    registry.csv:2:46: parent: the parents form a circle
    registry.csv:3:61: parent: the parents form a circle

    former_names -> former_name
    registry.csv:1:9: unknown column `former_name` (the nearest is `former_names`)
    registry.csv:1:1: column `former_names` is missing

    yz-old,云泽市旧局,,990100 -> yz-old,云泽市旧局,990100
    registry.csv:5:1: this line has 14 fields, not 15

    yz-old, -> "yz
    old",
    registry.csv:5:1: id: `yz\nold` must not hold blanks, / or #
    "#);
}

#[test]
fn a_file_that_is_empty_or_in_another_encoding_is_refused() {
    assert!(parse("").unwrap_err()[0].to_string().contains("empty; the first line is id,name"), "");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("registry.csv");
    std::fs::write(&file, [b"id,name\nx,", &encoding_rs::GB18030.encode("云泽").0[..]].concat()).unwrap();
    assert!(Registry::read(&file).unwrap_err()[0].to_string().contains("line 2 is not UTF-8"));
    assert!(
        Registry::read(&folder.path().join("no.csv")).unwrap_err()[0].to_string().contains("registry.file")
    );
}
