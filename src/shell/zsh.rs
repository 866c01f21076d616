//! zsh: the hook file `shell/mcpenv.zsh`, and calls as lines of `$'…'` words. Holds no logic; that is in the hook file.

use std::path::{Path, PathBuf};

use crate::secret::Secret;
use crate::shell::contract::{Call, Refusal, Script, Shell, Stamps};
use crate::shell::posix;

/// Functions defined inside `emulate -c` run under these options whatever the user's are, and nothing in it is an alias.
const WRAP: &str = "'builtin' 'emulate' 'zsh' '-o' 'no_aliases' '-o' 'no_xtrace' '-o' 'no_verbose' '-o' 'no_err_exit' \
                    '-o' 'no_err_return' '-o' 'no_all_export' '-c'";

pub(super) struct Zsh;

impl Shell for Zsh {
    fn name(&self) -> &'static str {
        "zsh"
    }

    fn hook(&self, binary: &Path, stop: &[PathBuf]) -> String {
        let text = posix::fill(include_str!("../../shell/mcpenv.zsh"), binary, stop);
        format!("{WRAP} '{}'\n", text.replace('\'', "'\\''"))
    }

    fn install(&self) -> (&'static str, &'static str) {
        ("eval \"$(mcpenv hook zsh)\"", "~/.zshrc")
    }

    fn stamps(&self) -> Stamps {
        Stamps::Seconds
    }

    fn accepts(&self, _value: &Secret) -> Result<(), Refusal> {
        // a Secret holds no NUL, the one byte that `$'…'` cannot carry
        Ok(())
    }

    fn write(&self, call: &Call<'_>, out: &mut Script) {
        posix::write(call, out);
    }
}
