//! Why mcpenv does not start a server, or makes no headers for it. Names places and variables, never what stands there.

use std::path::PathBuf;

use crate::escape::{shown, shown_path};
use crate::fault::{Exit, Fault};
use crate::ops::target::TargetError;
use crate::profile::ProfileName;
use crate::settings::SettingsError;
use crate::store::StoreError;
use crate::var::VarName;

#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("`{}` is not approved", shown_path(.0))]
    NotApproved(PathBuf),
    #[error("`{}` was denied", shown_path(.0))]
    Denied(PathBuf),
    #[error("`clients` in `{}` changed since you allowed it", shown_path(.0))]
    NewClients(PathBuf),
    #[error("something in `{}` is not as you allowed it, and `on_change = \"project\"` withdraws everything then", shown_path(.0))]
    Withdrawn(PathBuf),
    #[error("{0}")]
    Unread(String),
    #[error("no server `{}` is declared here{}", shown(.server), .client.as_ref().map(|c| format!(" for `{}`", shown(c))).unwrap_or_default())]
    NoServer { server: String, client: Option<String>, nearest: Option<String> },
    #[error("`{}` in `{file}` {what}", shown(.server))]
    Pending { server: String, file: String, what: &'static str },
    #[error("`{}` is not approved for this: {what}", shown(.server))]
    Differs { server: String, what: String },
    #[error("several clients declare `{}`, and not alike", shown(.server))]
    SeveralClients { server: String, clients: Vec<&'static str> },
    #[error("this is how `{}` in `{file}` is started, and it would get every variable of the project", shown(.server))]
    Unnamed { server: String, file: String },
    #[error("this is a shell that {agent} started (`{variable}` is set), and {what}")]
    Agent { agent: &'static str, variable: &'static str, what: &'static str },
    #[error("no value for {} in profile `{profile}`, and `{}` needs {}", listed(.names), shown(.server), if .names.len() == 1 { "it" } else { "them" })]
    Missing { names: Vec<VarName>, server: String, profile: ProfileName },
    #[error("the value of `{name}` {why}")]
    Value { name: String, why: &'static str },
    #[error("`.mcpenv.toml` names no headers for `{}`", shown(.0))]
    NoHeaders(String),
    #[error("`{}` was not found{}", shown(.name), if *.is_skipping { " in the absolute directories of PATH" } else { "" })]
    NotFound { name: String, is_skipping: bool },
    #[error("`{}` cannot be started: {why}", shown_path(.program))]
    NotStarted { program: PathBuf, why: String, exit: Exit },
}

impl Fault for Refusal {
    fn exit(&self) -> Exit {
        match self {
            Self::Target(e) => e.exit(),
            Self::Settings(e) => e.exit(),
            Self::Store(e) => e.exit(),
            Self::SeveralClients { .. } => Exit::Usage,
            Self::Agent { .. } => Exit::NeedsPerson,
            Self::Missing { .. } | Self::Value { .. } | Self::NoHeaders(_) => Exit::Failed,
            Self::NotFound { .. } => Exit::NotFound,
            Self::NotStarted { exit, .. } => *exit,
            _ => Exit::NotApproved,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Target(e) => e.hint(),
            Self::Settings(e) => e.hint(),
            Self::Store(e) => e.hint(),
            Self::NoServer { nearest: Some(nearest), .. } => Some(format!("the nearest is `{}`", shown(nearest))),
            Self::NoServer { .. } => Some("`mcpenv status` lists the servers that are declared here".to_owned()),
            Self::SeveralClients { clients, .. } => {
                let options: Vec<_> = clients.iter().map(|c| format!("`--client {c}`")).collect();
                Some(format!("say whose you mean: {}", options.join(" or ")))
            }
            Self::Unnamed { server, .. } => Some(format!("write `mcpenv exec --server {} --` there", shown(server))),
            Self::Agent { .. } => Some("run it in a terminal of your own".to_owned()),
            Self::Missing { names, .. } => names.first().map(|name| format!("add it with `mcpenv set {name}`")),
            Self::Value { name, .. } => Some(format!("store another one with `mcpenv set {name}`")),
            Self::NoHeaders(server) => Some(format!(
                "write `[servers.{}]` and `headers = {{ Authorization = \"Bearer ${{NAME}}\" }}` there",
                shown(server)
            )),
            Self::NotFound { .. } => Some("install it, or write its whole path".to_owned()),
            Self::NotStarted { .. } => None,
            Self::Unread(_) => Some("mend the file".to_owned()),
            _ => Some("see what stands there now with `mcpenv allow`".to_owned()),
        }
    }
}

fn listed(names: &[VarName]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
