//! What files held before they were changed, and what they were changed to: sealed with the user's own identity, outside of the
//! project, one record for each time.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::plan::FilePlan;
use super::trouble::AdoptError;
use crate::file::{self, FileError};
use crate::ops::workspace::Workspace;
use crate::rewrite;
use crate::store::seal;

const HEAD: &str = "mcpenv adopted 1\n";
/// The most records that are kept of one project.
const MOST: usize = 10;
/// Two copies of a user's largest file, and what stands around them.
const LIMIT: u64 = 4 * file::USER_LIMIT;

/// One file of a record.
pub(super) struct Kept {
    pub path: PathBuf,
    pub before: Zeroizing<Vec<u8>>,
    pub after: Zeroizing<Vec<u8>>,
}

/// Keeps what the files hold now. Must be done before the first of them changes.
pub(super) fn keep(workspace: &Workspace, root: &Path, files: &[FilePlan]) -> Result<PathBuf, AdoptError> {
    let mut index = Vec::new();
    for file in files {
        let path = file.path.to_str().ok_or_else(|| AdoptError::Record("the path of a file is no UTF-8".to_owned()))?;
        index.push(json!({ "path": path, "before": file.before.len(), "after": file.after.len() }));
    }
    let index = Value::Array(index).to_string();
    let size = files.iter().map(|file| file.before.len() + file.after.len()).sum::<usize>();
    let mut plain = Zeroizing::new(Vec::with_capacity(HEAD.len() + index.len() + 1 + size));
    plain.extend_from_slice(HEAD.as_bytes());
    plain.extend_from_slice(index.as_bytes());
    plain.push(b'\n');
    for file in files {
        plain.extend_from_slice(&file.before);
        plain.extend_from_slice(&file.after);
    }
    let identity = workspace.own_identity().open()?;
    let sealed = seal::seal(&plain, &identity).map_err(|e| AdoptError::Record(e.to_string()))?;
    let known = list(workspace, root);
    let number = known.last().map_or(1, |(number, _)| number + 1);
    let path = workspace.paths.adopted().join(format!("{}-{number:06}.age", project_key(workspace, root)));
    rewrite::place_private(&path, &sealed).map_err(|e| AdoptError::Record(e.to_string()))?;
    let opened = open(workspace, &path)?;
    if opened.len() != files.len() || opened.iter().zip(files).any(|(kept, file)| *kept.before != *file.before) {
        return Err(AdoptError::Record("what was read back is not what was written".to_owned()));
    }
    for (_, old) in known.iter().rev().skip(MOST - 1) {
        drop_record(old);
    }
    Ok(path)
}

/// The records of a project, the oldest first.
pub(super) fn list(workspace: &Workspace, root: &Path) -> Vec<(u32, PathBuf)> {
    let key = project_key(workspace, root);
    let Ok(entries) = std::fs::read_dir(workspace.paths.adopted()) else { return Vec::new() };
    let mut found: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let number = name.to_str()?.strip_prefix(&key)?.strip_prefix('-')?.strip_suffix(".age")?.parse().ok()?;
            Some((number, entry.path()))
        })
        .collect();
    found.sort();
    found
}

/// Opens a record.
pub(super) fn open(workspace: &Workspace, path: &Path) -> Result<Vec<Kept>, AdoptError> {
    let (sealed, _) = file::read(path, LIMIT).map_err(|e: FileError| AdoptError::Record(e.to_string()))?;
    let identity = workspace.own_identity().open()?;
    let plain = seal::open(&sealed, &[&identity]).map_err(|e| AdoptError::Record(e.to_string()))?;
    read(&plain).ok_or_else(|| AdoptError::Record("it is not of a format that this mcpenv knows".to_owned()))
}

/// Takes a record away that nobody needs any more.
pub(super) fn drop_record(path: &Path) {
    // one that cannot be removed is encrypted all the same
    let _ = std::fs::remove_file(path);
}

fn read(plain: &[u8]) -> Option<Vec<Kept>> {
    let rest = plain.strip_prefix(HEAD.as_bytes())?;
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let index: Vec<Value> = serde_json::from_slice(&rest[..end]).ok()?;
    let mut rest = &rest[end + 1..];
    let mut take = |length: &Value| {
        let (taken, left) = rest.split_at_checked(usize::try_from(length.as_u64()?).ok()?)?;
        rest = left;
        Some(Zeroizing::new(taken.to_vec()))
    };
    let kept = index.iter().map(|file| {
        let path = PathBuf::from(file.get("path")?.as_str()?);
        Some(Kept { path, before: take(file.get("before")?)?, after: take(file.get("after")?)? })
    });
    kept.collect()
}

/// What stands for a project in the name of a file.
fn project_key(workspace: &Workspace, root: &Path) -> String {
    let file = workspace.ledger().file_of(root);
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
