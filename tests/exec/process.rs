//! The server is the process that was started: its status, its streams, its files.

use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::world::World;

#[test]
fn a_server_ends_with_its_own_status() {
    for (line, code, signal) in [
        ("exit 0", Some(0), None),
        ("exit 7", Some(7), None),
        ("kill -SEGV $$", None, Some(11)),
        ("kill -TERM $$", None, Some(15)),
    ] {
        let world = World::of_shell(line);
        let status = world.command("s", &["/bin/sh", "-c", line]).status().expect("it ran");
        assert_eq!((status.code(), status.signal()), (code, signal), "{line}");
    }
}

#[test]
fn the_server_takes_the_place_of_mcpenv() {
    let line = "echo $$; ulimit -c; cat /proc/$$/cmdline | tr '\\0' ' '; exec ls -l /proc/self/fd";
    let world = World::of_shell(line);
    let child =
        world.command("s", &["/bin/sh", "-c", line]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let id = child.id();
    let out = child.wait_with_output().expect("it ended");
    let text = String::from_utf8_lossy(&out.stdout);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], id.to_string(), "{text}");
    if cfg!(target_os = "linux") {
        let own = std::process::Command::new("/bin/sh").args(["-c", "ulimit -c"]).output().expect("a shell");
        assert_eq!(lines[1], String::from_utf8_lossy(&own.stdout).trim(), "the limit of core dumps is the caller's: {text}");
        assert!(lines[2].starts_with("/bin/sh -c "), "{text}");
        // whoever runs the tests may have left files open: as many as without mcpenv
        let open = |text: &str| text.lines().filter(|line| line.contains(" -> ")).count();
        let alone = std::process::Command::new("/bin/ls").args(["-l", "/proc/self/fd"]).output().expect("it ran");
        assert_eq!(open(&text), open(&String::from_utf8_lossy(&alone.stdout)), "no file of mcpenv's is left open: {text}");
    }
}

#[test]
fn no_signal_is_blocked_or_ignored_in_a_server() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let world = World::with(&json!({ "s": { "command": "/bin/cat", "args": ["/proc/self/status"] } }), "", &[]);
    let line = format!("trap '' HUP USR1 PIPE; exec {} exec --server s -- /bin/cat /proc/self/status", crate::sandbox::program());
    let mut command = std::process::Command::new("/bin/sh");
    command.args(["-c", &line]).env_clear().envs(world.sandbox.variables().iter().cloned()).current_dir(world.project());
    let out = command.output().expect("it ran");
    let text = String::from_utf8_lossy(&out.stdout);
    for part in ["SigBlk:\t", "SigIgn:\t"] {
        let mask = text.lines().find_map(|line| line.strip_prefix(part)).expect("a mask");
        // two numbers belong to the C library, and no program can set them
        let set = u64::from_str_radix(mask, 16).expect("hexadecimal") & !0x1_8000_0000;
        assert_eq!(set, 0, "{part}: {text}");
    }
}

#[test]
fn a_hundred_mebibytes_pass_through_unchanged() {
    let world = World::with(&json!({ "s": { "command": "/bin/cat" } }), "", &[]);
    let mut child = world.command("s", &["/bin/cat"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut input = child.stdin.take().expect("piped");
    // no block is like another, and none like itself when it is moved
    let block =
        |n: u32| -> Vec<u8> { (0..1_u32 << 18).flat_map(|i| (i ^ n << 18).wrapping_mul(2_654_435_761).to_le_bytes()).collect() };
    let writer = std::thread::spawn(move || {
        for n in 0..100 {
            input.write_all(&block(n)).expect("the server reads");
        }
    });
    let mut output = child.stdout.take().expect("piped");
    let mut got = vec![0; 1 << 20];
    for n in 0..100 {
        output.read_exact(&mut got).expect("the server writes");
        assert!(got == block(n), "block {n} differs");
    }
    assert_eq!(output.read(&mut got).expect("the end"), 0);
    writer.join().expect("it wrote");
    assert!(child.wait().expect("it ended").success());
}

#[test]
fn a_server_that_prints_its_own_secret_is_not_touched() {
    let line = "printf '%s' \"$T\" | head -c 3; printf '%s' \"$T\" | tail -c +4; printf '%s' \"$T\" >&2";
    let world = World::of_shell(line);
    let ran = world.exec("s", &["/bin/sh", "-c", line]);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("value-a", "value-a"));
}

#[test]
fn a_closed_pipe_ends_a_server_as_it_would_without_mcpenv() {
    let world = World::with(&json!({ "s": { "command": "yes" } }), "", &[]);
    let mut child = world.command("s", &["yes"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
    let mut output = child.stdout.take().expect("piped");
    let mut some = [0; 2];
    output.read_exact(&mut some).expect("a line");
    drop(output);
    assert_eq!(child.wait().expect("it ended").signal(), Some(13), "by SIGPIPE");
}

#[test]
fn standard_streams_that_are_closed_stay_closed() {
    let line = "echo x 2>&-";
    let world = World::of_shell(line);
    let shell = format!("exec {} exec --server s -- /bin/sh -c 'echo x 2>&-' 2>&- <&-", crate::sandbox::program());
    let mut command = std::process::Command::new("/bin/sh");
    command.args(["-c", &shell]).env_clear().envs(world.sandbox.variables().iter().cloned()).current_dir(world.project());
    let out = command.output().expect("it ran");
    assert_eq!((out.status.code(), out.stdout.as_slice()), (Some(0), &b"x\n"[..]));
}

#[test]
fn a_grandchild_that_keeps_the_pipes_open_holds_nobody_up() {
    let line = "sleep 60 & echo $!";
    let world = World::of_shell(line);
    let started = Instant::now();
    let mut child = world.command("s", &["/bin/sh", "-c", line]).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut output = child.stdout.take().expect("piped");
    let mut text = Vec::new();
    while !text.ends_with(b"\n") {
        let mut byte = [0];
        output.read_exact(&mut byte).expect("its number");
        text.extend(byte);
    }
    assert!(child.wait().expect("it ended").success());
    assert!(started.elapsed() < Duration::from_secs(50), "it waited for the grandchild");
    let kill = format!("kill {}", String::from_utf8_lossy(&text).trim());
    assert!(std::process::Command::new("/bin/sh").args(["-c", &kill]).status().expect("a shell").success(), "it still ran");
}

#[test]
fn a_command_that_is_not_there_or_cannot_be_started_ends_as_in_a_shell() {
    let servers = json!({
        "absent": { "command": "no-such-program-here" }, "gone": { "command": "/no/such/program" }, "dir": { "command": "/usr" },
        "plain": { "command": "./plain.txt" }, "bad": { "command": "./bad-first-line" }, "empty": { "command": "" },
    });
    let world = World::asking(&servers, "", &[]);
    world.file("plain.txt", "text");
    world.file("bad-first-line", "#!/no/such/interpreter\n");
    crate::sandbox::chmod(&world.project().join("bad-first-line"), 0o755);
    world.sandbox.allow("acme");
    for (server, word, code) in [
        ("absent", "no-such-program-here", 127),
        ("gone", "/no/such/program", 127),
        ("dir", "/usr", 126),
        ("plain", "./plain.txt", 126),
        ("bad", "./bad-first-line", 127),
        ("empty", "", 127),
    ] {
        let ran = world.exec(server, &[word]);
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{server}: {ran:?}");
        assert!(ran.err.starts_with("error: `"), "{server}: {ran:?}");
    }
}

#[test]
fn a_script_without_a_first_line_is_read_by_a_shell_as_it_is_for_a_client() {
    let world = World::asking(&json!({ "s": { "command": "./script", "args": ["a b"] } }), "", &[]);
    world.file("script", "echo \"[$1]\"\nexit 3\n");
    crate::sandbox::chmod(&world.project().join("script"), 0o755);
    world.sandbox.allow("acme");
    let ran = world.exec("s", &["./script", "a b"]);
    assert_eq!((ran.code, ran.out.as_str()), (3, "[a b]\n"), "{ran:?}");
}

#[test]
fn no_value_stands_in_the_list_of_processes_unless_the_entry_says_so() {
    let line = "tr '\\0' ' ' </proc/self/cmdline; tr '\\0' ' ' </proc/$$/cmdline";
    let world = World::of_shell(line);
    let ran = world.exec("s", &["/bin/sh", "-c", line]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(!ran.all().contains("value-a"), "{ran:?}");
}
