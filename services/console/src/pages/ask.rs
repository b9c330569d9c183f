//! What pages and the API are asked with: years and page numbers out of a query.
use crate::{ConsoleState, error::PageError};

/// The farthest page.
pub(crate) const LAST_PAGE: u32 = 10_000;

/// The number of a page, from 1.
pub(crate) fn page(text: &str) -> Result<u32, PageError> {
    match text.trim() {
        "" => Ok(1),
        text => {
            Ok(text.parse::<u32>().map_err(|_| PageError::BadRequest("page".into()))?.clamp(1, LAST_PAGE))
        }
    }
}

/// A year, if one is asked for.
pub(crate) fn some_year(text: &str) -> Result<Option<i16>, PageError> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| PageError::BadRequest("year".into())),
    }
}

/// The report year that is asked for (default: the current one, else the latest with anything due), and those there are, the latest first.
pub(crate) async fn year(state: &ConsoleState, text: &str) -> Result<(i16, Vec<i16>), PageError> {
    let asked = some_year(text)?;
    let coverage = state.store.coverage().await?;
    let mut years: Vec<_> = coverage.iter().map(|line| line.year).collect();
    years.sort_unstable_by(|a, b| b.cmp(a));
    years.dedup();
    let current = state.clock.today().year().saturating_sub(1);
    let default = if years.contains(&current) { current } else { years.first().copied().unwrap_or(current) };
    Ok((asked.unwrap_or(default), years))
}
