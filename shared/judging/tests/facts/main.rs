//! What must hold for the whole registry, on reports written for it.
#[cfg(test)]
mod blanks;
#[cfg(test)]
mod every_rule;
#[cfg(test)]
mod output;
#[cfg(test)]
mod sarif;
#[cfg(test)]
mod verdicts;

#[cfg(test)]
use gongkai_judging::{JudgeContext, Judgement, judge, sample::Sample};
#[cfg(test)]
use gongkai_model::Report;

/// The report of a notation.
#[cfg(test)]
fn report(notation: &str) -> Report {
    Sample::parse(notation).unwrap_or_else(|error| panic!("{error} in\n{notation}")).build()
}

/// The judgement on it.
#[cfg(test)]
fn judged(notation: &str) -> Judgement {
    judge(&report(notation), &JudgeContext::new("sample"))
}

/// The codes of its findings.
#[cfg(test)]
fn codes(notation: &str) -> Vec<String> {
    judged(notation).findings.into_iter().map(|finding| finding.code).collect()
}
