//! With a person there: what differs is asked about one by one, and the file is deleted only on their word.

use std::process::Command;

use crate::sandbox::{Sandbox, path};
use crate::stored::{told, with_profile};

fn answer(sandbox: &Sandbox, text: &str, answers: &[(&str, &str)]) -> (i32, String) {
    let file = sandbox.root().join("mine.env");
    sandbox.write(&file, text);
    let (code, screen) = sandbox.answer(&["import", path(&file), "--profile", "acme"], answers);
    assert!(!screen.contains("sekret"), "{screen}");
    (code, screen)
}

#[test]
fn each_value_that_differs_is_asked_about() {
    let sandbox = with_profile(&[("A_TOKEN", "sekret-a"), ("B_TOKEN", "sekret-b")]);
    let text = "A_TOKEN=sekret-1\nB_TOKEN=sekret-2\nC_TOKEN=sekret-3\n";
    let answers = [("Store 1 new", "\r"), ("Replace the stored value of `A_TOKEN`", "y\r"), ("`B_TOKEN`? [y/N]", "\r")];
    let (code, screen) = answer(&sandbox, text, &answers);
    assert_eq!(code, 0, "{screen}");
    assert_eq!(told(&sandbox), "A_TOKEN=sekret-1 B_TOKEN=sekret-b C_TOKEN=sekret-3");
    assert!(!screen.contains("Delete"), "not every value was taken over: {screen}");
    assert!(screen.contains("`B_TOKEN`") && sandbox.root().join("mine.env").exists());
}

#[test]
fn the_file_goes_only_when_all_of_it_was_taken_and_a_person_says_so() {
    let sandbox = with_profile(&[("A_TOKEN", "sekret")]);
    let file = sandbox.root().join("mine.env");
    let text = "A_TOKEN=sekret\nB_TOKEN=sekret-2\n";
    let (code, screen) = answer(&sandbox, text, &[("Store 1", "\r"), ("Delete", "\r")]);
    assert!(code == 0 && file.exists() && screen.contains("[y/N]"), "{screen}");
    let (code, screen) = answer(&sandbox, text, &[("Delete", "y\r")]);
    assert!(code == 0 && !file.exists() && screen.contains("deleted"), "{screen}");
    assert!(screen.contains("copies, backups"), "{screen}");
    assert_eq!(told(&sandbox), "A_TOKEN=sekret B_TOKEN=sekret-2");
    for more in ["C=${X}\n", "PATH=/x\n", "C=\n"] {
        let (_, screen) = answer(&sandbox, &format!("{text}{more}"), &[]);
        assert!(file.exists() && !screen.contains("Delete"), "{more}: {screen}");
    }
}

#[test]
fn no_to_everything_and_ctrl_c_change_nothing() {
    let sandbox = with_profile(&[("A_TOKEN", "sekret-a")]);
    let text = "A_TOKEN=sekret-1\nC_TOKEN=sekret-3\n";
    let (code, screen) = answer(&sandbox, text, &[("Store 1 new", "n\r"), ("Replace", "n\r")]);
    assert_eq!((code, told(&sandbox).as_str()), (0, "A_TOKEN=sekret-a"), "{screen}");
    let (code, screen) = answer(&sandbox, text, &[("Store 1 new", "y\r"), ("Replace", "\x03")]);
    assert_eq!((code, told(&sandbox).as_str()), (130, "A_TOKEN=sekret-a"), "{screen}");
}

#[test]
fn a_name_that_moves_other_secrets_is_asked_for_by_itself() {
    let sandbox = with_profile(&[]);
    let (code, screen) =
        answer(&sandbox, "HTTPS_PROXY=http://sekret\nA=1\n", &[("Store 1 new", "\r"), ("Store `HTTPS_PROXY`", "\r")]);
    assert_eq!((code, told(&sandbox).as_str()), (0, "A=1"), "{screen}");
    assert!(screen.contains("unusual for a secret"), "{screen}");
    let (_, screen) = answer(&sandbox, "HTTPS_PROXY=http://sekret\nA=1\n", &[("Store `HTTPS_PROXY`", "y\r"), ("Delete", "\r")]);
    assert!(told(&sandbox).contains("HTTPS_PROXY=http://sekret"), "{screen}");
}

#[test]
fn a_file_that_changed_behind_the_question_stays() {
    let sandbox = with_profile(&[("A_TOKEN", "sekret")]);
    let file = sandbox.root().join("mine.env");
    sandbox.write(&file, "A_TOKEN=sekret\n");
    let (code, screen) = sandbox.answer_while(&["import", path(&file), "--profile", "acme"], &[("Delete", "y\r")], || {
        sandbox.write(&file, "A_TOKEN=sekret\nNEW=more\n");
    });
    assert!(code == 1 && file.exists() && screen.contains("changed meanwhile"), "{screen}");
}

#[test]
fn what_a_link_leads_to_is_not_deleted() {
    let sandbox = with_profile(&[("A_TOKEN", "sekret")]);
    let (file, link) = (sandbox.root().join("real.env"), sandbox.root().join("link.env"));
    sandbox.write(&file, "A_TOKEN=sekret\n");
    assert!(Command::new("ln").arg("-s").args([&file, &link]).status().expect("ln").success());
    let (code, screen) = sandbox.answer(&["import", path(&link), "--profile", "acme"], &[]);
    assert!(code == 0 && !screen.contains("Delete") && screen.contains("real.env"), "{screen}");
}
