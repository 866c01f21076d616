//! What deserves a second look before a server is approved. No list of commands is a policy: everything is shown in full, and
//! these marks only say where to look first.

use std::collections::BTreeSet;

use crate::client::{Kind, Reference, Server, Transport, Value, placeholders};
use crate::reserved;

/// What is longer than this may push what matters off the screen, in characters.
const LONG: usize = 2000;

/// The marks of one server, each a sentence.
#[must_use]
pub fn dangers(server: &Server) -> Vec<String> {
    let mut found = Vec::new();
    started_by_mcpenv(server, &mut found);
    found.extend(filled_arguments(server).into_iter().take(8).map(in_arguments));
    let launched = server.launched();
    if let Some((program, arguments)) = &launched {
        let name = base_name(program);
        if let Some(name) = runner_of_code(name, arguments) {
            found.push(format!("`{name}` runs code that stands in the arguments"));
        }
        if let Some(package) = unpinned(name, arguments) {
            found.push(format!("`{package}` is not pinned: the newest version runs, whoever published it"));
        }
        if lies_in_project(program) {
            found.push("the program lies in the project: whoever changes the project changes it".to_owned());
        }
    }
    let is_open = |url: &str| url.trim_start().to_ascii_lowercase().starts_with("http:") && !is_loopback(url);
    if server.urls().any(is_open) {
        found.push("the URL is not encrypted: everybody on the way reads what is sent".to_owned());
    }
    let program = launched.as_ref().map(|(program, _)| ("command", *program));
    let hosts = server.urls().map(|url| ("host", host_of(url)));
    for (what, text) in program.into_iter().chain(hosts) {
        if let Some(letter) = text.chars().find(|c| !c.is_ascii()) {
            found.push(format!("the {what} holds U+{:04X}, which may look like another letter", u32::from(letter)));
        }
    }
    for (part, text) in server.entry.leaves() {
        let length = text.chars().count();
        if length > LONG {
            found.push(format!("`{part}` is {length} characters long: read it in the file itself"));
        }
    }
    for (name, _) in server.env() {
        if let Some(why) = reserved::denied(name).or_else(|| reserved::caution(name)) {
            found.push(format!("`{name}` is set beside the variables: {why}"));
        }
    }
    if server.references.iter().any(|reference| reference.kind == Kind::EnvFile) {
        found.push(
            "a file of variables is read beside this: whoever changes it changes what is set, and no approval notices".to_owned(),
        );
    }
    if let Value::Map(entry) = &server.entry
        && entry.iter().any(|(key, _)| key == "headersHelper")
    {
        found.push("`headersHelper` is a command that the client runs".to_owned());
        match server.helper() {
            Some(Ok(helper)) if helper.server != server.name => {
                found.push("its `headersHelper` asks for the headers of another server: it gets none".to_owned());
            }
            Some(Ok(_)) => {
                found.push("whoever runs its `headersHelper` here sees the headers, and the values in them".to_owned());
            }
            Some(Err(why)) => found.push(format!("mcpenv makes no headers for it: {why}")),
            None => {}
        }
    }
    found
}

/// What to know of an entry that lets mcpenv start its server.
fn started_by_mcpenv(server: &Server, found: &mut Vec<String>) {
    let wrapper = match server.wrapper() {
        None => return,
        Some(Err(why)) => return found.push(format!("mcpenv does not start it: {why}")),
        Some(Ok(wrapper)) => wrapper,
    };
    if wrapper.server != server.name {
        found.push(format!("it asks for the server `{}`, not for itself: it is not started", wrapper.server));
    }
    if wrapper.project.is_some() {
        found.push("it names its project itself: what it gets is what was allowed there".to_owned());
    }
    if server.env_files().next().is_some() {
        found.push("what a file of variables sets does not reach a server that mcpenv starts".to_owned());
    }
    let words = [wrapper.command].into_iter().chain(wrapper.args.iter().copied());
    let placed: BTreeSet<&str> = words.flat_map(placeholders).map(|(_, name)| name).collect();
    let own: BTreeSet<&str> = server.references.iter().filter(|r| r.is_export).map(|r| r.name.as_str()).collect();
    found.extend(placed.intersection(&own).map(|name| in_arguments(name)));
    // a file that is full of them must not push away what else there is to read
    let set = server.env();
    let all: BTreeSet<&str> = set.iter().flat_map(|(_, text)| placeholders(text)).map(|(_, name)| name).chain(placed).collect();
    for name in all.difference(&own).take(8) {
        found.push(format!("`%{{{name}}}` is none of its variables: the text itself is passed on"));
    }
}

/// What its client fills into the arguments of a server that it starts.
fn filled_arguments(server: &Server) -> BTreeSet<&str> {
    let at = |reference: &&Reference| {
        let rest = reference.at.strip_prefix(&server.pointer).unwrap_or_default();
        reference.kind == Kind::Env
            && reference.is_export
            && rest.strip_prefix('/').is_some_and(|rest| rest.starts_with("args/") || rest.starts_with("command/"))
    };
    let words = if server.transport == Transport::Stdio { server.references.as_slice() } else { &[] };
    let is_usual = |name: &&str| !matches!(*name, "HOME" | "PWD" | "PATH" | "USER" | "TMPDIR");
    words.iter().filter(at).map(|reference| reference.name.as_str()).filter(is_usual).collect()
}

fn in_arguments(name: &str) -> String {
    format!("the value of `{name}` stands in the arguments: every program on this machine can read it in the list of processes")
}

/// The interpreter that runs code of the arguments, also behind `env`, `sudo` and their like.
fn runner_of_code<'a>(name: &'a str, arguments: &[&'a str]) -> Option<&'a str> {
    const WRAPPERS: &[&str] = &["env", "sudo", "doas", "nohup", "nice", "timeout", "time", "exec", "command", "xargs"];
    if runs_code(name, arguments) {
        return Some(name);
    }
    let wrapped = WRAPPERS.contains(&name).then_some(arguments)?;
    (0..wrapped.len())
        .map(|at| (base_name(wrapped[at]), &wrapped[at + 1..]))
        .find(|(name, rest)| runs_code(name, rest))
        .map(|f| f.0)
}

fn base_name(program: &str) -> &str {
    program.rsplit(['/', '\\']).next().unwrap_or(program).trim_end_matches(".exe").trim_end_matches(".cmd")
}

fn runs_code(name: &str, arguments: &[&str]) -> bool {
    const INTERPRETERS: &[(&str, &[&str])] = &[
        ("sh", &["-c"]),
        ("bash", &["-c", "-lc", "-ic"]),
        ("zsh", &["-c", "-lc", "-ic"]),
        ("dash", &["-c"]),
        ("fish", &["-c"]),
        ("cmd", &["/c", "/C", "/k", "/K"]),
        ("powershell", &["-Command", "-c", "-EncodedCommand", "-e"]),
        ("pwsh", &["-Command", "-c", "-EncodedCommand", "-e"]),
        ("node", &["-e", "--eval", "-p", "--print", "-r", "--require", "--import"]),
        ("deno", &["eval"]),
        ("bun", &["-e", "--eval"]),
        ("python", &["-c"]),
        ("python3", &["-c"]),
        ("perl", &["-e", "-E"]),
        ("ruby", &["-e"]),
        ("php", &["-r"]),
        ("npx", &["-c", "--call"]),
        ("uvx", &["--with"]),
        ("osascript", &["-e"]),
    ];
    const CLUSTERS: &[&str] = &["sh", "bash", "zsh", "dash", "fish", "python", "python3", "perl", "ruby", "node"];
    let name = versionless(name);
    let options = || arguments.iter().take_while(|a| a.starts_with('-'));
    let is_code = |flag: &str, a: &str| {
        // short options stand together: `bash -xc`, `perl -ne`
        let is_among = || a.len() <= 4 && !a.starts_with("--") && flag.len() == 2 && a[1..].contains(&flag[1..]);
        a == flag || flag.starts_with("--") && a.starts_with(&format!("{flag}=")) || CLUSTERS.contains(&name) && is_among()
    };
    INTERPRETERS.iter().any(|(program, flags)| {
        *program == name && flags.iter().any(|f| arguments.contains(f) || options().any(|a| is_code(f, a)))
    })
}

/// `python3.12` is `python3`.
fn versionless(name: &str) -> &str {
    match name.split_once('.') {
        Some((start, version)) if version.bytes().all(|b| b.is_ascii_digit() || b == b'.') => start,
        _ => name,
    }
}

/// The package that a runner fetches without a version.
fn unpinned<'a>(name: &str, arguments: &[&'a str]) -> Option<&'a str> {
    let (("npx" | "bunx" | "uvx" | "pipx", arguments)
    | ("pnpm" | "yarn", ["dlx", arguments @ ..])
    | ("npm", ["exec", arguments @ ..])
    | ("bun", ["x", arguments @ ..])
    | ("uv", ["tool", "run", arguments @ ..])) = (name, arguments)
    else {
        return None;
    };
    let package = arguments.iter().find(|a| !a.starts_with('-') && **a != "run")?;
    let is_path = package.starts_with('.') || package.starts_with('/') || package.contains("://");
    let version = package.get(1..).and_then(|rest| rest.find(['@', '='])).map(|at| &package[at + 2..]);
    let is_pinned = version.is_some_and(|v| v.trim_start_matches('=').starts_with(|c: char| c.is_ascii_digit() || c == 'v'));
    (!is_path && !is_pinned).then_some(*package)
}

/// A path that is not absolute starts in the directory of the project.
fn lies_in_project(program: &str) -> bool {
    let is_elsewhere = program.starts_with(['/', '\\', '~']) || program.get(1..2) == Some(":");
    let is_given = program.starts_with("${") && !program.contains("PROJECT_DIR") && !program.contains("workspaceFolder");
    program.contains(['/', '\\']) && !is_elsewhere && !is_given
}

fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or("");
    authority.rsplit('@').next().unwrap_or("")
}

fn is_loopback(url: &str) -> bool {
    let host = host_of(url);
    let host =
        host.strip_prefix('[').map_or_else(|| host.split(':').next().unwrap_or(""), |v6| v6.split(']').next().unwrap_or(""));
    matches!(host, "localhost" | "::1") || host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_in_arguments_is_marked() {
        assert!(runs_code("node", &["-e", "x"]) && runs_code("node", &["--eval=x"]) && runs_code("npx", &["-c", "x"]));
        assert!(!runs_code("node", &["server.js", "-x"]) && !runs_code("node", &["server.js", "-dev"]));
        assert!(runs_code("bash", &["-xc", "x"]) && runs_code("python3.12", &["-Ic", "x"]) && runs_code("perl", &["-ne", "x"]));
        assert_eq!(runner_of_code("env", &["A=1", "/bin/sh", "-c", "x"]), Some("sh"));
        assert_eq!(runner_of_code("docker", &["run", "x"]), None);
    }

    #[test]
    fn a_package_without_a_version_is_marked() {
        assert_eq!(unpinned("npx", &["-y", "@acme/mcp"]), Some("@acme/mcp"));
        assert_eq!(unpinned("npx", &["-y", "@acme/mcp@latest"]), Some("@acme/mcp@latest"));
        assert_eq!(unpinned("npx", &["-y", "@acme/mcp@1.2.3"]), None);
        assert_eq!(unpinned("uvx", &["mcp-x==2.0"]), None);
        assert_eq!(unpinned("uvx", &["mcp-x"]), Some("mcp-x"));
        assert_eq!(unpinned("pnpm", &["dlx", "x"]), Some("x"));
        assert_eq!(unpinned("docker", &["run", "x"]), None);
        assert_eq!(unpinned("npx", &["日本"]), Some("日本"));
    }

    #[test]
    fn only_this_machine_may_go_unencrypted() {
        assert!(is_loopback("http://127.0.0.1:8080/x") && is_loopback("http://[::1]:1/") && is_loopback("http://localhost"));
        assert!(!is_loopback("http://localhost.evil.com/") && !is_loopback("http://localhost@evil.com"));
        assert!(!is_loopback("http://127.evil.com/") && !is_loopback("http://127.0.0.1.evil.com/"));
    }

    #[test]
    fn a_program_of_the_project_is_known_by_its_path() {
        for inside in ["./x", "../x", "bin/x", "${CLAUDE_PROJECT_DIR}/x", ".\\x", "bin\\x"] {
            assert!(lies_in_project(inside), "{inside}");
        }
        for outside in ["npx", "/usr/bin/x", "~/x", "${HOME}/x", "C:\\x", "C:/x"] {
            assert!(!lies_in_project(outside), "{outside}");
        }
    }
}
