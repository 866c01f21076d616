//! Rust source as words and signs, without comments, and with a mark on what only tests see. Just enough of the language to
//! find paths, attributes and calls; it never judges.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Word,
    /// One sign, or `::`.
    Sign,
    /// A string, a character or a number.
    Literal,
    Lifetime,
}

/// One word or sign.
#[derive(Debug, Clone)]
pub struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    /// From 1.
    pub line: usize,
    /// Inside an item that is compiled for tests only.
    pub is_test: bool,
}

impl Token<'_> {
    pub fn is(&self, text: &str) -> bool {
        self.kind != Kind::Literal && self.text == text
    }
}

/// All tokens of a file.
pub fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut scanner = Scanner { source, at: 0, line: 1, out: Vec::new() };
    while scanner.step() {}
    mark_tests(&mut scanner.out);
    scanner.out
}

/// Whether the tokens from `at` on are these.
pub fn matches(tokens: &[Token<'_>], at: usize, pattern: &[&str]) -> bool {
    tokens.get(at..at + pattern.len()).is_some_and(|found| found.iter().zip(pattern).all(|(token, text)| token.is(text)))
}

/// The index after the bracket that closes the one at `open`.
pub fn after_group(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        if token.is("(") || token.is("[") || token.is("{") {
            depth += 1;
        } else if token.is(")") || token.is("]") || token.is("}") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return index + 1;
            }
        }
    }
    tokens.len()
}

struct Scanner<'a> {
    source: &'a str,
    at: usize,
    line: usize,
    out: Vec<Token<'a>>,
}

impl Scanner<'_> {
    fn step(&mut self) -> bool {
        let rest = &self.source[self.at..];
        let Some(first) = rest.chars().next() else { return false };
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        if first.is_whitespace() {
            self.skip(first.len_utf8());
        } else if rest.starts_with("//") {
            self.skip(rest.find('\n').unwrap_or(rest.len()));
        } else if rest.starts_with("/*") {
            self.skip(block_comment(rest));
        } else if let Some(length) = string(rest) {
            self.take(Kind::Literal, length);
        } else if first == '\'' {
            self.quote(rest);
        } else if first.is_ascii_digit() {
            self.take(Kind::Literal, rest.find(|c: char| !is_word(c)).unwrap_or(rest.len()));
        } else if is_word(first) {
            self.take(Kind::Word, rest.find(|c: char| !is_word(c)).unwrap_or(rest.len()));
        } else if rest.starts_with("::") {
            self.take(Kind::Sign, 2);
        } else {
            self.take(Kind::Sign, first.len_utf8());
        }
        true
    }

    /// A character or a lifetime: `'a'`, `'\n'`, `'static`.
    fn quote(&mut self, rest: &str) {
        let mut chars = rest.char_indices().skip(1);
        let (_, second) = chars.next().unwrap_or((0, ' '));
        if second == '\\' {
            let escaped = rest[2..].chars().next().map_or(0, char::len_utf8);
            let end = rest[2 + escaped..].find('\'').map_or(rest.len(), |n| 2 + escaped + n + 1);
            self.take(Kind::Literal, end);
        } else if let Some((third, '\'')) = chars.next() {
            self.take(Kind::Literal, third + 1);
        } else {
            let length = rest[1..].find(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(rest.len(), |n| n + 1);
            self.take(Kind::Lifetime, length);
        }
    }

    fn take(&mut self, kind: Kind, length: usize) {
        let text = &self.source[self.at..self.at + length];
        self.out.push(Token { kind, text, line: self.line, is_test: false });
        self.skip(length);
    }

    fn skip(&mut self, length: usize) {
        self.line += self.source[self.at..self.at + length].matches('\n').count();
        self.at += length;
    }
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// The length of the string that starts here, with its prefix; `None` when none does.
fn string(rest: &str) -> Option<usize> {
    let prefix = ["br", "cr", "b", "c", "r", ""].into_iter().find(|p| {
        let after = rest.strip_prefix(p).map(|rest| rest.trim_start_matches('#'));
        after.is_some_and(|after| after.starts_with('"')) && (p.ends_with('r') || rest[p.len()..].starts_with('"'))
    })?;
    let hashes = rest[prefix.len()..].chars().take_while(|c| *c == '#').count();
    let start = prefix.len() + hashes + 1;
    if prefix.ends_with('r') {
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(rest[start..].find(&end).map_or(rest.len(), |n| start + n + end.len()));
    }
    let mut is_escaped = false;
    for (index, c) in rest[start..].char_indices() {
        match c {
            '"' if !is_escaped => return Some(start + index + 1),
            '\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    Some(rest.len())
}

/// Marks each item under `#[cfg(test)]` (alone or in an `all`), and everything under `#![cfg(test)]`.
fn mark_tests(tokens: &mut [Token<'_>]) {
    let mut at = 0;
    while at < tokens.len() {
        let is_inner = matches(tokens, at, &["#", "!", "["]);
        let open = at + 1 + usize::from(is_inner);
        if !tokens[at].is("#") || !tokens.get(open).is_some_and(|t| t.is("[")) || !is_for_tests(tokens, open) {
            at += 1;
            continue;
        }
        let end = if is_inner { tokens.len() } else { after_item(tokens, after_group(tokens, open)) };
        tokens[at..end].iter_mut().for_each(|token| token.is_test = true);
        at = end;
    }
}

fn is_for_tests(tokens: &[Token<'_>], open: usize) -> bool {
    let inside = &tokens[open + 1..after_group(tokens, open)];
    inside[0].is("cfg") && inside.iter().any(|t| t.is("test")) && !inside.iter().any(|t| t.is("not") || t.is("any"))
}

/// The index after the item that starts at `at`: its body, or the `;` that ends it.
fn after_item(tokens: &[Token<'_>], mut at: usize) -> usize {
    while at < tokens.len() {
        if tokens[at].is("{") {
            return after_group(tokens, at);
        }
        if tokens[at].is(";") {
            return at + 1;
        }
        at = if tokens[at].is("(") || tokens[at].is("[") { after_group(tokens, at) } else { at + 1 };
    }
    tokens.len()
}
