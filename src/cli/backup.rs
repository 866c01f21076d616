//! `backup FILE`: asks for a passphrase, or makes one, and writes everything into one file.

use std::io::{self, BufRead, Read};
use std::path::Path;
use std::process::ExitCode;

use zeroize::Zeroizing;

use super::ask::{AskError, Person};
use super::noting;
use super::options::Backup;
use super::profile::counted;
use super::report;
use super::report::Done;
use crate::audit::Action;
use crate::escape::shown_path;
use crate::fault::{Exit, Fault, sentence};
use crate::file::quoted;
use crate::ops::Workspace;
use crate::ops::backup;
use crate::store::parcel::{self, Room};
use crate::store::passphrase::FACTOR;
use crate::store::phrase::{Passphrase, PassphraseError};

impl Fault for PassphraseError {
    fn hint(&self) -> Option<String> {
        Some("one line of text is wanted; Enter alone at the prompt makes one".to_owned())
    }
}

/// Makes a backup.
pub(super) fn run(workspace: &Workspace, args: &Backup) -> Done {
    // whoever chooses the passphrase can read every value afterwards
    if let Some((agent, variable)) = workspace.agent() {
        return Err(Box::new(AskError::Agent { agent, variable }));
    }
    let path = workspace.cwd().join(&args.file);
    let mut person = if args.stdin { None } else { Some(Person::at_terminal(workspace)?) };
    let room = room(&path, person.as_mut())?;
    let Some(room) = room else {
        report::note("left as it is; nothing was written");
        return Ok(ExitCode::SUCCESS);
    };
    let gathered = backup::gather(workspace)?;
    for (name, why) in &gathered.closed {
        report::warning(&format!("profile `{name}` is not in it: {}", sentence(why)));
    }
    report::warnings(&gathered.notes);
    if !gathered.closed.is_empty() && !args.partial {
        report::note("nothing was written: a backup without these is made with `--partial`");
        return Ok(report::code(Exit::Failed));
    }
    let (profiles, variables, projects) = gathered.counts();
    if profiles == 0 && projects == 0 {
        report::note("there is nothing to keep yet; nothing was written");
        return Ok(report::code(Exit::Failed));
    }
    let passphrase = match &mut person {
        Some(person) => ask(person)?,
        None => from_stdin()?,
    };
    if args.stdin && passphrase.is_short() {
        report::warning("the passphrase is short: whoever has the file can try all that are");
    }
    if let Some(person) = &mut person {
        person.tell("Sealing it, and opening it once to see that it does; that takes a moment, by design.")?;
    }
    noting::before(workspace, Action::Backup, None, None, &[])?;
    let warning = backup::write(&path, &gathered, &passphrase, FACTOR, room)?;
    report::warnings(&warning.into_iter().collect::<Vec<_>>());
    report::note(&format!(
        "wrote `{}`: {} with {}, and what was said of {}",
        shown_path(&path),
        counted(profiles, "profile"),
        counted(variables, "variable"),
        counted(projects, "project")
    ));
    report::note(&format!("`mcpenv restore {0}` takes it back; `age --decrypt {0}` prints what is in it", quoted(&args.file)));
    if let Some(repository) = repository(&path) {
        report::warning(&format!("it lies in the repository `{}`: keep it out of git", shown_path(repository)));
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether the file may be written; `None` when somebody's other file stays.
fn room(path: &Path, person: Option<&mut Person>) -> Result<Option<Room>, Box<dyn Fault>> {
    match (parcel::require_room(path, Room::Free), person) {
        (Ok(()), _) => Ok(Some(Room::Free)),
        (Err(parcel::ParcelError::There(_)), Some(person)) => {
            let is_yes =
                person.agrees(&format!("`{}` is there already. Put the new one in its place?", shown_path(path)), false)?;
            Ok(is_yes.then_some(Room::Replace))
        }
        (Err(e), _) => Err(Box::new(e)),
    }
}

fn ask(person: &mut Person) -> Result<Passphrase, Box<dyn Fault>> {
    loop {
        let typed = person.hidden("Passphrase for the backup (hidden; Enter alone makes one): ")?;
        if typed.is_empty() {
            return made(person);
        }
        let passphrase = Passphrase::new(line_of(&typed))?;
        if passphrase.is_short()
            && !person.agrees("It is short: whoever has the file can try all that are. Take it anyway?", false)?
        {
            continue;
        }
        if line_of(&person.hidden("The same once more (hidden): ")?) == line_of(&typed) {
            return Ok(passphrase);
        }
        person.tell("These are not the same.")?;
    }
}

/// A new one, shown once; its end is asked back, so that it stands somewhere else too.
fn made(person: &mut Person) -> Result<Passphrase, Box<dyn Fault>> {
    let passphrase = Passphrase::generate().map_err(AskError::Terminal)?;
    person.tell("Write this down; without it nobody opens the backup, and it is not shown again:\n")?;
    person.tell(&format!("    {}\n", passphrase.expose()))?;
    let last = passphrase.expose().rsplit('-').next().unwrap_or_default();
    loop {
        let typed = person.line("Type its last four characters, once you have it: ")?;
        if typed.eq_ignore_ascii_case(last) {
            return Ok(passphrase);
        }
    }
}

/// The first line of standard input, without its end.
pub(super) fn from_stdin() -> Result<Passphrase, Box<dyn Fault>> {
    const LONGEST: usize = 4096;
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
    io::stdin().lock().take(LONGEST as u64).read_until(b'\n', &mut line).map_err(AskError::Terminal)?;
    Ok(Passphrase::new(line_of(&line))?)
}

/// A line without its end, which a paste brings along too.
pub(super) fn line_of(typed: &[u8]) -> &[u8] {
    let text = typed.strip_suffix(b"\n").unwrap_or(typed);
    text.strip_suffix(b"\r").unwrap_or(text)
}

/// The repository that a file lies in.
fn repository(path: &Path) -> Option<&Path> {
    path.ancestors().skip(1).find(|directory| directory.join(".git").symlink_metadata().is_ok())
}
