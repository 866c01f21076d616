//! The table of clients in README.md says what the code does.

use std::fmt::Write as _;
use std::path::Path;

use mcpenv::client::{self, Inherits, Scope, UserDirs};

/// The table, as it must stand there.
fn table() -> String {
    let nothing = |_: &str| None;
    let user = UserDirs { home: Path::new("~"), config: Path::new("~/.config"), roaming: None, variable: &nothing };
    let mut table =
        "| client | in the project | your own, on Linux | a variable is | its servers get |\n|---|---|---|---|---|\n".to_owned();
    for client in client::ALL {
        let files = |scope: Scope| {
            let places = client.places(&user).into_iter().filter(|place| place.scope == scope);
            let files: Vec<String> = places
                .map(|place| {
                    let each: Vec<String> = place.each.iter().map(|extension| format!("/*.{extension}")).collect();
                    if each.is_empty() {
                        format!("`{}`", place.path.display())
                    } else {
                        format!("`{}{}`", place.path.display(), each.join(&format!("`, `{}", place.path.display())))
                    }
                })
                .collect();
            if files.is_empty() { "–".to_owned() } else { files.join(", ") }
        };
        let surroundings = client.surroundings();
        let reference = match surroundings.reference {
            Some(("NAME", fields)) => format!("named in {fields}"),
            Some((form, fields)) => format!("`{}` in {fields}", form.replace("NAME", "VAR")),
            None => "not known to it".to_owned(),
        };
        let gets = match surroundings.inherits {
            Inherits::All => "all",
            Inherits::But { .. } => "all but what looks secret",
            Inherits::Few => "few, and what is named",
            Inherits::Unknown => "not documented",
        };
        let menu = if surroundings.is_from_menu { " (from a menu)" } else { "" };
        writeln!(
            table,
            "| {} `{}` | {} | {} | {reference} | {gets}{menu} |",
            client.title(),
            client.name(),
            files(Scope::Project),
            files(Scope::User)
        )
        .expect("a string");
    }
    table
}

#[test]
fn the_readme_has_the_table_that_the_code_makes() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("README.md");
    let table = table();
    assert!(readme.contains(&table), "put this into README.md:\n{table}");
    for client in client::DECLARATIONS {
        assert!(readme.contains(&format!("`{}`", client.name())), "README.md does not name `{}`", client.name());
    }
    for client in client::ALL {
        assert!(readme.split("## See it work").next().expect("a start").contains(client.title()), "{}", client.title());
    }
}
