//! The command line: what can be asked of the binary.
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use gongkai_model::{Lang, Severity};
use uuid::Uuid;

/// 政府信息公开工作年度报告：抓取、核验、监测 / fetches, checks and watches annual reports on information disclosure
#[derive(Debug, Parser)]
#[command(name = "gongkai", version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) settings: SettingsArguments,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct SettingsArguments {
    /// 配置文件（默认 ./gongkai.toml，可不存在）/ settings file
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// 核验报告：文件、文件夹、网址或 -（标准输入）/ reads reports and prints findings
    Check(CheckArguments),
    /// 提取三张表的单元格 / prints the cells of the statutory tables
    Extract(ExtractArguments),
    /// 列出全部规则 / lists the rules
    Rules(RulesArguments),
    /// 说明一条规则及其依据 / one rule with its legal basis and examples
    Explain(ExplainArguments),
    /// 运行服务；不写名称则全部运行 / runs the services, all of them without names
    Run(RunArguments),
    /// 各环节进度、死信、站点、缺报和逾期 / how far everything is
    Status(StatusArguments),
    /// 一份文档或报告经历了什么、在等什么 / what happened to a document or report
    Why(WhyArguments),
    /// 已存档的文档重新走一遍，不再抓取 / sends stored documents through again
    Replay(ReplayArguments),
    /// 导出报告、单元格、问题或问题台账 / exports reports, cells, findings or the ledger of problems
    Export(ExportArguments),
    /// 处理不了的任务：查看、重新投递 / what could not be processed
    DeadLetters(DeadLettersArguments),
    /// 站点配置 / site profiles
    Sites(SitesArguments),
    /// 机构名录 / the registry of bodies
    Registry(RegistryArguments),
    /// 配置 / settings
    Config(ConfigArguments),
    /// 检查运行环境 / what is reachable, and what to do
    Doctor,
    /// 由 run 启动，从标准输入读取文档 / started by `run`, reads documents from standard input
    #[command(hide = true)]
    ReadDocuments {
        /// 内存上限 / address space in MiB
        #[arg(long, value_name = "N", default_value_t = gongkai_parser::child::MEMORY_MIB)]
        memory_mib: u64,
    },
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LangArgument {
    #[default]
    Zh,
    En,
}

impl From<LangArgument> for Lang {
    fn from(lang: LangArgument) -> Self {
        match lang {
            LangArgument::Zh => Self::Zh,
            LangArgument::En => Self::En,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// 供人阅读 / for people
    Text,
    /// 一个数组，一份报告一个对象 / an array, an object a report
    Json,
    /// 一份报告一行 JSON / a line of JSON a report
    Jsonl,
    /// SARIF 2.1.0，供构建服务和编辑器 / for build servers and editors
    Sarif,
    /// 一个网页，可保存、打印 / one page, to be kept and printed
    Html,
    /// 一条问题一行 / a line a finding
    Csv,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    Error,
    Warning,
    Never,
}

impl FailOn {
    /// The least severity that makes the exit code 1.
    pub(crate) const fn least(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Never => None,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// 输出格式 / output format
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: CheckFormat,
    /// 语言 / language
    #[arg(long, value_enum, default_value = "zh")]
    pub(crate) lang: LangArgument,
    /// 何种级别使退出码为 1 / severity that makes the exit code 1
    #[arg(long, value_enum, default_value = "error")]
    pub(crate) fail_on: FailOn,
    /// 文件、文件夹、网址或 - / files, folders, URLs or -
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExtractFormat {
    Tsv,
    Json,
    Xlsx,
}

#[derive(Debug, Args)]
pub(crate) struct ExtractArguments {
    /// 输出格式 / output format
    #[arg(long, value_enum, default_value = "tsv")]
    pub(crate) format: ExtractFormat,
    /// 写入的文件；不写则输出到标准输出 / file to write; standard output without it
    #[arg(long, short, visible_alias = "out", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// 文件、文件夹、网址或 - / files, folders, URLs or -
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextOrJson {
    Text,
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct RulesArguments {
    /// 输出格式 / output format
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: TextOrJson,
    /// 语言 / language
    #[arg(long, value_enum, default_value = "zh")]
    pub(crate) lang: LangArgument,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// 规则代码或名称，如 T301 / code or name
    #[arg(value_name = "CODE")]
    pub(crate) code: String,
    /// 语言 / language
    #[arg(long, value_enum, default_value = "zh")]
    pub(crate) lang: LangArgument,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Service {
    Fetcher,
    Parser,
    Validator,
    Alerter,
    Console,
}

impl Service {
    /// All of them.
    pub(crate) const ALL: [Self; 5] =
        [Self::Fetcher, Self::Parser, Self::Validator, Self::Alerter, Self::Console];
}

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// 附带一个虚构的政府网站，不需要网络 / adds a small invented government site on loopback
    #[arg(long)]
    pub(crate) demo: bool,
    /// 要运行的服务；不写则全部 / services to run
    #[arg(value_enum, value_name = "SERVICE")]
    pub(crate) services: Vec<Service>,
}

#[derive(Debug, Args)]
pub(crate) struct StatusArguments {
    /// 输出格式 / output format
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: TextOrJson,
}

#[derive(Debug, Args)]
pub(crate) struct WhyArguments {
    /// 编号、网址，或“机构 年度”/ id, URL, or body and year
    #[arg(required = true, num_args = 1..=2, value_name = "ID|URL|BODY [YEAR]")]
    pub(crate) what: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReplayFrom {
    Fetched,
    Parsed,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct FilterArguments {
    /// 编号 / id of a task, version, report or source
    #[arg(long)]
    pub(crate) id: Option<Uuid>,
    /// 站点 / site
    #[arg(long)]
    pub(crate) site: Option<String>,
    /// 机构 / body
    #[arg(long)]
    pub(crate) body: Option<String>,
    /// 年度 / report year
    #[arg(long)]
    pub(crate) year: Option<i16>,
}

impl FilterArguments {
    /// As the store takes it.
    pub(crate) fn filter(&self) -> gongkai_store::Filter {
        gongkai_store::Filter {
            id: self.id,
            site: self.site.clone(),
            body: self.body.clone(),
            year: self.year,
            ..gongkai_store::Filter::default()
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArguments {
    /// 从哪一步开始：fetched 重新读取，parsed 重新核验 / from which stage
    #[arg(long, value_enum)]
    pub(crate) from: ReplayFrom,
    #[command(flatten)]
    pub(crate) filter: FilterArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportWhat {
    /// 现行报告，一份一行 / current reports, a row each
    Reports,
    /// 单元格，一格一行 / their cells, a row each
    Cells,
    /// 问题，一条一行 / findings, a row each
    Findings,
    /// 问题台账，供主管单位督促整改 / the ledger of problems, for offices
    Ledger,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    Csv,
    Parquet,
    Xlsx,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    /// 导出什么 / what to export
    #[arg(long, value_enum, default_value = "ledger")]
    pub(crate) what: ExportWhat,
    /// 格式 / format
    #[arg(long, value_enum)]
    pub(crate) format: ExportFormat,
    /// 写入的文件；csv 不写则输出到屏幕 / file to write
    #[arg(long, short, visible_alias = "out", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// 只导出一个机构 / one body
    #[arg(long)]
    pub(crate) body: Option<String>,
    /// 只导出一个主管单位及其下属 / an office and the bodies below it
    #[arg(long, conflicts_with = "body")]
    pub(crate) office: Option<String>,
    /// 只导出一个地区：区划代码的前几位，如 33、3301 / first digits of a division code
    #[arg(long, value_name = "CODE")]
    pub(crate) region: Option<String>,
    /// 年度 / report year
    #[arg(long)]
    pub(crate) year: Option<i16>,
    /// 只导出未整改、未忽略的（findings、ledger）/ open findings only
    #[arg(long)]
    pub(crate) open: bool,
    /// 整改期限：发现之后的天数，默认 30（ledger）/ days from discovery to the date by which it is to be mended
    #[arg(long)]
    pub(crate) days: Option<u16>,
}

#[derive(Debug, Args)]
pub(crate) struct DeadLettersArguments {
    #[command(subcommand)]
    pub(crate) action: DeadLettersAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DeadLettersAction {
    /// 列出 / lists them
    List {
        /// 输出格式 / output format
        #[arg(long, value_enum, default_value = "text")]
        format: TextOrJson,
        #[command(flatten)]
        filter: FilterArguments,
    },
    /// 重新投递 / back into the queue
    Redrive {
        #[command(flatten)]
        filter: FilterArguments,
    },
}

#[derive(Debug, Args)]
pub(crate) struct SitesArguments {
    #[command(subcommand)]
    pub(crate) action: SitesAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SitesAction {
    /// 检查每个站点配置 / compiles every site profile and says what is wrong
    Check {
        /// 文件夹（默认 sites.dir）/ folder
        dir: Option<PathBuf>,
    },
    /// 从首页（或年报列表页）起草站点配置 / drafts a profile from a home page, or from the list itself
    Draft {
        /// 网址 / address
        url: url::Url,
        /// 写入文件，不覆盖 / to a file, never over one
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct RegistryArguments {
    #[command(subcommand)]
    pub(crate) action: RegistryAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RegistryAction {
    /// 按区划代码生成各级政府及其办公厅（室）/ governments and their general offices, from division codes
    Build {
        /// 区划代码的前几位，如 33、3301 / first digits of a code
        #[arg(long, value_name = "CODE")]
        region: Option<String>,
        /// 自己的区划表（列 code,name,type）/ a table of your own
        #[arg(long, value_name = "FILE")]
        codes: Option<PathBuf>,
        /// 写入文件，不覆盖 / to a file, never over one
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ConfigArguments {
    #[command(subcommand)]
    pub(crate) action: ConfigAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigAction {
    /// 生效的配置及其来源 / effective settings with their origin
    Show,
}
