//! The lists that came with the program, read when somebody first asks for them.

use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::pattern::Pattern;

/// A form that tokens have.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    pub id: String,
    /// What every token of this form starts with.
    pub prefix: Vec<String>,
    pub pattern: Pattern,
    /// Too weak to be told without a name that fits.
    #[serde(default)]
    pub needs_name: bool,
    /// Whether the token or its issuer tells its end.
    #[serde(default)]
    pub expiry: String,
    /// Where this was read: the letters that the list explains.
    pub source: String,
}

/// An MCP server.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    pub id: String,
    pub name: String,
    /// What names it: packages, images, hosts, programs.
    #[serde(rename = "match")]
    pub names: Vec<String>,
    #[serde(default)]
    pub note: String,
    pub vars: Vec<Variable>,
}

/// A variable that a server asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    pub name: String,
    #[serde(default, rename = "secret")]
    pub is_secret: bool,
    #[serde(default, rename = "required")]
    pub is_required: bool,
    /// The ids of the forms that its value has one of.
    #[serde(default)]
    pub formats: Vec<String>,
    /// Another form of its value.
    #[serde(default)]
    pub pattern: Pattern,
    #[serde(default)]
    pub prefix: Vec<String>,
    /// A name that anything could have: it is known only where this server asks for it.
    #[serde(default, rename = "generic")]
    pub is_generic: bool,
    /// After how many days a new one should be made.
    #[serde(default)]
    pub rotate_days: Option<u32>,
    #[serde(default)]
    pub expiry: String,
    /// The page that says where it is issued.
    #[serde(default)]
    pub docs: String,
    /// Where this was read: the letters that the list explains.
    pub evidence: String,
}

/// What guides to credentials say of a name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    pub name: String,
    pub server: String,
    pub kind: String,
    /// What it must be allowed to do.
    pub scope: String,
    /// The ids of the forms that its value has one of.
    #[serde(default)]
    pub formats: Vec<String>,
    #[serde(default)]
    pub docs: String,
    #[serde(default)]
    pub rotate_days: Option<u32>,
}

static TOKENS: LazyLock<Vec<Token>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct List {
        token: Vec<Token>,
    }
    read::<List>(include_str!("tokens.toml")).token
});

static SERVERS: LazyLock<Vec<Server>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct List {
        server: Vec<Server>,
    }
    read::<List>(include_str!("servers.toml")).server
});

static GUIDE: LazyLock<Vec<Advice>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct List {
        variable: Vec<Advice>,
    }
    read::<List>(include_str!("guide.toml")).variable
});

/// Every form that tokens are known to have.
#[must_use]
pub fn tokens() -> &'static [Token] {
    &TOKENS
}

/// Every server that is known.
#[must_use]
pub fn servers() -> &'static [Server] {
    &SERVERS
}

/// Every name that guides teach.
#[must_use]
pub fn guide() -> &'static [Advice] {
    &GUIDE
}

fn read<T: DeserializeOwned>(text: &str) -> T {
    toml::from_str(text).expect("the list is a part of the program, and the tests read it")
}
