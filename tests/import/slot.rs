//! A slot of the keychain in which this process may write.

use std::time::Duration;

use mcpenv::keychain::{Keychain, KeychainError, Slot};
use mcpenv::secret::Secret;

pub fn put_find_read_and_take_away() {
    let keychain = Keychain::open(Duration::from_secs(30), false).expect("a thread");
    let slot = |account: &str| Slot { service: "mcpenv-test".to_owned(), account: account.to_owned() };
    let secret = |text: &str| Secret::new(text.as_bytes().to_vec()).expect("a value");
    assert_eq!(keychain.find(&slot("a")).expect("it answers"), None);
    keychain.put(&slot("a"), "mcpenv: a", &secret("one")).expect("put");
    keychain.put(&slot("b"), "mcpenv: b", &secret("\u{e9} two\n")).expect("put");
    keychain.put(&slot("a"), "mcpenv: a", &secret("three")).expect("put in the place of the first");
    let entry = keychain.find(&slot("a")).expect("it answers").expect("it is there");
    assert!(!entry.is_locked, "{entry:?}");
    assert_eq!(keychain.read(&entry).expect("readable"), secret("three"));
    let other = keychain.find(&slot("b")).expect("it answers").expect("it is there");
    assert_eq!(keychain.read(&other).expect("readable"), secret("\u{e9} two\n"));
    keychain.remove(&entry).expect("removed");
    assert_eq!(keychain.find(&slot("a")).expect("it answers"), None);
    assert!(matches!(keychain.read(&entry), Err(KeychainError::Gone)));
    keychain.remove(&other).expect("removed");
}

/// The Credential Manager belongs to the user and is always there.
#[cfg(windows)]
#[test]
fn a_slot_of_the_credential_manager_is_put_found_read_and_taken_away() {
    put_find_read_and_take_away();
    let keychain = Keychain::open(Duration::from_secs(30), false).expect("a thread");
    let slot = Slot { service: "TOKEN".to_owned(), account: "MCPENV_TEST".to_owned() };
    keychain.put(&slot, "", &Secret::new(b"made by hand".to_vec()).expect("a value")).expect("put");
    let found = keychain.find_by_hand("MCPENV_TEST.TOKEN").expect("it answers");
    assert_eq!(found.len(), 1);
    assert_eq!(keychain.read(&found[0]).expect("readable").expose(), b"made by hand");
    keychain.remove(&found[0]).expect("removed");
    assert!(keychain.find_by_hand("MCPENV_TEST.TOKEN").expect("it answers").is_empty());
    let long = Secret::new(vec![b'x'; 2561]).expect("a value");
    assert!(matches!(keychain.put(&slot, "", &long), Err(KeychainError::TooLong(2560))));
}
