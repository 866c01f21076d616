//! Where references stand in a text, whichever client resolves them: what is left of the text is plain. Knows no client.

use std::ops::Range;

use super::form::{Form, SCHEMES, scan};

/// Something in a text that some client takes for a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span<'t> {
    /// Its bytes, with the marks around the name.
    pub range: Range<usize>,
    pub name: &'t str,
    /// The bytes of its default.
    pub default: Option<Range<usize>>,
    /// `$NAME` amid other text: a reference for few clients, and a part of many a password.
    pub is_loose: bool,
}

/// Everything in a text that has the form of a reference, in its order; those in a default follow the one that has it.
#[must_use]
pub fn spans(text: &str) -> Vec<Span<'_>> {
    if !text.contains(['$', '{']) {
        return Vec::new();
    }
    let spans = scan(text, false).into_iter().map(|token| {
        let before = match token.form {
            Form::Defaulted => "${:-".len(),
            Form::Dashed => "${-".len(),
            Form::Env => "${env::".len(),
            _ => usize::MAX,
        };
        let default = token.start.saturating_add(before).saturating_add(token.name.len())..token.end - 1;
        let default = (default.start <= default.end).then_some(default);
        let is_loose = token.form == Form::Bare && !token.is_alone;
        Span { range: token.start..token.end, name: token.name, default, is_loose }
    });
    let mut spans: Vec<Span<'_>> = spans.collect();
    spans.extend(filled_by_mcpenv(text));
    spans.sort_by_key(|span| span.range.start);
    spans
}

/// `%{NAME}`, which `mcpenv exec` fills in the arguments of a server.
fn filled_by_mcpenv(text: &str) -> impl Iterator<Item = Span<'_>> {
    text.match_indices("%{").filter_map(|(start, open)| {
        let inner = &text[start + open.len()..];
        let end = inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|end| inner[*end..].starts_with('}'))?;
        let name = Some(&inner[..end]).filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))?;
        Some(Span { range: start..start + open.len() + end + 1, name, default: None, is_loose: false })
    })
}

/// Where a header's value starts behind the word for its scheme (`Bearer`, `Basic`); 0 when there is none.
#[must_use]
pub fn after_scheme(text: &str) -> usize {
    let mut at = 0;
    while let Some(length) = text[at..].find(' ') {
        let word = &text[at..at + length];
        if !SCHEMES.iter().any(|known| word.eq_ignore_ascii_case(known)) {
            break;
        }
        at += length + text[at + length..].len() - text[at + length..].trim_start_matches(' ').len();
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_covers_its_marks_and_its_default() {
        for (text, expected) in [
            ("a ${B} c", "${B}|"),
            ("${A:-x${B}}!", "${A:-x${B}}|x${B} ${B}|"),
            ("${A:-x", ""),
            ("${A:-x $}", "${A:-x $}|x $"),
            ("${A-x} ${env:B:y}", "${A-x}|x ${env:B:y}|y"),
            ("${env:A} {env:B} ${{ secrets.C }} ${input:d}", "${env:A}| {env:B}| ${{ secrets.C }}| ${input:d}|"),
            ("Bearer $A", "$A|"),
            ("pa$word", "~$word|"),
            ("--x=%{A_1} %{} %{1} %{a-b} %{A", "%{A_1}|"),
        ] {
            let told: Vec<String> = spans(text)
                .into_iter()
                .map(|span| {
                    let mark = if span.is_loose { "~" } else { "" };
                    format!("{mark}{}|{}", &text[span.range], span.default.map_or("", |range| &text[range]))
                })
                .collect();
            assert_eq!(told.join(" "), expected, "{text}");
        }
    }

    #[test]
    fn the_word_of_a_scheme_is_no_part_of_the_value() {
        for (text, rest) in
            [("Bearer abc", "abc"), ("basic  x y", "x y"), ("Bearer Bearer a", "a"), ("abc def", "abc def"), ("Bearer", "Bearer")]
        {
            assert_eq!(&text[after_scheme(text)..], rest);
        }
    }
}
