//! mcpenv keeps the tokens of MCP servers in encrypted profiles and puts exactly those that a project's servers declare
//! into the shell.
//!
//! The house, from the top down; a room knows only rooms on lower floors (`tests/architecture` reads this
//! table and checks it):
//!
//! | floor | rooms | what they are for |
//! |---|---|---|
//! | 7 | `main` | the exit code, and nothing else |
//! | 6 | `cli` | the commands: what was typed, who is asked, what is printed |
//! | 4 | `ops`, `shell` | the project's work as verbs; the text of one shell |
//! | 3 | `store`, `approval`, `session`, `plaintext`, `audit` | encrypted profiles; the user's word; what a shell carries; secrets in files; what was done with them |
//! | 2 | `client`, `project`, `settings`, `catalog`, `flat`, `held` | what files say; what is known of servers and tokens; an opened identity, for a while |
//! | 1 | `profile`, `schema`, `secret`, `var`, `reserved`, `key`, `mask`, `dummy`, `escape`, `fault`, `crowd`, `nesting`, `file`, `header`, `life`, `keychain`, `rewrite`, `paths`, `team`, `merge`, `sys` | the ground |

// tests print, unwrap and write files as they like; the product does not
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, clippy::disallowed_methods))]

pub mod approval;
pub mod audit;
pub mod catalog;
pub mod cli;
pub mod client;
pub mod crowd;
pub mod dummy;
pub mod escape;
pub mod fault;
pub mod file;
pub mod flat;
pub mod header;
pub mod held;
pub mod key;
pub mod keychain;
pub mod life;
pub mod mask;
pub mod merge;
pub mod nesting;
pub mod ops;
pub mod paths;
pub mod plaintext;
pub mod profile;
pub mod project;
pub mod reserved;
pub mod rewrite;
pub mod schema;
pub mod secret;
pub mod session;
pub mod settings;
pub mod shell;
pub mod store;
pub mod sys;
pub mod team;
pub mod var;
