use mcpenv::client::{self, Scope, Format, Change, splice};
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
fn main(){
    let fam=std::env::args().nth(1).unwrap(); let case=std::env::args().nth(2).unwrap();
    let (_, text) = mcpenv_fuzz::worst::cases(&fam, 1024*1024).find(|(k, _)| *k == case).unwrap();
    let p0=peak();
    println!("nesting {}", mcpenv::nesting::beyond(&text,220).is_some()); println!("after nesting {}", peak()-p0);
    let _ = splice(Format::Toml, text.as_bytes(), &[]).map(|t| t.len()); println!("after splice none {}", peak()-p0);
    let c=client::find("codex").unwrap();
    let d=c.read(text.as_bytes(), Scope::User).unwrap();
    println!("after read {} servers {}", peak()-p0, d.servers.len());
    let mut changes=vec![];
    for s in &d.servers { for f in mcpenv::plaintext::find(s) { changes.push(Change::Text{at:f.at.clone(),range:f.range.clone(),with:"${MCPENV_TRIED}".into()}); } }
    println!("after find {} changes {}", peak()-p0, changes.len());
    let t=splice(Format::Toml, text.as_bytes(), &changes); println!("after splice all {} {}", peak()-p0, t.is_ok());
    let t=t.unwrap();
    drop(c.read(&t, Scope::User)); println!("after read again {}", peak()-p0);
}
