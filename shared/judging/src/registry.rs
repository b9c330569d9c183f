//! Finds rules: all of them, or the one of a code.
use crate::{rule::Rule, rules::RULES};

/// Every rule, in the order of codes.
pub fn rules() -> &'static [&'static Rule] {
    RULES
}

/// The rule of a code (`T301`, any case) or of a name (`row-total`).
pub fn rule(wanted: &str) -> Option<&'static Rule> {
    let wanted = wanted.trim();
    RULES
        .iter()
        .copied()
        .find(|rule| rule.code.eq_ignore_ascii_case(wanted) || rule.name.eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_found_by_code_in_any_case_and_by_name() {
        let code = |wanted| rule(wanted).map(|rule| rule.code);
        assert_eq!(code("t301"), Some("T301"));
        assert_eq!(code(" row-total "), Some("T301"));
        assert_eq!(code("T999"), None);
    }
}
