//! The store `keychain`: each profile sealed for an identity of its own that exists only in the keychain of the system, one
//! small entry for each profile. There is no plaintext beside it and no weaker way: without the entry it does not open.

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::key::{Key, hex};
use crate::keychain::{Keychain, PLACE};
use crate::profile::ProfileName;
use crate::secret::Secret;
use crate::store::contract::StoreError;
use crate::store::identity::{Identity, NoIdentity};
use crate::store::keys::Keys;
use crate::store::note::Note;
use crate::store::own::{self, OwnIdentity};

/// The word of this store.
pub(super) const WORD: &str = "keychain";

/// A key of its own for each profile.
pub(super) struct KeychainKeys(pub(super) OwnIdentity);

impl Keys for KeychainKeys {
    fn identity(&self, name: &ProfileName, note: Option<&Note>) -> Result<Arc<Identity>, StoreError> {
        let id = note.map(|note| note.id.as_str()).unwrap_or_default();
        let Some(text) = own::read_slot(&self.0, &account(id))? else {
            let key = format!("profile `{name}`, entry `{}` / `{}`", own::SERVICE, account(id));
            return Err(StoreError::KeyAbsent { key, place: PLACE });
        };
        parsed(&text, id).map(Arc::new)
    }

    fn first(&self, name: &ProfileName) -> Result<(Arc<Identity>, Option<Note>), StoreError> {
        let random = Key::random().map_err(|e| StoreError::NoAccess { path: self.0.path().to_owned(), why: e.to_string() })?;
        // never the account of another entry: what is there may be all that opens some other profile
        let id = format!("{name}-{}", &hex(random.expose())[..16]);
        let identity = Identity::generate();
        let keychain = self.open()?;
        let slot = own::slot(&account(&id));
        keychain.put(&slot, &format!("mcpenv: the key of profile {name}"), &secret(&identity)?)?;
        // durable and read back before anything is sealed for it
        let entry = keychain.find(&slot)?;
        let back = entry.map(|entry| keychain.read(&entry)).transpose()?;
        let is_there = back.is_some_and(|text| parsed(&text, &id).is_ok_and(|read| read.recipient() == identity.recipient()));
        if !is_there {
            return Err(StoreError::KeyAbsent { key: format!("profile `{name}`, which it had just taken"), place: PLACE });
        }
        Ok((Arc::new(identity), Some(Note { word: WORD.to_owned(), id })))
    }

    fn abandon(&self, note: &Note) -> Result<(), StoreError> {
        let keychain = self.open()?;
        match keychain.find(&own::slot(&account(&note.id)))? {
            Some(entry) => Ok(keychain.remove(&entry)?),
            None => Ok(()),
        }
    }

    fn shown(&self, _: &ProfileName) -> String {
        format!("its key in {PLACE}")
    }
}

impl KeychainKeys {
    fn open(&self) -> Result<Keychain, StoreError> {
        let patience = self.0.gate().patience();
        Keychain::open(patience.limit, patience.may_ask)
            .map_err(|e| StoreError::NoAccess { path: self.0.path().to_owned(), why: e.to_string() })
    }
}

/// The account of the entry that a note speaks of.
fn account(id: &str) -> String {
    format!("profile {id}")
}

fn secret(identity: &Identity) -> Result<Secret, StoreError> {
    let mut text = identity.line();
    Secret::new(std::mem::take(&mut *text)).map_err(|e| StoreError::Keychain(e.into()))
}

fn parsed(text: &Secret, id: &str) -> Result<Identity, StoreError> {
    let text = Zeroizing::new(text.expose().to_vec());
    Identity::parse(&text).map_err(|e| {
        let why = match e {
            NoIdentity::Locked(why) => why.to_owned(),
            NoIdentity::Damaged(why) => why,
        };
        StoreError::KeyDamaged { key: format!("entry `{}` / `{}`", own::SERVICE, account(id)), place: PLACE, why }
    })
}
