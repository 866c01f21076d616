//! What a command on values is about, as it is typed: a project, or a profile by its name.

use std::path::PathBuf;

use clap::Args;

#[derive(Args)]
pub(super) struct Target {
    /// The project, instead of the one you stand in
    #[arg(long, value_name = "DIR")]
    pub(super) project: Option<PathBuf>,
    /// The profile, instead of the one the project is bound to
    #[arg(long, value_name = "NAME")]
    pub(super) profile: Option<String>,
}
