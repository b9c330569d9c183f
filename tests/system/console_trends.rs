//! Trends over report years in a real browser: a point for each year that has a number, no line across one that has none.
use serde_json::json;

use gongkai_harness::{folder::Folder, service::Service};

use crate::{
    browser::{Browser, DESK, PHONE},
    console::holds,
};

mod years;

/// Points of each line.
const DOTS: &str = "[...document.querySelectorAll('.charts svg')].flatMap(chart => [0, 1, 2, 3].map(n => chart.querySelectorAll('path.s' + n).length))";
/// Words that stand over the edge of their chart, over each other, or are too small to be read.
const ILL_PLACED: &str = "[...document.querySelectorAll('.charts svg')].flatMap(chart => {
    const frame = chart.getBoundingClientRect();
    const words = [...chart.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()]);
    const over = (a, b) => a !== b && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    return words.filter(([, box]) => box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom
        || box.height < 10 || words.some(([, other]) => over(box, other))).map(([word]) => word) })";

#[test]
fn a_line_breaks_at_a_year_of_which_nothing_is_known() {
    let folder = Folder::new();
    folder.write("registry.csv", years::registry());
    std::fs::create_dir(folder.path().join("sites")).unwrap();
    let database = folder.path().join("years.db");
    let settings = [("GONGKAI_STORE__URL", format!("sqlite:{}", database.display()))];
    let settings = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
    let mut service = Service::start(folder.path(), &["run", "console"], &settings);
    let console = service.console();
    years::fill(&database);
    let mut browser = Browser::start();
    for (lang, screen) in [("zh", DESK), ("zh", PHONE), ("en", DESK), ("en", PHONE)] {
        browser.open(&format!("{console}?lang={lang}"), screen);
        holds(&mut browser, &console, &format!("trends {lang} {}", screen.name));
        assert_eq!(browser.value("document.querySelectorAll('.charts figure').length"), 3);
        let lines = "[...document.querySelectorAll('.charts polyline')].map(line => line.points.length)";
        assert_eq!(
            browser.value(lines),
            json!(vec![3; 24]),
            "three years before 2022 and three after, four rates, three charts"
        );
        assert_eq!(browser.value(DOTS), json!(vec![6; 12]));
        let blank = "[...document.querySelectorAll('.charts tr')].filter(row => row.cells[0].textContent === '2022').map(row => row.textContent)";
        assert_eq!(browser.value(blank), json!(vec!["2022————"; 3]));
        assert_eq!(browser.value(ILL_PLACED), json!([]), "{lang} {}", screen.name);
    }
}
