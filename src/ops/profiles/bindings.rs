//! Which projects are bound to which profile, as the approvals say. Changes none.

use std::path::{Path, PathBuf};

use crate::approval::{LedgerError, Reading, Record};
use crate::fault::sentence;
use crate::ops::workspace::Workspace;
use crate::profile::ProfileName;

/// Every binding that is believed.
#[derive(Debug)]
pub struct Bindings {
    pub all: Vec<Bound>,
    /// The profiles that stand in approvals whose project is not known.
    pub untold: Vec<ProfileName>,
    /// What could not be read or is not believed, each told in a sentence.
    pub notes: Vec<String>,
    /// One that may count again as soon as it can be read.
    unread: Option<LedgerError>,
}

/// One project that is bound to a profile.
#[derive(Debug, Clone)]
pub struct Bound {
    pub root: PathBuf,
    pub profile: ProfileName,
    pub record: Record,
}

/// How far the user's word goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    Allowed,
    Bound,
    Denied,
}

impl Word {
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Bound => "not allowed yet",
            Self::Denied => "denied",
        }
    }

    #[must_use]
    pub fn of(record: &Record) -> Self {
        match record {
            Record { is_denied: true, .. } => Self::Denied,
            Record { wishes: None, .. } => Self::Bound,
            Record { .. } => Self::Allowed,
        }
    }
}

impl Bound {
    #[must_use]
    pub fn word(&self) -> Word {
        Word::of(&self.record)
    }

    /// Whether its directory is there.
    #[must_use]
    pub fn is_here(&self) -> bool {
        self.root.is_dir()
    }
}

impl Bindings {
    /// Reads them all.
    ///
    /// # Errors
    /// When the directory of the approvals cannot be listed.
    pub fn read(workspace: &Workspace) -> Result<Self, LedgerError> {
        let (mut all, mut untold, mut notes, mut unread) = (Vec::new(), Vec::new(), Vec::new(), None);
        for (root, reading) in workspace.ledger().all()? {
            match reading {
                Reading::Said(record) => {
                    if let Some(profile) = record.profile.clone() {
                        all.push(Bound { root, profile, record: *record });
                    }
                }
                Reading::Disbelieved(e) => {
                    notes.push(sentence(&e));
                    match e {
                        LedgerError::Untold { profile, .. } => untold.extend(profile),
                        LedgerError::Forged(_) => {}
                        other => unread = Some(other),
                    }
                }
                Reading::None => {}
            }
        }
        Ok(Self { all, untold, notes, unread })
    }

    /// The same for whoever acts on it: not knowing one is no reason to take it for none.
    ///
    /// # Errors
    /// When one of them could not be read.
    pub fn whole(workspace: &Workspace) -> Result<Self, LedgerError> {
        match Self::read(workspace)? {
            Self { unread: Some(e), .. } => Err(e),
            known => Ok(known),
        }
    }

    pub fn of<'a>(&'a self, profile: &'a ProfileName) -> impl Iterator<Item = &'a Bound> {
        self.all.iter().filter(move |bound| bound.profile == *profile)
    }

    /// The paths of the projects that would get the values of a profile as soon as one has this name.
    #[must_use]
    pub fn claims(&self, workspace: &Workspace, profile: &ProfileName) -> Vec<String> {
        let told = self.of(profile).filter(|bound| bound.word() == Word::Allowed);
        let untold =
            self.untold.iter().filter(|name| *name == profile).map(|_| "one whose path its approval does not say".to_owned());
        told.map(|bound| workspace.from_home(&bound.root)).chain(untold).collect()
    }
}

/// The profile that a project's file asks for, where it is there and can be read.
#[must_use]
pub(super) fn wish(root: &Path) -> Option<ProfileName> {
    let project = crate::project::Project::open(root, &crate::ops::declared::client_names()).ok()?;
    project.wishes.profile
}
