//! Reads a folder of profiles against the registry: all that is right, or all that is wrong.
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use gongkai_model::Text;

use super::{Profile, Profiles, compile::Compiler, file::File};
use crate::{problem::Problem, registry::Registry};

/// Compiles every `*.toml` of a folder and checks it against the registry, and the registry's sites against the folder.
///
/// # Errors
/// Every mistake found, in the order of the files; the profiles are not used then.
pub fn check_profiles(folder: &Path, registry: &Registry) -> Result<Profiles, Vec<Problem>> {
    let files = toml_files(folder)?;
    let mut problems = Vec::new();
    let mut profiles: Vec<Profile> = Vec::new();
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut unread = false;
    for path in files {
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                problems.push(Problem::of_file(
                    &path,
                    Text::new(format!("读不出来：{error}"), format!("cannot be read: {error}")),
                ));
                unread = true;
                continue;
            }
        };
        let file: File = match toml::from_str(&text) {
            Ok(file) => file,
            Err(error) => {
                problems.push(shape_problem(&path, &text, &error));
                unread = true;
                continue;
            }
        };
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if let Some(other) = seen.insert(file.id.get_ref().clone(), name) {
            let (zh, en) = (format!("站点 id 与 {other} 重复"), format!("{other} has the same id"));
            problems.push(Problem::at(&path, &text, file.id.span(), Text::new(zh, en)));
        }
        let mut compiler = Compiler::new(&path, &text, registry.bodies());
        profiles.extend(compiler.profile(&file));
        problems.append(&mut compiler.problems);
    }
    // A site is only unknown once every file was understood.
    if !unread {
        problems.extend(registry.check_sites(&seen.into_keys().collect::<Vec<_>>()));
    }
    if problems.is_empty() { Ok(Profiles::new(profiles)) } else { Err(problems) }
}

fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, Vec<Problem>> {
    let failed = |error: std::io::Error| {
        let (zh, en) = (
            format!("打不开站点文件夹（sites.dir）：{error}"),
            format!("cannot open the folder of sites (sites.dir): {error}"),
        );
        vec![Problem::of_file(folder, Text::new(zh, en))]
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// A mistake of shape: unknown key, missing key, wrong type, no TOML at all.
fn shape_problem(path: &Path, text: &str, error: &toml::de::Error) -> Problem {
    let message = error.message();
    let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let span = error.span().unwrap_or(0..0);
    match (names.split_first(), message) {
        (Some((wrong, right)), _) if message.starts_with("unknown field") => {
            let text_zh = format!("没有 `{wrong}` 这一项");
            let said = Text::new(text_zh, format!("there is no key `{wrong}`"));
            Problem::at(path, text, span, said).near(wrong, right.iter().copied())
        }
        (Some((missing, _)), _) if message.starts_with("missing field") => {
            let said = Text::new(format!("缺少 `{missing}`"), format!("`{missing}` is missing"));
            Problem::at(path, text, span, said)
        }
        _ => Problem::at(path, text, span, Text::new(format!("格式有误：{message}"), message.to_owned())),
    }
}

#[cfg(test)]
mod tests;
