//! From tokens to a tree. What binds least comes first: `if`, `or`, `and`, `not`, comparison, sum, product, sign,
//! then what follows a value: `.member`, `[key]`, `|filter`, `is test`.

use std::ops::Range;

use rust_decimal::prelude::ToPrimitive;

use super::lexer::{Is, Token};
use super::mistake::{Mistake, hint};
use super::tree::{Comparison, Key, Kind, Names, Node, Operator, Part, Selection, Test, Wanted};
use super::words::{KEYWORDS, WORDS};

/// How deep brackets may nest.
const DEEPEST: usize = 40;

type Parsed = Result<Node, Mistake>;

/// Reads the tree of an expression and finds what its names stand for.
pub(super) fn parse(tokens: &[Token], names: Names<'_>) -> Parsed {
    let mut parser = Parser { tokens, at: 0, names, depth: 0 };
    let tree = parser.expression()?;
    match parser.now() {
        Is::End => Ok(tree),
        Is::Word(word) if word == "else" => Err(parser.unexpected("`else` has no `if` before it")),
        _ => {
            Err(parser.unexpected("something follows that nothing joins to what is before it; an operator is missing"))
        }
    }
}

struct Parser<'t, 'n> {
    tokens: &'t [Token],
    at: usize,
    names: Names<'n>,
    depth: usize,
}

const END: Token = Token { is: Is::End, span: 0..0 };

impl Parser<'_, '_> {
    fn token(&self) -> &Token {
        self.tokens.get(self.at).or(self.tokens.last()).unwrap_or(&END)
    }

    fn now(&self) -> &Is {
        &self.token().is
    }

    fn here(&self) -> usize {
        self.token().span.start
    }

    /// Where the token before this one ends.
    fn before(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |token| token.span.end)
    }

    fn unexpected(&self, what: &str) -> Mistake {
        Mistake::syntax(self.here(), what)
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let is = matches!(self.now(), Is::Word(here) if here == word);
        self.at += usize::from(is);
        is
    }

    fn takes(&mut self, sign: &str) -> bool {
        let is = matches!(self.now(), Is::Sign(here) if *here == sign);
        self.at += usize::from(is);
        is
    }

    fn needs(&mut self, sign: &str) -> Result<(), Mistake> {
        if self.takes(sign) { Ok(()) } else { Err(self.unexpected(&format!("a `{sign}` is missing"))) }
    }

    /// What may hold itself again.
    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Parsed) -> Parsed {
        if self.depth == DEEPEST {
            return Err(self.unexpected(&format!("it nests deeper than {DEEPEST} levels")));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn expression(&mut self) -> Parsed {
        self.deeper(|parser| {
            let then = parser.or()?;
            let at = parser.here();
            if !parser.takes_word("if") {
                return Ok(then);
            }
            let condition = parser.or()?;
            if !parser.takes_word("else") {
                let what = "every `if` needs an `else` here, or the result may be nothing";
                return Err(Mistake::sense(at, what));
            }
            let other = parser.expression()?;
            let span = then.outer.start..other.outer.end;
            let (condition, then, other) = (Box::new(condition), Box::new(then), Box::new(other));
            Ok(node(Part::If { condition, then, other }, span))
        })
    }

    fn or(&mut self) -> Parsed {
        let mut left = self.and()?;
        while self.takes_word("or") {
            let right = self.and()?;
            left = joined(left, right, Part::Or);
        }
        Ok(left)
    }

    fn and(&mut self) -> Parsed {
        let mut left = self.not()?;
        while self.takes_word("and") {
            let right = self.not()?;
            left = joined(left, right, Part::And);
        }
        Ok(left)
    }

    fn not(&mut self) -> Parsed {
        let start = self.here();
        if !self.takes_word("not") {
            return self.comparison();
        }
        let of = self.deeper(Self::not)?;
        let span = start..of.outer.end;
        Ok(node(Part::Not(Box::new(of)), span))
    }

    fn comparison(&mut self) -> Parsed {
        let left = self.sum()?;
        let Some(build) = self.comparator()? else { return Ok(left) };
        let right = self.sum()?;
        let at = self.here();
        if self.comparator()?.is_some() {
            return Err(Mistake::syntax(at, "a second comparison follows; write `a < b and b < c`"));
        }
        Ok(joined(left, right, build))
    }

    fn comparator(&mut self) -> Result<Option<fn(Box<Node>, Box<Node>) -> Part>, Mistake> {
        let build: fn(Box<Node>, Box<Node>) -> Part = match self.now() {
            Is::Sign("==") => |a, b| Part::Same(false, a, b),
            Is::Sign("!=") => |a, b| Part::Same(true, a, b),
            Is::Sign("<") => |a, b| Part::Order(Comparison::Less, Kind::Numbers, a, b),
            Is::Sign("<=") => |a, b| Part::Order(Comparison::LessOrSame, Kind::Numbers, a, b),
            Is::Sign(">") => |a, b| Part::Order(Comparison::More, Kind::Numbers, a, b),
            Is::Sign(">=") => |a, b| Part::Order(Comparison::MoreOrSame, Kind::Numbers, a, b),
            Is::Word(word) if word == "in" => |a, b| Part::In(false, a, b),
            Is::Word(word) if word == "not" => {
                self.at += 1;
                if !matches!(self.now(), Is::Word(word) if word == "in") {
                    return Err(self.unexpected("an `in` is missing after `not`"));
                }
                |a, b| Part::In(true, a, b)
            }
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(build))
    }

    fn sum(&mut self) -> Parsed {
        let mut left = self.product()?;
        loop {
            let operator = match self.now() {
                Is::Sign("+") => Operator::Plus,
                Is::Sign("-") => Operator::Minus,
                _ => return Ok(left),
            };
            self.at += 1;
            let right = self.product()?;
            left = joined(left, right, |a, b| Part::Arithmetic(operator, a, b));
        }
    }

    fn product(&mut self) -> Parsed {
        let mut left = self.signed()?;
        loop {
            let operator = match self.now() {
                Is::Sign("*") => Operator::Times,
                Is::Sign("/") => Operator::Divided,
                Is::Sign("//") => Operator::Whole,
                Is::Sign("%") => Operator::Rest,
                _ => return Ok(left),
            };
            self.at += 1;
            let right = self.signed()?;
            left = joined(left, right, |a, b| Part::Arithmetic(operator, a, b));
        }
    }

    /// A value with its sign. A filter after it takes the sign too: `-x|abs` is that of `-x`.
    fn signed(&mut self) -> Parsed {
        let value = self.unfiltered()?;
        self.filtered(value)
    }

    fn unfiltered(&mut self) -> Parsed {
        let start = self.here();
        if self.takes("-") {
            let of = self.deeper(Self::unfiltered)?;
            let span = start..of.outer.end;
            return Ok(node(Part::Negative(Box::new(of)), span));
        }
        if self.takes("+") {
            return self.deeper(Self::unfiltered);
        }
        let mut value = self.value()?;
        loop {
            let start = value.outer.start;
            if self.takes(".") {
                let at = self.here();
                let Is::Word(name) = self.now() else { return Err(self.unexpected("a name is missing after the `.`")) };
                let name = name.clone();
                self.at += 1;
                if matches!(self.now(), Is::Sign("(")) {
                    return Err(Mistake::sense(at, format!("`.{name}()` cannot be called here; use a filter")));
                }
                value = node(Part::Member(Box::new(value), name), start..self.before());
            } else if self.takes("[") {
                let key = self.key()?;
                self.needs("]")?;
                value = node(Part::Index(Box::new(value), key), start..self.before());
            } else {
                return Ok(value);
            }
        }
    }

    fn filtered(&mut self, mut value: Node) -> Parsed {
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
    fn key(&mut self) -> Result<Key, Mistake> {
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

    fn value(&mut self) -> Parsed {
        let Token { is, span } = self.token().clone();
        self.at += 1;
        let part = match is {
            Is::Number(number) => Part::Number(number),
            Is::Text(text) => Part::Text(text),
            Is::Word(word) => return self.word(&word, span),
            Is::Sign("(") => {
                let mut inside = self.expression()?;
                self.needs(")")?;
                inside.outer = span.start..self.before();
                return Ok(inside);
            }
            Is::Sign("[") => Part::List(self.list("]")?),
            Is::Sign(sign) => {
                return Err(Mistake::syntax(span.start, format!("a value is needed and `{sign}` found")));
            }
            Is::End => return Err(Mistake::syntax(span.start, "it ends where a value is needed")),
        };
        Ok(node(part, span.start..self.before()))
    }

    fn word(&mut self, word: &str, span: Range<usize>) -> Parsed {
        let part = match word {
            "true" | "True" => Part::Flag(true),
            "false" | "False" => Part::Flag(false),
            "none" | "None" => Part::Null,
            _ if KEYWORDS.contains(&word) => {
                return Err(Mistake::syntax(span.start, format!("a value is needed and `{word}` found")));
            }
            _ if self.takes("(") => {
                let arguments = self.list(")")?;
                return call(word, span.start, false, arguments, span.start..self.before());
            }
            _ => match self.names.fields.iter().find(|field| field.name == word) {
                Some(field) => Part::Field(field.name.clone()),
                None => return Err(self.no_field(word, span.start)),
            },
        };
        Ok(node(part, span))
    }

    fn no_field(&self, word: &str, at: usize) -> Mistake {
        let hint = match word {
            "null" | "nil" | "None" => "; did you mean `none`?".to_owned(),
            _ if self.names.fields.is_empty() => "; no fields are configured".to_owned(),
            _ => hint(word, self.names.fields.iter().map(|field| field.name.as_str())),
        };
        Mistake::sense(at, format!("no field is called `{word}`{hint}"))
    }

    /// What stands between brackets, separated by commas.
    fn list(&mut self, close: &str) -> Result<Vec<Node>, Mistake> {
        let mut list = Vec::new();
        while !self.takes(close) {
            if !list.is_empty() {
                if !self.takes(",") {
                    return Err(self.unexpected(&format!("a `,` or `{close}` is missing")));
                }
                if self.takes(close) {
                    break;
                }
            }
            list.push(self.expression()?);
        }
        Ok(list)
    }
}

fn node(is: Part, span: Range<usize>) -> Node {
    Node { is, outer: span.clone(), span }
}

fn joined(left: Node, right: Node, part: impl FnOnce(Box<Node>, Box<Node>) -> Part) -> Node {
    let span = left.outer.start..right.outer.end;
    node(part(Box::new(left), Box::new(right)), span)
}

/// A function or filter with its arguments.
fn call(name: &str, at: usize, filter: bool, arguments: Vec<Node>, span: Range<usize>) -> Parsed {
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
