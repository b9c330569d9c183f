//! `gongkai registry build`: a registry to begin with, made from a table of division codes.
use std::{fs, path::Path};

use anyhow::{Context, bail};
use gongkai_fetcher::registry::build::{DIVISIONS, build};
use gongkai_model::Lang;

use crate::{
    cli::{RegistryAction, RegistryArguments},
    output::{self, Exit},
};

/// Runs the command. A file that is there is never written over: people add what no table knows.
pub(crate) fn command(arguments: &RegistryArguments) -> anyhow::Result<Exit> {
    let RegistryAction::Build { region, codes, output: place } = &arguments.action;
    let (file, table) = match codes {
        Some(file) => {
            let text = fs::read_to_string(file).with_context(|| {
                format!("读不出区划表 {} (cannot read the table of divisions)", file.display())
            })?;
            (file.as_path(), text)
        }
        None => (Path::new("divisions.csv"), DIVISIONS.to_owned()),
    };
    let region = region.as_deref().unwrap_or_default();
    if region.len() > 6 || !region.bytes().all(|byte| byte.is_ascii_digit()) {
        bail!("--region 应为区划代码的前几位数字：`{region}` (the first digits of a division code)");
    }
    let lines = match build(file, &table, region) {
        Ok(lines) => lines,
        Err(problem) => {
            output::complain(&problem.render(Lang::Zh, output::colour()));
            return Ok(Exit::CouldNotRun);
        }
    };
    let registry = with_source(&table, &lines);
    let bodies = lines.lines().count().saturating_sub(1);
    match place {
        Some(place) => {
            output::write_new(place, &registry)?;
            output::print(&format!("{bodies} 个机构已写入 {} ({bodies} bodies written)\n", place.display()))?;
        }
        None => output::print(&registry)?,
    }
    Ok(Exit::Fine)
}

/// What the table says of itself stands on top; then what is still to be done by hand.
fn with_source(table: &str, lines: &str) -> String {
    let source = table.lines().take_while(|line| line.starts_with('#')).map(|line| format!("{line}\n"));
    let todo = "# 由 gongkai registry build 生成：部门、乡镇街道、各机构的 site 请自行补充。\n\
                # Made by gongkai registry build: departments, townships and the site of each body are yours to add.\n";
    source.chain([todo.to_owned(), lines.to_owned()]).collect()
}
