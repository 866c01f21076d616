# What is done to this project by hand and by CI. `just` lists it.

export CARGO_TERM_COLOR := env("CARGO_TERM_COLOR", "auto")
linux := arch() + "-unknown-linux-musl"

_default:
    @just --list --unsorted

# Lay the code out as rustfmt wants it
fmt:
    cargo fmt

# Everything that is judged without running it
lint:
    cargo fmt --check
    cargo clippy --all-targets --locked -- -D warnings
    cargo deny --locked check --hide-inclusion-graph bans licenses sources
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked

# The ordinary tests; a tool that is missing skips its tests aloud
test *ARGS:
    cargo test --locked {{ ARGS }}

# The long ones too: every two-byte string and 100,000 random ones through each shell, every fault at every system call
test-full:
    MCPENV_TEST_REQUIRE_ALL=1 MCPENV_TEST_FULL=1 cargo test --locked -- --include-ignored

# What the hook costs, beside direnv and mise where they are installed
bench *ARGS:
    cargo bench --locked --bench hook -- {{ ARGS }}

# The build that is shipped: on Linux one static program with musl, which starts without asking the processor what it can do
[linux]
release:
    #!/usr/bin/env bash
    set -euo pipefail
    if command -v rustup >/dev/null; then rustup target add {{ linux }}; fi
    # with --target, the flags reach the program only: proc macros are libraries and cannot be static
    RUSTFLAGS="-C target-feature=+crt-static -C relocation-model=static" \
        cargo build --locked --release --target {{ linux }}
    built="${CARGO_TARGET_DIR:-target}/{{ linux }}/release/mcpenv"
    kind=$(LC_ALL=C file -b "$built")
    echo "$built: $kind"
    case $kind in
    *"shared object"* | *pie* | *"dynamically linked"*) echo "error: it is not a static program at a fixed place" >&2; exit 1 ;;
    *"statically linked"*) ;;
    *) echo "error: \`file\` does not say that it is static" >&2; exit 1 ;;
    esac
    "$built" --version

[macos]
[windows]
release:
    cargo build --locked --release

# The two-minute tour: a real shell, a throw-away home
tour *ARGS:
    cargo run --locked --example tour -- {{ ARGS }}

# What CI runs
ci:
    bash .ci/run
