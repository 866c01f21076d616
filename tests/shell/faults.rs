//! A binary that crashes, hangs, prints garbage or is not there; loads that are interrupted.

use std::fs;

use crate::sandbox::Sandbox;
use crate::stand_in::Answer;
use crate::terminal::Terminal;
use crate::under_test::{ShellUnderTest, each, only};

const FAILED: &str = "mcpenv: could not load here, nothing is set; run mcpenv status";

/// A project `p` that loads `TOK`, and says so.
fn with_token(shell: &'static ShellUnderTest) -> Sandbox {
    let sandbox = Sandbox::new(shell);
    let answer = Answer::new(&sandbox).put(&[("TOK", b"ours")]).say("mcpenv: loaded");
    sandbox.answer("p", &answer.watch(&sandbox.path("p/.mcpenv.toml")));
    sandbox
}

#[test]
fn nothing_of_an_answer_that_is_not_whole_is_evaluated() {
    each(|shell| {
        for mode in ["crash", "alarm", "fail", "cut", "head", "garbage", "version", "silent"] {
            let sandbox = with_token(shell);
            sandbox.mode(mode);
            let output = sandbox.run(
                r#"
                give TOK before
                cd "$S/p"; prompt; show TOK; show __MCPENV_LOADED; prompt; prompt
                cd "$S/out"; prompt; show TOK
                "#,
            );
            let found = (output.stdout.as_str(), output.stderr.as_str());
            let wanted = "TOK exported [before]\n__MCPENV_LOADED unset\nTOK exported [before]\n";
            assert_eq!(found, (wanted, format!("{FAILED}\n").as_str()), "{}: {mode}", shell.name);
            assert_eq!(sandbox.calls().len(), 1, "{}: {mode}: not asked again until something changes", shell.name);
        }
    });
}

#[test]
fn what_was_loaded_is_undone_when_a_reload_fails_and_a_mended_file_is_noticed() {
    each(|shell| {
        let sandbox = with_token(shell);
        sandbox
            .run(
                r#"
            give TOK before; cd "$S/p"; prompt; show TOK
            echo crash >"$S/stand/mode"; touch -d 2001-01-01 "$S/p/.mcpenv.toml"; prompt; show TOK; prompt
            echo >"$S/stand/mode"; echo '# mended' >"$S/p/.mcpenv.toml"; prompt; show TOK
            cd "$S/out"; prompt; show TOK
            "#,
            )
            .is(
                shell,
                "TOK exported [ours]\nTOK exported [before]\nTOK exported [ours]\nTOK exported [before]",
                &format!("mcpenv: loaded\n{FAILED}"),
            );
        assert_eq!(sandbox.calls().len(), 3, "{}", shell.name);
    });
}

#[test]
fn a_missing_binary_costs_one_line_and_its_return_is_noticed() {
    each(|shell| {
        let sandbox = with_token(shell);
        sandbox
            .run(
                r#"
            mv "$S/stand/mcpenv" "$S/stand/away"; cd "$S/p"; prompt; prompt; show TOK
            mv "$S/stand/away" "$S/stand/mcpenv"; prompt; show TOK
            mv "$S/stand/mcpenv" "$S/stand/away"; prompt; cd "$S/out"; prompt; show TOK
            "#,
            )
            .is(shell, "TOK unset\nTOK exported [ours]\nTOK unset", &format!("{FAILED}\nmcpenv: loaded"));
    });
}

#[test]
fn ctrl_c_ends_a_hanging_binary_and_it_is_not_asked_again_until_something_changes() {
    each(|shell| {
        let sandbox = with_token(shell);
        sandbox.mode("hang");
        let mut terminal = Terminal::start(&sandbox);
        // what was switched off while the hook ran is on again afterwards
        let (set_up, look, wanted) = match shell.name {
            "bash" => {
                ("set -ETa; trap true DEBUG", "trap -p DEBUG; case $- in *a*E*T*) echo opt''ions ;; esac", ["DEBUG", "options"])
            }
            "zsh" => ("trap true DEBUG; setopt ALL_EXPORT", "trap; [[ -o allexport ]] && echo opt''ions", ["DEBUG", "options"]),
            _ => ("true", "echo opt''ions", ["options", "options"]),
        };
        terminal.run(set_up);
        let from = terminal.position();
        terminal.send(b"cd \"$S/p\"\n");
        while sandbox.calls().is_empty() {
            std::thread::yield_now();
        }
        terminal.send(b"\x03");
        terminal.wait_for("interrupted, nothing is loaded", from);
        for _ in 0..3 {
            terminal.run("true");
        }
        let shown = terminal.run(look);
        assert!(wanted.iter().all(|part| shown.contains(part)), "{}: {shown}", shell.name);
        assert!(terminal.run("show TOK").contains("TOK unset"), "{}", shell.name);
        assert_eq!(sandbox.calls().len(), 1, "{}: asked again", shell.name);
        sandbox.mode("");
        let file = sandbox.path("p/.mcpenv.toml");
        fs::write(&file, "# changed\n").expect("the project file");
        // fish sees whole seconds where nobody gave it a stamp
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
        fs::File::options().write(true).open(&file).and_then(|file| file.set_modified(time)).expect("its time");
        terminal.run("true");
        assert!(terminal.run("show TOK").contains("TOK exported [ours]"), "{}: {}", shell.name, terminal.all());
    });
}

/// A script that sends SIGINT to the shell at the `at`-th command of the hook while `step` runs, then prompts as the shell does.
fn interrupted(name: &str, step: &str, at: usize) -> String {
    let trap = match name {
        "bash" => "set -T; trap '[[ ${FUNCNAME-} == __mcpenv_* ]] && [ $((n+=1)) -eq \"$at\" ] && kill -INT $$' DEBUG",
        _ => "TRAPDEBUG() { [[ $funcstack[2] == __mcpenv_* ]] && (( ++n == at )) && kill -INT $$; return 0 }",
    };
    format!("n=0 at={at}; {trap}; {step}")
}

#[test]
fn an_interrupt_at_any_point_leaves_all_or_nothing() {
    for name in ["bash", "zsh"] {
        only(name, |shell| {
            let sandbox = Sandbox::new(shell);
            let pairs: &[(&str, &[u8])] = &[("ONE", b"ours"), ("TWO", b"ours"), ("THREE", b"ours"), ("FOUR", b"ours")];
            sandbox.answer("p", &Answer::new(&sandbox).put(pairs).watch(&sandbox.path("p/.mcpenv.toml")));
            let theirs: Vec<(&str, &[u8])> = pairs.iter().map(|(name, _)| (*name, b"theirs".as_slice())).collect();
            sandbox.project("q");
            sandbox.answer("q", &Answer::new(&sandbox).put(&theirs).watch(&sandbox.path("q/.mcpenv.toml")));
            // the hook keeps traps out of its commands; here they are the clock
            let path = sandbox.hook(&sandbox.path("stand/mcpenv"));
            let text = fs::read_to_string(&path).expect("the hook");
            let open =
                text.replace("builtin set +aeEkTuvx", "builtin set +aeEkuvx").replace("builtin trap - DEBUG ZERR", "builtin :");
            assert_ne!(open, text, "{name}: the hook keeps traps out in another way now");
            fs::write(sandbox.path("open"), open).expect("the hook");
            let mut terminal = Terminal::start_bare(&sandbox, &[]);
            terminal.load(&sandbox, &sandbox.path("open"));
            terminal.run("give ONE before; hold TWO before; give FOUR ''; all() { show ONE; show TWO; show THREE; show FOUR; }");
            let before = ["ONE exported [before]", "TWO set [before]", "THREE unset", "FOUR exported []"];
            let ours = ["ONE exported [ours]", "TWO exported [ours]", "THREE exported [ours]", "FOUR exported [ours]"];
            let other = ours.map(|line| line.replace("ours", "theirs"));
            let off = if name == "bash" { "trap - DEBUG; set +T" } else { "unfunction TRAPDEBUG" };
            let step = if std::env::var_os("MCPENV_TEST_FULL").is_some() { 1 } else { 7 };
            let (mut stopped, mut whole) = (0, 0);
            for at in (1..).step_by(step) {
                let mut fired = 0;
                for (place, from) in [("p", "out"), ("out", "p"), ("q", "p")] {
                    terminal.run(&format!("cd \"$S/{from}\""));
                    if from == "p" {
                        // an interrupted load is only tried again after a change
                        terminal.run("touch \"$S/p/.mcpenv.toml\"");
                    }
                    terminal.run(&interrupted(name, &format!("cd \"$S/{place}\""), at));
                    terminal.run(&format!("{off} 2>/dev/null"));
                    let shown = terminal.run("all; [ \"$n\" -lt \"$at\" ] || echo fir''ed");
                    let has = |lines: &[&str]| lines.iter().all(|line| shown.contains(line));
                    let all = match place {
                        "p" => has(&ours),
                        "q" => has(&other.each_ref().map(String::as_str)),
                        _ => false,
                    };
                    assert!(has(&before) || all, "{name}: SIGINT at command {at} on the way to {place}: {shown}");
                    fired += usize::from(shown.contains("fired"));
                    whole += usize::from(all);
                }
                stopped += fired;
                if fired == 0 {
                    break;
                }
            }
            assert!(stopped > 5 && whole > 0, "{name}: {stopped} interrupts, {whole} loads");
        });
    }
}

#[test]
fn the_user_s_own_interrupt_trap_survives() {
    for (name, show) in [("bash", "trap -p INT"), ("zsh", "trap")] {
        only(name, |shell| {
            let sandbox = with_token(shell);
            let output = sandbox.run(&format!(r#"trap 'echo mine' INT; cd "$S/p"; prompt; cd "$S/out"; prompt; {show}"#));
            assert!(output.stdout.contains("echo mine"), "{name}: {}", output.stdout);
        });
    }
}
