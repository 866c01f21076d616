//! What surrounds the servers of a client, beside its files: which environment they get, and which one the client has itself.

/// The environment of a client and of the servers that it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surroundings {
    pub inherits: Inherits,
    /// People start it from a menu, so that its environment is not that of a shell.
    pub is_from_menu: bool,
    /// How a reference to `NAME` is written, and where it is filled.
    pub reference: Option<(&'static str, &'static str)>,
    /// What must hold too, before the client fills a reference.
    pub condition: Option<&'static str>,
}

/// What a stdio server gets of its client's environment without being named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inherits {
    All,
    /// All but names with one of these parts, and these names.
    But {
        parts: &'static [&'static str],
        names: &'static [&'static str],
    },
    /// A short list: PATH, HOME and the like.
    Few,
    /// It is documented nowhere.
    Unknown,
}

impl Surroundings {
    /// A program that is started in a shell and passes everything on.
    pub const SHELL: Self = Self { inherits: Inherits::All, is_from_menu: false, reference: None, condition: None };
    /// A program that is started from a menu, and of which nothing else is known.
    pub const MENU: Self = Self { inherits: Inherits::Unknown, is_from_menu: true, reference: None, condition: None };
}
