//! Invented bodies that report, with what they call themselves and what they have to tell about.
use fastrand::Rng;
use gongkai_model::Kind;

use super::pick;

/// A body that reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// Full name: 云泽市民政局.
    pub name: String,
    /// What sort of body.
    pub kind: Kind,
    /// Name of the site it publishes on: 云泽市人民政府门户网站.
    pub portal: String,
    /// Three matters of its own that it publishes about.
    pub matters: [&'static str; 3],
    /// May make 规章.
    pub rule_making: bool,
}

impl Issuer {
    /// 我市, 我局, 我镇 …
    pub fn we(&self) -> &'static str {
        match self.kind {
            Kind::Government if self.name.contains("县人民政府") => "我县",
            Kind::Government if self.name.contains("区人民政府") => "我区",
            Kind::Government => "我市",
            Kind::Township if self.name.contains("乡人民政府") => "我乡",
            Kind::Township => "我镇",
            Kind::Street => "我街道",
            Kind::Zone => "我区",
            Kind::Department | Kind::Vertical if self.name.ends_with('局') => "我局",
            Kind::Department | Kind::Vertical => "我委",
            Kind::Office => "我办",
        }
    }

    /// 全市, 全局, 全镇 …
    pub fn all(&self) -> String {
        let whole: String = self.we().chars().skip(1).collect();
        if self.kind == Kind::Office { "本办公室".to_owned() } else { format!("全{whole}") }
    }

    /// Whether Art. 50 of the Regulation asks it for assessment, social review and accountability.
    pub(super) const fn is_government(&self) -> bool {
        matches!(self.kind, Kind::Government | Kind::Township)
    }
}

/// Departments of a city, each with three matters of its own.
pub(super) const DEPARTMENTS: &[(&str, [&str; 3])] = &[
    ("发展和改革委员会", ["重大建设项目审批", "价格和收费目录", "粮食收储安排"]),
    ("教育局", ["义务教育招生划片", "校外培训机构名单", "学生资助政策"]),
    ("公安局", ["户籍业务办理指引", "道路交通管制通告", "居住证办理流程"]),
    ("民政局", ["社会救助标准", "养老服务机构名录", "社会组织年检结果"]),
    ("财政局", ["预算决算", "政府债务限额", "惠企资金分配结果"]),
    ("人力资源和社会保障局", ["就业创业补贴", "社会保险待遇标准", "事业单位招聘公告"]),
    ("自然资源和规划局", ["征地补偿公告", "国土空间规划批前公示", "不动产登记指南"]),
    ("卫生健康委员会", ["医疗机构校验结果", "传染病防控提示", "托育机构备案名单"]),
    ("市场监督管理局", ["食品抽检结果", "特种设备监督检查", "计量器具检定公告"]),
    ("水利局", ["河湖管理范围划定", "水库防汛责任人", "取水许可结果"]),
    ("住房和城乡建设局", ["房屋征收补偿", "商品房预售许可", "物业服务评价结果"]),
];

pub(super) const OF_GOVERNMENTS: [&str; 3] = ["财政预算决算", "重大建设项目", "民生实事进展"];
pub(super) const OF_OFFICES: [&str; 3] = ["政府常务会议议定事项", "政府公报", "建议提案办理结果"];
pub(super) const OF_TOWNS: [&str; 3] = ["惠农补贴发放", "农村危房改造", "临时救助名单"];
pub(super) const OF_STREETS: [&str; 3] = ["老旧小区改造", "社区便民服务清单", "困难家庭帮扶"];

/// A body of an invented place.
pub(super) fn random(rng: &mut Rng) -> Issuer {
    let place = |rng: &mut Rng| {
        let head = pick(rng, &["霁", "澹", "芷", "砚", "槿", "翎", "蘅", "筱", "湑", "栎"]);
        let tail = pick(rng, &["泽", "浦", "洲", "渡", "岭", "汀", "屏", "垣", "隰", "畹"]);
        format!("{head}{tail}")
    };
    let city = format!("{}市", place(rng));
    let portal = format!("{city}人民政府门户网站");
    let (name, kind, matters) = match rng.u8(0..10) {
        0 => (format!("{city}人民政府"), Kind::Government, OF_GOVERNMENTS),
        1 => (format!("{}县人民政府", place(rng)), Kind::Government, OF_GOVERNMENTS),
        2 => (format!("{city}人民政府办公室"), Kind::Office, OF_OFFICES),
        3 | 4 => (format!("{}镇人民政府", place(rng)), Kind::Township, OF_TOWNS),
        5 => (format!("{}街道办事处", place(rng)), Kind::Street, OF_STREETS),
        _ => {
            let fallback = ("民政局", OF_GOVERNMENTS);
            let (department, matters) = rng.choice(DEPARTMENTS).copied().unwrap_or(fallback);
            (format!("{city}{department}"), Kind::Department, matters)
        }
    };
    let rule_making = name.ends_with("市人民政府");
    Issuer { name, kind, portal, matters, rule_making }
}
