//! The page's own words around a report: where the report ends and they begin.
use std::sync::LazyLock;

use regex::Regex;
use rustc_hash::FxHashSet;

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

/// What those lines begin with, behind brackets and points.
const BEGINNINGS: &str = "打关收下返回扫分微上相推热延往主承协维技建版网政党我纠本浏点阅访被您责编录审信文稿来友联今当字无语cC©最发更";

static BEGIN: LazyLock<FxHashSet<char>> = LazyLock::new(|| BEGINNINGS.chars().collect());

/// A cheap look at a line: most begin otherwise, and have no number of registration (备案) either.
fn may_be_furniture(text: &str) -> bool {
    let points = |c: &char| matches!(c, '[' | '【' | '(' | '（' | '•' | '·' | '*') || c.is_whitespace();
    let first = text.chars().find(|c| !points(c));
    first.is_some_and(|first| BEGIN.contains(&first)) || text.contains('备')
}

/// True for a line of the page's own.
pub(crate) fn is_furniture(text: &str) -> bool {
    may_be_furniture(text) && FURNITURE.as_ref().is_some_and(|words| words.is_match(text))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cheap_look_passes_over_no_line_of_the_page() {
        let lines = [
            "打印",
            "【关闭】",
            "收藏",
            "下载打印",
            "返回顶部",
            "回到顶部",
            "扫一扫",
            "分享到",
            "微信扫",
            "上一篇",
            "下一页",
            "相关链接",
            "推荐阅读",
            "热门",
            "延伸阅读",
            "往年年报",
            "主办单位：",
            "承办：",
            "协办:",
            "维护：",
            "技术支持：",
            "建设运维:",
            "版权所有",
            "网站地图",
            "政府网站找错",
            "党政机关",
            "我要纠错",
            "纠错",
            "云ICP备1号",
            "甲公安备",
            "本文浏览次数",
            "浏览次数",
            "点击量",
            "阅读：",
            "访问次数",
            "被阅览数",
            "您是第",
            "访问总量",
            "责任编辑",
            "责编",
            "编辑：",
            "录入：",
            "审核：",
            "信息来源：",
            "文章来源：",
            "稿件来源：",
            "来源：",
            "友情链接",
            "关于我们",
            "联系我们",
            "今天是",
            "当前位置",
            "您现在的位置",
            "您在的位置",
            "字体：",
            "字号",
            "无障碍",
            "点击收听",
            "语音朗读",
            "Copyright",
            "COPYRIGHT",
            "©",
            "建议使用",
            "最佳浏览",
            "发布时间：",
            "更新日期：",
            "• 打印",
        ];
        for line in lines {
            assert!(FURNITURE.as_ref().unwrap().is_match(line) && is_furniture(line), "{line}");
        }
    }
}
