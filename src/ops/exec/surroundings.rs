//! What a server that mcpenv starts gets of the caller's environment: what the MCP SDKs pass on, what says where the user is and
//! how the network is reached, and what the user's own settings name. Nothing else.

use std::ffi::{OsStr, OsString};

use super::program;
use crate::ops::workspace::Workspace;
use crate::session::{MARKER, Marker, login_key};
use crate::settings::Settings;
use crate::sys;

/// Beside the list of the SDKs: language, time, places, proxies, certificates. `X*` is a family of names.
const MORE: &[&str] = &[
    "LANG",
    "LC_*",
    "TZ",
    "TMPDIR",
    "XDG_*",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NODE_EXTRA_CA_CERTS",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
];

/// The part of the caller's environment that a server gets.
pub(super) fn base(workspace: &Workspace, settings: &Settings) -> Vec<(OsString, OsString)> {
    let marker = workspace.var(MARKER).and_then(|text| text.into_string().ok());
    let marker = marker.as_deref().map(Marker::parse).unwrap_or_default();
    let is_passed = |name: &OsStr| {
        let own = settings.exec_env.iter().map(String::as_str);
        sys::SERVER_BASE.iter().copied().chain(MORE.iter().copied()).chain(own).any(|pattern| is_named(pattern, name))
    };
    let is_loaded = |name: &OsStr, value: &OsStr| {
        // what the hook loaded for another server is not the user's own
        let loaded = name.to_str().and_then(|name| marker.names().find(|known| known.as_str() == name));
        loaded.is_some_and(|known| {
            login_key(&workspace.paths.runtime()).is_ok_and(|key| marker.is_ours(&key, known, value.as_encoded_bytes()))
        })
    };
    let all = workspace.variables().into_iter();
    let kept = all.filter(|(name, value)| {
        // a shell function in the clothes of a variable: the SDKs leave these out too
        is_passed(name) && !value.as_encoded_bytes().starts_with(b"()") && !is_loaded(name, value)
    });
    kept.filter_map(|(name, value)| {
        let is_path = sys::is_same_variable(&name, "PATH".as_ref());
        let value = if is_path { program::absolute_only(value)? } else { value };
        Some((name, value))
    })
    .collect()
}

fn is_named(pattern: &str, name: &OsStr) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => {
            let head = name.to_str().and_then(|name| name.get(..start.len()));
            head.is_some_and(|head| sys::is_same_variable(head.as_ref(), start.as_ref()))
        }
        None => sys::is_same_variable(pattern.as_ref(), name),
    }
}

/// Sets a variable, in the place of one that is there.
pub(super) fn put(environment: &mut Vec<(OsString, OsString)>, name: &str, value: OsString) {
    environment.retain(|(known, _)| !sys::is_same_variable(known, name.as_ref()));
    environment.push((name.into(), value));
}
