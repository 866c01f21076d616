//! Where profiles rest. The contract, one file for each store, and the list of them.

mod contract;

pub use contract::{Lock, Saved, Store, StoreError};
