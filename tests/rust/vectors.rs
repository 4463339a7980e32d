//! Runs `tests/vectors`, the outcomes of the gallery, and every folder that `FUNDLAYERS_VECTORS` names.

use std::path::{Path, PathBuf};

use conformance::case::File;

fn folders() -> Vec<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let others = std::env::var_os("FUNDLAYERS_VECTORS");
    let gallery = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/fundlayers-policies/gallery");
    let gallery = fundlayers_policies::gallery().iter().map(move |formula| gallery.join(formula.id));
    std::iter::once(own)
        .chain(gallery)
        .chain(others.iter().flat_map(|list| {
            std::env::split_paths(list).filter(|path| !path.as_os_str().is_empty()).collect::<Vec<_>>()
        }))
        .collect()
}

#[test]
fn every_case_has_its_answer() {
    let mut failures = Vec::new();
    let mut cases = 0;
    for folder in folders() {
        let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|ending| ending == "json") && !path.ends_with("schema.json"));
        files.sort();
        for path in files {
            let text = std::fs::read_to_string(&path).unwrap();
            let file: File = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            for case in file.cases {
                cases += 1;
                if let Err(difference) = case.run() {
                    let file = path.file_name().unwrap().to_string_lossy();
                    failures.push(format!("{file}: {} ({})\n{difference}", case.name, case.clause));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} of {cases} cases differ:\n\n{}", failures.len(), failures.join("\n\n"));
    assert!(cases > 300, "only {cases} cases were found");
}
