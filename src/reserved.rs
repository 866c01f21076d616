//! Names that are never exported, and names that need a person's typed word. A table; matched in any case, because
//! Windows and some shells do not tell `path` from `PATH`.
//!
//! Sources: sudo's `plugins/sudoers/env.c`, the manuals of bash, zsh and fish (special and read-only parameters), ld.so(8),
//! dyld(1), and the manuals of the interpreters and tools named.

/// A reason, and the names it holds for. `X*` matches every name that starts with `X`.
type Rule = (&'static str, &'static [&'static str]);

#[rustfmt::skip]
const DENIED: &[Rule] = &[
    ("shells and prompts run code from it", &[
        "BASH_*", "ENV", "PROMPT_COMMAND", "PS0", "PS1", "PS2", "PS3", "PS4", "PROMPT", "PROMPT2", "PROMPT3",
        "PROMPT4", "RPROMPT", "RPROMPT2", "RPS1", "RPS2", "SPROMPT", "SHELLOPTS", "BASHOPTS", "ZDOTDIR", "FPATH",
        "MODULE_PATH", "NULLCMD", "READNULLCMD", "TMPPREFIX", "IFS", "CDPATH", "GLOBIGNORE", "EXECIGNORE", "FIGNORE",
        "INPUTRC", "HISTFILE", "HISTCONTROL", "HISTIGNORE", "TIMEFORMAT", "TMOUT", "POSIXLY_CORRECT", "FISH_*",
        "PSMODULEPATH", "PSEXECUTIONPOLICYPREFERENCE",
    ]),
    ("it is read-only or special in a shell", &[
        "UID", "EUID", "GID", "EGID", "PPID", "BASHPID", "DIRSTACK", "FUNCNAME", "GROUPS", "USERNAME", "RANDOM",
        "SECONDS", "LINENO", "OPTIND", "OPTARG", "_", "STATUS", "PIPESTATUS", "ARGV", "PATH", "OPTIONS", "SIGNALS",
        "HISTORY", "VERSION", "UMASK", "ERRNO", "SHLVL", "HISTCMD", "EPOCHSECONDS", "EPOCHREALTIME", "SRANDOM",
        "COMP_*", "MANPATH", "MAILPATH", "PSVAR", "WATCH", "MODULES", "ALIASES", "FUNCTIONS", "COMMANDS",
        "PARAMETERS", "BUILTINS", "COLUMNS", "LINES",
    ]),
    ("the loader or the C library obeys it", &[
        "LD_*", "_RLD*", "DYLD_*", "LDR_*", "LIBPATH", "SHLIB_PATH", "GCONV_PATH", "GLIBC_TUNABLES", "MALLOC_*",
        "LOCPATH", "NLSPATH", "PATH_LOCALE", "GETCONF_DIR", "HOSTALIASES", "LOCALDOMAIN", "RES_OPTIONS",
        "RESOLV_HOST_CONF", "NIS_PATH", "TERMINFO", "TERMINFO_DIRS", "TERMCAP", "TERMPATH", "KRB5_CONFIG",
        "KRB5_KTNAME",
    ]),
    ("it says who you are and where programs lie", &[
        "PATHEXT", "COMSPEC", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "OLDPWD", "TERM", "TMPDIR", "TMP", "TEMP",
        "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "XDG_*",
        "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "SSH_AUTH_SOCK", "TMUX",
    ]),
    ("an interpreter runs code from it", &[
        "NODE_OPTIONS", "NODE_PATH", "NODE_REPL_EXTERNAL_MODULE", "ELECTRON_RUN_AS_NODE", "PYTHONPATH", "PYTHONHOME",
        "PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONUSERBASE", "PYTHONBREAKPOINT", "PYTHONWARNINGS", "PYTHONEXECUTABLE",
        "PERL5LIB", "PERLLIB", "PERL5OPT", "PERL5DB", "PERLIO_DEBUG", "RUBYOPT", "RUBYLIB", "GEM_HOME", "GEM_PATH",
        "BUNDLE_GEMFILE", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH",
        "DOTNET_STARTUP_HOOKS", "DOTNET_ADDITIONAL_DEPS", "COR_PROFILER*", "CORECLR_*", "LUA_INIT*", "LUA_PATH",
        "LUA_CPATH", "PHPRC", "PHP_INI_SCAN_DIR", "R_PROFILE*", "R_ENVIRON*", "ERL_FLAGS", "RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER", "RUSTFLAGS", "CARGO_BUILD_*", "GOFLAGS", "MAVEN_OPTS", "GRADLE_OPTS",
        "OPENSSL_CONF", "OPENSSL_ENGINES", "OPENSSL_MODULES",
    ]),
    ("a tool runs a command from it", &[
        "SSH_ASKPASS", "SUDO_ASKPASS", "SSH_SK_PROVIDER", "GNUPGHOME", "EDITOR", "VISUAL", "PAGER", "MANPAGER",
        "LESSOPEN", "LESSCLOSE", "LESS", "BROWSER", "MAKEFLAGS", "MAKEFILES", "CC", "CXX",
    ]),
    ("it steers mcpenv or a tool like it", &[
        "MCPENV_*", "__MCPENV_*", "DIRENV_*", "MISE_*", "FNOX_*", "SOPS_*", "AGE_*", "SSLKEYLOGFILE",
    ]),
];

#[rustfmt::skip]
const CAUTION: &[Rule] = &[
    ("it moves the traffic that carries your secrets", &[
        "*_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "CURL_HOME", "REQUESTS_CA_BUNDLE",
        "NODE_EXTRA_CA_CERTS", "NODE_TLS_REJECT_UNAUTHORIZED",
    ]),
    ("it decides which host receives a secret", &[
        "*_BASE_URL", "*_ENDPOINT", "*_ENDPOINT_*", "*_API_URL", "*_HOST", "AWS_ENDPOINT_URL*", "GH_HOST", "GOPROXY",
    ]),
    ("it points a tool at other credentials or packages", &[
        "DOCKER_CONFIG", "KUBECONFIG", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "CLOUDSDK_CONFIG",
        "AZURE_CONFIG_DIR", "NPM_CONFIG_*", "PIP_*", "UV_*",
    ]),
    ("every program reads it", &[
        "LANG", "LC_*",
    ]),
];

/// Credentials that git's own variables do not include; the other `GIT_*` names make git run commands.
const GIT_CREDENTIALS: &[&str] = &["TOKEN", "PAT", "PASSWORD", "SECRET", "KEY", "USERNAME"];

/// Why this name is never stored, requested or exported; `None` when it may be.
#[must_use]
pub fn denied(name: &str) -> Option<&'static str> {
    let name = Upper::of(name)?;
    if name.text().starts_with("GIT_") && !is_git_credential(name.text()) {
        return Some("git runs commands from it");
    }
    let first = usize::from(*name.text().as_bytes().first()?);
    let (from, to) = (*DENIED_BY_FIRST.starts.get(first)?, *DENIED_BY_FIRST.starts.get(first + 1)?);
    DENIED_BY_FIRST.entries[from..to].iter().find_map(|(rule, at)| {
        let (why, names) = DENIED[*rule];
        matches(names[*at], name.text()).then_some(why)
    })
}

/// Where the entries of [`DENIED`] stand, none of which starts with `*`, by their first character.
struct Index {
    /// The rule, and the place among its names.
    entries: [(usize, usize); count(DENIED)],
    /// Where the entries start that begin with this character.
    starts: [usize; 129],
}

/// Made by the compiler: every name of a profile is looked up at every entry into a project, three times over.
static DENIED_BY_FIRST: Index = {
    let mut index = Index { entries: [(0, 0); count(DENIED)], starts: [0; 129] };
    let (mut first, mut end) = (0, 0);
    while first < 128 {
        index.starts[first] = end;
        let mut rule = 0;
        while rule < DENIED.len() {
            let mut at = 0;
            while at < DENIED[rule].1.len() {
                if DENIED[rule].1[at].as_bytes()[0] as usize == first {
                    index.entries[end] = (rule, at);
                    end += 1;
                }
                at += 1;
            }
            rule += 1;
        }
        first += 1;
    }
    index.starts[128] = end;
    index
};

const fn count(rules: &[Rule]) -> usize {
    let (mut count, mut rule) = (0, 0);
    while rule < rules.len() {
        count += rules[rule].1.len();
        rule += 1;
    }
    count
}

/// Why this name needs a person's typed word before it is stored or exported; `None` when it does not.
#[must_use]
pub fn caution(name: &str) -> Option<&'static str> {
    let name = Upper::of(name)?;
    if is_git_credential(name.text()) {
        return Some("git's own variables start with GIT_");
    }
    find(CAUTION, name.text())
}

/// A name in upper case, on the stack: every name of every profile comes by here at every entry into a project.
struct Upper {
    bytes: [u8; Self::LONGEST],
    length: usize,
}

impl Upper {
    /// Longer than any name that is accepted, and than any in the tables.
    const LONGEST: usize = 128;

    /// `None` for a text that is no name anyway.
    fn of(name: &str) -> Option<Self> {
        let mut bytes = [0; Self::LONGEST];
        let room = bytes.get_mut(..name.len()).filter(|_| name.is_ascii())?;
        room.copy_from_slice(name.as_bytes());
        room.make_ascii_uppercase();
        Some(Self { bytes, length: name.len() })
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or("")
    }
}

/// Every entry of the list of names that are never exported, as it stands in the table (`X*` is a family of names).
pub fn denied_entries() -> impl Iterator<Item = &'static str> {
    DENIED.iter().flat_map(|(_, names)| names.iter().copied())
}

fn is_git_credential(name: &str) -> bool {
    name.strip_prefix("GIT_").is_some_and(|rest| {
        !matches!(rest, "ASKPASS" | "SSH") && rest.rsplit('_').next().is_some_and(|last| GIT_CREDENTIALS.contains(&last))
    }) && !name.starts_with("GIT_CONFIG")
}

fn find(rules: &[Rule], name: &str) -> Option<&'static str> {
    rules.iter().find(|(_, patterns)| patterns.iter().any(|p| matches(p, name))).map(|(why, _)| *why)
}

fn matches(pattern: &str, name: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(rest), Some(_)) => name.contains(rest.trim_end_matches('*')),
        (Some(end), None) => name.ends_with(end),
        (None, Some(start)) => name.starts_with(start),
        (None, None) => pattern == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_denied_in_any_case() {
        for entry in denied_entries() {
            let name = entry.replace('*', "X");
            assert!(denied(&name).is_some(), "{name}");
            assert!(denied(&name.to_ascii_lowercase()).is_some(), "{name} in lower case");
        }
        for name in ["GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_CONFIG_KEY_0", "GIT_DIR", "__mcpenv_on", "fish_greeting"] {
            assert!(denied(name).is_some(), "{name}");
        }
    }

    #[test]
    fn names_that_servers_ask_for_are_free() {
        for name in ["GITHUB_TOKEN", "NOTION_TOKEN", "DATABASE_URL", "BRAVE_API_KEY", "AWS_SECRET_ACCESS_KEY", "SLACK_TEAM_ID"] {
            assert_eq!((denied(name), caution(name)), (None, None), "{name}");
        }
    }

    #[test]
    fn a_git_credential_needs_a_word_and_is_not_denied() {
        assert_eq!(denied("GIT_TOKEN"), None);
        assert!(caution("GIT_TOKEN").is_some());
    }

    #[test]
    fn names_that_move_a_secret_need_a_word() {
        for name in
            ["HTTPS_PROXY", "https_proxy", "OPENAI_BASE_URL", "S3_ENDPOINT_URL", "GITLAB_API_URL", "PGHOST_HOST", "LC_ALL"]
        {
            assert!(caution(name).is_some(), "{name}");
        }
    }
}
