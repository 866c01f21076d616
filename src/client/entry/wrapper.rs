//! An entry that lets mcpenv start its server (`mcpenv exec --server S … -- CMD ARGS…`) or make its headers (`mcpenv headers S`).
//! Read as mcpenv's own command line reads it. What cannot be read so is no wrapper that anything is given to.

use crate::client::contract::{Server, Value};

/// A server that mcpenv starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapper<'s> {
    /// mcpenv, as the entry names it.
    pub program: &'s str,
    pub server: &'s str,
    pub client: Option<&'s str>,
    pub project: Option<&'s str>,
    /// The server's own command.
    pub command: &'s str,
    pub args: Vec<&'s str>,
}

/// A command that makes the headers of a remote server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Helper {
    pub server: String,
    pub client: Option<String>,
    pub project: Option<String>,
}

impl Server {
    /// How mcpenv starts this server; `None` when something else does. The error says why it cannot.
    #[must_use]
    pub fn wrapper(&self) -> Option<Result<Wrapper<'_>, &'static str>> {
        let program = self.command().filter(|program| is_mcpenv(program))?;
        match self.args().as_slice() {
            ["exec", words @ ..] => Some(wrapper(program, words)),
            _ => None,
        }
    }

    /// The program and the arguments that run in the end, through a wrapper.
    #[must_use]
    pub fn launched(&self) -> Option<(&str, Vec<&str>)> {
        match self.wrapper() {
            Some(Ok(wrapper)) => Some((wrapper.command, wrapper.args)),
            _ => Some((self.command()?, self.args())),
        }
    }

    /// How mcpenv makes the headers of this server; `None` when it does not. The error says why it cannot.
    #[must_use]
    pub fn helper(&self) -> Option<Result<Helper, &'static str>> {
        let Some(Value::Text(line)) = self.entry.get("headersHelper") else { return None };
        let words = words(line);
        let first =
            words.as_ref().map_or_else(|| line.split_whitespace().next().unwrap_or(""), |words| words.first().map_or("", |w| w));
        if !is_mcpenv(first) {
            return None;
        }
        let Some(words) = words else { return Some(Err("a shell would read more into its command line than words")) };
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            [program, "headers", words @ ..] => Some(helper(program, words)),
            _ => None,
        }
    }
}

fn wrapper<'s>(program: &'s str, words: &[&'s str]) -> Result<Wrapper<'s>, &'static str> {
    require_place(program)?;
    let options = Options::read(words)?;
    if !options.words.is_empty() {
        return Err("`--` is missing before the server's own command");
    }
    let Some((command, args)) = options.rest.as_deref().and_then(<[&str]>::split_first) else {
        return Err("`--` and the server's own command are missing");
    };
    let server = options.server.ok_or("`--server` is missing, so it would get every variable of the project")?;
    if is_mcpenv(command) {
        return Err("what it starts is mcpenv again");
    }
    Ok(Wrapper { program, server, client: options.client, project: options.project, command, args: args.to_vec() })
}

fn helper(program: &str, words: &[&str]) -> Result<Helper, &'static str> {
    require_place(program)?;
    let options = Options::read(words)?;
    match (options.words.as_slice(), options.server, options.rest) {
        ([server], None, None) => Ok(Helper {
            server: (*server).to_owned(),
            client: options.client.map(str::to_owned),
            project: options.project.map(str::to_owned),
        }),
        _ => Err("it is not `mcpenv headers SERVER`"),
    }
}

/// What stands behind `mcpenv exec`, the options in any order.
#[derive(Default)]
struct Options<'s> {
    server: Option<&'s str>,
    client: Option<&'s str>,
    project: Option<&'s str>,
    words: Vec<&'s str>,
    rest: Option<Vec<&'s str>>,
}

impl<'s> Options<'s> {
    fn read(words: &[&'s str]) -> Result<Self, &'static str> {
        let mut options = Self::default();
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            if word == "--" {
                options.rest = Some(words.collect());
                break;
            }
            let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
            let slot = match name {
                "--server" => &mut options.server,
                "--client" => &mut options.client,
                "--project" => &mut options.project,
                _ if word.starts_with('-') => return Err("one of its options is none that mcpenv has there"),
                _ => {
                    options.words.push(word);
                    continue;
                }
            };
            let value = value.or_else(|| words.next().filter(|value| !value.starts_with('-')));
            if slot.replace(value.ok_or("one of its options is without its value")?).is_some() {
                return Err("one of its options is given twice");
            }
        }
        Ok(options)
    }
}

/// Whether a program goes by the name of mcpenv, wherever it lies.
fn is_mcpenv(program: &str) -> bool {
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
    name == "mcpenv" || name.eq_ignore_ascii_case("mcpenv.exe")
}

/// A path that starts in some directory leads to whatever lies there under this name.
fn require_place(program: &str) -> Result<(), &'static str> {
    let is_absolute = program.starts_with(['/', '\\']) || matches!(program.as_bytes(), [_, b':', b'/' | b'\\', ..]);
    if is_absolute || !program.contains(['/', '\\']) { Ok(()) } else { Err("the path to its mcpenv is not absolute") }
}

/// The words of a command line in which a shell has nothing to do but to split it; `None` for any other.
fn words(line: &str) -> Option<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    let mut quote = None;
    let mut is_inside = false;
    for c in line.chars() {
        match (quote, c) {
            (None, ' ' | '\t') => is_inside = false,
            (Some(open), c) if open == c => quote = None,
            (Some(_), '$' | '`' | '\\' | '%' | '!') | (_, '\n' | '\r') => return None,
            (None, c) if !(c.is_alphanumeric() || matches!(c, '"' | '\'') || "_./:@+,=~-".contains(c)) => return None,
            (open, c) => {
                if !is_inside {
                    words.push(String::new());
                    is_inside = true;
                }
                if open.is_none() && matches!(c, '"' | '\'') {
                    quote = Some(c);
                } else if let Some(word) = words.last_mut() {
                    word.push(c);
                }
            }
        }
    }
    quote.is_none().then_some(words)
}

/// The `%{NAME}` in a text: the bytes it takes, and the name.
pub fn placeholders(text: &str) -> impl Iterator<Item = (std::ops::Range<usize>, &str)> {
    text.match_indices("%{").filter_map(|(start, open)| {
        let name = &text[start + open.len()..];
        let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))?;
        let is_name = !name.starts_with(|c: char| c.is_ascii_digit()) && end > 0 && name[end..].starts_with('}');
        is_name.then(|| (start..start + open.len() + end + 1, &name[..end]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::contract::Scope;
    use crate::client::registry::find;

    fn entry(text: &str) -> Server {
        let text = format!(r#"{{ "mcpServers": {{ "s": {text} }} }}"#);
        let claude = find("claude-code").expect("a client");
        claude.read(text.as_bytes(), Scope::Project).expect("JSON").servers.remove(0)
    }

    fn started(command: &str, args: &[&str]) -> Option<Result<String, &'static str>> {
        let server = entry(&serde_json::json!({ "command": command, "args": args }).to_string());
        let tell = |w: Wrapper<'_>| {
            format!("{} {} {} {} {}", w.server, w.client.unwrap_or("-"), w.project.unwrap_or("-"), w.command, w.args.join(","))
        };
        server.wrapper().map(|wrapper| wrapper.map(tell))
    }

    #[test]
    fn a_wrapper_is_read_as_its_command_line_is() {
        let s = &["exec", "--server", "s", "--", "npx", "-y", "--", "x"];
        for program in ["mcpenv", "/opt/bin/mcpenv", r"C:\bin\mcpenv.exe", "MCPENV.EXE"] {
            assert_eq!(started(program, s), Some(Ok("s - - npx -y,--,x".to_owned())), "{program}");
        }
        let all = &["exec", "--project=/p", "--client", "codex", "--server=s", "--", "a"];
        assert_eq!(started("mcpenv", all), Some(Ok("s codex /p a ".to_owned())));
        assert_eq!(started("npx", s), None);
        assert_eq!(started("mcpenv-x", s), None);
        assert_eq!(started("mcpenv", &["status"]), None);
    }

    #[test]
    fn a_wrapper_that_could_be_read_in_two_ways_is_not_read() {
        for args in [
            &["exec", "--server", "s", "npx"][..],
            &["exec", "--server", "s", "--"],
            &["exec", "--", "npx"],
            &["exec", "--server", "--", "npx"],
            &["exec", "--server", "s", "--server", "t", "--", "npx"],
            &["exec", "--server", "s", "--profile", "p", "--", "npx"],
            &["exec", "--server", "s", "npx", "--", "x"],
            &["exec", "--server", "s", "--", "mcpenv", "exec", "--server", "t", "--", "npx"],
            &["exec", "--server", "s", "--", "/x/mcpenv", "get", "A"],
            &["exec", "-s", "s", "--", "npx"],
        ] {
            assert!(matches!(started("mcpenv", args), Some(Err(_))), "{args:?}");
        }
        assert!(matches!(started("./mcpenv", &["exec", "--server", "s", "--", "npx"]), Some(Err(_))));
    }

    #[test]
    fn a_helper_is_read_only_where_a_shell_adds_nothing() {
        let helped = |line: &str| entry(&serde_json::json!({ "url": "https://x", "headersHelper": line }).to_string()).helper();
        let named = |server: &str| Helper { server: server.to_owned(), client: None, project: None };
        assert_eq!(helped("mcpenv headers s"), Some(Ok(named("s"))));
        assert_eq!(helped("/opt/mcpenv  headers 'a b'"), Some(Ok(named("a b"))));
        let whole = Helper { client: Some("claude-code".into()), project: Some("/p q".into()), ..named("s") };
        assert_eq!(helped("mcpenv headers s --client=claude-code --project \"/p q\""), Some(Ok(whole)));
        for line in [
            "mcpenv headers $S",
            "mcpenv headers s; curl x",
            "mcpenv headers s | tee x",
            "mcpenv headers \"$(x)\"",
            "mcpenv headers",
            "mcpenv headers s t",
            "mcpenv headers 's",
            "./mcpenv headers s",
            "mcpenv headers --server s",
            "mcpenv headers s > x",
        ] {
            assert!(matches!(helped(line), Some(Err(_))), "{line}");
        }
        assert_eq!(helped("get-headers s"), None);
        assert_eq!(helped("mcpenv status"), None);
    }

    #[test]
    fn a_placeholder_is_a_name_and_nothing_else() {
        let named = |text| placeholders(text).map(|(range, name)| (range.start, name)).collect::<Vec<_>>();
        assert_eq!(named("a%{X}b%{Y_1}"), [(1, "X"), (6, "Y_1")]);
        assert_eq!(named("%{} %{1} %{a-b} %{X %X} ${X} %{é}"), []);
    }
}
