//! Which references a client resolves. A dialect is data: forms and names. Every form that some client has is looked for, so
//! that one client's reference is seen as plain text by the next, and said so.

use std::collections::{HashMap, HashSet};

use super::form::{Form, Token, is_name, scan};
use crate::client::contract::Kind;

/// What one client resolves.
#[derive(Debug)]
pub(in crate::client) struct Dialect {
    /// The forms that it fills, and who gives the value.
    pub forms: &'static [(Form, Kind)],
    /// The names that it gives a value itself, as `${name}`, `${name:argument}` or `${name.key}`.
    pub given: &'static [&'static str],
    /// Whether what it fills in a header is looked through once more.
    pub is_header_twice: bool,
    /// How the names that it fills begin.
    pub prefix: &'static str,
    /// The longest text that it fills, in UTF-16 units.
    pub longest: Option<usize>,
}

impl Dialect {
    /// Fills nothing.
    pub const NONE: Self = Self { forms: &[], given: &[], is_header_twice: false, prefix: "", longest: None };
}

/// References that are filled from the `env` of the same entry.
#[derive(Debug, Clone, Copy)]
pub(in crate::client) struct Own<'o> {
    pub names: &'o HashSet<&'o str>,
    pub forms: &'static [Form],
}

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::client) enum Field {
    /// Where this client fills references.
    Filled,
    /// A header's value, where it does too.
    Header,
    /// Where this client fills them, and nobody would write those of others.
    Elsewhere,
    /// Where it does not, but people may think so.
    Plain,
    /// Where nobody would write one.
    Silent,
    /// A shell reads it.
    Shell,
}

/// So many references are looked through one by one.
const FEW: usize = 16;

/// One reference of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::client) struct Found<'t> {
    pub name: &'t str,
    pub kind: Kind,
    pub default: Option<&'t str>,
}

/// The references of a text, each name once. `own` are those that the entry answers itself.
pub(in crate::client) fn find<'t>(text: &'t str, dialect: &Dialect, field: Field, own: Option<Own<'_>>) -> Vec<Found<'t>> {
    let mut found: Vec<Found<'t>> = Vec::new();
    // every form has one of them
    if !text.contains(['$', '{']) {
        return found;
    }
    let is_too_long = dialect.longest.is_some_and(|longest| text.encode_utf16().count() > longest);
    let field = if is_too_long && field != Field::Silent { Field::Plain } else { field };
    // most texts hold one: only where there are many, looking for a name in a list would take long
    let mut places: Option<HashMap<(&str, u8), usize>> = None;
    for token in scan(text, field == Field::Shell) {
        let is_own = |own: Own<'_>| own.forms.contains(&token.form) && own.names.contains(token.name);
        let resolved =
            if own.is_some_and(is_own) { Some((Kind::Server, token.default)) } else { resolve(&token, dialect, field) };
        let Some((kind, default)) = resolved else { continue };
        let place = match &places {
            Some(places) => places.get(&(token.name, kind as u8)).copied(),
            None => found.iter().position(|found| found.kind == kind && found.name == token.name),
        };
        match place {
            // without a default in one of its places, the name is needed
            Some(place) if default.is_none() => found[place].default = None,
            Some(_) => {}
            None => {
                found.push(Found { name: token.name, kind, default });
                if let Some(places) = &mut places {
                    places.insert((token.name, kind as u8), found.len() - 1);
                } else if found.len() == FEW {
                    places = Some(found.iter().enumerate().map(|(n, found)| ((found.name, found.kind as u8), n)).collect());
                }
            }
        }
    }
    found
}

pub(in crate::client) fn resolve<'t>(token: &Token<'t>, dialect: &Dialect, field: Field) -> Option<(Kind, Option<&'t str>)> {
    let is_filled = match field {
        Field::Shell => {
            let is_shell = matches!(token.form, Form::Braced | Form::Defaulted | Form::Dashed | Form::Bare);
            return is_shell.then_some((Kind::Shell, token.default));
        }
        Field::Filled | Field::Elsewhere => token.depth == 0,
        Field::Header => token.depth == 0 || (token.depth == 1 && dialect.is_header_twice),
        Field::Plain | Field::Silent => false,
    };
    if is_filled {
        let stem = token.name.split([':', '.']).next().unwrap_or(token.name);
        if matches!(token.form, Form::Braced | Form::Defaulted | Form::Other) && dialect.given.contains(&stem) {
            return Some((Kind::Client, None));
        }
        if let Some((_, kind)) = dialect.forms.iter().find(|(form, _)| *form == token.form)
            && token.name.starts_with(dialect.prefix)
        {
            return Some((*kind, token.default));
        }
    }
    let is_alike = match token.form {
        Form::Braced | Form::Defaulted | Form::Env | Form::Dashed | Form::Curly | Form::Secrets => is_name(token.name),
        Form::Bare => token.is_alone,
        Form::Input | Form::Inputs | Form::File | Form::CurlyFile | Form::Other => false,
    };
    (!matches!(field, Field::Silent | Field::Elsewhere) && is_alike).then_some((Kind::Unexpanded, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLAUDE: Dialect = Dialect {
        forms: &[(Form::Braced, Kind::Env), (Form::Defaulted, Kind::Env)],
        given: &["ROOT", "user_config"],
        is_header_twice: true,
        ..Dialect::NONE
    };
    const CODE: Dialect = Dialect {
        forms: &[(Form::Env, Kind::Env), (Form::Input, Kind::Input), (Form::Other, Kind::Client)],
        given: &["workspaceFolder", "/"],
        ..Dialect::NONE
    };

    fn told(text: &str, dialect: &Dialect, field: Field) -> String {
        let found = find(text, dialect, field, None).into_iter();
        found
            .map(|found| format!("{:?} {}={}", found.kind, found.name, found.default.unwrap_or("?")))
            .collect::<Vec<_>>()
            .join(", ")
    }

    #[test]
    fn each_client_fills_its_own_forms_and_leaves_those_of_others_as_text() {
        for (text, claude, code) in [
            ("${A}", "Env A=?", "Unexpanded A=?"),
            ("x${A:-b}y", "Env A=b", "Unexpanded A=?"),
            ("${A:-}", "Env A=", "Unexpanded A=?"),
            ("${A:-http://h:1/-}", "Env A=http://h:1/-", "Unexpanded A=?"),
            ("${A-3000}", "Unexpanded A=?", "Unexpanded A=?"),
            ("${env:A}", "Unexpanded A=?", "Env A=?"),
            ("${env:A:-d}", "Unexpanded A=?", "Env A=?"),
            ("{env:A}", "Unexpanded A=?", "Unexpanded A=?"),
            ("${{ secrets.A }}", "Unexpanded A=?", "Unexpanded A=?"),
            ("${input:a-b}", "", "Input a-b=?"),
            ("${workspaceFolder}/x", "Env workspaceFolder=?", "Client workspaceFolder=?"),
            ("${workspaceFolder:api}", "", "Client workspaceFolder:api=?"),
            ("${user_config.key}", "Client user_config.key=?", "Client user_config.key=?"),
            ("${/}", "", "Client /=?"),
            ("$A", "Unexpanded A=?", "Unexpanded A=?"),
            ("Bearer $A", "Unexpanded A=?", "Unexpanded A=?"),
            ("Authorization: Bearer $A", "Unexpanded A=?", "Unexpanded A=?"),
            ("echo $A", "", ""),
            ("$A/b", "", ""),
            ("$1 $$ $ $$A ${ ${} ${A ${1}", "", ""),
            ("${A}${A:-d}", "Env A=?", "Unexpanded A=?"),
            ("${Ä_1}", "Env Ä_1=?", "Unexpanded Ä_1=?"),
            ("${A${B}", "Env B=?", "Unexpanded B=?"),
            ("${A:-x${B}", "Env A=x${B, Unexpanded B=?", "Unexpanded A=?, Unexpanded B=?"),
            ("${A:-{\"x\":1}}", "Env A={\"x\":1", "Unexpanded A=?"),
        ] {
            assert_eq!(told(text, &CLAUDE, Field::Filled), claude, "{text}");
            assert_eq!(told(text, &CODE, Field::Filled), code, "{text}");
        }
    }

    #[test]
    fn a_reference_in_a_default_is_filled_only_where_the_client_looks_twice() {
        assert_eq!(told("${A:-${B}}", &CLAUDE, Field::Header), "Env A=${B}, Env B=?");
        assert_eq!(told("${A:-${B}}", &CLAUDE, Field::Filled), "Env A=${B}, Unexpanded B=?");
    }

    #[test]
    fn a_field_that_is_not_filled_is_looked_at_or_left_alone() {
        assert_eq!(told("${A} $B", &CLAUDE, Field::Plain), "Unexpanded A=?");
        assert_eq!(told("${A}", &CLAUDE, Field::Silent), "");
    }

    #[test]
    fn a_shell_fills_what_does_not_stand_in_single_quotes() {
        assert_eq!(told("get $A \"${B:-x}\" '$C' \\$D ${E-y} $1", &CLAUDE, Field::Shell), "Shell A=?, Shell B=x, Shell E=?");
        assert_eq!(told("${A:?no} ${B%/} ${C[0]} ${#D}", &CLAUDE, Field::Shell), "Shell A=?, Shell B=?");
    }

    #[test]
    fn endless_nesting_takes_no_endless_time() {
        let text = "${A:-".repeat(100_000) + &"}".repeat(100_000);
        assert_eq!(find(&text, &CLAUDE, Field::Filled, None).len(), 2);
        assert_eq!(find(&"${".repeat(100_000), &CLAUDE, Field::Filled, None), []);
        assert_eq!(find(&"{env:".repeat(100_000), &CLAUDE, Field::Filled, None), []);
    }
}
