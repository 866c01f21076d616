//! The words of a command line that hold a secret by what stands beside them: an option, a header given as one, a variable that
//! a container is started with. Says who holds which bytes of which word; judges none of them.

use std::ops::Range;

use crate::client::given;

/// A part of an argument, and who holds it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Held<'a> {
    pub argument: usize,
    pub range: Range<usize>,
    pub name: &'a str,
    pub why: &'static str,
}

/// What the words of a command line hold for others. One that is no text is `None`.
pub(super) fn held<'a>(command: &str, args: &[Option<&'a str>]) -> Vec<Held<'a>> {
    let mut held: Vec<Held<'a>> = Vec::new();
    for given in given(command, args) {
        let end = args[given.argument].map_or(0, str::len);
        held.push(Held { argument: given.argument, range: given.at..end, name: given.name, why: "name" });
    }
    assignments(command, args, &mut held);
    // a container's own options end at its image, and what follows is for the server in it
    let has_image = is_container(command, args);
    for (at, word) in args.iter().enumerate() {
        let Some(word) = word else { continue };
        if !word.starts_with('-') {
            continue;
        }
        let next = || args.get(at + 1).copied().flatten().map(|next| (at + 1, 0, next));
        let (option, value) = match word.find(['=', ' ']) {
            Some(end) if !is_header_at(word) => (&word[..end], Some((at, end + 1, &word[end + 1..]))),
            _ if is_header_at(word) => ("-H", Some((at, 2, &word[2..]))),
            _ => (*word, next().filter(|(_, _, next)| !next.starts_with('-'))),
        };
        let Some((argument, start, value)) = value else { continue };
        if matches!(option, "-e" | "--env") {
            let given = value.split_once('=').filter(|_| !has_image);
            held.extend(given.map(|(name, value)| {
                let end = start + name.len() + 1 + value.len();
                Held { argument, range: end - value.len()..end, name, why: "name" }
            }));
        } else if matches!(option, "-H" | "--header") {
            held.extend(header(argument, start, value));
        } else if option.trim_start_matches('-').len() > 1 && !option.starts_with("--no-") {
            held.push(Held { argument, range: start..start + value.len(), name: option, why: "flag" });
        }
    }
    held
}

fn is_container(command: &str, args: &[Option<&str>]) -> bool {
    let is_one = |word: &str| {
        let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
        ["docker", "podman", "docker-compose", "podman-compose"].iter().any(|known| name.trim_end_matches(".exe") == *known)
    };
    is_one(command) || args.iter().take(2).flatten().any(|word| is_one(word))
}

/// `-HName: value`
fn is_header_at(word: &str) -> bool {
    word.strip_prefix("-H").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()) && rest.contains(':'))
}

fn header(argument: usize, start: usize, text: &str) -> Option<Held<'_>> {
    let (name, value) = text.split_once(':')?;
    let end = start + text.len();
    Some(Held { argument, range: end - value.len()..end, name: name.trim(), why: "header" })
}

/// `env NAME=value program`
fn assignments<'a>(command: &str, args: &[Option<&'a str>], held: &mut Vec<Held<'a>>) {
    let program = command.rsplit(['/', '\\']).next().unwrap_or(command);
    if !matches!(program, "env" | "cross-env") {
        return;
    }
    for (argument, word) in args.iter().enumerate() {
        let Some(word) = word else { return };
        match word.split_once('=') {
            Some((name, value)) if !name.starts_with('-') => {
                held.push(Held { argument, range: word.len() - value.len()..word.len(), name, why: "name" });
            }
            _ if word.starts_with('-') => {}
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &[&str]) -> Vec<String> {
        let args: Vec<Option<&str>> = line[1..].iter().copied().map(Some).collect();
        let held = held(line[0], &args);
        held.iter().map(|held| format!("{} {}={}", held.why, held.name, &line[held.argument + 1][held.range.clone()])).collect()
    }

    #[test]
    fn options_headers_and_variables_hold_what_stands_beside_them() {
        assert_eq!(
            told(&["npx", "x", "--token", "a", "--key=b", "-v", "c", "--flag", "--next"]),
            ["flag --token=a", "flag --key=b"]
        );
        assert_eq!(
            told(&["npx", "-H", "A: b", "--header", "C:d", "--header=E: f", "-HG: h"]),
            ["header A= b", "header C=d", "header E= f", "header G= h"]
        );
        assert_eq!(told(&["docker", "run", "-e", "A=b", "img", "-e", "C=d"]), ["name A=b"]);
        assert_eq!(told(&["npx", "x", "-e", "A=b", "--env=C=d", "--env", "E"]), ["name A=b", "name C=d"]);
        assert_eq!(told(&["npx", "x", "--no-token", "a"]), Vec::<String>::new());
        assert_eq!(told(&["env", "A=b", "node", "C=d"]), ["name A=b"]);
        assert_eq!(told(&["sh", "-c", "docker run -e A=b img"]), Vec::<String>::new());
    }
}
