//! Columns of a row as the types of the records, each misfit named.
use jiff::Timestamp;
use serde::de::{DeserializeOwned, IntoDeserializer, value::StrDeserializer};

use uuid::Uuid;

use super::query::Row;
use crate::error::{StoreError, StoreResult};

/// Typed columns.
pub(super) trait Columns {
    /// A text.
    fn text(&self, name: &str) -> StoreResult<String>;
    /// A text that may be absent.
    fn text_or_none(&self, name: &str) -> StoreResult<Option<String>>;
    /// A whole number of any width.
    fn number<T: TryFrom<i64>>(&self, name: &str) -> StoreResult<T>;
    /// A whole number that may be absent.
    fn number_or_none<T: TryFrom<i64>>(&self, name: &str) -> StoreResult<Option<T>>;
    /// True for any number but 0.
    fn flag(&self, name: &str) -> StoreResult<bool> {
        Ok(self.number::<i64>(name)? != 0)
    }
    /// A moment.
    fn time(&self, name: &str) -> StoreResult<Timestamp>;
    /// A moment that may be absent.
    fn time_or_none(&self, name: &str) -> StoreResult<Option<Timestamp>>;
    /// An id.
    fn id(&self, name: &str) -> StoreResult<Uuid>;
    /// An id that may be absent.
    fn id_or_none(&self, name: &str) -> StoreResult<Option<Uuid>>;
    /// A name of a closed set, or a date: whatever is written as one string.
    fn named<T: DeserializeOwned>(&self, name: &str) -> StoreResult<T>;
    /// The same, may be absent.
    fn named_or_none<T: DeserializeOwned>(&self, name: &str) -> StoreResult<Option<T>>;
    /// A JSON document.
    fn json<T: DeserializeOwned>(&self, name: &str) -> StoreResult<T>;
}

impl Columns for Row {
    fn text(&self, name: &str) -> StoreResult<String> {
        there(name, self.get_text(name)?)
    }

    fn text_or_none(&self, name: &str) -> StoreResult<Option<String>> {
        self.get_text(name)
    }

    fn number<T: TryFrom<i64>>(&self, name: &str) -> StoreResult<T> {
        fit(name, there(name, self.get_number(name)?)?)
    }

    fn number_or_none<T: TryFrom<i64>>(&self, name: &str) -> StoreResult<Option<T>> {
        self.get_number(name)?.map(|value| fit(name, value)).transpose()
    }

    fn time(&self, name: &str) -> StoreResult<Timestamp> {
        moment(name, self.number(name)?)
    }

    fn time_or_none(&self, name: &str) -> StoreResult<Option<Timestamp>> {
        self.get_number(name)?.map(|value| moment(name, value)).transpose()
    }

    fn id(&self, name: &str) -> StoreResult<Uuid> {
        uuid(name, &self.text(name)?)
    }

    fn id_or_none(&self, name: &str) -> StoreResult<Option<Uuid>> {
        self.get_text(name)?.map(|text| uuid(name, &text)).transpose()
    }

    fn named<T: DeserializeOwned>(&self, name: &str) -> StoreResult<T> {
        one_of(name, &self.text(name)?)
    }

    fn named_or_none<T: DeserializeOwned>(&self, name: &str) -> StoreResult<Option<T>> {
        self.get_text(name)?.map(|text| one_of(name, &text)).transpose()
    }

    fn json<T: DeserializeOwned>(&self, name: &str) -> StoreResult<T> {
        serde_json::from_str(&self.text(name)?).map_err(|error| misfit(name, error.to_string()))
    }
}

/// A moment as it is stored.
pub(super) fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// A document as it is stored.
pub(crate) fn json_of<T: serde::Serialize>(value: &T) -> StoreResult<String> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Refused(format!("cannot be written as JSON: {error}")))
}

/// What does not have the shape this release writes.
pub(super) fn misfit(what: &str, detail: impl Into<String>) -> StoreError {
    StoreError::Corrupt { what: what.to_owned(), detail: detail.into() }
}

fn there<T>(name: &str, value: Option<T>) -> StoreResult<T> {
    value.ok_or_else(|| misfit(name, "it is empty"))
}

fn fit<T: TryFrom<i64>>(name: &str, value: i64) -> StoreResult<T> {
    T::try_from(value).map_err(|_| misfit(name, format!("{value} is out of range")))
}

fn moment(name: &str, value: i64) -> StoreResult<Timestamp> {
    Timestamp::from_millisecond(value).map_err(|error| misfit(name, error.to_string()))
}

fn uuid(name: &str, text: &str) -> StoreResult<Uuid> {
    Uuid::parse_str(text).map_err(|error| misfit(name, format!("`{text}`: {error}")))
}

fn one_of<T: DeserializeOwned>(name: &str, text: &str) -> StoreResult<T> {
    let text: StrDeserializer<'_, serde::de::value::Error> = text.into_deserializer();
    T::deserialize(text).map_err(|error| misfit(name, error.to_string()))
}
