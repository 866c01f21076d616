//! Which key opens a profile of a store, and whom that store seals it for. What stores differ in is this alone: the files, the
//! saves and the earlier versions are the same for all of them.

use std::sync::Arc;

use crate::profile::{Profile, ProfileName};
use crate::store::contract::StoreError;
use crate::store::identity::Identity;
use crate::store::note::Note;
use crate::store::recipient::Recipient;

/// The keys of one store.
pub(super) trait Keys: Send + Sync {
    /// The key that opens the file of this profile, whose header carries this note.
    fn identity(&self, name: &ProfileName, note: Option<&Note>) -> Result<Arc<Identity>, StoreError>;

    /// The key for the first save of this profile, and the note that its file will carry.
    fn first(&self, name: &ProfileName) -> Result<(Arc<Identity>, Option<Note>), StoreError>;

    /// Takes back the key that [`Keys::first`] made for a file that came to nothing, or that nothing needs any more.
    fn abandon(&self, _: &Note) -> Result<(), StoreError> {
        Ok(())
    }

    /// What this key is called in a message.
    fn shown(&self, name: &ProfileName) -> String;

    /// Whom the profile is sealed for: the key itself, and everybody on the profile's own list.
    fn readers(&self, identity: &Identity, profile: &Profile) -> Result<Vec<Recipient>, StoreError> {
        let mut all = vec![identity.to_recipient()];
        for reader in &profile.readers {
            let recipient =
                Recipient::parse(&reader.key).map_err(|why| StoreError::Reader { label: reader.label.clone(), why })?;
            if !all.contains(&recipient) {
                all.push(recipient);
            }
        }
        Ok(all)
    }
}
