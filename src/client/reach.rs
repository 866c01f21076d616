//! Whether a variable that is exported reaches a server, by what its client does with it. One pure function.

use super::contract::{Kind, Reference, Server};
use super::surroundings::{Inherits, Surroundings};

/// What becomes of an exported variable on its way to one server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It gets there through the environment.
    Exported,
    /// It gets there when the client was started from this shell.
    FromShell,
    /// The client withholds its environment, and nothing in the entry names it.
    Withheld,
    /// It is documented nowhere whether it gets there.
    Undocumented,
    /// It stands there in a form that this client does not fill in this place.
    Unexpanded,
    /// The client asks for it, or gives it itself, and keeps it.
    Kept,
    /// It is read from a file, or on another machine.
    Elsewhere,
}

impl Reach {
    /// The word for it in what programs get.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Exported => "exported",
            Self::FromShell => "from-shell",
            Self::Withheld => "withheld",
            Self::Undocumented => "undocumented",
            Self::Unexpanded => "unexpanded",
            Self::Kept => "kept",
            Self::Elsewhere => "elsewhere",
        }
    }
}

/// What becomes of a variable, by the references that the client sees in the entry; `None` when nothing there names it. Of
/// several places the one counts that needs mending, then the one that works.
#[must_use]
pub fn reach(surroundings: &Surroundings, server: &Server, references: &[Reference], name: &str) -> Option<Reach> {
    const ORDER: &[Reach] = &[
        Reach::Unexpanded,
        Reach::Withheld,
        Reach::Undocumented,
        Reach::FromShell,
        Reach::Exported,
        Reach::Kept,
        Reach::Elsewhere,
    ];
    let of_name = references.iter().filter(|reference| reference.name == name);
    let found: Vec<Reach> = of_name.map(|reference| one(surroundings, server, reference)).collect();
    ORDER.iter().copied().find(|reach| found.contains(reach))
}

fn one(surroundings: &Surroundings, server: &Server, reference: &Reference) -> Reach {
    let there = if surroundings.is_from_menu { Reach::FromShell } else { Reach::Exported };
    match reference.kind {
        Kind::Env | Kind::Secret | Kind::Store | Kind::Shell => there,
        // an option of a container takes it from the environment that the client gave; other names are given by the client
        Kind::Inherit if stands_in_command(server, reference) => match surroundings.inherits {
            Inherits::All => there,
            Inherits::But { parts, names } if !is_withheld(&reference.name, parts, names) => there,
            Inherits::But { .. } | Inherits::Few => Reach::Withheld,
            Inherits::Unknown => Reach::Undocumented,
        },
        Kind::Inherit => there,
        // what `.mcpenv.toml` declares for a server that no client's file has
        Kind::Declared if reference.at.starts_with("/servers/") && reference.line == 0 => there,
        // what it declares for one that mcpenv starts, or makes headers for: no client stands between
        Kind::Declared if reference.at == server.pointer => Reach::Exported,
        Kind::Declared | Kind::Input | Kind::Client | Kind::Server => Reach::Kept,
        Kind::File | Kind::EnvFile | Kind::Remote => Reach::Elsewhere,
        Kind::Unexpanded => Reach::Unexpanded,
    }
}

fn stands_in_command(server: &Server, reference: &Reference) -> bool {
    let field = reference.at.strip_prefix(&server.pointer).and_then(|rest| rest.strip_prefix('/'));
    let field = field.and_then(|rest| rest.split('/').next());
    field == Some(server.keys.args) || field == Some(server.keys.command)
}

fn is_withheld(name: &str, parts: &[&str], names: &[&str]) -> bool {
    let name = name.to_ascii_uppercase();
    names.contains(&name.as_str()) || parts.iter().any(|part| name.contains(part))
}
