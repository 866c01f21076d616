//! A sandbox whose profile can be looked into.

use std::collections::BTreeMap;

use mcpenv::paths::Paths;
use mcpenv::profile::ProfileName;
use mcpenv::store::{AgeStore, Store};

use crate::sandbox::{Ran, Sandbox, path};

/// A sandbox with a profile `acme` that holds these.
pub fn with_profile(values: &[(&str, &str)]) -> Sandbox {
    let mut sandbox = Sandbox::new();
    let home = sandbox.root().join("all");
    sandbox.set_variable("MCPENV_HOME", home);
    sandbox.declare("acme", &["A_TOKEN"]);
    sandbox.init("acme");
    for (name, value) in values {
        sandbox.store("acme", name, value);
    }
    sandbox
}

/// Every value of the profile.
pub fn values(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let paths = Paths::new(Some(sandbox.root().join("all").into_os_string())).expect("a home");
    let profile = AgeStore::new(&paths).load(&ProfileName::parse("acme").expect("a name")).expect("it opens");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    profile.variables.iter().map(|(name, variable)| (name.to_string(), text(variable.value.expose()))).collect()
}

/// The values as `NAME=value`, with a blank between them.
pub fn told(sandbox: &Sandbox) -> String {
    values(sandbox).into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

/// Writes a file and imports it, with nobody at a terminal.
pub fn import(sandbox: &Sandbox, name: &str, text: impl AsRef<[u8]>) -> Ran {
    let file = sandbox.root().join(name);
    sandbox.write(&file, text);
    sandbox.run(&["import", path(&file), "--profile", "acme"])
}
