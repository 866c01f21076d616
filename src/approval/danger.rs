//! What deserves a second look before a server is approved. No list of commands is a policy: everything is shown in full, and
//! these marks only say where to look first.

use crate::client::{Server, Value};
use crate::reserved;

/// The marks of one server, each a sentence.
#[must_use]
pub fn dangers(server: &Server) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(program) = server.command() {
        let name = program.rsplit(['/', '\\']).next().unwrap_or(program).trim_end_matches(".exe").trim_end_matches(".cmd");
        let arguments = server.args();
        if runs_code(name, &arguments) {
            found.push(format!("`{name}` runs code that stands in the arguments"));
        }
        if let Some(package) = unpinned(name, &arguments) {
            found.push(format!("`{package}` is not pinned: the newest version runs, whoever published it"));
        }
        if program.starts_with("./") || program.starts_with(".\\") || program.starts_with("..") {
            found.push("the program lies in the project: whoever changes the project changes it".to_owned());
        }
    }
    if let Some(url) = server.url()
        && url.starts_with("http:")
        && !is_loopback(url)
    {
        found.push("the URL is not encrypted: everybody on the way reads what is sent".to_owned());
    }
    for (name, _) in server.env() {
        if let Some(why) = reserved::denied(name).or_else(|| reserved::caution(name)) {
            found.push(format!("`{name}` is set beside the variables: {why}"));
        }
    }
    if let Value::Map(entry) = &server.entry
        && entry.iter().any(|(key, _)| key == "headersHelper")
    {
        found.push("`headersHelper` is a command that the client runs".to_owned());
    }
    found
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
    INTERPRETERS.iter().any(|(program, flags)| {
        *program == name
            && arguments.iter().any(|a| flags.iter().any(|f| a == f || (f.starts_with("--") && a.starts_with(&format!("{f}=")))))
    })
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

fn is_loopback(url: &str) -> bool {
    let host = url.trim_start_matches("http://").split(['/', '?', '#']).next().unwrap_or("");
    let host = host.rsplit('@').next().unwrap_or("");
    let host =
        host.strip_prefix('[').map_or_else(|| host.split(':').next().unwrap_or(""), |v6| v6.split(']').next().unwrap_or(""));
    matches!(host, "localhost" | "::1") || host.starts_with("127.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_in_arguments_is_marked() {
        assert!(runs_code("node", &["-e", "x"]) && runs_code("node", &["--eval=x"]) && runs_code("npx", &["-c", "x"]));
        assert!(!runs_code("node", &["server.js", "-x"]));
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
    }
}
