//! Places in a text: lines, blanks, comments; and the cuts that are made there.

use std::ops::Range;

use zeroize::Zeroizing;

/// Bytes of a text that another text takes the place of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cut {
    pub range: Range<usize>,
    pub with: String,
}

impl Cut {
    pub fn out(range: Range<usize>) -> Self {
        Self { range, with: String::new() }
    }

    pub fn at(place: usize, with: String) -> Self {
        Self { range: place..place, with }
    }
}

/// The text with all cuts made; `None` when two of them meet.
pub(super) fn cut(text: &str, mut cuts: Vec<Cut>) -> Option<Zeroizing<String>> {
    cuts.sort_by_key(|cut| (cut.range.start, cut.range.end));
    let more: usize = cuts.iter().map(|cut| cut.with.len()).sum();
    let mut out = Zeroizing::new(String::with_capacity(text.len() + more));
    let mut from = 0;
    for cut in &cuts {
        out.push_str(text.get(from..cut.range.start)?);
        out.push_str(&cut.with);
        from = cut.range.end;
    }
    out.push_str(text.get(from..)?);
    Some(out)
}

/// How a comment of a format begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comments {
    /// `//` and `/* */`
    Slashes,
    /// `#`
    Hash,
}

/// A text with places in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places<'t> {
    pub text: &'t str,
    pub comments: Comments,
}

impl<'t> Places<'t> {
    /// Where the line of a byte starts.
    pub fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |end| end + 1)
    }

    /// Where the line of a byte ends, before its line end.
    pub fn line_end(&self, at: usize) -> usize {
        let end = self.text[at..].find('\n').map_or(self.text.len(), |n| at + n);
        if self.text[at..end].ends_with('\r') { end - 1 } else { end }
    }

    /// Where the next line starts.
    pub fn next_line(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |n| at + n + 1)
    }

    /// The blanks before a byte, when nothing else stands before it on its line and it is not on the first line.
    pub fn indent(&self, at: usize) -> Option<&'t str> {
        let start = self.line_start(at);
        let before = &self.text[start..at];
        (start > 0 && is_blank(before)).then_some(before)
    }

    /// Whether nothing but blanks stands here.
    pub fn is_blank(&self, range: Range<usize>) -> bool {
        self.text.get(range).is_some_and(is_blank)
    }

    /// How this text ends its lines.
    pub fn newline(&self) -> &'static str {
        match self.text.find('\n') {
            Some(at) if self.text[..at].ends_with('\r') => "\r\n",
            _ => "\n",
        }
    }

    /// The first byte from here that is no blank, line end or comment.
    pub fn skip(&self, mut at: usize) -> usize {
        loop {
            let rest = &self.text[at..];
            at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
            match self.comment(at) {
                Some(end) => at = end,
                None => return at,
            }
        }
    }

    /// Whether only blanks and comments stand here, none of which goes beyond the end.
    pub fn is_idle(&self, mut at: usize, end: usize) -> bool {
        loop {
            let rest = &self.text[at..end];
            at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
            if at >= end {
                return true;
            }
            match self.comment(at) {
                Some(after) if after <= end => at = after,
                _ => return false,
            }
        }
    }

    /// Where the comment ends that starts here, before its line end.
    fn comment(&self, at: usize) -> Option<usize> {
        let rest = &self.text[at..];
        match self.comments {
            Comments::Slashes if rest.starts_with("//") => Some(self.line_end(at)),
            Comments::Slashes if rest.starts_with("/*") => Some(rest[2..].find("*/").map_or(self.text.len(), |n| at + n + 4)),
            Comments::Hash if rest.starts_with('#') => Some(self.line_end(at)),
            _ => None,
        }
    }

    /// Whether this byte stands here.
    pub fn has(&self, at: usize, byte: u8) -> bool {
        self.text.as_bytes().get(at) == Some(&byte)
    }
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
}
