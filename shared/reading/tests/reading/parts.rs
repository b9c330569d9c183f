//! Parts under every heading that is in use, and parts that are not there.
use crate::metadata_pages::check;

#[test]
fn parts_are_found_under_other_words_and_missed_where_they_are_missing() {
    check(include_str!("pages/parts.txt"));
}
