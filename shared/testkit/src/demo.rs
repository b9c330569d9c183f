//! The reports of the demo site: an invented prefecture, 云泽市, with each kind of trouble once.
//! `cargo run -p gongkai-testkit --bin generate-reports -- --demo examples` writes them again.
use gongkai_model::{Key, Kind, form, form_of_year};
use jiff::civil::{Date, date};

use crate::reports::{Bars, Defect, Generated, Issuer, Layout, ReportPlan, Scale};

/// The charset a demo page is stored in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8.
    Utf8,
    /// GBK, declared in the page.
    Gbk,
}

/// A file of the demo.
#[derive(Clone, Debug)]
pub struct DemoReport {
    /// Path under `examples/`.
    pub file: &'static str,
    /// Registry id of the body, `None` for drafts.
    pub body: Option<&'static str>,
    /// What the report is.
    pub plan: ReportPlan,
    /// How it is stored.
    pub charset: Charset,
}

impl DemoReport {
    /// The report with what is to be found on it.
    pub fn generate(&self) -> Generated {
        let mut report = self.plan.generate();
        if self.charset == Charset::Gbk {
            report.content = report.content.replacen("<meta charset=\"utf-8\">", "<meta charset=\"gbk\">", 1);
        }
        report
    }

    /// The bytes of the file.
    pub fn bytes(&self) -> Vec<u8> {
        let text = self.generate().content;
        match self.charset {
            Charset::Utf8 => text.into_bytes(),
            Charset::Gbk => encoding_rs::GBK.encode(&text).0.into_owned(),
        }
    }
}

/// A body of the demo: id, name, kind, matters of its own.
struct Who(&'static str, &'static str, Kind, [&'static str; 3]);

const GOV: Who =
    Who("yz-gov", "云泽市人民政府", Kind::Government, ["财政预算决算", "重大建设项目", "民生实事进展"]);
const OFFICE: Who = Who(
    "yz-office",
    "云泽市人民政府办公室",
    Kind::Office,
    ["政府常务会议议定事项", "政府公报", "建议提案办理结果"],
);
const FGW: Who = Who(
    "yz-fgw",
    "云泽市发展和改革委员会",
    Kind::Department,
    ["重大建设项目审批", "价格和收费目录", "粮食收储安排"],
);
const JYJ: Who =
    Who("yz-jyj", "云泽市教育局", Kind::Department, ["义务教育招生划片", "校外培训机构名单", "学生资助政策"]);
const GAJ: Who = Who(
    "yz-gaj",
    "云泽市公安局",
    Kind::Department,
    ["户籍业务办理指引", "道路交通管制通告", "居住证办理流程"],
);
const MZJ: Who =
    Who("yz-mzj", "云泽市民政局", Kind::Department, ["社会救助标准", "养老服务机构名录", "社会组织年检结果"]);
const RSJ: Who = Who(
    "yz-rsj",
    "云泽市人力资源和社会保障局",
    Kind::Department,
    ["就业创业补贴", "社会保险待遇标准", "事业单位招聘公告"],
);
const ZRZY: Who = Who(
    "yz-zrzy",
    "云泽市自然资源和规划局",
    Kind::Department,
    ["征地补偿公告", "国土空间规划批前公示", "不动产登记指南"],
);
const WJW: Who = Who(
    "yz-wjw",
    "云泽市卫生健康委员会",
    Kind::Department,
    ["医疗机构校验结果", "传染病防控提示", "托育机构备案名单"],
);
const SCJG: Who = Who(
    "yz-scjg",
    "云泽市市场监督管理局",
    Kind::Department,
    ["食品抽检结果", "特种设备监督检查", "计量器具检定公告"],
);
const JICHUAN: Who =
    Who("jichuan-gov", "霁川区人民政府", Kind::Government, ["财政预算决算", "老旧小区改造", "民生实事进展"]);
const LANTING: Who =
    Who("lanting-gov", "岚汀县人民政府", Kind::Government, ["财政预算决算", "乡村振兴项目", "民生实事进展"]);
const WEITANG: Who = Who(
    "weitang-town",
    "岚汀县苇塘镇人民政府",
    Kind::Township,
    ["惠农补贴发放", "农村危房改造", "临时救助名单"],
);
const SHILING: Who = Who(
    "shiling-town",
    "岚汀县石翎乡人民政府",
    Kind::Township,
    ["惠农补贴发放", "饮水工程建设", "护林员聘用"],
);
const WANGLOU: Who = Who(
    "wanglou-street",
    "霁川区望楼街道办事处",
    Kind::Street,
    ["老旧小区改造", "社区便民服务清单", "困难家庭帮扶"],
);
const SLJ: Who =
    Who("", "云泽市水利局", Kind::Department, ["河湖管理范围划定", "水库防汛责任人", "取水许可结果"]);
const ZJJ: Who = Who(
    "",
    "云泽市住房和城乡建设局",
    Kind::Department,
    ["房屋征收补偿", "商品房预售许可", "物业服务评价结果"],
);

fn report(
    file: &'static str,
    who: &Who,
    scale: Scale,
    published: Date,
    layout: Layout,
    seed: u64,
) -> DemoReport {
    let Who(id, name, kind, matters) = who;
    let issuer = Issuer {
        name: (*name).to_owned(),
        kind: *kind,
        portal: "云泽市人民政府门户网站".to_owned(),
        matters: *matters,
        rule_making: *id == "yz-gov",
    };
    let year = published.year() - 1;
    #[expect(
        clippy::expect_used,
        reason = "all demo reports are of years that have a form; a test builds each"
    )]
    let form = form_of_year(year).expect("a form for the demo year");
    let plan = ReportPlan { issuer, year, form, scale, published, layout, defects: Vec::new(), seed };
    DemoReport { file, body: (!id.is_empty()).then_some(*id), plan, charset: Charset::Utf8 }
}

impl DemoReport {
    fn with(mut self, defects: impl IntoIterator<Item = Option<Defect>>) -> Self {
        self.plan.defects = defects.into_iter().flatten().collect();
        self
    }
}

fn wrong_total(table: &str, row: &str, by: i64) -> Option<Defect> {
    Some(Defect::WrongTotal { table: Key::find(table)?, row: Key::find(row)?, by })
}

/// All files, in the order of the list; the revised page stands with both its versions.
pub fn reports() -> Vec<DemoReport> {
    let mut all = sound();
    all.extend(troubled());
    all.extend(older());
    all.extend(drafts());
    all
}

fn sound() -> Vec<DemoReport> {
    use Layout::{LinesPage, StyledPage, TablePage};
    let gbk = report("site/reports/yz-wjw-2025.html", &WJW, Scale::Middle, date(2026, 1, 26), TablePage, 110);
    vec![
        report("site/reports/yz-gov-2025.html", &GOV, Scale::Large, date(2026, 3, 27), StyledPage, 101),
        report("site/reports/yz-office-2025.html", &OFFICE, Scale::Small, date(2026, 1, 23), TablePage, 102),
        report("site/reports/yz-fgw-2025.html", &FGW, Scale::Small, date(2026, 1, 20), StyledPage, 103),
        report(
            "site/reports/yz-mzj-2025.html",
            &MZJ,
            Scale::Small,
            date(2026, 1, 29),
            LinesPage(Bars::None),
            106,
        ),
        report("site/reports/yz-zrzy-2025.html", &ZRZY, Scale::Small, date(2026, 1, 27), TablePage, 109),
        DemoReport { charset: Charset::Gbk, ..gbk },
        report(
            "site/reports/lanting-gov-2025.html",
            &LANTING,
            Scale::Middle,
            date(2026, 3, 31),
            StyledPage,
            113,
        ),
        report("site/reports/weitang-2025.html", &WEITANG, Scale::Idle, date(2026, 1, 15), TablePage, 114),
        report(
            "site/reports/wanglou-2025.html",
            &WANGLOU,
            Scale::Idle,
            date(2026, 1, 22),
            LinesPage(Bars::Trailing),
            116,
        ),
    ]
}

fn troubled() -> Vec<DemoReport> {
    use Layout::{NarrativePage, StyledPage, TablePage};
    let police =
        report("site/reports/yz-gaj-2025.html", &GAJ, Scale::Middle, date(2026, 1, 28), TablePage, 105);
    let district = report(
        "site/reports/jichuan-gov-2025.html",
        &JICHUAN,
        Scale::Middle,
        date(2026, 3, 30),
        StyledPage,
        112,
    );
    let township =
        report("site/reports/shiling-2025.html", &SHILING, Scale::Small, date(2026, 1, 29), StyledPage, 115);
    let market = |file| report(file, &SCJG, Scale::Middle, date(2026, 1, 30), TablePage, 111);
    vec![
        // Published after 31 January.
        report("site/reports/yz-jyj-2025.html", &JYJ, Scale::Small, date(2026, 2, 11), StyledPage, 104),
        // A wrong 总计, and more requests came in than were settled.
        police.with([
            wrong_total("requests", "unavailable.not_held", 10),
            Key::find("natural_person").map(|column| Defect::UnbalancedColumn { column, by: 3 }),
        ]),
        // Sentences only.
        report("site/reports/yz-rsj-2025.html", &RSJ, Scale::Small, date(2026, 1, 30), NarrativePage, 108),
        // First with a wrong 总计, corrected between two polls.
        market("site/reports/yz-scjg-2025.html").with([wrong_total("requests", "granted", 9)]),
        market("site/reports/yz-scjg-2025.v2.html"),
        // A row of the statutory table is missing.
        district.with([Key::find("requests")
            .zip(Key::find("denied.administrative_query"))
            .map(|(table, row)| Defect::MissingRow { table, row })]),
        // The whole 总计 column left empty.
        township.with([Key::find("requests")
            .zip(Key::find("total"))
            .map(|(table, column)| Defect::BlankColumn { table, column })]),
    ]
}

/// Reports of earlier years, on the second list page.
fn older() -> Vec<DemoReport> {
    use Layout::{StyledPage, TablePage};
    let mut old_form =
        report("site/reports/yz-zrzy-2024.html", &ZRZY, Scale::Small, date(2025, 1, 24), TablePage, 117);
    if let Some(form) = form("2019") {
        old_form.plan.form = form;
    }
    vec![
        old_form,
        report("site/reports/yz-fgw-2020.html", &FGW, Scale::Small, date(2021, 1, 22), StyledPage, 118),
        report("site/reports/yz-gov-2019.html", &GOV, Scale::Large, date(2020, 3, 30), TablePage, 119),
    ]
}

fn drafts() -> Vec<DemoReport> {
    use Layout::{LinesText, TablePage};
    let water = report("drafts/shuiliju-2025.html", &SLJ, Scale::Small, date(2026, 1, 12), TablePage, 120);
    let housing =
        report("drafts/zhujianju-2025.html", &ZJJ, Scale::Middle, date(2026, 1, 13), TablePage, 121);
    let street = report(
        "drafts/wanglou-2025.txt",
        &WANGLOU,
        Scale::Idle,
        date(2026, 1, 14),
        LinesText(Bars::OwnLine),
        122,
    );
    vec![
        water,
        housing
            .with([wrong_total("requests", "partially_granted", 1), wrong_total("proceedings", "review", 1)]),
        // A draft is of no registry body until it is published.
        DemoReport { body: None, ..street },
    ]
}

#[cfg(test)]
mod tests;
