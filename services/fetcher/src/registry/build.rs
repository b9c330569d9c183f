//! A registry to begin with: the governments and general offices of every division, from a table of division codes.
use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
};

use gongkai_model::Text;
use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// The table that comes with the program.
pub const DIVISIONS: &str = include_str!("../../data/divisions.csv");
const PROVINCES: [&str; 3] = ["省", "自治区", "直辖市"];
/// Divisions of this type are named with their city in front; names of counties stand alone where they are the only ones.
const DISTRICT: &str = "市辖区";
/// Governments of these may make rules (Legislation Law, Art. 91 and 93): cities with districts and autonomous prefectures.
const RULE_MAKING: [&str; 2] = ["地级市", "自治州"];
/// Not governments but agencies that a province sends out.
const AGENCIES: [&str; 2] = ["地区", "盟"];

/// A row of the table: six digits, name, type (省, 地级市, 市辖区, 县 …).
#[derive(Clone, Debug, Deserialize)]
struct Division {
    code: String,
    name: String,
    r#type: String,
}

/// A line of the registry.
#[derive(Debug, Default, Serialize)]
struct Row<'r> {
    id: String,
    name: String,
    former_names: &'r str,
    code: &'r str,
    level: &'r str,
    kind: &'r str,
    parent: String,
    site: &'r str,
    local_due: &'r str,
    vertical: bool,
    rule_making: bool,
    reports_itself: bool,
    valid_from: &'r str,
    valid_to: &'r str,
    successor: &'r str,
}

/// The lines of a registry for all divisions whose code begins with `region`, with the bodies above them, so that every parent is there.
///
/// # Errors
/// The place in the table that is wrong, or that no division has such a code.
pub fn build(file: &Path, table: &str, region: &str) -> Result<String, Box<Problem>> {
    let divisions = divisions(file, table)?;
    let known: BTreeMap<&str, &Division> =
        divisions.iter().map(|division| (division.code.as_str(), division)).collect();
    let mut namesakes: HashMap<&str, usize> = HashMap::new();
    for division in &divisions {
        *namesakes.entry(division.name.as_str()).or_default() += 1;
    }
    let wanted = |division: &&Division| {
        let short = division.code.trim_end_matches("00");
        division.code.starts_with(region) || (short.len() < region.len() && region.starts_with(short))
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut count = 0;
    for division in divisions.iter().filter(wanted) {
        count += usize::from(division.code.starts_with(region));
        let full = full_name(division, &known, namesakes.get(division.name.as_str()) == Some(&1));
        for row in rows(division, &full, &known) {
            writer.serialize(row).map_err(|error| failed(file, &error.to_string()))?;
        }
    }
    if count == 0 {
        let (zh, en) =
            (format!("没有以 {region} 开头的区划代码"), format!("no division's code begins with {region}"));
        return Err(Box::new(Problem::of_file(file, Text::new(zh, en))));
    }
    let bytes = writer.into_inner().map_err(|error| failed(file, &error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| failed(file, &error.to_string()))
}

fn divisions(file: &Path, table: &str) -> Result<Vec<Division>, Box<Problem>> {
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(table.trim_start_matches('\u{feff}').as_bytes());
    let mut divisions = Vec::new();
    for (at, row) in reader.deserialize::<Division>().enumerate() {
        let division = row.map_err(|error| failed(file, &error.to_string()))?;
        if division.code.len() != 6 || !division.code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(failed(
                file,
                &format!("row {}: `{}` is no code of six digits", at + 1, division.code),
            ));
        }
        divisions.push(division);
    }
    Ok(divisions)
}

fn failed(file: &Path, why: &str) -> Box<Problem> {
    let zh = format!("区划表应有列 code,name,type：{why}");
    Box::new(Problem::of_file(
        file,
        Text::new(zh, format!("a table of divisions has the columns code,name,type: {why}")),
    ))
}

/// The division above: a city, else the province.
fn above<'d>(division: &Division, known: &BTreeMap<&str, &'d Division>) -> Option<&'d Division> {
    let codes = [
        division.code.get(..4).map(|code| format!("{code}00")),
        division.code.get(..2).map(|code| format!("{code}0000")),
    ];
    codes
        .into_iter()
        .flatten()
        .filter(|code| *code != division.code)
        .find_map(|code| known.get(code.as_str()).copied())
}

/// As the government is named: districts with their city, others alone unless they have namesakes.
fn full_name(division: &Division, known: &BTreeMap<&str, &Division>, alone: bool) -> String {
    let name = &division.name;
    match above(division, known) {
        Some(above) if division.r#type == DISTRICT || !alone => format!("{}{name}", above.name),
        _ => name.clone(),
    }
}

fn rows<'d>(division: &'d Division, full: &str, known: &BTreeMap<&str, &Division>) -> [Row<'d>; 2] {
    let kind_of = division.r#type.as_str();
    let level = if PROVINCES.contains(&kind_of) {
        "province"
    } else if division.code.ends_with("00") {
        "prefecture"
    } else {
        "county"
    };
    let government = if AGENCIES.contains(&kind_of) { "行政公署" } else { "人民政府" };
    let office = if level == "province" { "办公厅" } else { "办公室" };
    let rule_making = level == "province" || RULE_MAKING.contains(&kind_of);
    let name = format!("{full}{government}");
    let code = division.code.as_str();
    let parent = above(division, known).map(|above| format!("{}-gov", above.code)).unwrap_or_default();
    let row = |id: String, name: String, kind, parent| Row {
        id,
        name,
        code,
        level,
        kind,
        parent,
        rule_making,
        reports_itself: true,
        ..Row::default()
    };
    [
        row(format!("{code}-gov"), name.clone(), "government", parent),
        row(format!("{code}-office"), format!("{name}{office}"), "office", format!("{code}-gov")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Registry;

    const TABLE: &str = "# 虚构\ncode,name,type\n990000,云海省,省\n990100,云泽市,地级市\n990101,临湖区,市辖区\n990121,安溪县,县\n990200,棠溪地区,地区\n990221,临湖区,县\n";

    fn built(region: &str) -> String {
        let text = build(Path::new("t.csv"), TABLE, region).unwrap();
        Registry::parse(Path::new("registry.csv"), text.clone())
            .unwrap_or_else(|problems| panic!("{}", problems[0]));
        text
    }

    #[test]
    fn governments_and_offices_of_a_region_stand_with_those_above_them() {
        let seen: Vec<String> = built("9901")
            .lines()
            .skip(1)
            .map(|line| line.split(',').collect::<Vec<_>>())
            .map(|f| format!("{} {} {} {} {} {}", f[0], f[1], f[4], f[5], f[6], f[10]))
            .collect();
        insta::assert_snapshot!(seen.join("\n"), @r"
        990000-gov 云海省人民政府 province government  true
        990000-office 云海省人民政府办公厅 province office 990000-gov true
        990100-gov 云泽市人民政府 prefecture government 990000-gov true
        990100-office 云泽市人民政府办公室 prefecture office 990100-gov true
        990101-gov 云泽市临湖区人民政府 county government 990100-gov false
        990101-office 云泽市临湖区人民政府办公室 county office 990101-gov false
        990121-gov 安溪县人民政府 county government 990100-gov false
        990121-office 安溪县人民政府办公室 county office 990121-gov false
        ");
    }

    #[test]
    fn the_table_that_comes_along_makes_a_registry_that_loads() {
        let text = build(Path::new("divisions.csv"), DIVISIONS, "").unwrap();
        let registry = Registry::parse(Path::new("registry.csv"), text)
            .unwrap_or_else(|problems| panic!("{} problems, first {}", problems.len(), problems[0]));
        assert!(registry.bodies().len() > 6_000, "{}", registry.bodies().len());
    }

    #[test]
    fn a_wrong_table_and_an_unknown_region_are_told() {
        let error =
            |table: &str, region: &str| build(Path::new("t.csv"), table, region).unwrap_err().message.en;
        assert!(error("code,name\n1,2\n", "").contains("code,name,type"));
        assert!(error("code,name,type\n99,云海省,省\n", "").contains("`99` is no code"));
        assert_eq!(error(TABLE, "98"), "no division's code begins with 98");
    }
}
