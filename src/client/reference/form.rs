//! Finds in a text whatever some client would take for a reference, in one pass. Knows no client.

/// A way to write a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::client) enum Form {
    /// `${NAME}`
    Braced,
    /// `${NAME:-default}`
    Defaulted,
    /// `${NAME-default}`, which no client has
    Dashed,
    /// `${env:NAME}`
    Env,
    /// `${input:id}`
    Input,
    /// `${user_config.key}`, `${command:id}` and whatever else stands in `${}` with a `:` or a `.`
    Other,
    /// `${file:PATH}`
    File,
    /// `{env:NAME}`
    Curly,
    /// `{file:PATH}`
    CurlyFile,
    /// `${{ secrets.NAME }}`
    Secrets,
    /// `${{ inputs.NAME }}`
    Inputs,
    /// `$NAME`
    Bare,
}

/// Something in a text that has the form of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::client) struct Token<'t> {
    /// The bytes from here to `end`, with the marks around the name.
    pub start: usize,
    pub end: usize,
    pub form: Form,
    pub name: &'t str,
    pub default: Option<&'t str>,
    /// In how many defaults of others it stands.
    pub depth: usize,
    /// It is the whole text, or all that follows the word of a scheme.
    pub is_alone: bool,
}

/// Words that say how a header authorises.
pub(in crate::client) const SCHEMES: &[&str] = &[
    "bearer",
    "basic",
    "token",
    "digest",
    "apikey",
    "api-key",
    "key",
    "oauth",
    "bot",
    "negotiate",
    "ssws",
    "geniekey",
    "splunk",
];

/// How deep references are looked for in each other's defaults; no client goes further than 1.
const DEEPEST: usize = 4;

/// Everything in a text that has the form of a reference, in its order. In a shell's text, quotes count.
pub(in crate::client) fn scan(text: &str, is_shell: bool) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let mut tokens: Vec<Token<'_>> = Vec::new();
    // `${NAME:-` whose `}` has not come yet
    let mut open: Vec<(usize, &str, usize)> = Vec::new();
    let (mut is_quoted, mut is_double) = (false, false);
    let mut at = 0;
    while let Some(skip) = bytes[at..].iter().position(|byte| matches!(byte, b'$' | b'{' | b'}' | b'\'' | b'"' | b'\\')) {
        at += skip;
        let rest = &text[at..];
        let depth = open.len();
        let token = |form, name, length| Token { start: at, end: at + length, form, name, default: None, depth, is_alone: false };
        match bytes[at] {
            b'\'' if is_shell && !is_double => is_quoted = !is_quoted,
            b'"' if is_shell && !is_quoted => is_double = !is_double,
            b'\\' if is_shell && !is_quoted => at += 1,
            _ if is_quoted => {}
            b'}' => {
                if let Some((start, name, default)) = open.pop()
                    && open.len() < DEEPEST
                {
                    let (form, default) = (Form::Defaulted, Some(&text[default..at]));
                    tokens.push(Token { start, end: at + 1, form, name, default, depth: open.len(), is_alone: false });
                }
            }
            b'{' => {
                for (form, start) in [(Form::Curly, "{env:"), (Form::CurlyFile, "{file:")] {
                    if let Some(name) = rest.strip_prefix(start).and_then(enclosed)
                        && !name.is_empty()
                    {
                        tokens.push(token(form, name, start.len() + name.len() + 1));
                        at += name.len() + start.len();
                        break;
                    }
                }
            }
            b'$' if rest.starts_with("$$") => at += 1,
            b'$' if rest.starts_with("${{") => {
                let inner = enclosed(&rest[3..]).filter(|inner| rest[3 + inner.len()..].starts_with("}}")).unwrap_or("");
                let forms = [(Form::Secrets, "secrets."), (Form::Inputs, "inputs.")].into_iter();
                let mut named = forms.filter_map(|(form, start)| Some((form, inner.trim().strip_prefix(start)?)));
                if let Some((form, name)) = named.next() {
                    tokens.push(token(form, name, inner.len() + "${{}}".len()));
                    at += inner.len() + 4;
                } else {
                    at += 2;
                }
            }
            b'$' if rest.starts_with("${") => {
                let inner = &rest[2..];
                let name = name_at(inner);
                let after = &inner[name.len()..];
                if !name.is_empty() && after.starts_with(":-") {
                    open.push((at, name, at + 2 + name.len() + 2));
                    at += 1 + name.len() + 2;
                } else if let Some(content) = enclosed(inner) {
                    let found = if is_shell { in_shell(content, name, at) } else { closed(content, name, at) };
                    if let Some(found) = found {
                        tokens.push(Token { depth, end: at + content.len() + "${}".len(), ..found });
                    }
                    at += 2 + content.len();
                } else {
                    at += 1;
                }
            }
            b'$' => {
                let name = name_at(&rest[1..]);
                if !name.is_empty() {
                    let is_alone = at + 1 + name.len() == text.len() && is_scheme(&text[..at]);
                    tokens.push(Token { is_alone, ..token(Form::Bare, name, name.len() + 1) });
                    at += name.len();
                }
            }
            _ => {}
        }
        at += 1;
        if at > bytes.len() {
            break;
        }
    }
    // the first `}` ends it, where its own does not come
    for (depth, (start, name, default)) in open.into_iter().enumerate().take(DEEPEST) {
        if let Some(length) = text[default..].find('}') {
            let (end, default) = (default + length + 1, Some(&text[default..default + length]));
            tokens.push(Token { start, end, form: Form::Defaulted, name, default, depth, is_alone: false });
        }
    }
    tokens.sort_by_key(|token| token.start);
    tokens
}

/// What stands before the next `}`, if no other reference starts before it.
fn enclosed(text: &str) -> Option<&str> {
    let end = text.find(['}', '{', '$'])?;
    text[end..].starts_with('}').then(|| &text[..end])
}

/// What stands between `${` and `}`, when it is a reference that has no default.
fn closed<'t>(content: &'t str, name: &'t str, start: usize) -> Option<Token<'t>> {
    let token = |form, name| Some(Token { start, end: start, form, name, default: None, depth: 0, is_alone: false });
    if let Some(rest) = content.strip_prefix("env:") {
        // a default is dropped by those who have this form
        let name = rest.split(':').next().unwrap_or(rest);
        return if name.is_empty() { None } else { token(Form::Env, name) };
    }
    if let Some(id) = content.strip_prefix("input:") {
        return if id.is_empty() { None } else { token(Form::Input, id) };
    }
    if let Some(path) = content.strip_prefix("file:") {
        return if path.is_empty() { None } else { token(Form::File, path) };
    }
    if content == "/" || (content.len() > name.len() && content[name.len()..].starts_with([':', '.'])) {
        return token(Form::Other, content);
    }
    if name.is_empty() {
        return None;
    }
    match &content[name.len()..] {
        "" => token(Form::Braced, name),
        after if after.starts_with('-') => token(Form::Dashed, name),
        _ => None,
    }
}

/// The same in a shell's text, where any operator may follow the name: `${NAME:?why}`, `${NAME%/}`.
fn in_shell<'t>(content: &'t str, name: &'t str, start: usize) -> Option<Token<'t>> {
    let is_name =
        !name.is_empty() && (content.len() == name.len() || content[name.len()..].starts_with(|c| ":-+=?%#/^,@".contains(c)));
    is_name.then_some(Token { start, end: start, form: Form::Braced, name, default: None, depth: 0, is_alone: false })
}

/// The name at the start of a text: letters, digits and `_`, no digit first.
fn name_at(text: &str) -> &str {
    if text.starts_with(|c: char| c.is_numeric()) {
        return "";
    }
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    &text[..end]
}

/// Whether a text is a name, and nothing else.
pub(in crate::client) fn is_name(text: &str) -> bool {
    !text.is_empty() && name_at(text).len() == text.len()
}

/// Nothing, or a word that says how a header authorises, after the header's name where that is given too.
fn is_scheme(before: &str) -> bool {
    if before.is_empty() {
        return true;
    }
    let word = before.trim_end_matches(' ');
    if word.len() == before.len() {
        return false;
    }
    let word = word.rsplit([' ', ':', '=']).next().unwrap_or(word);
    SCHEMES.iter().any(|known| word.eq_ignore_ascii_case(known))
}
