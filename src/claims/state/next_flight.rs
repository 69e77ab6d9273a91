//! Next.js' flight data: one text, pushed in pieces that break anywhere.

use super::lexer::{Lexer, Token, unescaped};
use super::view::{Found, View};
use super::walk;

/// The function that takes the pieces.
pub(super) const PUSHES: &str = "__next_f";

/// Puts the pieces together and reads them.
pub(super) fn read(view: &View<'_>, found: &mut Vec<Found>) {
    let mut whole = String::new();
    let mut at = None;
    for script in view.sheet.scripts.iter().filter(|script| script.text.contains(PUSHES)) {
        at = at.or(Some(script.at));
        let mut before = [None, None];
        for token in Lexer::new(&script.text) {
            // `push([1, "a piece"])`
            if let (Token::Text(piece), [Some(Token::Number("1")), Some(Token::Mark(b','))]) = (token, before)
                && whole.len() < walk::LONGEST
            {
                whole.push_str(&unescaped(piece));
            }
            before = [before[1], Some(token)];
        }
    }
    if let Some(at) = at {
        walk::literal(&whole, view, at, found);
    }
}
