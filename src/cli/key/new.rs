//! `key new`: a new identity in the place of the one that is in force, and everything sealed for it.

use std::process::ExitCode;

use super::open::{opened, protection, require_no_agent};
use crate::cli::report::{self, Done};
use crate::escape::shown_path;
use crate::fault::Exit;
use crate::ops::{Workspace, identity};
use crate::store::{Identity, Renewed, Unfinished};

/// Makes a new identity, or completes what an earlier run began.
pub(super) fn run(workspace: &Workspace) -> Done {
    require_no_agent(workspace)?;
    let own = workspace.own_identity();
    protection(workspace)?;
    let lock = own.lock()?;
    let (old, cover) = opened(workspace)?;
    let begun = own.unfinished();
    if begun == Unfinished::Old {
        let renewed = identity::finish(workspace, &lock, &old, &cover)?;
        if renewed.files.changed > 0 || !renewed.files.unwritten.is_empty() {
            report::note("an earlier `mcpenv key new` was interrupted; this completed it, and made no other identity");
            return Ok(tell(&renewed));
        }
    }
    let renewed = identity::renew(workspace, &lock, (&old, Identity::generate()), &cover)?;
    if begun == Unfinished::Next {
        report::note("an earlier run was interrupted; this completed it with the identity that it had made");
    }
    Ok(tell(&renewed))
}

/// Says what happened, and who else must hear of it.
pub(super) fn tell(renewed: &Renewed) -> ExitCode {
    report::warnings(&renewed.warnings);
    if let Some(before) = &renewed.before {
        report::note(&format!("your public key was  {before}"));
    }
    report::note(&format!("your public key is   {}", renewed.now));
    let files = &renewed.files;
    report::note(&format!("sealed {} files for it: profiles, their earlier versions, records of `adopt`", files.changed));
    for left in files.left.iter().chain(&files.unwritten) {
        report::warning(&format!("left as it was: {left}"));
    }
    for kept in &renewed.kept {
        report::warning(&format!("the old identity stays as `{}`: something still needs it", shown_path(kept)));
    }
    report::note("give the new public key to whoever seals for you (a team's files); backups and copies made before still open");
    report::note("with the old identity alone, and whoever had that can still open them: rotate what matters");
    if files.is_whole() { ExitCode::SUCCESS } else { report::code(Exit::Failed) }
}
