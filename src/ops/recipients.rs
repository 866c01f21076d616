//! Who can open a profile beside its own key: told, and changed in one save. Whoever asks a person shows the change first.

use super::workspace::Workspace;
use crate::approval::{LedgerError, Reading, Record};
use crate::escape::shown;
use crate::fault::{Exit, Fault};
use crate::profile::{Profile, ProfileName, Reader};
use crate::store::{Lock, Recipient, Store, StoreError, TeamFile};
use crate::team::Team;
use crate::var::VarName;

/// Who can open a profile.
#[derive(Debug)]
pub struct Listing {
    /// The user's own public key; `None` where the profile has a key of its own in the keychain.
    pub own: Option<String>,
    pub readers: Vec<Reader>,
    /// It rests in a file of the project, which names everybody, the user too.
    pub is_team: bool,
}

/// A change of those who can open a profile, to be shown and then made as it is here.
#[derive(Debug)]
pub struct Change {
    pub profile: ProfileName,
    pub before: Listing,
    pub after: Vec<Reader>,
    /// What stood in it while they could read it, with when each was last changed.
    pub held: Vec<(VarName, i64)>,
}

/// Why the recipients of a profile are not changed.
#[derive(Debug, thiserror::Error)]
pub enum RecipientsError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("that recipient can open profile `{0}` already")]
    Known(ProfileName),
    #[error("that is your own key, which opens profile `{0}` anyway")]
    Own(ProfileName),
    #[error("you would not be able to open profile `{0}` any more")]
    Yourself(ProfileName),
    #[error("nobody like that can open profile `{0}`")]
    Unknown(ProfileName),
    #[error("several recipients of profile `{profile}` are called `{}`", shown(.label))]
    Several { profile: ProfileName, label: String },
    #[error("another recipient of profile `{profile}` is called `{}` already", shown(.label))]
    LabelTaken { profile: ProfileName, label: String },
    #[error("the recipients of profile `{0}` were changed elsewhere meanwhile")]
    Meanwhile(ProfileName),
}

impl Fault for RecipientsError {
    fn exit(&self) -> Exit {
        match self {
            Self::Store(e) => e.exit(),
            _ => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Store(e) => e.hint(),
            Self::Ledger(e) => e.hint(),
            Self::Yourself(_) => Some("somebody else who opens it can remove you".to_owned()),
            Self::Unknown(_) | Self::Known(_) => Some("see who can with `mcpenv key recipients list`".to_owned()),
            Self::Several { .. } => Some("name the key instead".to_owned()),
            Self::LabelTaken { .. } => Some("give another label with `--label`".to_owned()),
            Self::Meanwhile(_) => Some("run the command again".to_owned()),
            Self::Own(_) => None,
        }
    }
}

impl Listing {
    /// Whether this key is the user's own.
    #[must_use]
    pub fn is_own(&self, key: &str) -> bool {
        self.own.as_ref().is_some_and(|own| *own == Recipient::known_as(key))
    }
}

impl Change {
    /// Those who come.
    pub fn added(&self) -> impl Iterator<Item = &Reader> {
        self.after.iter().filter(|reader| !stands_in(&self.before.readers, &reader.key))
    }

    /// Those who go.
    pub fn removed(&self) -> impl Iterator<Item = &Reader> {
        self.before.readers.iter().filter(|reader| !stands_in(&self.after, &reader.key))
    }

    /// Those who stay.
    pub fn staying(&self) -> impl Iterator<Item = &Reader> {
        self.before.readers.iter().filter(|reader| stands_in(&self.after, &reader.key))
    }
}

fn stands_in(readers: &[Reader], key: &str) -> bool {
    let key = Recipient::known_as(key);
    readers.iter().any(|reader| Recipient::known_as(&reader.key) == key)
}

/// Who can open a profile.
///
/// # Errors
/// When it does not open.
pub fn list(workspace: &Workspace, profile: &ProfileName) -> Result<Listing, RecipientsError> {
    let open = workspace.store().load(profile)?;
    listing(workspace, profile, &open)
}

fn listing(workspace: &Workspace, profile: &ProfileName, open: &Profile) -> Result<Listing, RecipientsError> {
    let word = workspace.files("").word(profile)?.unwrap_or_default();
    let own = if word == "keychain" { None } else { Some(workspace.own_identity().open()?.recipient()) };
    Ok(Listing { own, readers: open.readers.clone(), is_team: word == "team" })
}

/// The change that lets somebody in.
///
/// # Errors
/// When they are in already, or the profile does not open.
pub fn adding(
    workspace: &Workspace,
    profile: &ProfileName,
    recipient: &Recipient,
    label: &str,
) -> Result<Change, RecipientsError> {
    // those whom nobody confirmed are looked at before anybody else comes
    let open = workspace.files("").load_to_change(profile)?;
    let before = listing(workspace, profile, &open)?;
    if stands_in(&before.readers, recipient.as_str()) {
        return Err(RecipientsError::Known(profile.clone()));
    }
    if before.is_own(recipient.as_str()) {
        return Err(RecipientsError::Own(profile.clone()));
    }
    if !label.is_empty() && before.readers.iter().any(|reader| reader.label == label) {
        return Err(RecipientsError::LabelTaken { profile: profile.clone(), label: label.to_owned() });
    }
    let mut after = before.readers.clone();
    after.push(Reader {
        key: recipient.as_str().to_owned(),
        label: label.to_owned(),
        is_recovery: false,
        unknown: serde_json::Map::new(),
    });
    Ok(Change { profile: profile.clone(), before, after, held: Vec::new() })
}

/// The change that takes somebody out: each by the key, or by the label.
///
/// # Errors
/// When nobody or several are called so, when it is the user, or when the profile does not open.
pub fn removing(workspace: &Workspace, profile: &ProfileName, who: &[String]) -> Result<Change, RecipientsError> {
    let open = workspace.store().load(profile)?;
    let before = listing(workspace, profile, &open)?;
    let mut after = before.readers.clone();
    for text in who {
        let key = one(&before, profile, text)?;
        if before.is_own(&key) {
            return Err(RecipientsError::Yourself(profile.clone()));
        }
        after.retain(|reader| Recipient::known_as(&reader.key) != key);
    }
    let held = open.variables.iter().map(|(name, variable)| (name.clone(), variable.changed)).collect();
    Ok(Change { profile: profile.clone(), before, after, held })
}

fn one(before: &Listing, profile: &ProfileName, text: &str) -> Result<String, RecipientsError> {
    let key = Recipient::parse(text).map(|recipient| recipient.as_str().to_owned());
    if let Ok(key) = key {
        let is_there = stands_in(&before.readers, &key) || before.is_own(&key);
        return if is_there { Ok(key) } else { Err(RecipientsError::Unknown(profile.clone())) };
    }
    // also what this mcpenv cannot seal for, as another one wrote it
    let mut found = before.readers.iter().filter(|reader| reader.label == text || reader.key == text);
    match (found.next(), found.next()) {
        (Some(reader), None) => Ok(Recipient::known_as(&reader.key)),
        (None, _) => Err(RecipientsError::Unknown(profile.clone())),
        (Some(_), Some(_)) => Err(RecipientsError::Several { profile: profile.clone(), label: text.to_owned() }),
    }
}

/// Makes a change that was shown: sealed anew for those who stay and those who come, in one save.
///
/// # Errors
/// When somebody changed them meanwhile, or the save fails; it then rests as it did.
pub fn apply(workspace: &Workspace, change: &Change) -> Result<Vec<String>, RecipientsError> {
    let team = workspace.team_file().filter(|team| team.name == change.profile);
    let lock = workspace.files("").lock(&change.profile)?;
    let mut open = workspace.store().load(&change.profile)?;
    if open.readers != change.before.readers {
        return Err(RecipientsError::Meanwhile(change.profile.clone()));
    }
    open.readers.clone_from(&change.after);
    let Some(team) = team else { return Ok(workspace.files("").save(&lock, &change.profile, &mut open)?.warnings) };
    save_team(workspace, &team, change, &lock, open)
}

/// The user's word goes first: whoever comes is confirmed, whoever goes is not any more. Killed in between, the file is as it was,
/// and the same command completes it.
fn save_team(
    workspace: &Workspace,
    team: &TeamFile,
    change: &Change,
    lock: &Lock,
    mut open: Profile,
) -> Result<Vec<String>, RecipientsError> {
    let ledger = workspace.ledger();
    let before = match ledger.read(&team.root) {
        Reading::Said(record) => *record,
        Reading::None => Record::default(),
        Reading::Disbelieved(e) => return Err(e.into()),
    };
    let Some(was) = before.team.clone() else { return Err(RecipientsError::Meanwhile(change.profile.clone())) };
    let mut readers: Vec<String> = was.readers.clone();
    readers.retain(|key| change.removed().all(|gone| Recipient::known_as(&gone.key) != *key));
    readers.extend(change.added().map(|reader| reader.key.clone()).filter(|key| !was.readers.contains(key)));
    let now = Team { readers, ..was };
    ledger.write(&team.root, &Record { team: Some(now), ..before.clone() })?;
    match workspace.files("").save(lock, &change.profile, &mut open) {
        Ok(saved) => Ok(saved.warnings),
        Err(e) => {
            // the file is as it was, so the word is too
            ledger.write(&team.root, &before)?;
            Err(e.into())
        }
    }
}
