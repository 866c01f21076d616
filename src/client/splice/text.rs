//! A part of a text, in the quotes that it has where that can be, else in double ones.

use std::ops::Range;

use super::format::Format;
use super::place::Cut;
use super::words::{self, Quotes};

/// The cut that makes this part of a text another. `written` is how it stands, from the byte `start` on; between brackets,
/// where it `is_braced`, a comma or a brace would end it.
pub(super) fn part(
    (format, is_braced): (Format, bool),
    written: &str,
    start: usize,
    was: &str,
    (range, with): (&Range<usize>, &str),
) -> Option<Cut> {
    let mut now = was.to_owned();
    was.get(range.clone())?;
    now.replace_range(range.clone(), with);
    let found = match (format, Quotes::of(written)) {
        (Format::Yaml, Some(Quotes::Single)) => alone(written, was, range).filter(|_| !with.contains('\'') && is_plain(with)),
        (Format::Yaml, None) => {
            let is_open = is_braced && now.contains(['{', '}', '[', ']', ',']);
            alone(written, was, range).filter(|_| words::is_plain_yaml(&now) && !is_open)
        }
        (Format::Yaml, Some(_)) if written.contains('\n') => None,
        (_, Some(quotes)) => quotes.bytes_of(written, was, range).filter(|_| quotes.inner(with).is_some()),
        (_, None) => None,
    };
    Some(match found {
        Some(part) => {
            let with = match Quotes::of(written) {
                Some(Quotes::Double | Quotes::LongDouble) => words::escaped(with),
                _ => with.to_owned(),
            };
            Cut { range: start + part.start..start + part.end, with }
        }
        // a block goes on to the end of its lines, and takes them with it
        None if format == Format::Yaml && written.starts_with(['|', '>']) => return None,
        None => Cut { range: start..start + written.len(), with: words::json_text(&now) },
    })
}

/// Where a part stands that is written once, and as it is.
fn alone(written: &str, was: &str, range: &Range<usize>) -> Option<Range<usize>> {
    let part = was.get(range.clone()).filter(|part| !part.is_empty())?;
    let only = |text: &str| text.match_indices(part).map(|(at, _)| at).take(2).collect::<Vec<_>>();
    match (only(written).as_slice(), only(was).as_slice()) {
        ([at], [_]) => Some(*at..at + part.len()),
        _ => None,
    }
}

fn is_plain(text: &str) -> bool {
    !text.chars().any(char::is_control)
}
