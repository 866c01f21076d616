//! Ways back: profiles as things that one can handle, their earlier versions, and the backup. Through the real program in a
//! throw-away home.

#[path = "../sandbox/mod.rs"]
mod sandbox;

mod backup;
mod crash;
mod hostile;
mod past;
mod profiles;
mod restore;
mod world;
