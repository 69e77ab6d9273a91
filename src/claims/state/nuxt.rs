//! Nuxt 2's state: a literal in a function, whose arguments stand for the values that occur more than once.

use serde_json::Value;

use super::lexer::{Lexer, Token};
use super::literal::{self, Names};
use super::view::{Found, View};
use super::{script, walk};

/// Reads `window.__NUXT__=(function(a,b){return {available:a}}(false,"x"))`.
pub(super) fn read(view: &View<'_>, found: &mut Vec<Found>) {
    for script in &view.sheet.scripts {
        let Some(at) = memchr::memmem::find(script.text.as_bytes(), b"__NUXT__") else { continue };
        let Some(text) = script.text.get(at..).filter(|text| text.len() < walk::LONGEST) else { continue };
        let Some((body, names)) = unwrapped(text) else { continue };
        script::literals(body, &mut |piece| {
            if let Some(value) = literal::read(piece, &names) {
                walk::tree(&value, view, script.at, found);
            }
        });
    }
}

/// The function's body, and what its parameters stand for.
fn unwrapped(text: &str) -> Option<(&str, Names<'_>)> {
    let mut lexer = Lexer::new(text);
    lexer.find(|token| matches!(token, Token::Word("function") | Token::Mark(b'{')))?;
    if lexer.next()? != Token::Mark(b'(') {
        return None;
    }
    let mut parameters = Vec::new();
    loop {
        match lexer.next()? {
            Token::Word(name) => parameters.push(name),
            Token::Mark(b')') => break,
            Token::Mark(b',') => {}
            _ => return None,
        }
    }
    if lexer.next()? != Token::Mark(b'{') {
        return None;
    }
    let from = lexer.at();
    let mut after = script::end_of(lexer)?;
    let body = text.get(from..after.at() - 1)?;
    let mut next = after.next()?;
    if next == Token::Mark(b')') {
        next = after.next()?;
    }
    if next != Token::Mark(b'(') {
        return None;
    }
    let arguments = text.get(after.at()..)?;
    let end = arguments.rfind(')')?;
    // Whatever follows the last argument is no value and is read as none.
    let list = format!("[{}]", arguments.get(..end)?.trim_end().trim_end_matches([')', ';']));
    let Value::Array(values) = literal::read(&list, &Names::new())? else { return None };
    Some((body, parameters.into_iter().zip(values).collect()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn arguments_are_put_in_their_places() {
        for text in [
            "__NUXT__=(function(a,b){return {available:a,sku:b}}(false,\"x\"));",
            "__NUXT__=(function(a,b){return {available:a,sku:b}})(false,\"x\");",
        ] {
            let (body, names) = unwrapped(text).unwrap();
            assert_eq!(body, "return {available:a,sku:b}");
            assert_eq!(names["a"], json!(false));
            assert_eq!(names["b"], json!("x"));
        }
        assert!(unwrapped("__NUXT__={a:1}").is_none());
        assert!(unwrapped("__NUXT__=(function(a").is_none());
    }
}
