//! Every shell there is a hook for. A new one is a file beside this and a line here.

use crate::shell::bash::Bash;
use crate::shell::contract::Shell;
use crate::shell::fish::Fish;
use crate::shell::pwsh::Pwsh;
use crate::shell::zsh::Zsh;

/// All shells, in the order in which they are listed to a user.
pub const ALL: &[&dyn Shell] = &[&Bash, &Zsh, &Fish, &Pwsh];

/// The shell of that name. `None`: there is no hook for it.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Shell> {
    ALL.iter().copied().find(|shell| shell.name() == name)
}
