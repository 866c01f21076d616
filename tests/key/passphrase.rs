//! A passphrase at a terminal: set, used by plain age, copied, imported, removed.

use std::fs;

use crate::sandbox::{find, mode, needs, path};
use crate::stored::with_profile;

const WORDS: &str = "correct horse";

#[test]
fn a_passphrase_is_typed_twice_protects_the_identity_and_plain_age_opens_it() {
    let sandbox = with_profile(&[("A_TOKEN", "sekret")]);
    let data = sandbox.root().join("all/data");
    let shown = sandbox.run(&["key", "show"]);
    assert!(shown.out.contains("a plain file: whoever copies"), "{shown:?}");
    let public = shown.out.lines().find_map(|line| line.strip_prefix("Public key  ")).expect("a key").to_owned();
    let answers = [
        ("New passphrase", "short\r"),
        ("New passphrase", "eightish\r"),
        ("Once more", "other\r"),
        ("New passphrase", "correct horse\r"),
        ("Once more", "correct horse\r"),
    ];
    let (code, screen) = sandbox.answer(&["key", "passphrase"], &answers);
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("At least 8") && screen.contains("That is short") && screen.contains("These two differ"), "{screen}");
    assert!(!screen.contains("eightish") && !screen.contains(WORDS), "{screen}");
    let identity = data.join("identity");
    let sealed = fs::read(&identity).expect("there");
    assert!(mode(&identity) == 0o600 && find(&sealed, b"AGE-SECRET-KEY").is_none());
    assert!(find(&sealed[..200], b" 18\n").is_some(), "the ordinary work, whatever this machine can do");
    let shown = sandbox.run(&["key", "show", "--json"]);
    assert!(shown.out.contains("\"protection\": \"passphrase\"") && shown.out.contains(&public), "{shown:?}");
    // without a person nobody is asked
    let ran = sandbox.run(&["get", "A_TOKEN", "--reveal", "--profile", "acme"]);
    assert_eq!(ran.code, 6, "{ran:?}");
    let ran = sandbox.run(&["list", "--profile", "acme"]);
    assert!(ran.code == 3 && ran.err.contains("mcpenv unlock"), "{ran:?}");
    if needs("age") {
        let profile = data.join("profiles/acme.age");
        let (code, screen) =
            sandbox.play(&["age", "-d", "-i", path(&identity), path(&profile)], &[("passphrase", "correct horse\r")], || ());
        assert!(code == 0 && screen.contains("A_TOKEN"), "{screen}");
        let plain = sandbox.root().join("plain");
        let (code, screen) =
            sandbox.play(&["age", "-d", "-o", path(&plain), path(&identity)], &[("passphrase", "correct horse\r")], || ());
        assert!(code == 0 && fs::read_to_string(plain).expect("written").contains(&public), "{screen}");
    }
    let removal = [("Passphrase of your identity", "correct horse\r"), ("Remove it?", "y\r")];
    let (code, screen) = sandbox.answer(&["key", "passphrase", "--remove"], &removal);
    assert_eq!(code, 0, "{screen}");
    assert_eq!(sandbox.run(&["list", "--profile", "acme"]).code, 0);
}

#[test]
fn what_age_itself_encrypted_is_taken_over_and_a_copy_of_it_is_never_plain_by_mistake() {
    if !needs("age") || !needs("age-keygen") {
        return;
    }
    let mut sandbox = crate::sandbox::Sandbox::new();
    sandbox.set_variable("MCPENV_HOME", sandbox.root().join("all"));
    let (key, sealed) = (sandbox.root().join("key.txt"), sandbox.root().join("key.age"));
    let (code, screen) = sandbox.play(&["age-keygen", "-o", path(&key)], &[], || ());
    assert_eq!(code, 0, "{screen}");
    let typed = [("passphrase", "correct horse\r"), ("passphrase", "correct horse\r")];
    let (code, screen) = sandbox.play(&["age", "-p", "-o", path(&sealed), path(&key)], &typed, || ());
    assert_eq!(code, 0, "{screen}");
    let (code, screen) = sandbox
        .answer(&["key", "import", path(&sealed)], &[("Passphrase of", "wrong one\r"), ("Passphrase of", "correct horse\r")]);
    assert!(code == 0 && screen.contains("That passphrase does not open it"), "{screen}");
    let text = fs::read_to_string(&key).expect("there");
    let public = text.lines().find_map(|line| line.strip_prefix("# public key: ")).expect("a key").to_owned();
    let shown = sandbox.run(&["key", "show"]);
    assert!(shown.out.contains(&public) && shown.out.contains("Protected   a passphrase"), "{shown:?}");

    // a copy: never over something, never plain without the word, never without a person
    let copy = sandbox.root().join("copy");
    assert_eq!(sandbox.run(&["key", "export"]).code, 6);
    assert_eq!(sandbox.answer(&["key", "export", path(&key)], &[]).0, 1);
    let plain = [("Passphrase of your identity", "correct horse\r"), ("Type `plain`", "yes\r")];
    let (code, screen) = sandbox.answer(&["key", "export", "--plain", path(&copy)], &plain);
    assert!(code == 130 && !copy.exists(), "{screen}");
    let plain = [("Passphrase of your identity", "correct horse\r"), ("Type `plain`", "plain\r")];
    let (code, screen) = sandbox.answer(&["key", "export", "--plain", path(&copy)], &plain);
    assert!(code == 0 && mode(&copy) == 0o600, "{screen}");
    assert!(fs::read_to_string(&copy).expect("written").contains(&public));
    let armored = sandbox.root().join("armored");
    let answers = [
        ("Passphrase of your identity", "correct horse\r"),
        ("New passphrase", "battery staple\r"),
        ("Once more", "battery staple\r"),
    ];
    let (code, screen) = sandbox.answer(&["key", "export", path(&armored)], &answers);
    assert_eq!(code, 0, "{screen}");
    let (code, screen) = sandbox.play(&["age", "-d", path(&armored)], &[("passphrase", "battery staple\r")], || ());
    assert!(code == 0 && screen.contains(&public), "{screen}");
}

#[test]
fn an_identity_that_is_brought_takes_the_place_of_the_one_there_after_both_were_shown() {
    let sandbox = with_profile(&[("A_TOKEN", "sekret")]);
    let other = mcpenv::store::Identity::generate();
    let text = [b"# mine\r\n".as_slice(), &other.line(), b"\r\n"].concat();
    let file = sandbox.root().join("mine");
    sandbox.write(&file, &text);
    let before = fs::read(sandbox.root().join("all/data/identity")).expect("there");
    let ran = sandbox.run(&["key", "import", path(&file)]);
    assert_eq!(ran.code, 6, "{ran:?}");
    let (code, screen) = sandbox.answer(&["key", "import", path(&file)], &[("Change them?", "n\r")]);
    assert!(code == 130 && screen.contains(&other.recipient()), "{screen}");
    assert_eq!(fs::read(sandbox.root().join("all/data/identity")).expect("there"), before);
    let (code, screen) = sandbox.answer(&["key", "import", path(&file)], &[("Change them?", "y\r")]);
    assert!(code == 0 && screen.contains("sealed"), "{screen}");
    assert!(other.opens(&fs::read(sandbox.root().join("all/data/profiles/acme.age")).expect("there")));
    assert_eq!(sandbox.run(&["list", "--profile", "acme"]).code, 0);
    let ran = sandbox.run_with(&["key", "import", "-"], &text);
    assert!(ran.code == 0 && ran.err.contains("already"), "{ran:?}");
}

#[test]
fn a_new_identity_seals_the_records_of_adopt_too_so_that_undo_still_works() {
    const TOKEN: &str = "ghp_FAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKE";
    let sandbox = with_profile(&[]);
    let file = sandbox.project("acme").join(".mcp.json");
    let text = format!(r#"{{ "mcpServers": {{ "s": {{ "command": "x", "env": {{ "GITHUB_TOKEN": "{TOKEN}" }} }} }} }}"#);
    sandbox.write(&file, &text);
    let args = ["adopt", "--project", path(&sandbox.project("acme"))].map(str::to_owned);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (code, screen) = sandbox.answer(&args, &[("Store this 1 value", "y\r"), ("[y/N]", "n\r")]);
    assert!(!fs::read_to_string(&file).expect("there").contains(TOKEN), "{code} {screen}");
    let ran = sandbox.run(&["key", "new"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let (code, screen) = sandbox.answer(&[args.as_slice(), &["--undo"]].concat(), &[("[", "y\r")]);
    assert_eq!(fs::read_to_string(&file).expect("there"), text, "{code} {screen}");
}
