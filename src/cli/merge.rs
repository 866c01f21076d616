//! `profile merge`: what git runs when both sides changed a team file. Asks nothing but a passphrase, and names what it could not
//! decide.

use std::process::ExitCode;

use super::args::ProfileMerge;
use super::report;
use super::report::Done;
use crate::escape::shown;
use crate::fault::Exit;
use crate::ops::Workspace;
use crate::store::merge_files;

/// Merges three files into the second.
pub(super) fn run(workspace: &Workspace, args: &ProfileMerge) -> Done {
    let at = |path: &std::path::Path| workspace.cwd().join(path);
    let merged = merge_files(workspace.own_identity(), &at(&args.base), &at(&args.ours), &at(&args.theirs))?;
    for reader in &merged.new_readers {
        let label = if reader.label.is_empty() { String::new() } else { format!("`{}` ", shown(&reader.label)) };
        report::warning(&format!("the merge lets somebody new open it: {label}{}", shown(&reader.key)));
    }
    let conflicts: Vec<String> = merged.conflicts.iter().map(|name| format!("`{name}`")).collect();
    let odd = merged.odd.iter().map(|name| format!("the field `{}`", shown(name)));
    let all: Vec<String> = conflicts.into_iter().chain(odd).collect();
    if !merged.new_readers.is_empty() {
        // ours may be newer than what they could read so far: git stops, and a person looks at it
        report::note("if that is right, `git add` the file, and confirm it with `mcpenv allow`; else `git merge --abort`");
    }
    if all.is_empty() {
        let is_settled = merged.new_readers.is_empty();
        return Ok(if is_settled { ExitCode::SUCCESS } else { report::code(Exit::Failed) });
    }
    report::note(&format!("both sides changed {}: ours stands there; everything else is merged", all.join(", ")));
    for name in &merged.conflicts {
        report::note(&format!("  settle it with `mcpenv set {name}`, or keep ours; then `git add` the file"));
    }
    Ok(report::code(Exit::Failed))
}
