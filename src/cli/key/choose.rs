//! A new passphrase, from a person: typed twice and never shown, or made here, shown once at the terminal and typed back.

use zeroize::Zeroizing;

use crate::cli::ask::{AskError, Person};
use crate::fault::Fault;
use crate::store::passphrase;

/// Shorter ones are not taken, in letters.
const SHORTEST: usize = 8;
/// Shorter ones are warned of.
const SHORT: usize = 12;

/// What Enter alone means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Enter {
    MakesOne,
    MeansNone,
}

/// Asks for a new passphrase; `what` is what it shall open. `None` only when Enter alone may mean that there is none.
pub(super) fn new_passphrase(person: &mut Person, what: &str, enter: Enter) -> Result<Option<Zeroizing<String>>, Box<dyn Fault>> {
    let alone = match enter {
        Enter::MakesOne => "Enter alone: one is made for you",
        Enter::MeansNone => "Enter alone: none; `?`: one is made for you",
    };
    loop {
        let typed = text(&person.hidden(&format!("New passphrase for {what} (hidden; {alone}): "))?);
        match (typed.as_str(), enter) {
            ("", Enter::MeansNone) => return Ok(None),
            ("", Enter::MakesOne) | ("?", _) => {
                if let Some(made) = made(person)? {
                    return Ok(Some(made));
                }
                continue;
            }
            _ => {}
        }
        let letters = typed.chars().count();
        if typed.chars().any(char::is_control) {
            person.tell("It has a letter in it that cannot be typed everywhere. Please leave that out.")?;
        } else if letters < SHORTEST {
            person.tell(&format!("At least {SHORTEST} letters, please."))?;
        } else {
            if letters < SHORT {
                person.tell(
                    "That is short: whoever has a copy of the file can try many. A few more words would hold much longer.",
                )?;
            }
            if text(&person.hidden("Once more (hidden): ")?) == typed {
                return Ok(Some(typed));
            }
            person.tell("These two differ. Nothing was changed; once again, please.")?;
        }
    }
}

/// One that nobody had to think of. `None` when it was not typed back.
fn made(person: &mut Person) -> Result<Option<Zeroizing<String>>, Box<dyn Fault>> {
    let made = passphrase::generated().map_err(AskError::Terminal)?;
    let shown = Zeroizing::new(format!("\n    {}\n", *made));
    person.tell("This is your passphrase. Write it down: it is shown this once.")?;
    person.tell(&shown)?;
    for _ in 0..3 {
        if text(&person.hidden("Type it (hidden): ")?) == made {
            return Ok(Some(made));
        }
        person.tell("That is not it.")?;
    }
    Ok(None)
}

/// What was typed, without the line end that some programs paste along.
pub(super) fn text(typed: &[u8]) -> Zeroizing<String> {
    let text = std::str::from_utf8(typed).unwrap_or_default();
    Zeroizing::new(text.trim_end_matches(['\n', '\r']).to_owned())
}
