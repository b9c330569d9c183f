//! Embeds every file of `forms/`, so that a new national form is a new data file and nothing else.
use std::{env, fs, path::Path};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=forms");
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("forms");
    let mut files: Vec<_> = fs::read_dir(&folder)?.filter_map(|entry| entry.ok().map(|e| e.path())).collect();
    files.sort();
    let lines: String = files
        .iter()
        .filter(|path| path.extension().is_some_and(|ext| ext == "toml"))
        .map(|path| format!("    ({:?}, include_str!({:?})),\n", path.file_name().unwrap_or_default(), path))
        .collect();
    let out = Path::new(&env::var("OUT_DIR")?).join("forms.rs");
    fs::write(out, format!("const SOURCES: &[(&str, &str)] = &[\n{lines}];\n"))?;
    Ok(())
}
