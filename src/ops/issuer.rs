//! A program of the user's own that makes a new value: it is told the name and the old value on its standard input, as JSON, and
//! says the new one on its standard output. It is given a time and a length, and what it complains of is told without escapes
//! and without any value.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::workspace::Workspace;
use crate::escape::shown_path;
use crate::fault::Fault;
use crate::secret::{Secret, SecretError};
use crate::var::VarName;

/// The most that is read of what it complains of, in bytes.
const COMPLAINT: u64 = 4096;

/// Why there is no new value.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    #[error("there is no program `{0}`")]
    Absent(String),
    #[error("`{}` could not be started: {source}", shown_path(.program))]
    NotStarted { program: PathBuf, source: io::Error },
    #[error("`{}` gave no value within {} seconds", shown_path(.program), .limit.as_secs())]
    TimedOut { program: PathBuf, limit: Duration },
    #[error("`{}` failed{}", shown_path(.program), if .said.is_empty() { String::new() } else { format!(": {}", .said) })]
    Failed { program: PathBuf, said: String },
    #[error("what `{}` gave is no value: {source}", shown_path(.program))]
    Value { program: PathBuf, source: SecretError },
    #[error("the old value is no text, so it cannot be told as JSON")]
    NoText,
}

impl Fault for IssuerError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Absent(_) => Some("give its path; PATH is searched where it is absolute".to_owned()),
            Self::NoText => Some("rotate it by hand with `mcpenv rotate VAR`".to_owned()),
            _ => Some("the old value is still in force".to_owned()),
        }
    }
}

/// Asks the program for a new value.
///
/// # Errors
/// When it cannot be started, takes too long, says too much, fails, or says nothing that is a value.
pub fn ask(workspace: &Workspace, program: &str, name: &VarName, old: &Secret, limit: Duration) -> Result<Secret, IssuerError> {
    let is_path = program.contains(std::path::is_separator);
    let path = if is_path { Some(workspace.cwd().join(program)) } else { workspace.program(program) };
    let program =
        path.filter(|path| path.is_file()).ok_or_else(|| IssuerError::Absent(crate::escape::shown(program).into_owned()))?;
    let old_text = std::str::from_utf8(old.expose()).map_err(|_| IssuerError::NoText)?;
    let old_json = Zeroizing::new(serde_json::to_string(old_text).unwrap_or_default());
    let question = Zeroizing::new(format!("{{\"name\":\"{name}\",\"value\":{}}}\n", *old_json));
    let (said, complaint, is_done) = run(&program, question, limit)?;
    if !is_done {
        let complaint = without(&complaint, &[old.expose(), &said]);
        return Err(IssuerError::Failed { program, said: complaint });
    }
    let mut bytes = said;
    // what `echo` adds
    if bytes.ends_with(b"\n") {
        bytes.pop();
        if bytes.ends_with(b"\r") {
            bytes.pop();
        }
    }
    Secret::new(std::mem::take(&mut *bytes)).map_err(|source| IssuerError::Value { program, source })
}

/// What it said, what it complained of, and whether it was content.
type Answer = (Zeroizing<Vec<u8>>, Vec<u8>, bool);

#[allow(clippy::disallowed_methods, reason = "the user named this program, and it gets the user's own environment on purpose")]
fn run(program: &PathBuf, question: Zeroizing<String>, limit: Duration) -> Result<Answer, IssuerError> {
    let started = Instant::now();
    let mut command = Command::new(program);
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.map_err(|source| IssuerError::NotStarted { program: program.clone(), source })?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(question.as_bytes())));
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let most = Secret::MAX as u64 + 3;
        // at full size from the start, so that no grown-out-of copy stays behind
        let mut said = Zeroizing::new(Vec::with_capacity(Secret::MAX + 4));
        let read = stdout.map(|stdout| stdout.take(most).read_to_end(&mut said));
        let _ = send.send(matches!(read, Some(Ok(_))).then_some(said));
    });
    let (complain, complained) = mpsc::channel();
    thread::spawn(move || {
        let mut text = Vec::new();
        let _ = stderr.map(|stderr| stderr.take(COMPLAINT).read_to_end(&mut text));
        let _ = complain.send(text);
    });
    let timed_out = || IssuerError::TimedOut { program: program.clone(), limit };
    let Ok(said) = receive.recv_timeout(limit) else {
        let _ = child.kill();
        let _ = child.wait();
        return Err(timed_out());
    };
    let said = said.unwrap_or_default();
    let is_too_much = said.len() > Secret::MAX + 2;
    // one that says too much, or goes on after its last word, is not waited for beyond its time
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            Ok(None) if is_too_much || started.elapsed() >= limit => {
                let _ = child.kill();
                let _ = child.wait();
                break None;
            }
            Ok(None) => thread::sleep(Duration::from_millis(10)),
            Err(_) => break None,
        }
    };
    if is_too_much {
        return Err(IssuerError::Value { program: program.clone(), source: SecretError::TooLong(said.len()) });
    }
    let Some(status) = status else { return Err(timed_out()) };
    let complaint = complained.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
    Ok((said, complaint, status.success()))
}

/// What it complained of as one line of text, without the values that it may have repeated.
fn without(complaint: &[u8], values: &[&[u8]]) -> String {
    let mut text = String::from_utf8_lossy(complaint).into_owned();
    if complaint.len() as u64 >= COMPLAINT {
        return "it said too much to be shown".to_owned();
    }
    for value in values {
        let value = String::from_utf8_lossy(value).trim().to_owned();
        // one that is escaped on its way, or of several lines, may come back in any part and any form
        let is_plain = !value.chars().any(|c| c.is_control() || matches!(c, '"' | '\\'));
        let is_echo = |line: &str| line.len() >= 4 && text.contains(line);
        if !is_plain && value.split(['\n', '\r', '"', '\\']).any(is_echo) {
            return "it repeated a part of the value, so what it said is not shown".to_owned();
        }
        if !value.is_empty() {
            text = text.replace(&value, crate::mask::DOTS);
        }
    }
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    crate::mask::masked_tokens(&crate::escape::shown(&line)).chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeats_a_part_of_a_value_of_several_lines_or_has_no_end_is_not_shown() {
        let value = b"line-one-SECRET1\nline-two-SECRET2".as_slice();
        for said in [r#"{"value":"line-one-SECRET1\nline-two-SECRET2"}"#, "line-two-SECRET2", "no: line-one-SECRET1"] {
            assert!(!without(said.as_bytes(), &[value]).contains("SECRET"), "{said}");
        }
        assert_eq!(without(b"no such user", &[value]), "no such user");
        let long = [b" ".repeat(4090), b"plain-v".to_vec()].concat();
        assert!(!without(&long, &[b"plain-value"]).contains("plain"));
    }

    #[test]
    fn what_it_complains_of_is_one_line_without_values_and_without_escapes() {
        let told = without(
            b"\x1b[31mno:\n  old-value and new-value\x07 ghp_0123456789012345678901234567890123456789",
            &[b"old-value", b"new-value\n"],
        );
        assert!(
            !told.contains("value") && !told.contains('\x1b') && !told.contains('\x07') && !told.contains("ghp_0123"),
            "{told}"
        );
    }
}
