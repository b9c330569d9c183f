//! A form file as it is written.
use serde::Deserialize;

use super::{NumberKind, Op, Orientation};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    pub(super) id: String,
    pub(super) years: Vec<i16>,
    pub(super) notice: String,
    pub(super) table: Vec<Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub(super) key: String,
    pub(super) section: u8,
    pub(super) label: String,
    pub(super) en: String,
    pub(super) orientation: Orientation,
    #[serde(default)]
    pub(super) groups: Vec<Item>,
    pub(super) block: Vec<Block>,
    #[serde(default)]
    pub(super) relation: Vec<Relation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Block {
    pub(super) label: String,
    pub(super) columns: Vec<Item>,
    pub(super) rows: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Item {
    pub(super) key: String,
    pub(super) label: String,
    pub(super) en: String,
    #[serde(default)]
    pub(super) aliases: Vec<String>,
    pub(super) group: Option<String>,
    pub(super) number: Option<NumberKind>,
    pub(super) unit: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Each {
    Axis(String),
    Rows(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Relation {
    pub(super) rule: String,
    pub(super) each: Option<Each>,
    #[serde(default)]
    pub(super) op: Op,
    pub(super) at: [String; 2],
    pub(super) terms: Vec<(i8, String, String)>,
}
