//! Entries whose server mcpenv starts.

use serde_json::{Value, json};

use crate::sandbox::path;
use crate::world::{ENV, World, environment};

/// An entry as a client has it, with mcpenv before the server's own command.
fn wrapped(options: &[&str], words: &[&str]) -> Value {
    let args: Vec<&str> = ["exec"].iter().chain(options).chain(&["--"]).chain(words).copied().collect();
    json!({ "command": "mcpenv", "args": args })
}

/// Runs what the entry says, as a client would: word by word.
fn as_client(world: &World, entry: &Value) -> crate::sandbox::Ran {
    let args: Vec<&str> = entry["args"].as_array().expect("a list").iter().map(|a| a.as_str().expect("a text")).collect();
    world.run(&args)
}

const OWN: &str = "[servers.s]\nvariables = [\"A_TOKEN\"]\n[variables.A_TOKEN]\ninject = \"exec\"\n";

#[test]
fn a_wrapped_server_is_read_through_and_gets_what_the_projects_own_file_names() {
    let entry = wrapped(&["--server", "s"], ENV);
    let world = World::asking(&json!({ "s": entry }), OWN, &[("A_TOKEN", "value-a"), ("B_TOKEN", "value-b")]);
    let screen = world.sandbox.allow("acme");
    for part in ["runs     /usr/bin/env -0", "through  mcpenv exec --server s", "gets     A_TOKEN (exec)"] {
        assert!(screen.contains(part), "{part}: {screen}");
    }
    assert!(!screen.contains("args["), "nothing is told twice: {screen}");
    assert_eq!(screen.matches("gets  ").count(), 1, "the server of .mcpenv.toml is this one: {screen}");
    let got = environment(&as_client(&world, &entry).out);
    assert_eq!(got["A_TOKEN"], "value-a");
    assert!(!got.contains_key("B_TOKEN"), "{got:?}");
    assert!(world.sandbox.loaded("acme").is_empty());
}

#[test]
fn dangers_are_looked_for_in_what_is_wrapped() {
    let servers = json!({
        "s": wrapped(&["--server", "s"], &["npx", "-y", "some-server"]),
        "t": wrapped(&["--server=t"], &["node", "-e", "evil()"]),
    });
    let world = World::asking(&servers, OWN, &[("A_TOKEN", "value-a")]);
    let screen = world.sandbox.allow("acme");
    assert!(screen.contains("`some-server` is not pinned") && screen.contains("`node` runs code"), "{screen}");
}

#[test]
fn a_change_in_the_wrapper_or_behind_it_is_a_change() {
    let entry = wrapped(&["--server", "s"], ENV);
    let world = World::with(&json!({ "s": entry }), OWN, &[("A_TOKEN", "value-a"), ("B_TOKEN", "value-b")]);
    assert_eq!(as_client(&world, &entry).code, 0);
    for other in [
        wrapped(&["--server", "s"], &["/usr/bin/env", "-u"]),
        wrapped(&["--server", "s", "--client", "claude-code"], ENV),
        wrapped(&["--server", "s", "--project", path(&world.project())], ENV),
    ] {
        world.declare(&json!({ "s": other }));
        let ran = as_client(&world, &other);
        assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{ran:?}");
        assert!(world.sandbox.allow("acme").contains("CHANGED"));
        assert!(matches!(as_client(&world, &other).code, 0 | 125));
    }
    world.declare(&json!({ "s": entry }));
    world.sandbox.allow("acme");
    world.own_file(&OWN.replace("[\"A_TOKEN\"]", "[\"A_TOKEN\", \"B_TOKEN\"]"));
    assert_eq!(as_client(&world, &entry).code, 4, "it asks for more than was approved");
}

#[test]
fn hostile_wrappers_get_nothing_and_start_nothing() {
    for (entry, mark) in [
        (wrapped(&["--server", "s"], &["mcpenv", "exec", "--server", "other", "--", "/usr/bin/env", "-0"]), "mcpenv again"),
        (wrapped(&["--server", "s"], &["/x/mcpenv", "get", "A_TOKEN", "--reveal"]), "mcpenv again"),
        (wrapped(&[], ENV), "`--server` is missing"),
        (json!({ "command": "mcpenv", "args": ["exec", "--server", "s", "/usr/bin/env"] }), "`--` is missing"),
        (json!({ "command": "mcpenv", "args": ["exec", "--server", "s", "--"] }), "command are missing"),
        (wrapped(&["--server", "s", "--server", "other"], ENV), "given twice"),
        (wrapped(&["--server", "s", "--profile", "other"], ENV), "none that mcpenv has"),
        (json!({ "command": "./mcpenv", "args": ["exec", "--server", "s", "--", "/usr/bin/env", "-0"] }), "not absolute"),
    ] {
        let other = wrapped(&["--server", "other"], ENV);
        let own = format!("{OWN}[servers.other]\nvariables = [\"B_TOKEN\"]\n");
        let world =
            World::asking(&json!({ "s": entry, "other": other }), &own, &[("A_TOKEN", "value-a"), ("B_TOKEN", "value-b")]);
        let screen = world.sandbox.allow("acme");
        assert!(screen.contains(mark), "{mark}: {screen}");
        let ran = as_client(&world, &entry);
        assert!(matches!(ran.code, 2 | 4), "{entry}: {ran:?}");
        assert!(!ran.all().contains("value-"), "{entry}: {ran:?}");
        assert_eq!(environment(&as_client(&world, &other).out)["B_TOKEN"], "value-b", "the other one still starts");
    }
}

#[test]
fn a_wrapper_that_names_another_server_gets_neither_ones_variables() {
    let entry = wrapped(&["--server", "other"], ENV);
    let other = wrapped(&["--server", "other"], &["/bin/echo", "fine"]);
    let own = format!("{OWN}[servers.other]\nvariables = [\"B_TOKEN\"]\n");
    let world = World::asking(&json!({ "s": entry, "other": other }), &own, &[("A_TOKEN", "value-a"), ("B_TOKEN", "value-b")]);
    let screen = world.sandbox.allow("acme");
    assert!(screen.contains("it asks for the server `other`, not for itself"), "{screen}");
    let ran = as_client(&world, &entry);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{ran:?}");
    assert_eq!(as_client(&world, &other).out, "fine\n");
}

#[test]
fn a_wrapper_for_another_project_gets_what_was_approved_there_and_nothing_of_here() {
    let world = World::asking(&json!({}), OWN, &[("A_TOKEN", "value-a")]);
    let elsewhere = world.sandbox.project("elsewhere");
    world.sandbox.write(&elsewhere.join(".mcpenv.toml"), "profile = \"acme\"\n");
    let entry = wrapped(&["--project", path(&elsewhere), "--server", "s"], ENV);
    world.declare(&json!({ "s": entry }));
    let screen = world.sandbox.allow("acme");
    assert!(screen.contains("it names its project itself"), "{screen}");
    let ran = as_client(&world, &entry);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""), "not approved there: {ran:?}");
    let ran = world.exec("s", ENV);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""), "and here it is for another project: {ran:?}");
    assert!(ran.err.contains("for another project"), "{ran:?}");
}

#[test]
fn a_wrapper_of_the_users_own_file_names_its_project_and_counts_only_there() {
    let world = World::asking(&json!({}), OWN, &[("A_TOKEN", "value-a")]);
    let entry = wrapped(&["--project", path(&world.project()), "--server", "s"], ENV);
    world.sandbox.write(&world.sandbox.home().join(".cursor/mcp.json"), json!({ "mcpServers": { "s": entry } }).to_string());
    world.sandbox.allow("acme");
    let args: Vec<&str> = entry["args"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert_eq!(environment(&world.sandbox.run(&args).out)["A_TOKEN"], "value-a", "started from anywhere");
    world.sandbox.write(
        &world.sandbox.project("other").join(".mcpenv.toml"),
        "profile = \"acme\"\n[servers.s]\nvariables = [\"A_TOKEN\"]\n",
    );
    let (_, screen) = world.sandbox.answer(&["allow", "--project", path(&world.sandbox.project("other"))], &[("[y/N]", "n\r")]);
    assert!(!screen.contains("/usr/bin/env"), "{screen}");
}

#[test]
fn a_placeholder_in_the_arguments_becomes_the_value_and_allow_says_that_everybody_sees_it() {
    let words = ["/bin/echo", "--key=%{A_TOKEN}", "%{A_TOKEN}%{A_TOKEN}", "%{B_TOKEN}", "%{http_code}", "%{", "100%"];
    let entry = wrapped(&["--server", "s"], &words);
    let world = World::asking(&json!({ "s": entry }), OWN, &[("A_TOKEN", "%{A_TOKEN}!"), ("B_TOKEN", "value-b")]);
    let screen = world.sandbox.allow("acme");
    assert!(screen.contains("the value of `A_TOKEN` stands in the arguments"), "{screen}");
    assert!(screen.contains("`%{B_TOKEN}` is none of its variables"), "{screen}");
    let ran = as_client(&world, &entry);
    assert_eq!(ran.out, "--key=%{A_TOKEN}! %{A_TOKEN}!%{A_TOKEN}! %{B_TOKEN} %{http_code} %{ 100%\n");
    let typed = ["/bin/echo", "--key=%{A_TOKEN}!", "%{A_TOKEN}!%{A_TOKEN}!", "%{B_TOKEN}", "%{http_code}", "%{", "100%"];
    assert_eq!(world.exec("s", &typed).code, 4, "what was approved is the text, not the value");
}

#[test]
fn a_placeholder_in_an_entry_that_mcpenv_does_not_start_is_text_and_a_reference_there_is_said_to_be_seen_by_all() {
    let args = ["%{A_TOKEN}", "${B_TOKEN}"];
    let entry = json!({ "command": "/bin/echo", "args": args, "env": { "T": "${A_TOKEN}" } });
    let world = World::asking(&json!({ "s": entry }), "", &[("A_TOKEN", "tok-1f9c"), ("B_TOKEN", "tok-2e8d")]);
    let screen = world.sandbox.allow("acme");
    assert!(screen.contains("`B_TOKEN` stands in the arguments") && !screen.contains("`A_TOKEN` stands"), "{screen}");
    let ran = world.exec("s", &["/bin/echo", "%{A_TOKEN}", "${B_TOKEN}"]);
    assert_eq!(ran.out, "%{A_TOKEN} tok-2e8d\n");
}

#[test]
fn files_that_are_full_of_names_cost_no_more_than_their_length() {
    let names: Vec<String> = (0..20_000).map(|n| format!("\"N{n}\"")).collect();
    let headers: Vec<String> = (0..5_000).map(|n| format!("H{n} = \"${{N{n}}}\"")).collect();
    let placeholders: String = (0..60_000).map(|n| format!("%{{P{n}}}")).collect();
    let entry = wrapped(&["--server", "s"], &["/bin/echo", &placeholders]);
    let helped = json!({ "url": "https://x.example", "headersHelper": "mcpenv headers r" });
    let own = format!("[servers.s]\nvariables = [{}]\n[servers.r.headers]\n{}\n", names.join(","), headers.join("\n"));
    let world = World::asking(&json!({ "s": entry, "r": helped }), &own, &[]);
    let started = std::time::Instant::now();
    assert_eq!(world.exec("s", &["/bin/echo", &placeholders[..100_000]]).code, 4);
    assert_eq!(world.run(&["headers", "r"]).code, 4);
    assert_eq!(world.run(&["status"]).code, 0);
    // without optimisation; far from the square of it
    assert!(started.elapsed() < std::time::Duration::from_secs(30), "{:?}", started.elapsed());
    eprintln!("took {:?}", started.elapsed());
}

#[test]
fn why_and_status_know_a_wrapped_server() {
    let world = World::with(&json!({ "s": wrapped(&["--server", "s"], ENV) }), OWN, &[("A_TOKEN", "tok-1f9c")]);
    let ran = world.run(&["why", "A_TOKEN"]);
    assert!(ran.code == 0 && ran.out.contains(".mcp.json"), "{ran:?}");
    let ran = world.run(&["status"]);
    assert!(ran.out.contains("A_TOKEN"), "{ran:?}");
    let ran = world.run(&["check"]);
    assert!(ran.code == 0 && ran.out.contains("not for the shell"), "{ran:?}");
}

#[test]
fn what_mcpenv_itself_gives_a_wrapped_server_reaches_it() {
    let servers = json!({ "s": wrapped(&["--server", "s"], &["/bin/true"]) });
    let world = World::asking(&servers, OWN, &[("A_TOKEN", "value-a")]);
    let told = world.run(&["why", "A_TOKEN"]).out;
    assert!(told.contains("Claude Code: exported") && !told.contains("does not reach"), "{told}");
}

#[test]
fn a_placeholder_in_what_a_wrapped_entry_sets_becomes_the_value_and_in_any_other_it_is_text() {
    let env = json!({ "OTHER": "x-%{A_TOKEN}", "ODD": "%{B_TOKEN}" });
    let words = ["exec", "--server", "s", "--", "/usr/bin/env", "-0"];
    let plain = json!({ "command": "/usr/bin/env", "args": ["-0"], "env": { "OTHER": "%{A_TOKEN}", "T": "${A_TOKEN}" } });
    let servers = json!({ "s": { "command": "mcpenv", "args": words, "env": env }, "plain": plain });
    let values = [("A_TOKEN", "value-a"), ("B_TOKEN", "value-b")];
    let world = World::asking(&servers, "[servers.s]\nvariables = [\"A_TOKEN\"]\n", &values);
    let project = world.project();
    let (_, screen) = world.sandbox.answer(&["allow", "--project", path(&project)], &[("[y/N]", "y\r")]);
    assert_eq!(screen.matches("`%{B_TOKEN}` is none of its variables").count(), 1, "{screen}");
    assert!(!screen.contains("list of processes"), "{screen}");
    let found = environment(&world.exec("s", &words[4..]).out);
    assert_eq!((found["OTHER"].as_str(), found["ODD"].as_str()), ("x-value-a", "%{B_TOKEN}"));
    assert!(!found.contains_key("B_TOKEN"));
    let found = environment(&world.exec("plain", &words[4..]).out);
    assert_eq!((found["OTHER"].as_str(), found["T"].as_str()), ("%{A_TOKEN}", "value-a"));
}
