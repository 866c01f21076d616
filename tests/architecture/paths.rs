//! The paths that a file names: what it imports and what it calls by a path. `super::` and `self::` are worked out.

use crate::tokens::{Kind, Token, after_group};

/// One path, from the crate's root (`crate`, `store`, `age`) or from a foreign crate (`clap`, `Parser`).
#[derive(Debug, Clone)]
pub struct Named {
    pub path: Vec<String>,
    pub line: usize,
    pub is_test: bool,
    /// Whether it stands in a `use`.
    is_import: bool,
    alias: Option<String>,
}

impl Named {
    pub fn is_own(&self) -> bool {
        self.path[0] == "crate"
    }

    pub fn shown(&self) -> String {
        self.path.join("::")
    }
}

/// The module path of a file under `src`: `src/store/age.rs` is `store`, `age`.
pub fn module_of(file: &str) -> Vec<String> {
    let inner = file.trim_start_matches("src/").trim_end_matches(".rs");
    let mut parts: Vec<String> = inner.split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod") || inner == "lib" {
        parts.pop();
    }
    parts
}

/// Every path of two segments or more that a file names, and every single name that it imports.
pub fn named(file: &str, tokens: &[Token<'_>]) -> Vec<Named> {
    let children = tokens.windows(2).filter(|pair| pair[0].is("mod")).map(|pair| pair[1].text).collect();
    let mut reader = Reader { tokens, module: module_of(file), children, inner: Vec::new(), out: Vec::new() };
    reader.read();
    let local: Vec<String> = reader.out.iter().filter(|n| n.is_import && n.is_own()).filter_map(Named::binds).collect();
    reader.out.retain(|n| n.is_own() || n.is_import || !local.contains(&n.path[0]));
    reader.out
}

impl Named {
    /// The name under which an import is known from then on.
    fn binds(&self) -> Option<String> {
        self.alias.clone().or_else(|| self.path.last().cloned())
    }
}

struct Reader<'a> {
    tokens: &'a [Token<'a>],
    module: Vec<String>,
    /// The modules that this file declares: a path may start with their bare name.
    children: Vec<&'a str>,
    /// Inline modules that are open, each with the index of the token that ends it.
    inner: Vec<(String, usize)>,
    out: Vec<Named>,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut at = 0;
        while at < self.tokens.len() {
            self.inner.retain(|(_, end)| at < *end);
            let token = &self.tokens[at];
            // `use<'a>` in a type names lifetimes, not a path
            if token.is("use") && !self.is_sign(at + 1, "<") {
                at = self.tree(at + 1, &[]) + 1;
                continue;
            }
            if token.is("mod") && self.is_sign(at + 2, "{") {
                self.inner.push((self.tokens[at + 1].text.to_owned(), after_group(self.tokens, at + 2)));
                at += 2;
                continue;
            }
            let follows = at > 0 && ["::", ".", "mod", "fn", "in"].iter().any(|t| self.tokens[at - 1].is(t));
            if token.kind == Kind::Word && self.is_sign(at + 1, "::") && !follows {
                at = self.inline(at);
                continue;
            }
            at += 1;
        }
    }

    fn is_sign(&self, at: usize, sign: &str) -> bool {
        self.tokens.get(at).is_some_and(|t| t.is(sign))
    }

    fn inline(&mut self, start: usize) -> usize {
        let mut path = vec![self.tokens[start].text.to_owned()];
        let mut at = start + 1;
        while self.is_sign(at, "::") && self.tokens.get(at + 1).is_some_and(|t| t.kind == Kind::Word) {
            path.push(self.tokens[at + 1].text.to_owned());
            at += 2;
        }
        self.push(&path, start, false, None);
        at
    }

    /// Reads one branch of a `use`, and gives the index after it.
    fn tree(&mut self, mut at: usize, before: &[String]) -> usize {
        let start = at.min(self.tokens.len().saturating_sub(1));
        let mut path = before.to_vec();
        loop {
            let Some(token) = self.tokens.get(at) else { return at };
            if token.is("{") {
                let end = after_group(self.tokens, at);
                at += 1;
                while at + 1 < end {
                    at = self.tree(at, &path);
                    at += usize::from(self.is_sign(at, ","));
                }
                return end;
            }
            if token.is("*") || token.kind == Kind::Word {
                path.push(token.text.to_owned());
                at += 1;
            } else if token.is("::") {
                at += 1;
                continue;
            }
            if self.is_sign(at, "::") {
                continue;
            }
            let mut alias = None;
            if self.is_sign(at, "as") {
                alias = self.tokens.get(at + 1).map(|t| t.text.to_owned());
                at += 2;
            }
            if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
                path.pop();
            }
            self.push(&path, start, true, alias);
            return at;
        }
    }

    fn push(&mut self, path: &[String], start: usize, is_import: bool, alias: Option<String>) {
        let token = &self.tokens[start];
        let here: Vec<String> = self.module.iter().cloned().chain(self.inner.iter().map(|(name, _)| name.clone())).collect();
        let resolved = match path[0].as_str() {
            "crate" | "mcpenv" => [&["crate".to_owned()], &path[1..]].concat(),
            "self" => [&["crate".to_owned()], here.as_slice(), &path[1..]].concat(),
            "super" => {
                let climbs = path.iter().take_while(|part| *part == "super").count();
                let left = here.len().saturating_sub(climbs);
                [&["crate".to_owned()], &here[..left], &path[climbs..]].concat()
            }
            first if self.children.contains(&first) => [&["crate".to_owned()], here.as_slice(), path].concat(),
            _ => path.to_vec(),
        };
        self.out.push(Named { path: resolved, line: token.line, is_test: token.is_test, is_import, alias });
    }
}
