//! A text of an entry, cut into what stands there and what its client fills in. Fills nothing itself, and sees no value.

use super::dialect::{Dialect, Field, resolve};
use super::filling::{Fill, Piece};
use super::form::scan;
use crate::client::contract::Kind;

impl Fill for Dialect {
    fn pieces<'t>(&self, text: &'t str) -> Vec<Piece<'t>> {
        // every form has one of them
        if !text.contains(['$', '{']) {
            return vec![Piece::Text(text)];
        }
        let mut pieces = Vec::new();
        let mut rest = 0;
        for token in scan(text, false) {
            let range = token.start..token.end;
            let Some((kind, default)) = resolve(&token, self, Field::Filled).filter(|_| range.start >= rest) else { continue };
            let reference = &text[range.clone()];
            let piece = match kind {
                Kind::Env | Kind::Secret | Kind::Store => Piece::Variable { name: token.name, default, text: reference },
                Kind::Unexpanded => continue,
                _ => Piece::Given { name: token.name, text: reference },
            };
            if rest < range.start {
                pieces.push(Piece::Text(&text[rest..range.start]));
            }
            pieces.push(piece);
            rest = range.end;
        }
        if rest < text.len() || pieces.is_empty() {
            pieces.push(Piece::Text(&text[rest..]));
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::super::filling::Filling;
    use super::super::form::Form;
    use super::super::writing::{PARTS, Part};
    use super::*;

    const CODE: Dialect = Dialect {
        forms: &[(Form::Env, Kind::Env), (Form::Input, Kind::Input), (Form::Defaulted, Kind::Env)],
        given: &[],
        ..Dialect::NONE
    };

    #[test]
    fn a_text_is_cut_where_its_client_fills_it_and_nowhere_else() {
        let filling = Filling::new(&CODE, PARTS);
        let told = |text: &str| {
            let tell = |piece: Piece<'_>| match piece {
                Piece::Text(text) => format!("'{text}'"),
                Piece::Variable { name, default, text } => format!("{name}={} {text}", default.unwrap_or("?")),
                Piece::Given { name, text } => format!("({name}) {text}"),
            };
            filling.pieces(Some(Part::Args), text).into_iter().map(tell).collect::<Vec<_>>().join(" | ")
        };
        assert_eq!(told("a${env:X}b"), "'a' | X=? ${env:X} | 'b'");
        assert_eq!(told("${env:X:d}${input:y}"), "X=? ${env:X:d} | (y) ${input:y}");
        assert_eq!(told("--${X:-d${Y}}-"), "'--' | X=d${Y} ${X:-d${Y}} | '-'");
        assert_eq!(told("${X} $X é"), "'${X} $X é'");
        assert_eq!(told(""), "''");
        assert_eq!(Filling::NONE.pieces(None, "${env:X}"), [Piece::Text("${env:X}")]);
        let long = "${env:A}".repeat(20_000);
        assert_eq!(filling.pieces(Some(Part::Args), &long).len(), 20_000);
    }
}
