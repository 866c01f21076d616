//! Whether a text is too full: parsers make a tree of it, in which a value takes many times the two bytes that it may be written
//! with. Counts marks and reads nothing; a file that people or programs write for use never comes near.

/// Texts up to this size cannot make a tree that is too large, in bytes.
const SMALL: usize = 256 * 1024;
/// So many marks may stand in any text.
const MARKS: usize = 100_000;
/// Beyond that, one in so many bytes.
const SPARSE: usize = 10;

/// What is said of a file that is too full.
pub const FULL: &str = "more values stand in the file than can be kept";

/// Whether a text has more marks of this kind than its size allows.
fn is_full(text: &[u8], marks: &[u8]) -> bool {
    text.len() > SMALL && is_beyond(text, text.iter().filter(|byte| marks.contains(byte)).count())
}

/// Whether a text of TOML has more marks than its size allows, wherever they stand in it.
#[must_use]
pub fn is_full_toml(text: &[u8]) -> bool {
    is_full(text, b",=[{.\n")
}

/// The same for JSON, where what stands in a string is no mark.
#[must_use]
pub fn is_full_json(text: &[u8]) -> bool {
    if !is_full(text, b",:[{") {
        return false;
    }
    let (mut count, mut is_inside, mut bytes) = (0, false, text.iter());
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => is_inside = !is_inside,
            b'\\' if is_inside => drop(bytes.next()),
            b',' | b':' | b'[' | b'{' if !is_inside => count += 1,
            _ => {}
        }
    }
    is_beyond(text, count)
}

/// Whether a text of TOML that is mcpenv's own has more marks than anybody has a use for there.
#[must_use]
pub fn is_full_own(text: &[u8]) -> bool {
    text.len() > SMALL && text.iter().filter(|byte| b",=[{.\n".contains(byte)).count() > MARKS / 2
}

/// The most values that a text of this length may be read as.
#[must_use]
pub fn most(length: usize) -> usize {
    MARKS + length / SPARSE
}

fn is_beyond(text: &[u8], count: usize) -> bool {
    count > most(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_nothing_but_marks_is_full_and_a_small_one_never_is() {
        assert!(is_full(&b"0,".repeat(400_000), b","));
        assert!(!is_full(&b"0,".repeat(100_000), b","));
        assert!(is_full_json(&b"[],".repeat(300_000)));
    }

    #[test]
    fn a_large_file_as_programs_write_it_is_not_full() {
        let text = b"      \"lastSessionId\": \"3f2a\",\n      \"tools\": [],\n".repeat(200_000);
        assert!(!is_full_json(&text));
        let text = [b"{\"a\": \"".to_vec(), b",:\\\"".repeat(400_000), b"\"}".to_vec()].concat();
        assert!(is_full(&text, b",:[{") && !is_full_json(&text));
    }
}
