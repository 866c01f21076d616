//! Where profiles rest. The contract, one file for each store, and the list of them.
//!
//! How the floor above uses it:
//! - `AgeStore::new(&paths)` opens nothing; `registry::open(word, &paths)` gives any store by its word.
//! - `age.ensure_identity(now)` finds the identity or makes it (only `init` calls this); `Origin` says which.
//! - Reading: `store.load(&name)`.
//! - Changing: `let lock = store.lock(&name)?; let mut profile = store.load(&name)?; …; store.save(&lock, &name, &mut profile)?`.
//!   A first save takes `Profile::new()?` (generation 0) where `load` says `Absent`. The lock stays held from the load to the
//!   end of the save; `Saved::warnings` are for the user to read.
//! - `registry::with_team(files, …)` also has the one profile that rests in a file of a project; its lock, its sidecar and its
//!   earlier versions stay with the user.
//! - The user's identity is an `OwnIdentity`: `open` asks its gate. Whatever changes it holds `own.lock()` and has it opened by
//!   its own protection (`open_with`): `make` where none is, `protect` for a passphrase, an SSH key or the keychain, `renew` for another one
//!   in its place, with everything sealed for it. `Recovery` is the user's way back, and `Files::recover` goes it.
//! - Without opening anything: `age.sidecar(&name)` has names and dates; `sidecar.against(&profile)` says whether it is current,
//!   behind (`age.mend_sidecar(&lock, &name, &profile)` writes it anew) or whether the profile went backwards.
//! - `Shelf::new(files)` moves a profile's files, puts them away and back, and opens earlier versions.
//! - `parcel` writes and reads a file that a passphrase opens.
//! - `age.strangers()` lists copies that a sync tool left among the profiles; `age.versions(&name)` the earlier versions.

mod age;
mod anew;
mod contract;
mod cover;
mod draft;
mod files;
mod gate;
mod identity;
mod json_text;
mod keychain;
mod keys;
mod lock;
mod merging;
mod moving;
mod note;
mod opened;
mod opener;
mod own;
pub mod parcel;
pub mod passphrase;
pub mod payload;
pub mod phrase;
mod place;
mod protect;
mod public;
mod recipient;
mod recover;
mod recovery;
pub mod registry;
mod renew;
mod reseal;
mod rewriting;
mod save;
pub mod seal;
mod shelf;
mod sidecar;
mod site;
mod ssh;
mod team;
mod trouble;
mod versions;

pub use age::{AgeStore, Origin};
pub use contract::{Lock, Saved, Store, StoreError};
pub use cover::{Cover, exported};
pub use files::Files;
pub use gate::{Closed, Gate, Patience};
pub use identity::{Identity, NoIdentity};
pub use merging::{MergeError, merge_files};
pub use moving::move_profile;
pub use opener::{Opener, read_identity};
pub use own::{OwnIdentity, Protection};
pub use protect::IdentityLock;
pub use recipient::{NoRecipient, Recipient};
pub use recover::Recovered;
pub use recovery::{Recovery, RecoveryKey};
pub use renew::{Renewed, Unfinished};
pub use reseal::{Others, Resealed};
pub use shelf::{Both, Shelf, Version, Way};
pub use sidecar::{Agreement, Dates, Sidecar};
pub use ssh::SshKey;
pub use team::TeamFile;
