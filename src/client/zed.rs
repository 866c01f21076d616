//! Zed.
//!
//! Files: `.zed/settings.json` in the project, `~/.config/zed/settings.json` (on Windows `Zed\settings.json` in `%APPDATA%`) for
//! the user; the project wins.
//! References: none. Headers go out as they are written (zed-industries/zed #60459).
//! Comments and trailing commas are allowed. `enabled` switches a server off. In old files `command` is a map with `path`, `args`
//! and `env`. A server of an extension has `settings` and nothing else.
//! A stdio server inherits the whole environment of Zed, then `env`.
//! Source: zed-industries/zed, `docs/src/ai/mcp.md` and `crates/context_server`.

use super::contract::{Client, CommandForm, Declaration, Keys, Place, ReadError, Scope, Server, UserDirs};
use super::document::json::Comments;
use super::entry::listing::Listing;
use super::entry::shape::Shape;
use super::reference::writing::Writing;
use super::surroundings::{Inherits, Surroundings};
use super::text::Text;

pub(super) struct Zed;

const KEYS: Keys = Keys { form: CommandForm::Map, ..Keys::USUAL };

const SHAPE: Shape =
    Shape { keys: &KEYS, types: &[], switches: &[("enabled", false)], extension: Some("settings"), ..Shape::PLAIN };

const LISTING: Listing = Listing { key: "context_servers", comments: Comments::Allowed, shape: &SHAPE };

const WRITING: Writing = Writing {
    is_inherited: true,
    note: Some("Zed must be started from a shell in which the project is loaded; `--wrap` needs no shell"),
    ..Writing::NONE
};

impl Client for Zed {
    fn name(&self) -> &'static str {
        "zed"
    }

    fn title(&self) -> &'static str {
        "Zed"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings { inherits: Inherits::All, ..Surroundings::MENU }
    }

    fn places(&self, user: &UserDirs<'_>) -> Vec<Place> {
        let home = user.roaming.map_or_else(|| user.dot_config().join("zed"), |roaming| roaming.join("Zed"));
        vec![Place::project(".zed/settings.json"), Place::user(home.join("settings.json"))]
    }

    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        LISTING.read(text)
    }

    fn writing(&self, _: &Server) -> &'static Writing {
        &WRITING
    }
}
