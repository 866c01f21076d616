//! What the options of docker, podman and compose pass into a container: `-e NAME` takes the variable from the environment
//! that the client gave. Knows their options, and no client.

/// Something that the options ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::client) struct Passed<'a> {
    /// The argument that holds it, from 0.
    pub argument: usize,
    pub what: What<'a>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::client) enum What<'a> {
    /// `-e NAME`
    Name(&'a str),
    /// `--env-file PATH`
    File(&'a str),
    /// `-e NAME=value`
    Value(&'a str, &'a str),
}

/// A variable that the options give a value themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given<'a> {
    /// The argument that holds it, from 0.
    pub argument: usize,
    pub name: &'a str,
    /// The byte of the argument where the value starts; it goes on to its end.
    pub at: usize,
}

/// The variables that the options up to the image give a value; none for any other command. An argument that is no text is
/// `None`.
#[must_use]
pub fn given<'a>(command: &str, args: &[Option<&'a str>]) -> Vec<Given<'a>> {
    let values = passed(command, args).into_iter().filter_map(|Passed { argument, what }| match what {
        What::Value(name, value) => Some(Given { argument, name, at: args[argument]?.len() - value.len() }),
        What::Name(_) | What::File(_) => None,
    });
    values.collect()
}

/// The names and files that the options up to the image ask for; nothing for any other command. An argument that is no text
/// is `None`.
pub(in crate::client) fn passed<'a>(command: &str, args: &[Option<&'a str>]) -> Vec<Passed<'a>> {
    let mut words = Words { args, at: 0 };
    let mut program = program(command);
    // on Windows, scripts are started by way of cmd, which passes its whole environment on
    if program == "cmd" && words.next().is_some_and(|(_, word)| word.eq_ignore_ascii_case("/c")) {
        program = words.next().map_or("", |(_, word)| self::program(word));
    }
    let mut out = Vec::new();
    let is_compose = match program {
        "docker" | "podman" => {
            let Some(verb) = options(&mut words, GLOBAL_FLAGS, GLOBAL_SHORT_FLAGS, &mut Vec::new()) else { return out };
            match verb {
                "run" | "create" | "exec" => false,
                "container" => {
                    if !matches!(words.next(), Some((_, "run" | "create" | "exec"))) {
                        return out;
                    }
                    false
                }
                "compose" => true,
                _ => return out,
            }
        }
        "docker-compose" | "podman-compose" => true,
        _ => return out,
    };
    if is_compose {
        let verb = options(&mut words, COMPOSE_FLAGS, "", &mut out);
        if !matches!(verb, Some("run" | "exec")) {
            return Vec::new();
        }
    }
    let (flags, short) = if is_compose { (COMPOSE_RUN_FLAGS, "diTPq") } else { (RUN_FLAGS, "ditPq") };
    options(&mut words, flags, short, &mut out);
    out
}

/// Options of docker and podman themselves that take no value; all others take one.
const GLOBAL_FLAGS: &[&str] =
    &["debug", "tls", "tlsverify", "version", "help", "remote", "syslog", "trace", "noout", "transient-store"];
const GLOBAL_SHORT_FLAGS: &str = "Dvrh";
/// The same for `run`, `create` and `exec`.
const RUN_FLAGS: &[&str] = &[
    "detach",
    "interactive",
    "tty",
    "rm",
    "init",
    "privileged",
    "read-only",
    "read-only-tmpfs",
    "no-healthcheck",
    "oom-kill-disable",
    "publish-all",
    "sig-proxy",
    "disable-content-trust",
    "quiet",
    "help",
    "use-api-socket",
    "env-host",
    "http-proxy",
    "replace",
    "rmi",
    "rootfs",
    "tls-verify",
    "no-hosts",
    "no-hostname",
    "passwd",
    "unsetenv-all",
    "latest",
];
const COMPOSE_FLAGS: &[&str] = &["all-resources", "compatibility", "dry-run", "verbose", "version", "help"];
const COMPOSE_RUN_FLAGS: &[&str] = &[
    "build",
    "detach",
    "interactive",
    "tty",
    "no-TTY",
    "no-tty",
    "no-deps",
    "service-ports",
    "use-aliases",
    "rm",
    "quiet",
    "quiet-pull",
    "quiet-build",
    "remove-orphans",
    "dry-run",
    "privileged",
    "help",
];

struct Words<'w, 'a> {
    args: &'w [Option<&'a str>],
    at: usize,
}

impl<'a> Words<'_, 'a> {
    fn next(&mut self) -> Option<(usize, &'a str)> {
        let word = self.args.get(self.at)?;
        self.at += 1;
        Some((self.at - 1, word.unwrap_or("")))
    }
}

/// Reads options; gives the first word that is none.
fn options<'a>(words: &mut Words<'_, 'a>, flags: &[&str], short_flags: &str, out: &mut Vec<Passed<'a>>) -> Option<&'a str> {
    while let Some((at, word)) = words.next() {
        if let Some(long) = word.strip_prefix("--") {
            if long.is_empty() {
                return words.next().map(|(_, word)| word);
            }
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some((at, value))),
                None if flags.contains(&long) => continue,
                None => (long, words.next()),
            };
            let Some((argument, value)) = value else { continue };
            match name {
                "env" => push_name(out, argument, value),
                "env-file" => out.push(Passed { argument, what: What::File(value) }),
                _ => {}
            }
        } else if let Some(short) = word.strip_prefix('-').filter(|short| !short.is_empty()) {
            // flags may stand together, the last of them with a value: `-ite NAME`
            let Some(option) = short.find(|c| !short_flags.contains(c)) else { continue };
            let letter = short[option..].chars().next().unwrap_or('-');
            let value = &short[option + letter.len_utf8()..];
            let value = match value.strip_prefix('=').unwrap_or(value) {
                "" => words.next(),
                value => Some((at, value)),
            };
            if let (Some((argument, value)), 'e') = (value, letter) {
                push_name(out, argument, value);
            }
        } else {
            return Some(word);
        }
    }
    None
}

fn push_name<'a>(out: &mut Vec<Passed<'a>>, argument: usize, value: &'a str) {
    let has_reference = |text: &str| text.contains(['$', '{', '}']);
    let what = match value.split_once('=') {
        Some((name, given)) if !has_reference(name) => What::Value(name, given),
        // a `$` belongs to a reference of the client
        None if !value.is_empty() && !has_reference(value) => What::Name(value),
        _ => return,
    };
    out.push(Passed { argument, what });
}

/// The last part of a path, without the extension of a program: `/usr/bin/docker` and `docker.exe` are `docker`.
pub(in crate::client) fn program(command: &str) -> &str {
    let name = command.rsplit(['/', '\\']).next().unwrap_or(command);
    [".exe", ".cmd", ".bat"].iter().find_map(|extension| name.strip_suffix(extension)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> String {
        let mut words = line.split(' ');
        let command = words.next().unwrap_or("");
        let args: Vec<Option<&str>> = words.map(Some).collect();
        passed(command, &args)
            .iter()
            .filter_map(|passed| match passed.what {
                What::Name(name) => Some(format!("{}:{name}", passed.argument)),
                What::File(path) => Some(format!("{}:file {path}", passed.argument)),
                What::Value(..) => None,
            })
            .collect::<Vec<_>>()
            .join(", ")
    }

    #[test]
    fn a_value_that_the_options_give_is_told_with_its_place() {
        let args = ["run", "-e", "A=x", "-eB=y=z", "-e=C=1", "--env", "D=", "--env=E=2", "img", "-e", "F=3"].map(Some);
        let told: Vec<String> = given("docker", &args)
            .iter()
            .map(|given| format!("{}:{}={}", given.argument, given.name, &args[given.argument].unwrap_or_default()[given.at..]))
            .collect();
        assert_eq!(told, ["2:A=x", "3:B=y=z", "4:C=1", "6:D=", "7:E=2"]);
        assert_eq!(given("sh", &args), []);
    }

    #[test]
    fn all_spellings_of_the_option_are_read_up_to_the_image() {
        for (line, expected) in [
            ("docker run -e A -eB -e=C --env D --env=E img -e F", "2:A, 3:B, 4:C, 6:D, 7:E"),
            ("docker run -e A=x -eB=x -e=C=x --env D=x --env=E= img", ""),
            ("docker run --env-file x --env-file=y/z img", "2:file x, 3:file y/z"),
            ("docker run -i --rm -v -e img -e A", ""),
            ("docker run --name -e -e A img", "4:A"),
            ("docker run -it -ite A -itdeB img", "3:A, 4:B"),
            ("docker run --rm=true --pull=always -e A img", "4:A"),
            ("docker run -p 1:1 --network host -e A img sh -e B", "6:A"),
            ("docker run -- img -e A", ""),
            ("docker --context x --debug run -e A img", "5:A"),
            ("docker container run -e A img", "3:A"),
            ("docker exec -i -e A box cmd -e B", "3:A"),
            ("docker compose -f x.yml --env-file .env run --rm -T -e A svc -e B", "4:file .env, 9:A"),
            ("docker-compose run -e A svc -e B", "2:A"),
            ("docker compose up -e A", ""),
            ("docker mcp gateway run -e A", ""),
            ("/usr/local/bin/podman run --replace --env-host -e A img", "4:A"),
            ("docker.exe run -e A img", "2:A"),
            ("cmd /c docker run -e A img", "4:A"),
            ("sh -c docker run -e A img", ""),
            ("npx run -e A img", ""),
            ("docker run -e", ""),
            ("docker run -e ${A} -e $B -e  img", ""),
            ("docker", ""),
        ] {
            assert_eq!(told(line), expected, "{line}");
        }
    }
}
