//! What is refused: in an agent's shell, without a person, and when the key that is brought is none. Nothing is written then.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use mcpenv::store::{Cover, Identity, exported};

use crate::sandbox::{Sandbox, chmod, files_below, path};
use crate::stored::with_profile;

fn state(sandbox: &Sandbox) -> Vec<(PathBuf, Vec<u8>)> {
    let files = files_below(&sandbox.root().join("all"));
    let files = files.into_iter().filter(|file| file.extension().is_none_or(|e| e != "lock"));
    files.map(|file| (file.clone(), fs::read(file).expect("readable"))).collect()
}

#[test]
fn an_agent_changes_no_key_and_sees_none() {
    let mut sandbox = with_profile(&[("A_TOKEN", "sekret")]);
    let recipient = Identity::generate().recipient();
    let file = sandbox.root().join("key");
    sandbox.write(&file, &*Identity::generate().line());
    sandbox.set_variable("CLAUDECODE", "1");
    let before = state(&sandbox);
    for args in [
        &["key", "passphrase"][..],
        &["key", "passphrase", "--remove"],
        &["key", "move", "keychain"],
        &["key", "move", "file"],
        &["key", "move", "ssh:/absent"],
        &["key", "new"],
        &["key", "import", path(&file)],
        &["key", "recover", path(&file)],
        &["key", "export"],
        &["key", "export", "--plain"],
        &["key", "recovery", "set", &recipient],
        &["key", "recovery", "remove"],
    ] {
        let ran = sandbox.run(args);
        assert!(ran.code == 6 && ran.err.contains("CLAUDECODE") && ran.out.is_empty(), "{args:?}: {ran:?}");
        let (code, screen) = sandbox.answer(args, &[]);
        assert!(code == 6 && !screen.contains("AGE-SECRET"), "{args:?}: {screen}");
    }
    assert_eq!(sandbox.run(&["key", "show"]).code, 0);
    assert!(state(&sandbox) == before);
}

#[test]
fn what_needs_a_person_says_so_and_changes_nothing() {
    let sandbox = with_profile(&[("A_TOKEN", "sekret")]);
    let before = state(&sandbox);
    for args in [
        &["key", "passphrase"][..],
        &["key", "passphrase", "--remove"],
        &["key", "move", "file"],
        &["key", "move", "ssh:/absent"],
        &["key", "recover"],
        &["key", "export"],
        &["key", "export", "--plain"],
        &["key", "recovery", "set"],
        &["key", "recovery", "remove"],
    ] {
        let ran = sandbox.run(args);
        assert!(ran.code == 6 && ran.out.is_empty(), "{args:?}: {ran:?}");
    }
    assert!(state(&sandbox) == before);
}

#[test]
fn a_key_that_is_lost_damaged_foreign_locked_or_from_the_future_is_told_apart_and_writes_nothing() {
    let sandbox = with_profile(&[("A_TOKEN", "sekret")]);
    let good = Identity::generate();
    let sealed = Cover::Passphrase { passphrase: "correct horse".to_owned().into(), factor: 2 };
    let line = String::from_utf8_lossy(&good.line()).into_owned();
    let cases = [
        ("lost", None, "is not there"),
        ("damaged", Some(line.as_bytes()[..line.len() - 3].to_vec()), "a wrong or missing letter"),
        ("foreign", Some(line.into_bytes()), "none that opens a profile here"),
        ("locked", Some(exported(&good, &sealed, 0).expect("in memory").to_vec()), "a passphrase protects it"),
        ("future", Some(b"AGE-SECRET-KEY-PQ-1QQQQ\n".to_vec()), "post-quantum"),
        ("public", Some(format!("{}\n", good.recipient()).into_bytes()), "a public key"),
        ("two", Some([good.line().as_slice(), b"\n", &good.line()].concat()), "a second identity"),
        ("large", Some(vec![b'#'; 70_000]), "larger than 65536"),
        ("SSH", Some(b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n".to_vec()), "SSH"),
    ];
    fs::remove_file(sandbox.root().join("all/data/identity")).expect("lost");
    let before = state(&sandbox);
    for command in ["recover", "import"] {
        let mut said = BTreeSet::new();
        for (case, text, wanted) in &cases {
            let file = sandbox.root().join("brought");
            let _ = fs::remove_file(&file);
            if let Some(text) = text {
                sandbox.write(&file, text);
                chmod(&file, 0o600);
            }
            let ran = sandbox.run(&["key", command, path(&file)]);
            assert!(ran.code != 0 && ran.err.contains(wanted), "{command} {case}: {ran:?}");
            assert_eq!(ran.code == 3, *case == "locked", "{command} {case}: {ran:?}");
            assert!(!ran.all().contains("AGE-SECRET-KEY-1Q"), "{ran:?}");
            said.insert(ran.err);
            assert!(state(&sandbox) == before, "{command} {case} wrote something");
        }
        assert_eq!(said.len(), cases.len(), "{said:#?}");
    }
}
