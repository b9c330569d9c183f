//! One number of a statutory table, as printed and as understood.
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{key::Key, report::Span};

/// How a cell was found (contract: state of a cell).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CellState {
    /// A number stands in the cell.
    Printed,
    /// The cell is there and is empty, or holds only a dash, a slash or 无. Never 0.
    Blank,
    /// Something stands in the cell that is no number.
    Unreadable,
    /// The layout lost the cell's place; the relations of the form allow exactly this one.
    Inferred,
    /// A value was read and several cells could be its place.
    Unplaced,
}

impl CellState {
    /// The name in tables and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Printed => "printed",
            Self::Blank => "blank",
            Self::Unreadable => "unreadable",
            Self::Inferred => "inferred",
            Self::Unplaced => "unplaced",
        }
    }
}

/// The unit an amount was printed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 10,000 yuan, printed in the cell, the head or the form.
    WanYuan,
    /// Yuan; the value was divided by 10,000.
    Yuan,
    /// 1,000 yuan; the value was divided by 10.
    QianYuan,
    /// 1,000,000 yuan; the value was multiplied by 100.
    BaiWanYuan,
    /// 100,000,000 yuan; the value was multiplied by 10,000.
    YiYuan,
    /// No unit anywhere: the number is kept as printed (form 2019, procurement).
    #[default]
    Unstated,
}

impl Unit {
    /// The name in JSON and in tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WanYuan => "wan_yuan",
            Self::Yuan => "yuan",
            Self::QianYuan => "qian_yuan",
            Self::BaiWanYuan => "bai_wan_yuan",
            Self::YiYuan => "yi_yuan",
            Self::Unstated => "unstated",
        }
    }
}

/// The address of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CellAt {
    /// Table.
    pub table: Key,
    /// Row within the table.
    pub row: Key,
    /// Column within the row's block.
    pub column: Key,
}

/// One cell. `value` is `Some` exactly when the state is `Printed`, `Inferred` or `Unplaced`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Row key.
    pub row: Key,
    /// Column key.
    pub column: Key,
    /// How it was found.
    pub state: CellState,
    /// Whole number, or 万元 for amounts (see `unit`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Decimal>,
    /// The cell's own text, notes and units included.
    pub printed: String,
    /// Its place in the normalised text.
    pub span: Span,
    /// For amounts: the unit it was printed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
}
