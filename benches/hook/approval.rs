//! `mcpenv allow` at a pseudo-terminal, answered with yes: approval wants a person, and has no switch for scripts.

use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use crate::ground::Ground;

pub fn approve(program: &Path, ground: &Ground, project: &Path) -> Result<()> {
    let pair = native_pty_system().openpty(PtySize { rows: 50, cols: 200, pixel_width: 0, pixel_height: 0 })?;
    let mut command = CommandBuilder::new(program);
    command.arg("allow");
    command.env_clear();
    for (name, value) in ground.environment() {
        command.env(name, value);
    }
    command.cwd(project);
    let mut child = pair.slave.spawn_command(command).context("`mcpenv allow` does not start")?;
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader()?;
    let mut writer = pair.master.take_writer()?;
    let mut screen = Vec::new();
    let mut buffer = [0; 4096];
    let mut answered = 0;
    // the end of the other side is an error on some systems and an end of file on others
    while let Ok(length @ 1..) = reader.read(&mut buffer) {
        screen.extend_from_slice(&buffer[..length]);
        let questions = screen.windows(5).filter(|window| window.eq_ignore_ascii_case(b"[y/n]")).count();
        if questions > answered {
            answered = questions;
            writer.write_all(b"y\r")?;
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`mcpenv allow` ended with {}: {}", status.exit_code(), String::from_utf8_lossy(&screen));
    }
    ensure!(answered > 0, "`mcpenv allow` asked nothing");
    Ok(())
}
