//! The bodies that must report, as the registry describes them.
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Level of a body in the administrative order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// 国务院部门.
    Central,
    /// 省级.
    Province,
    /// 地市级.
    Prefecture,
    /// 县级.
    County,
    /// 乡级.
    Township,
}

impl Level {
    /// All of them, the highest first.
    pub const ALL: [Self; 5] =
        [Self::Central, Self::Province, Self::Prefecture, Self::County, Self::Township];

    /// The name in the registry, metrics and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Central => "central",
            Self::Province => "province",
            Self::Prefecture => "prefecture",
            Self::County => "county",
            Self::Township => "township",
        }
    }
}

/// What sort of body it is; decides its due date (Regulation, Art. 49).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// 人民政府 of county level and above.
    Government,
    /// 办公厅（室） that reports for itself.
    Office,
    /// 政府部门.
    Department,
    /// 乡镇人民政府.
    Township,
    /// 街道办事处.
    Street,
    /// 开发区、园区管委会.
    Zone,
    /// 垂直管理机关 (tax, customs …).
    Vertical,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Government,
        Self::Office,
        Self::Department,
        Self::Township,
        Self::Street,
        Self::Zone,
        Self::Vertical,
    ];

    /// The name in the registry, metrics and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Government => "government",
            Self::Office => "office",
            Self::Department => "department",
            Self::Township => "township",
            Self::Street => "street",
            Self::Zone => "zone",
            Self::Vertical => "vertical",
        }
    }
}

/// One line of the registry (columns in the order of the file).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Stable id; never a name or a division code.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Earlier names.
    pub former_names: Vec<String>,
    /// Division code; its first four digits are the region.
    pub code: String,
    /// Level.
    pub level: Level,
    /// Kind.
    pub kind: Kind,
    /// Id of the body above.
    pub parent: Option<String>,
    /// Site profile that publishes it.
    pub site: Option<String>,
    /// Date (month, day) of the year after the report year that a local notice sets, as `MM-DD`.
    pub local_due: Option<String>,
    /// Vertically led: outside local totals.
    pub vertical: bool,
    /// May make 规章; `None` when unknown.
    pub rule_making: Option<bool>,
    /// Reports for itself.
    pub reports_itself: bool,
    /// Exists from.
    pub valid_from: Option<Date>,
    /// Existed until.
    pub valid_to: Option<Date>,
    /// Id of the body that took over.
    pub successor: Option<String>,
}

/// How far a chain of supervising bodies is followed; a registry may contain a circle.
const LEVELS: usize = 8;

impl Body {
    /// The bodies above, nearest first, as far as `find` knows them by their id.
    pub fn above<'b>(&self, find: impl Fn(&str) -> Option<&'b Self>) -> impl Iterator<Item = &'b Self> {
        let first = self.parent.as_deref().and_then(&find);
        let next = move |body: &&'b Self| find(body.parent.as_deref()?);
        std::iter::successors(first, next).take(LEVELS)
    }
}

impl Body {
    /// The 4-digit code of the prefecture, the label `region` of metrics.
    pub fn region(&self) -> &str {
        self.code.get(..4).unwrap_or("0000")
    }
}
