//! What is known of a variable by its name: whose it is, where it is issued, and which form a value of it has.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::data::{Advice, Server, Token, Variable, guide, servers, tokens};

/// What is known of a variable.
#[derive(Debug, Clone)]
pub struct About {
    /// As servers ask for it; several may, each in its own way.
    asked: Vec<(&'static Server, &'static Variable)>,
    advice: Option<&'static Advice>,
}

/// What is known of a variable of this name, where these servers ask for it. What nobody else than a known server would call so
/// is known without them.
#[must_use]
pub fn about(name: &str, askers: &[&'static Server]) -> Option<About> {
    let of = |server: &'static Server| {
        server.vars.iter().filter(|variable| variable.name == name).map(move |variable| (server, variable))
    };
    let mut asked: Vec<_> = askers.iter().copied().flat_map(of).collect();
    if asked.is_empty() {
        asked = servers().iter().flat_map(of).filter(|(_, variable)| !variable.is_generic).collect();
    }
    let advice = guide().iter().find(|advice| advice.name == name);
    (!asked.is_empty() || advice.is_some()).then_some(About { asked, advice })
}

impl About {
    /// What it is, in a few words.
    #[must_use]
    pub fn text(&self) -> String {
        match (self.advice, self.asked.first()) {
            (Some(Advice { server, kind, scope, .. }), _) => format!("{server}, {kind}; it needs: {scope}"),
            (None, Some((server, variable))) if variable.is_secret => format!("secret of {}", server.name),
            (None, Some((server, _))) => format!("setting of {}, no secret", server.name),
            (None, None) => String::new(),
        }
    }

    /// The page that says where it is issued.
    #[must_use]
    pub fn docs(&self) -> Option<&'static str> {
        let pages = self.asked.iter().map(|(_, variable)| variable.docs.as_str());
        let page = pages.chain(self.advice.map(|advice| advice.docs.as_str())).find(|page| !page.is_empty())?;
        page.starts_with("https://").then_some(page)
    }

    /// After how many days a new one should be made.
    #[must_use]
    pub fn rotate_days(&self) -> Option<u32> {
        let advised = self.advice.and_then(|advice| advice.rotate_days);
        self.asked.iter().filter_map(|(_, variable)| variable.rotate_days).chain(advised).min()
    }

    /// The forms that a value of it has one of, for telling them: `ghp_…`. Empty when nothing is known that could be told.
    #[must_use]
    pub fn forms(&self) -> Vec<String> {
        let formats = self.asked.iter().flat_map(|(_, variable)| &variable.formats);
        let mut starts: Vec<String> = Vec::new();
        let own = self.asked.iter().flat_map(|(_, variable)| &variable.prefix);
        for start in formats.chain(self.advised()).filter_map(|id| form(id)).flat_map(|token| &token.prefix).chain(own) {
            let told = format!("{start}…");
            if !starts.contains(&told) {
                starts.push(told);
            }
        }
        starts
    }

    /// Whether a value has none of the forms that are known.
    #[must_use]
    pub fn is_odd(&self, value: &[u8]) -> bool {
        let mut has_form = false;
        for (_, variable) in &self.asked {
            if variable.pattern.is_empty() && variable.formats.is_empty() {
                return false;
            }
            has_form = true;
            if variable.pattern.is_whole(value)
                || variable.formats.iter().filter_map(|id| form(id)).any(|form| form.pattern.is_whole(value))
            {
                return false;
            }
        }
        if self.asked.is_empty() {
            let mut forms = self.advised().iter().filter_map(|id| form(id)).peekable();
            has_form = forms.peek().is_some();
            return has_form && !forms.any(|form| form.pattern.is_whole(value));
        }
        has_form
    }

    /// The same, where each of the forms was read somewhere: what is known from memory alone may be out of date.
    #[must_use]
    pub fn is_wrong(&self, value: &[u8]) -> bool {
        let is_read = |letters: &str| letters.contains('G') || !letters.contains('M');
        let are_read = |ids: &[String]| ids.iter().filter_map(|id| form(id)).all(|form| is_read(&form.source));
        let is_sure = |variable: &Variable| {
            let is_known = variable.evidence != "M" && are_read(&variable.formats);
            is_known && (variable.pattern.is_empty() || !variable.formats.is_empty() || is_read(&variable.evidence))
        };
        self.asked.iter().all(|(_, variable)| is_sure(variable)) && are_read(self.advised()) && self.is_odd(value)
    }

    fn advised(&self) -> &[String] {
        self.advice.map_or(&[], |advice| &advice.formats)
    }
}

fn form(id: &str) -> Option<&'static Token> {
    tokens().iter().find(|token| token.id == id)
}

/// The names that are known to hold nothing but a secret.
static BARE_SECRETS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let variables = servers().iter().flat_map(|server| &server.vars);
    let known =
        variables.filter(|variable| variable.is_secret && !variable.is_generic && !variable.pattern.text().contains("://"));
    let advised = guide().iter().filter(|advice| advice.rotate_days.is_some() && advice.kind != "connection string");
    known.map(|variable| variable.name.as_str()).chain(advised.map(|advice| advice.name.as_str())).collect()
});

/// Whether a variable of this name is known to hold nothing but a secret, though its words may not say so.
#[must_use]
pub fn is_bare_secret(name: &str) -> bool {
    BARE_SECRETS.contains(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_held_against_every_form_that_its_name_has() {
        let github = about("GITHUB_TOKEN", &[]).expect("a known name");
        assert!(github.is_wrong(b"nonsense") && github.is_wrong(b"ghp_short"));
        let pat = b"ghp_FAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKE";
        assert!(!github.is_wrong(pat) && !github.is_odd(pat));
        assert!(github.forms().contains(&"ghp_…".to_owned()));
        assert!(about("ACME_TOKEN", &[]).is_none());
    }

    #[test]
    fn a_form_from_memory_alone_is_told_and_decides_nothing() {
        let brave = about("BRAVE_API_KEY", &[]).expect("a known name");
        assert!(brave.is_odd(b"nonsense") && !brave.is_wrong(b"nonsense"));
    }

    #[test]
    fn a_name_that_anything_could_have_is_known_only_where_its_server_asks() {
        assert!(about("OAUTH_CLIENT_SECRET", &[]).is_none());
        let server = servers().iter().find(|server| server.id == "dynatrace").expect("a known server");
        assert!(about("OAUTH_CLIENT_SECRET", &[server]).is_some_and(|about| about.is_wrong(b"nonsense")));
    }

    #[test]
    fn what_is_told_says_whose_it_is_and_where_it_is_issued() {
        let notion = about("NOTION_TOKEN", &[]).expect("a known name");
        assert!(notion.text().starts_with("Notion") && notion.docs().is_some_and(|page| page.starts_with("https://")));
        assert_eq!(about("GITHUB_TOKEN", &[]).and_then(|about| about.rotate_days()), Some(90));
    }
}
