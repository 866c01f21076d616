//! The generated worst cases at any size: `worst MEBIBYTES`. Each step of each may take one second; what takes longer is told.

use std::panic::catch_unwind;
use std::time::Instant;

use mcpenv_fuzz::{one_second, worst};

fn main() {
    let size = std::env::args().nth(1).and_then(|size| size.parse::<usize>().ok()).unwrap_or(1) * 1024 * 1024;
    one_second();
    let mut over = 0;
    for family in worst::FAMILIES {
        for (name, text) in worst::cases(family, size) {
            let start = Instant::now();
            let is_kept = catch_unwind(|| worst::read(family, text.as_bytes())).is_ok();
            println!("{family}, {name}: {} ms{}", start.elapsed().as_millis(), if is_kept { "" } else { " OVER" });
            over += usize::from(!is_kept);
        }
    }
    std::process::exit(i32::from(over > 0));
}
