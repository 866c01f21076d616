//! The test vectors of the age specification, through the function with which the store opens every profile.

use std::fs;
use std::path::Path;

use mcpenv::store::Identity;
use mcpenv::store::seal::{self, Unopened};
use sha2::{Digest, Sha256};

struct Vector {
    expect: String,
    payload: Option<String>,
    identities: Vec<Identity>,
    has_passphrase: bool,
    file: Vec<u8>,
}

impl Vector {
    fn read(path: &Path) -> Self {
        let bytes = fs::read(path).expect("a file of the package");
        let head_end = bytes.windows(2).position(|w| w == b"\n\n").expect("a head and a file");
        let (head, file) = (std::str::from_utf8(&bytes[..head_end]).expect("text"), &bytes[head_end + 2..]);
        let fields: Vec<_> = head.lines().map(|line| line.split_once(": ").expect("a field")).collect();
        let all = |name: &str| fields.iter().filter(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()).collect::<Vec<_>>();
        let file = match all("compressed").first().map(String::as_str) {
            None => file.to_vec(),
            Some("zlib") => miniz_oxide::inflate::decompress_to_vec_zlib(file).expect("zlib"),
            Some(other) => panic!("{other}"),
        };
        Self {
            expect: all("expect").remove(0),
            payload: all("payload").pop(),
            identities: all("identity").iter().map(|text| Identity::parse(text.as_bytes()).expect("a key")).collect(),
            has_passphrase: !all("passphrase").is_empty(),
            file,
        }
    }
}

#[test]
fn every_vector_has_the_verdict_that_the_specification_gives_it() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/age-vectors");
    let mut paths: Vec<_> = fs::read_dir(directory).expect("there").map(|e| e.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_none());
    paths.sort();
    assert_eq!(paths.len(), 123);
    let (mut by_specification, mut passphrases) = (0, 0);
    for path in paths {
        let vector = Vector::read(&path);
        let name = path.file_name().expect("a name").to_string_lossy();
        let identities: Vec<_> = vector.identities.iter().collect();
        let verdict = seal::open(&vector.file, &identities);
        // the store never opens what needs a passphrase, right or wrong
        if vector.has_passphrase && verdict == Err(Unopened::Passphrase) {
            passphrases += 1;
            continue;
        }
        let is_right = match (&verdict, vector.expect.as_str()) {
            (Ok(plain), "success") => Some(mcpenv::key::hex(&Sha256::digest(&**plain))) == vector.payload,
            (Err(Unopened::Armor), "armor failure")
            | (Err(Unopened::Header | Unopened::Version), "header failure")
            | (Err(Unopened::Tampered), "HMAC failure")
            | (Err(Unopened::Foreign), "no match")
            | (Err(Unopened::Payload), "payload failure") => true,
            // the crate looks for armor only behind its exact first line, so this is refused as no age file at all
            (Err(Unopened::Header), "armor failure") => {
                ["armor_garbage_leading", "armor_lowercase", "armor_whitespace_begin", "armor_wrong_type"].contains(&&*name)
            }
            // blanks before the armor are allowed by the specification and not by the crate
            (Err(Unopened::Header), "success") => name == "armor_whitespace_outside",
            // the crate still reads the files of age's first betas, whose stanzas had no short last line
            (Ok(_), "header failure") => ["stanza_missing_body", "stanza_missing_final_line"].contains(&&*name),
            _ => false,
        };
        assert!(is_right, "{name}: expected {}, got {:?}", vector.expect, verdict.map(|plain| plain.len()));
        by_specification += 1;
    }
    println!("{by_specification} by the specification, {passphrases} refused because they need a passphrase");
    assert!(by_specification >= 98, "{by_specification}");
}
