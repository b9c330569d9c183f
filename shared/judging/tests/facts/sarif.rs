//! SARIF: one run whatever comes, references that lead somewhere, words of documents that stay words.
use gongkai_judging::{
    JudgeContext, judge,
    render::{Document, Sarif},
    rules,
};
use gongkai_model::{Lang, Quote, Report, Span};
use serde_json::{Value, json};

use crate::report;

/// The run over these documents.
fn run(lang: Lang, exit_code: u8, documents: &[(&str, &Report)]) -> Value {
    let mut log = Sarif::new(lang);
    let mut printed = String::new();
    for (source, report) in documents {
        let judgement = judge(report, &JudgeContext::new(*source));
        let document = Document { source, report, judgement: &judgement, body: None };
        printed += &log.document(&document);
    }
    printed += &log.end(exit_code);
    let whole: Value = serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"));
    assert_eq!(whole["version"], "2.1.0");
    assert_eq!(whole["runs"].as_array().map(Vec::len), Some(1));
    whole["runs"][0].clone()
}

fn list<'v>(run: &'v Value, name: &str) -> &'v [Value] {
    run[name].as_array().unwrap_or_else(|| panic!("no {name}: {run}"))
}

/// Everything but the description of the tool.
fn without_rules(mut run: Value) -> String {
    run.as_object_mut().unwrap().remove("tool");
    format!("{run:#}")
}

#[test]
fn every_kind_of_place_is_told_by_keys_and_in_words() {
    let broken = report(
        "year 2022\nrequests granted: 12 3 0 0 0 0 0\nlacks requests row carried_over\nwithout part 6",
    );
    insta::assert_snapshot!(without_rules(run(Lang::En, 1, &[("云泽/a 1.html", &broken)])));
}

#[test]
fn without_documents_it_is_a_whole_log() {
    let run = run(Lang::Zh, 0, &[]);
    for name in ["results", "artifacts", "logicalLocations"] {
        assert_eq!(list(&run, name), [] as [Value; 0], "{name}");
    }
    assert_eq!(
        run["invocations"],
        json!([{ "executionSuccessful": true, "exitCode": 0, "toolExecutionNotifications": [] }])
    );
}

#[test]
fn rules_are_listed_once_in_the_order_of_codes_and_results_refer_to_them() {
    let broken = report("year 2022\nrequests granted: 12 3 0 0 0 0 0");
    for (lang, tag) in [(Lang::Zh, "zh-CN"), (Lang::En, "en")] {
        let run = run(lang, 1, &[("a.html", &broken), ("b.html", &broken)]);
        let driver = &run["tool"]["driver"];
        assert_eq!((&run["language"], &driver["language"]), (&tag.into(), &tag.into()));
        let listed = list(driver, "rules");
        let ids: Vec<_> = listed.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
        assert_eq!(ids, rules().iter().map(|rule| rule.code).collect::<Vec<_>>());
        for (listed, rule) in listed.iter().zip(rules()) {
            assert_eq!(listed["shortDescription"]["text"], rule.title.get(lang));
            assert_eq!(listed["fullDescription"]["text"], rule.explanation.get(lang));
        }
        let results = list(&run, "results");
        assert!(results.len() >= 4, "{results:?}");
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(listed[index]["id"], result["ruleId"]);
        }
    }
}

#[test]
fn a_finding_claims_no_place_in_the_bytes_of_the_file() {
    let broken = report("year 2022\nrequests granted: 12 3 0 0 0 0 0");
    let run = run(Lang::Zh, 1, &[("a.html", &broken)]);
    for result in list(&run, "results") {
        let keys: Vec<_> = result["locations"][0]["physicalLocation"].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["artifactLocation"]);
        assert!(!list(&result["properties"], "evidence").is_empty(), "{result}");
    }
}

#[test]
fn what_cannot_be_read_is_a_notice_of_the_run_and_no_result() {
    let (unreadable, fine) = (report("kind unreadable 文件{0}已加密[看](x:y)"), report("year 2022"));
    let run = run(Lang::En, 2, &[("a.pdf", &unreadable), ("-", &fine)]);
    assert_eq!(list(&run, "results"), [] as [Value; 0]);
    let invocation = &run["invocations"][0];
    assert_eq!((&invocation["executionSuccessful"], &invocation["exitCode"]), (&false.into(), &2.into()));
    let [notice] = list(invocation, "toolExecutionNotifications") else { panic!("{invocation}") };
    assert_eq!(notice["level"], "error");
    assert_eq!(notice["descriptor"]["id"], run["tool"]["driver"]["notifications"][0]["id"]);
    assert_eq!(
        notice["locations"][0]["physicalLocation"]["artifactLocation"],
        json!({ "uri": "a.pdf", "index": 0 })
    );
    let words = notice["message"]["text"].as_str().unwrap();
    assert!(words.contains("文件{{0}}已加密[看] (x:y)"), "neither placeholder nor link: {words}");
    let roles: Vec<_> = list(&run, "artifacts").iter().map(|artifact| artifact["roles"].clone()).collect();
    assert_eq!(roles, [json!(["analysisTarget"]), json!(["analysisTarget", "standardStream"])]);
}

#[test]
fn a_source_is_one_artifact_however_many_reports_it_has() {
    let first = report("year 2022");
    let title = Quote { text: "<script>alert(1)</script>".into(), span: Span::default() };
    let second = Report { index: 1, title: Some(title), ..report("year 2021") };
    let run = run(Lang::Zh, 0, &[("a.html", &first), ("a.html", &second), ("a.html", &first)]);
    let [artifact] = list(&run, "artifacts") else { panic!("{run}") };
    let reports = list(&artifact["properties"], "reports");
    let told: Vec<_> =
        reports.iter().map(|report| (report["index"].clone(), report["verdict"].clone())).collect();
    assert_eq!(told, [(0.into(), "consistent".into()), (1.into(), "consistent".into())]);
    assert_eq!(reports[1]["title"], "<script>alert(1)</script>", "JSON needs no other escape");
}
