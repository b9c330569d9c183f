//! The sentences of a report: invented, varied by the seed, and true to its sound numbers.
use fastrand::Rng;
use gongkai_model::Kind;

use super::{Cells, ReportPlan, outline::Piece, pick};

/// What the sentences speak about.
pub(super) struct Facts<'p> {
    pub(super) plan: &'p ReportPlan,
    /// The cells before any defect was planted.
    pub(super) cells: &'p Cells,
}

impl Facts<'_> {
    fn requests(&self, row: &str) -> i64 {
        self.cells.count("requests", row, "total")
    }

    fn group(&self, group: &str) -> i64 {
        self.cells.group_count(self.plan.form, group, "total")
    }

    fn sued(&self) -> i64 {
        let of = |row| self.cells.count("proceedings", row, "total");
        of("litigation_direct") + of("litigation_after_review")
    }
}

pub(super) fn preface(facts: &Facts<'_>, notice: &str, rng: &mut Rng) -> String {
    let ReportPlan { issuer, year, .. } = facts.plan;
    let (name, portal) = (&issuer.name, &issuer.portal);
    let contents = "报告由总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况、政府信息公开行政复议和行政诉讼情况、\
                    存在的主要问题及改进情况、其他需要报告的事项六个部分组成";
    let period = format!("所列数据的统计期限自{year}年1月1日起，至{year}年12月31日止");
    let contact = match rng.u8(0..3) {
        0 => format!("如有疑问，请与{name}政务公开工作机构联系。"),
        1 => format!("报告电子版可在{portal}下载。"),
        _ => format!("报告全文在{portal}“政府信息公开年报”栏目公布，欢迎查阅。"),
    };
    let start = pick(rng, &["根据", "按照", "依据"]);
    format!(
        "{start}《中华人民共和国政府信息公开条例》（国务院令第711号）和年度报告格式（{notice}）的要求，{name}编制{year}年政府信息公开工作年度报告。{contents}。{period}。{contact}"
    )
}

/// Part one: its five matters.
pub(super) fn summary(facts: &Facts<'_>, rng: &mut Rng) -> Vec<Piece> {
    let ReportPlan { issuer, year, .. } = facts.plan;
    let (name, all) = (&issuer.name, issuer.all());
    let opening = match rng.u8(0..3) {
        0 => format!(
            "{year}年，{name}把政务公开融入日常工作，围绕群众看得懂、找得到、用得上的要求，持续改进公开质量。"
        ),
        1 => format!("{year}年，{name}坚持以公开为常态、不公开为例外，{all}政府信息公开工作平稳有序。"),
        _ => {
            format!("{year}年，{name}对照年度政务公开要点逐项推进，公开内容进一步充实，办理流程进一步规范。")
        }
    };
    let mut pieces = vec![Piece::Text(opening)];
    let matters = [
        ("（一）主动公开情况", proactive(facts, rng)),
        ("（二）依申请公开情况", on_request(facts)),
        ("（三）政府信息管理情况", management(facts, rng)),
        ("（四）政府信息公开平台建设情况", platform(facts, rng)),
        ("（五）监督保障情况", supervision(facts, rng)),
    ];
    for (head, text) in matters {
        pieces.push(Piece::Head(head.to_owned()));
        pieces.push(Piece::Text(text));
    }
    pieces
}

fn proactive(facts: &Facts<'_>, rng: &mut Rng) -> String {
    let issuer = &facts.plan.issuer;
    let [first, second, third] = issuer.matters;
    let pieces = rng.u32(60..900);
    let explained = rng.u32(2..40);
    let tail = pick(
        rng,
        &[
            "重要文件印发后同步发布图文解读，便于群众理解。",
            "对群众咨询较多的事项，编写问答并集中发布。",
            "公开目录每季度核对一次，过期内容及时下架。",
        ],
    );
    format!(
        "围绕{first}、{second}、{third}等群众关心的内容，{we}通过政府网站和政务新媒体发布信息{pieces}条，发布政策解读材料{explained}篇。{tail}",
        we = issuer.we()
    )
}

fn on_request(facts: &Facts<'_>) -> String {
    let we = facts.plan.issuer.we();
    let [new, over, done, forward] =
        ["new_received", "carried_over", "results_total", "carried_forward"].map(|row| facts.requests(row));
    if new + over == 0 {
        return format!(
            "全年{we}未收到政府信息公开申请，上年无结转。申请渠道保持畅通，当面、信函和网络三种方式均有专人值守。"
        );
    }
    format!(
        "全年{we}新收政府信息公开申请{new}件，上年结转{over}件，办结{done}件，结转下年度继续办理{forward}件。办结的申请中，{}。",
        results(facts)
    )
}

/// All kinds of result; together they are （七）.
fn results(facts: &Facts<'_>) -> String {
    let [granted, partly] = ["granted", "partially_granted"].map(|row| facts.requests(row));
    let [denied, unavailable, refused] =
        ["denied", "unavailable", "not_processed"].map(|group| facts.group(group));
    let other = facts.requests("results_total") - granted - partly - denied - unavailable - refused;
    format!(
        "予以公开{granted}件，部分公开{partly}件，不予公开{denied}件，无法提供{unavailable}件，不予处理{refused}件，其他处理{other}件"
    )
}

fn management(facts: &Facts<'_>, rng: &mut Rng) -> String {
    let name = &facts.plan.issuer.name;
    let tail = pick(
        rng,
        &[
            "起草公文时同步确定公开属性，拟不公开的说明理由。",
            "对存量文件逐件清理，有效性标注与文件库保持一致。",
            "信息发布实行初审、复核、签发三道程序，错敏词先行排查。",
        ],
    );
    format!("{name}完善信息制作、审查、发布和归档的全过程管理，严格执行公开前的保密审查。{tail}")
}

fn platform(facts: &Facts<'_>, rng: &mut Rng) -> String {
    let portal = &facts.plan.issuer.portal;
    let tail = pick(
        rng,
        &[
            "办事大厅设置公开查阅点，配备自助查询终端。",
            "栏目按主题和体裁双向归类，检索结果更加准确。",
            "网站完成无障碍改造，字号和语音播报可以自由切换。",
        ],
    );
    format!("依托{portal}建好政府信息公开专栏，法定主动公开内容统一归集。{tail}")
}

fn supervision(facts: &Facts<'_>, rng: &mut Rng) -> String {
    let issuer = &facts.plan.issuer;
    let meetings = rng.u8(1..5);
    let training = format!("全年组织业务培训{meetings}次，明确专人负责政府信息公开工作。");
    if !issuer.is_government() {
        return format!("{training}对栏目更新情况每月自查，发现问题限期整改。");
    }
    let score = pick(rng, &["政务公开纳入年度绩效考核", "政务公开列入综合考评，并按季度通报进度"]);
    format!(
        "{training}{score}；邀请代表和群众开展社会评议，满意度总体良好。{}未发生政府信息公开责任追究情形。",
        issuer.we()
    )
}

/// Part five: problems, then improvements.
pub(super) fn problems(facts: &Facts<'_>, rng: &mut Rng) -> impl Iterator<Item = String> + use<> {
    let we = facts.plan.issuer.we();
    let [first, ..] = facts.plan.issuer.matters;
    let first_problem =
        pick(rng, &["部分栏目更新不够均衡", "政策解读形式比较单一", "公开内容与群众需求还有距离"]);
    let second_problem = pick(
        rng,
        &["工作人员变动较多，业务熟练程度有待提高", "申请答复文书的说理不够充分", "历史文件的数字化进度偏慢"],
    );
    let first_step = format!("一是围绕{first}细化公开目录，逐项明确责任和时限");
    let second_step = pick(
        rng,
        &[
            "二是增加图解、视频和现场讲解，让解读更加直观",
            "二是编印答复文书范例，定期组织案例研讨",
            "二是开展岗位轮训，做到人员变动、工作不断",
        ],
    );
    [
        format!(
            "{}年{we}政府信息公开工作仍存在一些不足：一是{first_problem}；二是{second_problem}。",
            facts.plan.year
        ),
        format!("下一步，{we}将采取以下改进措施：{first_step}；{second_step}。"),
    ]
    .into_iter()
}

/// Part six: from 2021 on the statement about the fee.
pub(super) fn other_matters(facts: &Facts<'_>, rng: &mut Rng) -> String {
    let ReportPlan { issuer, year, .. } = facts.plan;
    let we = issuer.we();
    if *year < 2021 {
        return format!("{we}无其他需要报告的事项。");
    }
    match rng.u8(0..3) {
        0 => {
            format!("依据《政府信息公开信息处理费管理办法》，{year}年{we}未发出收费通知，收取信息处理费0元。")
        }
        1 => format!("{year}年{we}没有收取政府信息公开信息处理费。无其他需要报告的事项。"),
        _ => format!("本年度{we}未收取信息处理费，发出收费通知0件，总金额0元，实际收取0元。"),
    }
}

/// What a part says where its table is missing.
pub(super) fn instead_of_table(facts: &Facts<'_>, part: u8) -> String {
    let ReportPlan { issuer, year, .. } = facts.plan;
    let (we, all) = (issuer.we(), issuer.all());
    match part {
        2 => match facts.cells.count("disclosure", "normative_documents", "made") {
            0 => format!("{year}年{we}没有制发规范性文件，其他主动公开内容见政府网站相关栏目。"),
            made => format!(
                "{year}年{we}制发规范性文件{made}件，印发后均按时向社会公开，其他主动公开内容见政府网站相关栏目。"
            ),
        },
        3 if facts.requests("new_received") + facts.requests("carried_over") == 0 => {
            format!("{year}年{we}未收到政府信息公开申请。")
        }
        3 => format!("{we}对收到的每件申请逐一登记、限时答复。本年办理结果：{}。", results(facts)),
        _ => {
            let reviews = facts.cells.count("proceedings", "review", "total");
            let whose = if issuer.kind == Kind::Office { we.to_owned() } else { all };
            format!("{year}年，{whose}因政府信息公开引起的行政复议{reviews}件，行政诉讼{}件。", facts.sued())
        }
    }
}
