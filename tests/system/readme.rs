//! The README's commands, run as they stand there: blocks marked `sh`, a line a command, `# exit N` where it is not 0.
//!
//! `cargo run --release --` is replaced by the built binary; with `GONGKAI_README=release` cargo really runs it.
use std::{env, fs};

use gongkai_harness::{
    folder::{Folder, repository},
    service::Service,
};

/// What the README writes in front of every command.
const CARGO: &str = "cargo run --release --";
/// These tests themselves.
const TESTS: &str = "tests/run";

/// The commands of a document with the exit code each promises.
fn commands(name: &str) -> Vec<(String, i32)> {
    let text = fs::read_to_string(repository().join(name)).unwrap();
    let mut commands = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match (inside, line.trim()) {
            (false, "```sh") => inside = true,
            (true, "```") => inside = false,
            (true, line) if !line.is_empty() && !line.starts_with('#') => {
                let (command, code) = line.rsplit_once("# exit ").unwrap_or((line, "0"));
                commands.push((command.trim().to_owned(), code.trim().parse().unwrap()));
            }
            _ => {}
        }
    }
    assert!(!inside, "{name}: a block without an end");
    commands
}

#[test]
fn the_commands_of_the_readme_do_what_it_says() {
    let folder = Folder::with_examples();
    let release = env::var("GONGKAI_README").is_ok_and(|value| value == "release");
    let manifest = repository().join("Cargo.toml");
    let runner = if release {
        format!("cargo run --quiet --release --manifest-path '{}' --", manifest.display())
    } else {
        "\"$GONGKAI\"".to_owned()
    };
    let commands = commands("README.md");
    assert!(commands.len() >= 3, "{commands:?}");
    for (command, code) in commands.iter().filter(|(command, _)| command != TESTS) {
        if command.starts_with(&format!("{CARGO} run")) {
            let arguments: Vec<&str> = command[CARGO.len()..].split_whitespace().collect();
            assert_eq!(arguments, ["run", "--demo"], "a command that does not end by itself");
            demo(&folder, &arguments);
            continue;
        }
        let ended = folder.shell(&command.replace(CARGO, &runner));
        assert_eq!(ended.code(), *code, "{command}: {ended:?}");
        assert!(!ended.out.is_empty(), "{command} prints nothing");
    }
}

/// Until its summary, then Ctrl-C.
fn demo(folder: &Folder, arguments: &[&str]) {
    let mut service = Service::start(folder.path(), arguments, &[]);
    service.summary();
    assert!(service.interrupt().0.success());
}

#[test]
fn the_finding_on_the_readmes_screen_is_what_is_printed() {
    let folder = Folder::with_examples();
    let out = folder.gongkai(&["check", "examples/drafts/zhujianju-2025.html"]).out_of(1);
    let text = fs::read_to_string(repository().join("README.md")).unwrap();
    let shown = text.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    assert!(shown.contains("T301") && out.contains(shown.trim_end()), "shown:\n{shown}\nprinted:\n{out}");
}

#[test]
fn both_languages_of_the_readme_give_the_same_commands() {
    // The Chinese one leaves out the switch to English.
    let zh: Vec<_> =
        commands("README.md").into_iter().map(|(c, code)| (c.replace(" --lang en", ""), code)).collect();
    assert_eq!(zh, commands("README.zh-CN.md"));
}
