//! Facts about layered settings.
use super::*;
use jiff::civil::date;

fn with_file(text: &str) -> (tempfile::TempDir, Layers) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("g.toml");
    std::fs::write(&path, text).unwrap();
    (folder, Layers { file: Some(path), ..Layers::default() })
}

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The problems of a load as one-liners, the temporary folder taken out.
fn refused(layers: &Layers) -> Vec<String> {
    let error = load(layers).expect_err("these settings are refused");
    let folder =
        layers.file.as_ref().and_then(|path| path.parent()).map(|path| format!("{}/", path.display()));
    let text = error.to_string();
    let text = folder.map_or(text.clone(), |folder| text.replace(&folder, ""));
    text.lines().map(str::to_owned).collect()
}

#[test]
fn the_default_holds_every_setting_and_is_sound() {
    let loaded = load(&Layers { environment: Vec::new(), ..Layers::default() }).unwrap();
    assert_eq!(loaded.settings, Settings::default());
    assert_eq!(loaded.settings.http.address().unwrap().port(), 8377);
    assert_eq!(loaded.settings.alert.webhook_url, "");
    assert!(loaded.origins.values().all(|origin| *origin == Origin::Default));
}

#[test]
fn later_layers_win_and_each_value_knows_its_origin() {
    let (_folder, mut layers) = with_file(
        "[parse]\nslots = 3\nbatch = 5\n[calendar]\ntoday = 2025-04-01\n[http]\nlisten = \"0.0.0.0:80\"\n",
    );
    layers.environment =
        variables(&[("GONGKAI_PARSE__SLOTS", "7"), ("GONGKAI_FETCH__ALLOW_PRIVATE", "true"), ("HOME", "/")]);
    layers.overrides =
        vec![Override { key: "http.listen".into(), value: "127.0.0.1:0".into(), by: "--listen".into() }];
    let loaded = load(&layers).unwrap();
    assert_eq!((loaded.settings.parse.slots, loaded.settings.parse.batch), (7, 5));
    assert_eq!(loaded.settings.calendar.today, Some(date(2025, 4, 1)));
    assert!(loaded.settings.fetch.allow_private);
    assert_eq!(loaded.settings.http.listen, "127.0.0.1:0");
    let origin = |key: &str| loaded.origins.get(key).cloned().unwrap();
    assert_eq!(origin("parse.slots"), Origin::Environment("GONGKAI_PARSE__SLOTS".into()));
    assert_eq!(origin("parse.batch"), Origin::File(layers.file.clone().unwrap(), 3));
    assert_eq!(origin("http.listen"), Origin::CommandLine("--listen".into()));
    assert_eq!(origin("judge.slots"), Origin::Default);
}

#[test]
fn unknown_keys_are_refused_with_file_line_and_the_nearest_name() {
    let (_folder, layers) =
        with_file("[fetch]\nslot = 3\n\n[fetcher]\nuser_agent = \"x\"\n[moon]\nphase = 1\n");
    assert_eq!(
        refused(&layers),
        [
            "g.toml:2: 没有 fetch.slot 这项设置，是否指 fetch.slots？ / unknown setting fetch.slot, did you mean fetch.slots?",
            "g.toml:5: 没有 fetcher.user_agent 这项设置，是否指 fetch.user_agent？ / unknown setting fetcher.user_agent, did you mean fetch.user_agent?",
            "g.toml:7: 没有 moon.phase 这项设置 / unknown setting moon.phase",
        ]
    );
}

#[test]
fn unknown_variables_are_refused_and_those_of_others_are_left_alone() {
    let layers = Layers {
        environment: variables(&[
            ("GONGKAI_HTTP_LISTEN", "x"),
            ("GONGKAI_FETCH__SLOTZ", "1"),
            ("GONGKAI_PORT_8377_TCP", "tcp://10.0.0.1:8377"),
        ]),
        ..Layers::default()
    };
    assert_eq!(
        refused(&layers),
        [
            "GONGKAI_HTTP_LISTEN: 没有 GONGKAI_HTTP_LISTEN 这项设置，是否指 GONGKAI_HTTP__LISTEN？ / unknown setting GONGKAI_HTTP_LISTEN, did you mean GONGKAI_HTTP__LISTEN?",
            "GONGKAI_FETCH__SLOTZ: 没有 GONGKAI_FETCH__SLOTZ 这项设置，是否指 GONGKAI_FETCH__SLOTS？ / unknown setting GONGKAI_FETCH__SLOTZ, did you mean GONGKAI_FETCH__SLOTS?",
        ]
    );
}

#[test]
fn wrong_kinds_are_refused_with_their_place_and_what_is_expected() {
    let (_folder, mut layers) = with_file("[fetch]\nslots = \"8\"\nallow_private = 1\nuser_agent = [1]\n");
    layers.environment = variables(&[("GONGKAI_PARSE__SLOTS", "many")]);
    assert_eq!(
        refused(&layers),
        [
            "g.toml:3: fetch.allow_private 应为开关（true 或 false），不是 整数 / fetch.allow_private must be true or false, not a whole number",
            "g.toml:2: fetch.slots 应为整数，不是 文字 / fetch.slots must be a whole number, not text",
            "g.toml:4: fetch.user_agent 应为文字，不是 其他类型 / fetch.user_agent must be text, not something else",
            "GONGKAI_PARSE__SLOTS: parse.slots 应为整数，不是 many / parse.slots must be a whole number, not many",
        ]
    );
}

#[test]
fn values_that_do_not_fit_are_refused_with_their_place() {
    for (text, start) in [
        ("[fetch]\nslots = 70000\n", "g.toml:2: fetch.slots "),
        ("[fetch]\nslots = -1\n", "g.toml:2: fetch.slots "),
        ("[calendar]\n\ntoday = \"soon\"\n", "g.toml:3: calendar.today "),
    ] {
        let (_folder, layers) = with_file(text);
        let lines = refused(&layers);
        assert!(lines.len() == 1 && lines[0].starts_with(start), "{lines:?}");
    }
}

#[test]
fn a_file_that_is_no_toml_is_refused_with_its_line() {
    let (_folder, layers) = with_file("[fetch]\nslots = = 3\n");
    let lines = refused(&layers);
    assert!(lines[0].starts_with("g.toml:2: 不是正确的 TOML"), "{lines:?}");
}

#[test]
fn a_named_file_that_is_missing_is_refused() {
    let layers = Layers { file: Some("/nonexistent/g.toml".into()), ..Layers::default() };
    assert!(refused(&layers)[0].contains("this file cannot be read"));
}

#[test]
fn settings_that_make_no_sense_are_refused_all_at_once() {
    let (_folder, layers) = with_file(concat!(
        "[bus]\nurl = \"amqp://g:hunter2@b/\"\nwindow = 0\n[http]\nlisten = \"8377\"\n[alert]\nwebhook_url = \"ftp://x\"\n",
        "[log]\nformat = \"xml\"\nfilter = \"gongkai=loud\"\n[archive]\nurl = \"s3://b\"\n[fetch]\nuser_agent = \"\"\nslots = 2000\n",
    ));
    let lines = refused(&layers);
    let keys: Vec<&str> = lines.iter().filter_map(|line| line.split(' ').nth(1)).collect();
    assert_eq!(
        keys,
        [
            "bus.url",
            "archive.url",
            "bus.window",
            "fetch.slots",
            "http.listen",
            "fetch.user_agent",
            "alert.webhook_url",
            "log.filter",
            "log.format"
        ]
    );
    assert!(lines.iter().all(|line| line.starts_with("g.toml:") && !line.contains("hunter2")), "{lines:#?}");
}

#[test]
fn a_bus_goes_only_with_its_store() {
    for (bus, store, key) in [
        ("memory:", "postgres://db/g", "bus.url"),
        ("amqp://b", "sqlite:x", "bus.url"),
        ("memory:", "mysql://db", "store.url"),
        ("memory:", "sqlite:", "store.url"),
        ("kafka:", "sqlite:x", "bus.url"),
    ] {
        let layers = Layers {
            environment: variables(&[("GONGKAI_BUS__URL", bus), ("GONGKAI_STORE__URL", store)]),
            ..Layers::default()
        };
        let lines = refused(&layers);
        assert!(lines.len() == 1 && lines[0].contains(&format!(": {key} ")), "{bus} {store}: {lines:?}");
    }
}

#[test]
fn what_is_shown_names_origins_and_hides_secrets() {
    let layers = Layers {
        environment: variables(&[("GONGKAI_ALERT__WEBHOOK_URL", "https://hooks.example/t/hunter2")]),
        ..Layers::default()
    };
    let shown = load(&layers).unwrap().show();
    assert!(
        shown.contains("alert.webhook_url = \"https://hooks.example/***\"  # GONGKAI_ALERT__WEBHOOK_URL\n"),
        "{shown}"
    );
    assert!(shown.contains("bus.window = 1000  # default\n"), "{shown}");
    assert!(!shown.contains("hunter2"));
    assert!(toml::from_str::<toml::Table>(&shown).is_ok(), "{shown}");
}
