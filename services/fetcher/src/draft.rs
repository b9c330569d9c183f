//! A profile to begin with: from a site's home page to its lists of annual reports, as far as links and their texts show them.
//! What was recognised and what is unsure stands in it as comments; people finish it.
use std::time::Duration;

use thiserror::Error;
use url::Url;

use crate::{
    client::PoliteClient,
    profile::Profile,
    search::{Reach, Search},
};

mod write;

/// Pages looked at, a home page names its annual reports within a few steps; and how long at most.
const REACH: Reach = Reach { pages: 15, time: Duration::from_secs(15 * 60) };

/// Why there is no profile.
#[derive(Debug, Error)]
pub enum DraftError {
    /// The home page did not come.
    #[error("{url} could not be read: {why}")]
    Home {
        /// Address.
        url: String,
        /// Reason.
        why: String,
    },
    /// No list of reports was recognised.
    #[error(
        "no list of annual reports was found on {pages} page(s) from {url}; give the address of the list itself"
    )]
    Nothing {
        /// Address.
        url: String,
        /// Pages looked at.
        pages: usize,
    },
}

/// A profile as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The file.
    pub toml: String,
    /// Columns in it.
    pub columns: usize,
}

/// Looks for lists of annual reports from a home page (or from the list itself) and writes a profile for them.
///
/// # Errors
/// The home page cannot be read, or no list is recognised.
pub async fn draft(client: &PoliteClient, home: &Url) -> Result<Draft, DraftError> {
    let failed = |why: String| DraftError::Home { url: home.to_string(), why };
    let Some(profile) = Profile::of_host(home) else { return Err(failed("it names no host".to_owned())) };
    let mut search = Search::new(client, &profile, REACH);
    let title = search.start(home).await.map_err(failed)?;
    search.go_on().await;
    let mut found = search.lists;
    // A home page shows the newest reports among its news.
    if found.len() > 1 {
        found.retain(|list| !is_home(&list.url));
    }
    if found.is_empty() {
        return Err(DraftError::Nothing { url: home.to_string(), pages: search.pages });
    }
    Ok(Draft { toml: write::profile(home, &write::site_name(&title), &found), columns: found.len() })
}

fn is_home(url: &Url) -> bool {
    let mut path = url.path_segments().into_iter().flatten();
    path.next().is_none_or(|file| file.is_empty() || file.starts_with("index.")) && path.next().is_none()
}

#[cfg(test)]
mod tests;
