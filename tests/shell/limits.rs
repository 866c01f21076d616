//! How much a shell may carry: past the system's limit it could start no program any more, so the rest stays out.

use std::fs;

use crate::under_test::each;
use crate::world::World;

#[test]
fn the_largest_values_that_are_loaded_leave_a_shell_that_starts_programs() {
    each(|shell| {
        if shell.name == "fish" {
            // the script below is not fish's; the next test is
            return;
        }
        // with its name and NUL the first fits the limit of one variable exactly; all together they fit the limit of all
        let most = "x".repeat(131_072 - "V0=".len() - 1);
        let one_more = "x".repeat(131_072 - "V1=".len());
        let rest = "x".repeat(100_000);
        let values = [("V0", most.as_str()), ("V1", &one_more), ("V2", &rest), ("V3", &rest), ("V4", &rest), ("V5", &rest)];
        let world = World::with(shell, &values);
        let output = world.run(r#"cd "$P"; prompt; for v in V0 V1 V2 V3 V4 V5; do eval "l=\${$v-}"; printf '%s ' "${#l}"; done; /bin/echo started; cd "$S"; prompt; /bin/echo again"#);
        assert_eq!(output.stdout, "131068 0 100000 100000 100000 0 started\nagain\n", "{}: {}", shell.name, output.stderr);
        let said = "`V1` is too long to be exported · `V5` no longer fits beside the others";
        assert_eq!(output.stderr.trim_end(), format!("mcpenv: acme · 4 loaded · {said}"), "{}", shell.name);
    });
}

#[test]
fn fish_starts_programs_beside_the_largest_values_too() {
    each(|shell| {
        if shell.name != "fish" {
            return;
        }
        let most = "x".repeat(131_072 - "V0=".len() - 1);
        let world = World::with(shell, &[("V0", most.as_str())]);
        let output = world.run(r#"cd "$P"; prompt; string length -- "$V0"; /bin/echo started"#);
        assert_eq!(output.stdout, "131068\nstarted\n", "{}", output.stderr);
    });
}

#[test]
fn no_value_stands_in_any_trace_file_argument_or_message_of_a_whole_session() {
    const CANARY: &str = "canary-5f1d0c7a9e";
    each(|shell| {
        let world = World::with(shell, &[("TOK", CANARY), ("OTHER", "canary-b7c2e4a6f0")]);
        let trace = if shell.name == "fish" { "set -g fish_trace 1" } else { "set -x" };
        let check = r#""$M" check; "$M" status; "$M" list; "$M" why TOK"#;
        let output = world
            .run(&format!(r#"{trace}; cd "$P"; prompt; prompt; touch "$P/.mcp.json"; prompt; {check}; cd "$S"; prompt; prompt"#));
        assert!(!output.stdout.contains("canary") && !output.stderr.contains("canary"), "{}: {}", shell.name, output.stderr);
        assert!(output.stdout.contains("TOK"), "{}: {}", shell.name, output.stdout);
        for file in crate::home::files_below(&world.home.root()) {
            let bytes = fs::read(&file).unwrap_or_default();
            assert!(crate::home::find(&bytes, b"canary").is_none(), "{}: {}", shell.name, file.display());
        }
    });
}
