//! `key …`: the user's own identity. What changes it is for a person, and refused in an agent's shell.

mod choose;
mod dispatch;
mod export;
mod guide;
mod import;
mod moving;
mod new;
mod open;
mod passphrase;
mod recover;
mod recovery;
mod show;

pub(super) use dispatch::run;
pub(super) use guide::{ask_protection, offer_recovery, protection_without_keychain};
