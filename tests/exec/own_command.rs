//! Without `--server`: a person's own command with all that the project loads.

use serde_json::json;

use crate::world::{World, env_server, environment};

const PLAIN: &[&str] = &["exec", "--", "/usr/bin/env", "-0"];

fn world() -> World {
    let servers = json!({
        "a": env_server(&json!({ "T": "${A_TOKEN}" })), "b": env_server(&json!({ "T": "${B_TOKEN}" })),
        "c": env_server(&json!({ "T": "${C_TOKEN}" })),
    });
    let own = "[variables.B_TOKEN]\ninject = \"exec\"\n[variables.C_TOKEN]\ninject = \"never\"\n";
    World::with(&servers, own, &[("A_TOKEN", "a"), ("B_TOKEN", "b"), ("C_TOKEN", "c"), ("UNASKED", "u")])
}

#[test]
fn a_persons_command_keeps_its_environment_and_gets_what_the_hook_loads_and_what_only_exec_gives() {
    let mut world = world();
    world.sandbox.set_variable("MINE", "stays");
    world.sandbox.set_variable("A_TOKEN", "older");
    world.sandbox.set_variable("__MCPENV_LOADED", "1:A_TOKEN=0123456789abcdef");
    let mut expected: std::collections::BTreeMap<String, String> = world
        .sandbox
        .variables()
        .iter()
        .map(|(n, v)| (n.to_string_lossy().into_owned(), v.to_string_lossy().into_owned()))
        .filter(|(name, _)| name != "__MCPENV_LOADED")
        .collect();
    expected.insert("PWD".into(), crate::sandbox::path(&world.project()).to_owned());
    expected.insert("A_TOKEN".into(), "a".into());
    expected.insert("B_TOKEN".into(), "b".into());
    let ran = world.run(PLAIN);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(environment(&ran.out), expected);
}

#[test]
fn what_is_missing_or_changed_is_said_and_the_command_runs_all_the_same() {
    let world = world();
    assert_eq!(world.run(&["unset", "A_TOKEN"]).code, 0);
    world.declare(&json!({
        "a": env_server(&json!({ "T": "${A_TOKEN}" })), "b": env_server(&json!({ "T": "${B_TOKEN}", "MORE": "x" })),
    }));
    let ran = world.run(PLAIN);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.err.contains("no value for `A_TOKEN`") && ran.err.contains("`b` in `.mcp.json` is not as you allowed it"),
        "{ran:?}"
    );
    let got = environment(&ran.out);
    assert!(!got.contains_key("A_TOKEN") && !got.contains_key("B_TOKEN"), "{got:?}");
}

#[test]
fn a_project_that_is_not_approved_gives_a_command_nothing() {
    let world = World::asking(&json!({ "a": env_server(&json!({ "T": "${A_TOKEN}" })) }), "", &[("A_TOKEN", "a")]);
    let ran = world.run(PLAIN);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{ran:?}");
}

#[test]
fn a_command_of_a_clients_file_is_not_a_persons_own() {
    let world = world();
    world.declare(&json!({ "x": { "command": "mcpenv", "args": ["exec", "--", "/usr/bin/env", "-0"] } }));
    let ran = world.run(PLAIN);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{ran:?}");
    assert!(ran.err.contains("mcpenv exec --server x --"), "{ran:?}");
    let screen = world.sandbox.allow("acme");
    assert!(screen.contains("it would get every variable of the project"), "{screen}");
    assert_eq!(world.run(PLAIN).code, 4, "an approval does not change that");
}

#[test]
fn a_shell_pipeline_and_a_missing_command_end_as_they_would_alone() {
    let world = world();
    assert_eq!(world.run(&["exec", "--", "sh", "-c", "exit 9"]).code, 9);
    assert_eq!(world.run(&["exec", "--", "no-such-program-here"]).code, 127);
    assert_eq!(world.run(&["exec", "--", "/usr"]).code, 126);
}
