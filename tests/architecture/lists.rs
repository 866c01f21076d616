//! What the rules allow, as data. A line here is a decision: it is added by hand, with its reason.

/// Foreign crates, parts of `std` and what they are let in by: files, or folders with a `/` at the end.
pub const DOORS: &[(&str, &[&str])] = &[
    ("apple_native_keyring_store", &["src/sys/keychain/apple.rs"]),
    (
        "age",
        &["src/store/identity.rs", "src/store/note.rs", "src/store/passphrase.rs", "src/store/recipient.rs", "src/store/seal.rs"],
    ),
    ("age_core", &["src/store/note.rs", "src/store/recipient.rs"]),
    ("base64", &["src/life/claims.rs", "src/shell/pwsh.rs", "src/store/payload/"]),
    ("clap", &["src/cli/args.rs", "src/cli/options/"]),
    ("clap_complete", &["src/cli/pages.rs"]),
    ("clap_mangen", &["src/cli/pages.rs"]),
    ("crossterm", &["src/cli/ask.rs"]),
    ("directories", &["src/paths.rs"]),
    ("dlmalloc", &["src/sys/"]),
    ("getrandom", &["src/key.rs"]),
    ("granit_parser", &["src/client/document/yaml.rs", "src/flat/yaml.rs"]),
    ("hmac", &["src/key.rs"]),
    ("jsonc_parser", &["src/client/document/json.rs"]),
    ("jiff", &["src/life/", "src/ops/values.rs", "src/store/identity.rs"]),
    ("keyring_core", &["src/sys/keychain/"]),
    ("libc", &["src/sys/"]),
    ("linux_keyutils", &["src/sys/kept/"]),
    ("regex", &["src/catalog/pattern.rs"]),
    ("rustix", &["src/sys/"]),
    // the keychain is asked through `crate::keychain` alone, which bounds the wait
    ("secret_service", &["src/sys/keychain/secret_service.rs"]),
    ("sha2", &["src/key.rs", "src/approval/"]),
    ("std::os", &["src/sys/"]),
    ("strsim", &["src/schema.rs"]),
    ("tempfile", &["src/approval/ledger.rs", "src/rewrite.rs", "src/session/login.rs", "src/store/", "src/sys/"]),
    (
        "toml",
        &[
            "src/catalog/data.rs",
            "src/client/document/toml.rs",
            "src/flat/toml.rs",
            "src/schema.rs",
            "src/project.rs",
            "src/settings.rs",
        ],
    ),
    ("toml_parser", &["src/nesting.rs"]),
    ("windows_native_keyring_store", &["src/sys/keychain/windows.rs"]),
    ("windows_sys", &["src/sys/"]),
    ("x509_cert", &["src/life/claims.rs"]),
    // the outside arrives as an argument: below `ops` nothing depends on the process it runs in
    ("std::env", &["src/cli/", "src/ops/exec/program.rs", "src/ops/workspace.rs", "src/main.rs"]),
];

/// Foreign crates that any room may use, and why no one door would do.
pub const EVERYWHERE: &[(&str, &str)] = &[
    ("serde", "what a file holds is derived beside the type that it fills"),
    ("serde_json", "the payload, the records and `--json` are the same few values, each written where it belongs"),
    ("thiserror", "each family has its own errors"),
    ("zeroize", "whatever holds a value for a moment wipes it"),
];

/// The files that see the bytes of a value, a key or a script, and what for.
pub const EXPOSERS: &[(&str, &str)] = &[
    ("src/approval/ledger.rs", "writes the key of the approvals to its private file"),
    ("src/cli/backup.rs", "shows the passphrase that it has just made, once"),
    ("src/cli/export.rs", "hands the script to the shell, and makes the marker's fingerprints"),
    ("src/cli/values.rs", "prints one value, when `get --reveal` asks for it at a terminal"),
    ("src/ops/adopt/names.rs", "gives equal values one name"),
    ("src/ops/history.rs", "looks for it in what git keeps of the file that it stood in"),
    ("src/ops/check.rs", "masks, fingerprints, and compares with what the shell has"),
    ("src/held.rs", "hands an opened identity to the kernel's keyring, or to the keychain"),
    ("src/keychain.rs", "hands a value to the keychain of the system"),
    ("src/ops/import.rs", "masks and fingerprints what is offered, and asks whether it is a placeholder"),
    ("src/ops/issuer.rs", "tells the old value to the program that the user named for it"),
    ("src/ops/known.rs", "holds a value against the forms that its name is known for"),
    ("src/ops/dates.rs", "asks a value when it ends by its own word"),
    ("src/ops/exec/start.rs", "puts the values into the environment of what it starts"),
    ("src/ops/exec/given.rs", "fills the values into the texts of an approved entry"),
    ("src/ops/exec/ground.rs", "measures what a value takes, and asks whether the system has such a text"),
    ("src/ops/exec/headers.rs", "puts the values into headers, and asks whether a header can carry them"),
    ("src/ops/load.rs", "measures how much of the environment a value takes"),
    ("src/ops/generate.rs", "makes a value of random bytes"),
    ("src/ops/rotate.rs", "fingerprints values, and asks the system which programs hold the old one"),
    ("src/ops/values.rs", "masks, fingerprints, and names what looks odd about a value just given"),
    ("src/session/login.rs", "writes the key of the exported marker to its private file"),
    ("src/shell/bash.rs", "looks for a character that is in none of the values"),
    ("src/shell/pwsh.rs", "asks whether the value is UTF-8, and writes it as base64"),
    ("src/shell/words.rs", "quotes the values into the script"),
    ("src/store/parcel.rs", "hands a passphrase to the cipher"),
    ("src/store/phrase.rs", "makes a passphrase from random bytes"),
    ("src/store/keychain.rs", "reads the key of a profile from what its entry holds, and makes the entry's name of random bytes"),
    ("src/store/own.rs", "reads the identity from what the keychain or the kernel held of it"),
    ("src/store/sidecar.rs", "asks a value when it ends by its own word"),
    ("src/store/payload/write.rs", "writes the values into the text that is then encrypted"),
];

/// Where the hook's work starts: it runs while a prompt waits.
pub const HOOK: &str = "src/cli/export.rs";

/// The rooms that nothing on the hook's way may reach, each with its reason.
pub const OFF_THE_HOOK: &[(&str, &str)] =
    &[("catalog", "reads its lists and compiles expressions"), ("plaintext", "looks through whole files")];

/// The files that print.
pub const PRINTERS: &[&str] = &["src/cli/report.rs"];

/// The longest a source file may be, in lines, its test module not counted.
pub const LONGEST: usize = 350;

/// Words that say nothing about what is inside a file or folder.
pub const EMPTY_WORDS: &[&str] =
    &["util", "utils", "helper", "helpers", "common", "manager", "managers", "core", "misc", "stuff", "shared"];
