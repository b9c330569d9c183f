//! The rates that console, API and dashboards give: one name, one formula, numerator and denominator shown, in one place.
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;

use crate::{
    figures::{Figures, Item, Sum},
    text::Text,
};

/// A rate. Those of publication are over bodies and found reports, the others over the numbers of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RateName {
    /// 发布率: found / due.
    Published,
    /// 及时率: in time / due.
    Timely,
    /// 规范率: without an S error or warning / found.
    WellFormed,
    /// 勾稽一致率: consistent / found.
    Consistent,
    /// 申请量同比: (this year − last year) / last year, over the bodies whose both years are known.
    YearOnYear,
    /// 公开率: (（一）+（二）) / （七）.
    Disclosed,
    /// 不予公开率: （三） / （七）.
    Denied,
    /// 无法提供率: （四） / （七）.
    Unavailable,
    /// 不予处理率: （五） / （七）.
    NotProcessed,
    /// 结转率: 四 / (一 + 二).
    CarriedForward,
    /// 复议纠错率: 纠正 / (总计 − 尚未审结).
    ReviewCorrected,
    /// 诉讼败诉率: the same over both litigation blocks.
    LitigationCorrected,
}

/// Items above the line, below it, and to be taken from below it.
pub(crate) struct Formula {
    pub(crate) above: &'static [Item],
    pub(crate) below: &'static [Item],
    pub(crate) less: &'static [Item],
}

const fn over(above: &'static [Item], below: &'static [Item], less: &'static [Item]) -> Formula {
    Formula { above, below, less }
}

impl RateName {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 12] = [
        Self::Published,
        Self::Timely,
        Self::WellFormed,
        Self::Consistent,
        Self::YearOnYear,
        Self::Disclosed,
        Self::Denied,
        Self::Unavailable,
        Self::NotProcessed,
        Self::CarriedForward,
        Self::ReviewCorrected,
        Self::LitigationCorrected,
    ];

    /// The rates that are made of one report's numbers.
    pub(crate) const FORMULAS: &[(Self, Formula)] = &[
        (Self::Disclosed, over(&[Item::Granted, Item::PartiallyGranted], &[Item::ResultsTotal], &[])),
        (Self::Denied, over(&[Item::Denied], &[Item::ResultsTotal], &[])),
        (Self::Unavailable, over(&[Item::Unavailable], &[Item::ResultsTotal], &[])),
        (Self::NotProcessed, over(&[Item::NotProcessed], &[Item::ResultsTotal], &[])),
        (Self::CarriedForward, over(&[Item::CarriedForward], &[Item::NewReceived, Item::CarriedOver], &[])),
        (Self::ReviewCorrected, over(&[Item::ReviewCorrected], &[Item::ReviewTotal], &[Item::ReviewPending])),
        (
            Self::LitigationCorrected,
            over(&[Item::LitigationCorrected], &[Item::LitigationTotal], &[Item::LitigationPending]),
        ),
    ];

    /// The name in metrics and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Timely => "timely",
            Self::WellFormed => "well_formed",
            Self::Consistent => "consistent",
            Self::YearOnYear => "year_on_year",
            Self::Disclosed => "disclosed",
            Self::Denied => "denied",
            Self::Unavailable => "unavailable",
            Self::NotProcessed => "not_processed",
            Self::CarriedForward => "carried_forward",
            Self::ReviewCorrected => "review_corrected",
            Self::LitigationCorrected => "litigation_corrected",
        }
    }

    /// The name that people read.
    pub fn text(self) -> Text {
        let (zh, en) = match self {
            Self::Published => ("发布率", "published"),
            Self::Timely => ("及时率", "in time"),
            Self::WellFormed => ("规范率", "well formed"),
            Self::Consistent => ("勾稽一致率", "consistent"),
            Self::YearOnYear => ("申请量同比", "requests, year on year"),
            Self::Disclosed => ("公开率", "disclosed"),
            Self::Denied => ("不予公开率", "denied"),
            Self::Unavailable => ("无法提供率", "unavailable"),
            Self::NotProcessed => ("不予处理率", "not processed"),
            Self::CarriedForward => ("结转率", "carried forward"),
            Self::ReviewCorrected => ("复议纠错率", "overturned in administrative reconsideration"),
            Self::LitigationCorrected => ("诉讼败诉率", "overturned in litigation"),
        };
        Text::new(zh, en)
    }

    /// Made of bodies and found reports, not of the numbers in them.
    pub const fn is_of_publication(self) -> bool {
        matches!(self, Self::Published | Self::Timely | Self::WellFormed | Self::Consistent)
    }
}

/// A rate with what it is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rate {
    /// Which.
    pub rate: RateName,
    /// Its name, for people.
    pub name: Text,
    /// Above the line.
    pub numerator: i64,
    /// Below the line.
    pub denominator: i64,
    /// Bodies or reports it is made of.
    pub n: u64,
    /// Reports that lack a number it needs.
    pub left_out: u64,
}

impl Rate {
    pub(crate) fn new(rate: RateName, sum: Sum) -> Self {
        let Sum { numerator, denominator, n, left_out } = sum;
        Self { rate, name: rate.text(), numerator, denominator, n, left_out }
    }

    /// The rate itself; `None` when there is nothing below the line.
    pub fn value(&self) -> Option<Decimal> {
        Decimal::from(self.numerator).checked_div(Decimal::from(self.denominator))
    }

    /// The rate in percent with one decimal (`97.6%`), halves away from zero; `None` when there is nothing below the line.
    pub fn percent(&self) -> Option<String> {
        let hundredfold = self.value()?.checked_mul(Decimal::ONE_HUNDRED)?;
        Some(format!("{:.1}%", hundredfold.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero)))
    }
}

impl Figures {
    /// The four rates of publication, in their order.
    pub fn publication_rates(&self) -> Vec<Rate> {
        let p = &self.publication;
        let of = |name, above: u64, below: u64| {
            let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
            Rate::new(name, Sum { numerator: count(above), denominator: count(below), n: below, left_out: 0 })
        };
        vec![
            of(RateName::Published, p.found, p.due),
            of(RateName::Timely, p.in_time, p.due),
            of(RateName::WellFormed, p.well_formed, p.found),
            of(RateName::Consistent, p.consistent, p.found),
        ]
    }
}
