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
    MCPENV_TEST_REQUIRE_ALL=1 MCPENV_TEST_FULL=1 cargo test --locked

# What the hook costs, beside direnv and mise where they are installed
bench *ARGS:
    cargo bench --locked --bench hook -- {{ ARGS }}

# Texts that nobody wrote, for one reader: `just fuzz client_json 300` (CONTRIBUTING.md lists them)
fuzz TARGET SECONDS="60":
    #!/usr/bin/env bash
    set -euo pipefail
    cd fuzz
    ./seed {{ TARGET }}
    dictionary=()
    case {{ TARGET }} in
    client_*) dictionary=(-dict=dictionaries/client.dict) ;;
    *) if [[ -f dictionaries/{{ TARGET }}.dict ]]; then dictionary=(-dict=dictionaries/{{ TARGET }}.dict); fi ;;
    esac
    # the sanitizer's flags are not in a stable compiler; its own memory is what goes beyond 64 MiB
    export RUSTC_BOOTSTRAP=1 ASAN_OPTIONS=quarantine_size_mb=16:detect_leaks=0
    cargo fuzz run -O --debug-assertions {{ TARGET }} -- -max_total_time={{ SECONDS }} -max_len=65536 \
        -timeout=5 -rss_limit_mb=512 -malloc_limit_mb=64 -print_final_stats=1 "${dictionary[@]}"

# The generated worst cases of every reader, at any size: each step may take one second
worst MEBIBYTES="10":
    cd fuzz && cargo run --locked --release --example worst -- {{ MEBIBYTES }}

# The build that is shipped: on Linux one static program with musl, which starts without asking the processor what it can do
[linux]
release:
    #!/usr/bin/env bash
    set -euo pipefail
    if command -v rustup >/dev/null; then rustup target add {{ linux }}; fi
    # with --target, the flags reach the program only: proc macros are libraries and cannot be static. Two ciphers need not ask the
    # processor what it can do: on a virtual machine each answer takes as long as a page of their work. .cargo/linker/hook.ld lays what
    # a prompt waits for side by side.
    flags="-C target-feature=+crt-static -C relocation-model=static --cfg chacha20_force_sse2 --cfg poly1305_force_soft"
    case $(LC_ALL=C cc -Wl,--version 2>/dev/null) in
    "GNU ld"*) flags+=" -C link-arg=-Wl,-T,.cargo/linker/hook.ld" ;;
    *) echo "note: not GNU ld, so the functions stay as the compiler lays them" >&2 ;;
    esac
    RUSTFLAGS="$flags" \
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
