//! A JSON file with one map of servers, as most clients have it. Knows no client.

use super::shape::Shape;
use super::telling::Telling;
use crate::client::contract::{Declaration, ReadError};
use crate::client::document::json::Comments;
use crate::client::document::tree::{Document, Spot};
use crate::client::text::Text;

/// How one client's file is built.
#[derive(Debug)]
pub(in crate::client) struct Listing {
    /// The key of the map of servers.
    pub key: &'static str,
    pub comments: Comments,
    pub shape: &'static Shape,
}

impl Listing {
    /// Reads such a file.
    ///
    /// # Errors
    /// When it is no JSON, or larger than can be kept.
    pub fn read(&self, text: &Text<'_>) -> Result<Declaration, ReadError> {
        let document = text.json()?;
        let mut telling = Telling::json(document, self.comments);
        self.tell(document, &mut telling);
        telling.end()
    }

    /// Tells of the servers; gives the root, when it is a map.
    pub fn tell<'d, 'a>(&self, document: &'d Document<'a>, telling: &mut Telling) -> Option<Spot<'d, 'a>> {
        let root = document.root_map(&mut telling.told.warnings)?;
        if let Some(servers) = telling.map(&root, self.key) {
            telling.servers(&servers, self.shape, None);
        }
        Some(root)
    }
}
