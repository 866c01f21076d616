//! The dates of a value: said, read from it, warned of before the day, in the prompt and in `check`.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::sandbox::{Ran, Sandbox, said};

const DAY: i64 = 86_400;

fn now() -> i64 {
    i64::try_from(std::time::UNIX_EPOCH.elapsed().expect("after 1970").as_secs()).expect("a time")
}

/// A JWT that ends at this second; its signature is made up, since nobody asks for it.
pub fn jwt(end: i64) -> String {
    let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let body = format!(r#"{{"iss":"issuer.example","exp":{end}}}"#);
    format!("{}.{}.{}", part(r#"{"alg":"RS256","typ":"JWT"}"#), part(&body), part("made up"))
}

fn set(sandbox: &Sandbox, name: &str, value: &str, more: &[&str]) -> Ran {
    sandbox.run_with(&[&["set", name, "--stdin", "--profile", "acme"], more].concat(), value.as_bytes())
}

#[test]
fn the_prompt_warns_of_the_worst_end_once_a_day_and_says_how_many_more_there_are() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a"), ("B_TOKEN", "b"), ("C_TOKEN", "c")]);
    assert_eq!(sandbox.said("acme"), "mcpenv: acme · 3 loaded");
    assert_eq!(set(&sandbox, "A_TOKEN", "a2", &["--expires", "14d"]).code, 0);
    let ran = set(&sandbox, "B_TOKEN", "b2", &["--expires", "3d"]);
    assert!(ran.err.contains(", good until 20"), "{ran:?}");
    assert_eq!(set(&sandbox, "C_TOKEN", "c2", &["--expires", "15d"]).code, 0);
    assert_eq!(sandbox.said("acme"), "mcpenv: acme · 3 loaded · B_TOKEN expires in 3 days and 1 more, see `mcpenv check`");
    assert_eq!(sandbox.said("acme"), "mcpenv: acme · 3 loaded", "it was said today");
    assert_eq!(set(&sandbox, "B_TOKEN", "b3", &["--expires", "2d"]).code, 0);
    assert!(sandbox.said("acme").contains("B_TOKEN expires in 2 days and 1 more"), "other words are said");
    sandbox.settings("[hook]\nline = \"warnings\"\n[dates]\nsoon = \"1d\"\nurgent = \"1d\"\n");
    assert_eq!(sandbox.said("acme"), "", "the window is a setting");
    sandbox.settings("[hook]\nline = \"warnings\"\n");
    assert_eq!(set(&sandbox, "B_TOKEN", "b4", &["--expires", "1d"]).code, 0);
    assert!(sandbox.said("acme").contains("B_TOKEN expires in 1 day"), "the quiet setting still warns");
}

#[test]
fn a_value_says_its_own_end_and_the_earlier_of_two_counts() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let token = jwt(now() + 5 * DAY);
    let ran = set(&sandbox, "A_TOKEN", &token, &[]);
    assert!(ran.code == 0 && ran.err.contains("good until"), "{ran:?}");
    assert!(sandbox.said("acme").contains("A_TOKEN expires in 5 days"), "{}", sandbox.said("acme"));
    assert_eq!(set(&sandbox, "A_TOKEN", &token, &["--expires", "2d"]).code, 0);
    assert!(sandbox.said("acme").contains("A_TOKEN expires in 2 days"));
    assert_eq!(set(&sandbox, "A_TOKEN", &token, &["--expires", "90d"]).code, 0);
    assert!(sandbox.said("acme").contains("A_TOKEN expires in 5 days"), "a later word does not outlive the value's own");
    assert_eq!(set(&sandbox, "A_TOKEN", &jwt(now() - 2 * DAY), &[]).code, 0);
    assert!(sandbox.said("acme").contains("A_TOKEN expired 2 days ago"), "{}", sandbox.said("acme"));
}

#[test]
fn the_prompt_asks_again_when_there_will_be_something_else_to_say() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let wake = || {
        let text = sandbox.hook(&sandbox.project("acme"));
        let fin = text.lines().find_map(|line| line.strip_prefix("__mcpenv_fin ")).expect("an end").to_owned();
        fin.split(' ').nth(1).expect("seconds").parse::<i64>().expect("a number")
    };
    assert_eq!(wake(), 0);
    assert_eq!(set(&sandbox, "A_TOKEN", &jwt(now() + 600), &[]).code, 0);
    assert!((1..=600).contains(&wake()), "at its end, or at midnight");
    assert_eq!(set(&sandbox, "A_TOKEN", &jwt(now() + 40 * DAY), &[]).code, 0);
    assert!((24 * DAY..=27 * DAY).contains(&wake()), "when its window begins");
}

#[test]
fn an_end_beyond_the_longest_life_is_refused_with_the_limit_and_changes_nothing() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let refused = |ran: Ran| {
        assert!(ran.code == 1 && ran.err.contains("90d") && !ran.all().contains("new-value"), "{ran:?}");
        assert_eq!(sandbox.run_in("acme", &["exec", "--", "printenv", "A_TOKEN"]).out, "a\n");
    };
    refused(set(&sandbox, "A_TOKEN", "new-value", &["--expires", "1y", "--max-lifetime", "90d"]));
    sandbox.write(
        &sandbox.project("acme").join(".mcpenv.toml"),
        "profile = \"acme\"\n[variables.A_TOKEN]\nmax_lifetime = \"90d\"\n",
    );
    let mut command = sandbox.command(&["set", "A_TOKEN", "--stdin", "--expires", "91d"]);
    command.current_dir(sandbox.project("acme")).env("PWD", sandbox.project("acme")).stdin(std::process::Stdio::null());
    // no value is read before the dates are sound
    let out = command.output().expect("it ran");
    assert!(!out.status.success(), "{out:?}");
    for (option, text) in [("--expires", "2020-01-01"), ("--expires", "soon"), ("--rotate", "90"), ("--max-lifetime", "-1d")] {
        let ran = set(&sandbox, "A_TOKEN", "new-value", &[option, text]);
        assert!(ran.code == 2 && ran.err.contains(option), "{option} {text}: {ran:?}");
    }
}

#[test]
fn a_clock_behind_what_was_stored_is_said_and_not_obeyed() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    if !crate::sandbox::needs("faketime") {
        return;
    }
    assert_eq!(set(&sandbox, "A_TOKEN", "a2", &["--expires", "2d"]).code, 0);
    let mut command = std::process::Command::new("faketime");
    command.args(["-f", "-3650d", crate::sandbox::program(), "hook-env", "bash"]).arg(sandbox.project("acme")).args(["1", "own"]);
    command.env_clear().envs(sandbox.variables().iter().map(|(n, v)| (n, v)));
    let out = String::from_utf8_lossy(&command.output().expect("it ran").stdout).into_owned();
    assert!(said(&out).contains("the clock is 36") && out.contains("__mcpenv_put"), "{out}");
    assert!(!said(&out).contains("expires"), "{out}");
}

#[test]
fn one_word_for_a_prompt_is_the_worst_there_is_and_opens_no_profile() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a"), ("B_TOKEN", "b")]);
    let short = |sandbox: &Sandbox| sandbox.run_in("acme", &["status", "--short"]).out;
    assert_eq!(short(&sandbox), "ok\n");
    assert_eq!(set(&sandbox, "A_TOKEN", "a2", &["--rotate", "1d"]).code, 0);
    assert_eq!(short(&sandbox), "rotate\n");
    let file = sandbox.project("acme").join(".mcpenv.toml");
    let own = std::fs::read_to_string(&file).expect("there");
    sandbox.write(&file, format!("{own}\n[variables.A_TOKEN]\nrotate = \"never\"\n"));
    assert_eq!(short(&sandbox), "rotate\n", "what the user said of a variable is nearer than what the project says");
    sandbox.write(&file, own);
    assert_eq!(set(&sandbox, "B_TOKEN", "b2", &["--expires", "3d"]).code, 0);
    assert_eq!(short(&sandbox), "expiring\n");
    assert_eq!(set(&sandbox, "B_TOKEN", &jwt(now() - 2 * DAY), &[]).code, 0);
    assert_eq!(short(&sandbox), "expired\n");
    std::fs::remove_file(sandbox.data().join("identity")).expect("an identity");
    assert_eq!(short(&sandbox), "expired\n", "the sidecar is enough");
    assert_eq!(sandbox.run_in("acme", &["deny"]).code, 0);
    assert_eq!(short(&sandbox), "denied\n");
    let elsewhere = sandbox.run(&["status", "--short"]);
    assert!(elsewhere.code == 0 && elsewhere.out.is_empty() && elsewhere.err.is_empty(), "{elsewhere:?}");
}

#[test]
fn check_shows_the_end_that_was_said_as_the_prompt_does_and_counts_it() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a"), ("B_TOKEN", "b")]);
    assert_eq!(set(&sandbox, "A_TOKEN", "a2", &["--expires", "3d"]).code, 0);
    let ran = sandbox.run_in("acme", &["check"]);
    assert!(ran.code == 0 && ran.out.contains("A_TOKEN: expires in 3 days"), "{ran:?}");
    let ran = sandbox.run_in("acme", &["check", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let end = told["variables"][0]["expires"].as_i64().expect("an end");
    assert!((now() + 2 * DAY..now() + 5 * DAY).contains(&end) && told["variables"][1]["expires"].is_null(), "{told}");
    assert_eq!(sandbox.run_in("acme", &["check", "--within", "2d"]).code, 0);
    assert_eq!(sandbox.run_in("acme", &["check", "--within", "14d"]).code, 1);
}

#[test]
fn an_end_goes_with_its_value_and_comes_back_with_it() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    assert_eq!(set(&sandbox, "A_TOKEN", "a2", &["--expires", "3d"]).code, 0);
    assert_eq!(sandbox.run_with(&["rotate", "A_TOKEN", "--stdin", "--profile", "acme"], b"a3").code, 0);
    assert_eq!(sandbox.run_in("acme", &["status", "--short"]).out, "ok\n");
    assert_eq!(sandbox.run(&["rollback", "A_TOKEN", "--profile", "acme"]).code, 0);
    assert_eq!(sandbox.run_in("acme", &["status", "--short"]).out, "expiring\n");
    assert_eq!(sandbox.run(&["rollback", "A_TOKEN", "--profile", "acme"]).code, 0);
    assert_eq!(sandbox.run_in("acme", &["status", "--short"]).out, "ok\n");
}
