//! The way back: each file that still is what was written gets the bytes again that it held before. The values stay stored.

use std::path::{Path, PathBuf};

use super::record::{self, Kept};
use super::trouble::AdoptError;
use crate::file;
use crate::ops::target;
use crate::ops::workspace::Workspace;
use crate::rewrite;
use crate::sys::canonical;

/// What can be taken back.
pub struct Undo {
    record: PathBuf,
    pub files: Vec<(String, Standing)>,
    kept: Vec<Kept>,
    /// How many earlier times could be undone after this one.
    pub earlier: usize,
}

/// How a file stands to the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is what was written.
    Adopted,
    /// It is what it was before.
    Back,
    /// It was changed since, or is gone.
    Changed,
}

/// What became of the files.
#[derive(Debug, Default)]
pub struct Restored {
    pub files: Vec<String>,
    pub left: Vec<String>,
    pub warnings: Vec<String>,
    pub failed: Vec<AdoptError>,
}

/// The last time that something was adopted in this project, and is not undone yet.
///
/// # Errors
/// When there is none, or its record cannot be opened.
pub fn look_back(workspace: &Workspace, directory: Option<&Path>) -> Result<Undo, AdoptError> {
    let project = target::project(workspace, directory)?;
    let records = record::list(workspace, &project.root);
    let mut newest = None;
    for (index, (_, path)) in records.iter().enumerate().rev() {
        let kept = record::open(workspace, path)?;
        let files: Vec<(String, Standing)> = kept
            .iter()
            .map(|kept| {
                let shown = match kept.path.strip_prefix(&project.root) {
                    Ok(relative) => crate::escape::shown_path(relative),
                    Err(_) => workspace.from_home(&kept.path),
                };
                (shown, standing(kept))
            })
            .collect();
        let has_work = files.iter().any(|(_, standing)| *standing == Standing::Adopted);
        let undo = Undo { record: path.clone(), files, kept, earlier: index };
        if has_work {
            return Ok(undo);
        }
        newest.get_or_insert(undo);
    }
    newest.ok_or(AdoptError::NoRecord)
}

/// Puts back what can be put back. The record goes once nothing is left for it to do.
#[must_use]
pub fn undo(undo: &Undo) -> Restored {
    let mut restored = Restored::default();
    // the last that was written comes first
    for (kept, (shown, standing)) in undo.kept.iter().zip(&undo.files).rev() {
        match standing {
            Standing::Back => {}
            Standing::Changed => restored.left.push(shown.clone()),
            Standing::Adopted => match rewrite::rewrite(&kept.path, &kept.after, &kept.before) {
                Ok(warning) => {
                    restored.files.push(shown.clone());
                    restored.warnings.extend(warning);
                }
                Err(e) => {
                    restored.left.push(shown.clone());
                    restored.failed.push(e.into());
                }
            },
        }
    }
    if restored.left.is_empty() {
        record::drop_record(&undo.record);
    }
    restored
}

fn standing(kept: &Kept) -> Standing {
    // a link that stands there now could lead anywhere, and the plaintext with it
    if !canonical(&kept.path).is_ok_and(|path| path == kept.path) {
        return Standing::Changed;
    }
    match file::read(&kept.path, file::USER_LIMIT) {
        Ok((now, _)) if now == *kept.after => Standing::Adopted,
        Ok((now, _)) if now == *kept.before => Standing::Back,
        _ => Standing::Changed,
    }
}
