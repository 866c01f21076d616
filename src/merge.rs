//! Brings two changed copies of one profile together, variable by variable: the value and its dates go together. Where both
//! changed one thing in different ways it says so; no value is lost by it. Knows nothing of files, and shows no value.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::profile::{Former, Profile, Reader, Variable};
use crate::var::VarName;

/// What came of a merge.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// Its generation is the higher one of the two.
    pub profile: Profile,
    /// Both changed it, and differently. Ours stands in the profile, or what is left where one side took it away.
    pub conflicts: BTreeSet<VarName>,
    /// Fields that a newer mcpenv wrote, of which the same is true.
    pub odd: BTreeSet<String>,
    /// Who can read it now and could not read ours.
    pub new_readers: Vec<Reader>,
}

/// Why two profiles cannot be merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoMerge {
    #[error("they are not versions of one profile")]
    Strangers,
    #[error("one of them was written by a newer mcpenv")]
    Future,
}

/// Merges `theirs` into `ours`. `base` is what both came from; without it everything counts as added by both.
///
/// # Errors
/// When the random key inside is not the same in all of them.
pub fn merge(base: Option<&Profile>, ours: &Profile, theirs: &Profile) -> Result<Merged, NoMerge> {
    let all = || base.into_iter().chain([ours, theirs]);
    if all().any(|profile| profile.fingerprint_key != ours.fingerprint_key) {
        return Err(NoMerge::Strangers);
    }
    if all().any(|profile| profile.is_read_only) {
        return Err(NoMerge::Future);
    }
    let mut conflicts = BTreeSet::new();
    let mut variables = BTreeMap::new();
    let names: BTreeSet<&VarName> = ours.variables.keys().chain(theirs.variables.keys()).collect();
    for name in names {
        let (was, mine, yours) =
            (base.and_then(|base| base.variables.get(name)), ours.variables.get(name), theirs.variables.get(name));
        let (variable, is_conflict) = variable(was, mine, yours);
        if let Some(variable) = variable {
            variables.insert(name.clone(), variable);
        }
        if is_conflict {
            conflicts.insert(name.clone());
        }
    }
    let (unknown, odd) = fields(base.map(|base| &base.unknown), &ours.unknown, &theirs.unknown);
    let readers = readers(base.map(|base| base.readers.as_slice()), &ours.readers, &theirs.readers);
    let new_readers = readers.iter().filter(|reader| !stands_in(&ours.readers, reader)).cloned().collect();
    let profile = Profile {
        generation: ours.generation.max(theirs.generation),
        fingerprint_key: ours.fingerprint_key.clone(),
        variables,
        readers,
        unknown,
        is_read_only: false,
    };
    Ok(Merged { profile, conflicts, odd, new_readers })
}

fn variable(was: Option<&Variable>, mine: Option<&Variable>, yours: Option<&Variable>) -> (Option<Variable>, bool) {
    match (mine, yours) {
        (mine, yours) if mine == yours => (mine.cloned(), false),
        (mine, yours) if mine == was => (yours.cloned(), false),
        (mine, yours) if yours == was => (mine.cloned(), false),
        (Some(mine), Some(yours)) => {
            let (variable, is_conflict) = Three { was, mine, yours }.merged();
            (Some(variable), is_conflict)
        }
        // one took it away and the other changed it: what is left is kept, and asked about
        (Some(left), None) | (None, Some(left)) => (Some(left.clone()), true),
        (None, None) => (None, false),
    }
}

/// One variable that both have, and both changed.
struct Three<'a> {
    was: Option<&'a Variable>,
    mine: &'a Variable,
    yours: &'a Variable,
}

impl Three<'_> {
    /// The value with its dates goes as one; what was said beside it goes part by part.
    fn merged(&self) -> (Variable, bool) {
        let (mut variable, mut is_conflict) = self.value();
        let mut settle = |differs: bool| is_conflict |= differs;
        let plan = &mut variable.plan;
        settle(self.part(|v| &v.plan.rotate, &mut plan.rotate));
        settle(self.part(|v| &v.plan.advised, &mut plan.advised));
        settle(self.part(|v| &v.plan.max_lifetime, &mut plan.max_lifetime));
        settle(self.part(|v| &v.plan.description, &mut plan.description));
        settle(self.part(|v| &v.plan.docs, &mut plan.docs));
        let (unknown, odd) = fields(self.was.map(|was| &was.unknown), &self.mine.unknown, &self.yours.unknown);
        settle(!odd.is_empty());
        variable.created = self.mine.created.min(self.yours.created);
        variable.unknown = unknown;
        (variable, is_conflict)
    }

    fn value(&self) -> (Variable, bool) {
        let (mine, yours) = (self.mine, self.yours);
        let is_same = |one: &Variable, other: &Variable| {
            one.value == other.value
                && one.changed == other.changed
                && one.former == other.former
                && one.revoked == other.revoked
                && one.plan.expires == other.plan.expires
        };
        if is_same(mine, yours) || self.was.is_some_and(|was| is_same(was, yours)) {
            return (mine.clone(), false);
        }
        if self.was.is_some_and(|was| is_same(was, mine)) {
            return (yours.clone(), false);
        }
        if mine.value != yours.value {
            return (mine.clone(), true);
        }
        // both stored the same value: only what was said of it differs, and a word of warning stays
        let mut both = mine.clone();
        both.changed = mine.changed.max(yours.changed);
        both.former = former(&mine.former, &yours.former);
        both.revoked = mine.revoked.into_iter().chain(yours.revoked).min();
        let differs = self.part(|v| &v.plan.expires, &mut both.plan.expires);
        (both, differs)
    }

    /// Merges one part of it; ours where both changed it differently, which is then true.
    fn part<T: Clone + PartialEq>(&self, part: impl Fn(&Variable) -> &Option<T>, merged: &mut Option<T>) -> bool {
        let (was, mine, yours) = (self.was.and_then(|was| part(was).as_ref()), part(self.mine), part(self.yours));
        let (of, differs) = match (mine.as_ref(), yours.as_ref()) {
            (mine, yours) if mine == yours || yours == was => (mine, false),
            (mine, yours) if mine == was => (yours, false),
            (mine, _) => (mine, true),
        };
        *merged = of.cloned();
        differs
    }
}

/// The values before the present one that either side has, the newest first. The next new value makes them as few again as are kept.
fn former(mine: &[Former], yours: &[Former]) -> Vec<Former> {
    let mut all: Vec<Former> = Vec::new();
    for one in mine.iter().chain(yours) {
        match all.iter_mut().find(|known| known.value == one.value && (known.from, known.until) == (one.from, one.until)) {
            Some(known) => known.is_revoked |= one.is_revoked,
            None => all.push(one.clone()),
        }
    }
    all.sort_by_key(|one| std::cmp::Reverse((one.until, one.from)));
    all
}

/// The fields of two maps, and the names of those that both changed differently: ours stands for them.
fn fields(
    was: Option<&Map<String, Value>>,
    mine: &Map<String, Value>,
    yours: &Map<String, Value>,
) -> (Map<String, Value>, BTreeSet<String>) {
    let (mut merged, mut odd) = (Map::new(), BTreeSet::new());
    let names: BTreeSet<&String> = mine.keys().chain(yours.keys()).collect();
    for name in names {
        let (before, own, other) = (was.and_then(|was| was.get(name)), mine.get(name), yours.get(name));
        let field = match (own, other) {
            (own, other) if own == other || other == before => own,
            (own, other) if own == before => other,
            (own, other) => {
                odd.insert(name.clone());
                own.or(other)
            }
        };
        if let Some(field) = field {
            merged.insert(name.clone(), field.clone());
        }
    }
    (merged, odd)
}

/// Who may read it: whoever was added by one side, and nobody whom one side took away.
fn readers(was: Option<&[Reader]>, mine: &[Reader], yours: &[Reader]) -> Vec<Reader> {
    let was = was.unwrap_or_default();
    let stays = |reader: &&Reader, other: &[Reader]| stands_in(other, reader) || !stands_in(was, reader);
    let mut merged: Vec<Reader> = mine.iter().filter(|reader| stays(reader, yours)).cloned().collect();
    for reader in &mut merged {
        // a label that only they changed
        let same = |list: &[Reader]| list.iter().find(|other| other.key == reader.key).cloned();
        if let (Some(before), Some(theirs)) = (same(was), same(yours))
            && before == *reader
        {
            *reader = theirs;
        }
    }
    let added = yours.iter().filter(|reader| !stands_in(mine, reader) && stays(reader, mine));
    merged.extend(added.cloned());
    merged
}

fn stands_in(readers: &[Reader], wanted: &Reader) -> bool {
    readers.iter().any(|reader| reader.key == wanted.key)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::Key;
    use crate::profile::Plan;
    use crate::secret::Secret;

    fn reader(key: u8, label: u8) -> Reader {
        Reader { key: format!("age1{key}"), label: format!("{label}"), is_recovery: key == 9, unknown: Map::new() }
    }

    fn name(n: u8) -> VarName {
        VarName::parse(&format!("V{n}")).expect("a name")
    }

    fn a_variable() -> impl Strategy<Value = Variable> {
        let plan = (0..3_u8, 0..3_u8).prop_map(|(description, docs)| Plan {
            description: (description > 0).then(|| description.to_string()),
            docs: (docs > 0).then(|| docs.to_string()),
            ..Plan::default()
        });
        let former = prop::collection::btree_set(0..3_u8, 0..3);
        (0..3_u8, 0..3_i64, 0..3_i64, 0..4_u8, plan, former, prop::option::of(5..7_i64)).prop_map(
            |(value, created, changed, field, plan, former, revoked)| Variable {
                value: value_of(value),
                created,
                changed,
                plan,
                former: former.into_iter().rev().map(before).collect(),
                revoked,
                unknown: if field == 0 { Map::new() } else { [("note".to_owned(), field.into())].into_iter().collect() },
            },
        )
    }

    fn value_of(n: u8) -> Secret {
        Secret::new(vec![b'a' + n]).expect("a value")
    }

    /// No two values ended at one moment.
    fn before(until: u8) -> Former {
        Former { value: value_of(until), from: 0, until: until.into(), is_revoked: false, expires: None, unknown: Map::new() }
    }

    fn a_profile() -> impl Strategy<Value = Profile> {
        let variables = prop::collection::btree_map((0..5_u8).prop_map(name), a_variable(), 0..5);
        let readers = prop::collection::btree_map(0..4_u8, 0..2_u8, 0..4);
        (variables, readers, 0..9_u64, 0..3_u8).prop_map(|(variables, readers, generation, field)| Profile {
            generation,
            fingerprint_key: Key::from_bytes(&[7; 32]).expect("32 bytes"),
            variables,
            readers: readers.into_iter().map(|(key, label)| reader(key, label)).collect(),
            unknown: if field == 0 { Map::new() } else { [("later".to_owned(), field.into())].into_iter().collect() },
            is_read_only: false,
        })
    }

    fn keys(profile: &Profile) -> BTreeSet<&str> {
        profile.readers.iter().map(|reader| reader.key.as_str()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_nobody_changed_stays_as_it_is(a in a_profile()) {
            let merged = merge(Some(&a), &a, &a).expect("one profile");
            prop_assert_eq!(&merged.profile, &a);
            prop_assert!(merged.conflicts.is_empty() && merged.odd.is_empty() && merged.new_readers.is_empty());
        }

        #[test]
        fn what_one_side_changed_is_taken_whole(base in a_profile(), a in a_profile()) {
            for (ours, theirs) in [(&a, &base), (&base, &a)] {
                let merged = merge(Some(&base), ours, theirs).expect("one profile");
                prop_assert!(merged.conflicts.is_empty() && merged.odd.is_empty());
                prop_assert_eq!(&merged.profile.variables, &a.variables);
                prop_assert_eq!(&merged.profile.unknown, &a.unknown);
                prop_assert_eq!(keys(&merged.profile), keys(&a));
            }
        }

        #[test]
        fn the_order_of_the_two_decides_conflicts_alone(base in a_profile(), a in a_profile(), b in a_profile(), has_base: bool) {
            let base = has_base.then_some(&base);
            let (one, other) = (merge(base, &a, &b).expect("one"), merge(base, &b, &a).expect("one"));
            prop_assert_eq!(&one.conflicts, &other.conflicts);
            prop_assert_eq!(&one.odd, &other.odd);
            prop_assert_eq!(one.profile.generation, other.profile.generation);
            prop_assert_eq!(keys(&one.profile), keys(&other.profile));
            prop_assert_eq!(one.profile.variables.keys().collect::<Vec<_>>(), other.profile.variables.keys().collect::<Vec<_>>());
            for (name, variable) in one.profile.variables.iter().filter(|(name, _)| !one.conflicts.contains(*name)) {
                prop_assert_eq!(variable, &other.profile.variables[name]);
            }
        }

        #[test]
        fn no_variable_is_lost_that_nobody_took_away(base in a_profile(), a in a_profile(), b in a_profile(), has_base: bool) {
            let base = has_base.then_some(&base);
            let merged = merge(base, &a, &b).expect("one profile");
            for name in a.variables.keys().chain(b.variables.keys()) {
                let (mine, yours) = (a.variables.get(name), b.variables.get(name));
                let was = base.and_then(|base| base.variables.get(name));
                let is_taken_away = was.is_some() && (mine.is_none() && yours == was || yours.is_none() && mine == was);
                match merged.profile.variables.get(name) {
                    None => prop_assert!(is_taken_away, "{}", name),
                    Some(kept) => {
                        let is_of = |side: Option<&Variable>| side.is_some_and(|side| side.value == kept.value);
                        prop_assert!(!is_taken_away && (is_of(mine) || is_of(yours)));
                        // a change of theirs that does not stand there is a conflict that is named
                        let is_told = merged.conflicts.contains(name);
                        let is_as_before = |side: Option<&Variable>| match (side, was) {
                            (Some(side), Some(was)) => side.value == was.value,
                            (side, _) => side.is_none(),
                        };
                        prop_assert!(is_told || is_of(mine) || is_as_before(mine));
                        prop_assert!(is_told || is_of(yours) || is_as_before(yours));
                        // the conflict may be about what was said beside a value that only they changed
                        let stands = mine.is_none() || is_of(mine) || is_as_before(mine);
                        prop_assert!(!is_told || stands, "a value of ours stands where both changed it");
                    }
                }
            }
        }

        #[test]
        fn whoever_one_side_took_away_does_not_come_back(base in a_profile(), a in a_profile(), b in a_profile()) {
            let merged = merge(Some(&base), &a, &b).expect("one profile");
            let (was, ours, theirs, now) = (keys(&base), keys(&a), keys(&b), keys(&merged.profile));
            for key in was.union(&ours).chain(&theirs) {
                let is_in = if was.contains(key) { ours.contains(key) && theirs.contains(key) } else { true };
                prop_assert_eq!(now.contains(key), is_in);
            }
            let new: BTreeSet<_> = merged.new_readers.iter().map(|reader| reader.key.as_str()).collect();
            prop_assert_eq!(new, now.difference(&ours).copied().collect::<BTreeSet<_>>());
        }
    }

    #[test]
    fn a_new_value_and_a_new_description_of_it_go_together_and_a_revocation_is_never_lost() {
        let mut base = Profile::new().expect("random bytes");
        base.set(name(1), value_of(0), 1);
        let (mut ours, mut theirs) = (base.clone(), base.clone());
        ours.set(name(1), value_of(1), 2);
        theirs.variables.get_mut(&name(1)).expect("there").plan.description = Some("read only".to_owned());
        for (one, other) in [(&ours, &theirs), (&theirs, &ours)] {
            let merged = merge(Some(&base), one, other).expect("one profile");
            let variable = &merged.profile.variables[&name(1)];
            assert!(merged.conflicts.is_empty());
            assert_eq!((&variable.value, variable.former.len(), variable.changed), (&value_of(1), 1, 2));
            assert_eq!(variable.plan.description.as_deref(), Some("read only"));
        }
        let mut revoking = base.clone();
        revoking.variables.get_mut(&name(1)).expect("there").revoked = Some(7);
        theirs.variables.get_mut(&name(1)).expect("there").changed = 9;
        let merged = merge(Some(&base), &theirs, &revoking).expect("one profile");
        assert!(merged.conflicts.is_empty());
        assert_eq!(merged.profile.variables[&name(1)].revoked, Some(7));
    }

    #[test]
    fn two_profiles_that_are_not_one_are_not_merged() {
        let profile = || Profile::new().expect("random bytes");
        assert_eq!(merge(None, &profile(), &profile()), Err(NoMerge::Strangers));
        let (ours, mut theirs) = (profile(), profile());
        theirs.fingerprint_key = ours.fingerprint_key.clone();
        assert_eq!(merge(Some(&profile()), &ours, &theirs), Err(NoMerge::Strangers));
        theirs.is_read_only = true;
        assert_eq!(merge(None, &ours, &theirs), Err(NoMerge::Future));
    }
}
