//! What a server gets, and that it is exactly that.

use std::collections::BTreeMap;

use serde_json::json;

use crate::world::{ENV, World, env_server, environment};

/// What every sandbox has of the list that each server gets.
fn base(world: &World) -> BTreeMap<String, String> {
    let passed = ["HOME", "PATH", "LANG", "TERM", "XDG_RUNTIME_DIR"];
    let pairs = world.sandbox.variables().iter().filter_map(|(n, v)| Some((n.to_str()?.to_owned(), v.to_str()?.to_owned())));
    pairs.filter(|(name, _)| passed.contains(&name.as_str())).collect()
}

/// More of that list.
const PASSED: &[(&str, &str)] = &[
    ("LOGNAME", "ann"),
    ("USER", "ann"),
    ("SHELL", "/bin/zsh"),
    ("LC_ALL", "C.UTF-8"),
    ("TZ", "UTC"),
    ("TMPDIR", "/tmp"),
    ("XDG_CACHE_HOME", "/tmp/cache"),
    ("HTTPS_PROXY", "http://proxy:1"),
    ("no_proxy", "localhost"),
    ("NODE_EXTRA_CA_CERTS", "/etc/ca.pem"),
    ("SSL_CERT_FILE", ""),
];

fn with(mut base: BTreeMap<String, String>, more: &[(&str, &str)]) -> BTreeMap<String, String> {
    base.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    base
}

#[test]
fn a_server_gets_its_own_variables_its_literals_and_the_base_list_and_nothing_else() {
    let env = json!({ "T": "Bearer ${A_TOKEN}", "MODE": "fast", "DIR": "${HOME}/x", "D": "${NOT_THERE:-none}", "N": 3, "B": true, "MCPENV_X": "x" });
    let servers = json!({ "s": env_server(&env), "other": env_server(&json!({ "T": "${B_TOKEN}" })) });
    let mut world = World::with(&servers, "", &[("A_TOKEN", "value-a"), ("B_TOKEN", "value-b"), ("UNASKED", "value-c")]);
    let not_passed = [
        ("B_TOKEN", "loaded by the hook"),
        ("AWS_SECRET_ACCESS_KEY", "of the shell"),
        ("NODE_OPTIONS", "--require x"),
        ("LD_LIBRARY_PATH", "/nowhere"),
        ("__MCPENV_LOADED", "1:B_TOKEN=0123456789abcdef"),
        ("XDGX", "no family of it"),
        ("LC", "nor this"),
        ("PATHX", "nor this"),
        ("T", "put there by the client"),
        ("MODE", "slow"),
    ];
    for (name, value) in PASSED.iter().chain(&not_passed) {
        world.sandbox.set_variable(name, *value);
    }
    let ran = world.exec("s", ENV);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let home = format!("{}/x", world.sandbox.home().display());
    let own = [
        ("A_TOKEN", "value-a"),
        ("T", "Bearer value-a"),
        ("MODE", "fast"),
        ("DIR", &home),
        ("D", "none"),
        ("N", "3"),
        ("B", "true"),
    ];
    let expected = with(with(base(&world), PASSED), &own);
    assert_eq!(environment(&ran.out), expected);
}

#[test]
fn a_shell_function_in_the_clothes_of_a_variable_is_left_out() {
    let mut world = World::with(&json!({ "s": env_server(&json!({})) }), "", &[]);
    world.sandbox.set_variable("SHELL", "() { :; }; echo hacked");
    assert_eq!(environment(&world.exec("s", ENV).out), base(&world));
}

#[test]
fn the_users_settings_name_what_else_passes_and_wrong_names_are_refused() {
    let mut world = World::with(&json!({ "s": env_server(&json!({})) }), "", &[]);
    world.sandbox.set_variable("SSH_AUTH_SOCK", "/run/agent");
    world.sandbox.set_variable("NOT_NAMED", "x");
    world.sandbox.settings("exec_env = [\"SSH_AUTH_SOCK\", \"NOT_SET\"]\n");
    assert_eq!(environment(&world.exec("s", ENV).out), with(base(&world), &[("SSH_AUTH_SOCK", "/run/agent")]));
    for wrong in
        ["exec_env = [\"A=sekret\"]", "exec_env = [\"MCPENV_HOME\"]", "exec_env = [\"\"]", "exec_env = \"A\"", "exec_envs = []"]
    {
        world.sandbox.settings(wrong);
        let ran = world.exec("s", ENV);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{wrong}: {ran:?}");
        assert!(!ran.err.contains("sekret"), "{ran:?}");
    }
}

#[test]
fn a_variable_that_the_hook_loaded_for_another_server_does_not_pass_though_its_name_would() {
    // a proxy that is a stored value of another server, and the shell that has it loaded
    let servers = json!({ "s": env_server(&json!({})), "p": { "command": "/opt/p", "env": { "X": "${LC_TOKEN}" } } });
    let world = World::asking(&servers, "", &[]);
    let args = ["set", "LC_TOKEN", "--profile", "acme"];
    let (code, screen) = world.sandbox.answer(&args, &[("once more", "LC_TOKEN\r"), ("(hidden)", "value-p\r")]);
    assert_eq!(code, 0, "{screen}");
    let place = world.project();
    let allow = ["allow", "--project", place.to_str().expect("ASCII")];
    let (code, screen) = world.sandbox.answer(&allow, &[("[y/N]", "y\r"), ("once more", "LC_TOKEN\r")]);
    assert_eq!(code, 0, "{screen}");
    let hook = world.sandbox.hook(&place);
    let marker = hook.lines().find_map(|line| line.split("1:LC_TOKEN=").nth(1)).expect("it is loaded");
    let mut command = world.command("s", ENV);
    command.env("LC_TOKEN", "value-p").env("__MCPENV_LOADED", format!("1:LC_TOKEN={}", &marker[..16]));
    let out = command.output().expect("it ran");
    assert_eq!(environment(&String::from_utf8_lossy(&out.stdout)), base(&world));
    // the user's own value of that name passes
    command.env("LC_TOKEN", "another");
    let out = command.output().expect("it ran");
    assert_eq!(environment(&String::from_utf8_lossy(&out.stdout)), with(base(&world), &[("LC_TOKEN", "another")]));
}

#[test]
fn inject_exec_reaches_only_exec_and_never_reaches_nothing() {
    let env = json!({ "A": "${A_TOKEN}", "B": "${B_TOKEN}" });
    let own = "[variables.A_TOKEN]\ninject = \"exec\"\n[variables.B_TOKEN]\ninject = \"never\"\n";
    let world = World::with(&json!({ "s": env_server(&env) }), own, &[("A_TOKEN", "a"), ("B_TOKEN", "b")]);
    assert!(world.sandbox.loaded("acme").is_empty());
    assert_eq!(environment(&world.exec("s", ENV).out), with(base(&world), &[("A_TOKEN", "a"), ("A", "a")]));
}

#[test]
fn a_required_variable_without_a_value_is_named_and_its_server_not_started() {
    let servers = json!({ "s": env_server(&json!({ "T": "${A_TOKEN}", "U": "${B_TOKEN}" })) });
    let world = World::with(&servers, "", &[("A_TOKEN", "value-a")]);
    let ran = world.exec("s", ENV);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    assert!(ran.err.contains("no value for `B_TOKEN`") && ran.err.contains("mcpenv set B_TOKEN"), "{ran:?}");
    assert!(!ran.err.contains("value-a"), "{ran:?}");
    world.sandbox.store("acme", "B_TOKEN", "value-b");
    assert_eq!(world.exec("s", ENV).code, 0);
}

#[test]
fn an_optional_variable_without_a_value_is_left_out() {
    let env = json!({ "T": "${A_TOKEN}", "U": "x${B_TOKEN}", "V": "${C_TOKEN:-d}" });
    let world = World::with(&json!({ "s": env_server(&env) }), "[variables.B_TOKEN]\nrequired = false\n", &[("A_TOKEN", "a")]);
    let expected = with(base(&world), &[("A_TOKEN", "a"), ("T", "a"), ("V", "d")]);
    assert_eq!(environment(&world.exec("s", ENV).out), expected);
}

#[test]
fn each_of_many_servers_gets_its_own_set() {
    // a plain generator: the same sets at every run
    let mut seed = 0x2545_f491_u32;
    let mut next = |below: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % below
    };
    let names: Vec<String> = (0..20).map(|n| format!("VAR_{n}")).collect();
    let values: Vec<(&str, String)> = names.iter().map(|name| (name.as_str(), format!("value of {name}"))).collect();
    let sets: Vec<Vec<&str>> = (0..30).map(|_| names.iter().map(String::as_str).filter(|_| next(3) == 0).collect()).collect();
    let servers: serde_json::Map<String, serde_json::Value> = sets
        .iter()
        .enumerate()
        .map(|(n, set)| {
            let env =
                set.iter().map(|name| ((*name).to_owned(), json!(format!("${{{name}}}")))).collect::<serde_json::Map<_, _>>();
            (format!("s{n}"), env_server(&env.into()))
        })
        .collect();
    let stored: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let world = World::with(&servers.into(), "", &stored);
    for (n, set) in sets.iter().enumerate() {
        let own: Vec<(&str, &str)> = stored.iter().filter(|(name, _)| set.contains(name)).copied().collect();
        assert_eq!(environment(&world.exec(&format!("s{n}"), ENV).out), with(base(&world), &own), "s{n}");
    }
}

#[test]
fn values_of_every_kind_arrive_byte_by_byte() {
    for value in ["a b\nc", "'\"\\$`!%^{}", "\u{1b}]52;c\u{7}", "日本", "${OTHER}", "%{A_TOKEN}", " x "] {
        let world = World::with(&json!({ "s": env_server(&json!({ "T": "${A_TOKEN}" })) }), "", &[("A_TOKEN", value)]);
        let got = environment(&world.exec("s", ENV).out);
        assert_eq!((got["A_TOKEN"].as_str(), got["T"].as_str()), (value, value));
    }
}

#[test]
fn a_value_too_long_for_a_program_is_named() {
    let world = World::with(&json!({ "s": env_server(&json!({ "T": "${A_TOKEN}" })) }), "", &[]);
    world.sandbox.store("acme", "A_TOKEN", &"x".repeat(131_072));
    let ran = world.exec("s", ENV);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("`A_TOKEN` is too long") && !ran.err.contains("xxxx"), "{}", ran.err);
}

#[test]
fn codex_passes_names_and_so_does_exec() {
    let world = World::asking(&json!({}), "", &[("A_TOKEN", "value-a"), ("B_TOKEN", "value-b")]);
    world.file(".codex/config.toml", "[mcp_servers.s]\ncommand = '/usr/bin/env'\nargs = ['-0']\nenv_vars = ['A_TOKEN']\n[mcp_servers.s.env]\nL = '${B_TOKEN}'\n");
    world.sandbox.allow("acme");
    let expected = with(base(&world), &[("A_TOKEN", "value-a"), ("L", "${B_TOKEN}")]);
    assert_eq!(environment(&world.exec("s", ENV).out), expected, "what Codex takes for text stays text");
}

#[test]
fn a_file_from_which_its_client_reads_variables_is_said_to_reach_no_server_that_mcpenv_starts() {
    let world = World::asking(&json!({}), "[servers.s]\nvariables = [\"A_TOKEN\"]\n", &[("A_TOKEN", "value-a")]);
    let words = ["exec", "--server", "s", "--", "/usr/bin/env", "-0"];
    let entry = json!({ "command": "mcpenv", "args": words, "envFile": "conf/\u{1b}.env", "env": { "T": "${env:A_TOKEN}" } });
    world.file(".cursor/mcp.json", &json!({ "mcpServers": { "s": entry } }).to_string());
    world.file("conf/\u{1b}.env", "SEKRET=of-the-file\n");
    world.sandbox.allow("acme");
    let ran = world.exec("s", &words[4..]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(!environment(&ran.out).contains_key("SEKRET") && environment(&ran.out)["T"] == "value-a", "{ran:?}");
    assert!(ran.err.contains("warning: `conf/\\x1b.env` is not read: what it sets does not reach"), "{ran:?}");
}
