//! What every client tells: where its files are, and which variables the servers in them ask for. Text in, servers out: a
//! client never opens a file, never sees a value of a profile, and never reads the environment.

use std::path::{Path, PathBuf};

use super::reference::filling::Filling;
use super::reference::writing::Writing;
pub use super::remark::{ReadError, Warning};
use super::surroundings::Surroundings;
use super::text::{Content, Text};

/// One MCP client.
pub trait Client: Sync {
    /// The word for this client in `.mcpenv.toml` and commands: `claude-code`.
    fn name(&self) -> &'static str;

    /// Its name as people know it: `Claude Code`.
    fn title(&self) -> &'static str;

    /// Which environment it has, and which its servers get.
    fn surroundings(&self) -> Surroundings;

    /// Where its files are. Those of the project are relative to the project's directory.
    fn places(&self, user: &UserDirs<'_>) -> Vec<Place>;

    /// Tells what one of these files declares. Servers of a map that is kept for several directories carry theirs as `context`.
    ///
    /// # Errors
    /// When the text is not of the file's format; nothing may be taken from it then.
    fn tell(&self, text: &Text<'_>, scope: Scope) -> Result<Declaration, ReadError>;

    /// The same, for a client whose formats are told apart by the name of the file.
    ///
    /// # Errors
    /// As [`Client::tell`].
    fn tell_at(&self, _: &Path, text: &Text<'_>, scope: Scope) -> Result<Declaration, ReadError> {
        self.tell(text, scope)
    }

    /// [`Client::tell`], for whoever asks no other client about the same text.
    ///
    /// # Errors
    /// As there.
    fn read(&self, text: &[u8], scope: Scope) -> Result<Declaration, ReadError> {
        self.tell(&Text::new(&Content::new(text)), scope)
    }

    /// [`Client::tell_at`], for whoever asks no other client about the same text.
    ///
    /// # Errors
    /// As there.
    fn read_at(&self, file: &Path, text: &[u8], scope: Scope) -> Result<Declaration, ReadError> {
        self.tell_at(file, &Text::new(&Content::new(text)), scope)
    }

    /// Which of two servers with one name counts, when the project and the user both have one.
    fn precedence(&self) -> Precedence {
        Precedence::Project
    }

    /// How a reference is written into an entry of its files. A client whose syntax nobody has proven keeps this: none.
    fn writing(&self, _: &Server) -> &'static Writing {
        &Writing::NONE
    }
}

/// Whose server counts, of two with the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precedence {
    /// The project's.
    Project,
    /// Both run, or one is made of both.
    Both,
}

/// Where a user's own client files lie on this system.
#[derive(Clone, Copy)]
pub struct UserDirs<'a> {
    pub home: &'a Path,
    /// `~/.config`, `~/Library/Application Support`, `%APPDATA%`.
    pub config: &'a Path,
    /// `%APPDATA%`; only Windows has it.
    pub roaming: Option<&'a Path>,
    /// What the user's environment says of a client's own directory (`CLAUDE_CONFIG_DIR`, `CODEX_HOME`): by name.
    pub variable: &'a dyn Fn(&str) -> Option<PathBuf>,
}

impl UserDirs<'_> {
    /// Nobody's: for whoever asks only for the places in a project.
    #[must_use]
    pub fn nobody() -> UserDirs<'static> {
        UserDirs { home: Path::new(""), config: Path::new(""), roaming: None, variable: &|_| None }
    }

    /// The directory that a variable names, or what a client takes without it.
    #[must_use]
    pub fn named(&self, variable: &str, otherwise: impl FnOnce() -> PathBuf) -> PathBuf {
        (self.variable)(variable).unwrap_or_else(otherwise)
    }

    /// `$XDG_CONFIG_HOME` or `~/.config`, which many programs use on every system.
    #[must_use]
    pub fn dot_config(&self) -> PathBuf {
        self.named("XDG_CONFIG_HOME", || self.home.join(".config"))
    }
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
    /// Empty for a file. Else the path is a directory, and each file in it with one of these extensions is meant.
    pub each: &'static [&'static str],
}

impl Place {
    /// A file of the project, relative to it.
    #[must_use]
    pub fn project(path: &str) -> Self {
        Self { scope: Scope::Project, path: PathBuf::from(path), each: &[] }
    }

    /// A file of the user's own, absolute.
    #[must_use]
    pub fn user(path: PathBuf) -> Self {
        Self { scope: Scope::User, path, each: &[] }
    }

    /// Each file with one of these extensions in a directory.
    #[must_use]
    pub fn each(self, extensions: &'static [&'static str]) -> Self {
        Self { each: extensions, ..self }
    }
}

/// The keys by which a client names the parts of an entry.
#[derive(Debug, PartialEq, Eq)]
pub struct Keys {
    pub command: &'static str,
    pub args: &'static str,
    pub env: &'static str,
    /// The first that is there counts.
    pub url: &'static [&'static str],
    /// A name with a dot stands one map deeper.
    pub headers: &'static [&'static str],
    /// What the command may be, beside a text.
    pub form: CommandForm,
}

impl Keys {
    /// As nearly all clients name them.
    pub const USUAL: Self =
        Self { command: "command", args: "args", env: "env", url: &["url"], headers: &["headers"], form: CommandForm::Text };
}

/// What a command may be, beside a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandForm {
    Text,
    /// A list: the program, then its arguments.
    List,
    /// A map with `path`, `args` and `env`.
    Map,
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
    /// Whether its entry leaves it on: nothing in it, and no list of its client, says that it is off.
    pub is_enabled: bool,
    /// Whether its client starts it: one that is off by a word that its client does not know runs all the same.
    pub is_started: bool,
    /// The directory that a map kept for several directories has it under.
    pub context: Option<String>,
    pub references: Vec<Reference>,
    /// The entry as it stands, without what only switches it on and off: what an approval covers.
    pub entry: Value,
    /// How the parts of the entry are named.
    pub keys: &'static Keys,
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
    /// JSON Pointer of the string that is the default, where a declaration has it beside the reference.
    pub default_at: Option<String>,
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

impl Kind {
    /// The word for it in what programs get.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Env => "env",
            Self::Inherit => "inherit",
            Self::Secret => "secret",
            Self::Store => "store",
            Self::Shell => "shell",
            Self::Declared => "declared",
            Self::Input => "input",
            Self::File => "file",
            Self::EnvFile => "envfile",
            Self::Client => "client",
            Self::Server => "server",
            Self::Remote => "remote",
            Self::Unexpanded => "unexpanded",
        }
    }
}

/// A tree of values, the same for JSON, TOML and YAML. Map entries keep the file's order; comparing for meaning sorts them.
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
