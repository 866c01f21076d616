//! How deep a text of TOML goes, told by the very parser that reads it later and before anything is built of it: whatever recurses
//! then has a bound. Reads no value.

use toml_parser::decoder::Encoding;
use toml_parser::parser::{EventReceiver, parse_document};
use toml_parser::{ErrorSink, Source, Span};

/// The most parts of one key. Brackets and dots together make the depth of a tree, so one line of dots could make all of it.
const PARTS: usize = 16;

/// Where a text first goes deeper than so many levels, in bytes: tables and lists in each other, and the parts of keys. The tree
/// that is made of any other text has no more of them, but for one more with each part of a header that is a list of tables.
#[must_use]
pub fn beyond(text: &str, levels: usize) -> Option<usize> {
    let tokens = Source::new(text).lex().into_vec();
    let mut depth = Depth { levels, ..Depth::default() };
    parse_document(&tokens, &mut depth, &mut ());
    depth.found
}

/// How deep the parser is.
#[derive(Default)]
struct Depth {
    levels: usize,
    /// The parts of the header that counts.
    header: usize,
    /// The levels that each open bracket added, with the parts of the key before it.
    open: Vec<usize>,
    /// All of these.
    total: usize,
    /// The parts of the key that was read last, and whether another one follows.
    parts: usize,
    is_continued: bool,
    found: Option<usize>,
}

impl Depth {
    /// Whether the parser may go in.
    fn enter(&mut self, span: Span) -> bool {
        let added = std::mem::take(&mut self.parts).max(1);
        self.open.push(added);
        self.total += added;
        self.require(self.header + self.total <= self.levels, span)
    }

    fn leave(&mut self) {
        self.total -= self.open.pop().unwrap_or_default();
        self.parts = 0;
    }

    fn require(&mut self, is_sound: bool, span: Span) -> bool {
        if !is_sound {
            self.found.get_or_insert(span.start());
        }
        self.found.is_none()
    }
}

impl EventReceiver for Depth {
    fn std_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.header = std::mem::take(&mut self.parts);
    }

    fn array_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.header = std::mem::take(&mut self.parts);
    }

    fn std_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.header = 0;
    }

    fn array_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.header = 0;
    }

    fn inline_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.enter(span)
    }

    fn inline_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.leave();
    }

    fn array_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.enter(span)
    }

    fn array_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.leave();
    }

    fn simple_key(&mut self, span: Span, _: Option<Encoding>, _: &mut dyn ErrorSink) {
        self.parts = if std::mem::take(&mut self.is_continued) { self.parts + 1 } else { 1 };
        self.require(self.parts <= PARTS && self.header + self.total + self.parts <= self.levels, span);
    }

    fn key_sep(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.is_continued = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_and_the_parts_of_keys_are_the_depth_of_a_text() {
        for (text, depth) in [
            ("", 0),
            ("a = 1", 1),
            ("a.b . 'c' = 1\n\"d.e\" = '[[[['", 3),
            ("[a.b]\nc = 1", 3),
            ("[a.b]\nc = 1\n[d]\ne = 1", 3),
            ("[[a]]\nb.c = 1", 3),
            ("a = [[1], [2]]", 2),
            ("a = [[1], [\"]\", [2]]] # [[[[[[", 3),
            ("a = { b.c = [{ d = 1 }] }", 5),
            ("[a]\nb = '''\n[[[[[\n'''\n", 2),
            ("a = [\n[\n", 2),
            ("a = {]{]{]{]", 1),
            ("a = {x={]x={]x={]", 4),
        ] {
            let first = (0..64).find(|levels| beyond(text, *levels).is_none());
            assert_eq!(first, Some(depth), "{text}");
        }
    }

    #[test]
    fn what_goes_deeper_is_told_by_its_place_without_going_there() {
        assert_eq!(beyond("a = [[[1]]]", 2), Some(6));
        assert_eq!(beyond(&format!("x = 1\n{}y = 1", "a.".repeat(16)), 100), Some(38));
        assert_eq!(beyond(&format!("a = {}", "[".repeat(1_000_000)), 200), Some(204));
        assert_eq!(beyond(&format!("a = {}", "[{b=".repeat(250_000)), 200), Some(4 + 99 * 4 + 2));
        // no tree is deeper than was said, whatever is wrong with its text
        for open in ["[", "{a=", "{a.b=", "[{a=", "{]a=", "[}"] {
            assert!(beyond(&format!("a = {}", open.repeat(100_000)), 200).is_some(), "{open}");
        }
    }
}
