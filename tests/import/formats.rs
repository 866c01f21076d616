//! What each format is read as, and what hostile files get: nothing, said without their text.

use std::time::Instant;

use mcpenv::flat::{Format, Found};

use crate::stored::{import, told, with_profile};

/// The entries of a text, each as one word.
fn read(format: Format, text: &str) -> Result<Vec<String>, String> {
    let word = |found: Found| match found {
        Found::Text(Ok(value)) => String::from_utf8_lossy(value.expose()).into_owned(),
        Found::Text(Err(why)) => format!("<{why}>"),
        Found::Reference => "<reference>".to_owned(),
        Found::Nothing => "<nothing>".to_owned(),
        Found::Nested => "<nested>".to_owned(),
        Found::Odd(why) => format!("<{why}>"),
    };
    let entries = format.read(text.as_bytes()).map_err(|e| e.to_string())?;
    Ok(entries.into_iter().map(|e| format!("{}:{}={}", e.line, e.name.unwrap_or_default(), word(e.found))).collect())
}

#[test]
fn every_format_gives_the_same_variables() {
    let sandbox = with_profile(&[]);
    for (name, text) in [
        (".env", "\u{feff}# mine\r\nexport A_TOKEN=one\r\nB_TOKEN=\"two\\nlines\"\r\nN=42\r\n"),
        ("a.json", "{\"A_TOKEN\": \"one\", \"B_TOKEN\": \"two\\nlines\", \"N\": 42}"),
        ("b.json", "{\"env\": {\"A_TOKEN\": \"one\", \"B_TOKEN\": \"two\\nlines\", \"N\": 42}}"),
        ("a.toml", "A_TOKEN = 'one'\nB_TOKEN = \"\"\"two\nlines\"\"\"\nN = 42\n"),
        ("b.toml", "[env]\nA_TOKEN = 'one'\nB_TOKEN = \"two\\nlines\"\nN = 42\n"),
        ("a.yaml", "A_TOKEN: one\nB_TOKEN: |-\n  two\n  lines\nN: 42\n"),
        ("b.yml", "env:\n  A_TOKEN: one\n  B_TOKEN: \"two\\nlines\"\n  N: 42\n"),
    ] {
        let fresh = with_profile(&[]);
        let ran = import(&fresh, name, text);
        assert_eq!(ran.code, 0, "{name}: {ran:?}");
        assert_eq!(told(&fresh), "A_TOKEN=one B_TOKEN=two\nlines N=42", "{name}");
        assert!(!ran.all().contains("one") && !ran.all().contains("two"), "{name}: {ran:?}");
    }
    let ran = sandbox.run_with(&["import", "-", "--format", "yaml", "--profile", "acme"], b"A_TOKEN: x\n");
    assert_eq!((ran.code, told(&sandbox).as_str()), (0, "A_TOKEN=x"), "{ran:?}");
    let ran = sandbox.run_with(&["import", "-", "--profile", "acme"], b"B_TOKEN=y\n");
    assert_eq!((ran.code, told(&sandbox).as_str()), (0, "A_TOKEN=x B_TOKEN=y"), "{ran:?}");
}

#[test]
fn scalars_are_taken_as_they_are_written() {
    let json = read(
        Format::Json,
        "{\n\"a\": 1e5, \"b\": 10000000000000000000001,\n\"c\": true, \"d\": null, \"e\": \"\", \"f\": \"a$b\"}",
    );
    assert_eq!(
        json.expect("JSON"),
        ["2:a=1e5", "2:b=10000000000000000000001", "3:c=true", "3:d=<nothing>", "3:e=<nothing>", "3:f=a$b"]
    );
    let toml = read(Format::Toml, "z = 1_000\na = 0x1F\nd = 2026-11-21T01:02:03Z\nb = false\n");
    assert_eq!(toml.expect("TOML"), ["1:z=1_000", "2:a=0x1F", "3:d=2026-11-21T01:02:03Z", "4:b=false"]);
    let yaml = read(Format::Yaml, "a: 0o17\nb: yes\nc: ~\nd: ''\ne: \"~\"\nf: !!str 1\ng: >-\n  x\n  y\n? h\n: i\n");
    assert_eq!(
        yaml.expect("YAML"),
        ["1:a=0o17", "2:b=yes", "3:c=<nothing>", "4:d=<nothing>", "5:e=~", "6:f=1", "7:g=x y", "10:h=i"]
    );
}

#[test]
fn what_is_not_flat_is_named_and_never_flattened() {
    for (name, text) in [
        ("a.json", "{\n\"A\": \"1\",\n\"deep\": {\"B\": \"sekret\"}, \"list\": [\"sekret\"], \"env\": {\"C\": \"sekret\"}}"),
        ("a.toml", "A = '1'\n\ndeep.B = 'sekret'\nlist = ['sekret']\n[env]\nC = 'sekret'\n"),
        ("a.yaml", "A: 1\n\ndeep: {B: sekret}\nlist:\n- sekret\nenv:\n  C: sekret\n"),
    ] {
        let sandbox = with_profile(&[]);
        let ran = import(&sandbox, name, text);
        assert_eq!(ran.code, 1, "{name}: {ran:?}");
        assert_eq!(told(&sandbox), "A=1", "{name}");
        assert!(
            ran.err.contains("`deep` (line 3)") && ran.err.contains("`list`") && ran.err.contains("`env`"),
            "{name}: {ran:?}"
        );
        assert!(!ran.all().contains("sekret"), "{name}: {ran:?}");
    }
    let deeper = read(Format::Json, "{\"env\": {\"env\": {\"A\": \"1\"}, \"B\": \"2\"}}");
    assert_eq!(deeper.expect("JSON"), ["1:env=<nested>", "1:B=2"]);
    let deeper = read(Format::Yaml, "env:\n  env: {A: 1}\n  B: 2\n");
    assert_eq!(deeper.expect("YAML"), ["2:env=<nested>", "3:B=2"]);
}

#[test]
fn a_key_that_stands_twice_is_refused_where_formats_forbid_it() {
    for (format, text, line) in [
        (Format::Json, "{\"A\": \"sekret\",\n\"A\": \"2\"}", 2),
        (Format::Json, "{\"env\": {\"A\": \"sekret\",\n\"A\": \"2\"}}", 2),
        (Format::Toml, "A = 'sekret'\nA = '2'\n", 2),
        (Format::Yaml, "A: sekret\nA: 2\n", 2),
        (Format::Yaml, "env:\n  A: sekret\n  A: 2\n", 3),
    ] {
        let why = read(format, text).expect_err("it stands twice");
        assert_eq!(why, format!("line {line}: a key stands twice"), "{text}");
    }
    let sandbox = with_profile(&[]);
    let ran = import(&sandbox, ".env", "A=sekret1\nA=sekret2\n");
    assert_eq!((ran.code, told(&sandbox).as_str()), (0, "A=sekret2"), "{ran:?}");
    assert!(ran.err.contains("`A` (line 1) stands again") && !ran.all().contains("sekret"), "{ran:?}");
}

#[test]
fn references_and_placeholders_are_left_and_named() {
    let sandbox = with_profile(&[]);
    let text = "A=$HOME/x\nB=y`id`\nC=\"$(touch {}/ran)\"\nD=YOUR_TOKEN\nE=<token>\nF=\nG='a$literal'\nH=\"\\${literal}\"\n";
    let ran = import(&sandbox, ".env", text);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(told(&sandbox), "G=a$literal");
    for name in ["A", "B", "C", "D", "E", "F", "H"] {
        assert!(ran.err.contains(&format!("`{name}` (line ")), "{name}: {ran:?}");
    }
    for (name, text) in [
        ("a.json", "{\"A\": \"${TOKEN}\", \"B\": \"$TOKEN\", \"C\": \"Bearer ${T}\", \"G\": \"pa$TOKEN9\"}"),
        ("a.toml", "A = '${TOKEN}'\nB = '$TOKEN'\nC = 'Bearer ${T}'\nG = 'pa$TOKEN9'\n"),
        ("a.yaml", "A: ${TOKEN}\nB: $TOKEN\nC: Bearer ${T}\nG: pa$TOKEN9\n"),
    ] {
        let sandbox = with_profile(&[]);
        let ran = import(&sandbox, name, text);
        assert_eq!((ran.code, told(&sandbox).as_str()), (0, "G=pa$TOKEN9"), "{name}: {ran:?}");
    }
}

#[test]
fn a_name_or_a_value_that_may_not_be_is_left_and_the_others_are_taken() {
    let sandbox = with_profile(&[("Upper", "x")]);
    let long = "x".repeat(128 * 1024 + 1);
    let text = format!(
        "PATH=/sekret\nLD_PRELOAD=/sekret\nUPPER=sekret\nx.y=sekret\n1A=sekret\nLONG={long}\nNUL=a\0b\nGOOD=1\n\
         ANTHROPIC_BASE_URL=https://sekret.example\n"
    );
    let ran = import(&sandbox, ".env", text);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(told(&sandbox), "GOOD=1 Upper=x");
    for said in ["`PATH`", "`LD_PRELOAD`", "`UPPER`", "`x.y`", "`1A`", "131073 bytes", "NUL", "`ANTHROPIC_BASE_URL`"] {
        assert!(ran.err.contains(said), "{said}: {ran:?}");
    }
    assert!(!ran.all().contains("sekret"), "{ran:?}");
}

#[test]
fn a_file_that_is_not_of_its_format_is_refused_without_its_text() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    for (name, text) in [
        ("a.json", "{\"A\": sekret}".to_owned()),
        ("a.json", "{\"A\": \"sekret".to_owned()),
        ("a.json", "[\"sekret\"]".to_owned()),
        ("a.json", "\"sekret\"".to_owned()),
        ("a.json", "{} sekret".to_owned()),
        ("a.json", deep("{\"a\":", "1}")),
        ("a.toml", "A = sekret\n".to_owned()),
        ("a.toml", "sekret".to_owned()),
        ("a.toml", format!("A = {}", deep("[", "]"))),
        ("a.yaml", "A: 'sekret".to_owned()),
        ("a.yaml", "- sekret\n".to_owned()),
        ("a.yaml", "sekret\n".to_owned()),
        ("a.yaml", "A: sekret\n---\nA: sekret\n".to_owned()),
        ("a.yaml", "? {sekret: 1}\n: 2\n".to_owned()),
        ("a.yaml", "A: *sekret\n".to_owned()),
        ("a.yaml", deep("[", "]")),
        (".env", "A=\"sekret\nB=1\n".to_owned()),
        (".env", "KEY=-----BEGIN PRIVATE KEY-----\nsekret\n-----END PRIVATE KEY-----\n".to_owned()),
        (".env", "# nothing\n".to_owned()),
        ("a.json", "{}".to_owned()),
        ("a.yaml", String::new()),
    ] {
        let sandbox = with_profile(&[]);
        let ran = import(&sandbox, name, &text);
        assert_eq!(ran.code, 1, "{name} {text:.60}: {ran:?}");
        assert!(ran.err.contains("error: ") && !ran.all().contains("sekret"), "{name} {text:.60}: {ran:?}");
        assert_eq!(told(&sandbox), "");
    }
    let sandbox = with_profile(&[]);
    let many: String = (0..10_001).map(|n| format!("V{n}=1\n")).collect();
    let ran = import(&sandbox, ".env", many);
    assert!(ran.code == 1 && ran.err.contains("more than 10000 variables"), "{ran:?}");
    for bytes in [b"\xff\xfeA\0=\0x\0".as_slice(), b"A\0=\0x\0"] {
        let ran = import(&sandbox, ".env", bytes);
        assert!(ran.code == 1 && ran.err.contains("UTF-16"), "{ran:?}");
    }
    assert_eq!(import(&sandbox, ".env", b"A=\xff\xfe\n").code, 0, "a value need not be UTF-8");
    assert_eq!(import(&sandbox, "a.json", b"{\"A\": \"\xff\"}").code, 1);
}

#[test]
fn an_alias_and_a_merge_key_are_named_and_not_followed() {
    let yaml = read(Format::Yaml, "A: &a sekret\nB: *a\n<<: *a\nC: !!binary c2VrcmV0\n").expect("YAML");
    assert_eq!(
        yaml,
        ["1:A=sekret", "2:B=<an alias is not followed>", "3:<<=<an alias is not followed>", "4:C=<it carries a tag>"]
    );
    let mut bomb = "a0: &a0 [x]\n".to_owned();
    for n in 1..40 {
        bomb.push_str(&format!("a{n}: &a{n} [*a{0}, *a{0}, *a{0}, *a{0}]\n", n - 1));
    }
    assert_eq!(read(Format::Yaml, &bomb).expect("YAML").len(), 40);
}

#[test]
fn a_yaml_file_of_nothing_but_marks_is_refused() {
    let text = format!("A: x\nb: [{}0]\n", "0,".repeat(3_000_000));
    assert_eq!(read(Format::Yaml, &text), Err("line 2: more values stand in the file than can be kept".to_owned()));
}

#[test]
fn a_large_file_takes_no_more_than_its_share_of_time() {
    let many = |line: &dyn Fn(usize) -> String, size: usize| {
        (0..)
            .map(line)
            .scan(0, |sum, l| {
                *sum += l.len();
                (*sum < size).then_some(l)
            })
            .collect::<String>()
    };
    for (format, line) in [
        (Format::Env, Box::new(|n| format!("V{n}=\"x\\n{n}\" # c\n")) as Box<dyn Fn(usize) -> String>),
        (Format::Env, Box::new(|_| "A='\n".to_owned())),
        (Format::Toml, Box::new(|n| format!("V{n} = 'x'\n"))),
        (Format::Yaml, Box::new(|n| format!("V{n}: x\n"))),
        (Format::Yaml, Box::new(|n| if n == 0 { "A: ".to_owned() } else { "x\n ".to_owned() })),
        (Format::Json, Box::new(|n| format!("{}\"V{n}\":\n1", if n == 0 { '{' } else { ',' }))),
    ] {
        let time = |size: usize| {
            let text = many(&*line, size) + if format == Format::Json { "}" } else { "" };
            let started = Instant::now();
            let _ = format.read(text.as_bytes());
            started.elapsed().as_secs_f64()
        };
        let (small, large) = (time(250_000).max(0.01), time(2_000_000));
        assert!(large < small * 8.0 * 6.0 + 1.0, "{format:?}: {small} s, and {large} s for eight times as much");
    }
}
