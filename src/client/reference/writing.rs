//! How a client's file says "take it from the environment": as data, one for each client. Only what the client's documentation
//! or code proves stands here; where nothing is proven, nothing is written.

/// How references are written into the entries of one client.
#[derive(Debug)]
pub struct Writing {
    /// What stands before and behind the name of a variable in a text.
    pub reference: Option<(&'static str, &'static str)>,
    /// The parts of an entry in which the client fills it.
    pub parts: &'static [Part],
    /// It is filled in every other text of an entry too.
    pub is_everywhere: bool,
    /// Where a plain value goes when the client names variables instead of filling texts.
    pub moves: &'static [Move],
    /// A server gets the whole environment of the client, so a variable in `env` may just go.
    pub is_inherited: bool,
    /// What a value may not hold if it is to come through the client's filling as it is.
    pub mangles: &'static [&'static str],
    /// A list in which a name must stand too before the client fills it.
    pub named_in: Option<&'static str>,
    /// What a person must do before the client fills it.
    pub note: Option<&'static str>,
}

impl Writing {
    /// No way to write a reference is proven.
    pub const NONE: Self = Self {
        reference: None,
        parts: &[],
        is_everywhere: false,
        moves: &[],
        is_inherited: false,
        mangles: &[],
        named_in: None,
        note: None,
    };

    /// A reference to this variable in a text of this part, or of none that has a name; `None` where the client does not fill one.
    #[must_use]
    pub fn reference(&self, part: Option<Part>, variable: &str) -> Option<String> {
        let (before, behind) = self.reference?;
        let is_filled = part.map_or(self.is_everywhere, |part| self.parts.contains(&part));
        is_filled.then(|| format!("{before}{variable}{behind}"))
    }
}

/// A part of an entry in which people write references.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Command,
    Args,
    Env,
    Url,
    Headers,
}

/// All of them.
pub(in crate::client) const PARTS: &[Part] = &[Part::Command, Part::Args, Part::Env, Part::Url, Part::Headers];

/// A field that names variables, in the place of one that holds values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// A variable of the `env` becomes a name in this list.
    EnvToNames(&'static str),
    /// The token of an `Authorization: Bearer` becomes the name in this field.
    BearerTo(&'static str),
    /// A header becomes a header with a name in this map.
    HeaderTo(&'static str),
    /// The token in the first field becomes a name in the second.
    FieldTo(&'static str, &'static str),
}
