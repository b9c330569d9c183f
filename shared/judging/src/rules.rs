//! The list of rules: a rule is its file in `rules/` and its line here.
use crate::rule::Rule;

/// Declares the module of each rule and gathers them.
macro_rules! registry {
    ($($rule:ident),* $(,)?) => {
        $(mod $rule;)*
        pub(crate) static RULES: &[&Rule] = &[$(&$rule::RULE),*];
    };
}

registry! {
    s101_not_a_report,
    s102_section_missing,
    s103_table_missing,
    s104_form_generation,
    s110_row_missing,
    s111_unreadable_cell,
    s113_blank_cells,
    s114_table_not_filled,
    s115_placement_ambiguous,
    s117_inferred_cells,
    t201_disclosure_not_a_count,
    t202_disclosed_exceeds_total,
    t203_items_below_zero,
    t204_procurement_count_amount,
    t205_decisions_without_items,
    t208_in_force_below_net_issue,
    t301_row_total,
    t302_results_sum,
    t303_balance,
    t304_request_not_a_count,
    t401_proceedings_total,
    t402_proceedings_not_a_count,
}
