//! `exec`: what is started with which environment. A server gets what was approved for it and a short list of the caller's
//! environment; a person's own command gets the caller's environment and what the project loads.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::given::{Filled, Given, Keeps};
use super::ground::{Ground, require_room};
use super::place::place;
use super::program;
use super::refusal::Refusal;
use super::surroundings::{base, put};
use crate::client::{Part, Piece, Scope, Server};
use crate::escape::shown;
use crate::ops::joined;
use crate::ops::standing::Asked;
use crate::ops::workspace::Workspace;
use crate::project::Inject;
use crate::sys::{self, Launch};
use crate::var::VarName;

/// A server to start.
pub struct Order<'a> {
    pub server: &'a str,
    pub client: Option<&'a str>,
    pub directory: Option<&'a Path>,
    /// Its command and the arguments, as the caller has them.
    pub words: &'a [OsString],
}

/// Makes everything ready to start an approved server, and says what its client would have given it that mcpenv does not.
///
/// # Errors
/// When this command line is not approved for it, or it cannot have what it needs.
pub fn of_server(workspace: &Workspace, order: &Order<'_>) -> Result<(Launch, Vec<String>), Refusal> {
    let ground = Ground::stand(workspace, order.directory)?;
    let base = base(workspace, &ground.settings);
    let nothing = BTreeMap::new();
    let here = sys::canonical(&workspace.cwd()).unwrap_or_else(|_| workspace.cwd());
    let root = ground.project.root.as_path();
    let given = Given { values: &nothing, base: &base, root, directory: &here, home: workspace.paths.home() };
    // whoever compares a value that its client filled in needs the values: a second look then
    let first = ground.choose(order.server, order.client, &|a| fit(a, order.words, &ground, &given, workspace), &outcome);
    let asked = match first {
        Ok(asked) => asked,
        Err(Refusal::Differs { .. }) => {
            let fits = |asked: &Asked| {
                let values = ground.values_of(workspace, asked).unwrap_or_default();
                fit(asked, order.words, &ground, &Given { values: &values, ..given }, workspace)
            };
            ground.choose(order.server, order.client, &fits, &outcome)?
        }
        Err(e) => return Err(e),
    };
    let values = ground.values_of(workspace, asked)?;
    let directory = place(&asked.found.server, &given, &here);
    let start = directory.clone().unwrap_or_else(|| here.clone());
    let starting =
        Starting { workspace, server: &asked.found.server, given: Given { values: &values, directory: &start, ..given } };
    let environment = starting.environment()?;
    let mut arguments = starting.words(order.words)?;
    let name = arguments.remove(0);
    let is_path = |(known, _): &&(OsString, OsString)| sys::is_same_variable(known, "PATH".as_ref());
    let path = environment.iter().find(is_path).map(|(_, path)| path.as_os_str()).unwrap_or_default();
    let program = program::find(&name, &program::absolute(path), &start)?;
    let files = asked.found.server.env_files();
    let unread =
        files.map(|file| format!("`{}` is not read: what it sets does not reach a server that mcpenv starts", shown(file)));
    let warnings = unread.collect();
    Ok((Launch { program, name, arguments, environment, directory, is_server: true }, warnings))
}

/// An approved server whose command line is the approved one.
struct Starting<'a> {
    workspace: &'a Workspace,
    server: &'a Server,
    given: Given<'a>,
}

impl Starting<'_> {
    /// Everything that the server finds in its environment.
    fn environment(&self) -> Result<Vec<(OsString, OsString)>, Refusal> {
        let mut environment = self.given.base.to_vec();
        for (name, value) in self.given.values {
            put(&mut environment, name.as_str(), text(value.expose())?);
        }
        let is_wrapped = matches!(self.server.wrapper(), Some(Ok(_)));
        let keeps = if is_wrapped { Keeps::NothingOfWrapper } else { Keeps::Nothing };
        for (name, written) in self.server.env() {
            let is_name = !name.is_empty() && !name.contains(['=', '\0']);
            let is_own = name.to_ascii_uppercase().trim_start_matches('_').starts_with("MCPENV_");
            if !is_name || is_own {
                continue;
            }
            let pieces = self.server.filling.pieces(Some(Part::Env), &written);
            match self.given.fill(&pieces, keeps) {
                Filled::Whole(value) => put(&mut environment, name, text(&value)?),
                Filled::Lacking => environment.retain(|(known, _)| !sys::is_same_variable(known, name.as_ref())),
                // only the client knows it, and has put it into our own environment
                Filled::Open => {
                    refuse_agent(self.workspace, "its client's own part of the environment could come from anywhere")?;
                    let caller = |name: &str| self.workspace.var(name);
                    let held = caller(name).filter(|held| self.given.could_be(&pieces, held.as_encoded_bytes(), &caller));
                    if let Some(held) = held {
                        put(&mut environment, name, held);
                    }
                }
            }
        }
        Ok(environment)
    }

    /// The approved command line, filled. `typed` is the same as its client has it.
    fn words(&self, typed: &[OsString]) -> Result<Vec<OsString>, Refusal> {
        let (command, arguments) = self.server.launched().unwrap_or(("", Vec::new()));
        let pairs = [command].into_iter().chain(arguments).zip(typed);
        let is_wrapped = matches!(self.server.wrapper(), Some(Ok(_)));
        let keeps = if is_wrapped { Keeps::ReferencesOfWrapper } else { Keeps::References };
        let fill = |(written, typed): (&str, &OsString)| {
            let pieces = self.server.filling.pieces(Some(Part::Args), written);
            // what its client filled in from an environment of its own
            let is_elsewhere = self.given.lacks(&pieces) && typed != OsStr::new(written);
            match self.given.fill(&pieces, keeps) {
                Filled::Whole(word) if !is_elsewhere => text(&word),
                _ => {
                    refuse_agent(self.workspace, "its client's own part of the command could come from anywhere")?;
                    Ok(typed.clone())
                }
            }
        };
        pairs.map(fill).collect()
    }
}

/// Whether the command line is the one that this entry was approved with, its references filled or not.
fn fit(asked: &Asked, words: &[OsString], ground: &Ground, given: &Given<'_>, workspace: &Workspace) -> Result<(), String> {
    let server = &asked.found.server;
    match server.wrapper() {
        Some(Err(why)) => return Err(format!("its entry cannot be started by mcpenv: {why}")),
        Some(Ok(wrapper)) if wrapper.server != server.name => return Err("its entry asks for another server".to_owned()),
        Some(Ok(_)) if !joined::is_of(server, &ground.project) => return Err("its entry is for another project".to_owned()),
        _ => {}
    }
    let Some((command, arguments)) = server.launched() else {
        return Err(format!("`{}` names no command for it", asked.found.file));
    };
    let approved: Vec<&str> = [command].into_iter().chain(arguments).collect();
    let caller = |name: &str| workspace.var(name);
    let is_same = |(written, typed): (&&str, &OsString)| {
        typed == OsStr::new(written)
            || given.could_be(&server.filling.pieces(Some(Part::Args), written), typed.as_encoded_bytes(), &caller)
    };
    match approved.iter().zip(words).position(|pair| !is_same(pair)) {
        Some(0) => Err("its command is another one".to_owned()),
        Some(n) => Err(format!("its argument {n} is another one")),
        None if approved.len() != words.len() => {
            Err(format!("it has {} arguments, and not {}", approved.len() - 1, words.len().saturating_sub(1)))
        }
        None => Ok(()),
    }
}

/// What comes of an entry, whatever its client writes: the same text for two of which the same comes.
fn outcome(asked: &Asked) -> String {
    let server = &asked.found.server;
    let told = |part: Option<Part>, text: &str| {
        let tell = |piece: Piece<'_>| match piece {
            Piece::Text(text) => format!("{text:?}"),
            Piece::Variable { name, default, .. } => format!("{name}{default:?}"),
            Piece::Given { name, .. } => format!("({name})"),
        };
        server.filling.pieces(part, text).into_iter().map(tell).collect::<String>()
    };
    let (command, arguments) = server.launched().unwrap_or(("", Vec::new()));
    let mut environment: Vec<_> =
        server.env().into_iter().map(|(name, text)| (name.to_owned(), told(Some(Part::Env), &text))).collect();
    environment.sort();
    let words: Vec<_> = [command].into_iter().chain(arguments).map(|word| told(Some(Part::Args), word)).collect();
    format!("{words:?} {environment:?} {:?} {:?}", asked.projection.variables, server.cwd().map(|text| told(None, text)))
}

/// Makes everything ready to start a person's own command, and says what is missing.
///
/// # Errors
/// When the project's approval does not stand, or an agent asks.
pub fn of_person(workspace: &Workspace, directory: Option<&Path>, words: &[OsString]) -> Result<(Launch, Vec<String>), Refusal> {
    refuse_agent(workspace, "without `--server` it is for a person's own command")?;
    let ground = Ground::stand(workspace, directory)?;
    for asked in &ground.servers {
        let args = asked.found.server.args();
        let is_it = asked.found.server.wrapper().is_some_and(|w| w.is_err())
            && args.iter().position(|word| *word == "--").is_some_and(|at| args[at + 1..].iter().map(OsStr::new).eq(words));
        if is_it {
            return Err(Refusal::Unnamed { server: asked.found.server.name.clone(), file: asked.found.file.clone() });
        }
    }
    let wanted = wanted(&ground);
    let mut environment = workspace.variables();
    environment.retain(|(name, _)| !name.as_encoded_bytes().to_ascii_uppercase().starts_with(b"__MCPENV_"));
    let mut warnings: Vec<String> = ground.unread.clone();
    let pending = ground.servers.iter().filter(|a| a.projection.scope == Scope::Project && a.is_pending());
    warnings.extend(pending.map(|a| {
        let name = shown(&a.found.server.name);
        format!("`{name}` in `{}` is not as you allowed it, and its variables are left out", a.found.file)
    }));
    if !wanted.is_empty() {
        let mut profile = workspace.store().load(&ground.profile)?;
        for (name, is_required) in wanted {
            match profile.variables.remove(&name) {
                Some(variable) => match require_room(&name, &variable.value) {
                    Ok(()) => put(&mut environment, name.as_str(), text(variable.value.expose())?),
                    Err(e) => warnings.push(format!("{e}, and is left out")),
                },
                None if is_required => warnings.push(format!("no value for `{name}`; add it with `mcpenv set {name}`")),
                None => {}
            }
        }
    }
    let path = workspace.var("PATH").unwrap_or_default();
    let mut words = words.to_vec();
    let name = words.remove(0);
    let program = program::find(&name, &program::elements(&path), &workspace.cwd())?;
    Ok((Launch { program, name, arguments: words, environment, directory: None, is_server: false }, warnings))
}

/// The names that the hook would load, and those that only `exec` gives; with each, whether somebody needs it.
fn wanted(ground: &Ground) -> BTreeMap<VarName, bool> {
    let wishes = &ground.project.wishes;
    let mut wanted = BTreeMap::new();
    for asked in ground.servers.iter().filter(|a| a.is_approved() && a.projection.scope == Scope::Project) {
        for (name, _) in asked.projection.variables.iter().filter(|(_, inject)| *inject != Inject::Never) {
            *wanted.entry(name.clone()).or_default() |= asked.requires(name) && wishes.requires(name);
        }
    }
    // as it was approved, like the hook
    let of_user = ground.record.servers.iter().map(|a| &a.projection);
    for server in of_user.filter(|p| p.scope == Scope::User && wishes.wants_client(&p.client)) {
        for (name, approved) in &server.variables {
            if *approved != Inject::Never && wishes.inject(name) != Inject::Never {
                wanted.entry(name.clone()).or_default();
            }
        }
    }
    wanted
}

fn refuse_agent(workspace: &Workspace, what: &'static str) -> Result<(), Refusal> {
    match workspace.agent() {
        Some((agent, variable)) => Err(Refusal::Agent { agent, variable, what }),
        None => Ok(()),
    }
}

/// The names were judged before; a text made of several values is still judged here.
fn text(bytes: &[u8]) -> Result<OsString, Refusal> {
    let wrong = || Refusal::Value { name: "something in the command line".to_owned(), why: "is no text on this system" };
    sys::os_text(bytes).ok_or_else(wrong)
}
