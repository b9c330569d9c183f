//! Wrong settings, profiles and registry lines: refused at the start, with file, line and the nearest right name.
use gongkai_harness::folder::Folder;

/// A folder that `run` could start in.
fn ready() -> Folder {
    let folder = Folder::with_examples();
    folder.write(
        "gongkai.toml",
        "[sites]\ndir = \"examples/sites\"\n[registry]\nfile = \"examples/registry.csv\"\n",
    );
    folder
}

fn replace(folder: &Folder, file: &str, from: &str, to: &str) {
    let text = std::fs::read_to_string(folder.path().join(file)).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    folder.write(file, text.replacen(from, to, 1));
}

/// `run` ends by itself, having said these words and opened nothing.
fn refused(folder: &Folder, words: &[&str]) {
    let ended = folder.shell("GONGKAI_HTTP__LISTEN=127.0.0.1:0 timeout 20 \"$GONGKAI\" run");
    assert_eq!(ended.code(), 2, "{ended:?}");
    for word in words {
        assert!(ended.err.contains(word), "{word} is not in: {}", ended.err);
    }
    assert!(!folder.path().join("gongkai-data").exists(), "refused, and yet something was made");
}

#[test]
fn an_unknown_setting_is_refused_with_its_place_and_the_nearest_name() {
    let folder = ready();
    folder.write("gongkai.toml", "[fetch]\n\nuser_agnet = \"x\"\n");
    refused(&folder, &["gongkai.toml:3", "fetch.user_agnet", "fetch.user_agent"]);
    let said = folder.gongkai(&["config", "show"]).err_of(2);
    assert!(said.contains("gongkai.toml:3") && said.contains("fetch.user_agent"), "{said}");
}

#[test]
fn an_unknown_variable_is_refused_with_the_nearest_name() {
    let folder = ready();
    let said = folder.shell("GONGKAI_FETCH__SLOT=3 \"$GONGKAI\" config show").err_of(2);
    assert!(said.contains("GONGKAI_FETCH__SLOT") && said.contains("GONGKAI_FETCH__SLOTS"), "{said}");
}

#[test]
fn values_that_make_no_sense_are_refused() {
    for (text, words) in [
        ("[fetch]\nslots = \"many\"\n", &["gongkai.toml:2", "fetch.slots"][..]),
        ("[fetch]\nslots = 0\n", &["gongkai.toml:2", "fetch.slots"]),
        ("[http]\nlisten = \"nowhere\"\n", &["gongkai.toml:2", "http.listen"]),
        ("[store]\nurl = \"mysql://u:geheim@h/d\"\n", &["gongkai.toml:2", "store.url", "sqlite:"]),
        ("[bus]\nurl = \"amqp://u:geheim@h\"\n", &["gongkai.toml:2", "bus.url"]),
        ("[archive]\nurl = \"s3://bucket\"\n", &["gongkai.toml:2", "archive.url"]),
        ("[log\nfilter = 1\n", &["gongkai.toml:1"]),
    ] {
        let folder = ready();
        folder.write("gongkai.toml", text);
        let said = folder.gongkai(&["config", "show"]).err_of(2);
        assert!(words.iter().all(|word| said.contains(word)) && !said.contains("geheim"), "{said}");
        // The variable of `refused` would put this one right.
        if !text.contains("listen") {
            refused(&folder, words);
        }
    }
}

#[test]
fn a_settings_file_that_was_named_must_be_there() {
    let said = Folder::new().gongkai(&["--config", "other.toml", "config", "show"]).err_of(2);
    assert!(said.contains("other.toml"), "{said}");
}

#[test]
fn settings_show_their_origin_and_no_secret() {
    let folder = ready();
    folder.write(
        "gongkai.toml",
        "[alert]\nwebhook_url = \"https://u:geheim@hook.invalid/x?token=geheim\"\n\n[fetch]\nslots = 3\n",
    );
    let out = folder.shell("GONGKAI_CALENDAR__TODAY=2026-02-01 \"$GONGKAI\" config show").out_of(0);
    assert!(out.contains("fetch.slots = 3  # gongkai.toml:5"), "{out}");
    assert!(out.contains("calendar.today = \"2026-02-01\"  # GONGKAI_CALENDAR__TODAY"), "{out}");
    assert!(out.contains("http.listen = \"127.0.0.1:8377\"  # default"), "{out}");
    assert!(out.contains("alert.webhook_url = ") && !out.contains("geheim"), "{out}");
}

#[test]
fn the_examples_are_in_order() {
    let folder = ready();
    let out = folder.gongkai(&["sites", "check"]).out_of(0);
    assert!(out.contains("站点 1 个") && out.contains("机构 16 个"), "{out}");
    assert_eq!(folder.gongkai(&["sites", "check", "examples/sites"]).out_of(0), out);
}

#[test]
fn a_wrong_profile_is_shown_where_it_is_wrong() {
    for (from, to, words) in [
        ("list = \"ul.news-list\"", "lits = \"ul.news-list\"", &["yunze.toml:", "lits", "list"][..]),
        ("list = \"ul.news-list\"", "list = \"ul..news\"", &["yunze.toml:16", "ul..news"]),
        ("include = [\"", "include = [\"(", &["yunze.toml:", "(政府信息公开"]),
        ("detail = \"page\"", "detail = \"pages\"", &["yunze.toml:", "page"]),
        ("body = { named = true }", "body = { fixed = \"yz-gof\" }", &["yunze.toml:", "yz-gof", "yz-gov"]),
        ("region = \"9901\"", "region = ", &["yunze.toml:"]),
    ] {
        let folder = ready();
        replace(&folder, "examples/sites/yunze.toml", from, to);
        let out = folder.gongkai(&["sites", "check"]).out_of(1);
        for word in words {
            assert!(out.contains(word), "{to}: {word} is not in: {out}");
        }
        refused(&folder, &["yunze.toml"]);
        assert_eq!(folder.gongkai(&["doctor"]).code(), 2);
    }
}

#[test]
fn a_wrong_registry_line_is_shown_where_it_is_wrong() {
    for (from, to, words) in [
        (
            "prefecture,government,,yunze",
            "prefekture,government,,yunze",
            &["registry.csv:2", "prefecture"][..],
        ),
        (
            "yz-fgw,云泽市发展和改革委员会,,990100,prefecture,department,yz-gov",
            "yz-fgw,云泽市发展和改革委员会,,990100,prefecture,department,yz-gof",
            &["registry.csv:4", "yz-gov"],
        ),
        ("\nyz-jyj,", "\nyz-fgw,", &["registry.csv:5", "yz-fgw"]),
        ("local_due,", "local_deu,", &["registry.csv:1", "local_due"]),
        (",01-31,", ",02-31,", &["registry.csv:15"]),
    ] {
        let folder = ready();
        replace(&folder, "examples/registry.csv", from, to);
        let out = folder.gongkai(&["sites", "check"]).out_of(1);
        for word in words {
            assert!(out.contains(word), "{to}: {word} is not in: {out}");
        }
        refused(&folder, &["registry.csv"]);
    }
}
