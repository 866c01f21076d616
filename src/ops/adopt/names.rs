//! Under which names plaintext is stored: the name that the server reads where that must be, the one that the same value has
//! already, else one that says what it is. Two values never share a name, and a name that is taken is never given away.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use super::candidate::{Candidate, Spot};
use crate::catalog;
use crate::client::{Part, Server};
use crate::mask;
use crate::profile::Profile;
use crate::secret::Secret;
use crate::var::VarName;

/// A value that waits for its name.
pub(super) struct Asking {
    pub value: Secret,
    /// The best name first.
    pub wishes: Vec<VarName>,
    /// Only the first will do.
    pub is_fixed: bool,
    /// Where that is taken, another one will do all the same.
    pub has_way_out: bool,
}

/// A name for each value, and what is not stored yet; `None` where the only name that would do holds another value. Those that
/// can have only one come first, then those that are asked for most often.
pub(super) fn give(profile: &Profile, asking: &[Asking]) -> (Vec<Option<VarName>>, BTreeMap<VarName, Secret>) {
    let mut uses: HashMap<&[u8], usize> = HashMap::new();
    for ask in asking {
        *uses.entry(ask.value.expose()).or_default() += 1;
    }
    let mut order: Vec<usize> = (0..asking.len()).collect();
    order.sort_by_key(|index| {
        let ask = &asking[*index];
        (!ask.is_fixed, ask.has_way_out, Reverse(uses.get(ask.value.expose()).copied()), *index)
    });
    let mut names = Names::default();
    for (name, variable) in &profile.variables {
        names.hold(name, variable.value.expose());
    }
    let mut given = vec![None; asking.len()];
    let mut fresh = BTreeMap::new();
    for index in order {
        let ask = &asking[index];
        given[index] = names.find(ask);
        if let Some(name) = given[index].as_ref().filter(|name| !profile.variables.contains_key(name.as_str())) {
            fresh.entry(name.clone()).or_insert_with(|| ask.value.clone());
        }
    }
    (given, fresh)
}

/// The names that are taken.
#[derive(Default)]
struct Names<'v> {
    /// In capitals: some systems do not tell the rest apart.
    taken: HashMap<String, (VarName, &'v [u8])>,
    by_value: HashMap<&'v [u8], Vec<VarName>>,
    /// The number that is tried next behind a name.
    next: HashMap<VarName, usize>,
}

impl<'v> Names<'v> {
    fn hold(&mut self, name: &VarName, value: &'v [u8]) {
        self.taken.insert(name.as_str().to_ascii_uppercase(), (name.clone(), value));
        self.by_value.entry(value).or_default().push(name.clone());
    }

    fn find(&mut self, ask: &'v Asking) -> Option<VarName> {
        let first = ask.wishes.first()?;
        let value = ask.value.expose();
        if ask.is_fixed && (self.take(first, value) || !ask.has_way_out) {
            return self.take(first, value).then(|| first.clone());
        }
        // the name that this value has already
        let known = self.by_value.get(value).map(Vec::as_slice).unwrap_or_default();
        let known = || known.iter().filter(|name| name.caution().is_none());
        if let Some(name) = known().find(|name| ask.wishes.contains(name)).or_else(|| known().next()) {
            return Some(name.clone());
        }
        if self.take(first, value) {
            return Some(first.clone());
        }
        let from = self.next.get(first).copied().unwrap_or(2);
        let numbered = (from..).map_while(|n| Some((n, VarName::parse(&format!("{first}_{n}")).ok()?)));
        let (number, name) = numbered.into_iter().find(|(_, name)| self.take(name, value))?;
        self.next.insert(first.clone(), number + 1);
        Some(name)
    }

    /// Takes a name for a value, if it is free or holds this very value.
    fn take(&mut self, name: &VarName, value: &'v [u8]) -> bool {
        match self.taken.get(&name.as_str().to_ascii_uppercase()) {
            Some((known, held)) => known == name && *held == value,
            None => {
                self.hold(name, value);
                true
            }
        }
    }
}

/// Names that say what a part of a text is, the best first.
pub(super) fn proposed(server: &Server, candidate: &Candidate, spot: &Spot) -> Vec<VarName> {
    let mut names: Vec<String> = Vec::new();
    if spot.is_default {
        names.extend(spot.name.clone());
    }
    let is_env = candidate.part == Some(Part::Env);
    if is_env && candidate.is_whole() {
        names.push(candidate.key.clone());
    }
    names.extend(known(server, &spot.why));
    if is_env && candidate.spots.len() == 1 {
        names.push(candidate.key.clone());
    }
    let stem = stem(&server.name);
    let is_password = spot.why == "url-userinfo";
    names.extend(spot.name.as_deref().filter(|name| !is_password && is_telling(name)).map(|name| {
        let name = words(name).join("_");
        if name.starts_with(&format!("{stem}_")) { name } else { format!("{stem}_{name}") }
    }));
    names.push(format!("{stem}_{}", if is_password { "PASSWORD" } else { "TOKEN" }));
    names.push("MCP_TOKEN".to_owned());
    let mut good: Vec<VarName> = Vec::new();
    for name in names.iter().filter_map(|name| VarName::parse(name).ok()).filter(|name| name.caution().is_none()) {
        if !good.contains(&name) {
            good.push(name);
        }
    }
    good
}

/// The name by which this server is known to ask for a token of this form.
fn known(server: &Server, why: &str) -> Option<String> {
    let known = catalog::server_for(server.command(), &server.args(), server.url())?;
    let secret: Vec<_> = known.vars.iter().filter(|variable| variable.is_secret).collect();
    let of_form = secret.iter().find(|variable| variable.formats.iter().any(|form| form == why));
    of_form.or(if secret.len() == 1 { secret.first() } else { None }).map(|variable| variable.name.clone())
}

/// Whether the name of an option, a header or a part of a query says more than that it is one.
fn is_telling(name: &str) -> bool {
    let words = words(name);
    !words.is_empty() && mask::names_a_secret(name) && !words.iter().any(|word| word == "AUTHORIZATION")
}

/// The words of a name, as those of a variable.
fn words(name: &str) -> Vec<String> {
    let upper: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    upper.split('_').filter(|word| !word.is_empty() && *word != "X").map(str::to_owned).collect()
}

/// A server's name as the start of a variable's: `sentry-mcp` is `SENTRY`.
fn stem(name: &str) -> String {
    let words = words(name);
    let telling: Vec<String> = words.iter().filter(|word| !matches!(word.as_str(), "MCP" | "SERVER")).cloned().collect();
    let words = if telling.is_empty() { words } else { telling };
    match words.first() {
        Some(first) if first.starts_with(|c: char| c.is_ascii_digit()) => format!("MCP_{}", words.join("_")),
        Some(_) => words.join("_").chars().take(80).collect(),
        None => "MCP".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> VarName {
        VarName::parse(text).expect("a name")
    }

    fn secret(text: &str) -> Secret {
        Secret::new(text.as_bytes().to_vec()).expect("a value")
    }

    fn asking(value: &str, wishes: &[&str], is_fixed: bool) -> Asking {
        Asking { value: secret(value), wishes: wishes.iter().map(|wish| name(wish)).collect(), is_fixed, has_way_out: false }
    }

    #[test]
    fn two_values_never_share_a_name_and_one_value_has_one() {
        let mut profile = Profile::new().expect("random bytes");
        profile.set(name("TAKEN"), secret("old"), 0);
        profile.set(name("KNOWN"), secret("known"), 0);
        let all = [
            asking("a", &["KEY"], false),
            asking("b", &["KEY"], false),
            asking("b", &["OTHER"], false),
            asking("c", &["TAKEN"], false),
            asking("known", &["X"], false),
            asking("f", &["KEY"], true),
            asking("g", &["KEY"], true),
            asking("h", &["taken"], false),
        ];
        let (given, fresh) = give(&profile, &all);
        let told: Vec<&str> = given.iter().map(|name| name.as_ref().map_or("-", VarName::as_str)).collect();
        assert_eq!(told, ["KEY_3", "KEY_2", "KEY_2", "TAKEN_2", "KNOWN", "KEY", "-", "taken_3"]);
        assert_eq!(fresh.len(), 5);
    }

    #[test]
    fn who_has_a_way_out_leaves_the_name_to_whoever_has_none() {
        let profile = Profile::new().expect("random bytes");
        let free = |value| Asking { has_way_out: true, ..asking(value, &["KEY"], true) };
        let (given, _) = give(&profile, &[free("a"), asking("b", &["KEY"], true), free("b"), asking("c", &["KEY"], true)]);
        let told: Vec<&str> = given.iter().map(|name| name.as_ref().map_or("-", VarName::as_str)).collect();
        assert_eq!(told, ["KEY_2", "KEY", "KEY", "-"]);
    }

    #[test]
    fn a_server_gives_its_name_to_its_token() {
        for (server, expected) in
            [("sentry-mcp", "SENTRY"), ("mcp-server", "MCP_SERVER"), ("2nd brain", "MCP_2ND_BRAIN"), ("日本", "MCP")]
        {
            assert_eq!(stem(server), expected);
        }
    }
}
