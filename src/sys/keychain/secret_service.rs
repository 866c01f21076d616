//! The Secret Service: D-Bus in pure Rust, to GNOME Keyring, `KWallet`, `KeePassXC` or whatever answers there.

use std::collections::HashMap;

use secret_service::blocking::{Item, SecretService};
use secret_service::{EncryptionType, Error};
use zeroize::Zeroizing;

use super::contract::{Refusal, Seen, Slot};

/// What this keychain is called in a message.
pub const PLACE: &str = "the Secret Service";

/// The most entries whose labels are looked at, when no attribute finds one.
const LABELS: usize = 2000;

/// A connection, with a session that encrypts what goes over the bus.
pub struct Service {
    bus: SecretService<'static>,
}

impl Service {
    pub fn connect() -> Result<Self, Refusal> {
        SecretService::connect(EncryptionType::Dh).map(|bus| Self { bus }).map_err(|error| match error {
            Error::Unavailable => Refusal::NoBus,
            other => match refusal(other) {
                // what a bus says of a service that nobody offers has another name
                Refusal::Other(text) if text.contains("Failed to connect") || text.contains("I/O error") => Refusal::NoBus,
                other => other,
            },
        })
    }

    /// Entries that a person made by hand: found by the attribute `service`, else by `name`, else by their label. Opens none.
    pub fn find_by_hand(&self, name: &str) -> Result<Vec<Seen>, Refusal> {
        for attribute in ["service", "name"] {
            let found = self.search(&[(attribute, name)])?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        let collections = self.bus.get_all_collections().map_err(refusal)?;
        let mut found = Vec::new();
        let mut left = LABELS;
        for collection in &collections {
            for item in collection.get_all_items().map_err(refusal)? {
                left = left.checked_sub(1).ok_or_else(|| Refusal::Other("it holds too many entries to look at".to_owned()))?;
                if item.get_label().is_ok_and(|label| label == name) {
                    found.push(seen(&item, item.is_locked().map_err(refusal)?)?);
                }
            }
        }
        if found.is_empty() {
            // a keychain that was never used holds nothing, and that is another thing to say
            self.bus.get_default_collection().map_err(refusal)?;
        }
        Ok(found)
    }

    /// The entries of a slot. Opens none.
    pub fn find(&self, slot: &Slot) -> Result<Vec<Seen>, Refusal> {
        self.search(&[("service", &slot.service), ("username", &slot.account)])
    }

    /// The value of an entry. A locked one is unlocked first, by the keychain's own question, if it may ask.
    pub fn read(&self, id: &[String], may_ask: bool) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        let item = self.unlocked(id, may_ask)?;
        item.get_secret().map(Zeroizing::new).map_err(refusal)
    }

    /// Puts a value into a slot, in the place of what is there.
    pub fn put(&self, slot: &Slot, label: &str, value: &[u8], may_ask: bool) -> Result<(), Refusal> {
        let collection = self.bus.get_default_collection().map_err(refusal)?;
        if collection.is_locked().map_err(refusal)? {
            if !may_ask {
                return Err(Refusal::Locked);
            }
            collection.unlock().map_err(refusal)?;
        }
        let attributes = HashMap::from([("service", slot.service.as_str()), ("username", slot.account.as_str())]);
        collection.create_item(label, attributes, value, true, "application/octet-stream").map(drop).map_err(refusal)
    }

    /// Takes an entry away.
    pub fn remove(&self, id: &[String], may_ask: bool) -> Result<(), Refusal> {
        self.unlocked(id, may_ask)?.delete().map_err(refusal)
    }

    fn search(&self, attributes: &[(&str, &str)]) -> Result<Vec<Seen>, Refusal> {
        let found = self.bus.search_items(attributes.iter().copied().collect()).map_err(refusal)?;
        let open = found.unlocked.iter().map(|item| seen(item, false));
        open.chain(found.locked.iter().map(|item| seen(item, true))).collect()
    }

    fn unlocked(&self, id: &[String], may_ask: bool) -> Result<Item<'_>, Refusal> {
        let path = id.first().cloned().unwrap_or_default();
        let path = path.try_into().map_err(|_| Refusal::Gone)?;
        let item = self.bus.get_item_by_path(path).map_err(refusal)?;
        if item.is_locked().map_err(refusal)? {
            if !may_ask {
                return Err(Refusal::Locked);
            }
            item.unlock().map_err(refusal)?;
        }
        Ok(item)
    }
}

fn seen(item: &Item<'_>, is_locked: bool) -> Result<Seen, Refusal> {
    // a locked one may keep these to itself
    let label = item.get_label().or_else(|error| if is_locked { Ok(String::new()) } else { Err(refusal(error)) })?;
    let mut attributes: Vec<_> = item.get_attributes().unwrap_or_default().into_iter().collect();
    attributes.retain(|(key, _)| !key.starts_with("xdg:"));
    attributes.sort();
    Ok(Seen { id: vec![item.item_path.to_string()], label, attributes, is_locked })
}

fn refusal(error: Error) -> Refusal {
    match error {
        Error::Unavailable => Refusal::NoBus,
        Error::NoResult => Refusal::NoCollection,
        Error::Locked => Refusal::Locked,
        Error::Prompt => Refusal::Dismissed,
        other => {
            let text = other.to_string();
            if ["ServiceUnknown", "was not provided by any .service files"].iter().any(|part| text.contains(part)) {
                Refusal::NoService
            } else if ["NoSuchObject", "UnknownObject", "UnknownMethod"].iter().any(|part| text.contains(part)) {
                Refusal::Gone
            } else if text.contains("IsLocked") {
                Refusal::Locked
            } else {
                Refusal::Other(text)
            }
        }
    }
}

/// How an entry that was made by hand is taken away by hand.
#[must_use]
pub fn removal(quoted_name: &str) -> String {
    format!("secret-tool clear service {quoted_name}")
}
