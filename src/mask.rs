//! What is shown of a secret: a vendor's public prefix and a fixed number of dots. Never another character, and nothing of
//! its length.

use crate::dummy::has_reference;

/// The dots that stand for a value, whatever its length.
pub const DOTS: &str = "••••••••";

/// Prefixes that vendors print in their own documentation; they say which kind of token it is, and nothing of its secret. The
/// hook must not wait for the list of servers to be read, so those of its forms stand here too; a test compares the two.
const PREFIXES: &[&str] = &[
    "github_pat_",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xapp-",
    "xoxe-",
    "sk-ant-",
    "sk-proj-",
    "sk_live_",
    "sk_test_",
    "rk_live_",
    "rk_test_",
    "sk-or-",
    "sk-",
    "ntn_",
    "lin_api_",
    "figd_",
    "npm_",
    "pypi-",
    "hf_",
    "tvly-",
    "BSA",
    "AKIA",
    "ASIA",
    "AIza",
    "ATATT3",
    "glsa_",
    "dop_v1_",
    "sbp_",
    "whsec_",
    "SG.",
    "eyJ",
    "pplx-",
    "gsk_",
    "fc-",
    "r8_",
    "secret_",
    "nvapi-",
    "apify_api_",
    "rnd_",
    "CCIPAT_",
    "phx_",
    "phc_",
    "sntrys_",
    "sntryu_",
    "pat-na1-",
    "pscale_tkn_",
    "dckr_pat_",
    "xoxe.",
    "xoxc-",
    "xoxd-",
    "sk_prod_",
    "rk_prod_",
    "xai-",
    "sb_secret_",
    "napi_",
    "glc_",
    "pul-",
    "hvs.",
    "hvb.",
    "NRAK-",
    "dt0c",
    "dt0s",
    "bkua_",
    "PMAK-",
    "HRKU-AA",
    "squ_",
    "sqp_",
    "sqa_",
    "shpat_",
    "shpca_",
    "shppa_",
    "shpss_",
    "e2b_",
    "bb_live_",
    "bb_test_",
    "pcsk_",
    "pk.eyJ",
    "sk.eyJ",
    "tk.eyJ",
    "lsv2_pt_",
    "lsv2_sk_",
    "ops_eyJ",
    "dp.pt.",
    "dp.st.",
    "dp.ct.",
    "dp.sa.",
    "pat-na",
    "pat-eu",
    "pat-ap",
    "ABIA",
    "ACCA",
    "AGE-SECRET-KEY-1",
];

/// The masked form of a value. A prefix is shown only where enough follows it to keep the secret secret.
#[must_use]
pub fn masked(value: &[u8]) -> String {
    let prefix =
        PREFIXES.iter().filter(|p| value.starts_with(p.as_bytes()) && value.len() >= p.len() + 16).max_by_key(|p| p.len());
    format!("{}{DOTS}", prefix.copied().unwrap_or(""))
}

/// A text of a project's file with everything masked that looks like a secret, for showing it beside a question: tokens, the
/// password of a URL, and what stands behind a name that says so (`--api-key=…`, `?token=…`, `DB_PASSWORD=…`). What decides
/// who receives a secret is not masked, whatever it looks like: the host of a URL, and a package with its scope or version.
#[must_use]
pub fn masked_tokens(text: &str) -> String {
    let is_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let mut out = String::with_capacity(text.len());
    let mut rest = 0;
    while let Some(start) = text[rest..].find(is_token).map(|n| rest + n) {
        let end = text[start..].find(|c| !is_token(c)).map_or(text.len(), |n| start + n);
        out.push_str(&text[rest..start]);
        let word = &text[start..end];
        let shown = masked(word.as_bytes());
        out.push_str(if shown == DOTS || !looks_random(word) || is_recipient(text, start, end) { word } else { &shown });
        rest = end;
    }
    out.push_str(&text[rest..]);
    masked_assignments(&masked_passwords(&out))
}

/// An argument as it is shown behind the one before it: the value of `--api-key` is a secret whatever it looks like.
#[must_use]
pub fn masked_argument(before: Option<&str>, argument: &str) -> String {
    let is_flag = |text: &str| text.starts_with('-') && !text.contains('=') && names_a_secret(text);
    let is_secret = before.is_some_and(is_flag) && !argument.starts_with('-') && !has_reference(argument) && !argument.is_empty();
    if is_secret { masked(argument.as_bytes()) } else { masked_tokens(argument) }
}

/// The password in the user-info of each URL, of any scheme (RFC 3986, 3.2.1). A reference in its place is shown.
fn masked_passwords(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (head, tail) = rest.split_at(at + 3);
        out.push_str(head);
        let end =
            tail.find(|c: char| matches!(c, '/' | '?' | '#' | '"' | '\'' | '<' | '>') || c.is_whitespace()).unwrap_or(tail.len());
        let authority = &tail[..end];
        let password = authority.rfind('@').and_then(|host| Some((authority[..host].find(':')? + 1, host)));
        let is_open = |secret: &str| !secret.is_empty() && !has_reference(secret) && !secret.contains(DOTS);
        match password.filter(|(from, to)| from < to && is_open(&authority[*from..*to])) {
            Some((from, to)) => {
                out.push_str(&authority[..from]);
                out.push_str(DOTS);
                out.push_str(&authority[to..]);
            }
            None => out.push_str(authority),
        }
        rest = &tail[end..];
    }
    out.push_str(rest);
    out
}

/// What stands behind `NAME=` where the name says that it is a secret, up to the next part of a query, a list or a text.
fn masked_assignments(text: &str) -> String {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let is_end = |c: char| matches!(c, '&' | ';' | ',' | '#' | '"' | '\'') || c.is_whitespace();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('=') {
        let (head, tail) = rest.split_at(at + 1);
        out.push_str(head);
        let name = head[..at].rsplit(|c| !is_name(c)).next().unwrap_or("");
        let value = &tail[..tail.find(is_end).unwrap_or(tail.len())];
        if names_a_secret(name) && !value.is_empty() && !has_reference(value) && !value.contains(DOTS) {
            out.push_str(&masked(value.as_bytes()));
            rest = &tail[value.len()..];
        } else {
            rest = tail;
        }
    }
    out.push_str(rest);
    out
}

/// The same for a command: the program itself is shown whatever it looks like.
#[must_use]
pub fn masked_command(command: &str) -> String {
    let end = command.find(char::is_whitespace).unwrap_or(command.len());
    format!("{}{}", &command[..end], masked_tokens(&command[end..]))
}

/// Whether a text is a vendor's token rather than a name: somebody gave the value where the name belongs.
#[must_use]
pub fn is_token(text: &str) -> bool {
    let has = |is: fn(&u8) -> bool| text.bytes().any(|b| is(&b));
    masked(text.as_bytes()) != DOTS && has(u8::is_ascii_digit) && has(u8::is_ascii_lowercase)
}

/// A token holds a digit or letters of both cases; the name of a package or a program need not.
fn looks_random(word: &str) -> bool {
    let has = |is: fn(&u8) -> bool| word.bytes().any(|b| is(&b));
    has(u8::is_ascii_digit) || has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase)
}

/// Whether the word at these bytes is the host of a URL, the scope of a package, or a package with a version.
fn is_recipient(text: &str, start: usize, end: usize) -> bool {
    // no host is longer than its 253 characters, and a hostile text must not cost its square
    const NEAR: usize = 512;
    let is_end = |c: char| matches!(c, '/' | '?' | '#' | '\\' | '"' | '\'') || c.is_whitespace();
    let before = &text[text.floor_char_boundary(start.saturating_sub(NEAR))..start];
    let after = &text[end..text.floor_char_boundary(end + NEAR)];
    // the word stands in the authority of a URL when only its parts stand between it and the `//`
    match before.rfind("//").map(|at| &before[at + 2..]).filter(|part| !part.contains(is_end)) {
        // what stands before the last `@` there is a user and a password
        Some(part) => {
            let rest = &after[..after.find(is_end).unwrap_or(after.len())];
            !rest.contains('@') && (part.is_empty() || part.ends_with('@'))
        }
        None => before.ends_with('@') || after.starts_with('@'),
    }
}

/// Words of a name that say that it holds a secret; the last ones are written as one word as often as not.
const SECRET: &[&str] = &[
    "TOKEN",
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "PASS",
    "KEY",
    "CREDENTIAL",
    "AUTHORIZATION",
    "PASSPHRASE",
    "PGPASSWORD",
    "APIKEY",
    "APITOKEN",
    "APISECRET",
    "AUTHKEY",
    "AUTHTOKEN",
    "ACCESSKEY",
    "ACCESSTOKEN",
    "CLIENTSECRET",
    "PRIVATEKEY",
    "REFRESHTOKEN",
    "SECRETKEY",
];

/// Last words of a name that say that it holds something about a secret.
const HOLDS_ELSE: &[&str] = &[
    "ALGORITHM",
    "ARN",
    "AUDIENCE",
    "CMD",
    "COMMAND",
    "COUNT",
    "DIR",
    "DIRECTORY",
    "ENABLED",
    "ENDPOINT",
    "ENV",
    "EXPIRY",
    "FILE",
    "FILENAME",
    "FOLDER",
    "FORMAT",
    "HEADER",
    "HEADERS",
    "HELPER",
    "HOST",
    "ID",
    "IDS",
    "ISSUER",
    "LENGTH",
    "LIMIT",
    "LOCATION",
    "MODE",
    "NAME",
    "NAMES",
    "PATH",
    "PORT",
    "PREFIX",
    "REF",
    "REGION",
    "REQUIRED",
    "SCOPE",
    "SCOPES",
    "SIZE",
    "TIMEOUT",
    "TTL",
    "TYPE",
    "URI",
    "URL",
    "USERNAME",
    "VAR",
    "VARIABLE",
    "VERSION",
];

/// Whether a name (of a variable, header or option) says that it holds a secret.
#[must_use]
pub fn names_a_secret(name: &str) -> bool {
    let words = words(name);
    words.iter().any(|w| SECRET.contains(&w.trim_end_matches(|c: char| c.is_ascii_digit())))
        && !words.iter().any(|w| w == "PUBLIC")
        && words.last().is_none_or(|w| !HOLDS_ELSE.contains(&w.as_str()))
}

/// Whether a name says that it holds something else than a secret, whatever else it says: a path, a number, a name.
#[must_use]
pub fn names_no_secret(name: &str) -> bool {
    words(name).iter().any(|w| w == "PUBLIC") || words(name).last().is_some_and(|w| HOLDS_ELSE.contains(&w.as_str()))
}

/// The words of a name in upper case, split at everything that is no letter or digit, and at changes of case.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = None;
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        if !c.is_alphanumeric() {
            before = None;
            continue;
        }
        // `apiKey`, and `APIKey`
        let is_next = |before: char| {
            c.is_uppercase()
                && (before.is_lowercase() || before.is_uppercase() && rest.peek().is_some_and(|next| next.is_lowercase()))
        };
        if before.is_none_or(is_next) {
            words.push(String::new());
        }
        before = Some(c);
        if let Some(word) = words.last_mut() {
            word.extend(c.to_uppercase());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_value_tells_its_vendor_and_nothing_of_its_length() {
        assert_eq!(masked(b"ghp_0123456789abcdefghij"), "ghp_••••••••");
        assert_eq!(masked(&[b"ghp_".as_slice(), &[b'x'; 400]].concat()), "ghp_••••••••");
        assert_eq!(masked(b"ghp_short"), DOTS);
        assert_eq!(masked(b"hunter2"), DOTS);
        assert_eq!(masked(b"sk-ant-0123456789abcdefghij"), "sk-ant-••••••••");
    }

    #[test]
    fn tokens_inside_a_text_are_masked_and_the_rest_is_left() {
        assert_eq!(masked_tokens("--key=ghp_0123456789abcdefghij -v"), "--key=ghp_•••••••• -v");
        assert_eq!(masked_tokens("npx -y @acme/server@1.0.0"), "npx -y @acme/server@1.0.0");
        for secret in
            ["https://u:TOKEN@h/p", "https://TOKEN@h", "https://h/?k=TOKEN", "https://h/TOKEN", "https://h:TOKEN", "x // TOKEN"]
        {
            let shown = masked_tokens(&secret.replace("TOKEN", "ghp_0123456789abcdefghij"));
            assert_eq!(shown, secret.replace("TOKEN", "ghp_••••••••"));
        }
    }

    #[test]
    fn a_host_and_a_package_are_shown_whatever_they_look_like() {
        for text in [
            "https://sk-legit0.evil-host.example.com/mcp",
            "https://user@sk-legit0.evil-host.example.com:8443",
            "sh -c 'curl https://sk-legit0.evil-host.example.com'",
            "@fc-malicious0package-name/x",
            "fc-malicious0package-name@1.0.0",
            "fc-malicious-package-name",
        ] {
            assert_eq!(masked_tokens(text), text);
        }
    }

    #[test]
    fn a_long_text_of_many_tokens_takes_no_endless_time() {
        let text = "ghp_0123456789abcdefghij:".repeat(40_000);
        assert!(!masked_tokens(&text).contains("0123"));
    }

    #[test]
    fn passwords_of_urls_and_values_behind_telling_names_are_masked() {
        for (text, shown) in [
            ("postgresql://app:hunter2@db.internal/x", "postgresql://app:••••••••@db.internal/x"),
            ("https://svc:p%40ss@mcp.example.com", "https://svc:••••••••@mcp.example.com"),
            ("postgres://app:${DB_PASSWORD}@db/x", "postgres://app:${DB_PASSWORD}@db/x"),
            ("postgres://app:%{DB_PASSWORD}@db/x", "postgres://app:%{DB_PASSWORD}@db/x"),
            ("postgres://app:$DB_PASSWORD@db/x", "postgres://app:$DB_PASSWORD@db/x"),
            ("postgres://app:hunt$r2@db/x", "postgres://app:••••••••@db/x"),
            ("https://host:8080/x@y", "https://host:8080/x@y"),
            ("https://x/mcp?apiKey=abc&tools=web", "https://x/mcp?apiKey=••••••••&tools=web"),
            ("DB_PASSWORD=hunter2", "DB_PASSWORD=••••••••"),
            ("--token=${TOKEN}", "--token=${TOKEN}"),
            ("--token=%{TOKEN}", "--token=%{TOKEN}"),
            ("--token=hunt$r2", "--token=••••••••"),
            ("--mode=fast", "--mode=fast"),
            ("a://b:c@d e://f:g@h", "a://b:••••••••@d e://f:••••••••@h"),
        ] {
            assert_eq!(masked_tokens(text), shown);
        }
        assert_eq!(masked_argument(Some("--api-key"), "hunter2"), DOTS);
        assert_eq!(masked_argument(Some("--api-key"), "${KEY}"), "${KEY}");
        assert_eq!(masked_argument(Some("--api-key"), "%{KEY}"), "%{KEY}");
        assert_eq!(masked_argument(Some("--api-key"), "hunt$r2"), DOTS);
        assert_eq!(masked_argument(Some("--mode"), "fast"), "fast");
    }

    #[test]
    fn a_name_says_whether_it_holds_a_secret() {
        for yes in [
            "GITHUB_TOKEN",
            "apiKey",
            "APIKey",
            "apikey",
            "X-Api-Key",
            "DB_PASS",
            "Authorization",
            "--api-key",
            "KEY2",
            "X-APIToken",
        ] {
            assert!(names_a_secret(yes), "{yes}");
        }
        for no in
            ["GITHUB_HOST", "KEY_FILE", "PUBLIC_KEY", "TOKENS", "tokenUrl", "MONKEY", "KEYBOARD", "TOKEN_LIMIT", "accessKeyID"]
        {
            assert!(!names_a_secret(no), "{no}");
        }
    }
}
