//! The recovery key in every profile that is here: put there, changed, or taken away, each profile in a save of its own.

use crate::fault::sentence;
use crate::ops::workspace::Workspace;
use crate::profile::ProfileName;
use crate::store::{Recovery, StoreError};

/// What became of the profiles.
#[derive(Debug, Default)]
pub struct Applied {
    pub changed: Vec<ProfileName>,
    /// Those that had it so already.
    pub unchanged: Vec<ProfileName>,
    /// Those that could not be changed, and why.
    pub left: Vec<(ProfileName, String)>,
    pub warnings: Vec<String>,
}

/// Lets every profile be opened with the key that is noted, and with no other recovery key. Repeated, it does what is left.
///
/// # Errors
/// When the profiles cannot be listed.
pub fn apply(workspace: &Workspace, recovery: &Recovery) -> Result<Applied, StoreError> {
    let mut applied = Applied::default();
    for name in workspace.store().names()? {
        match change(workspace, &name, recovery) {
            Ok(None) => applied.unchanged.push(name),
            Ok(Some(warnings)) => {
                applied.warnings.extend(warnings);
                applied.changed.push(name);
            }
            Err(e) => applied.left.push((name, sentence(&e))),
        }
    }
    Ok(applied)
}

fn change(workspace: &Workspace, name: &ProfileName, recovery: &Recovery) -> Result<Option<Vec<String>>, StoreError> {
    let store = workspace.store();
    let lock = store.lock(name)?;
    let mut profile = store.load(name)?;
    let wanted = match recovery {
        Recovery::Key(key) => Some(key.as_reader()),
        Recovery::Unsaid | Recovery::Declined => None,
    };
    let mut now = profile.readers.iter().filter(|reader| reader.is_recovery);
    let is_so = match (now.next(), &wanted) {
        (None, None) => true,
        (Some(one), Some(wanted)) => one.key == wanted.key && one.label == wanted.label && now.next().is_none(),
        _ => false,
    };
    if is_so {
        return Ok(None);
    }
    profile.readers.retain(|reader| !reader.is_recovery);
    profile.readers.extend(wanted);
    Ok(Some(store.save(&lock, name, &mut profile)?.warnings))
}
