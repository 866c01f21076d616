//! What is sealed: the JSON of a profile, ours, a newer one's, and a broken one.

use mcpenv::life::{End, Period};
use mcpenv::profile::{Profile, Reader, Rotation};
use mcpenv::store::payload::{PayloadError, decode, encode};
use proptest::prelude::*;
use serde_json::Map;

use crate::world::{NOW, secret, var};

const KEY: &str = "1111111111111111111111111111111111111111111111111111111111111111";

/// A payload with these fields in place of the variables and at the end.
fn payload(variables: &str, more: &str) -> String {
    format!(r#"{{"format":1,"generation":3,"fingerprint_key":"{KEY}","variables":{variables}{more}}}"#)
}

fn why(text: &str) -> String {
    match decode(text.as_bytes()) {
        Err(PayloadError::Damaged(why)) => why,
        other => panic!("{text} gave {other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_profile_is_read_as_it_was_written(
        values in proptest::collection::btree_map("BYTES_[A-Z0-9]{1,9}", proptest::collection::vec(1..=255u8, 1..80), 0..12),
        texts in proptest::collection::btree_map("TEXT_[A-Z0-9]{1,9}", "[^\0]{1,40}", 0..12),
        generation in any::<u64>(), created in any::<i64>(), words in proptest::collection::vec("[^\0]{0,20}", 2),
        expires in proptest::option::of(0usize..4), rotations in 0usize..3, lifetime in proptest::option::of(1i32..99_999),
    ) {
        let mut profile = Profile::new().expect("random bytes");
        for (name, value) in &values {
            profile.set(var(name), secret(value), created);
        }
        for (name, value) in &texts {
            profile.set(var(name), secret(value), NOW);
        }
        for variable in profile.variables.values_mut() {
            let ends = ["never", "2027-01-31", "9999-12-31", "2027-01-30T23:00:00Z"];
            variable.plan.expires = expires.map(|n| End::stored(ends[n]).expect("an end"));
            variable.plan.rotate = [None, Some(Rotation::Never), Rotation::parse("12w").ok()][rotations];
            variable.plan.max_lifetime = lifetime.map(|days| Period::days(days).expect("days"));
            variable.plan.advised = variable.plan.max_lifetime;
            variable.plan.description = Some(words[0].clone());
            variable.plan.docs = expires.map(|_| words[1].clone());
            variable.revoked = lifetime.map(i64::from);
        }
        // each value once more, so that there are former ones
        for name in profile.variables.keys().cloned().collect::<Vec<_>>() {
            (0..rotations).for_each(|n| profile.set(name.clone(), secret(format!("{n}")), created));
        }
        let reader = |key: &String| Reader { key: key.clone(), label: words[1].clone(), is_recovery: rotations == 0, unknown: Map::new() };
        profile.readers = words.iter().take(rotations).map(reader).collect();
        profile.generation = generation;
        prop_assert_eq!(decode(&encode(&profile, generation)).expect("our own"), profile);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes);
    }
}

#[test]
fn no_cut_and_no_single_changed_byte_makes_the_reader_panic() {
    let mut profile = Profile::new().expect("random bytes");
    profile.set(var("TOKEN"), secret("a\n\"é\u{1}"), NOW);
    profile.set(var("BYTES"), secret(b"\xff\x01"), NOW);
    let good = encode(&profile, 1).to_vec();
    for at in 0..good.len() - 1 {
        assert!(decode(&good[..at]).is_err(), "cut at {at}");
        for byte in [0, b'"', b'\\', b'{', b'9', 0xff] {
            let mut bad = good.clone();
            bad[at] = byte;
            let _ = decode(&bad);
        }
    }
}

#[test]
fn a_text_value_is_text_and_other_bytes_are_base64() {
    let mut profile = Profile::new().expect("random bytes");
    profile.set(var("TEXT"), secret("naïve\n"), NOW);
    profile.set(var("BYTES"), secret(b"\xff\x00\x01".map(|b| b.max(1))), NOW);
    let general: serde_json::Value = serde_json::from_slice(&encode(&profile, 9)).expect("JSON");
    assert_eq!(general["generation"], 9);
    assert_eq!(general["variables"]["TEXT"]["value"], "naïve\n");
    assert_eq!(general["variables"]["BYTES"]["value_base64"], "/wEB");
    assert_eq!(general["variables"]["BYTES"].get("value"), None);
}

#[test]
fn fields_of_a_newer_mcpenv_survive_on_both_levels() {
    let text = payload(
        r#"{"A":{"value":"x","created":1,"changed":2,"shade":99,"twin":[{"value":"old \" one"}],"former":[{"value":"y","from":1,"until":2,"revoked":false,"hue":{"a":[]}}]}}"#,
        r#","rotation":{"every":[1,2.5e3,0.1,123456789.123456789,1e-7,18446744073709551615,-9223372036854775808,null]},"value":"not ours here","\u00e9":true"#,
    );
    let profile = decode(text.as_bytes()).expect("readable");
    assert!(!profile.is_read_only);
    assert_eq!(profile.unknown.len(), 3);
    let again = encode(&profile, 4);
    let (old, new): (serde_json::Value, serde_json::Value) =
        (serde_json::from_str(&text).expect("JSON"), serde_json::from_slice(&again).expect("JSON"));
    assert_eq!(old["variables"], new["variables"]);
    for field in ["rotation", "value", "é"] {
        assert_eq!(old[field], new[field], "{field}");
    }
}

#[test]
fn a_newer_format_is_read_only_and_one_that_cannot_be_read_is_said_to_be_newer() {
    let newer = payload(r#"{"A":{"value":"x","created":1,"changed":2}}"#, "").replace("\"format\":1", "\"format\":2");
    assert!(decode(newer.as_bytes()).expect("readable").is_read_only);
    let strange = r#"{"variables":["other"],"format":7}"#;
    assert_eq!(decode(strange.as_bytes()), Err(PayloadError::Future));
}

#[test]
fn what_is_missing_doubled_or_of_the_wrong_kind_is_named_by_its_place() {
    let one =
        |fields: &str| why(&payload(&format!(r#"{{"GOOD":{{"value":"x","created":1,"changed":2}},"A":{{{fields}}}}}"#), ""));
    assert_eq!(one(r#""created":1,"changed":2"#), "variable 2 has no value");
    assert_eq!(one(r#""value":"","created":1,"changed":2"#), "variable 2 cannot be: the value is empty");
    assert_eq!(one(r#""value":null,"created":1,"changed":2"#), "the value of variable 2 is no text");
    assert_eq!(one(r#""value":["x"],"created":1,"changed":2"#), "the value of variable 2 is no text");
    assert_eq!(one(r#""value":"\ud800","created":1,"changed":2"#), "the value of variable 2 is no text");
    assert_eq!(
        one(r#""value":"a\u0000","created":1,"changed":2"#),
        "variable 2 cannot be: the value holds a NUL byte, which no environment can carry"
    );
    assert_eq!(one(r#""value_base64":"%%","created":1,"changed":2"#), "the value of variable 2 is no base64");
    assert_eq!(one(r#""value":"x","value_base64":"eA==","created":1,"changed":2"#), "variable 2 has two values");
    assert_eq!(one(r#""value":"x","value":"y","created":1,"changed":2"#), "a field of variable 2 stands twice");
    assert_eq!(one(r#""value":"x","changed":2"#), "variable 2 has no `created`");
    assert_eq!(one(r#""value":"x","created":1,"changed":"2026""#), "`changed` of variable 2 is of the wrong kind");
    assert_eq!(one(r#""value":"x","created":1,"changed":1e3"#), "`changed` of variable 2 is of the wrong kind");
    let good = r#"{"value":"x","created":1,"changed":2}"#;
    assert_eq!(why(&payload(&format!(r#"{{"A":{good},"\u0041":{good}}}"#), "")), "variable 2 has the name of one before it");
    for bad in ["", "A=sk-live-1", "A B", "é"] {
        assert_eq!(why(&payload(&format!(r#"{{"{bad}":{good}}}"#), "")), "variable 1 has a name that no variable may have");
    }
    let dated = |fields: &str| one(&format!(r#""value":"x","created":1,"changed":2,{fields}"#));
    assert_eq!(dated(r#""expires":"2027-02-30""#), "`expires` of variable 2 is no date and no length of time");
    assert_eq!(dated(r#""rotate":"90""#), "`rotate` of variable 2 is no date and no length of time");
    assert_eq!(dated(r#""max_lifetime":7"#), "`max_lifetime` of variable 2 is of the wrong kind");
    assert_eq!(dated(r#""former":[{"from":1,"until":2,"revoked":true}]"#), "variable 2 has no value");
    assert_eq!(dated(r#""former":[1]"#), "a former value of variable 2 is no object");
    assert_eq!(dated(r#""expires":"never","expires":"never""#), "a field of variable 2 stands twice");
    let readers = |text: &str| why(&payload("{}", &format!(r#","readers":{text}"#)));
    assert_eq!(readers("{}"), "`readers` of the profile is of the wrong kind");
    assert_eq!(readers(r#"[{"key":"age1x","label":""}]"#), "reader 1 has no `recovery`");
    assert_eq!(why(&payload("[]", "")), "`variables` of the profile is of the wrong kind");
    assert_eq!(why(&payload(r#"{"A":1}"#, "")), "variable 1 is no object");
    assert_eq!(why(&payload("{}", r#","x":1,"x":2"#)), "a field of the profile stands twice");
    assert_eq!(why(&payload("{}", r#","generation":4"#)), "a field of the profile stands twice");
    assert_eq!(why(&payload("{}", "").replace("\"generation\":3,", "")), "the profile has no `generation`");
    assert_eq!(why(&payload("{}", "").replace("\"format\":1,", "")), "the profile has no `format`");
    assert_eq!(why(&payload("{}", "").replace(KEY, "11")), "the profile has no sound `fingerprint_key`");
    assert_eq!(why(&payload("{}", "").replace(KEY, &"0".repeat(64))), "the profile has no sound `fingerprint_key`");
    assert_eq!(
        why(&payload("{}", &format!(r#","x":{}{}"#, "[".repeat(1000), "]".repeat(1000)))),
        "a field of the profile is too deep"
    );
    assert_eq!(why("sk-live-12345"), "its JSON breaks in line 1, column 1");
    assert_eq!(why(""), "its JSON breaks in line 1, column 0");
    assert_eq!(why(r#""sk-live-12345""#), "its JSON breaks in line 1, column 15");
    assert_eq!(why(&(payload("{}", "") + "x")), "its JSON breaks in line 1, column 128");
}
