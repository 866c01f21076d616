//! What can be done with values, by the words of the log.

/// One kind of act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    Load,
    Exec,
    Headers,
    Reveal,
    Copy,
    Set,
    Unset,
    Import,
    Adopt,
    Rotate,
    Rollback,
    Forget,
    Revoke,
    Allow,
    Deny,
    Unlock,
    Lock,
    /// The key of the user, or the recipients of a profile.
    Key,
    /// A profile as a whole: moved, renamed, copied, deleted, taken back.
    Profile,
    Backup,
    Restore,
}

/// All of them, with their words.
const WORDS: &[(Action, &str)] = &[
    (Action::Load, "load"),
    (Action::Exec, "exec"),
    (Action::Headers, "headers"),
    (Action::Reveal, "reveal"),
    (Action::Copy, "copy"),
    (Action::Set, "set"),
    (Action::Unset, "unset"),
    (Action::Import, "import"),
    (Action::Adopt, "adopt"),
    (Action::Rotate, "rotate"),
    (Action::Rollback, "rollback"),
    (Action::Forget, "forget"),
    (Action::Revoke, "revoke"),
    (Action::Allow, "allow"),
    (Action::Deny, "deny"),
    (Action::Unlock, "unlock"),
    (Action::Lock, "lock"),
    (Action::Key, "key"),
    (Action::Profile, "profile"),
    (Action::Backup, "backup"),
    (Action::Restore, "restore"),
];

impl Action {
    /// The word in the log.
    #[must_use]
    pub fn word(self) -> &'static str {
        WORDS.iter().find(|(action, _)| *action == self).map_or("", |(_, word)| word)
    }

    /// The words there are.
    pub fn words() -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(|(_, word)| *word)
    }
}
