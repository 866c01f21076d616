//! What costs a process and what does not; what is noticed at the next prompt.

use std::fs;

use crate::sandbox::Sandbox;
use crate::stand_in::Answer;
use crate::under_test::{ShellUnderTest, each, is_there, only};

fn with_token(shell: &'static ShellUnderTest) -> Sandbox {
    let sandbox = Sandbox::new(shell);
    let answer = Answer::new(&sandbox).put(&[("TOK", b"ours")]).watch(&sandbox.path("p/.mcpenv.toml"));
    sandbox.answer("p", &answer.watch(&sandbox.path("p")).absent(&sandbox.path("p/.mcp.json")));
    sandbox
}

#[test]
fn two_hundred_idle_prompts_start_no_process() {
    if !is_there("strace") {
        return;
    }
    each(|shell| {
        for place in ["p", "out"] {
            let [few, many] = [1, 200].map(|prompts| {
                let sandbox = with_token(shell);
                let hook = sandbox.hook(&sandbox.path("stand/mcpenv"));
                let script =
                    format!("{}\n{}\ncd \"$S/{place}\"\n{}", shell.prelude, (shell.load)(&hook), "prompt\n".repeat(prompts + 1));
                fs::write(sandbox.path("script"), script).expect("the script");
                let log = sandbox.path("log");
                let status = sandbox
                    .command("strace")
                    .args(["-f", "-qq", "-e", "trace=fork,vfork,clone,clone3,execve", "-o"])
                    .arg(&log)
                    .arg(format!("/usr/bin/{}", shell.program))
                    .args(shell.script)
                    .arg(sandbox.path("script"))
                    .status()
                    .expect("strace runs");
                let log = fs::read_to_string(log).unwrap_or_default();
                if !status.success() && !log.contains("execve") {
                    eprintln!("skipped: strace may not trace here");
                }
                assert_eq!(sandbox.calls().len(), usize::from(place == "p"), "{}: {place}", shell.name);
                log.lines().filter(|line| !line.contains("resumed")).count()
            });
            assert_eq!(few, many, "{}: processes for 1 and for 200 idle prompts in {place}", shell.name);
        }
    });
}

#[test]
fn a_thousand_times_in_and_out_leave_the_environment_as_it_was() {
    each(|shell| {
        let sandbox = with_token(shell);
        let round = "cd \"$S/p\"; prompt; cd \"$S/out\"; prompt\n";
        // the first rounds settle OLDPWD
        let script = format!(
            "give OTHER \"a  b\"; hold TOK before\n{}/usr/bin/env -0 >\"$S/first\"; set | grep -c __mcpenv >\"$S/few\"\n{}/usr/bin/env -0 >\"$S/last\"; set | grep -c __mcpenv >\"$S/many\"; show TOK",
            round.repeat(2),
            round.repeat(1_000)
        );
        sandbox.run(&script).is(shell, "TOK set [before]", "");
        // sorted: fish 4 hands its variables over in any order
        let read = |name: &str| {
            let listing = fs::read(sandbox.path(name)).expect("a listing");
            let mut entries: Vec<Vec<u8>> = listing.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect();
            entries.sort_unstable();
            entries
        };
        assert!(read("first") == read("last"), "{}: the environment differs", shell.name);
        assert!(read("few") == read("many"), "{}: the hook's own state grew", shell.name);
        assert_eq!(sandbox.calls().len(), 1_002, "{}", shell.name);
    });
}

#[test]
fn what_changes_is_noticed_at_the_next_prompt_and_only_that() {
    each(|shell| {
        let cases = [
            ("a newer file", "touch -d 2033-01-01 \"$S/p/.mcpenv.toml\"", 2),
            ("an older file", "touch -d 2001-01-01 \"$S/p/.mcpenv.toml\"", 2),
            (
                "another nanosecond",
                "touch -d \"$(date -d @$(stat -c %Y \"$S/p/.mcpenv.toml\") +%FT%T).000000001\" \"$S/p/.mcpenv.toml\"",
                2,
            ),
            ("a file that was not there", "touch \"$S/p/.mcp.json\"", 2),
            ("an entry in the directory", "touch \"$S/p/.new\"", 2),
            ("a file elsewhere", "touch \"$S/out/file\"", 1),
            (
                "a directory inside the project",
                "mkdir -p \"$S/p/sub/deep\"; touch -r \"$S/run/p.stamp\" \"$S/p\"; cd sub/deep",
                1,
            ),
            (
                "a nearer project that appears",
                "mkdir \"$S/p/sub\"; touch -r \"$S/run/p.stamp\" \"$S/p\"; cd sub; prompt; touch .mcpenv.toml .answer; prompt",
                2,
            ),
            ("the end of the project", "rm \"$S/p/.mcpenv.toml\"", 1),
        ];
        for (what, change, calls) in cases {
            let sandbox = with_token(shell);
            let mut script = format!("touch -r \"$S/p\" \"$S/run/p.stamp\"; cd \"$S/p\"; prompt; prompt; {change}; prompt\n");
            if calls == 1 && what.starts_with("the end") {
                script.push_str("show TOK\n");
            }
            let output = sandbox.run(&script);
            assert_eq!(sandbox.calls().len(), calls.max(1), "{}: {what}: {:?} {}", shell.name, sandbox.calls(), output.stderr);
            if what.starts_with("the end") {
                assert_eq!(output.stdout, "TOK unset\n", "{}: {what}", shell.name);
            }
        }
    });
}

#[test]
fn a_project_that_appears_later_here_or_above_is_noticed() {
    each(|shell| {
        let sandbox = with_token(shell);
        sandbox.project("late/deep/x");
        sandbox.project("late");
        sandbox.answer("late", &Answer::new(&sandbox).put(&[("TOK", b"ours")]).watch(&sandbox.path("late/.mcpenv.toml")));
        sandbox
            .run(
                r#"
            mv "$S/late/.mcpenv.toml" "$S/out/away"; cd "$S/late/deep"; prompt; prompt; show TOK
            mv "$S/out/away" "$S/late/.mcpenv.toml"; prompt; show TOK; prompt
            rm "$S/late/.mcpenv.toml"; prompt; show TOK
            "#,
            )
            .is(shell, "TOK unset\nTOK exported [ours]\nTOK unset", "");
        assert_eq!(sandbox.calls().len(), 1, "{}", shell.name);
    });
}

#[test]
fn the_walk_ends_where_the_settings_say() {
    each(|shell| {
        let sandbox = with_token(shell);
        // the sandbox's root is where the walk ends: it and what is above are not searched
        fs::copy(sandbox.path("p/.mcpenv.toml"), sandbox.path(".mcpenv.toml")).expect("a project file");
        sandbox.run("prompt; cd \"$S\"; prompt; cd \"$S/p\"; prompt; show TOK").is(shell, "TOK exported [ours]", "");
        assert_eq!(sandbox.calls().len(), 1, "{}: {:?}", shell.name, sandbox.calls());
    });
}

#[test]
fn a_deadline_asks_the_binary_again_and_a_clock_that_went_back_does_too() {
    for (name, later, back) in [
        ("bash", "SECONDS=$((SECONDS + 100))", "SECONDS=0"),
        ("zsh", "(( __mcpenv_wake -= 100, __mcpenv_was -= 100 ))", "(( __mcpenv_was += 1000, __mcpenv_wake += 1000 ))"),
    ] {
        only(name, |shell| {
            for (what, change, calls) in [("before it", "true", 1), ("after it", later, 2), ("back", back, 2)] {
                let sandbox = Sandbox::new(shell);
                sandbox.answer("p", &Answer::new(&sandbox).put(&[("TOK", b"ours")]).wake(90));
                sandbox.run(&format!("SECONDS=5; cd \"$S/p\"; prompt; prompt; {change}; prompt"));
                assert_eq!(sandbox.calls().len(), calls, "{name}: {what}");
            }
        });
    }
}

#[test]
fn a_bash_that_compares_whole_seconds_asks_once_more() {
    only("bash", |shell| {
        let sandbox = Sandbox::new(shell);
        sandbox.answer("p", &Answer::new(&sandbox).put(&[("TOK", b"ours")]).racy());
        let script = |version: &str| {
            format!(
                "__mcpenv_bash={version}; SECONDS=5; cd \"$S/p\"; prompt; SECONDS=${{__mcpenv_was:-5}}; prompt; SECONDS=60; prompt; cd \"$S/out\"; prompt"
            )
        };
        sandbox.run(&script("502"));
        assert_eq!(sandbox.calls().len(), 1);
        sandbox.run(&script("302"));
        assert_eq!(sandbox.calls().len(), 1 + 2);
    });
}
