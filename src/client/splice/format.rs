//! The formats of client files, and who reads them.

use std::path::Path;

use super::place::Comments;
use crate::client::contract::ReadError;
use crate::client::document::tree::{Document, Source};
use crate::client::document::{json, toml, yaml};

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// With comments and trailing commas, where there are any.
    Json,
    Toml,
    Yaml,
}

impl Format {
    /// The format of a file, by its name.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "json" | "jsonc" => Some(Self::Json),
            "toml" => Some(Self::Toml),
            "yaml" | "yml" => Some(Self::Yaml),
            _ => None,
        }
    }

    pub(super) fn source(self, bytes: &[u8]) -> Result<Source<'_>, ReadError> {
        match self {
            Self::Json => json::source(bytes),
            Self::Toml | Self::Yaml => Source::new(bytes),
        }
    }

    pub(super) fn parse<'s>(self, source: &'s Source<'_>) -> Result<Document<'s>, ReadError> {
        match self {
            Self::Json => json::parse(source),
            Self::Toml => toml::parse(source),
            Self::Yaml => yaml::parse(source),
        }
    }

    pub(super) fn comments(self) -> Comments {
        match self {
            Self::Json => Comments::Slashes,
            Self::Toml | Self::Yaml => Comments::Hash,
        }
    }
}
