//! opencode.
//!
//! Files: `opencode.json` and `opencode.jsonc` in the project and in its `.opencode`; the same in `~/.config/opencode` and the
//! one that `$OPENCODE_CONFIG` names for the user. They are laid over each other key by key, the project last; it also looks in
//! the directories between the project and the root of the repository, and in files of an administrator, which are not read.
//! References: `{env:NAME}` and `{file:path}` in the raw text, so in every text and key of an entry, and in comments, where
//! nobody asks for them. `${env:NAME}` holds that form, and is filled behind its `$`.
//! Unset: an empty text. Comments and trailing commas are allowed. `enabled` switches a server off.
//! A local server inherits the whole environment, then `environment`.
//! Source: anomalyco/opencode, `packages/opencode/src/config/variable.ts` and `mcp/index.ts`; opencode.ai/docs/config.

use super::contract::{
    Client, CommandForm, Declaration, Keys, Kind, Place, Precedence, ReadError, Scope, Server, Transport, UserDirs,
};
use super::document::json::Comments;
use super::entry::listing::Listing;
use super::entry::shape::{PARTS, Rest, Shape};
use super::reference::dialect::Dialect;
use super::reference::form::Form;
use super::reference::writing::Writing;
use super::surroundings::Surroundings;
use super::text::Text;

pub(super) struct OpenCode;

const KEYS: Keys = Keys { env: "environment", form: CommandForm::List, ..Keys::USUAL };

const DIALECT: Dialect = Dialect {
    forms: &[(Form::Curly, Kind::Env), (Form::Env, Kind::Env), (Form::CurlyFile, Kind::File), (Form::File, Kind::File)],
    ..Dialect::NONE
};

const SHAPE: Shape = Shape {
    dialect: &DIALECT,
    keys: &KEYS,
    types: &[("local", Transport::Stdio), ("remote", Transport::Http)],
    filled: PARTS,
    rest: Rest::TextsAndKeys,
    switches: &[("enabled", false)],
    ..Shape::PLAIN
};

const LISTING: Listing = Listing { key: "mcp", comments: Comments::Allowed, shape: &SHAPE };

/// Older versions put the value into the text of the file as it is.
const WRITING: Writing = Writing {
    reference: Some(("{env:", "}")),
    parts: PARTS,
    is_everywhere: true,
    mangles: &["\"", "\\", "\n", "\r", "\t"],
    ..Writing::NONE
};

impl Client for OpenCode {
    fn name(&self) -> &'static str {
        "opencode"
    }

    fn title(&self) -> &'static str {
        "opencode"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings { reference: Some(("{env:NAME}", "every text")), ..Surroundings::SHELL }
    }

    fn places(&self, user: &UserDirs<'_>) -> Vec<Place> {
        let home = user.dot_config().join("opencode");
        let mut places = vec![
            Place::project("opencode.json"),
            Place::project("opencode.jsonc"),
            Place::project(".opencode/opencode.json"),
            Place::project(".opencode/opencode.jsonc"),
            Place::user(home.join("opencode.json")),
            Place::user(home.join("opencode.jsonc")),
        ];
        places.extend((user.variable)("OPENCODE_CONFIG").map(Place::user));
        places
    }

    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        LISTING.read(text)
    }

    fn precedence(&self) -> Precedence {
        Precedence::Both
    }

    fn writing(&self, _: &Server) -> &'static Writing {
        &WRITING
    }
}
