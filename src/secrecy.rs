//! What the name of a variable, a header or an option says about whether it holds a secret. Looks at no value.

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
