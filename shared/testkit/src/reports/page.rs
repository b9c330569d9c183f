//! The page around a report, as a city's content system prints it: head, navigation, metadata, text, footer.
use std::fmt::Write as _;

use fastrand::Rng;

use super::{
    Layout, ReportPlan, flat,
    grid::{Drawn, Grid},
    outline::{Outline, Piece},
};

const NAVIGATION: [&str; 8] =
    ["首页", "走进", "政务公开", "政务服务", "互动交流", "数据开放", "专题专栏", "无障碍"];
const MENU: [&str; 9] = [
    "政府信息公开指南",
    "政府信息公开制度",
    "法定主动公开内容",
    "机构职能",
    "规划信息",
    "财政信息",
    "重大建设项目",
    "政府信息公开年报",
    "依申请公开",
];

/// The page as UTF-8 HTML; the caller changes the declared charset when it encodes differently.
pub(super) fn render(plan: &ReportPlan, outline: &Outline, rng: &mut Rng) -> String {
    let minute = format!("{} {:02}:{:02}", plan.published, rng.u8(8..18), rng.u8(0..60));
    let mut page = String::with_capacity(64 * 1024);
    head(plan, outline, &minute, &mut page);
    chrome(plan, &mut page);
    metadata(plan, outline, &minute, rng, &mut page);
    page.push_str("<div class=\"article-content\" id=\"zoom\">\n");
    for piece in &outline.pieces {
        write_piece(plan.layout, piece, &mut page);
    }
    page.push_str("</div>\n");
    foot(plan, &mut page);
    page
}

fn head(plan: &ReportPlan, outline: &Outline, minute: &str, page: &mut String) {
    let (title, portal) = (escape(&outline.title), escape(&plan.issuer.portal));
    let _ = write!(
        page,
        r#"<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="X-UA-Compatible" content="IE=edge">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}_{portal}</title>
<meta name="SiteName" content="{portal}">
<meta name="ColumnName" content="政府信息公开年报">
<meta name="ArticleTitle" content="{title}">
<meta name="PubDate" content="{minute}">
<style>
body{{font:16px/1.8 "Microsoft YaHei",sans-serif;margin:0;color:#222}}
.top,.foot{{background:#14508c;color:#fff;padding:12px 24px}}
.top a,.foot a{{color:#fff}}
.nav li{{display:inline-block;margin-right:18px}}
.wrap{{width:1000px;margin:0 auto}}
.xx-table td{{border:1px solid #ccc;padding:4px 10px}}
.article-content table{{border-collapse:collapse;width:100%}}
.article-content td{{border:1px solid #333;padding:3px}}
</style>
</head>
<body>
"#
    );
}

fn chrome(plan: &ReportPlan, page: &mut String) {
    let portal = escape(&plan.issuer.portal);
    let _ = write!(
        page,
        "<div class=\"top\"><a href=\"/\">{portal}</a></div>\n<div class=\"wrap\">\n<ul class=\"nav\">\n"
    );
    for item in NAVIGATION {
        let _ = writeln!(page, "<li><a href=\"/\">{item}</a></li>");
    }
    page.push_str("</ul>\n<div class=\"position\">当前位置：<a href=\"/\">首页</a> &gt; <a href=\"/\">政务公开</a> &gt; <a href=\"../list/index.html\">政府信息公开年报</a></div>\n<ul class=\"menu\">\n");
    for item in MENU {
        let _ = writeln!(page, "<li><a href=\"/\">{item}</a></li>");
    }
    page.push_str("</ul>\n");
}

fn metadata(plan: &ReportPlan, outline: &Outline, minute: &str, rng: &mut Rng, page: &mut String) {
    let (title, name) = (escape(&outline.title), escape(&plan.issuer.name));
    let index =
        format!("99{:07}/{}-{:05}", rng.u32(0..10_000_000), plan.published.year(), rng.u32(1..60_000));
    let day = plan.published.strftime("%Y年%m月%d日");
    let _ = write!(
        page,
        r#"<table class="xx-table" width="100%">
<tr><td>索 引 号：</td><td>{index}</td><td>组配分类：</td><td>政府信息公开年报</td></tr>
<tr><td>发布机构：</td><td>{name}</td><td>发文日期：</td><td>{day}</td></tr>
<tr><td>名&nbsp;&nbsp;&nbsp;&nbsp;称：</td><td colspan="3">{title}</td></tr>
<tr><td>文&nbsp;&nbsp;&nbsp;&nbsp;号：</td><td></td><td>有 效 性：</td><td>有效</td></tr>
</table>
<h1 class="title">{title}</h1>
<div class="info"><span>发布日期：{minute}</span> <span>来源：{name}</span> <span>浏览次数：<i id="hits">-</i></span> <span>【字体：<a>大</a> <a>中</a> <a>小</a>】</span> <a>打印</a></div>
"#
    );
}

fn write_piece(layout: Layout, piece: &Piece, page: &mut String) {
    let styled = layout == Layout::StyledPage;
    match piece {
        Piece::Part(text) => paragraph(text, styled, "font-family:黑体;font-size:21px", page),
        Piece::Head(text) => paragraph(text, styled, "font-family:楷体_GB2312;font-size:21px", page),
        Piece::Text(text) => paragraph(text, styled, "font-family:仿宋_GB2312;font-size:21px", page),
        Piece::Signature(text) => {
            let _ = writeln!(page, "<p style=\"text-align:right\">{}</p>", escape(text));
        }
        Piece::Table(grid) => match layout {
            Layout::LinesPage(bars) => {
                for line in flat::cell_lines(grid, bars) {
                    let _ = writeln!(page, "<p>{}</p>", escape(&line));
                }
            }
            _ => table(grid, styled, page),
        },
    }
}

fn paragraph(text: &str, styled: bool, font: &str, page: &mut String) {
    let text = escape(text);
    let _ = if styled {
        writeln!(
            page,
            "<p style=\"margin-top:0;margin-bottom:0;text-indent:43px;line-height:37px\"><span style=\"{font};color:#000000\">{text}</span></p>"
        )
    } else {
        writeln!(page, "<p>{text}</p>")
    };
}

fn table(grid: &Grid, styled: bool, page: &mut String) {
    page.push_str(if styled {
        "<table border=\"1\" cellspacing=\"0\" cellpadding=\"0\" style=\"border-collapse:collapse;border:none\"><tbody>\n"
    } else {
        "<table>\n"
    });
    for row in &grid.rows {
        page.push_str(if styled { "<tr style=\"height:28px\" class=\"firstRow\">" } else { "<tr>" });
        for cell in row {
            write_cell(cell, styled, page);
        }
        page.push_str("</tr>\n");
    }
    page.push_str(if styled { "</tbody></table>\n" } else { "</table>\n" });
}

fn write_cell(cell: &Drawn, styled: bool, page: &mut String) {
    page.push_str("<td");
    if cell.colspan > 1 {
        let _ = write!(page, " colspan=\"{}\"", cell.colspan);
    }
    if cell.rowspan > 1 {
        let _ = write!(page, " rowspan=\"{}\"", cell.rowspan);
    }
    let text = escape(&cell.text);
    if !styled {
        let _ = write!(page, ">{text}</td>");
        return;
    }
    let text = if text.is_empty() { "&nbsp;".to_owned() } else { text };
    let align = if cell.number { "center" } else { "left" };
    let _ = write!(
        page,
        " width=\"{}\" style=\"border:1px solid windowtext\"><p style=\"text-align:{align};line-height:20px\"><span style=\"font-family:宋体;font-size:14px\">{text}</span></p></td>",
        cell.colspan * 62
    );
}

fn foot(plan: &ReportPlan, page: &mut String) {
    let portal = escape(&plan.issuer.portal);
    let _ = write!(
        page,
        r#"<div class="share">分享到：<a>微信</a> <a>微博</a> 扫一扫在手机打开当前页</div>
<div class="related"><h3>相关链接</h3><ul>
<li><a href="../list/index.html">政府信息公开工作年度报告专栏</a></li>
<li><a href="/">政府信息公开指南</a></li>
</ul></div>
</div>
<div class="foot"><p>主办单位：{portal}编辑部　网站标识码：9901000001　联系电话：0999-0000000</p><p><a href="/">网站地图</a> | <a href="/">隐私声明</a> | <a href="/">联系我们</a></p></div>
<script>
document.querySelectorAll(".info a").forEach(function (link) {{
  link.addEventListener("click", function () {{ document.getElementById("zoom").style.fontSize = link.textContent === "大" ? "20px" : "16px"; }});
}});
</script>
</body>
</html>
"#
    );
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
