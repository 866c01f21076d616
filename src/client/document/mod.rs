//! A client's file as one tree with positions, whatever its format is. Opens no file, and knows no client.

pub(super) mod bounds;
pub(super) mod control;
pub(super) mod json;
pub(super) mod sparse;
pub(super) mod toml;
pub(super) mod tree;
pub(super) mod yaml;
