//! The fields of one server's entry, and the references in their texts. Knows no client: what is special is its [`Shape`].

use super::bridge;
use super::container::{self, What};
use super::shape::{Part, Rest, Shape};
use super::telling::{Draft, Telling};
use crate::client::contract::{CommandForm, Kind, Transport};
use crate::client::document::tree::{Spot, Tree};
use crate::client::reference::dialect::{Field, Own, find};
use crate::client::reference::form::{Form, scan};

impl Telling<'_> {
    /// Looks at every field of an entry.
    pub(in crate::client) fn fields(&mut self, draft: &mut Draft<'_, '_>, shape: &Shape) {
        let rest = if shape.rest == Rest::Nothing { Field::Silent } else { Field::Elsewhere };
        let is_remote = matches!(draft.server.transport, Transport::Http | Transport::Sse);
        let spot = draft.spot.clone();
        for (key, child) in spot.children() {
            if let Some(part) = shape.part(key) {
                self.part(draft, &child, shape, part);
            } else if let Some(inner) = shape.around_headers(key) {
                self.around_headers(draft, &child, shape, inner);
            } else if Some(key) == shape.shell {
                self.text(draft, &child, shape, Field::Shell);
            } else if shape.ignored.contains(&key) || (is_remote && Some(key) == shape.env_file) {
                self.warn("client-ignores", &child.pointer);
            } else if Some(key) == shape.env_file {
                if let Some(path) = child.text() {
                    self.refer(draft, &child, path, Kind::EnvFile, None);
                }
                self.text(draft, &child, shape, Field::Elsewhere);
            } else if key == "cwd" {
                self.text(draft, &child, shape, rest);
            } else if shape.fills(key) {
                self.any(draft, &child, shape);
            }
        }
    }

    fn part<'d, 'a>(&mut self, draft: &mut Draft<'d, 'a>, spot: &Spot<'d, 'a>, shape: &Shape, part: Part) {
        match part {
            Part::Command => self.command(draft, spot, shape),
            Part::Args => {
                let command = draft.spot.child(shape.keys.command).and_then(|command| command.text()).unwrap_or("");
                self.args(draft, spot, shape, command);
            }
            Part::Env | Part::Headers => self.texts(draft, spot, shape, part),
            Part::Url => self.text(draft, spot, shape, field(shape, part)),
        }
    }

    fn command<'d, 'a>(&mut self, draft: &mut Draft<'d, 'a>, spot: &Spot<'d, 'a>, shape: &Shape) {
        if spot.is_list() && shape.keys.form == CommandForm::List {
            let mut items = spot.items();
            let Some(program) = items.next() else { return self.warn("wrong-type", &spot.pointer) };
            self.text(draft, &program, shape, field(shape, Part::Command));
            self.words(draft, &items.collect::<Vec<_>>(), shape, program.text().unwrap_or(""));
        } else if spot.is_map() && shape.keys.form == CommandForm::Map {
            if let Some(path) = spot.child("path") {
                self.text(draft, &path, shape, field(shape, Part::Command));
            }
            if let Some(env) = spot.child("env") {
                self.texts(draft, &env, shape, Part::Env);
            }
            if let Some(args) = spot.child("args") {
                self.args(draft, &args, shape, spot.child("path").and_then(|path| path.text()).unwrap_or(""));
            }
        } else {
            self.text(draft, spot, shape, field(shape, Part::Command));
        }
    }

    fn text(&mut self, draft: &mut Draft<'_, '_>, spot: &Spot<'_, '_>, shape: &Shape, field: Field) {
        self.filled(draft, spot, shape, field, None);
    }

    fn filled(
        &mut self,
        draft: &mut Draft<'_, '_>,
        spot: &Spot<'_, '_>,
        shape: &Shape,
        field: Field,
        own: Option<&'static [Form]>,
    ) {
        let Some(text) = spot.text() else { return self.warn("wrong-type", &spot.pointer) };
        let found = find(text, shape.dialect, field, own.map(|forms| Own { names: &draft.own, forms }));
        for found in found {
            self.refer(draft, spot, found.name, found.kind, found.default);
        }
    }

    /// The values of a map of texts; numbers and booleans count as theirs.
    fn texts(&mut self, draft: &mut Draft<'_, '_>, spot: &Spot<'_, '_>, shape: &Shape, part: Part) {
        if !spot.is_map() {
            return self.warn("wrong-type", &spot.pointer);
        }
        for (key, child) in spot.children() {
            self.key(draft, &child, key, shape);
            match &child.node.tree {
                Tree::Null | Tree::Bool(_) | Tree::Number(_) => {}
                Tree::Text(_) | Tree::List(_) | Tree::Map(_) => {
                    self.filled(draft, &child, shape, field(shape, part), own(shape, part));
                }
            }
        }
    }

    fn around_headers(&mut self, draft: &mut Draft<'_, '_>, spot: &Spot<'_, '_>, shape: &Shape, inner: &str) {
        if !spot.is_map() {
            return self.warn("wrong-type", &spot.pointer);
        }
        for (key, child) in spot.children() {
            self.key(draft, &child, key, shape);
            if key == inner {
                self.texts(draft, &child, shape, Part::Headers);
            } else if shape.rest != Rest::Nothing {
                self.any(draft, &child, shape);
            }
        }
    }

    /// Every text in here, and every key where keys are filled too.
    fn any(&mut self, draft: &mut Draft<'_, '_>, spot: &Spot<'_, '_>, shape: &Shape) {
        if spot.text().is_some() {
            self.text(draft, spot, shape, Field::Elsewhere);
        }
        for item in spot.items() {
            self.any(draft, &item, shape);
        }
        for (key, child) in spot.children() {
            self.key(draft, &child, key, shape);
            self.any(draft, &child, shape);
        }
    }

    fn key(&mut self, draft: &mut Draft<'_, '_>, spot: &Spot<'_, '_>, key: &str, shape: &Shape) {
        if shape.fills_keys() {
            for found in find(key, shape.dialect, Field::Elsewhere, None) {
                self.refer(draft, spot, found.name, found.kind, found.default);
            }
        }
    }

    fn args<'d, 'a>(&mut self, draft: &mut Draft<'d, 'a>, spot: &Spot<'d, 'a>, shape: &Shape, command: &str) {
        if !spot.is_list() {
            return self.warn("wrong-type", &spot.pointer);
        }
        self.words(draft, &spot.items().collect::<Vec<_>>(), shape, command);
    }

    /// The arguments of a command.
    fn words<'d, 'a>(&mut self, draft: &mut Draft<'d, 'a>, items: &[Spot<'d, 'a>], shape: &Shape, command: &str) {
        let words: Vec<Option<&str>> = items.iter().map(Spot::text).collect();
        // one look at all words, not one for each
        let is_bridge = words.contains(&Some("--header"));
        let is_by_mcpenv = container::program(command) == "mcpenv" && words.first() == Some(&Some("exec"));
        for (index, item) in items.iter().enumerate() {
            let is_header = is_bridge && bridge::fills_header(command, &words, index);
            if is_header && is_by_mcpenv {
                // which is whatever `.mcpenv.toml` names, when mcpenv starts it
                let names = scan(item.text().unwrap_or_default(), false).into_iter().filter(|token| token.form == Form::Braced);
                draft.own.extend(names.map(|token| token.name));
            }
            let own = if is_header { Some(&[Form::Braced][..]) } else { own(shape, Part::Args) };
            self.filled(draft, item, shape, field(shape, Part::Args), own);
        }
        for passed in container::passed(command, &words) {
            let item = &items[passed.argument];
            match passed.what {
                What::Name(name) if draft.own.contains(name) || draft.passed.contains(name) => {}
                What::Name(name) => self.refer(draft, item, name, Kind::Inherit, None),
                What::File(path) => self.refer(draft, item, path, Kind::EnvFile, None),
                What::Value(..) => {}
            }
        }
    }
}

fn field(shape: &Shape, part: Part) -> Field {
    match part {
        _ if !shape.filled.contains(&part) => Field::Plain,
        Part::Headers => Field::Header,
        Part::Command | Part::Args | Part::Env | Part::Url => Field::Filled,
    }
}

/// How references to the entry's own `env` are written in this part.
fn own(shape: &Shape, part: Part) -> Option<&'static [Form]> {
    shape.own.0.contains(&part).then_some(shape.own.1)
}
