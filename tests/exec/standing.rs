//! Which command lines are started: those that were approved, as they were approved.

use serde_json::json;

use crate::sandbox::{Ran, path};
use crate::world::{ENV, World, env_server, environment, shell_server};

const ECHO: &[&str] = &["/bin/echo", "one", "two"];

fn echo() -> World {
    World::with(
        &json!({ "s": { "command": "/bin/echo", "args": ["one", "two"], "env": { "T": "${A_TOKEN}" } } }),
        "",
        &[("A_TOKEN", "value-a")],
    )
}

fn refused(ran: &Ran, part: &str) {
    assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{ran:?}");
    assert!(ran.err.contains(part) && ran.err.contains("hint: "), "{part}: {ran:?}");
    assert!(!ran.err.contains("value-a"), "{ran:?}");
}

#[test]
fn another_command_line_than_the_approved_one_is_refused_and_the_difference_named_without_its_text() {
    let world = echo();
    assert_eq!(world.exec("s", ECHO).out, "one two\n");
    for (words, part) in [
        (&["/bin/cat", "one", "two"][..], "its command is another one"),
        (&["/bin/echo", "one", "sekret"], "its argument 2 is another one"),
        (&["/bin/echo", "one"], "it has 2 arguments, and not 1"),
        (&["/bin/echo", "one", "two", "sekret"], "it has 2 arguments, and not 3"),
        (&["/bin/echo", "one two"], "its argument 1 is another one"),
        (&["/bin/echo", "one", ""], "its argument 2 is another one"),
        (&["/bin/../bin/echo", "one", "two"], "its command is another one"),
    ] {
        let ran = world.exec("s", words);
        refused(&ran, part);
        assert!(!ran.err.contains("sekret"), "{ran:?}");
    }
}

#[test]
fn what_changed_in_the_file_since_the_approval_is_refused() {
    let world = echo();
    for env in [json!({ "T": "${A_TOKEN}", "MORE": "x" }), json!({ "T": "${A_TOKEN}${B_TOKEN}" })] {
        world.declare(&json!({ "s": { "command": "/bin/echo", "args": ["one", "two"], "env": env } }));
        refused(&world.exec("s", ECHO), "is not as you allowed it");
    }
    world.declare(&json!({ "s": { "command": "/bin/echo", "args": ["one", "three"], "env": { "T": "${A_TOKEN}" } } }));
    refused(&world.exec("s", &["/bin/echo", "one", "three"]), "is not as you allowed it");
    world.declare(&json!({ "t": { "command": "/bin/echo", "args": ["one", "two"], "env": { "T": "${A_TOKEN}" } } }));
    refused(&world.exec("s", ECHO), "no server `s` is declared here");
    world.file(".mcp.json", "{ broken");
    refused(&world.exec("s", ECHO), "`.mcp.json`");
}

#[test]
fn without_an_approval_nothing_is_started() {
    let world = World::asking(&shell_server("echo started"), "", &[("A_TOKEN", "value-a")]);
    let words = &["/bin/sh", "-c", "echo started"];
    refused(&world.exec("s", words), "is not approved");
    world.sandbox.allow("acme");
    assert_eq!(world.exec("s", words).out, "started\n");
    assert_eq!(world.run(&["deny"]).code, 0);
    refused(&world.exec("s", words), "was denied");
    world.sandbox.allow("acme");
    world.own_file("clients = [\"claude-code\"]\n");
    refused(&world.exec("s", words), "`clients`");
}

#[test]
fn a_new_server_beside_an_approved_one_is_refused_and_withdraws_all_where_the_setting_says_so() {
    let world = echo();
    world.declare(&json!({
        "s": { "command": "/bin/echo", "args": ["one", "two"], "env": { "T": "${A_TOKEN}" } }, "new": { "command": "/bin/echo" },
    }));
    refused(&world.exec("new", &["/bin/echo"]), "is not approved");
    assert_eq!(world.exec("s", ECHO).code, 0);
    world.sandbox.settings("on_change = \"project\"\n");
    refused(&world.exec("s", ECHO), "withdraws everything");
}

#[test]
fn a_server_that_is_not_there_is_refused_with_the_nearest_name() {
    let ran = echo().exec("t", ECHO);
    refused(&ran, "no server `t` is declared here");
    assert!(ran.err.contains("the nearest is `s`"), "{ran:?}");
}

#[test]
fn outside_a_project_and_with_a_broken_store_the_message_is_their_own() {
    let world = echo();
    let ran = world.sandbox.run(&["exec", "--server", "s", "--", "/bin/echo"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    assert!(ran.err.contains("no `.mcpenv.toml`"), "{ran:?}");
    let profile = world.sandbox.data().join("profiles/acme.age");
    let sound = std::fs::read(&profile).expect("a profile");
    std::fs::write(&profile, &sound[..sound.len() - 9]).expect("cut");
    let ran = world.exec("s", ECHO);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    assert!(ran.err.contains("damaged"), "{ran:?}");
    std::fs::write(&profile, sound).expect("put back");
    std::fs::write(world.sandbox.data().join("identity"), "age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 18\n")
        .expect("locked");
    let ran = world.exec("s", ECHO);
    assert!(matches!(ran.code, 1 | 3) && ran.out.is_empty() && ran.err.contains("identity"), "{ran:?}");
}

#[test]
fn the_hook_need_not_be_installed_and_the_client_may_start_it_anywhere() {
    let world = echo();
    let project = world.project();
    let args = ["exec", "--project", path(&project), "--server", "s", "--", "/bin/echo", "one", "two"];
    assert_eq!(world.sandbox.run(&args).out, "one two\n");
}

#[test]
fn two_clients_with_the_same_server_are_one_and_with_different_ones_are_asked_for() {
    let world = World::asking(&json!({ "s": env_server(&json!({ "T": "${A_TOKEN}" })) }), "", &[("A_TOKEN", "a")]);
    let code =
        |env: &str| format!(r#"{{ "servers": {{ "s": {{ "command": "/usr/bin/env", "args": ["-0"], "env": {env} }} }} }}"#);
    world.file(".vscode/mcp.json", &code(r#"{ "T": "${env:A_TOKEN}" }"#));
    world.sandbox.allow("acme");
    assert_eq!(environment(&world.exec("s", ENV).out)["T"], "a", "the same server, each in its client's own words");
    world.file(".vscode/mcp.json", &code(r#"{ "T": "${A_TOKEN}" }"#));
    world.sandbox.allow("acme");
    let ran = world.exec("s", ENV);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran:?}");
    assert!(ran.err.contains("`--client claude-code` or `--client vscode`"), "{ran:?}");
    let of =
        |client: &str| environment(&world.run(&["exec", "--server", "s", "--client", client, "--", "/usr/bin/env", "-0"]).out);
    assert_eq!(of("claude-code")["T"], "a");
    assert_eq!(of("vscode")["T"], "${A_TOKEN}", "VS Code takes it for text");
    let ran = world.run(&["exec", "--server", "s", "--client", "codex", "--", "/usr/bin/env", "-0"]);
    refused(&ran, "no server `s` is declared here for `codex`");
    // where only one of them has this command, that one is meant
    world.file(".vscode/mcp.json", &code("{}").replace("-0", "-u"));
    world.sandbox.allow("acme");
    assert_eq!(environment(&world.exec("s", ENV).out)["T"], "a");
}

#[test]
fn references_in_arguments_are_known_whether_the_client_has_filled_them_or_not() {
    let args = ["--key=${A_TOKEN}", "${HOME}/x", "${MODE:-fast}"];
    let words = |a: &str, b: &str, c: &str| ["/bin/echo".to_owned(), a.to_owned(), b.to_owned(), c.to_owned()];
    let mut world = World::with(
        &json!({ "s": { "command": "/bin/echo", "args": args } }),
        "[variables.MODE]\nrequired = false\n",
        &[("A_TOKEN", "value-a")],
    );
    let home = world.sandbox.home();
    let run = |world: &World, words: [String; 4]| world.exec("s", &words.iter().map(String::as_str).collect::<Vec<_>>());
    let expected = format!("--key=value-a {}/x fast\n", home.display());
    let there = format!("{}/x", home.display());
    for typed in [words("--key=${A_TOKEN}", "${HOME}/x", "${MODE:-fast}"), words("--key=value-a", &there, "fast")] {
        assert_eq!(run(&world, typed).out, expected);
    }
    refused(&run(&world, words("--key=another", &there, "fast")), "its argument 1 is another one");
    refused(&run(&world, words("--key=value-a", "/tmp/x", "fast")), "its argument 2 is another one");
    // filled from a client's environment that is older than the store: what is stored counts
    world.sandbox.set_variable("A_TOKEN", "an-older-value");
    assert_eq!(run(&world, words("--key=an-older-value", &there, "fast")).out, expected);
}

#[test]
fn an_argument_that_the_store_cannot_fill_is_taken_from_a_client_and_from_no_agent() {
    let servers = json!({ "s": { "command": "/bin/echo", "args": ["${MODE}"], "env": { "T": "${A_TOKEN}" } } });
    let mut world = World::with(&servers, "[variables.MODE]\nrequired = false\n", &[("A_TOKEN", "value-a")]);
    assert_eq!(world.exec("s", &["/bin/echo", "${MODE}"]).out, "${MODE}\n", "a client that has none leaves the text");
    world.sandbox.set_variable("MODE", "fast");
    assert_eq!(world.exec("s", &["/bin/echo", "fast"]).out, "fast\n");
    refused(&world.exec("s", &["/bin/echo", "slow"]), "its argument 1 is another one");
    world.sandbox.set_variable("GEMINI_CLI", "1");
    assert_eq!(world.exec("s", &["/bin/echo", "fast"]).code, 6);
    assert_eq!(world.exec("s", &["/bin/echo", "${MODE}"]).code, 0);
}

#[test]
fn a_server_of_the_users_own_file_counts_only_as_it_was_approved_here() {
    let world = World::asking(&json!({}), "", &[("A_TOKEN", "value-a")]);
    let file = world.sandbox.home().join(".claude.json");
    let own = |mode: &str| json!({ "mcpServers": { "s": env_server(&json!({ "T": "${A_TOKEN}", "MODE": mode })) } }).to_string();
    world.sandbox.write(&file, own("one"));
    world.sandbox.answer(&["allow", "--project", path(&world.project())], &[("[y/N]", "\r")]);
    refused(&world.exec("s", ENV), "is not approved");
    world.sandbox.allow("acme");
    assert_eq!(environment(&world.exec("s", ENV).out)["T"], "value-a");
    world.sandbox.write(&file, own("two"));
    refused(&world.exec("s", ENV), "is not as you allowed it");
}

#[test]
fn a_server_without_a_command_is_not_started() {
    let world = World::with(
        &json!({ "s": { "type": "http", "url": "https://x.example/${A_TOKEN}" } }),
        "[servers.o]\nvariables = [\"B_TOKEN\"]\n",
        &[("A_TOKEN", "value-a")],
    );
    refused(&world.exec("s", ENV), "names no command for it");
    refused(&world.exec("o", ENV), "names no command for it");
}

#[test]
fn the_command_stands_behind_two_dashes() {
    let world = echo();
    for args in [
        &["exec", "--server", "s"][..],
        &["exec", "--server", "s", "--"],
        &["exec", "--server", "s", "/bin/echo"],
        &["exec", "--client", "vscode", "--", "/bin/echo"],
    ] {
        assert_eq!(world.run(args).code, 2, "{args:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_project_that_is_reached_by_a_link_is_the_one_that_was_approved_and_no_other() {
    let world = echo();
    let link = world.sandbox.root().join("link");
    std::os::unix::fs::symlink(world.project(), &link).expect("a link");
    let words = ["exec", "--project", path(&link), "--server", "s", "--", "/bin/echo", "one", "two"];
    let ran = world.run(&words);
    assert_eq!((ran.code, ran.out.as_str()), (0, "one two\n"), "{ran:?}");
    let other = world.sandbox.project("other");
    std::fs::create_dir_all(&other).expect("a directory");
    for file in [".mcp.json", ".mcpenv.toml"] {
        std::fs::copy(world.project().join(file), other.join(file)).expect("copied");
    }
    std::fs::remove_file(&link).expect("removed");
    std::os::unix::fs::symlink(&other, &link).expect("a link");
    assert_eq!(world.run(&words).code, 4);
}

#[cfg(unix)]
#[test]
fn a_clients_file_that_is_no_file_starts_nothing_and_holds_nothing_up() {
    let world = echo();
    let file = world.project().join(".mcp.json");
    std::fs::remove_file(&file).expect("removed");
    assert!(std::process::Command::new("mkfifo").arg(&file).status().expect("mkfifo").success());
    let ran = world.exec("s", &["/bin/echo", "one", "two"]);
    assert!(ran.code == 4 || ran.code == 1, "{ran:?}");
    assert!(ran.err.contains("no regular file"), "{ran:?}");
}
