//! Rates by region, level and kind of a year; the model's own computation.
use axum::{
    Json,
    extract::{Query, State},
};
use gongkai_model::{Rate, Scope};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Answer, Problem};
use crate::{ConsoleState, pages::ask};

/// A rate with what it is made of.
#[derive(Serialize, ToSchema)]
struct RateItem {
    /// published, timely, well_formed, consistent, year_on_year, disclosed, denied, unavailable, not_processed, carried_forward, review_corrected, litigation_corrected
    rate: &'static str,
    numerator: i64,
    denominator: i64,
    /// Bodies or reports it is made of.
    n: u64,
    /// Reports that lack a number it needs.
    left_out: u64,
    /// `97.6%`; null when there is nothing to divide by.
    percent: Option<String>,
}

/// Rates over reports of one scope.
#[derive(Serialize, ToSchema)]
struct ScopeRates {
    /// own, area
    scope: &'static str,
    /// True for reports with a T error, which are counted apart.
    wrong: bool,
    reports: u64,
    /// 申请量 over the reports that state it.
    requests: i64,
    /// Reports that state it.
    requests_n: u64,
    rates: Vec<RateItem>,
}

/// All rates of one region, level and kind.
#[derive(Serialize, ToSchema)]
pub(super) struct CohortRates {
    region: String,
    level: &'static str,
    kind: &'static str,
    year: i16,
    /// 发布率, 及时率, 规范率, 勾稽一致率.
    publication: Vec<RateItem>,
    reports: Vec<ScopeRates>,
}

/// Which year.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Report year; the current one if not said.
    #[param(value_type = Option<u16>)]
    year: String,
}

fn item(rate: &Rate) -> RateItem {
    RateItem {
        rate: rate.rate.as_str(),
        numerator: rate.numerator,
        denominator: rate.denominator,
        n: rate.n,
        left_out: rate.left_out,
        percent: rate.percent(),
    }
}

/// Rates by region, level and kind. Levels and kinds are never to be added up: areas contain their parts.
#[utoipa::path(get, path = "/api/v1/rates", params(Which), responses((status = 200, body = Vec<CohortRates>), (status = 400, body = Problem)))]
pub(super) async fn list(
    State(state): State<ConsoleState>,
    Query(which): Query<Which>,
) -> Answer<Vec<CohortRates>> {
    let (year, _) = ask::year(&state, &which.year).await?;
    let mut cohorts = Vec::new();
    for figures in state.store.figures(Some(year)).await? {
        let publication = figures.publication_rates().iter().map(item).collect();
        let sides = [(&figures.sound, false), (&figures.wrong, true)];
        let each = sides
            .into_iter()
            .flat_map(|(side, wrong)| side.iter().map(move |(scope, sums)| (*scope, wrong, sums)));
        let reports = each.map(|(scope, wrong, sums)| ScopeRates {
            scope: match scope {
                Scope::Own => "own",
                Scope::Area => "area",
            },
            wrong,
            reports: sums.reports,
            requests: sums.requests().numerator,
            requests_n: sums.requests().n,
            rates: sums.rates().iter().map(item).collect(),
        });
        let reports = reports.collect();
        let cohort = figures.cohort;
        let (level, kind) = (cohort.level.as_str(), cohort.kind.as_str());
        cohorts.push(CohortRates {
            region: cohort.region,
            level,
            kind,
            year: cohort.year,
            publication,
            reports,
        });
    }
    Ok(Json(cohorts))
}
