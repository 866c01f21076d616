//! JSON with comments and trailing commas: the door to the crate `jsonc-parser`. Nothing else of JSON5 is accepted, and an
//! error never holds text of the file.

use std::borrow::Cow;

use jsonc_parser::ast;
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::{CollectOptions, ParseOptions, ParseStringErrorKind, parse_to_ast};

use super::tree::{DEEPEST, Document, Form, Map, Member, Node, Source, Tree};
use crate::client::remark::ReadError;
use crate::crowd;

/// Whether the client reads comments and trailing commas too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::client) enum Comments {
    Allowed,
    /// The client reads comments, and refuses a comma with nothing after it.
    WithoutCommas,
    /// The client refuses both: they are read all the same, and warned of.
    Refused,
}

impl Comments {
    /// Whether the client reads a file of this form.
    pub fn allow(self, form: Form) -> bool {
        match self {
            Self::Allowed => true,
            Self::WithoutCommas => form != Form::Loose,
            Self::Refused => form == Form::Strict,
        }
    }
}

/// The text of a JSON file. Half of a surrogate pair becomes U+FFFD, which is what a server would get of it.
pub(in crate::client) fn source(bytes: &[u8]) -> Result<Source<'_>, ReadError> {
    let mut source = Source::new(bytes)?;
    if let Some(mended) = without_lone_surrogates(&source.text) {
        source.text = Cow::Owned(mended);
    }
    Ok(source)
}

/// Reads the text of a JSON file. That it has what a client refuses is for `client/text.rs` to say.
pub(in crate::client) fn parse<'s>(source: &'s Source<'_>) -> Result<Document<'s>, ReadError> {
    let text: &'s str = &source.text;
    if crowd::is_full_json(text.as_bytes()) {
        return Err(ReadError { line: 1, why: crowd::FULL.to_owned() });
    }
    // a strict file, the usual one, is parsed once
    let mut form = Form::Strict;
    let mut read = parse_with(text, false, false);
    for (next, has_commas) in [(Form::Commented, false), (Form::Loose, true)] {
        let unread = read.as_ref().err().map(|error| error.kind());
        if matches!(unread, Some(ParseErrorKind::CommentsNotAllowed | ParseErrorKind::TrailingCommasNotAllowed)) {
            form = next;
            read = parse_with(text, true, has_commas);
        }
    }
    let root = read.map_err(|error| ReadError { line: error.line_display(), why: why(error.kind()).to_owned() })?;
    let root = root.map(|value| node(text, value, 0)).transpose().map_err(|Refusal { offset, why }| ReadError {
        line: text[..offset].bytes().filter(|byte| *byte == b'\n').count() + 1,
        why: why.to_owned(),
    })?;
    let mut document = Document::new(text, root, source.warnings.clone())?;
    document.form = form;
    Ok(document)
}

/// One strict value on its own; its positions are those in this text. `None` when it is none, or too full.
pub(in crate::client) fn value(text: &str) -> Option<Node<'_>> {
    if crowd::is_full_json(text.as_bytes()) {
        return None;
    }
    node(text, parse_with(text, false, false).ok()??, 0).ok()
}

fn parse_with(text: &str, has_comments: bool, has_commas: bool) -> Result<Option<ast::Value<'_>>, ParseError> {
    let options = ParseOptions {
        allow_comments: has_comments,
        allow_loose_object_property_names: false,
        allow_trailing_commas: has_commas,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    Ok(parse_to_ast(text, &CollectOptions::default(), &options)?.value)
}

/// What the crate accepts and we do not.
struct Refusal {
    offset: usize,
    why: &'static str,
}

fn node<'s>(text: &'s str, value: ast::Value<'s>, depth: usize) -> Result<Node<'s>, Refusal> {
    let range = value.range();
    let range = range.start..range.end;
    if depth > DEEPEST {
        return Err(Refusal { offset: range.start, why: TOO_DEEP });
    }
    let tree = match value {
        ast::Value::NullKeyword(_) => Tree::Null,
        ast::Value::BooleanLit(lit) => Tree::Bool(lit.value),
        ast::Value::NumberLit(lit) => Tree::Number(Cow::Borrowed(lit.value)),
        ast::Value::StringLit(lit) => Tree::Text(string(text, lit.range, lit.value)?),
        ast::Value::Array(array) => {
            let mut items = Vec::with_capacity(array.elements.len());
            for item in array.elements {
                items.push(node(text, item, depth + 1)?);
            }
            Tree::List(items)
        }
        ast::Value::Object(object) => {
            let mut members = Vec::with_capacity(object.properties.len());
            for property in object.properties {
                members.push(member(text, property, depth)?);
            }
            Tree::Map(Map::new(members))
        }
    };
    Ok(Node { range, tree })
}

fn member<'s>(text: &'s str, property: ast::ObjectProp<'s>, depth: usize) -> Result<Member<'s>, Refusal> {
    let (range, key) = match property.name {
        ast::ObjectPropName::String(lit) => (lit.range, string(text, lit.range, lit.value)?),
        ast::ObjectPropName::Word(word) => (word.range, Cow::Borrowed(word.value)),
    };
    Ok(Member { key, written: range.start..range.end, node: node(text, property.value, depth + 1)?, is_twice: false })
}

fn string<'s>(text: &'s str, range: Range, value: Cow<'s, str>) -> Result<Cow<'s, str>, Refusal> {
    let written = &text.as_bytes()[range.start..range.end];
    // the least of them all is found many bytes at a time, where a search would go byte by byte
    if written.iter().min().is_none_or(|least| *least >= 0x20) {
        return Ok(value);
    }
    let at = written.iter().position(|byte| *byte < 0x20).unwrap_or(0);
    Err(Refusal { offset: range.start + at, why: "a control character or a line end stands in a string" })
}

/// The same text with `\ufffd` for each escape that is half of a surrogate pair; `None` when there is none. The length stays.
fn without_lone_surrogates(text: &str) -> Option<String> {
    let unit = |at: usize| {
        let escape = text.get(at..at + 6)?.strip_prefix("\\u")?;
        escape.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(escape, 16).ok())?
    };
    let mut mended: Option<String> = None;
    let mut at = 0;
    while let Some(found) = text[at..].find('\\') {
        at += found;
        match unit(at) {
            Some(0xd800..=0xdbff) if matches!(unit(at + 6), Some(0xdc00..=0xdfff)) => at += 12,
            Some(0xd800..=0xdfff) => {
                mended.get_or_insert_with(|| text.to_owned()).replace_range(at..at + 6, "\\ufffd");
                at += 6;
            }
            Some(_) => at += 6,
            // the character after the backslash belongs to it
            None => at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8),
        }
    }
    mended
}

const TOO_DEEP: &str = "the file is nested too deeply";

/// What is wrong, without anything of the file.
fn why(kind: &ParseErrorKind) -> &'static str {
    match kind {
        ParseErrorKind::BareDecimalPointNumbersNotAllowed
        | ParseErrorKind::ExpectedDigit
        | ParseErrorKind::ExpectedDigitFollowingNegativeSign
        | ParseErrorKind::ExpectedPlusMinusOrDigitInNumberLiteral
        | ParseErrorKind::HexadecimalNumbersNotAllowed
        | ParseErrorKind::NonFiniteNumbersNotAllowed
        | ParseErrorKind::UnaryPlusNumbersNotAllowed => "this is no number of JSON",
        ParseErrorKind::CommentsNotAllowed => "a comment stands here",
        ParseErrorKind::TrailingCommasNotAllowed | ParseErrorKind::UnexpectedComma => "a comma stands here with nothing after it",
        ParseErrorKind::ExpectedColonAfterObjectKey => "a colon is missing after a key",
        ParseErrorKind::ExpectedObjectValue => "a value is missing after a key",
        ParseErrorKind::ExpectedStringObjectProperty => "a key must stand in double quotes",
        ParseErrorKind::ExpectedComma => "a comma is missing",
        ParseErrorKind::MultipleRootJsonValues => "something stands after the end of the document",
        ParseErrorKind::SingleQuotedStringsNotAllowed => "a string must stand in double quotes",
        ParseErrorKind::String(ParseStringErrorKind::UnterminatedStringLiteral) => "a string does not end",
        ParseErrorKind::String(_) => "a string holds an escape that JSON does not have",
        ParseErrorKind::UnexpectedCloseBrace
        | ParseErrorKind::UnexpectedCloseBracket
        | ParseErrorKind::UnexpectedColon
        | ParseErrorKind::UnexpectedToken
        | ParseErrorKind::UnexpectedTokenInObject
        | ParseErrorKind::UnexpectedWord => "this is no JSON",
        ParseErrorKind::UnterminatedArray => "a list does not end",
        ParseErrorKind::UnterminatedCommentBlock => "a comment does not end",
        ParseErrorKind::UnterminatedObject => "an object does not end",
        ParseErrorKind::NestingDepthExceeded => TOO_DEEP,
    }
}
