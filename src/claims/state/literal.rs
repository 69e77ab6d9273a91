//! Object literals as scripts write them: JSON, and what JavaScript allows beside it.

use std::collections::HashMap;

use serde_json::{Map, Number, Value};

use super::lexer::{self, Token};

/// Nesting past which nothing sensible is said.
const DEPTH: usize = 48;

/// Values that names stand for: the arguments of the function that a literal is wrapped in.
pub(super) type Names<'t> = HashMap<&'t str, Value>;

/// Reads one literal from the beginning of the text. What is no plain value, such as a call or a sum, becomes `null`;
/// `None` where there is no literal, or none that ends.
pub(super) fn read(text: &str, names: &Names<'_>) -> Option<Value> {
    if names.is_empty()
        && let Some(Ok(value)) = serde_json::Deserializer::from_str(text).into_iter::<Value>().next()
    {
        return Some(value);
    }
    let mut reader = Reader { lexer: lexer::Lexer::new(text), names };
    let first = reader.lexer.next()?;
    reader.value(first, DEPTH)
}

struct Reader<'t, 'n> {
    lexer: lexer::Lexer<'t>,
    names: &'n Names<'n>,
}

impl<'t> Reader<'t, '_> {
    /// A value that begins with `first`, and no more of the text than that.
    fn value(&mut self, first: Token<'t>, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        Some(match first {
            Token::Mark(b'{') => Value::Object(self.object(depth)?),
            Token::Mark(b'[') => Value::Array(self.array(depth)?),
            Token::Text(text) => Value::String(lexer::unescaped(text)),
            Token::Word("true") => Value::Bool(true),
            Token::Word("false") => Value::Bool(false),
            Token::Word(word) => self.names.get(word).cloned().unwrap_or(Value::Null),
            Token::Number(number) => number_of(number),
            Token::Mark(b'!') => match self.lexer.next()? {
                Token::Number(number) => Value::Bool(number == "0"),
                _ => Value::Null,
            },
            Token::Mark(b'-') => match self.lexer.next()? {
                Token::Number(number) => number_of(&format!("-{number}")),
                _ => Value::Null,
            },
            Token::Mark(_) => Value::Null,
        })
    }

    /// A value, and the mark after it: `,`, `}` or `]`. A value that goes on after its end is an expression.
    fn whole(&mut self, first: Token<'t>, depth: usize) -> Option<(Value, u8)> {
        if let Token::Mark(mark @ (b',' | b'}' | b']')) = first {
            return Some((Value::Null, mark));
        }
        // A call or a function in parentheses has marks of its own.
        let mut open = usize::from(matches!(first, Token::Mark(b'(')));
        let mut value = self.value(first, depth)?;
        loop {
            match self.lexer.next()? {
                Token::Mark(mark @ (b',' | b'}' | b']')) if open == 0 => return Some((value, mark)),
                Token::Mark(b'(' | b'{' | b'[') => open += 1,
                Token::Mark(b')' | b'}' | b']') => open = open.checked_sub(1)?,
                _ => {}
            }
            value = Value::Null;
        }
    }

    fn array(&mut self, depth: usize) -> Option<Vec<Value>> {
        let mut all = Vec::new();
        loop {
            match self.lexer.next()? {
                Token::Mark(b']') => return Some(all),
                Token::Mark(b',') => {}
                first => {
                    let (value, mark) = self.whole(first, depth)?;
                    all.push(value);
                    match mark {
                        b']' => return Some(all),
                        b',' => {}
                        _ => return None,
                    }
                }
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<Map<String, Value>> {
        let mut map = Map::new();
        loop {
            let key = match self.lexer.next()? {
                Token::Mark(b'}') => return Some(map),
                Token::Mark(b',') => continue,
                Token::Text(text) => lexer::unescaped(text),
                Token::Word(word) | Token::Number(word) => word.to_owned(),
                // A computed key, a spread: its value is read and forgotten.
                Token::Mark(_) => String::new(),
            };
            let mut mark = None;
            match self.lexer.next()? {
                Token::Mark(b':') => {
                    let first = self.lexer.next()?;
                    let (value, end) = self.whole(first, depth)?;
                    mark = Some(end);
                    if !key.is_empty() {
                        map.insert(key, value);
                    }
                }
                // `{a, b}`, or a method.
                Token::Mark(end @ (b',' | b'}')) => {
                    if let Some(value) = self.names.get(key.as_str()) {
                        map.insert(key, value.clone());
                    }
                    mark = Some(end);
                }
                first => {
                    if let Some((_, end)) = self.whole(first, depth) {
                        mark = Some(end);
                    }
                }
            }
            match mark? {
                b'}' => return Some(map),
                b',' => {}
                _ => return None,
            }
        }
    }
}

fn number_of(text: &str) -> Value {
    if let Ok(whole) = text.parse::<i64>() {
        return Value::Number(whole.into());
    }
    text.parse::<f64>().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_plain(text: &str) -> Option<Value> {
        read(text, &Names::new())
    }

    #[test]
    fn what_javascript_allows_is_read() {
        for (text, meant) in [
            ("{\"a\":1} and more", json!({"a": 1})),
            ("{a:'x\\'y', b_2: [1, 2,], 'c': .5, d: -3}", json!({"a": "x'y", "b_2": [1, 2], "c": 0.5, "d": -3})),
            (
                "{a: !0, b: !1, c: void 0, d: undefined, e: NaN}",
                json!({"a": true, "b": false, "c": null, "d": null, "e": null}),
            ),
            ("{a: t('x, y'), b: 2}", json!({"a": null, "b": 2})),
            ("{a: 'x' + y, b: 1}", json!({"a": null, "b": 1})),
            ("{f: function(a, b) { return {x: a}; }, b: 1}", json!({"f": null, "b": 1})),
            ("{f: (a, b) => [a, b], b: 1}", json!({"f": null, "b": 1})),
            ("{f(a, b) { return 1 }, b: 1}", json!({"b": 1})),
            ("{ // a note, with {\n a: 1 /* and } */, }", json!({"a": 1})),
            ("{r: /[\"'}]/g, b: `x`}", json!({"r": null, "b": "x"})),
        ] {
            assert_eq!(read_plain(text), Some(meant), "{text}");
        }
    }

    #[test]
    fn names_stand_for_what_they_are_given() {
        let names = Names::from([("a", json!(false)), ("b", json!("x"))]);
        assert_eq!(read("{available:a,sku:b,n:c}", &names), Some(json!({"available": false, "sku": "x", "n": null})));
    }

    #[test]
    fn what_does_not_end_is_nothing() {
        for text in ["", "{", "{a:", "[1,2", "{a:[}", "{a:'", "{{{{"] {
            assert_eq!(read_plain(text), None, "{text}");
        }
        assert_eq!(read_plain(&"[".repeat(100_000)), None);
        assert_eq!(read_plain(&"{a:".repeat(100_000)), None);
    }
}
