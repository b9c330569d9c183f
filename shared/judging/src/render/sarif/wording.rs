//! Words as SARIF wants them: its messages give a meaning to braces and to links in brackets, which words of a document must not get.
use gongkai_model::{Lang, Severity};
use serde_json::{Value, json};

/// A message that is shown as it stands.
pub(super) fn message(words: &str) -> Value {
    json!({ "text": literal(words) })
}

/// Braces are doubled, so that none is a placeholder; a blank parts what would be a link.
fn literal(words: &str) -> String {
    words.replace('{', "{{").replace('}', "}}").replace("](", "] (")
}

/// The level of a severity.
pub(super) const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    }
}

/// The language's tag. Without one English is meant.
pub(super) const fn language(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "zh-CN",
        Lang::En => "en",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_words_of_a_document_is_a_placeholder_or_a_link() {
        assert_eq!(
            literal("第{0}项，见[这里](https://example.invalid/)"),
            "第{{0}}项，见[这里] (https://example.invalid/)"
        );
        assert_eq!(literal("〔2021〕30号"), "〔2021〕30号");
    }
}
