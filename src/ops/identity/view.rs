//! How the user's identity stands. Opens nothing, so it can be told while everything is locked.

use std::path::PathBuf;

use crate::escape::shown_path;
use crate::fault::sentence;
use crate::held::State;
use crate::keychain::PLACE;
use crate::ops::workspace::Workspace;
use crate::profile::ProfileName;
use crate::store::{Protection, Recovery, Store, StoreError, Unfinished};

/// Everything `key show` shows.
#[derive(Debug)]
pub struct View {
    pub file: PathBuf,
    /// `None` when there is no identity, or its file says nothing of it.
    pub public: Option<String>,
    /// `None` when there is no identity.
    pub protection: Option<Protection>,
    /// The same in words.
    pub words: String,
    /// Until when it is unlocked, in seconds since 1970 UTC; what `unlock` said last.
    pub state: State,
    pub recovery: Recovery,
    /// The profiles, and the word of the store that each rests in.
    pub profiles: Vec<(ProfileName, String)>,
    pub notes: Vec<String>,
}

/// Looks at the identity, the way back, and where profiles rest.
///
/// # Errors
/// When the profiles cannot be listed.
pub fn view(workspace: &Workspace) -> Result<View, StoreError> {
    let own = workspace.own_identity();
    let mut notes = Vec::new();
    let protection = match own.protection() {
        Ok(protection) => Some(protection),
        Err(StoreError::IdentityAbsent(_)) => None,
        Err(e) => {
            notes.push(sentence(&e));
            None
        }
    };
    let files = workspace.files("");
    let words = match &protection {
        None if notes.is_empty() && files.needs_identity()? => {
            "it is gone, and profiles need it: see `mcpenv key import` and `mcpenv key recover`".to_owned()
        }
        None if notes.is_empty() => "there is none yet: `mcpenv init` makes one".to_owned(),
        None => "it cannot be used".to_owned(),
        Some(Protection::Plain) => "a plain file: whoever copies your home directory can open your profiles".to_owned(),
        Some(Protection::Passphrase) => "a passphrase".to_owned(),
        Some(Protection::Ssh { key }) => format!("the SSH key `{}`", shown_path(key)),
        Some(Protection::Keychain { account }) => format!("{PLACE}, entry `mcpenv` / `{account}`"),
    };
    match own.unfinished() {
        Unfinished::Nothing => {}
        Unfinished::Next => {
            notes.push("a change of the identity was interrupted; complete it with `mcpenv key new`".to_owned());
        }
        Unfinished::Old => notes
            .push(format!("an old identity is kept beside `{}`, because something may still need it", shown_path(own.path()))),
    }
    let recovery = Recovery::read(&workspace.paths.recovery()).unwrap_or_else(|e| {
        notes.push(sentence(&e));
        Recovery::Unsaid
    });
    let mut profiles = Vec::new();
    for name in files.names()? {
        let word = files.word(&name)?.unwrap_or_default();
        profiles.push((name, word));
    }
    Ok(View {
        file: own.path().to_owned(),
        public: own.public(),
        protection,
        words,
        state: own.held().state(),
        recovery,
        profiles,
        notes,
    })
}
