//! Embeds the build of the wallet page where there is one. It never makes one: `make ui` does.
//!
//! `ui/built/` is there in every checkout, so that cargo looks again when a build comes, changes or goes; what is built
//! lies in `ui/built/page/`, each file as it is sent, packed. It is embedded from a copy: the page may be built anew while
//! the compiler is at work.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

const BUILT: &str = "ui/built";

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where the package is"));
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={BUILT}");
    let page = root.join(BUILT).join("page");
    let mut files = Vec::new();
    collect(&page, &page, &mut files);
    files.sort();
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where to write"));
    let mut code = String::from("&[\n");
    for (at, (name, path)) in files.into_iter().enumerate() {
        let copy = out.join(format!("page_file_{at}"));
        fs::copy(&path, &copy).expect("what was found can be copied");
        writeln!(code, "    ({name:?}, include_bytes!({copy:?}).as_slice()),")
            .expect("a text can be written to");
    }
    code.push_str("]\n");
    fs::write(out.join("page_files.rs"), code).expect("cargo's folder can be written to");
}

/// The packed files below `folder`, each with its path in the page.
fn collect(top: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(top, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "gz") {
            let name = path.strip_prefix(top).expect("it lies below").with_extension("");
            files.push((name.to_string_lossy().replace('\\', "/"), path));
        }
    }
}
