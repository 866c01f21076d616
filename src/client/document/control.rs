//! Characters in an entry that a terminal would obey or nobody would see. Says where, and changes nothing.

use super::tree::{Node, Tree, push_key};
use crate::client::contract::Warning;
use crate::escape::shown;

/// Nobody reads more of them.
const MOST_WARNINGS: usize = 1000;

/// Warns of each place in an entry that holds one, up to a number that somebody could read.
pub(in crate::client) fn warn_of(key: &str, node: &Node<'_>, pointer: &mut String, warnings: &mut Vec<Warning>) {
    if warnings.len() >= MOST_WARNINGS {
        return;
    }
    if is_hostile(key) || matches!(&node.tree, Tree::Text(text) if is_hostile(text)) {
        warnings.push(Warning { code: "control-character", at: pointer.clone() });
    }
    let length = pointer.len();
    match &node.tree {
        Tree::List(items) => {
            for (index, item) in items.iter().enumerate() {
                push_key(pointer, &index.to_string());
                warn_of("", item, pointer, warnings);
                pointer.truncate(length);
            }
        }
        Tree::Map(map) => {
            for member in &map.members {
                push_key(pointer, &member.key);
                warn_of(&member.key, &member.node, pointer, warnings);
                pointer.truncate(length);
            }
        }
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => {}
    }
}

/// Control, bidi and zero-width characters. Line ends and tabs are usual in keys and scripts.
fn is_hostile(text: &str) -> bool {
    // plain ASCII, nearly always
    text.bytes().any(|byte| !(b' '..0x7f).contains(&byte))
        && text.split(['\n', '\r', '\t']).any(|part| matches!(shown(part), std::borrow::Cow::Owned(_)))
}
