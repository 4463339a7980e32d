//! Writes the inputs that each target begins with, out of the vectors, into `FOLDER/policy`, `FOLDER/roster` and so on.

use std::path::Path;

use fundlayers_formats::Format;

fn main() {
    let folder = std::env::args().nth(1).expect("seeds FOLDER");
    let folder = Path::new(&folder);
    for target in ["policy", "roster", "case", "question", "arrow", "workbook"] {
        std::fs::create_dir_all(folder.join(target)).unwrap();
    }
    // The first byte of an input says which formats it is in: see `targets/`.
    let mark = |format: Format| u8::from(format == Format::Json);
    for (number, seed) in conformance::hostile::seeds().unwrap().iter().enumerate() {
        let write = |target: &str, part: usize, bytes: &[&[u8]]| {
            std::fs::write(folder.join(target).join(format!("{number:04}-{part}")), bytes.concat()).unwrap();
        };
        for (part, (policy, format)) in seed.policies.iter().enumerate() {
            write("policy", part, &[&[mark(*format)], policy]);
            for (other, (roster, roster_format)) in seed.rosters.iter().enumerate() {
                let mark = mark(*format) | mark(*roster_format) << 1;
                write("case", part * 2 + other, &[&[mark], policy, b"\0", roster]);
            }
        }
        for (part, (roster, format)) in seed.rosters.iter().enumerate() {
            if *format == Format::Csv {
                write("roster", part, &[roster]);
            }
        }
    }
    let other = |target: &str, name: &str, bytes: &[u8]| std::fs::write(folder.join(target).join(name), bytes).unwrap();
    for (name, mark, table) in conformance::hostile::questions::TABLES {
        other("question", name, &[&[mark << 1], table.as_bytes()].concat());
    }
    let sheets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sheets");
    for file in std::fs::read_dir(sheets).unwrap() {
        let path = file.unwrap().path();
        let formats = ["xlsx", "xls", "ods"];
        let format = path.extension().and_then(|ending| formats.iter().position(|format| ending == *format));
        if let Some(format) = format {
            let mark = u8::try_from(format).unwrap();
            let name = path.file_name().unwrap().to_str().unwrap();
            other("workbook", name, &[&[mark], std::fs::read(&path).unwrap().as_slice()].concat());
        }
    }
    other("question", "goal", b"\x06\0\0\0\x01\0\0\0\0classes.municipal-town.standard");
    other("arrow", "places", "黄堡镇\ttown\t1\t30050\tno\t王益区\n孙塬村\tvillage\t\t\tyes!\t".as_bytes());
}
