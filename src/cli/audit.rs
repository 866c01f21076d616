//! `audit`: the log of what was done with values, filtered; `audit verify`: whether it is what was written.

use std::process::ExitCode;

use serde_json::json;

use super::args::{Audit, AuditCommand};
use super::report;
use super::report::Done;
use crate::audit::Record;
use crate::escape::shown_path;
use crate::fault::Exit;
use crate::life::{Period, time_text};
use crate::ops::Workspace;
use crate::sys::canonical;

/// Shows the log, or goes through it.
pub(super) fn run(workspace: &Workspace, args: &Audit) -> Done {
    let journal = workspace.journal()?;
    if let Some(AuditCommand::Verify) = args.command {
        let count = journal.verify()?;
        report::note(&format!("the log is what was written: {count} records"));
        return Ok(ExitCode::SUCCESS);
    }
    let since = match args.since.as_deref().map(Period::parse) {
        None => i64::MIN,
        Some(Ok(period)) => workspace.seconds() - i64::from(period.about_days()) * 86_400,
        Some(Err(e)) => return Ok(report::wrong(&format!("`--since`: {e}"), "write it as `7d`, `2w` or `1mo`")),
    };
    let project = args.project.as_ref().map(|path| {
        let path = workspace.cwd().join(path);
        shown_path(&canonical(&path).unwrap_or(path))
    });
    let is_wanted = |record: &&Record| {
        record.at >= since
            && args.action.as_ref().is_none_or(|action| record.action == *action)
            && project.as_ref().is_none_or(|project| record.project == *project)
            && args.variable.as_ref().is_none_or(|name| record.names.contains(name))
    };
    let records = journal.records()?;
    let wanted: Vec<&Record> = records.iter().filter(is_wanted).collect();
    if args.json {
        let rows: Vec<_> = wanted
            .iter()
            .map(|r| {
                json!({
                    "number": r.number, "at": r.at, "action": r.action, "project": r.project, "profile": r.profile,
                    "names": r.names, "tool": r.tool,
                })
            })
            .collect();
        return Ok(report::json(&json!({ "records": rows })));
    }
    let rows: Vec<_> = wanted
        .iter()
        .map(|r| {
            let names = match r.names.len() {
                0..=4 => r.names.join(", "),
                n => format!("{} and {} more", r.names[..3].join(", "), n - 3),
            };
            vec![r.number.to_string(), time_text(r.at), r.action.clone(), r.profile.clone(), names, r.project.clone()]
        })
        .collect();
    report::table(&["NO", "WHEN (UTC)", "ACTION", "PROFILE", "NAMES", "PROJECT"], &rows);
    Ok(if rows.is_empty() { report::code(Exit::Failed) } else { ExitCode::SUCCESS })
}
