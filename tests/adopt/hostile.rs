//! Files that lie elsewhere, may not be written, change meanwhile, or are no files of a client at all.

use std::fs;

use crate::sandbox::path;
use crate::world::World;

const TOKEN: &str = "ghp_FAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKE";

fn claude(token: &str) -> String {
    format!(
        "{{ \"mcpServers\": {{ \"github\": {{ \"command\": \"/opt/gh\", \"env\": {{ \"GITHUB_TOKEN\": \"{token}\" }} }} }} }}\n"
    )
}

#[test]
fn what_another_program_wrote_meanwhile_stays() {
    let world = World::with(&[(".mcp.json", &claude(TOKEN))]);
    let project = world.sandbox.project("acme");
    let changed = claude(TOKEN).replace("/opt/gh", "/opt/other");
    let (code, screen) = world.sandbox.answer_while(&["adopt", "--project", path(&project)], &[("[y/N]", "y\r")], || {
        world.put(".mcp.json", &changed);
    });
    assert_eq!(code, 1, "{screen}");
    assert!(screen.contains("was changed meanwhile") && screen.contains("run the command again"), "{screen}");
    assert_eq!(world.text(".mcp.json"), changed);
    world.adopt(&[]);
    assert_eq!(world.text(".mcp.json"), claude("${GITHUB_TOKEN}").replace("/opt/gh", "/opt/other"));
    assert_eq!(world.values().len(), 1);
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_stays_one_and_what_it_leads_to_keeps_its_mode() {
    use crate::sandbox::{chmod, mode};
    let world = World::with(&[("configs/mcp.json", &claude(TOKEN))]);
    chmod(&world.at("configs/mcp.json"), 0o640);
    std::os::unix::fs::symlink("configs/mcp.json", world.at(".mcp.json")).expect("a link");
    world.adopt(&[]);
    assert!(world.at(".mcp.json").is_symlink());
    assert_eq!(world.text("configs/mcp.json"), claude("${GITHUB_TOKEN}"));
    assert_eq!(mode(&world.at("configs/mcp.json")), 0o640);
    world.adopt_undo();
    assert_eq!(world.text(".mcp.json"), claude(TOKEN));
    assert_eq!(mode(&world.at("configs/mcp.json")), 0o640);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_of_the_project_is_not_followed() {
    let world = World::with(&[("~/elsewhere.json", &claude(TOKEN))]);
    std::os::unix::fs::symlink(world.at("~/elsewhere.json"), world.at(".mcp.json")).expect("a link");
    let ran = world.dry(&[]);
    assert!(ran.out.contains("leads out of the project"), "{ran:?}");
    assert_eq!(world.text("~/elsewhere.json"), claude(TOKEN));
}

#[cfg(unix)]
#[test]
fn what_is_no_ordinary_file_or_too_large_is_named_and_holds_nothing_up() {
    let world = World::with(&[(".cursor/mcp.json", &claude(TOKEN))]);
    let file = world.at(".mcp.json");
    let fifo = || assert!(std::process::Command::new("mkfifo").arg(&file).status().expect("mkfifo").success());
    let large = || fs::File::create(&file).and_then(|file| file.set_len(1 << 30)).expect("a sparse file");
    let make: [(&dyn Fn(), &str); 3] =
        [(&fifo, "no regular file"), (&|| fs::create_dir(&file).expect("made"), "no regular file"), (&large, "is larger than")];
    for (make, why) in make {
        make();
        let ran = world.dry(&[]);
        assert!(ran.out.contains("`.mcp.json`") || ran.out.contains("/.mcp.json`"), "{ran:?}");
        assert!(ran.out.contains(why) && ran.out.contains("${env:GITHUB_TOKEN}"), "{ran:?}");
        let named = world.sandbox.run_in("acme", &["adopt", "--dry-run", "--client", "claude-code", ".mcp.json"]);
        assert!(format!("{named:?}").contains(why), "{named:?}");
        if file.is_dir() { fs::remove_dir(&file) } else { fs::remove_file(&file) }.expect("removed");
    }
}

#[cfg(unix)]
#[test]
fn a_file_with_another_name_is_said_to_keep_its_plaintext_there_before_anybody_is_asked() {
    let world = World::with(&[(".mcp.json", &claude(TOKEN)), (".vscode/mcp.json", "{}")]);
    let told = "`.mcp.json` has another name on this disk (a hard link)";
    assert!(!world.dry(&[]).out.contains("another name"));
    fs::hard_link(world.at(".mcp.json"), world.at("other.json")).expect("a link");
    assert!(world.dry(&[]).out.contains(told));
    let json = world.dry(&["--json"]);
    assert!(json.out.contains("(a hard link)"), "{json:?}");
    let (code, screen) = world.answered(&[], "n");
    let question = screen.find("[y/N]").expect("a question");
    assert!(code == 0 && screen.find(told).is_some_and(|at| at < question), "{screen}");
    assert_eq!(world.text(".mcp.json"), claude(TOKEN));
    world.adopt(&[]);
    assert_eq!(world.text(".mcp.json"), claude("${GITHUB_TOKEN}"));
    assert_eq!(world.text("other.json"), claude(TOKEN));
    assert!(!world.dry(&[]).out.contains("another name"));
}

#[cfg(unix)]
#[test]
fn a_file_that_may_only_be_read_is_named_and_the_others_are_told_as_left() {
    use crate::sandbox::chmod;
    let world = World::with(&[(".mcp.json", &claude(TOKEN))]);
    chmod(&world.at(".mcp.json"), 0o444);
    let (code, screen) = world.answered(&[], "y");
    assert_eq!(code, 1, "{screen}");
    assert!(screen.contains("may only be read") && screen.contains("chmod u+w"), "{screen}");
    assert_eq!(world.text(".mcp.json"), claude(TOKEN));
    chmod(&world.at(".mcp.json"), 0o644);
    world.adopt(&[]);
    assert_eq!(world.text(".mcp.json"), claude("${GITHUB_TOKEN}"));
}

#[test]
fn what_is_no_file_of_its_client_is_left_alone_and_said() {
    for (text, why) in [
        (claude(TOKEN).replace(" } } }", ""), "line"),
        (
            format!(
                "{{\"mcpServers\": {{\"a\": {{\"command\": \"x\", \"env\": {{\"A_TOKEN\": \"{TOKEN}\", \"A_TOKEN\": \"{TOKEN}\"}}}}}}}}"
            ),
            "stands twice",
        ),
        (format!("{{\"mcpServers\": [\"{TOKEN}\"]}}"), "No plaintext"),
        (format!("\"{TOKEN}\""), "No plaintext"),
        (String::new(), "No plaintext"),
    ] {
        let world = World::with(&[(".mcp.json", &text)]);
        let screen = world.adopt(&[]);
        assert!(screen.contains(why) && !screen.contains("[y/N]") && !screen.contains("FAKEFAKE"), "{text}: {screen}");
        assert_eq!(world.text(".mcp.json"), text);
        assert_eq!(world.values().len(), 0);
    }
}

#[test]
fn a_value_of_another_kind_is_left_where_it_stands() {
    let text = "{\"mcpServers\": {\"a\": {\"command\": \"x\", \"args\": {\"--token\": true}, \"env\": {\"A_TOKEN\": 123456789012345678901234567890}}}}";
    let world = World::with(&[(".mcp.json", text)]);
    world.adopt(&[]);
    assert_eq!(world.text(".mcp.json"), text);
}

#[test]
fn a_home_of_ten_megabytes_is_changed_in_one_place() {
    let filler: String =
        (0..40_000).map(|n| format!("\"/w/{n}\":{{\"history\":[\"{}\"],\"mcpServers\":{{}}}},", "x".repeat(200))).collect();
    let text = |token: &str| {
        format!(
            "{{\"projects\":{{{filler}\"z\":{{}}}},\"mcpServers\":{{\"a\":{{\"command\":\"x\",\"env\":{{\"A_TOKEN\":\"{token}\"}}}}}}}}"
        )
    };
    let world = World::with(&[("~/.claude.json", &text(TOKEN))]);
    world.adopt(&["--user"]);
    assert!(world.text("~/.claude.json") == text("${A_TOKEN}"), "more than the token changed");
}

#[test]
fn a_server_with_more_plaintext_than_is_told_at_once_is_taken_in_several_runs() {
    let words: String = (0..1200).map(|n| format!("\"--token\",\"made-up-{n:08}-4f9a2c\",")).collect();
    let text = format!("{{\"mcpServers\": {{\"a\": {{\"command\": \"x\", \"args\": [{words}\"z\"]}}}}}}");
    let world = World::with(&[(".mcp.json", &text)]);
    let told = "`a` holds more plaintext than is told at once: run the command again";
    assert!(world.dry(&[]).out.contains(told));
    world.adopt(&[]);
    assert_eq!(world.text(".mcp.json").matches("made-up-").count(), 200);
    assert!(!world.dry(&[]).out.contains(told));
    world.adopt(&[]);
    assert_eq!(world.text(".mcp.json").matches("made-up-").count(), 0);
    assert_eq!(world.values().len(), 1200);
}

#[test]
fn a_file_in_another_place_needs_the_name_of_its_client() {
    let world = World::with(&[("examples/mcp.json", &claude(TOKEN))]);
    let file = world.at("examples/mcp.json");
    let project = world.sandbox.project("acme");
    let ran = world.sandbox.run(&["adopt", "--dry-run", "--project", path(&project), path(&file)]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("--client NAME"), "{ran:?}");
    world.adopt(&["--client", "cursor", path(&file)]);
    assert_eq!(world.text("examples/mcp.json"), claude("${env:GITHUB_TOKEN}"));
}

#[test]
fn what_git_keeps_is_told_so_that_a_new_one_is_made() {
    if !crate::sandbox::needs("git") {
        return;
    }
    let git = |world: &World, words: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.args(["-c", "user.name=a", "-c", "user.email=a@b.example", "-C", path(&world.sandbox.project("acme"))]);
        let output = command.args(words).env("HOME", world.sandbox.home()).output().expect("git");
        assert!(output.status.success(), "{output:?}");
    };
    let world = World::with(&[(".mcp.json", &claude(TOKEN))]);
    assert!(!world.dry(&[]).out.contains("! git"));
    git(&world, &["init", "-q"]);
    assert!(!world.dry(&[]).out.contains("! git"), "nothing is tracked yet");
    git(&world, &["add", ".mcp.json"]);
    assert!(world.dry(&[]).out.contains("! git holds what stood in `.mcp.json`"));
    git(&world, &["commit", "-qm", "x"]);
    let screen = world.adopt(&[]);
    assert!(screen.contains("! git holds what stood in `.mcp.json`: whoever has the repository has it"), "{screen}");
    // another token in a file that is tracked, and was never committed with it
    git(&world, &["commit", "-qam", "y"]);
    world.put(".mcp.json", claude("ghp_MADEUPMADEUPMADEUPMADEUPMADEUPMADEUP"));
    assert!(world.dry(&[]).out.contains("! git keeps `.mcp.json`"));
}

#[test]
fn nothing_that_a_repository_configures_is_run() {
    if !crate::sandbox::needs("git") {
        return;
    }
    let world = World::with(&[(".mcp.json", &claude(TOKEN))]);
    let project = world.sandbox.project("acme");
    let mark = world.sandbox.root().join("mark");
    let script = world.sandbox.root().join("script");
    world.sandbox.write(&script, format!("#!/bin/sh\ntouch {}\n", path(&mark)));
    #[cfg(unix)]
    crate::sandbox::chmod(&script, 0o755);
    let git = |words: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.args(["-c", "user.name=a", "-c", "user.email=a@b.example", "-C", path(&project)]).args(words);
        assert!(command.env("HOME", world.sandbox.home()).output().expect("git").status.success());
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "x"]);
    for key in ["core.fsmonitor", "core.pager", "core.sshCommand", "core.alternateRefsCommand", "diff.external", "core.hooksPath"]
    {
        git(&["config", key, path(&script)]);
    }
    assert!(world.dry(&[]).out.contains("git holds"));
    assert!(!mark.exists());
    assert!(fs::metadata(&script).is_ok());
}

#[test]
fn a_repository_that_lacks_its_objects_fetches_none_whatever_protocol_it_allows() {
    if !crate::sandbox::needs("git") {
        return;
    }
    let mut world = World::with(&[(".mcp.json", &claude(TOKEN))]);
    let project = world.sandbox.project("acme");
    let mark = world.sandbox.root().join("mark");
    let git = |words: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.args(["-c", "user.name=a", "-c", "user.email=a@b.example", "-C", path(&project)]).args(words);
        assert!(command.env("HOME", world.sandbox.home()).output().expect("git").status.success());
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "x"]);
    git(&["config", "core.repositoryFormatVersion", "1"]);
    git(&["config", "extensions.partialClone", "origin"]);
    git(&["config", "remote.origin.promisor", "true"]);
    git(&["config", "remote.origin.url", &format!("ext::touch {}", path(&mark))]);
    git(&["config", "protocol.ext.allow", "always"]);
    for file in crate::sandbox::files_below(&project.join(".git/objects")) {
        fs::remove_file(file).expect("removed");
    }
    // a git from before it could be told not to fetch
    let old = world.sandbox.root().join("old");
    let real = std::env::split_paths(&std::env::var_os("PATH").expect("a PATH")).map(|d| d.join("git")).find(|f| f.is_file());
    let script = format!("#!/bin/sh\nunset GIT_NO_LAZY_FETCH\nexec '{}' \"$@\"\n", path(&real.expect("git")));
    world.sandbox.write(&old.join("git"), script);
    #[cfg(unix)]
    crate::sandbox::chmod(&old.join("git"), 0o755);
    world.sandbox.set_variable("PATH", format!("{}:/usr/bin:/bin", path(&old)));
    world.dry(&[]);
    assert!(!mark.exists());
}

#[cfg(unix)]
#[test]
fn undo_carries_no_plaintext_to_where_a_link_leads_by_now() {
    let world = World::with(&[(".mcp.json", &claude(TOKEN))]);
    world.adopt(&[]);
    let elsewhere = world.sandbox.root().join("elsewhere.json");
    fs::rename(world.at(".mcp.json"), &elsewhere).expect("moved");
    std::os::unix::fs::symlink(&elsewhere, world.at(".mcp.json")).expect("a link");
    let project = world.sandbox.project("acme");
    let (code, screen) = world.sandbox.answer(&["adopt", "--undo", "--project", path(&project)], &[]);
    assert_eq!(code, 1, "{screen}");
    assert!(screen.contains(".mcp.json was changed since, and stays as it is"), "{screen}");
    assert!(!fs::read_to_string(&elsewhere).expect("readable").contains(TOKEN));
    fs::rename(&elsewhere, world.at(".mcp.json")).expect("moved back");
    world.adopt_undo();
    assert_eq!(world.text(".mcp.json"), claude(TOKEN));
}
