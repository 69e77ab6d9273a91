//! What follows a value: `[key]`, `|filter`, `is test`, and the arguments of functions.

use std::ops::Range;

use rust_decimal::prelude::ToPrimitive;

use super::lexer::{Is, Token};
use super::mistake::{Mistake, hint};
use super::parser::{Parsed, Parser, node};
use super::tree::{Key, Node, Part, Selection, Test, Wanted};
use super::words::{KEYWORDS, WORDS};

impl Parser<'_, '_> {
    /// The filters and tests after a value.
    pub(super) fn filtered(&mut self, mut value: Node) -> Parsed {
        loop {
            let start = value.outer.start;
            if self.takes("|") {
                let at = self.here();
                let Is::Word(name) = self.now() else {
                    return Err(self.unexpected("the name of a filter is missing after the `|`"));
                };
                let name = name.clone();
                self.at += 1;
                let mut arguments = vec![value];
                if self.takes("(") {
                    arguments.extend(self.list(")")?);
                }
                value = call(&name, at, true, arguments, start..self.before())?;
            } else if self.takes_word("is") {
                let not = self.takes_word("not");
                let at = self.here();
                let Is::Word(name) = self.now() else { return Err(self.unexpected("a test is missing after `is`")) };
                let known = Test::ALL.iter().find(|(known, _)| *known == name.to_lowercase());
                let Some((_, test)) = known else {
                    let hint = hint(name, Test::ALL.map(|(name, _)| name));
                    return Err(Mistake::sense(at, format!("no test is called `{name}`{hint}")));
                };
                self.at += 1;
                value = node(Part::Is(not, *test, Box::new(value)), start..self.before());
            } else {
                return Ok(value);
            }
        }
    }

    /// What stands between square brackets: a position, a group or location, or a field.
    pub(super) fn key(&mut self) -> Result<Key, Mistake> {
        let closes = |parser: &Self, on: usize| {
            matches!(parser.tokens.get(parser.at + on), Some(Token { is: Is::Sign("]"), .. }))
        };
        match self.now() {
            Is::Text(name) if closes(self, 1) => {
                let key = Selection { label: name.clone(), wanted: vec![Wanted::new(name)] };
                self.at += 1;
                return Ok(Key::Name(key));
            }
            Is::Word(name) if closes(self, 1) && !KEYWORDS.contains(&name.as_str()) => {
                if let Some(wanted) = self.group(name)? {
                    let key = Selection { label: name.clone(), wanted };
                    self.at += 1;
                    return Ok(Key::Name(key));
                }
            }
            _ => {}
        }
        let key = self.expression()?;
        let position = match &key.is {
            Part::Number(position) => position.to_i64().filter(|whole| *position == (*whole).into()),
            Part::Negative(of) => match &of.is {
                Part::Number(position) => position.to_i64().filter(|whole| *position == (*whole).into()).map(|n| -n),
                _ => None,
            },
            _ => None,
        };
        Ok(position.map_or_else(|| Key::Computed(Box::new(key)), Key::Position))
    }

    /// The locations a bare name in square brackets stands for: those of the group. Where no groups are configured, the
    /// location of that name. `None` where it is a field.
    fn group(&self, name: &str) -> Result<Option<Vec<Wanted>>, Mistake> {
        if let Some(group) = self.names.groups.get(name) {
            return Ok(Some(group.iter().map(|one| Wanted::new(one)).collect()));
        }
        if self.names.fields.iter().any(|field| field.name == name) {
            return Ok(None);
        }
        if self.names.groups.is_empty() {
            return Ok(Some(vec![Wanted::new(name)]));
        }
        let hint = hint(name, self.names.groups.keys().map(String::as_str));
        let what =
            format!("no group of locations is called `{name}`{hint} (one location by its id or name: [\"{name}\"])");
        Err(Mistake::sense(self.here(), what))
    }
}

/// A function or filter with its arguments.
pub(super) fn call(name: &str, at: usize, filter: bool, arguments: Vec<Node>, span: Range<usize>) -> Parsed {
    let mut known = WORDS.iter().filter(|known| filter || known.called);
    let Some(known) = known.find(|known| known.name == name) else {
        let what = if filter { "filter" } else { "function" };
        let hint = match WORDS.iter().find(|known| known.name == name) {
            Some(filter) => format!("; it is a filter: write `{}`", filter.example),
            None => hint(name, WORDS.iter().filter(|known| filter || known.called).map(|known| known.name)),
        };
        return Err(Mistake::sense(at, format!("no {what} is called `{name}`{hint}")));
    };
    let (fewest, most) = known.arguments;
    let amount = match arguments.len() {
        few if few < fewest => "few",
        many if many > most => "many",
        _ => return Ok(node(Part::Call(known.word, arguments), span)),
    };
    Err(Mistake::sense(at, format!("`{name}` has too {amount} arguments; write it like `{}`", known.example)))
}
