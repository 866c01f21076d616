//! What the rules allow, as data. A line here is a decision: it is added by hand, with its reason.

/// Foreign crates, parts of `std` and what they are let in by: files, or folders with a `/` at the end.
pub const DOORS: &[(&str, &[&str])] = &[
    ("age", &["src/store/age.rs", "src/store/identity.rs"]),
    ("clap", &["src/cli/args.rs", "src/cli/completions.rs", "src/cli/man.rs"]),
    ("clap_complete", &["src/cli/completions.rs"]),
    ("clap_mangen", &["src/cli/man.rs"]),
    ("crossterm", &["src/cli/ask.rs"]),
    ("directories", &["src/paths.rs"]),
    ("hmac", &["src/key.rs"]),
    ("jsonc_parser", &["src/client/json.rs"]),
    ("libc", &["src/sys/"]),
    ("rustix", &["src/sys/"]),
    ("sha2", &["src/key.rs", "src/approval/digest.rs"]),
    ("std::os", &["src/sys/"]),
    ("toml", &["src/client/toml.rs", "src/project.rs", "src/project/", "src/settings.rs", "src/settings/"]),
    // the outside arrives as an argument: below `ops` nothing depends on the process it runs in
    ("std::env", &["src/cli/", "src/ops/", "src/main.rs"]),
];

/// The files that see the bytes of a value, a key or a script, and what for.
pub const EXPOSERS: &[(&str, &str)] = &[];

/// The files that print.
pub const PRINTERS: &[&str] = &["src/cli/report.rs"];

/// The longest a source file may be, in lines, its test module not counted.
pub const LONGEST: usize = 350;

/// Words that say nothing about what is inside a file or folder.
pub const EMPTY_WORDS: &[&str] =
    &["util", "utils", "helper", "helpers", "common", "manager", "managers", "core", "misc", "stuff", "shared"];
