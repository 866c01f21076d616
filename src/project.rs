//! A project: a directory with a `.mcpenv.toml`, known by its canonical path. Its file holds wishes, never a value, and never
//! decides its own trust.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::Metadata;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::escape::{shown, shown_path};
use crate::fault::Fault;
use crate::file::{self, FileError};
use crate::header::{Header, HeaderError};
use crate::life::Period;
use crate::profile::{ProfileName, ProfileNameError, Rotation};
use crate::schema::{self, SchemaError, Shape};
use crate::team::{TeamPath, TeamPathError};
use crate::var::{NameError, VarName};

/// The name of a project's file.
pub const FILE: &str = ".mcpenv.toml";

/// A project whose file was read and whose place only its user can change.
#[derive(Debug)]
pub struct Project {
    /// Canonical.
    pub root: PathBuf,
    pub wishes: Wishes,
    /// Of `.mcpenv.toml`, at the moment it was read.
    pub meta: Metadata,
}

/// What `.mcpenv.toml` asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Counts only once the user has bound it.
    pub profile: Option<ProfileName>,
    /// The file in the project that its profile rests in. Counts only once the user has bound it.
    pub profile_file: Option<TeamPath>,
    /// `None`: every client whose file is here.
    pub clients: Option<Vec<String>>,
    pub variables: BTreeMap<VarName, VariableWish>,
    /// Servers that no client's file declares, or that mcpenv itself starts, with what they want.
    pub servers: BTreeMap<String, ServerWish>,
}

/// What `.mcpenv.toml` says of one server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerWish {
    /// Sorted, each once.
    pub variables: Vec<VarName>,
    /// For `mcpenv headers`.
    pub headers: Vec<Header>,
}

/// What `.mcpenv.toml` says of one variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableWish {
    pub description: Option<String>,
    pub docs: Option<String>,
    pub rotate: Option<Rotation>,
    pub max_lifetime: Option<Period>,
    pub is_required: bool,
    pub inject: Inject,
}

/// Which way a variable may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Inject {
    /// The hook exports it.
    #[default]
    Shell,
    /// Only a server that mcpenv itself starts gets it.
    Exec,
    Never,
}

impl Inject {
    /// The word in `.mcpenv.toml`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Shell => "shell",
            Self::Exec => "exec",
            Self::Never => "never",
        }
    }
}

/// Why a directory is not a project that can be used.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    #[error("no `{FILE}` in `{}` or above it", shown_path(.0))]
    None(PathBuf),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Schema(#[from] SchemaError),
    #[error("`{}`: `variables.{name}`: {source}", shown_path(.path), name = shown(.name))]
    Variable { path: PathBuf, name: String, source: NameError },
    #[error("`{}`: `servers.{}.variables`: {source}", shown_path(.path), shown(.server))]
    ServerVariable { path: PathBuf, server: String, source: NameError },
    #[error("`{}`: `servers.{}.headers.{}`: {source}", shown_path(.path), shown(.server), shown(.header))]
    Header { path: PathBuf, server: String, header: String, source: HeaderError },
    #[error("`{}`: `profile`: {source}", shown_path(.path))]
    Profile { path: PathBuf, source: ProfileNameError },
    #[error("`{}`: `profile_file`: {source}", shown_path(.path))]
    ProfileFile { path: PathBuf, source: TeamPathError },
    #[error("`{}`: `clients`: no client is called `{}`", shown_path(.path), shown(.name))]
    Client { path: PathBuf, name: String, nearest: Option<&'static str> },
    #[error("`{}`: `{field}` is no length of time", shown_path(.path))]
    Period { path: PathBuf, field: String },
    #[error("`{}` names both `{first}` and `{second}`, which some systems do not tell apart", shown_path(.path))]
    CaseTwins { path: PathBuf, first: VarName, second: VarName },
}

impl Fault for ProjectError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::None(_) => Some("make it a project with `mcpenv init`".to_owned()),
            Self::File(e) => e.hint(),
            Self::Schema(e) => e.hint(),
            Self::Variable { source, .. } | Self::ServerVariable { source, .. } => source.hint(),
            Self::Header { source: HeaderError::Variable(e), .. } => e.hint(),
            Self::Header { .. } => Some("write it as `Authorization = \"Bearer ${GITHUB_TOKEN}\"`".to_owned()),
            Self::Profile { source, .. } => source.hint(),
            Self::ProfileFile { source, .. } => source.hint(),
            Self::Client { nearest, .. } => nearest.map(|name| format!("the nearest known client is `{name}`")),
            Self::Period { .. } => Some("write it as `90d`, `12w`, `3mo` or `1y`".to_owned()),
            Self::CaseTwins { .. } => Some("keep one of the two".to_owned()),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Raw {
    profile: Option<String>,
    profile_file: Option<String>,
    clients: Option<Vec<String>>,
    variables: BTreeMap<String, RawVariable>,
    servers: BTreeMap<String, RawServer>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawVariable {
    description: Option<String>,
    docs: Option<String>,
    rotate: Option<String>,
    max_lifetime: Option<String>,
    required: Option<bool>,
    inject: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawServer {
    variables: Vec<String>,
    headers: BTreeMap<String, String>,
}

const SHAPE: Shape = Shape::Table(&[
    ("profile", Shape::Text),
    ("profile_file", Shape::Text),
    ("clients", Shape::Texts),
    (
        "variables",
        Shape::Named(&Shape::Table(&[
            ("description", Shape::Text),
            ("docs", Shape::Text),
            ("rotate", Shape::Text),
            ("max_lifetime", Shape::Text),
            ("required", Shape::Bool),
            ("inject", Shape::Word(&["shell", "exec", "never"])),
        ])),
    ),
    ("servers", Shape::Named(&Shape::Table(&[("variables", Shape::Texts), ("headers", Shape::Named(&Shape::Text))]))),
]);

/// The nearest directory with a project file, from `start` upwards, as it is written (not canonical).
///
/// # Errors
/// [`ProjectError::None`] when there is none.
pub fn find(start: &Path) -> Result<PathBuf, ProjectError> {
    start
        .ancestors()
        .find(|dir| dir.join(FILE).symlink_metadata().is_ok())
        .map(Path::to_owned)
        .ok_or_else(|| ProjectError::None(start.to_owned()))
}

impl Project {
    /// Reads the project in `directory`, after asking who else could change it. `clients` are the names that
    /// `clients = […]` may hold.
    ///
    /// # Errors
    /// When others can change it, or its file is not as it must be.
    pub fn open(directory: &Path, clients: &[&'static str]) -> Result<Self, ProjectError> {
        let root = file::sound_directory(directory)?;
        let path = root.join(FILE);
        let (text, meta) = file::read_inside(&root, Path::new(FILE))?;
        let wishes = Wishes::read(&path, &text, clients)?;
        Ok(Self { root, wishes, meta })
    }
}

impl Wishes {
    /// Reads the text of a project's file. `path` is only told in errors.
    ///
    /// # Errors
    /// When it is no TOML, or says something that is not known or must not be.
    pub fn read(path: &Path, text: &[u8], clients: &[&'static str]) -> Result<Self, ProjectError> {
        let path = || path.to_owned();
        let raw: Raw = schema::read(&path(), text, &SHAPE)?;
        let profile = raw.profile.map(|name| ProfileName::parse(&name)).transpose();
        let profile = profile.map_err(|source| ProjectError::Profile { path: path(), source })?;
        let profile_file = raw.profile_file.map(|text| TeamPath::parse(&text)).transpose();
        let profile_file = profile_file.map_err(|source| ProjectError::ProfileFile { path: path(), source })?;
        for name in raw.clients.iter().flatten() {
            if !clients.contains(&name.as_str()) {
                let nearest = schema::nearest(name, clients.iter().copied());
                let nearest = nearest.and_then(|n| clients.iter().copied().find(|c| *c == n));
                return Err(ProjectError::Client { path: path(), name: name.clone(), nearest });
            }
        }
        let mut variables = BTreeMap::new();
        for (text, wish) in raw.variables {
            let name = VarName::parse(&text).map_err(|source| ProjectError::Variable { path: path(), name: text, source })?;
            let odd = |field: &str| ProjectError::Period { path: path(), field: format!("variables.{name}.{field}") };
            let rotate = wish.rotate.as_deref().map(Rotation::parse).transpose().map_err(|_| odd("rotate"))?;
            let max_lifetime = wish.max_lifetime.as_deref().map(Period::parse).transpose().map_err(|_| odd("max_lifetime"))?;
            variables.insert(name, VariableWish { rotate, max_lifetime, ..VariableWish::from(wish) });
        }
        let mut servers = BTreeMap::new();
        for (server, wanted) in raw.servers {
            let wish = ServerWish::read(&server, wanted, &path)?;
            servers.insert(server, wish);
        }
        let wishes = Self { profile, profile_file, clients: raw.clients, variables, servers };
        match wishes.case_twins() {
            Some((first, second)) => Err(ProjectError::CaseTwins { path: path(), first, second }),
            None => Ok(wishes),
        }
    }

    fn case_twins(&self) -> Option<(VarName, VarName)> {
        let mut seen: BTreeMap<String, &VarName> = BTreeMap::new();
        for name in self.variables.keys().chain(self.servers.values().flat_map(ServerWish::names)) {
            if let Some(other) = seen.insert(name.as_str().to_ascii_uppercase(), name)
                && other != name
            {
                return Some((other.clone(), name.clone()));
            }
        }
        None
    }

    /// Which way this variable may go.
    #[must_use]
    pub fn inject(&self, name: &VarName) -> Inject {
        self.variables.get(name).map_or(Inject::Shell, |wish| wish.inject)
    }

    /// Whether a server misses something without this variable, as far as the project says.
    #[must_use]
    pub fn requires(&self, name: &VarName) -> bool {
        self.variables.get(name).is_none_or(|wish| wish.is_required)
    }

    /// Whether servers of this client count here.
    #[must_use]
    pub fn wants_client(&self, name: &str) -> bool {
        self.clients.as_ref().is_none_or(|clients| clients.iter().any(|c| c == name))
    }
}

impl ServerWish {
    fn read(server: &str, raw: RawServer, path: &dyn Fn() -> PathBuf) -> Result<Self, ProjectError> {
        let mut wish = Self::default();
        for text in raw.variables {
            let wrong = |source| ProjectError::ServerVariable { path: path(), server: server.to_owned(), source };
            wish.variables.push(VarName::parse(&text).map_err(wrong)?);
        }
        wish.variables.sort();
        wish.variables.dedup();
        let mut known = BTreeSet::new();
        for (name, text) in raw.headers {
            let is_twice = !known.insert(name.to_ascii_lowercase());
            let header = if is_twice { Err(HeaderError::Twice) } else { Header::read(&name, &text) };
            let wrong = |source| {
                let header = name.chars().take(64).collect();
                ProjectError::Header { path: path(), server: server.to_owned(), header, source }
            };
            wish.headers.push(header.map_err(wrong)?);
        }
        Ok(wish)
    }

    /// Every variable that it names.
    pub fn names(&self) -> impl Iterator<Item = &VarName> {
        self.variables.iter().chain(self.headers.iter().flat_map(Header::variables))
    }
}

impl From<RawVariable> for VariableWish {
    // lengths of time are read by whoever can say where they stand
    fn from(raw: RawVariable) -> Self {
        Self {
            description: raw.description,
            docs: raw.docs,
            rotate: None,
            max_lifetime: None,
            is_required: raw.required.unwrap_or(true),
            inject: match raw.inject.as_deref() {
                Some("exec") => Inject::Exec,
                Some("never") => Inject::Never,
                _ => Inject::Shell,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wishes(text: &str) -> Result<Wishes, ProjectError> {
        Wishes::read(Path::new("/p/.mcpenv.toml"), text.as_bytes(), &["claude-code", "vscode"])
    }

    #[test]
    fn the_whole_format_is_read() {
        let w = wishes(
            "profile = 'acme-api'\nclients = ['vscode']\n[variables.GITHUB_TOKEN]\ndescription = 'd'\ndocs = 'https://x'\n\
             rotate = '90d'\nmax_lifetime = '1y'\nrequired = false\ninject = 'exec'\n[servers.search]\nvariables = ['B', 'A', 'A']\n",
        )
        .expect("a good file");
        let name = VarName::parse("GITHUB_TOKEN").expect("a name");
        assert_eq!(w.inject(&name), Inject::Exec);
        assert!(!w.requires(&name));
        assert_eq!(w.servers["search"].variables.iter().map(VarName::as_str).collect::<Vec<_>>(), ["A", "B"]);
        assert!(w.wants_client("vscode") && !w.wants_client("claude-code"));
    }

    #[test]
    fn a_team_file_is_asked_for_by_a_path_that_stays_inside() {
        let w = wishes("profile_file = 'secrets.mcpenv.age'").expect("a good file");
        assert_eq!(w.profile_file.as_ref().map(TeamPath::as_str), Some("secrets.mcpenv.age"));
        for bad in ["../x.age", "/x.age", ".git/x.age", "x", ""] {
            assert!(wishes(&format!("profile_file = '{bad}'")).is_err(), "{bad}");
        }
        assert!(wishes("profile_file = ['x.age']").is_err());
    }

    #[test]
    fn a_project_that_grants_itself_trust_is_refused() {
        for text in ["trusted = true", "[settings]\nallow_all = true", "include = '~/x'", "profile = '../x'", "profile = 'CON'"] {
            assert!(wishes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn names_that_steer_a_shell_and_case_twins_are_refused() {
        for text in [
            "[variables.PATH]",
            "[variables.MCPENV_HOME]",
            "[servers.x.headers]\nA='${PATH}'",
            "[servers.x]\nvariables=['__MCPENV_STATE']",
            "[variables.\"A B\"]",
        ] {
            assert!(wishes(text).is_err(), "{text}");
        }
        assert!(matches!(wishes("[variables.Token]\n[servers.x]\nvariables=['TOKEN']"), Err(ProjectError::CaseTwins { .. })));
    }

    #[test]
    fn a_header_of_a_server_names_variables_and_holds_no_value() {
        let w = wishes("[servers.x]\nheaders = { Authorization = 'Bearer ${A_TOKEN}' }").expect("a good file");
        assert_eq!(w.servers["x"].names().map(VarName::as_str).collect::<Vec<_>>(), ["A_TOKEN"]);
        let error = wishes("[servers.x]\nheaders = { Authorization = 'Bearer sekret' }").expect_err("a value");
        assert!(!format!("{error} {:?}", error.hint()).contains("sekret"), "{error}");
        assert!(error.to_string().contains("servers.x.headers.Authorization"), "{error}");
        let error = wishes("[servers.x]\nheader = { A = '${A}' }").expect_err("a typo");
        assert_eq!(error.hint().as_deref(), Some("the nearest known key is `headers`"));
        assert!(wishes("[servers.x.headers]\nA = '${A}'\na = '${A}'").is_err());
        assert!(wishes("[servers.x]\nheaders = { A = 3 }").is_err());
    }

    #[test]
    fn an_unknown_client_and_an_odd_period_are_named() {
        let error = wishes("clients = ['vs-code']").expect_err("unknown");
        assert_eq!(error.hint().as_deref(), Some("the nearest known client is `vscode`"));
        assert!(wishes("[variables.A]\nrotate = 'soon'").is_err());
    }
}
