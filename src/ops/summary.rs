//! What the hook says on entry, in one line: what is loaded, what is missing, what stands in the way. Never a value.

use crate::life::Word;
use crate::profile::ProfileName;
use crate::settings::Line;

/// What the entry line says.
#[derive(Default)]
pub(super) struct Summary {
    pub(super) loaded: Vec<String>,
    pub(super) missing: Vec<String>,
    pub(super) pending: Vec<String>,
    pub(super) troubles: Vec<String>,
    /// What ends or is due, and how soon.
    pub(super) ends: Vec<(Word, String)>,
}

impl Summary {
    /// The worst of what ends, in words; `None` when nothing does.
    pub(super) fn worst_end(&self) -> Option<String> {
        let (word, name) = self.ends.iter().max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(&a.1)))?;
        let more = match self.ends.len() - 1 {
            0 => String::new(),
            n => format!(" and {n} more, see `mcpenv check`"),
        };
        Some(format!("{name} {}{more}", word.words()?))
    }

    /// The line for the user; `None` where nothing is to be said.
    pub(super) fn into_line(self, profile: &ProfileName, level: Line, warning: Option<String>) -> Option<String> {
        let mut parts = Vec::new();
        match self.missing.as_slice() {
            [] => {}
            [one] => parts.push(format!("{one} has no value")),
            few @ ([_, _] | [_, _, _]) => parts.push(format!("{} have no value", few.join(", "))),
            many => parts.push(format!("{} variables have no value, see `mcpenv status`", many.len())),
        }
        if !self.pending.is_empty() {
            let still = if self.loaded.is_empty() { "" } else { " and would still receive what is loaded for others" };
            let what = match self.pending.as_slice() {
                few @ ([_] | [_, _]) => few.join(", "),
                [first, rest @ ..] => format!("{first} and {} more are not as you allowed them", rest.len()),
                [] => String::new(),
            };
            parts.push(format!("{what}{still}, see `mcpenv allow`"));
        }
        parts.extend(self.troubles);
        parts.extend(warning);
        if parts.is_empty() && (level == Line::Warnings || self.loaded.is_empty()) {
            return None;
        }
        let loaded = match (level, self.loaded.len()) {
            (Line::Names, 1..) => format!("{} loaded", self.loaded.join(", ")),
            (_, n) => format!("{n} loaded"),
        };
        parts.splice(0..0, [profile.to_string(), loaded]);
        Some(parts.join(" · "))
    }
}
