//! Which program runs, and where: no directory slips another one in.

use serde_json::json;

use crate::sandbox::{chmod, path};
use crate::world::World;

fn script(world: &World, name: &str, text: &str) {
    world.file(name, &format!("#!/bin/sh\n{text}\n"));
    chmod(&world.project().join(name), 0o755);
}

#[test]
fn a_program_of_the_project_is_never_found_through_an_element_of_path_that_is_not_absolute() {
    let mut world = World::with(&json!({ "s": { "command": "npx-like" } }), "", &[]);
    script(&world, "npx-like", "echo slipped in");
    script(&world, "bin/npx-like", "echo slipped in");
    for path in [".:/usr/bin:/bin", ":/usr/bin:/bin", "/usr/bin::/bin", "bin:/usr/bin", "/usr/bin:/bin:", "./bin"] {
        world.sandbox.set_variable("PATH", path);
        let ran = world.exec("s", &["npx-like"]);
        assert_eq!((ran.code, ran.out.as_str()), (127, ""), "{path}: {ran:?}");
        assert!(ran.err.contains("absolute directories"), "{ran:?}");
    }
    let good = world.sandbox.root().join("good");
    world.sandbox.write(&good.join("npx-like"), "#!/bin/sh\necho the real one; echo \"$PATH\"\n");
    chmod(&good.join("npx-like"), 0o755);
    world.sandbox.set_variable("PATH", format!(".:{}:/usr/bin::/bin", path(&good)));
    let ran = world.exec("s", &["npx-like"]);
    assert_eq!(ran.out, format!("the real one\n{}:/usr/bin:/bin\n", path(&good)), "what the server starts is safe as well");
}

#[test]
fn allow_shows_where_a_name_leads_when_that_is_not_beyond_doubt() {
    let mut world = World::asking(
        &json!({ "s": { "command": "npx-like" }, "t": { "command": "./tool" }, "u": { "command": "sh" } }),
        "",
        &[],
    );
    script(&world, "npx-like", "true");
    script(&world, "tool", "true");
    let root = world.project();
    let asked = |world: &World| world.sandbox.answer(&["allow", "--project", path(&world.project())], &[("[y/N]", "n\r")]).1;
    assert!(!asked(&world).contains("PATH leads to"), "{}", asked(&world));
    world.sandbox.set_variable("PATH", ".:/usr/bin:/bin");
    let screen = asked(&world);
    assert!(
        screen.contains(&format!("PATH leads to `{}/./npx-like`", path(&root)))
            || screen.contains(&format!("PATH leads to `{}/npx-like`", path(&root))),
        "{screen}"
    );
    assert!(screen.contains("`mcpenv exec` would not"), "{screen}");
    assert!(screen.contains("the program lies in the project"), "{screen}");
    world.sandbox.set_variable("PATH", format!("{}:/usr/bin:/bin", path(&root)));
    assert!(asked(&world).contains("which lies in the project"), "{}", asked(&world));
}

#[test]
fn allow_says_that_the_mcpenv_of_a_wrapper_lies_in_the_project() {
    let mut world = World::asking(&json!({}), "", &[]);
    let root = world.project();
    let own = format!("{}/mcpenv", path(&root));
    script(&world, "mcpenv", "true");
    let wrapped = |program: &str| json!({ "s": { "command": program, "args": ["exec", "--server", "s", "--", "/bin/true"] } });
    let asked = |world: &World| world.sandbox.answer(&["allow", "--project", path(&world.project())], &[("[y/N]", "n\r")]).1;
    world.declare(&wrapped(&own));
    assert!(asked(&world).contains(&format!("the program `{own}` lies in the project")), "{}", asked(&world));
    world.declare(&wrapped("mcpenv"));
    assert!(!asked(&world).contains("in the project"), "{}", asked(&world));
    world.sandbox.set_variable("PATH", format!("{}:/usr/bin:/bin", path(&root)));
    assert!(asked(&world).contains("which lies in the project"), "{}", asked(&world));
}

#[test]
fn a_server_starts_where_its_caller_stands_in_the_project_and_else_in_the_project() {
    let line = "pwd -P";
    let world = World::of_shell(line);
    let root = world.project();
    std::fs::create_dir(root.join("deeper")).expect("a directory");
    let from = |place: &std::path::Path| {
        let args = ["exec", "--project", path(&root), "--server", "s", "--", "/bin/sh", "-c", line];
        let out = world.sandbox.command(&args).current_dir(place).env("PWD", place).output().expect("it ran");
        String::from_utf8_lossy(&out.stdout).trim().to_owned()
    };
    assert_eq!(from(&root), path(&root));
    assert_eq!(from(&root.join("deeper")), path(&root.join("deeper")));
    assert_eq!(from(&world.sandbox.home()), path(&root));
    assert_eq!(from(std::path::Path::new("/")), path(&root));
}

#[test]
fn a_directory_that_the_entry_names_is_kept() {
    let world = World::asking(&json!({}), "", &[("A_TOKEN", "value-a")]);
    let place = world.sandbox.root().join("place");
    std::fs::create_dir(&place).expect("a directory");
    let entry = json!({ "command": "/bin/pwd", "cwd": path(&place), "env": { "T": "${A_TOKEN}" } });
    world.declare(&json!({ "s": entry }));
    world.sandbox.allow("acme");
    let from = |start: &std::path::Path| {
        let root = world.project();
        let args = ["exec", "--project", path(&root), "--server", "s", "--", "/bin/pwd"];
        let out = world.sandbox.command(&args).current_dir(start).env("PWD", start).output().expect("it ran");
        String::from_utf8_lossy(&out.stdout).trim().to_owned()
    };
    assert_eq!(from(&place), path(&place));
    assert_eq!(from(&world.sandbox.home()), path(&place));
}
