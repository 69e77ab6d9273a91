//! From tokens to a tree. What binds least comes first: `if`, `or`, `and`, `not`, comparison, sum, product, sign,
//! then what follows a value: `.member`, `[key]`, `|filter`, `is test`.

use std::ops::Range;

use super::follow::call;
use super::lexer::{Is, Token};
use super::mistake::{Mistake, hint};
use super::tree::{Comparison, Kind, Names, Node, Operator, Part};
use super::words::KEYWORDS;

/// How deep brackets may nest.
const DEEPEST: usize = 40;

pub(super) type Parsed = Result<Node, Mistake>;

/// What two values are joined to.
type Joint = fn(Box<Node>, Box<Node>) -> Part;

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

/// A reading of the tokens.
pub(super) struct Parser<'t, 'n> {
    pub(super) tokens: &'t [Token],
    pub(super) at: usize,
    pub(super) names: Names<'n>,
    depth: usize,
}

const END: Token = Token { is: Is::End, span: 0..0 };

impl Parser<'_, '_> {
    fn token(&self) -> &Token {
        self.tokens.get(self.at).or(self.tokens.last()).unwrap_or(&END)
    }

    pub(super) fn now(&self) -> &Is {
        &self.token().is
    }

    pub(super) fn here(&self) -> usize {
        self.token().span.start
    }

    /// Where the token before this one ends.
    pub(super) fn before(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |token| token.span.end)
    }

    pub(super) fn unexpected(&self, what: &str) -> Mistake {
        Mistake::syntax(self.here(), what)
    }

    pub(super) fn takes_word(&mut self, word: &str) -> bool {
        let is = matches!(self.now(), Is::Word(here) if here == word);
        self.at += usize::from(is);
        is
    }

    pub(super) fn takes(&mut self, sign: &str) -> bool {
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

    pub(super) fn expression(&mut self) -> Parsed {
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

    fn comparator(&mut self) -> Result<Option<Joint>, Mistake> {
        let build: Joint = match self.now() {
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
    pub(super) fn list(&mut self, close: &str) -> Result<Vec<Node>, Mistake> {
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

pub(super) fn node(is: Part, span: Range<usize>) -> Node {
    Node { is, outer: span.clone(), span }
}

fn joined(left: Node, right: Node, part: impl FnOnce(Box<Node>, Box<Node>) -> Part) -> Node {
    let span = left.outer.start..right.outer.end;
    node(part(Box::new(left), Box::new(right)), span)
}
