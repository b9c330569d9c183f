//! A column that has gone is looked for, seldom and politely, and the poll says where it may be.
use super::*;

/// The next poll of the list: its time, and where the column may be by then.
async fn poll(world: &World) -> Option<String> {
    let column = || async {
        let done = world.round().await;
        done.into_iter().find_map(|(_, result)| match result {
            Ok(StageResult::Column(polled)) => Some(polled),
            _ => None,
        })
    };
    let polled = match column().await {
        Some(polled) => polled,
        None => {
            world.pass(2);
            column().await.unwrap()
        }
    };
    world.clock.set(polled.next_fetch_at);
    assert_ne!(polled.poll.outcome, PollOutcome::Ok);
    polled.poll.problem_and_hint().1.map(|moved| moved.text().zh)
}

fn html(title: &str, body: &str) -> Page {
    Page::html(format!(
        "<html><head><title>{title}</title></head><body>{body}<p>{}</p></body></html>",
        "云泽".repeat(250)
    ))
}

fn reports() -> String {
    let entry = |name: &str| {
        format!("<li><a href='/r/{name}.html'>云泽市{name}2025年政府信息公开工作年度报告</a></li>")
    };
    format!("<ul class='news'>{}{}{}</ul>", entry("财政局"), entry("教育局"), entry("旧局"))
}

/// A site that was rebuilt: the list's address is gone, and a menu leads to its new place two steps from the home page.
fn rebuild(world: &World, column: &str) {
    world.site.remove(LIST);
    world.site.put("/", html("云泽市政府网", "<a href='/gk/'>政府信息公开</a><a href='/news/'>要闻</a>"));
    world.site.put(
        "/gk/",
        html("公开", &format!("<a href='/gk/zn/'>政府信息公开指南</a><a href='/gk/nb/'>{column}</a>")),
    );
    world.site.put("/gk/nb/", html("年报", &reports()));
}

#[tokio::test]
async fn a_column_that_has_gone_is_looked_for_from_the_second_poll_on_and_once_a_day() {
    let world = World::settled("").await;
    rebuild(&world, "信息公开工作年度报告");
    assert_eq!(poll(&world).await, None, "once is a hiccup");
    assert_eq!(world.site.hits("/"), 0);
    let hint = poll(&world).await.unwrap();
    assert_eq!(
        hint,
        "2026-02-01 从首页查找，年报栏目现在可能在：《信息公开工作年度报告》http://site.invalid/gk/nb/"
    );
    assert_eq!(poll(&world).await.unwrap(), hint, "it is told with each poll");
    assert_eq!((world.site.hits("/"), world.site.hits("/news/")), (1, 0));
    world.pass(24);
    assert!(poll(&world).await.unwrap().starts_with("2026-02-02"));
    assert_eq!(world.site.hits("/"), 2);
    let column = &fixture_profile(&world).columns[0];
    assert_eq!(column.start[0].path(), LIST, "the profile stays as it is");
}

#[tokio::test]
async fn the_list_is_found_under_whatever_name_and_however_it_has_gone() {
    let gone = [
        ("政府信息公开年报", Page::redirect(302, "/")),
        ("历年年报", html("旧栏目", "<ul class='list'></ul>")),
        ("部门信息公开年度报告", Page::login()),
        ("年度报告", html("旧栏目", "<a href='/'>首页</a>")),
    ];
    for (name, answer) in gone {
        let world = World::settled("").await;
        rebuild(&world, name);
        world.site.put(LIST, answer);
        poll(&world).await;
        let hint = poll(&world).await.unwrap();
        assert!(hint.ends_with(&format!("可能在：《{name}》http://site.invalid/gk/nb/")), "{hint}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_named_behind_what_can() {
    let world = World::settled("").await;
    world.site.put(LIST, html("新版年报", &reports()));
    world.site.put(
        "/",
        html(
            "云泽",
            "<a href='http://new.example/nb/'>政府信息公开年报</a><a href='/js/'>年度报告</a>
             <a href='/news/1.html'>我市企业年报工作启动</a><a href='/r/czj.html'>2025年政府信息公开工作年度报告</a>",
        ),
    );
    world.site.put("/js/", html("年度报告", "<div id='app'></div>"));
    poll(&world).await;
    assert_eq!(
        poll(&world).await.unwrap(),
        "2026-02-01 从首页查找，年报栏目现在可能在：《新版年报》http://site.invalid/list/index.html \
         《政府信息公开年报》http://new.example/nb/ 《年度报告》http://site.invalid/js/"
    );
}

#[tokio::test]
async fn nobody_looks_where_robots_forbid_it_and_no_more_pages_than_a_few() {
    let world = World::settled("").await;
    rebuild(&world, "政府信息公开年报");
    world.site.put("/robots.txt", Page::bytes("text/plain", "User-agent: *\nDisallow: /gk/nb"));
    let many: String = (0..40).map(|n| format!("<a href='/gk/{n}/'>信息公开{n}</a>")).collect();
    world.site.put("/", html("云泽", &(many + "<a href='/gk/'>政府信息公开</a>")));
    (0..40).for_each(|n| world.site.put(&format!("/gk/{n}/"), html("信息公开", "")));
    poll(&world).await;
    world.pass(24);
    let before = world.site.requests().len();
    let hint = poll(&world).await.unwrap();
    assert!(hint.ends_with("未见年报栏目的新位置"), "{hint}");
    assert_eq!(world.site.hits("/gk/nb/"), 0);
    let asked = world.site.requests().len() - before;
    assert!(asked <= 13, "the list, robots.txt, the page and ten more: {asked}");
}

#[tokio::test]
async fn a_column_that_never_worked_or_is_guarded_is_not_looked_for() {
    let never = World::new("").await;
    rebuild(&never, "政府信息公开年报");
    let guarded = World::settled("").await;
    rebuild(&guarded, "政府信息公开年报");
    guarded.site.put(LIST, Page::challenge());
    let away = World::settled("").await;
    rebuild(&away, "政府信息公开年报");
    away.site.put(LIST, Page::html("x").status(502));
    for world in [&never, &guarded, &away] {
        for _ in 0..3 {
            assert_eq!(poll(world).await, None);
        }
        assert_eq!(world.site.hits("/"), 0);
    }
}

#[tokio::test]
async fn a_home_page_that_does_not_come_is_said_and_asked_once_a_day() {
    let world = World::settled("").await;
    world.site.remove(LIST);
    poll(&world).await;
    for _ in 0..2 {
        assert_eq!(poll(&world).await.unwrap(), "2026-02-01 首页打不开，无法查找年报栏目的新位置");
    }
    assert_eq!(world.site.hits("/"), 1);
}
