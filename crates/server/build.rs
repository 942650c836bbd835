//! Turns the built front end (`crates/server/dist`, made by `npm run build`) into Rust: every file
//! embedded with its hashed name, so that the binary is all there is to deploy.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() {
    let root = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let dist = Path::new(&root).join("dist");
    println!("cargo:rerun-if-changed={}", dist.display());
    println!("cargo:rerun-if-changed={root}/locales");
    println!("cargo:rerun-if-changed={root}/templates");

    let manifest = fs::read_to_string(dist.join("manifest.json")).unwrap_or_else(|_| {
        println!("cargo:warning=the front end is not built: run `npm ci && npm run build` (bin/serve does)");
        "{}".to_owned()
    });
    let names: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&manifest).unwrap_or_default();

    let mut code =
        String::from("/// Logical name, hashed name.\npub static NAMES: &[(&str, &str)] = &[\n");
    for (logical, hashed) in &names {
        let _ = writeln!(code, "    ({logical:?}, {:?}),", hashed.as_str().unwrap_or_default());
    }
    code.push_str("];\n\n/// Hashed name, content.\npub static FILES: &[(&str, &[u8])] = &[\n");
    let mut files: Vec<_> = fs::read_dir(&dist)
        .map(|entries| entries.filter_map(Result::ok).map(|e| e.path()).collect())
        .unwrap_or_default();
    files.retain(|path: &std::path::PathBuf| {
        path.is_file() && path.file_name().is_some_and(|n| n != "manifest.json")
    });
    files.sort();
    for path in files {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let _ = writeln!(code, "    ({name:?}, include_bytes!({:?})),", path.display().to_string());
    }
    code.push_str("];\n");
    let out = env::var("OUT_DIR").unwrap_or_default();
    if let Err(error) = fs::write(Path::new(&out).join("assets.rs"), code) {
        println!("cargo:warning=assets.rs cannot be written: {error}");
    }
}
