//! `check --format sarif` through the binary: the same findings as the other formats give, in one log.
use serde_json::Value;

use gongkai_harness::folder::Folder;

const WRONG: &str = "examples/drafts/zhujianju-2025.html";
const RIGHT: &str = "examples/drafts/shuiliju-2025.html";
/// Reports with findings of every severity.
const REPORTS: &str = "examples/site/reports";

/// The only run of a log.
fn run(printed: &str) -> Value {
    let log: Value = serde_json::from_str(printed).unwrap_or_else(|error| panic!("{error}: {printed}"));
    assert_eq!(log["version"], "2.1.0");
    let runs = log["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 1);
    runs[0].clone()
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().unwrap_or_else(|| panic!("no {name}: {value}"))
}

#[test]
fn one_run_has_the_findings_of_all_documents_in_their_order() {
    let folder = Folder::with_examples();
    for lang in ["zh", "en"] {
        let printed = |format| {
            let arguments =
                ["check", "--format", format, "--lang", lang, "examples/drafts", "nowhere.html", REPORTS];
            folder.gongkai(&arguments).out_of(2)
        };
        let run = run(&printed("sarif"));
        let documents: Vec<Value> = serde_json::from_str(&printed("json")).unwrap();
        let mut wanted = Vec::new();
        for (document, finding) in documents
            .iter()
            .flat_map(|document| list(document, "findings").iter().map(move |f| (document, f)))
        {
            let level = finding["severity"].as_str().unwrap().replace("hint", "note");
            let told =
                ["code", "message", "fingerprint"].map(|name| finding[name].as_str().unwrap().to_owned());
            wanted.push((level, told, document["source"].as_str().unwrap().to_owned()));
        }
        let got: Vec<_> = list(&run, "results").iter().map(told).collect();
        assert_eq!(got, wanted);
        assert!(["error", "warning", "note"].iter().all(|level| got.iter().any(|(own, ..)| own == level)));
        let sources: Vec<_> =
            list(&run, "artifacts").iter().map(|artifact| artifact["location"]["uri"].clone()).collect();
        assert_eq!(sources, documents.iter().map(|document| document["source"].clone()).collect::<Vec<_>>());
        let invocation = &run["invocations"][0];
        assert_eq!((&invocation["exitCode"], &invocation["executionSuccessful"]), (&2.into(), &false.into()));
        let [notice] = list(invocation, "toolExecutionNotifications") else { panic!("{invocation}") };
        assert_eq!(notice["properties"]["code"], "not_found");
    }
}

/// Level, what identifies and says it, where.
fn told(result: &Value) -> (String, [String; 3], String) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let fingerprint = &result["partialFingerprints"]["gongkaiFinding/v1"];
    let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    let told = [&result["ruleId"], &result["message"]["text"], fingerprint].map(text);
    (text(&result["level"]), told, text(uri))
}

#[test]
fn nothing_found_is_an_empty_list() {
    let folder = Folder::with_examples();
    let run = run(&folder.gongkai(&["check", "--format", "sarif", RIGHT]).out_of(0));
    assert_eq!(list(&run, "results"), [] as [Value; 0]);
    assert_eq!(run["artifacts"][0]["properties"]["reports"][0]["verdict"], "consistent");
    assert_eq!(run["invocations"][0]["exitCode"], 0);
}

#[test]
fn exit_codes_follow_the_level_and_are_told() {
    let folder = Folder::with_examples();
    let warned = "examples/site/reports/yz-zrzy-2024.html";
    for (level, input, code) in
        [("error", WRONG, 1), ("never", WRONG, 0), ("error", warned, 0), ("warning", warned, 1)]
    {
        let printed = folder.gongkai(&["check", "--format", "sarif", "--fail-on", level, input]).out_of(code);
        assert_eq!(run(&printed)["invocations"][0]["exitCode"], code, "{level} {input}");
    }
}

#[test]
fn names_and_words_of_documents_stay_what_they_are() {
    let folder = Folder::with_examples();
    let notice =
        "<h1>关于{0}编制年度报告的通知<a>[看](https://yz.example/)</a></h1><p>请各单位按时报送。</p>";
    let name = "云泽 100%#1?.html";
    folder.write(name, notice);
    let run = run(&folder.gongkai(&["check", "--format", "sarif", name, name]).out_of(1));
    let [artifact] = list(&run, "artifacts") else { panic!("{run}") };
    assert_eq!(artifact["location"]["uri"], "%E4%BA%91%E6%B3%BD%20100%25%231%3F.html");
    let results = list(&run, "results");
    assert_eq!(results.len(), 2, "each time that it is named");
    let words = results[0]["message"]["text"].as_str().unwrap();
    assert!(words.contains("关于{{0}}编制") && !words.contains("]("), "{words}");
}

#[test]
fn standard_input_is_a_stream() {
    let folder = Folder::with_examples();
    let bytes = std::fs::read(folder.path().join(WRONG)).unwrap();
    let run = run(&folder.gongkai_fed(&["check", "--format", "sarif", "-"], &bytes).out_of(1));
    assert_eq!(run["artifacts"][0]["location"]["uri"], "-");
    assert_eq!(run["artifacts"][0]["roles"][1], "standardStream");
    assert_eq!(list(&run, "results").len(), 3);
}
