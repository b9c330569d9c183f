//! The identity of a finding over time: code, report and place; never numbers, wording or offsets.
use sha2::{Digest, Sha256};

use crate::draft::Draft;

/// How much of the hash is kept, in bytes.
const WIDTH: usize = 16;

/// The fingerprint of the `ordinal`-th finding of a rule at one place of a report.
pub(crate) fn fingerprint(code: &str, identity: &str, draft: &Draft, ordinal: usize) -> String {
    let mut hash = Sha256::new();
    let table = draft.table.map_or("", |key| key.as_str());
    let column = draft.column.map_or("", |key| key.as_str());
    for part in [code, identity, table, draft.row.as_deref().unwrap_or(""), column] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    if ordinal > 0 {
        hash.update(ordinal.to_string().as_bytes());
    }
    hash.finalize().iter().take(WIDTH).map(|byte| format!("{byte:02x}")).collect()
}
