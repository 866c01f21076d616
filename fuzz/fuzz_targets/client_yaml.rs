#![no_main]

use libfuzzer_sys::fuzz_target;
use mcpenv::client::Format;
use mcpenv_fuzz::law;

fuzz_target!(init: mcpenv_fuzz::one_second(), |text: &[u8]| law::client_file(Format::Yaml, text));
