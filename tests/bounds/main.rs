//! What every reader promises of any text: the laws, held against the collected files and generated worst cases.

mod law;
mod memory;
mod worst;

use std::fs;
use std::path::Path;

use mcpenv::client::Format;

#[test]
fn the_collected_files_keep_the_laws() {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/clients")];
    let mut count = 0;
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).expect("a directory").map(|entry| entry.expect("listed").path()));
        } else if let Some(format) = Format::of(&path) {
            law::client_file(format, &fs::read(&path).expect("a file"));
            count += 1;
        }
    }
    assert!(count > 30, "only {count} files");
}

#[test]
fn a_marker_keeps_the_laws() {
    for text in ["1:A=0123456789abcdef:B=fedcba9876543210", "1:A=0123456789abcdef:A=fedcba9876543210", "1", "2", "", "1::="] {
        law::marker(text.as_bytes());
    }
}
