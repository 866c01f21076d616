//! What was revoked stays revoked, whatever state of a profile is brought back: a value that must be exported nowhere does not
//! return by a way round.

use std::collections::BTreeMap;

use crate::profile::Variable;
use crate::var::VarName;

/// Marks what comes back as revoked where it is that here, also among the former values. Gives the names.
pub fn keep_revoked(here: &BTreeMap<VarName, Variable>, back: &mut BTreeMap<VarName, Variable>) -> Vec<VarName> {
    let mut kept = Vec::new();
    for (name, variable) in back {
        let Some(known) = here.get(name).filter(|_| variable.revoked.is_none()) else { continue };
        let of_former = || known.former.iter().find(|former| former.is_revoked && former.value == variable.value);
        let since = known.revoked.filter(|_| known.value == variable.value).or_else(|| of_former().map(|former| former.until));
        if since.is_some() {
            variable.revoked = since;
            kept.push(name.clone());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;
    use crate::secret::Secret;

    #[test]
    fn a_revoked_value_comes_back_revoked_and_another_does_not() {
        let name = VarName::parse("A").expect("a name");
        let value = |text: &str| Secret::new(text.as_bytes().to_vec()).expect("a value");
        let mut here = Profile::new().expect("random bytes");
        here.set(name.clone(), value("leaked"), 1);
        let mut back = here.variables.clone();
        here.variables.get_mut(&name).expect("there").revoked = Some(5);
        assert_eq!(keep_revoked(&here.variables, &mut back), std::slice::from_ref(&name));
        assert_eq!(back[&name].revoked, Some(5));
        back.get_mut(&name).expect("there").revoked = None;
        here.set(name.clone(), value("new"), 9);
        assert_eq!(keep_revoked(&here.variables, &mut back), std::slice::from_ref(&name), "a former value too");
        assert_eq!(back[&name].revoked, Some(9));
        let mut other = here.variables.clone();
        assert!(keep_revoked(&here.variables, &mut other).is_empty());
    }
}
