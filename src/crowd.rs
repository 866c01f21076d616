//! Whether a text is too full: parsers make a tree of it, in which a value takes many times the two bytes that it may be written
//! with. Counts marks and reads nothing; a file that people or programs write for use never comes near.

/// Texts up to this size cannot make a tree that is too large, in bytes.
const SMALL: usize = 256 * 1024;
/// So many marks may stand in any text.
const MARKS: usize = 100_000;
/// Beyond that, one in so many bytes.
const SPARSE: usize = 10;
/// The same of TOML, whose tree is held beside all of its tokens while it is built.
const MARKS_OF_TOML: usize = 60_000;
const SPARSE_OF_TOML: usize = 20;

/// What is said of a file that is too full.
pub const FULL: &str = "more values stand in the file than can be kept";

/// How many marks of this kind a text has; 0 for one of a size at which they do not matter.
fn count(text: &[u8], marks: &[u8]) -> usize {
    if text.len() > SMALL { text.iter().filter(|byte| marks.contains(byte)).count() } else { 0 }
}

/// Whether a text of TOML has more marks than its size allows, wherever they stand in it.
#[must_use]
pub fn is_full_toml(text: &[u8]) -> bool {
    count(text, b",=[{.\n") > MARKS_OF_TOML + text.len() / SPARSE_OF_TOML
}

/// The same for JSON, where what stands in a string is no mark.
#[must_use]
pub fn is_full_json(text: &[u8]) -> bool {
    if count(text, b",:[{") <= most(text.len()) {
        return false;
    }
    let (mut marks, mut is_inside, mut bytes) = (0, false, text.iter());
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => is_inside = !is_inside,
            b'\\' if is_inside => drop(bytes.next()),
            b',' | b':' | b'[' | b'{' if !is_inside => marks += 1,
            _ => {}
        }
    }
    marks > most(text.len())
}

/// Whether a text of TOML that is mcpenv's own has more marks than anybody has a use for there.
#[must_use]
pub fn is_full_own(text: &[u8]) -> bool {
    count(text, b",=[{.\n") > MARKS / 2
}

/// The most values that a text of this length may be read as.
#[must_use]
pub fn most(length: usize) -> usize {
    MARKS + length / SPARSE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_nothing_but_marks_is_full_and_a_small_one_never_is() {
        assert!(is_full_json(&b"0,".repeat(400_000)) && is_full_toml(&b"0,".repeat(400_000)));
        assert!(!is_full_json(&b"0,".repeat(100_000)) && !is_full_toml(&b"0,".repeat(100_000)));
        assert!(is_full_json(&b"[],".repeat(300_000)));
    }

    #[test]
    fn a_large_file_as_programs_write_it_is_not_full() {
        let text = b"      \"lastSessionId\": \"3f2a\",\n      \"tools\": [],\n".repeat(200_000);
        assert!(!is_full_json(&text));
        let text = [b"{\"a\": \"".to_vec(), b",:\\\"".repeat(400_000), b"\"}".to_vec()].concat();
        assert!(count(&text, b",:[{") > most(text.len()) && !is_full_json(&text));
        // what Codex keeps of each project that it was asked about
        let text = b"[projects.\"/home/ann/src/acme-api\"]\ntrust_level = \"trusted\"\n\n".repeat(10_000);
        assert!(text.len() > SMALL && !is_full_toml(&text));
    }
}
