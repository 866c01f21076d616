//! Backup files that are cut, changed, swollen, or made by somebody who means harm: a clear error each time, nothing of the
//! file in it, and nothing changed here.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::sandbox::{Ran, path};
use crate::world::{PASSPHRASE, World};

/// A dry run and a real one over a file: both must fail with a message, and change nothing.
#[track_caller]
fn refused(world: &World, file: &Path) -> Ran {
    let before = world.snapshot();
    let ran = world.dry_run(file, &[]);
    assert!(ran.code == 1 && ran.err.starts_with("error: ") && ran.out.is_empty(), "{ran:?}");
    assert!(!ran.all().contains("canary") && !ran.all().contains("panicked") && ran.err.len() < 1500, "{ran:?}");
    assert_eq!(world.snapshot(), before);
    ran
}

#[test]
fn a_backup_cut_anywhere_or_with_a_byte_changed_opens_in_no_part() {
    let world = World::with(&["acme"]);
    let file = world.seal(&world.text());
    let whole = fs::read(&file).expect("there");
    for length in (0..whole.len()).step_by(97) {
        fs::write(&file, &whole[..length]).expect("written");
        refused(&world, &file);
    }
    for at in (0..whole.len()).step_by(89) {
        let mut bad = whole.clone();
        bad[at] ^= 0x20;
        fs::write(&file, &bad).expect("written");
        refused(&world, &file);
    }
    fs::write(&file, [&whole[..], b"x"].concat()).expect("written");
    refused(&world, &file);
    let (code, screen) = world.restore(&file, &[], &[("[y/N]", "y\r")]);
    assert!(code == 1 && screen.contains("error: "), "{screen}");
}

#[test]
fn a_backup_that_is_none_of_ours_or_of_a_newer_mcpenv_says_so() {
    let world = World::with(&["acme"]);
    let text = world.text();
    for (bad, said) in [
        ("canary".to_owned(), "no backup of mcpenv"),
        ("{}".to_owned(), "no backup of mcpenv"),
        (text.replace("\"mcpenv\":\"backup\"", "\"mcpenv\":\"canary\""), "does not say that it is one"),
        (text.replacen("\"format\":1", "\"format\":2", 1), "written by a newer mcpenv"),
        (text.replace("\"format\":1,\"generation\"", "\"format\":9,\"generation\""), "written by a newer mcpenv"),
        (text.replace("\"name\":\"acme\"", "\"name\":\"../../canary\""), "a name that no profile may have"),
        (text.replace("\"name\":\"acme\"", "\"name\":\"/etc/canary\""), "a name that no profile may have"),
        (text.replace("\"A_TOKEN\":{\"value", "\"canary = 1\":{\"value"), "a name that no variable may have"),
        (text.replacen("\"root\":\"/", "\"root\":\"canary/", 1), "does not say its path"),
        (text.replace("\"projects\":[", "\"projects\":[{\"canary\":1},"), "is no approval"),
        (text.replace("\"projects\":[", &format!("\"projects\":[{}", "[".repeat(100_000))), "JSON is not as it must be"),
        (text.replace(",\n\"projects\"", ",\n\"canary\""), "JSON is not as it must be"),
    ] {
        let ran = refused(&world, &world.seal(&bad));
        assert!(ran.err.contains(said), "{said}: {ran:?}");
    }
    let start = text.find("{\"name\"").expect("a profile");
    let end = text.find("],\n\"projects\"").expect("an end");
    for twice in [&text[start..end], &text[start..end].replace("\"acme\"", "\"ACME\"")] {
        let ran = refused(&world, &world.seal(&format!("{},{twice}{}", &text[..end], &text[end..])));
        assert!(ran.err.contains("has the name of one before it"), "{ran:?}");
    }
    let many: Vec<String> = (0..10_000).map(|n| text[start..end].replace("\"acme\"", &format!("\"p{n}\""))).collect();
    let ran = refused(&world, &world.seal(&format!("{}{}{}", &text[..start], many.join(","), &text[end..])));
    assert!(ran.err.contains("more profiles or projects than are read"), "{ran:?}");
}

#[test]
fn work_without_end_and_files_without_end_are_refused_before_anybody_is_asked() {
    let world = World::with(&["acme"]);
    let file = world.seal(&world.text());
    let whole = fs::read(&file).expect("there");
    let at = whole.windows(3).position(|w| w == b" 2\n").expect("the work");
    fs::write(&file, [&whole[..=at], b"30", &whole[at + 2..]].concat()).expect("written");
    assert!(refused(&world, &file).err.contains("2^30 steps of work"));
    let (code, screen) = world.sandbox.answer(&["restore", path(&file)], &[]);
    assert!(code == 1 && !screen.contains("Passphrase"), "{screen}");
    // a header of a gibibyte, and one of just under what is read at all
    fs::File::create(&file).expect("made").set_len(1 << 30).expect("sparse");
    assert!(refused(&world, &file).err.contains("larger than"));
    let mut long = fs::File::create(&file).expect("made");
    long.write_all(b"age-encryption.org/v1\n-> scrypt ").expect("written");
    long.set_len(60 << 20).expect("sparse");
    drop(long);
    assert!(refused(&world, &file).err.contains("header"));
    let crowd = [b"age-encryption.org/v1\n".to_vec(), b"-> scrypt a 2\n\n".repeat(100_000)].concat();
    fs::write(&file, crowd).expect("written");
    assert!(refused(&world, &file).err.contains("header"));
    #[cfg(unix)]
    {
        fs::remove_file(&file).expect("removed");
        assert!(std::process::Command::new("mkfifo").arg(&file).status().expect("mkfifo").success());
        assert!(refused(&world, &file).err.contains("no regular file"));
    }
}

/// Names and texts of a backup are shown beside questions: nothing in them moves the screen.
#[test]
fn what_a_backup_says_cannot_paint_over_the_question() {
    let world = World::with(&["acme"]);
    let odd = world.sandbox.root().join("src/odd\u{202e}\u{1b}[2J");
    fs::create_dir_all(&odd).expect("made");
    world.sandbox.write(&odd.join(".mcp.json"), "{\"mcpServers\":{}}");
    world.done(&["init", "--no-input", "--profile", "acme", "--project", path(&odd)]);
    let file = world.seal(&world.text());
    fs::remove_dir_all(world.own().join("state")).expect("removed");
    let ran = world.dry_run(&file, &[]);
    assert!(ran.code == 0 && ran.out.contains("odd\\u{202e}\\x1b[2J"), "{ran:?}");
    assert!(!ran.out.contains(['\u{1b}', '\u{202e}']) && !ran.out.contains(PASSPHRASE), "{ran:?}");
}
