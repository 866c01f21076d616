//! Values through each shell's quoting and back. `MCPENV_TEST_FULL=1` takes every two-byte string and 100,000 random ones.

use mcpenv::secret::Secret;
use mcpenv::shell::{Call, Script, find};
use mcpenv::var::VarName;

use crate::sandbox::Sandbox;
use crate::under_test::{ShellUnderTest, each};

/// Numbers that look random and are the same in each run (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn bytes(&mut self) -> Vec<u8> {
        const SHARP: &[u8] = b"\\'\"`$(){}[]<>|&;!#*?~^ \t\n\r\x1b\x7f\x01%=0aAxX1\xc3\xa9\xff";
        let length = 1 + self.roll() % 40;
        (0..length)
            .map(|_| match self.roll() {
                n if n.is_multiple_of(3) => SHARP[(n >> 8) as usize % SHARP.len()],
                n => 1 + n.to_le_bytes()[1] % 255,
            })
            .collect()
    }
}

/// Sends the strings through the shell; how many came back otherwise, and the first of them.
fn wrong(shell: &'static ShellUnderTest, strings: &[Vec<u8>]) -> (usize, Option<Vec<u8>>) {
    let sandbox = Sandbox::new(shell);
    let writer = find(shell.name).expect("a shell with a hook");
    let name = VarName::parse("TOK").expect("a name");
    let mut script = Script::default();
    script.push(shell.prelude.as_bytes());
    for chunk in strings.chunks(500) {
        let values: Vec<Secret> = chunk.iter().map(|bytes| Secret::new(bytes.clone()).expect("a value")).collect();
        let pairs: Vec<(&VarName, &Secret)> = values.iter().map(|value| (&name, value)).collect();
        let mut call = Script::default();
        writer.write(&Call::Put(&pairs), &mut call);
        let text = call.expose();
        assert!(text.iter().all(|byte| *byte == b'\n' || (b' '..=b'~').contains(byte)), "{}: not ASCII on one line", shell.name);
        script.push(String::from_utf8_lossy(text).replace("__mcpenv_put", "dump").as_bytes());
    }
    let path = sandbox.path("values");
    std::fs::write(&path, script.expose()).expect("the script");
    let output = sandbox.command(shell.program).args(shell.script).arg(&path).output().expect("the shell runs");
    let mut back: Vec<&[u8]> = output.stdout.split(|byte| *byte == 0).collect();
    back.pop();
    if shell.name != "fish" {
        // there a name and its value are one word: the name is found in it, and the whole word is exported
        let strip = |word| <[u8]>::strip_prefix(word, b"TOK:TOK=").expect("the name in front");
        back = back.into_iter().map(strip).collect();
    }
    assert_eq!(back.len(), strings.len(), "{}: {}", shell.name, String::from_utf8_lossy(&output.stderr));
    let mut differ = strings.iter().zip(back).filter(|(sent, came)| sent.as_slice() != *came).map(|(sent, _)| sent.clone());
    let first = differ.next();
    (usize::from(first.is_some()) + differ.count(), first)
}

fn is_full() -> bool {
    std::env::var_os("MCPENV_TEST_FULL").is_some()
}

#[test]
fn every_two_byte_string_comes_back_as_it_was() {
    each(|shell| {
        let all = (1..=255u8).flat_map(|a| (1..=255u8).map(move |b| vec![a, b]));
        let step = if is_full() { 1 } else { 31 };
        let strings: Vec<Vec<u8>> = all.step_by(step).chain((1..=255).map(|byte| vec![byte])).collect();
        assert_eq!(wrong(shell, &strings), (0, None), "{}", shell.name);
    });
}

#[test]
fn random_byte_strings_come_back_as_they_were() {
    each(|shell| {
        let mut dice = Dice(20_260_921);
        let count = if is_full() { 100_000 } else { 2_000 };
        let strings: Vec<Vec<u8>> = (0..count).map(|_| dice.bytes()).collect();
        assert_eq!(wrong(shell, &strings), (0, None), "{}", shell.name);
    });
}

#[test]
fn an_escape_followed_by_hexadecimal_digits_ends_after_two() {
    each(|shell| {
        let strings: Vec<Vec<u8>> = (1..=255u8).flat_map(|byte| [vec![byte, b'a', b'F'], vec![byte, b'0', b'9', b'f']]).collect();
        assert_eq!(wrong(shell, &strings), (0, None), "{}", shell.name);
    });
}
