//! Members and items between braces and brackets, with a comma between them: JSON, and what TOML writes on one line. Comments
//! stay; a line that a change leaves empty goes.

use super::place::{Cut, Places};

/// Takes the `index`-th of these siblings away.
pub(super) fn removal(places: &Places<'_>, siblings: &[(usize, usize)], index: usize) -> Vec<Cut> {
    let (start, end) = siblings[index];
    let next = places.skip(end);
    let has_line = places.indent(start).is_some();
    if places.has(next, b',') {
        let rest = next + 1;
        if !places.is_blank(end..next) {
            return vec![Cut::out(start..end), Cut::out(next..rest)];
        }
        if has_line && places.is_blank(rest..places.line_end(rest)) {
            return vec![Cut::out(places.line_start(start)..places.next_line(rest))];
        }
        return vec![Cut::out(start..after_blanks(places, rest))];
    }
    let mut cuts = Vec::new();
    if let Some((_, before)) = index.checked_sub(1).map(|before| siblings[before]) {
        let comma = places.skip(before);
        if places.is_blank(comma + 1..start) {
            return vec![Cut::out(comma..end)];
        }
        cuts.push(Cut::out(comma..comma + 1));
    }
    let line_end = places.line_end(end);
    if has_line && places.is_blank(end..line_end) {
        cuts.push(Cut::out(places.line_start(start)..places.next_line(end)));
    } else {
        cuts.push(Cut::out(start..after_blanks(places, end)));
    }
    cuts
}

/// Puts something behind the `index`-th of these siblings.
pub(super) fn insertion(places: &Places<'_>, siblings: &[(usize, usize)], index: usize, what: &str) -> Vec<Cut> {
    let (start, end) = siblings[index];
    let separator = separator(places, siblings);
    let Some(indent) = places.indent(start) else { return vec![Cut::at(end, format!("{separator}{what}"))] };
    let line = format!("{}{indent}{what}", places.newline());
    let line_end = places.line_end(end);
    let next = places.skip(end);
    if next < line_end && places.has(next, b',') {
        if places.is_blank(next + 1..line_end) {
            return vec![Cut::at(end, format!(",{line}"))];
        }
        if places.is_idle(next + 1, line_end) {
            return vec![Cut::at(line_end, format!("{line},"))];
        }
        return vec![Cut::at(end, format!("{separator}{what}"))];
    }
    if places.is_blank(end..line_end) {
        return vec![Cut::at(end, format!(",{line}"))];
    }
    if places.is_idle(end, line_end) && !places.has(next, b',') {
        return vec![Cut::at(end, ",".to_owned()), Cut::at(line_end, line)];
    }
    vec![Cut::at(end, format!("{separator}{what}"))]
}

/// Puts something before the first of these siblings.
pub(super) fn insertion_before(places: &Places<'_>, siblings: &[(usize, usize)], what: &[String]) -> Vec<Cut> {
    let start = siblings[0].0;
    let separator = match places.indent(start) {
        Some(indent) => format!(",{}{indent}", places.newline()),
        None => separator(places, siblings).to_owned(),
    };
    vec![Cut::at(start, what.iter().map(|word| format!("{word}{separator}")).collect())]
}

/// What stands between two siblings on one line. One alone is taken for a generous writer's.
pub(super) fn separator(places: &Places<'_>, siblings: &[(usize, usize)]) -> &'static str {
    let is_tight = siblings.len() > 1 && {
        let comma = places.skip(siblings[0].1);
        comma + 1 == siblings[1].0
    };
    if is_tight { "," } else { ", " }
}

fn after_blanks(places: &Places<'_>, at: usize) -> usize {
    let rest = &places.text[at..];
    at + rest.len() - rest.trim_start_matches([' ', '\t']).len()
}
