//! The servers with plaintext: which form each text of theirs gets, and which names the values get.

use std::collections::HashMap;
use std::path::Path;

use super::candidate::Candidate;
use super::form::{Form, Wish, choose, obstacle};
use super::names::{Asking, give, proposed};
use super::plan::{Plan, Wanted};
use super::source::{Source, is_elsewhere};
use crate::client::{Part, Server};
use crate::escape::shown;
use crate::profile::Profile;
use crate::secret::Secret;
use crate::var::VarName;

/// One server with plaintext, while it is settled.
pub(super) struct Case<'s> {
    pub source: usize,
    pub server: &'s Server,
    pub candidates: Vec<Candidate>,
    pub forms: Vec<Result<Form, String>>,
}

impl Plan {
    /// Every server with plaintext, and the form for each.
    pub(super) fn cases<'s>(&mut self, sources: &'s [Source], wanted: Wanted<'_>) -> Vec<Case<'s>> {
        let mut cases: Vec<Case<'s>> = Vec::new();
        let mut known: HashMap<(&Path, &str), usize> = HashMap::new();
        for (index, source) in sources.iter().enumerate() {
            for server in &source.servers {
                // the same entry, read by another client too
                if let Some(known) = known.get(&(source.path.as_path(), server.pointer.as_str())).map(|at| &cases[*at]) {
                    self.also_read(&sources[known.source], source, known);
                    continue;
                }
                let (candidates, lost) = Candidate::all_of(server);
                for at in lost {
                    self.refuse(&source.shown, server, at, "it is no text that could be changed".to_owned());
                }
                if candidates.is_empty() {
                    continue;
                }
                let whole = match &server.duplicate_key {
                    Some(key) => Some(format!("the key `{}` stands twice", shown(key))),
                    None if is_elsewhere(server, &self.project) => {
                        Some("it belongs to another directory: adopt it from there".to_owned())
                    }
                    None => None,
                };
                let forms = match whole {
                    Some(why) => candidates.iter().map(|_| Err(why.clone())).collect(),
                    None => {
                        if let Some(why) = obstacle(server).filter(|_| wanted.is_wrapped) {
                            self.note(format!("`{}` keeps its own command: {why}", shown(&server.name)));
                        }
                        let writing = source.client.writing(server);
                        choose(server, &candidates, Wish { writing, title: source.client.title(), is_wrapped: wanted.is_wrapped })
                    }
                };
                known.insert((&source.path, &server.pointer), cases.len());
                cases.push(Case { source: index, server, candidates, forms });
            }
        }
        cases
    }

    /// Says where a second client that reads the same entry will not understand what is written for the first.
    fn also_read(&mut self, first: &Source, second: &Source, case: &Case<'_>) {
        let is_other = |candidate: &Candidate| {
            let of = |source: &Source| source.client.writing(case.server).reference(candidate.part, "X");
            of(first) != of(second)
        };
        let is_reference = |form: &Result<Form, String>| *form == Ok(Form::Reference);
        if second.is_at_home
            && case.candidates.iter().zip(&case.forms).any(|(candidate, form)| is_reference(form) && is_other(candidate))
        {
            let note = format!(
                "`{}` is also read by {}, which does not fill what {} does there",
                first.shown,
                second.client.title(),
                first.client.title()
            );
            self.note(note);
        }
    }

    /// Gives each value its name: case by case, text by text, part by part. A text without one is refused.
    /// Notes what the profile does not hold yet.
    pub(super) fn name(
        &mut self,
        sources: &[Source],
        cases: &mut [Case<'_>],
        profile: &Profile,
        wanted: Wanted<'_>,
    ) -> Vec<Vec<Vec<VarName>>> {
        let mut asking: Vec<Asking> = Vec::new();
        let mut places: Vec<(usize, usize)> = Vec::new();
        for (number, case) in cases.iter_mut().enumerate() {
            for (at, candidate) in case.candidates.iter().enumerate() {
                let Ok(form) = &case.forms[at] else { continue };
                match asked(case.server, candidate, *form) {
                    Ok(asks) => {
                        places.extend(asks.iter().map(|_| (number, at)));
                        asking.extend(asks);
                    }
                    Err(why) => case.forms[at] = Err(why),
                }
            }
        }
        let (given, fresh) = give(profile, &asking);
        self.values = fresh;
        let mut out: Vec<Vec<Vec<VarName>>> = cases.iter().map(|case| vec![Vec::new(); case.candidates.len()]).collect();
        for ((number, at), name) in places.iter().zip(&given) {
            match name {
                Some(name) => {
                    out[*number][*at].push(name.clone());
                    let case = &mut cases[*number];
                    let candidate = &case.candidates[*at];
                    let is_other = |form: &Form| form.fixed_name(candidate).is_some_and(|fixed| fixed != name.as_str());
                    if let Some(renamed) =
                        case.forms[*at].as_ref().ok().filter(|f| is_other(f)).and_then(|f| f.renamed(candidate))
                    {
                        case.forms[*at] = Ok(renamed);
                    }
                }
                None => {
                    let case = &cases[*number];
                    let Candidate { key, part, .. } = &case.candidates[*at];
                    let is_wrappable = *part == Some(Part::Env) && !wanted.is_wrapped && obstacle(case.server).is_none();
                    let way = if is_wrappable { "; with `--wrap` it can have another name" } else { "" };
                    let why = format!("the variable would have to be called `{}`, and that holds another value{way}", shown(key));
                    cases[*number].forms[*at] = Err(why);
                }
            }
        }
        self.tell_odd_ones(sources, cases, &asking, &places, &given);
        out
    }

    /// Names the files where what bears one name is another value than elsewhere.
    fn tell_odd_ones(
        &mut self,
        sources: &[Source],
        cases: &[Case<'_>],
        asking: &[Asking],
        places: &[(usize, usize)],
        given: &[Option<VarName>],
    ) {
        // who got the name that several wished for
        let mut owners: HashMap<&VarName, usize> = HashMap::new();
        for (index, ask) in asking.iter().enumerate() {
            if let Some(wish) = ask.wishes.first().filter(|wish| Some(*wish) == given[index].as_ref()) {
                owners.entry(wish).or_insert(index);
            }
        }
        let file = |at: usize| &sources[cases[places[at].0].source].shown;
        for (index, ask) in asking.iter().enumerate() {
            if let (Some(wish), Some(name)) = (ask.wishes.first(), &given[index])
                && let Some(owner) = owners.get(wish).filter(|owner| asking[**owner].value != ask.value)
            {
                self.note(format!("`{}` holds another `{wish}` than `{}`: it is kept as `{name}`", file(index), file(*owner)));
            }
        }
    }
}

/// What one text asks to have stored.
fn asked(server: &Server, candidate: &Candidate, form: Form) -> Result<Vec<Asking>, String> {
    let secret = |text: &str| Secret::new(text.as_bytes().to_vec()).map_err(|e| e.to_string());
    if let Some(name) = form.fixed_name(candidate) {
        let value = if form.takes_all(candidate) { candidate.text.as_str() } else { candidate.values().next().unwrap_or("") };
        let name = VarName::parse(name).map_err(|e| e.to_string())?;
        return Ok(vec![Asking {
            value: secret(value)?,
            wishes: vec![name],
            is_fixed: true,
            has_way_out: form.renamed(candidate).is_some(),
        }]);
    }
    let wishes = |spot| proposed(server, candidate, spot);
    if form.takes_all(candidate) {
        let spot = candidate.spots.first().ok_or("nothing has to go")?;
        return Ok(vec![Asking { value: secret(&candidate.text)?, wishes: wishes(spot), is_fixed: false, has_way_out: false }]);
    }
    let one = |(spot, value): (_, &str)| {
        Ok(Asking { value: secret(value)?, wishes: wishes(spot), is_fixed: false, has_way_out: false })
    };
    candidate.spots.iter().zip(candidate.values()).map(one).collect()
}
