//! bash, from 3.2 on: the hook file `shell/mcpenv.bash`, and calls as lines of `$'…'` words. Holds no logic; that is in the hook file.

use std::path::{Path, PathBuf};

use crate::secret::Secret;
use crate::shell::contract::{Call, Refusal, Script, Shell, Stamps};
use crate::shell::posix;

pub(super) struct Bash;

impl Shell for Bash {
    fn name(&self) -> &'static str {
        "bash"
    }

    fn hook(&self, binary: &Path, stop: &[PathBuf]) -> String {
        posix::fill(include_str!("../../shell/mcpenv.bash"), binary, stop)
    }

    fn install(&self) -> (&'static str, &'static str) {
        ("eval \"$(mcpenv hook bash)\"", "~/.bashrc")
    }

    fn stamps(&self) -> Stamps {
        Stamps::Files
    }

    fn accepts(&self, _value: &Secret) -> Result<(), Refusal> {
        // a Secret holds no NUL, the one byte that `$'…'` cannot carry
        Ok(())
    }

    fn write(&self, call: &Call<'_>, out: &mut Script) {
        posix::write(call, out);
    }
}
