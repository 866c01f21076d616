//! Plaintext taken out of client files: the smallest edits, the command, and what a crash leaves.

mod splice;
