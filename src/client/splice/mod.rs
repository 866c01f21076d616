//! The smallest change in the text of a client's file: a string, a member, an item. Everything else keeps its bytes: comments,
//! order, white space, line ends, the byte order mark. Text in, text out; what comes out has been read again and means what
//! was asked for, or nothing comes out.

mod blocks;
mod braces;
mod change;
mod edit;
mod find;
mod format;
mod lines;
mod place;
mod pointer;
mod text;
mod trail;
mod words;

pub use change::{Change, SpliceError};
pub use edit::splice;
pub use format::Format;
pub use pointer::steps;
