//! Which form takes the place of a plaintext: what the client's own syntax proves, else the wrapper, else none.

use super::candidate::Candidate;
use crate::client::{CommandForm, Move, Part, Server, Transport, Value, Writing};
use crate::var::VarName;

/// What takes the place of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A reference in the client's own syntax, in the text itself.
    Reference,
    /// The variable goes from the `env`, and its name into this list.
    Names(&'static str),
    /// The header goes, and the name of its token into this field.
    Bearer(&'static str),
    /// The header goes, and comes with a name into this map.
    Header(&'static str),
    /// The field goes, and the name comes into this one.
    Field(&'static str),
    /// The variable goes from the `env`: the server inherits it.
    Inherited,
    /// mcpenv starts the server, and gives it this variable.
    Wrapper,
    /// The same, and the server reads it under the name that stands there, which is not the variable's.
    Renamed,
}

impl Form {
    /// The only name that the variable can have, where that is so.
    pub fn fixed_name(self, candidate: &Candidate) -> Option<&str> {
        match self {
            Self::Names(_) | Self::Inherited => Some(&candidate.key),
            Self::Wrapper if candidate.part == Some(Part::Env) => Some(&candidate.key),
            Self::Wrapper => candidate.given_whole(),
            Self::Reference | Self::Bearer(_) | Self::Header(_) | Self::Field(_) | Self::Renamed => None,
        }
    }

    /// What takes its place when its only name holds another value.
    pub fn renamed(self, candidate: &Candidate) -> Option<Self> {
        (self == Self::Wrapper && candidate.part == Some(Part::Env)).then_some(Self::Renamed)
    }

    /// Whether mcpenv starts the server.
    pub fn is_wrapper(self) -> bool {
        matches!(self, Self::Wrapper | Self::Renamed)
    }

    /// Whether the variable holds the whole text, not only the plaintext in it.
    pub fn takes_all(self, candidate: &Candidate) -> bool {
        match self {
            Self::Names(_) | Self::Inherited | Self::Header(_) | Self::Field(_) | Self::Renamed => true,
            Self::Wrapper => candidate.part == Some(Part::Env),
            Self::Reference | Self::Bearer(_) => false,
        }
    }
}

/// What stands for a variable in an argument of a server that mcpenv starts: what the server fills itself, so that the value
/// is in no process list, or what mcpenv fills. What the client fills would be the value before mcpenv starts it.
pub(super) fn in_argument(candidate: &Candidate, writing: &Writing, name: &str) -> String {
    if candidate.is_filled_by_server && writing.reference(Some(Part::Args), name).is_none() {
        format!("${{{name}}}")
    } else {
        format!("%{{{name}}}")
    }
}

/// The form for each plaintext of one server, or why it has none. Once the wrapper is needed, it is there for all: it gives its
/// server nothing but what it is told to.
pub(super) fn choose(server: &Server, candidates: &[Candidate], wish: Wish<'_>) -> Vec<Result<Form, String>> {
    let wrappable = wrappable(server);
    let mut forms: Vec<Result<Form, String>> = candidates.iter().map(|candidate| alone(server, candidate, wish)).collect();
    let is_wrapped = wish.is_wrapped || wrapped_as(server).is_some() || forms.contains(&Ok(Form::Wrapper));
    if is_wrapped && wrappable.is_ok() {
        for (form, candidate) in forms.iter_mut().zip(candidates) {
            *form = wrapped(candidate).or_else(|why| form.clone().map_err(|_| why));
        }
    }
    forms
}

/// What is asked for, beside the entry itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish<'w> {
    pub writing: &'w Writing,
    /// The client, as people know it.
    pub title: &'w str,
    /// The wrapper wherever it can be.
    pub is_wrapped: bool,
}

fn alone(server: &Server, candidate: &Candidate, wish: Wish<'_>) -> Result<Form, String> {
    let Wish { writing, title, is_wrapped } = wish;
    let has = |field: &str| server.entry.get(field).is_some();
    let mut why = if candidate.part.is_none() && server.transport == Transport::Extension {
        "it is a setting of an extension, which only the client itself reads".to_owned()
    } else {
        format!("{title} has no proven way to name a variable there")
    };
    if !is_wrapped {
        if writing.reference(candidate.part, "X").is_some() {
            match writing.mangles.iter().find(|mark| candidate.values().any(|value| value.contains(**mark))) {
                None => return Ok(Form::Reference),
                Some(mark) => why = format!("its value holds `{mark}`, of which {title} would make something else"),
            }
        }
        for way in writing.moves {
            let form = match *way {
                Move::EnvToNames(list) if candidate.part == Some(Part::Env) => Form::Names(list),
                Move::BearerTo(field) if candidate.part == Some(Part::Headers) && candidate.is_bearer() => Form::Bearer(field),
                Move::HeaderTo(map) if candidate.part == Some(Part::Headers) => Form::Header(map),
                Move::FieldTo(from, to) if candidate.part.is_none() && candidate.key == from => Form::Field(to),
                _ => continue,
            };
            if let Form::Bearer(field) | Form::Field(field) = form
                && has(field)
            {
                return Err(format!("the entry has `{field}` already"));
            }
            if let Form::Header(map) = form
                && server.entry.get(map).is_some_and(|map| map.get(&candidate.key).is_some())
            {
                return Err(format!("`{map}` has this header already"));
            }
            return require_name(form, candidate);
        }
        if writing.is_inherited && candidate.part == Some(Part::Env) {
            return require_name(Form::Inherited, candidate);
        }
    }
    match wrappable(server) {
        Ok(()) => wrapped(candidate),
        Err(_) if is_wrapped => alone(server, candidate, Wish { is_wrapped: false, ..wish }),
        Err(None) => Err(why),
        Err(Some(odd)) => Err(format!("{why}, and {odd}")),
    }
}

fn wrapped(candidate: &Candidate) -> Result<Form, String> {
    match candidate.part {
        Some(Part::Env | Part::Command | Part::Args) => require_name(Form::Wrapper, candidate),
        Some(Part::Url | Part::Headers) | None => Err("the wrapper gives variables and arguments, and nothing else".to_owned()),
    }
}

fn require_name(form: Form, candidate: &Candidate) -> Result<Form, String> {
    let Some(name) = form.fixed_name(candidate) else { return Ok(form) };
    match VarName::parse(name) {
        Ok(name) => match name.caution() {
            None => Ok(form),
            Some(why) => Err(format!("the variable would have to be called `{name}`, which is unusual for a secret: {why}")),
        },
        Err(e) => Err(format!("the variable would have to bear the name that stands there, and {e}")),
    }
}

/// Why mcpenv cannot start this server, where its client does by a command.
pub(super) fn obstacle(server: &Server) -> Option<&'static str> {
    wrappable(server).err().flatten()
}

/// Whether mcpenv can start this server in the place of its client; the error says what is odd about the entry.
fn wrappable(server: &Server) -> Result<(), Option<&'static str>> {
    if server.transport != Transport::Stdio {
        return Err(None);
    }
    let keys = server.keys;
    if server.env_files().next().is_some() {
        return Err(Some("its variables come from a file too, which the wrapper does not pass on"));
    }
    let are_texts = |value: Option<&Value>| match value {
        None => true,
        Some(Value::List(items)) => items.iter().all(|item| matches!(item, Value::Text(_))),
        Some(_) => false,
    };
    let is_sound = match (server.entry.get(keys.command), keys.form) {
        (Some(Value::Text(_)), _) => are_texts(server.entry.get(keys.args)),
        (list @ Some(Value::List(items)), CommandForm::List) => !items.is_empty() && are_texts(list),
        (Some(map @ Value::Map(_)), CommandForm::Map) => {
            matches!(map.get("path"), Some(Value::Text(_))) && are_texts(map.get("args"))
        }
        _ => false,
    };
    if is_sound { Ok(()) } else { Err(Some("its command line is not one that could be wrapped")) }
}

/// The name under which mcpenv starts this server already.
pub(super) fn wrapped_as(server: &Server) -> Option<&str> {
    let name = server.command().unwrap_or("").rsplit(['/', '\\']).next().unwrap_or("");
    let args = server.args();
    let is_ours = matches!(name, "mcpenv" | "mcpenv.exe") && args.first() == Some(&"exec");
    let at = args.iter().position(|word| *word == "--server").filter(|_| is_ours)?;
    args.get(at + 1).copied()
}
