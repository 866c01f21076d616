//! What is told of a program that runs.

/// A program that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    pub pid: u32,
    /// Its own short name; foreign text.
    pub name: String,
}
