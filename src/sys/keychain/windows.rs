//! The Credential Manager of Windows: generic credentials, each under its target name.

use std::collections::HashMap;

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error};
use windows_native_keyring_store::Store;
use zeroize::Zeroizing;

use super::contract::{Refusal, Seen, Slot};

/// What this keychain is called in a message.
pub const PLACE: &str = "the Credential Manager";

/// The credentials of this user.
pub struct Service {
    store: std::sync::Arc<Store>,
}

impl Service {
    pub fn connect() -> Result<Self, Refusal> {
        Store::new().map(|store| Self { store }).map_err(refusal)
    }

    /// The credential that a person made by hand, as `cmdkey /generic:NAME` and `New-StoredCredential -Target NAME` do.
    pub fn find_by_hand(&self, name: &str) -> Result<Vec<Seen>, Refusal> {
        self.look(name.to_owned())
    }

    /// The credential of a slot.
    pub fn find(&self, slot: &Slot) -> Result<Vec<Seen>, Refusal> {
        self.look(target(slot))
    }

    /// The value of a credential, its bytes as they lie there.
    pub fn read(&self, id: &[String], _may_ask: bool) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        self.entry(id)?.get_secret().map(Zeroizing::new).map_err(refusal)
    }

    /// Puts a value into a slot, in the place of what is there.
    pub fn put(&self, slot: &Slot, _label: &str, value: &[u8], _may_ask: bool) -> Result<(), Refusal> {
        self.entry(&[target(slot)])?.set_secret(value).map_err(refusal)
    }

    /// Takes a credential away.
    pub fn remove(&self, id: &[String], _may_ask: bool) -> Result<(), Refusal> {
        self.entry(id)?.delete_credential().map_err(refusal)
    }

    fn look(&self, target: String) -> Result<Vec<Seen>, Refusal> {
        let id = vec![target];
        match self.entry(&id)?.get_attributes() {
            Ok(mut attributes) => {
                let label = attributes.remove("comment").unwrap_or_default();
                let mut attributes: Vec<_> = attributes.into_iter().filter(|(_, text)| !text.is_empty()).collect();
                attributes.sort();
                Ok(vec![Seen { id, label, attributes, is_locked: false }])
            }
            Err(Error::NoEntry) => Ok(Vec::new()),
            Err(error) => Err(refusal(error)),
        }
    }

    fn entry(&self, id: &[String]) -> Result<Entry, Refusal> {
        let target = id.first().map_or("", String::as_str);
        // the default roams to other machines
        let modifiers = HashMap::from([("target", target), ("persistence", "Local")]);
        self.store.build("", "", Some(&modifiers)).map_err(refusal)
    }
}

fn target(slot: &Slot) -> String {
    format!("{}.{}", slot.account, slot.service)
}

fn refusal(error: Error) -> Refusal {
    match error {
        Error::NoEntry => Refusal::Gone,
        Error::TooLong(_, most) => Refusal::TooLong(usize::try_from(most).unwrap_or(usize::MAX)),
        Error::NoStorageAccess(why) | Error::PlatformFailure(why) => Refusal::Other(why.to_string()),
        // the others may carry bytes of the value
        _ => Refusal::Other("the entry is not of a kind that can be read".to_owned()),
    }
}

/// How a credential that was made by hand is taken away by hand.
#[must_use]
pub fn removal(quoted_name: &str) -> String {
    format!("cmdkey /delete:{quoted_name}")
}
