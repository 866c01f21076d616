//! The formats, and which one a file has.

use std::path::Path;

use super::contract::{Entry, ReadError};
use super::{env, json, toml, yaml};

/// A format that names and values may stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Env,
    Json,
    Toml,
    Yaml,
}

impl Format {
    /// Every format's word.
    pub const WORDS: [&'static str; 4] = ["env", "json", "toml", "yaml"];

    /// The format with this word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Some(match word {
            "env" => Self::Env,
            "json" => Self::Json,
            "toml" => Self::Toml,
            "yaml" => Self::Yaml,
            _ => return None,
        })
    }

    /// The format that a file's name promises; `.env` where it promises none.
    #[must_use]
    pub fn of_file(path: &Path) -> Self {
        match path.extension().and_then(|end| end.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("json") => Self::Json,
            Some("toml") => Self::Toml,
            Some("yaml" | "yml") => Self::Yaml,
            _ => Self::Env,
        }
    }

    /// Reads a file of this format.
    ///
    /// # Errors
    /// When it is not of the format, or when it cannot be said where one value ends and the next begins.
    pub fn read(self, bytes: &[u8]) -> Result<Vec<Entry>, ReadError> {
        let bytes = match bytes {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 1..=255, ..] | [1..=255, 0, ..] => {
                return Err(ReadError::at(1, "the file is UTF-16; save it as UTF-8"));
            }
            [0xef, 0xbb, 0xbf, rest @ ..] => rest,
            bytes => bytes,
        };
        if self == Self::Env {
            return env::read(bytes);
        }
        let text = std::str::from_utf8(bytes).map_err(|e| {
            let line = bytes[..e.valid_up_to()].split(|b| *b == b'\n').count();
            ReadError::at(line, "this is no UTF-8 text")
        })?;
        match self {
            Self::Env => env::read(bytes),
            Self::Json => json::read(text),
            Self::Toml => toml::read(text),
            Self::Yaml => yaml::read(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_says_its_format() {
        let of = |name: &str| Format::of_file(Path::new(name));
        assert_eq!([of(".env"), of(".env.local"), of("a.JSON"), of("a.toml"), of("a.yml"), of("x.yaml")], {
            use Format::{Env, Json, Toml, Yaml};
            [Env, Env, Json, Toml, Yaml, Yaml]
        });
        assert!(Format::WORDS.iter().all(|word| Format::named(word).is_some()) && Format::named("ini").is_none());
    }
}
