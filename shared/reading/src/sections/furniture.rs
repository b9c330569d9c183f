//! The page's own words around a report: where the report ends and they begin.
use std::sync::LazyLock;

use regex::Regex;

use crate::page::{Page, Row};

/// Words that stand on pages around a report and begin no line of one.
static FURNITURE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^[\[【(（•·*\s]*(打印|关闭|收藏|下载打印|返回(顶部|首页|列表|上一页|目录)|回到顶部|扫一扫|分享(到|至|本页)|微信扫",
        r"|上一(篇|条|页)|下一(篇|条|页)|相关(链接|文章|阅读|信息|新闻|推荐|稿件|文档)|推荐(阅读|文章)|热(门|搜)|延伸阅读|往年(年报|报告)",
        r"|(主办|承办|协办|维护|技术支持|建设运维)(单位)?\s*[:：]|版权所有|网站(地图|标识码|声明|支持|纠错)|政府网站(找错|标识码)|党政机关|我要纠错|纠错",
        r"|[^。]{0,24}(ICP|公安|公网安)备|(本文)?(浏览|点击|阅读|访问|被阅览)(次?数|量|率|总?数|\s*[:：])|您是第|访问(总)?量",
        r"|责任编辑|责编|编辑\s*[:：]|录入\s*[:：]|审核\s*[:：]|(信息|文章|稿件)?来源\s*[:：]|友情链接|关于我们|联系我们|今天是|当前位置|您(现)?在?的?(所在)?位置",
        r"|字体\s*[:：]|字号|无障碍|点击收听|语音朗读|copyright|©|建议使用|最佳浏览|发布(时间|日期)\s*[:：]|更新(时间|日期)\s*[:：])"
    ))
    .ok()
});

/// True for a line of the page's own.
pub(crate) fn is_furniture(text: &str) -> bool {
    FURNITURE.as_ref().is_some_and(|words| words.is_match(text))
}

/// The end of the last row.
pub(crate) fn end(page: &Page) -> u32 {
    page.rows.last().map_or(0, |row| row.span.end).min(page.chars())
}

/// Where the report ends that goes on at least to row `from`: before the page's own words.
pub(crate) fn content_end(page: &Page, from: usize) -> u32 {
    let own = |row: &&Row| row.line().is_some_and(|line| is_furniture(&line.text));
    page.rows.iter().skip(from).find(own).map_or_else(|| end(page), |row| row.span.start)
}

/// True when a line is nothing but links, as menus and lists of other pages are.
pub(crate) fn is_linked(page: &Page, row: &Row) -> bool {
    let width = row.span.end.saturating_sub(row.span.start);
    let linked: u32 = page
        .links
        .iter()
        .map(|link| link.quote.span)
        .filter(|span| row.span.start <= span.start && span.end <= row.span.end)
        .map(|span| span.end - span.start)
        .sum();
    width > 0 && linked * 10 >= width * 8
}
