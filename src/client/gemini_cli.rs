//! Gemini CLI.
//!
//! Files: `.gemini/settings.json` in the project, `~/.gemini/settings.json` for the user; the project wins. The files of an
//! administrator, one below and one above these, are not read. An extension's `gemini-extension.json` is read where it is named:
//! its `settings` declare variables for all of its servers.
//! References: `$NAME`, `${NAME}` and `${NAME:-default}` in every text of an entry. In `env` and headers what is left is filled
//! once more when the server starts, so a `$` in a value can be eaten; on Windows that also fills `%NAME%`, which is text everywhere
//! else and is read as such here. An extension is given `${extensionPath}` and its like.
//! Unset: the text stays at first; in `env` it then becomes empty. Comments are allowed, trailing commas are not.
//! A stdio server inherits the environment without every name and value that looks secret; what `env` names passes.
//! `httpUrl` comes before `url`, and `url` before a command; `mcp.excluded` and `mcp.allowed` choose servers by name.
//! Source: google-gemini/gemini-cli, `settings.ts`, `envVarResolver.ts`, `envExpansion.ts`, `mcp-client.ts`,
//! `environmentSanitization.ts`; `docs/reference/configuration.md`.

use std::collections::HashSet;

use super::contract::{Client, Declaration, Keys, Kind, Place, ReadError, Scope, Server, Transport, UserDirs};
use super::document::json::Comments;
use super::document::tree::{Spot, Tree};
use super::entry::shape::{PARTS, Rest, Shape};
use super::entry::telling::{Input, Telling};
use super::reference::dialect::Dialect;
use super::reference::form::Form;
use super::reference::writing::Writing;
use super::surroundings::{Inherits, Surroundings};
use super::text::Text;

pub(super) struct GeminiCli;

const KEYS: Keys = Keys { url: &["httpUrl", "url"], ..Keys::USUAL };

const DIALECT: Dialect =
    Dialect { forms: &[(Form::Bare, Kind::Env), (Form::Braced, Kind::Env), (Form::Defaulted, Kind::Env)], ..Dialect::NONE };

const SHAPE: Shape =
    Shape { dialect: &DIALECT, keys: &KEYS, types: TYPES, filled: PARTS, rest: Rest::Texts(&[]), ..Shape::PLAIN };

const TYPES: &[(&str, Transport)] = &[("stdio", Transport::Stdio), ("http", Transport::Http), ("sse", Transport::Sse)];

const EXTENSION_DIALECT: Dialect = Dialect { given: &["extensionPath", "workspacePath", "pathSeparator", "/"], ..DIALECT };

const EXTENSION: Shape = Shape { dialect: &EXTENSION_DIALECT, ..SHAPE };

/// Names that it withholds from its servers, beside values that look like tokens.
const WITHHELD: Inherits = Inherits::But {
    parts: &["TOKEN", "SECRET", "PASSWORD", "PASSWD", "KEY", "AUTH", "CREDENTIAL", "CREDS", "PRIVATE", "CERT"],
    names: &["DATABASE_URL", "CLIENT_ID", "AWS_DEFAULT_REGION", "GOOGLE_CLOUD_PROJECT"],
};

/// `env` and headers go through a second stage, which eats what follows a `$`; on Windows also what stands between two `%`.
const WRITING: Writing =
    Writing { reference: Some(("${", "}")), parts: PARTS, is_everywhere: true, mangles: &["$", "%"], ..Writing::NONE };

impl Client for GeminiCli {
    fn name(&self) -> &'static str {
        "gemini-cli"
    }

    fn title(&self) -> &'static str {
        "Gemini CLI"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings { inherits: WITHHELD, reference: Some(("${NAME}", "every text")), ..Surroundings::SHELL }
    }

    fn places(&self, user: &UserDirs<'_>) -> Vec<Place> {
        vec![Place::project(".gemini/settings.json"), Place::user(user.home.join(".gemini").join("settings.json"))]
    }

    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        let document = text.json()?;
        let mut telling = Telling::json(document, Comments::WithoutCommas);
        let Some(root) = document.root_map(&mut telling.told.warnings) else { return telling.end() };
        // a settings file has no name, and the others only an extension
        let is_extension = root.child("name").is_some() && (root.child("version").is_some() || root.child("settings").is_some());
        let Some(servers) = telling.map(&root, "mcpServers") else { return telling.end() };
        let settings = if is_extension { telling.list(&root, "settings") } else { Vec::new() };
        let chosen = Chosen::new(&mut telling, &root);
        for (name, spot) in servers.children() {
            let shape = if is_extension { &EXTENSION } else { &SHAPE };
            let Some(mut draft) = telling.server(name, spot.clone(), shape, None, HashSet::new()) else { continue };
            let is_taken = chosen.takes(name);
            draft.server.is_enabled &= is_taken;
            draft.server.is_started &= is_taken;
            let is_text = |key: &str| spot.child(key).is_some_and(|url| url.text().is_some());
            if is_text("httpUrl") || (is_text("url") && spot.child("type").is_none()) {
                draft.server.transport = Transport::Http;
            }
            for setting in &settings {
                let Some(at) = setting.child("envVar") else { continue };
                let Some(name) = at.text() else {
                    telling.warn("wrong-type", &at.pointer);
                    continue;
                };
                let is_secret = setting.child("sensitive").is_some_and(|spot| matches!(spot.node.tree, Tree::Bool(true)));
                let input = Input { name, default: None, default_at: None, is_required: false, is_secret, is_variable: true };
                telling.declare(&mut draft, &at, &input);
            }
            telling.told.servers.push(draft.server);
        }
        telling.end()
    }

    fn writing(&self, _: &Server) -> &'static Writing {
        &WRITING
    }
}

/// The names in `mcp.allowed` and `mcp.excluded`.
struct Chosen<'d> {
    allowed: Option<HashSet<&'d str>>,
    excluded: HashSet<&'d str>,
}

impl<'d> Chosen<'d> {
    fn new(telling: &mut Telling, root: &Spot<'d, '_>) -> Self {
        let Some(mcp) = telling.map(root, "mcp") else { return Self { allowed: None, excluded: HashSet::new() } };
        let mut names = |key| -> HashSet<&'d str> { telling.list(&mcp, key).iter().filter_map(Spot::text).collect() };
        let excluded = names("excluded");
        let allowed = names("allowed");
        let is_list = mcp.child("allowed").is_some_and(|list| list.is_list());
        Self { allowed: is_list.then_some(allowed), excluded }
    }

    fn takes(&self, name: &str) -> bool {
        !self.excluded.contains(name) && self.allowed.as_ref().is_none_or(|allowed| allowed.contains(name))
    }
}
