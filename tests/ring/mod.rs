//! A real Secret Service on a bus of its own: GNOME Keyring in the sandbox's home. What is missing skips the test, aloud.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Output, Stdio};
use std::time::Instant;

use crate::sandbox::{PATIENCE, Sandbox, needs, path};

/// What answers on the bus.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Keyring {
    /// GNOME Keyring with its login collection open.
    Open,
    /// GNOME Keyring that was never used: it has no collection.
    Unused,
    /// Nothing that is a keychain.
    Nothing,
    /// A program that takes the question and never answers.
    Silent,
}

/// The bus and the keyring; both end with it.
pub struct Ring {
    pub sandbox: Sandbox,
    children: Vec<Child>,
}

impl Drop for Ring {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Ring {
    /// Starts one around a sandbox; `None` when a program that it takes is not installed.
    pub fn start(keyring: Keyring, mut sandbox: Sandbox) -> Option<Self> {
        if !["dbus-daemon", "dbus-send", "gnome-keyring-daemon", "secret-tool"].into_iter().all(needs) {
            return None;
        }
        let root = sandbox.root();
        let services = root.join("services");
        std::fs::create_dir(&services).expect("a directory");
        if keyring == Keyring::Silent {
            let service = "[D-BUS Service]\nName=org.freedesktop.secrets\nExec=/bin/sleep 300\n";
            sandbox.write(&services.join("org.freedesktop.secrets.service"), service);
        }
        let config = format!(
            "<busconfig><type>session</type><listen>unix:path={root}/bus</listen><servicedir>{root}/services</servicedir>\
             <policy context=\"default\"><allow send_destination=\"*\"/><allow receive_sender=\"*\"/><allow own=\"*\"/>\
             <allow user=\"*\"/></policy></busconfig>",
            root = path(&root)
        );
        sandbox.write(&root.join("bus.conf"), config);
        sandbox.set_variable("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}/bus", path(&root)));
        let mut ring = Self { sandbox, children: Vec::new() };
        let mut bus = ring.command("dbus-daemon");
        bus.args(["--nofork", "--print-address", "--config-file"]).arg(root.join("bus.conf"));
        let mut bus = bus.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("dbus-daemon starts");
        let mut address = String::new();
        BufReader::new(bus.stdout.take().expect("piped")).read_line(&mut address).expect("an address");
        ring.children.push(bus);
        assert!(!address.is_empty(), "dbus-daemon has no address");
        if matches!(keyring, Keyring::Open | Keyring::Unused) {
            ring.start_keyring(keyring == Keyring::Open);
        }
        Some(ring)
    }

    fn start_keyring(&mut self, is_open: bool) {
        let mut daemon = self.command("gnome-keyring-daemon");
        daemon.args(["--foreground", "--components=secrets"]);
        if is_open {
            daemon.arg("--unlock");
        }
        let mut daemon = daemon.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        daemon.stdin.take().expect("piped").write_all(b"test-password").expect("it reads its password");
        self.children.push(daemon);
        let started = Instant::now();
        loop {
            let answer =
                self.send("org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets");
            if String::from_utf8_lossy(&answer.stdout).contains("boolean true") {
                break;
            }
            assert!(started.elapsed() < PATIENCE, "the keyring does not come up");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }

    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.sandbox.variables().iter().map(|(n, v)| (n, v))).current_dir(self.sandbox.root());
        command
    }

    fn send(&self, to: &str, object: &str, call: &str, argument: &str) -> Output {
        let mut send = self.command("dbus-send");
        send.args(["--session", "--print-reply", &format!("--dest={to}"), object, call, argument]);
        send.output().expect("dbus-send")
    }

    /// Makes an entry as a person does, by hand.
    pub fn store(&self, label: &str, attributes: &[&str], value: &str) {
        let mut tool = self.command("secret-tool");
        tool.args(["store", &format!("--label={label}")]).args(attributes).stdin(Stdio::piped());
        let mut tool = tool.spawn().expect("secret-tool starts");
        tool.stdin.take().expect("piped").write_all(value.as_bytes()).expect("it reads the value");
        assert!(tool.wait().expect("it ended").success());
    }

    /// What is there under these attributes, as another program sees it.
    pub fn look(&self, attributes: &[&str]) -> String {
        let found = self.command("secret-tool").arg("lookup").args(attributes).output().expect("secret-tool");
        String::from_utf8_lossy(&found.stdout).into_owned()
    }

    pub fn lock(&self) {
        let call = "org.freedesktop.Secret.Service.Lock";
        let what = "array:objpath:/org/freedesktop/secrets/collection/login";
        let answer = self.send("org.freedesktop.secrets", "/org/freedesktop/secrets", call, what);
        assert!(answer.status.success(), "{answer:?}");
    }

    /// From now on the keyring's question goes to a program that never answers.
    pub fn silence_the_prompt(&self) {
        let service = "[D-BUS Service]\nName=org.gnome.keyring.SystemPrompter\nExec=/bin/sleep 300\n";
        self.sandbox.write(&self.sandbox.root().join("services/org.gnome.keyring.SystemPrompter.service"), service);
        let answer = self.send("org.freedesktop.DBus", "/", "org.freedesktop.DBus.ReloadConfig", "string:");
        let _ = answer;
    }
}
