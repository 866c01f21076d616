//! What the keychains of all systems have in common: small entries that can be found without being opened.

/// An entry as it can be seen without opening it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// How this system finds it again; of this login only.
    pub id: Vec<String>,
    pub label: String,
    /// What it is found by, as far as the system tells; no part of the value.
    pub attributes: Vec<(String, String)>,
    pub is_locked: bool,
}

/// Where an entry of mcpenv's own stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    pub service: String,
    pub account: String,
}

/// What a keychain answers in place of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is no bus of this login that a keychain could be asked through.
    NoBus,
    /// Nothing on this system is a keychain.
    NoService,
    /// The keychain has no place for entries yet.
    NoCollection,
    Locked,
    /// The keychain's own question was dismissed, or it could not show one.
    Dismissed,
    /// The entry is not there any more.
    Gone,
    TooLong(usize),
    /// The system's own words.
    Other(String),
}
