//! The tool as SARIF describes it: its version, every rule once and in the order of codes, and the notice of what could not be read.
use gongkai_model::Lang;
use serde_json::{Value, json};

use super::{
    UNREADABLE,
    wording::{language, level},
};
use crate::{judge::general_basis, registry::rules, rule::Rule};

/// The place of a rule in the list.
pub(super) fn index(code: &str) -> Option<usize> {
    rules().iter().position(|rule| rule.code == code)
}

pub(super) fn tool(lang: Lang) -> Value {
    let version = env!("CARGO_PKG_VERSION");
    json!({ "driver": {
        "name": "gongkai",
        "version": version,
        "semanticVersion": version,
        "language": language(lang),
        "rules": rules().iter().map(|rule| described(rule, lang)).collect::<Vec<_>>(),
        "notifications": [{
            "id": UNREADABLE,
            "shortDescription": { "text": lang_of(lang, "文件无法读取", "A document could not be read") },
            "defaultConfiguration": { "level": "error" },
        }],
    } })
}

fn described(rule: &Rule, lang: Lang) -> Value {
    let basis = general_basis(rule);
    let explanation = rule.explanation.get(lang);
    let head = lang_of(lang, "依据：", "Basis: ");
    json!({
        "id": rule.code,
        "name": rule.name,
        "shortDescription": { "text": rule.title.get(lang) },
        "fullDescription": { "text": explanation },
        "help": { "text": format!("{explanation}\n\n{head}{}", basis.get(lang)) },
        "defaultConfiguration": { "level": level(rule.severity()) },
        "properties": { "severities": rule.severities.iter().map(|one| one.as_str()).collect::<Vec<_>>() },
    })
}

const fn lang_of(lang: Lang, zh: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}
