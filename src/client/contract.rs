//! What every client tells: where its files are, and which variables the servers in them ask for. Text in, servers out: a
//! client never opens a file, never sees a value of a profile, and never reads the environment.

use std::path::{Path, PathBuf};

/// One MCP client.
pub trait Client: Sync {
    /// The word for this client in `.mcpenv.toml` and commands: `claude-code`.
    fn name(&self) -> &'static str;

    /// Its name as people know it: `Claude Code`.
    fn title(&self) -> &'static str;

    /// Where its files are. Those of the project are relative to the project's directory.
    fn places(&self, user: &UserDirs<'_>) -> Vec<Place>;

    /// Reads one of these files. Servers of a map that is kept for several directories carry theirs as `context`.
    ///
    /// # Errors
    /// When the text is not of the file's format; nothing may be taken from it then.
    fn read(&self, text: &[u8], scope: Scope) -> Result<Declaration, ReadError>;
}

/// Where a user's own client files lie on this system.
#[derive(Clone, Copy)]
pub struct UserDirs<'a> {
    pub home: &'a Path,
    /// `~/.config`, `~/Library/Application Support`, `%APPDATA%`.
    pub config: &'a Path,
    /// What the user's environment says of a client's own directory (`CLAUDE_CONFIG_DIR`, `CODEX_HOME`): by name.
    pub variable: &'a dyn Fn(&str) -> Option<PathBuf>,
}

/// Whose a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The project's: committed, shared, possibly hostile.
    Project,
    /// The user's own: its servers can run in every project.
    User,
}

/// One place where a client looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub scope: Scope,
    /// Relative to the project for [`Scope::Project`], absolute for [`Scope::User`].
    pub path: PathBuf,
}

/// What one file declares.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Declaration {
    pub servers: Vec<Server>,
    pub warnings: Vec<Warning>,
}

/// One server of a client's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    pub name: String,
    /// JSON Pointer (RFC 6901) of its entry.
    pub pointer: String,
    /// The line on which its entry starts, from 1.
    pub line: usize,
    pub transport: Transport,
    pub is_enabled: bool,
    /// The directory that a map kept for several directories has it under.
    pub context: Option<String>,
    pub references: Vec<Reference>,
    /// The entry as it stands, without what only switches it on and off: what an approval covers.
    pub entry: Value,
    /// How its client fills the texts of the entry.
    pub filling: Filling,
    /// A key that stands twice somewhere in this entry, or the entry itself: such a server is not approved.
    pub duplicate_key: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    Stdio,
    /// Remote, Streamable HTTP first or only.
    Http,
    Sse,
    Builtin,
    Extension,
    Unknown,
}

/// A place in a server's entry that names a variable or asks for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub name: String,
    /// JSON Pointer of the string that holds it.
    pub at: String,
    /// Its line, from 1.
    pub line: usize,
    pub kind: Kind,
    /// The default in the reference itself; `Some("")` is an empty one.
    pub default: Option<String>,
    /// Whether the server misses something without it.
    pub is_required: bool,
    /// Whether an exported variable of this name can serve it.
    pub is_export: bool,
    /// Whether the file itself says that it is a secret.
    pub is_secret: bool,
}

/// Who resolves a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The client, from its own process environment.
    Env,
    /// Nobody: the variable is passed on by its name.
    Inherit,
    Secret,
    Store,
    /// A shell that the client starts.
    Shell,
    Declared,
    /// The client asks its user and keeps the answer.
    Input,
    /// The content of a file.
    File,
    /// A file of variables.
    EnvFile,
    /// The client gives the value itself.
    Client,
    /// The `env` of the same entry.
    Server,
    /// Another machine.
    Remote,
    /// Nobody: it looks like a reference, but this client passes it on as text.
    Unexpanded,
}

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

/// A tree of values, the same for JSON and TOML. Map entries keep the file's order; comparing for meaning sorts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Null,
    Bool(bool),
    /// A number or a date, as it is written.
    Number(String),
    Text(String),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
}

/// How the client of an entry fills the texts in it.
#[derive(Clone, Copy)]
pub struct Filling(pub(super) Option<&'static dyn Fill>);

/// Knows where a client fills a text.
pub(super) trait Fill: Sync {
    fn pieces<'t>(&self, text: &'t str) -> Vec<Piece<'t>>;
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'t> {
    Text(&'t str),
    /// The client fills in a variable. `text` is the reference as it is written.
    Variable {
        name: &'t str,
        default: Option<&'t str>,
        text: &'t str,
    },
    /// The client fills in something of its own: a directory, or what its user typed.
    Given {
        name: &'t str,
        text: &'t str,
    },
}

impl Filling {
    /// For an entry that no client fills.
    pub const NONE: Self = Self(None);

    /// The parts of a text, in its order. It is not filled by this, and no value is seen.
    #[must_use]
    pub fn pieces<'t>(&self, text: &'t str) -> Vec<Piece<'t>> {
        self.0.map_or_else(|| vec![Piece::Text(text)], |fill| fill.pieces(text))
    }
}

impl std::fmt::Debug for Filling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Filling" } else { "Filling::NONE" })
    }
}

impl PartialEq for Filling {
    fn eq(&self, other: &Self) -> bool {
        match (self.0, other.0) {
            (Some(own), Some(others)) => std::ptr::addr_eq(own, others),
            (None, None) => true,
            _ => false,
        }
    }
}

impl Eq for Filling {}
