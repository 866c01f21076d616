//! What there is to say of a file that was read. Holds no text of it beyond key names.

/// Something a reader of the file should know. `at` is a JSON Pointer, empty for the whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    pub code: &'static str,
    pub at: String,
}

/// A file that is not of its format. `why` holds no text of the file beyond key names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct ReadError {
    pub line: usize,
    pub why: String,
}
