//! Every made-up token of the corpus whose client is known: taken out or refused with its reason, put back to the byte.

use std::fs;
use std::path::{Path, PathBuf};

use mcpenv::client::{self, Client, Place, Scope, UserDirs};
use mcpenv::plaintext;
use serde_json::Value;

use crate::world::World;

/// What stays, by file and place, with a word of the reason.
const REFUSED: &[(&str, &str, &str)] = &[
    (
        "zed/settings.jsonc",
        "/context_servers/mcp-server-github/settings/github_personal_access_token",
        "it is a setting of an extension, which only the client itself reads",
    ),
    (
        "cline/cline_mcp_settings.json",
        "/mcpServers/remote/headers/Authorization",
        "Cline has no proven way to name a variable there",
    ),
];

struct Case {
    file: String,
    client: &'static dyn Client,
    scope: Scope,
    /// Place and token.
    plaintext: Vec<(String, String)>,
    contexts: Vec<String>,
}

fn cases() -> Vec<Case> {
    let text = fs::read_to_string(fixtures().join("expected.json")).expect("the corpus");
    let all: Value = serde_json::from_str(&text).expect("JSON");
    let mut cases = Vec::new();
    for case in all["cases"].as_array().expect("a list").iter().filter(|case| case["parse"] == "ok") {
        let word = |key: &str| case[key].as_str().expect("a text").to_owned();
        let Some(client) = client::find(&word("client")) else { continue };
        let (mut plaintext, mut contexts) = (Vec::new(), Vec::new());
        for server in case["servers"].as_array().into_iter().flatten() {
            let found = server["plaintext"].as_array().map(Vec::as_slice).unwrap_or_default();
            let one = |value: &Value| {
                (value["at"].as_str().expect("a text").to_owned(), value["secret"].as_str().expect("a text").to_owned())
            };
            plaintext.extend(found.iter().map(one));
            contexts.extend(server["context"].as_str().filter(|_| !found.is_empty()).map(str::to_owned));
        }
        // what is only a declaration has no place of its own
        if !plaintext.is_empty() && !client::DECLARATIONS.iter().any(|known| known.name() == client.name()) {
            let scope = if word("scope") == "project" { Scope::Project } else { Scope::User };
            cases.push(Case { file: word("file"), client, scope, plaintext, contexts });
        }
    }
    cases
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/clients")
}

/// Puts a file of the corpus where its client looks for it. Directories of other machines become the project's.
fn placed(case: &Case, world: &World) -> PathBuf {
    let home = world.sandbox.home();
    let config = home.join(".config");
    let nowhere = |_: &str| None;
    let user = UserDirs { home: &home, config: &config, roaming: None, variable: &nowhere };
    let end = Path::new(&case.file).extension().expect("an extension").to_owned();
    let places = case.client.places(&user).into_iter().filter(|place| place.scope == case.scope);
    let in_it = |place: Place| match place.each {
        [] => world.sandbox.project("acme").join(place.path),
        _ => world.sandbox.project("acme").join(place.path).join("it").with_extension(&end),
    };
    let mut paths: Vec<PathBuf> = places.map(in_it).collect();
    paths.sort_by_key(|path| path.extension() != Some(&end));
    let path = paths.into_iter().next().expect("a place");
    let mut text = fs::read(fixtures().join(&case.file)).expect("a fixture");
    for context in &case.contexts {
        let written = |text: &str| serde_json::to_string(text).expect("JSON");
        let ours = written(world.sandbox.project("acme").to_str().expect("ASCII"));
        text = String::from_utf8(text).expect("UTF-8").replace(&written(context), &ours).into_bytes();
    }
    world.sandbox.write(&path, &text);
    path
}

#[test]
fn every_token_of_the_corpus_goes_and_comes_back_to_the_byte() {
    let (mut taken, mut refused) = (0, Vec::new());
    for case in cases() {
        let world = World::new();
        let path = placed(&case, &world);
        let before = fs::read(&path).expect("written");
        let words = ["--client", case.client.name()];
        let screen = world.adopt(&words);
        let after = fs::read(&path).expect("readable");
        let stays = |at: &str| REFUSED.iter().find(|(file, place, _)| *file == case.file && *place == at);
        let text = String::from_utf8_lossy(&after).into_owned();
        for (at, secret) in &case.plaintext {
            assert!(!screen.contains(secret.as_str()), "{} {at}: the screen shows it", case.file);
            let is_there = text.contains(&serde_json::to_string(secret).expect("JSON").trim_matches('"').to_owned());
            match stays(at) {
                Some((_, _, why)) => {
                    assert!(is_there && screen.contains(why), "{} {at}: {screen}", case.file);
                    refused.push(at.clone());
                }
                None => {
                    assert!(!is_there, "{} {at}: still there\n{screen}", case.file);
                    let has = world.values().values().any(|value| value.contains(secret.as_str()));
                    assert!(has, "{} {at}: not stored\n{screen}", case.file);
                    taken += 1;
                }
            }
        }
        let declaration = case.client.read_at(&path, &after, case.scope).expect("it is still read");
        let left: Vec<_> = declaration.servers.iter().flat_map(plaintext::find).map(|finding| finding.at).collect();
        assert!(left.iter().all(|at| stays(at).is_some()), "{}: {left:?}\n{screen}", case.file);
        // nobody is asked a second time, and nothing changes
        let again = world.adopt(&words);
        assert!(!again.contains("[y/N]"), "{again}");
        assert_eq!(fs::read(&path).expect("readable"), after, "{}", case.file);
        world.adopt_undo();
        assert_eq!(fs::read(&path).expect("readable"), before, "{}", case.file);
    }
    assert_eq!(refused.len(), REFUSED.len(), "{refused:?}");
    assert!(taken > 10, "{taken}");
}
