//! The scanner and the browser's parser give one tree, wherever the scanner is sure.
use std::{
    fs,
    path::{Path, PathBuf},
};

use gongkai_testkit::reports::{Layout, ReportPlan};
use proptest::prelude::*;
use scraper::Html;

use super::{entities, lines, tree};
use crate::html::{
    browser,
    tree::{Content, Element, Tree},
};

/// A tree as text, in which texts side by side are one.
fn printed(tree: &Tree<'_>) -> String {
    let mut out = String::new();
    let mut open: Vec<(usize, String)> = Vec::new();
    let name = |element: &Element<'_>| format!("{:?} {} {:?}", element.tag, element.hidden, element.sorted());
    for (at, node) in tree.nodes.iter().enumerate() {
        while let Some((_, name)) = open.pop_if(|(end, _)| *end <= at) {
            out += &format!("</{name}>");
        }
        match &node.content {
            Content::Text(text) => out += &text.replace('<', "&lt;"),
            Content::Element(element) => {
                out += &format!("<{}>", name(element));
                open.push((node.end, format!("{:?}", element.tag)));
            }
        }
    }
    open.into_iter().rev().for_each(|(_, name)| out += &format!("</{name}>"));
    out
}

/// Whether the scanner was sure of a page, which then is the browser's.
fn is_sure(source: &str) -> bool {
    let plain = lines(source);
    let Some(own) = tree(&plain) else { return false };
    let document = Html::parse_document(source);
    let (own, theirs) = (printed(&own), printed(&browser::tree(&document)));
    if own != theirs {
        let same = own.chars().zip(theirs.chars()).take_while(|(a, b)| a == b).count();
        let part = |text: &str| text.chars().skip(same.saturating_sub(80)).take(240).collect::<String>();
        panic!("they differ:\n{}\n--- browser:\n{}\n--- source:\n{source}", part(&own), part(&theirs));
    }
    true
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let inside = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    paths.into_iter().flat_map(inside).collect()
}

/// Every page of the repository, and the real ones where they lie beside it.
fn fixtures() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders =
        ["tests/reading", "../../examples", "../../../shared/corpus/real", "../../../shared/corpus/seeds"];
    let paths = folders.into_iter().flat_map(|folder| files(&root.join(folder)));
    paths.map(|path| crate::charset::decode(&fs::read(path).unwrap(), None).text).collect()
}

fn page(layout: Layout, seed: u64) -> String {
    ReportPlan { layout, ..ReportPlan::random(seed) }.generate().content
}

#[test]
fn every_page_of_the_repository_is_read_as_a_browser_reads_it() {
    let pages: Vec<String> = fixtures().into_iter().filter(|page| page.contains('<')).collect();
    let sure = pages.iter().filter(|page| is_sure(page)).count();
    assert!(pages.len() >= 80 && sure * 10 >= pages.len() * 8, "sure of {sure} of {} pages", pages.len());
}

#[test]
fn it_is_sure_of_ordinary_pages() {
    for layout in [Layout::TablePage, Layout::StyledPage, Layout::NarrativePage] {
        for seed in 0..10 {
            assert!(is_sure(&page(layout, seed)), "{layout:?} {seed}");
        }
    }
    let ordinary = [
        "",
        "甲",
        "<p>一<p>二",
        "<title>甲&amp;乙</title> <p>丙",
        "<ul><li>一<li>二</ul>三",
        "<dl><dt>甲<dd>乙<dt>丙</dl>",
        "<table><tr><td>1<td>2<tr><td>3</table>末",
        "<table><caption>甲</caption><colgroup><col><col></colgroup><thead><tr><th>1</thead><tr><td>2</table>",
        "<TABLE WIDTH=100%><TR><TD COLSPAN=2 rowspan='3'>1</TABLE>",
        "<table><tr><td><table><tr><td>里</td></tr></table>外</td></tr></table>",
        "<table><tr><td><b>1<td>2</td></tr></table><b>甲</b>",
        "<!doctype html><p>甲<table><tr><td>1</table>乙",
        "<p>甲<table><tr><td>1</table>乙",
        "<pre>\n甲\n乙</pre><pre>\n\n丙</pre>",
        "<script>if (a < b) { '<td>' } <!-- x --></script><style>a<b</style>甲",
        "<textarea>\n<p>&lt;</textarea><iframe><p></iframe><noscript><p>甲</p></noscript>",
        "<p>甲</body></html>\n<p>乙",
        "<div><p>甲</div></div></span>乙</p>丙",
        "<form><input name=a></form><select><option>甲<option>乙</select>",
        "<o:p>&nbsp;</o:p><st1:date>甲</st1:date><?xml:namespace prefix = o /><![if !x]>乙<![endif]>",
        "1 < 2 & 3 &lt; 4 &#20113; &#x4E91; <a href='?a=1&b=2&copy=3'>甲</a>",
        "<p style='display:none' hidden style=x>甲</p><p STYLE=\"VISIBILITY : hidden\">乙",
        "<h1>甲<h2>乙</h2><marquee><p>丙</marquee><object><param>丁</object>",
        "<head><meta charset=utf-8><link rel=x></head>\n<body class=a>甲",
        "甲\r\n乙\r丙<pre>\r\n丁</pre>",
    ];
    for source in ordinary {
        assert!(is_sure(source), "{source}");
    }
}

#[test]
fn of_what_only_a_browser_knows_it_is_not_sure() {
    let odd = [
        "<b><p>甲</b>乙</p>",
        "<a href=1>甲<a href=2>乙",
        "<p><b>甲</p>乙",
        "<table>甲<tr><td>1</table>",
        "<table><tr><p>甲</p><td>1</table>",
        "<table><tr><td>1</td></tr><table><tr><td>2</table>",
        "<svg><title>甲</title></svg>",
        "<template><p>甲</template>",
        "<plaintext>甲",
        "<![CDATA[甲]]>",
        "<p>&unknown;甲",
        "<p>&nbsp甲",
        "<p>&#150;甲",
        "<p title=\"甲",
        "<p <b>甲",
        "<!-- 甲",
        "<!-->甲-->",
        "<script>甲",
        "<script><!-- <script> </script> --></script>",
        "<html><head></head><html><p>甲",
        "<p>甲</br>",
        "<frameset><frame></frameset>",
        "<p>甲<",
    ];
    for source in odd {
        assert!(!is_sure(source), "{source}");
    }
}

#[test]
fn every_entity_is_the_browsers() {
    for (name, character) in entities::NAMES {
        let source = format!("<p>&{name};");
        assert!(is_sure(&source) && Html::parse_document(&source).html().len() > 30, "{name}");
        assert_eq!(entities::decoded(&source, false).unwrap(), format!("<p>{character}"));
    }
}

/// What may happen to a page.
#[derive(Clone, Debug)]
enum Damage {
    Drop,
    Double,
    Cut,
    Upper,
    Unquote,
    Insert(&'static str),
}

const ODD: [&str; 40] = [
    "<!-- <table><tr><td>9</td></tr></table> -->",
    "<script>document.write('<td>1</td>')</script>",
    "<style>td{}</style>",
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<a href=x>",
    "</a>",
    "<span>",
    "</span>",
    "<div>",
    "</div>",
    "<table>",
    "</table>",
    "<tr>",
    "</tr>",
    "<td>",
    "</td>",
    "<tbody>",
    "</tbody>",
    "<caption>",
    "</caption>",
    "<col>",
    "<li>",
    "</li>",
    "<ul>",
    "</ul>",
    "<h2>",
    "</h3>",
    "<form>",
    "</form>",
    "<select><option>甲",
    "</select>",
    "<object>",
    "</object>",
    "</body>",
    "<pre>\n",
    "<o:p />",
    "&nbsp;甲",
];

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        3 => Just(Damage::Drop),
        2 => Just(Damage::Double),
        1 => Just(Damage::Cut),
        1 => Just(Damage::Upper),
        1 => Just(Damage::Unquote),
        6 => prop::sample::select(ODD.to_vec()).prop_map(Damage::Insert),
    ]
}

/// The page with something done to its tag at a place.
fn damaged(page: &str, at: usize, damage: &Damage) -> String {
    let tags: Vec<usize> = page.match_indices('<').map(|(at, _)| at).collect();
    let Some(start) = tags.get(at % tags.len().max(1)).copied() else { return page.to_owned() };
    let end = page[start..].find('>').map_or(page.len(), |length| start + length + 1);
    let (before, tag, behind) = (&page[..start], &page[start..end], &page[end..]);
    match damage {
        Damage::Drop => format!("{before}{behind}"),
        Damage::Double => format!("{before}{tag}{tag}{behind}"),
        Damage::Cut => before.to_owned(),
        Damage::Upper => format!("{before}{}{behind}", tag.to_uppercase()),
        Damage::Unquote => format!("{before}{}{behind}", tag.replace('"', "")),
        Damage::Insert(odd) => format!("{before}{odd}{tag}{behind}"),
    }
}

/// A small page with every kind of element, so that damage hits each of them often.
const SMALL: &str = "<!DOCTYPE html>\n<html><head><title>甲</title><meta name=a content=b></head>\n<body><div class=\"x\"><p>乙<b>丙</b>\
<a href=\"y?a=1&amp;b=2\">丁</a></p><ul><li>一</li><li>二</li></ul><table width=\"1\"><caption>表</caption><tbody><tr><td \
colspan=\"2\"><p><span style=\"color:red\">1</span></p></td><td>2<br/>3</td></tr><tr><th>4</th><td><table><tr><td>5</td></tr>\
</table></td></tr></tbody></table><h2>末</h2><form><input type=\"text\" value=\"6\"><select><option>7</option></select></form>\
<pre>\n8\n</pre></div></body></html>";

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn damaged_pages_are_the_browsers_or_handed_over(
        edits in prop::collection::vec((0_usize..10_000, damage()), 1..7),
    ) {
        is_sure(&edits.iter().fold(SMALL.to_owned(), |page, (at, damage)| damaged(&page, *at, damage)));
    }

    #[test]
    fn heaps_of_tags_are_the_browsers_or_handed_over(
        pieces in prop::collection::vec(prop::sample::select(ODD.to_vec()), 1..30),
        standards in any::<bool>(),
    ) {
        is_sure(&format!("{}{}", if standards { "<!doctype html>" } else { "" }, pieces.join("1")));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn damaged_reports_are_the_browsers_or_handed_over(
        seed in 0_u64..400,
        styled in any::<bool>(),
        edits in prop::collection::vec((0_usize..10_000, damage()), 1..4),
    ) {
        let report = page(if styled { Layout::StyledPage } else { Layout::TablePage }, seed);
        is_sure(&edits.iter().fold(report, |page, (at, damage)| damaged(&page, *at, damage)));
    }
}
