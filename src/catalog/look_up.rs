//! Finds a server by what starts it: the package that a runner fetches, an image, a host, a program. Never by a part of a name.

use super::data::{Server, servers};

/// The server that a command line or a URL starts; the one with the longest name where several fit.
#[must_use]
pub fn server_for(command: Option<&str>, args: &[&str], url: Option<&str>) -> Option<&'static Server> {
    let mut words: Vec<Word<'_>> = Vec::new();
    if let Some(command) = command {
        started(command, args, &mut words);
    }
    words.extend(url.and_then(Word::url));
    let mut best: Option<(usize, &'static Server)> = None;
    for server in servers() {
        for name in &server.names {
            if words.iter().any(|word| word.is(name)) && best.is_none_or(|(length, _)| name.len() > length) {
                best = Some((name.len(), server));
            }
        }
    }
    best.map(|(_, server)| server)
}

/// Something that can name a server.
#[derive(Debug)]
enum Word<'a> {
    /// A host, and the path behind it.
    Url(&'a str, &'a str),
    /// A package, an image or a program, without its version.
    Name(&'a str),
    /// A program and its first argument.
    Pair(&'a str, &'a str),
}

/// How many words a command line is looked through for.
const MOST: usize = 256;

/// What a command line starts.
fn started<'a>(command: &'a str, args: &[&'a str], words: &mut Vec<Word<'a>>) {
    let program = program(command);
    let rest = |skip: usize| args.get(skip..).unwrap_or_default();
    match (program, args) {
        ("cmd", [switch, command, ..]) if switch.eq_ignore_ascii_case("/c") => started(command, rest(2), words),
        ("env" | "cross-env", _) => {
            if let Some(at) = args.iter().position(|word| !word.contains('=') && !word.starts_with('-')) {
                started(args[at], rest(at + 1), words);
            }
        }
        ("npx" | "bunx" | "pnpx" | "uvx", _) => fetched(args, words),
        ("npm" | "pnpm" | "yarn", ["exec" | "x" | "dlx", ..]) => fetched(rest(1), words),
        ("bun", ["x" | "run", ..]) | ("pipx" | "uv" | "deno" | "dotnet", ["run", ..]) => fetched(rest(1), words),
        ("uv", ["tool", "run", ..]) => fetched(rest(2), words),
        ("python" | "python3", ["-m", module, ..]) => words.push(Word::Name(module)),
        ("node" | "python" | "python3" | "bun" | "deno", [script, ..]) => words.extend(Word::name(script)),
        // the image is the only word among its options that can be one of ours
        ("docker" | "podman", _) => {
            let images = args.iter().take(MOST).filter(|word| word.contains('/'));
            words.extend(images.filter_map(|word| Word::name(word)));
        }
        _ => {
            words.push(Word::Name(program));
            words.extend(args.first().map(|first| Word::Pair(program, first)));
        }
    }
}

/// The package that a runner fetches, and where a bridge to a remote server leads.
fn fetched<'a>(args: &[&'a str], words: &mut Vec<Word<'a>>) {
    let mut rest = args.iter().take(MOST);
    while let Some(word) = rest.next() {
        if matches!(*word, "-p" | "--package" | "--from" | "--with") {
            words.extend(rest.next().and_then(|package| Word::name(package)));
        } else if let Some(package) = ["--package=", "--from="].iter().find_map(|option| word.strip_prefix(option)) {
            words.extend(Word::name(package));
        } else if !word.starts_with('-') {
            let package = Word::name(word);
            if matches!(package, Some(Word::Name("mcp-remote" | "mcp-proxy" | "supergateway"))) {
                words.extend(rest.find_map(|word| Word::url(word)));
            }
            words.extend(package);
            return;
        }
    }
}

fn program(command: &str) -> &str {
    let name = command.rsplit(['/', '\\']).next().unwrap_or(command);
    [".exe", ".cmd", ".bat"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
}

impl<'a> Word<'a> {
    fn url(text: &'a str) -> Option<Self> {
        let (_, rest) = text.split_once("://")?;
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let host = authority.rsplit('@').next().unwrap_or(authority);
        let host = host.split(':').next().unwrap_or(host);
        Some(Self::Url(host, path.split(['?', '#']).next().unwrap_or("").trim_matches('/')))
    }

    /// `@scope/name@1.2`, `image@sha256:…`, `host:5000/image:1.2`, `package==1.2`, `package[extra]`, or a path to a program.
    fn name(word: &'a str) -> Option<Self> {
        if word.is_empty() || word.contains(|c: char| c.is_whitespace() || matches!(c, '$' | '{')) {
            return None;
        }
        if word.starts_with(['/', '.', '~']) || word.contains('\\') {
            return Some(Self::Name(program(word)));
        }
        let first = word.chars().next().map_or(0, char::len_utf8);
        let end = word[first..].find(['@', '[', '<', '>', '~', '!', '=']).map_or(word.len(), |at| first + at);
        let name = word[..end].strip_prefix("docker.io/").unwrap_or(&word[..end]);
        let last = name.rfind('/').map_or(0, |at| at + 1);
        Some(Self::Name(name[last..].find(':').map_or(name, |at| &name[..last + at])))
    }

    /// Whether an entry of the list names it. A `.` at the end of that stands for all that go on from there.
    fn is(&self, known: &str) -> bool {
        match self {
            Self::Url(host, path) => {
                let (known_host, known_path) = known.split_once('/').unwrap_or((known, ""));
                let host = host.to_ascii_lowercase();
                let is_host = host.strip_suffix(known_host).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
                let is_path = path
                    .strip_prefix(known_path)
                    .is_some_and(|rest| known_path.is_empty() || rest.is_empty() || rest.starts_with('/'));
                known_host.contains('.') && is_host && is_path
            }
            Self::Name(name) => *name == known || known.ends_with('.') && name.len() > known.len() && name.starts_with(known),
            Self::Pair(program, first) => known.split_once(' ') == Some((*program, *first)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(line: &str) -> &'static str {
        let mut words = line.split(' ');
        let command = words.next();
        let args: Vec<&str> = words.collect();
        server_for(command, &args, None).map_or("-", |server| &server.id)
    }

    #[test]
    fn a_server_is_known_by_its_package_image_or_program() {
        for (line, expected) in [
            ("npx -y @modelcontextprotocol/server-github", "github"),
            ("npx -y @modelcontextprotocol/server-github@1.2", "github"),
            ("npx -y my-server-github-notes", "-"),
            ("npx -y @acme/server-github", "-"),
            ("npx -y @acme/mcp --like @stripe/mcp", "-"),
            ("npx --package=@stripe/mcp mcp", "stripe"),
            ("cmd /c npx -y tavily-mcp@latest", "tavily"),
            ("npm exec -- @stripe/mcp", "stripe"),
            ("uvx awslabs.aws-api-mcp-server@latest", "aws"),
            ("uvx --from mcp-atlassian==0.11 tool", "atlassian"),
            ("uv tool run mcp-obsidian", "obsidian"),
            ("docker run -i --rm -e NOTION_TOKEN mcp/notion:1.0", "notion"),
            ("docker run -i ghcr.io/github/github-mcp-server@sha256:abc", "github"),
            ("podman run docker.io/mcp/slack", "slack"),
            ("docker run -v /data/mcp/notion:/x acme/image", "-"),
            ("/usr/local/bin/github-mcp-server stdio", "github"),
            ("snyk mcp -t stdio", "snyk"),
            ("snyk test", "-"),
            ("env A=b npx @stripe/mcp", "stripe"),
            ("npx mcp-remote https://mcp.linear.app/sse", "linear"),
            ("npx acme https://mcp.linear.app/sse", "-"),
            ("node ./build/index.js", "-"),
            ("npx", "-"),
        ] {
            assert_eq!(id(line), expected, "{line}");
        }
    }

    #[test]
    fn a_remote_server_is_known_by_its_host() {
        for (url, expected) in [
            ("https://mcp.notion.com/mcp", "notion"),
            ("https://MCP.Notion.com", "notion"),
            ("https://docs.mcp.cloudflare.com/sse", "cloudflare"),
            ("https://api.githubcopilot.com/mcp/", "github"),
            ("https://api.githubcopilot.com/other", "-"),
            ("https://mcp.notion.com.evil.example/mcp", "-"),
            ("https://evil.example/mcp.notion.com", "-"),
            ("https://u:p@mcp.notion.com:443/mcp?x", "notion"),
            ("https://notmcp.notion.com", "-"),
        ] {
            assert_eq!(server_for(None, &[], Some(url)).map_or("-", |server| &server.id), expected, "{url}");
        }
    }
}
