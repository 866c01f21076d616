//! `import FILE`: reads the file, and parts with it when all of it was taken over and a person says so.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::args::Import;
use super::ask::{AskError, Person};
use super::report::Done;
use super::taking::{Taken, take_over};
use super::values::profile;
use super::{keychain, report};
use crate::escape::shown_path;
use crate::fault::Fault;
use crate::file::quoted;
use crate::flat::Format;
use crate::ops::Workspace;
use crate::ops::history::past;
use crate::ops::import::{self, LIMIT};
use crate::sys;

/// Takes values over, from a file or from the keychain.
pub(super) fn run(workspace: &Workspace, args: &Import) -> Done {
    match (args.keychain, args.sources.len()) {
        (false, 2..) => {
            return Ok(report::wrong("only one file is imported at a time", "run `mcpenv import FILE` for each of them"));
        }
        (true, 2..) if args.variable.is_some() => {
            let hint = "run `mcpenv import --keychain NAME --as VAR` for each of them";
            return Ok(report::wrong("`--as` names the variable of one entry", hint));
        }
        _ => {}
    }
    let profile = profile(workspace, &args.target)?;
    // a profile that does not open is told before anything is read or asked
    workspace.files("").load_to_change(&profile)?;
    if args.keychain {
        return keychain::run(workspace, args, &profile);
    }
    let source = Source::read(workspace, args)?;
    let mut offer = import::offer(&source.name, &source.bytes, source.format)?;
    if let Some(warning) = &source.warning {
        report::warning(warning);
    }
    let mut person = if args.json || source.path.is_none() { None } else { Person::at_terminal(workspace).ok() };
    let taken = take_over(workspace, &profile, &mut offer, &mut person, args.json)?;
    let is_whole = taken.is_whole && offer.left.is_empty();
    let mut is_deleted = false;
    if let Some(path) = &source.path {
        is_deleted = part_with(workspace, path, &source.bytes, &taken, is_whole, &mut person)?;
    }
    if args.json {
        report::json(&taken.as_json(&profile, &offer, is_deleted));
    }
    Ok(taken.code(&offer))
}

/// Where the values stand.
struct Source {
    /// For a message: a file's path in quotes, or standard input.
    name: String,
    path: Option<PathBuf>,
    bytes: Zeroizing<Vec<u8>>,
    format: Format,
    warning: Option<String>,
}

impl Source {
    fn read(workspace: &Workspace, args: &Import) -> Result<Self, Box<dyn Fault>> {
        let given = args.sources.first().map_or(Path::new("-"), Path::new);
        let named = args.format.as_deref().and_then(Format::named);
        if given == Path::new("-") {
            // sized once: a buffer that grows would leave its old bytes behind
            let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(LIMIT).unwrap_or(0) + 1));
            io::stdin().lock().take(LIMIT + 1).read_to_end(&mut bytes).map_err(AskError::Terminal)?;
            let format = named.unwrap_or(Format::Env);
            return Ok(Self { name: "standard input".to_owned(), path: None, bytes, format, warning: None });
        }
        let path = workspace.cwd().join(given);
        let (bytes, meta) = import::read(&path)?;
        let warning = match sys::is_own_and_private(&meta) {
            Err(mode) if mode & 0o077 != 0 => Some(format!(
                "`{}` is open to other users (mode {mode:04o}): whoever read it knows these values",
                shown_path(&path)
            )),
            _ => None,
        };
        let format = named.unwrap_or_else(|| Format::of_file(&path));
        Ok(Self { name: format!("`{}`", shown_path(&path)), path: Some(path), bytes, format, warning })
    }
}

/// The file still lies there with everything in it: a person may delete it, and nobody else.
fn part_with(
    workspace: &Workspace,
    path: &Path,
    read: &[u8],
    taken: &Taken,
    is_whole: bool,
    person: &mut Option<Person>,
) -> Result<bool, Box<dyn Fault>> {
    let real = sys::canonical(path).unwrap_or_else(|_| path.to_owned());
    let name = shown_path(path);
    if let Some(told) = past(workspace, &real, taken.values()).told(&name) {
        report::warning(&told);
    }
    let is_link = path.symlink_metadata().is_ok_and(|meta| meta.is_symlink());
    let Some(person) = person.as_mut().filter(|_| is_whole && !is_link) else {
        let rest = if is_whole { "" } else { ", and some that were not taken over" };
        report::note(&format!(
            "`{name}` still holds the values in plaintext{rest}; when nothing needs it, `rm {}`",
            quoted(&real)
        ));
        return Ok(false);
    };
    person.tell("Deleting takes the file out of its directory; copies, backups and the disk itself may still hold it.")?;
    if !person.agrees(&format!("Delete `{name}`?"), false)? {
        return Ok(false);
    }
    import::remove_source(path, read)?;
    report::note(&format!("deleted `{name}`"));
    Ok(true)
}
