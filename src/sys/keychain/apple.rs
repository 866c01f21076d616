//! The login keychain of macOS: generic passwords, by service and account. The system itself may ask whether this program may
//! read an entry that another one made.

use std::collections::HashMap;

use apple_native_keyring_store::keychain::Store;
use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error};
use zeroize::Zeroizing;

use super::contract::{Refusal, Seen, Slot};

/// What this keychain is called in a message.
pub const PLACE: &str = "the login keychain";

/// The login keychain of this user.
pub struct Service {
    store: std::sync::Arc<Store>,
}

impl Service {
    pub fn connect() -> Result<Self, Refusal> {
        Store::new().map(|store| Self { store }).map_err(refusal)
    }

    /// Entries that a person made by hand, as `security add-generic-password -s NAME` does. Opens none.
    pub fn find_by_hand(&self, name: &str) -> Result<Vec<Seen>, Refusal> {
        self.search(&HashMap::from([("service", name)]))
    }

    /// The entries of a slot. Opens none.
    pub fn find(&self, slot: &Slot) -> Result<Vec<Seen>, Refusal> {
        self.search(&HashMap::from([("service", slot.service.as_str()), ("user", slot.account.as_str())]))
    }

    /// The value of an entry. Whether it asks is the system's decision alone.
    pub fn read(&self, id: &[String], _may_ask: bool) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        self.entry(id)?.get_secret().map(Zeroizing::new).map_err(refusal)
    }

    /// Puts a value into a slot, in the place of what is there. The system shows the service as its label.
    pub fn put(&self, slot: &Slot, _label: &str, value: &[u8], _may_ask: bool) -> Result<(), Refusal> {
        self.entry(&[slot.service.clone(), slot.account.clone()])?.set_secret(value).map_err(refusal)
    }

    /// Takes an entry away.
    pub fn remove(&self, id: &[String], _may_ask: bool) -> Result<(), Refusal> {
        self.entry(id)?.delete_credential().map_err(refusal)
    }

    fn search(&self, spec: &HashMap<&str, &str>) -> Result<Vec<Seen>, Refusal> {
        let found = self.store.search(spec).map_err(refusal)?;
        let seen = |(service, account): (String, String)| Seen {
            label: service.clone(),
            attributes: vec![("account".to_owned(), account.clone()), ("service".to_owned(), service.clone())],
            id: vec![service, account],
            is_locked: false,
        };
        Ok(found.iter().filter_map(Entry::get_specifiers).map(seen).collect())
    }

    fn entry(&self, id: &[String]) -> Result<Entry, Refusal> {
        let [service, account] = id else { return Err(Refusal::Gone) };
        self.store.build(service, account, None).map_err(refusal)
    }
}

fn refusal(error: Error) -> Refusal {
    match error {
        Error::NoEntry => Refusal::Gone,
        Error::TooLong(_, most) => Refusal::TooLong(usize::try_from(most).unwrap_or(usize::MAX)),
        Error::NoStorageAccess(why) => Refusal::Other(why.to_string()),
        Error::PlatformFailure(why) => {
            let text = why.to_string();
            // errSecUserCanceled, errSecAuthFailed, errSecInteractionNotAllowed: the codes are in no type of the crate
            let is = |code: &str| text.contains(code);
            if is("-128") || is("-25293") {
                Refusal::Dismissed
            } else if is("-25308") {
                Refusal::Locked
            } else {
                Refusal::Other(text)
            }
        }
        // the others may carry bytes of the value
        _ => Refusal::Other("the entry is not of a kind that can be read".to_owned()),
    }
}

/// How an entry that was made by hand is taken away by hand.
#[must_use]
pub fn removal(quoted_name: &str) -> String {
    format!("security delete-generic-password -s {quoted_name}")
}
