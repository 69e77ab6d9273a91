//! What each part of an expression gives, found out before anything is computed.
//!
//! Of a field that may hold anything nothing is known, so nothing is refused; a value that does not fit is then the
//! trouble of the item.

use super::super::record::{Field, Holds};
use super::mistake::{Mistake, hint};
use super::tree::{Key, Kind, Names, Node, Part};
use super::value::plain_number;
use super::words::Word;

type Given = Result<Holds, Mistake>;

/// What an expression must give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::stock) enum Wanted {
    /// A number.
    Quantity,
    /// True or false.
    Truth,
    /// A time.
    Moment,
}

/// Checks a whole expression, and settles as what its comparisons compare.
pub(super) fn check(tree: &mut Node, wanted: Wanted, names: Names<'_>, text: &str) -> Result<(), Mistake> {
    let types = Types { names, text };
    let given = types.of(tree)?;
    let (fits, what) = match (wanted, &given) {
        (_, Holds::Anything) => return Ok(()),
        (Wanted::Quantity, holds) => (matches!(holds, Holds::Number), "a quantity"),
        (Wanted::Truth, holds) => (matches!(holds, Holds::Flag), "true or false"),
        (Wanted::Moment, holds) => (matches!(holds, Holds::Time | Holds::Text | Holds::Number), "a time"),
    };
    if fits {
        return Ok(());
    }
    let advice = match (wanted, &given) {
        (Wanted::Quantity, Holds::Flag) => "; write `1 if … else 0`",
        (Wanted::Quantity, Holds::List(_)) => "; write `sum(…)`",
        (Wanted::Truth, Holds::Number) => "; compare it, such as `… > 0`",
        (Wanted::Truth, _) => "; compare it with something",
        _ => "",
    };
    let given = described(&given);
    Err(Mistake::sense(tree.outer.start, format!("`{}` gives {given}, not {what}{advice}", types.source(tree))))
}

/// A kind of value in words.
pub(in crate::stock) fn described(holds: &Holds) -> &'static str {
    match holds {
        Holds::Anything => "anything",
        Holds::Number => "a number",
        Holds::Flag => "true or false",
        Holds::Text => "a text",
        Holds::Time => "a time",
        Holds::List(_) => "a list",
        Holds::Record(_) => "a record",
    }
}

struct Types<'a> {
    names: Names<'a>,
    text: &'a str,
}

impl Types<'_> {
    fn source(&self, node: &Node) -> &str {
        self.text.get(node.span.clone()).unwrap_or_default()
    }

    fn of(&self, node: &mut Node) -> Given {
        let start = node.span.start;
        let span = node.span.clone();
        let source = self.text.get(span).unwrap_or_default();
        Ok(match &mut node.is {
            Part::Null => Holds::Anything,
            Part::Flag(_) => Holds::Flag,
            Part::Number(_) => Holds::Number,
            Part::Text(_) => Holds::Text,
            Part::Field(name) => {
                let field = self.names.fields.iter().find(|field| field.name == *name);
                field.map_or(Holds::Anything, |field| field.holds.clone())
            }
            Part::List(parts) => self.list(parts)?,
            Part::Member(of, name) => {
                let holds = self.of(of)?;
                member(&holds, name)
                    .map_err(|what| Mistake::sense(of.outer.end, format!("`{}` {what}", self.source(of))))?
            }
            Part::Index(of, key) => {
                let holds = self.of(of)?;
                self.index(of, &holds, key)?
            }
            Part::Call(word, arguments) => self.call(*word, arguments)?,
            Part::Negative(of) => self.number(of)?,
            Part::Not(of) => self.flag(of)?,
            Part::Arithmetic(_, left, right) => {
                self.number(left)?;
                self.number(right)?
            }
            Part::And(left, right) | Part::Or(left, right) => {
                self.flag(left)?;
                self.flag(right)?
            }
            Part::Same(_, left, right) => {
                let (one, other) = (self.of(left)?, self.of(right)?);
                self.equated([(left, &one), (right, &other)])?;
                Holds::Flag
            }
            Part::Order(_, kind, left, right) => {
                let (one, other) = (self.of(left)?, self.of(right)?);
                *kind = self.ordered([(left, &one), (right, &other)])?;
                Holds::Flag
            }
            Part::In(_, one, many) => {
                let item = self.of(one)?;
                match self.of(many)? {
                    Holds::Anything => {}
                    Holds::Text => self.expect(one, &item, &Holds::Text)?,
                    Holds::List(inside) => {
                        if let Part::List(parts) = &many.is {
                            for part in parts {
                                let given =
                                    if matches!(part.is, Part::Text(_)) { Holds::Text } else { Holds::Anything };
                                self.equated([(one, &item), (part, &given)])?;
                            }
                        } else {
                            self.equated([(one, &item), (many, &inside)])?;
                        }
                    }
                    other => return Err(self.unfit(many, &other, "a list; write `x in [1, 2]`")),
                }
                Holds::Flag
            }
            Part::Is(_, _, of) => {
                self.of(of)?;
                Holds::Flag
            }
            Part::If { condition, then, other } => {
                self.flag(condition)?;
                let (one, two) = (self.of(then)?, self.of(other)?);
                joined(one, two).map_err(|(one, two)| {
                    Mistake::sense(start, format!("`{source}` gives {one} in one case and {two} in the other"))
                })?
            }
        })
    }

    fn list(&self, parts: &mut [Node]) -> Given {
        let mut inside: Option<Holds> = None;
        for part in parts {
            let holds = self.of(part)?;
            // A list of this and that is a list of anything.
            inside = Some(match inside {
                None => holds,
                Some(before) => joined(before, holds).unwrap_or(Holds::Anything),
            });
        }
        Ok(Holds::List(Box::new(inside.unwrap_or(Holds::Anything))))
    }

    fn index(&self, of: &Node, holds: &Holds, key: &mut Key) -> Given {
        match (holds, key) {
            (Holds::List(inside), Key::Position(_)) => Ok((**inside).clone()),
            (Holds::Anything, Key::Position(_) | Key::Name(_)) => Ok(Holds::Anything),
            (Holds::List(inside), Key::Name(_)) => {
                let named = |fields: &[Field]| fields.iter().any(|field| matches!(field.name.as_str(), "id" | "name"));
                match &**inside {
                    Holds::Anything => {}
                    Holds::Record(fields) if named(fields) => {}
                    _ => {
                        let what = format!("`{}` is no list of records with an id or a name", self.source(of));
                        return Err(Mistake::sense(of.outer.end, what));
                    }
                }
                Ok(holds.clone())
            }
            (Holds::Record(_), Key::Name(selection)) => member(holds, &selection.label)
                .map_err(|what| Mistake::sense(of.outer.end, format!("`{}` {what}", self.source(of)))),
            (Holds::List(_) | Holds::Record(_) | Holds::Anything, Key::Computed(key)) => {
                self.of(key)?;
                Ok(Holds::Anything)
            }
            _ => Err(self.unfit(of, holds, "a list")),
        }
    }

    fn call(&self, word: Word, arguments: &mut [Node]) -> Given {
        match word {
            Word::Abs | Word::Ceil | Word::Floor | Word::Round => {
                for argument in arguments {
                    self.number(argument)?;
                }
                Ok(Holds::Number)
            }
            Word::Max | Word::Min | Word::Sum => {
                for argument in arguments {
                    let holds = self.of(argument)?;
                    let mut inside = &holds;
                    while let Holds::List(deeper) = inside {
                        inside = deeper;
                    }
                    if !matches!(inside, Holds::Number | Holds::Anything) {
                        return Err(self.unfit(argument, inside, "numbers"));
                    }
                }
                Ok(Holds::Number)
            }
            Word::Coalesce => {
                let mut given: Option<Holds> = None;
                for argument in arguments {
                    let holds = self.of(argument)?;
                    given = Some(match given {
                        None => holds,
                        Some(before) => joined(before, holds).map_err(|(one, two)| {
                            let what = format!("`{}` is {two} in place of {one}", self.source(argument));
                            Mistake::sense(argument.outer.start, what)
                        })?,
                    });
                }
                Ok(given.unwrap_or(Holds::Anything))
            }
            Word::Count | Word::First | Word::Last => {
                let Some(argument) = arguments.first_mut() else { return Ok(Holds::Anything) };
                match (self.of(argument)?, word) {
                    (Holds::Anything | Holds::List(_) | Holds::Text, Word::Count) => Ok(Holds::Number),
                    (Holds::Anything, _) => Ok(Holds::Anything),
                    (Holds::List(inside), _) => Ok(*inside),
                    (other, _) => Err(self.unfit(argument, &other, "a list")),
                }
            }
            Word::Lower | Word::Trim | Word::Upper => {
                for argument in arguments {
                    let holds = self.of(argument)?;
                    if !matches!(holds, Holds::Anything | Holds::Text | Holds::Number | Holds::Time) {
                        return Err(self.unfit(argument, &holds, "a text"));
                    }
                }
                Ok(Holds::Text)
            }
            Word::Number | Word::Whole => {
                for argument in arguments {
                    let holds = self.of(argument)?;
                    if !matches!(holds, Holds::Anything | Holds::Text | Holds::Number) {
                        return Err(self.unfit(argument, &holds, "a number"));
                    }
                }
                Ok(Holds::Number)
            }
        }
    }

    fn number(&self, node: &mut Node) -> Given {
        let holds = self.of(node)?;
        self.expect(node, &holds, &Holds::Number)?;
        Ok(Holds::Number)
    }

    fn flag(&self, node: &mut Node) -> Given {
        let holds = self.of(node)?;
        self.expect(node, &holds, &Holds::Flag)?;
        Ok(Holds::Flag)
    }

    fn expect(&self, node: &Node, given: &Holds, wanted: &Holds) -> Result<(), Mistake> {
        if matches!(given, Holds::Anything) || given == wanted {
            return Ok(());
        }
        let advice = match (given, wanted) {
            (Holds::Flag, Holds::Number) => "a number; write `1 if … else 0`".to_owned(),
            (Holds::List(_), Holds::Number) => "a number; write `sum(…)`".to_owned(),
            (Holds::Number, Holds::Flag) => "true or false; compare it, such as `… > 0`".to_owned(),
            (_, Holds::Flag) => "true or false; compare it with something".to_owned(),
            _ => described(wanted).to_owned(),
        };
        Err(self.unfit(node, given, &advice))
    }

    /// `wanted` may end in advice, after a semicolon.
    fn unfit(&self, node: &Node, given: &Holds, wanted: &str) -> Mistake {
        Mistake::sense(node.outer.start, format!("`{}` is {}, not {wanted}", self.source(node), described(given)))
    }

    fn equated(&self, sides: [(&Node, &Holds); 2]) -> Result<(), Mistake> {
        self.quoted_numbers(sides)?;
        let [(_, one), (second, other)] = sides;
        let fits = match (one, other) {
            (Holds::Anything, _) | (_, Holds::Anything) => true,
            (Holds::Text | Holds::Time, Holds::Text | Holds::Time) => true,
            (Holds::Number | Holds::Flag, Holds::Number | Holds::Flag) => true,
            _ => std::mem::discriminant(one) == std::mem::discriminant(other),
        };
        if fits { Ok(()) } else { Err(self.incomparable(sides, second)) }
    }

    fn ordered(&self, sides: [(&Node, &Holds); 2]) -> Result<Kind, Mistake> {
        self.quoted_numbers(sides)?;
        let [(_, one), (second, other)] = sides;
        for (side, holds) in sides {
            if matches!(holds, Holds::Flag | Holds::List(_) | Holds::Record(_)) {
                return Err(self.unfit(side, holds, "something that is more or less than another"));
            }
        }
        match (one, other) {
            (Holds::Time, _) | (_, Holds::Time) => Ok(Kind::Times),
            (Holds::Text, Holds::Text | Holds::Anything) | (Holds::Anything, Holds::Text) => Ok(Kind::Texts),
            (Holds::Text, _) | (_, Holds::Text) => Err(self.incomparable(sides, second)),
            _ => Ok(Kind::Numbers),
        }
    }

    fn incomparable(&self, [(left, one), (right, other)]: [(&Node, &Holds); 2], at: &Node) -> Mistake {
        let (one, other) = (described(one), described(other));
        let what = format!("`{}` is {one} and `{}` is {other}", self.source(left), self.source(right));
        Mistake::sense(at.outer.start, format!("{what}; these two cannot be compared"))
    }

    /// A number in quotes beside something that is no text.
    fn quoted_numbers(&self, sides: [(&Node, &Holds); 2]) -> Result<(), Mistake> {
        let [one, other] = sides;
        for ((quoted, _), (beside, holds)) in [(one, other), (other, one)] {
            let both_are = matches!(beside.is, Part::Text(_)) || matches!(holds, Holds::Text | Holds::Time);
            if let (Part::Text(text), false) = (&quoted.is, both_are)
                && plain_number(text).is_some()
            {
                let what = format!("`{}` is in quotes, but text that is a number is read as a number", text.trim());
                return Err(Mistake::sense(
                    quoted.outer.start,
                    format!("{what}; write {} without quotes", text.trim()),
                ));
            }
        }
        Ok(())
    }
}

/// What a member is; of a list, of each in it.
fn member(holds: &Holds, name: &str) -> Result<Holds, String> {
    match holds {
        Holds::Anything => Ok(Holds::Anything),
        Holds::List(inside) => Ok(Holds::List(Box::new(member(inside, name)?))),
        Holds::Record(fields) => match fields.iter().find(|field| field.name == name) {
            Some(field) => Ok(field.holds.clone()),
            None => {
                let hint = hint(name, fields.iter().map(|field| field.name.as_str()));
                Err(format!("has no member `{name}`{hint}"))
            }
        },
        other => Err(format!("is {} and has no members", described(other))),
    }
}

/// What it is if it is one or the other. The error names both.
fn joined(one: Holds, other: Holds) -> Result<Holds, (&'static str, &'static str)> {
    match (one, other) {
        (one, Holds::Anything) | (Holds::Anything, one) => Ok(one),
        (Holds::Text, Holds::Time) | (Holds::Time, Holds::Text) => Ok(Holds::Time),
        (Holds::List(one), Holds::List(other)) => Ok(Holds::List(Box::new(joined(*one, *other)?))),
        (one, other) if one == other => Ok(one),
        (one, other) => Err((described(&one), described(&other))),
    }
}
