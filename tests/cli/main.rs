//! The commands, through the real program in a throw-away home.

#[path = "../sandbox/mod.rs"]
mod sandbox;

mod approval;
mod audit;
mod check;
mod clients;
mod dates;
mod deception;
mod init;
mod known;
mod names;
#[cfg(unix)]
mod own_files;
mod pages;
#[cfg(unix)]
mod paths;
mod rotate;
mod servers;
mod settings;
#[cfg(unix)]
mod team;
mod values;
