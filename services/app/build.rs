//! Embeds the demo's site, profiles and registry, so that `run --demo` needs no file beside the binary.
use std::{
    env, fs,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let examples = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../examples").canonicalize()?;
    let mut files = Vec::new();
    for part in ["site", "sites", "registry.csv"] {
        let path = examples.join(part);
        println!("cargo::rerun-if-changed={}", path.display());
        collect(&path, &mut files)?;
    }
    files.sort();
    let mut lines = String::new();
    for file in &files {
        let name = file.strip_prefix(&examples)?.to_string_lossy().replace('\\', "/");
        lines += &format!("    ({name:?}, include_bytes!({file:?}).as_slice()),\n");
    }
    let out = PathBuf::from(env::var("OUT_DIR")?).join("examples.rs");
    fs::write(out, format!("const EXAMPLES: &[(&str, &[u8])] = &[\n{lines}];\n"))?;
    Ok(())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        collect(&entry?.path(), files)?;
    }
    Ok(())
}
