//! Alert rules, their cases, the runbook, and the settings of Prometheus and Alertmanager.
use std::{collections::BTreeSet, fs, path::PathBuf};

use gongkai_harness::folder::{Ended, Folder, repository};

const PROMETHEUS: &str = "deploy/prometheus";

/// A line of the shell in the repository.
fn shell(line: &str) -> Ended {
    Folder::new().shell(&format!("cd '{}' && {line}", repository().display()))
}

/// The files of a folder that end so, with their texts.
pub(super) fn files(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let folder = repository().join(folder);
    let mut found: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .collect();
    found.sort();
    found.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

/// An alert of a rule file, with its lines.
struct Alert {
    name: String,
    lines: Vec<String>,
}

impl Alert {
    /// What stands behind `key:` on a line of its own.
    fn says(&self, key: &str) -> Option<&str> {
        let key = format!("{key}: ");
        self.lines.iter().find_map(|line| line.trim().strip_prefix(key.as_str()))
    }
}

fn alerts() -> Vec<Alert> {
    let mut alerts: Vec<Alert> = Vec::new();
    for (_, text) in files(&format!("{PROMETHEUS}/rules"), ".yml") {
        for line in text.lines() {
            match line.trim().strip_prefix("- alert: ") {
                Some(name) => alerts.push(Alert { name: name.to_owned(), lines: Vec::new() }),
                None => {
                    if let Some(alert) = alerts.last_mut() {
                        alert.lines.push(line.to_owned());
                    }
                }
            }
        }
    }
    alerts
}

#[test]
fn prometheus_takes_its_settings_and_rules_and_every_case_comes_out() {
    let out = shell(&format!("promtool check config {PROMETHEUS}/prometheus.yml")).out_of(0);
    assert_eq!(
        out.matches("rules found").count(),
        files(&format!("{PROMETHEUS}/rules"), ".yml").len(),
        "{out}"
    );
    let ended = shell(&format!("promtool test rules {PROMETHEUS}/tests/*.yml"));
    assert_eq!(ended.code(), 0, "{ended:?}");
}

#[test]
fn no_rule_lacks_a_case_in_which_it_fires_and_one_in_which_it_does_not() {
    let (mut fires, mut is_quiet) = (BTreeSet::new(), BTreeSet::new());
    for (path, text) in files(&format!("{PROMETHEUS}/tests"), ".yml") {
        let cases: Vec<&str> = text.split("\n  - name: ").skip(1).collect();
        assert!(!cases.is_empty(), "{}", path.display());
        for case in cases {
            let (_, asked) = case.split_once("ALERTS{alertname=\"").expect(case);
            let (name, _) = asked.split_once('"').unwrap();
            let quiet = case.contains("exp_samples: []");
            assert_ne!(quiet, case.contains("value: 1"), "{case}");
            if quiet {
                is_quiet.insert(name.to_owned())
            } else {
                fires.insert(name.to_owned())
            };
        }
    }
    let names: Vec<String> = alerts().into_iter().map(|alert| alert.name).collect();
    let all: BTreeSet<String> = names.iter().cloned().collect();
    assert_eq!(all.len(), names.len(), "a name is used twice: {names:?}");
    assert_eq!((&fires, &is_quiet), (&all, &all));
    assert!(all.len() > 20);
}

#[test]
fn every_alert_says_in_both_languages_what_is_so_and_what_to_do_and_has_its_place_in_the_runbook() {
    let runbook = fs::read_to_string(repository().join("docs/alerts.md")).unwrap();
    let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    for alert in alerts() {
        let name = &alert.name;
        for (zh, en) in [("summary", "summary_en"), ("action", "action_en")] {
            let [zh, en] = [zh, en].map(|key| alert.says(key).unwrap_or_else(|| panic!("{name}: no {key}")));
            assert!(is_chinese(zh) && !is_chinese(en) && en.len() > 10, "{name}: {zh} / {en}");
        }
        let labels = alert.says("labels").unwrap();
        assert!(["critical", "warning", "info"].iter().any(|s| labels.contains(s)), "{name}: {labels}");
        let text = alert.lines.join("\n");
        // What several processes tell is counted once.
        assert!(text.contains("max by (") || text.contains("max(") || text.contains("absent("), "{name}");
        // What is told of a report is proven; it does not wait.
        assert!(!labels.contains("about: reports") || alert.says("for").is_none(), "{name} waits");
        let anchor = format!("\"docs/alerts.md#{}\"", name.to_lowercase());
        assert_eq!(alert.says("runbook"), Some(anchor.as_str()));
        assert!(runbook.contains(&format!("\n### {name}\n")), "{name} is not in the runbook");
    }
    let told = runbook.matches("\n### Gongkai").count();
    assert_eq!(told, alerts().len(), "the runbook tells of alerts that are gone");
}

/// Alertmanager's settings as `start.sh` fills them; `secrets` are files with what they hold.
fn filled(folder: &Folder, secrets: &[(&str, &str)]) -> Ended {
    fs::create_dir_all(folder.path().join("secrets")).unwrap();
    for (name, secret) in secrets {
        folder.write(&format!("secrets/{name}"), secret);
    }
    let settings = repository().join("deploy/alertmanager");
    folder.shell(&format!(
        "SECRETS=secrets SETTINGS='{0}/alertmanager.yml' '{0}/start.sh' --print",
        settings.display()
    ))
}

#[test]
fn alertmanager_takes_its_settings_with_secrets_from_files_and_routes_as_it_says() {
    let folder = Folder::new();
    let secret = "a'b&c|d\\e\"f";
    let settings = filled(&folder, &[("wechat_secret", &format!("{secret}\n"))]).out_of(0);
    assert!(settings.contains("api_secret: 'a''b&c|d\\e\"f'"), "{settings}");
    let template = repository().join("deploy/alertmanager/gongkai.tmpl");
    folder
        .write("am.yml", settings.replace("/etc/alertmanager/gongkai.tmpl", &template.display().to_string()));
    let checked = folder.shell("amtool check-config am.yml").out_of(0);
    assert!(checked.contains("5 inhibit rules") && checked.contains("1 templates"), "{checked}");
    let routes = [
        ("service=gongkai severity=error", "wechat,webhook"),
        ("service=gongkai severity=hint", "webhook"),
        ("about=reports severity=critical", "wechat,dingtalk,feishu,webhook"),
        ("about=reports severity=info", "webhook"),
        ("about=services severity=critical", "wechat,dingtalk,feishu,webhook"),
        ("about=sites severity=warning", "dingtalk,feishu,webhook"),
    ];
    for (labels, receivers) in routes {
        let out = folder.shell(&format!("amtool config routes test --config.file am.yml {labels}")).out_of(0);
        assert_eq!(out.trim(), receivers, "{labels}");
    }
}

#[test]
fn a_secret_that_is_missing_is_named_and_nothing_starts() {
    for secrets in [&[][..], &[("wechat_secret", "")]] {
        let ended = filled(&Folder::new(), secrets);
        assert_ne!(ended.code(), 0);
        assert!(ended.err.contains("secrets/wechat_secret") && ended.out.is_empty(), "{ended:?}");
    }
}
