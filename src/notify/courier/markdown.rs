//! Foreign words in Markdown: shown letter by letter, whatever they say.

/// Takes a sign's meaning away where no backslash does, and is not seen: ZERO WIDTH SPACE.
const NOTHING: char = '\u{200b}';

/// The signs that every kind of Markdown knows how to escape.
const ESCAPED: &str = r"\`*{}[]()#+-!_>~|";

/// Escapes what Markdown gives a meaning to, and breaks what becomes a mention (`@all`), an emoji (`:smile:`) or a link
/// (`http://…`, `www.…`, `<…>`) of itself. Numbers and times stay as they are, so that they can be copied.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut signs = text.chars().peekable();
    while let Some(one) = signs.next() {
        let next = signs.peek().copied().unwrap_or(' ');
        match one {
            '\n' | '\r' => out.push(' '),
            '@' | '<' | '$' => out.extend([one, NOTHING]),
            ':' if next == '/' || next.is_alphabetic() => out.extend([one, NOTHING]),
            '.' if next.is_alphabetic() => out.extend([one, NOTHING]),
            _ if ESCAPED.contains(one) => out.extend(['\\', one]),
            _ => out.push(one),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_keeps_a_meaning() {
        for (text, expected) in [
            ("@everyone", "@\u{200b}everyone"),
            ("*a* _b_ ~c~ `d`", r"\*a\* \_b\_ \~c\~ \`d\`"),
            ("[x](http://evil)", "\\[x\\]\\(http:\u{200b}//evil\\)"),
            ("<!channel> <@1>", "<\u{200b}\\!channel\\> <\u{200b}@\u{200b}1\\>"),
            ("www.evil.example", "www.\u{200b}evil.\u{200b}example"),
            (":smile: mailto:a@b.c", ":\u{200b}smile: mailto:\u{200b}a@\u{200b}b.\u{200b}c"),
            ("# a\n- b", r"\# a \- b"),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }

    #[test]
    fn what_is_copied_stays_as_it_is() {
        for text in ["תה ירוק, 1.5 kg", "22 Nov 2026, 12:01", "TEA001/7", "50 % & more"] {
            assert_eq!(escaped(text), text);
        }
    }
}
