//! Computes an expression for one item. Lazy where the language is: the side of `and`, `or` and `if` that does not
//! count is not computed.

use std::borrow::Cow;

use rust_decimal::{Decimal, RoundingStrategy};

use super::super::record::Fields;
use super::tree::{Comparison, Kind, Node, Operator, Part, Test};
use super::value::{Value, any_number};
use super::words::Word;

/// Why an expression has no value for an item.
#[derive(Debug)]
pub(super) enum Stop<'n> {
    /// Something is null and must not be.
    Null(&'n Node),
    /// Something else, as words that follow the expression: "divides by zero".
    Other(String),
}

pub(super) type Evaluated<'n, T> = Result<T, Stop<'n>>;

/// One item, and the text of the expression for messages.
#[derive(Clone, Copy)]
pub(super) struct Item<'a> {
    pub(super) fields: &'a Fields,
    pub(super) text: &'a str,
}

impl<'a> Item<'a> {
    /// The value of a part.
    pub(super) fn value<'n>(self, node: &'n Node) -> Evaluated<'n, Value<'a>>
    where
        'n: 'a,
    {
        Ok(match &node.is {
            Part::Null => Value::Null,
            Part::Flag(flag) => Value::Flag(*flag),
            Part::Number(number) => Value::Number(*number),
            Part::Text(text) => Value::Text(Cow::Borrowed(text)),
            Part::Field(name) => match self.fields.get(name) {
                Some(json) => Value::of(json).map_err(Stop::Other)?,
                None => Value::Null,
            },
            Part::List(parts) => Value::List(parts.iter().map(|part| self.value(part)).collect::<Result<_, _>>()?),
            Part::Member(of, name) => self.member(of, self.value(of)?, name)?,
            Part::Index(of, key) => self.index(of, key)?,
            Part::Call(word, arguments) => self.call(node, *word, arguments)?,
            Part::Negative(of) => Value::Number(-self.number(of)?),
            Part::Not(of) => Value::Flag(!self.flag(of)?),
            Part::Arithmetic(operator, left, right) => self.arithmetic(node, *operator, left, right)?,
            Part::Same(not, left, right) => Value::Flag(self.value(left)?.same(&self.value(right)?) != *not),
            Part::Order(comparison, kind, left, right) => Value::Flag(self.order(*comparison, *kind, left, right)?),
            Part::And(left, right) => Value::Flag(self.flag(left)? && self.flag(right)?),
            Part::Or(left, right) => Value::Flag(self.flag(left)? || self.flag(right)?),
            Part::In(not, one, many) => Value::Flag(self.is_in(one, many)? != *not),
            Part::Is(not, test, of) => Value::Flag(is(&self.value(of)?, *test) != *not),
            Part::If { condition, then, other } => {
                if self.flag(condition)? {
                    self.value(then)?
                } else {
                    self.value(other)?
                }
            }
        })
    }

    /// A part that must be true or false.
    pub(super) fn flag<'n: 'a>(self, node: &'n Node) -> Evaluated<'n, bool> {
        let value = self.value(node)?;
        match (value.flag(), &value) {
            (Some(flag), _) => Ok(flag),
            (None, Value::Null) => Err(Stop::Null(node)),
            (None, _) => Err(self.meets(node, &value, "which is neither true nor false; compare it with something")),
        }
    }

    fn number<'n: 'a>(self, node: &'n Node) -> Evaluated<'n, Decimal> {
        let value = self.value(node)?;
        self.number_of(node, &value)
    }

    fn number_of<'n>(self, node: &'n Node, value: &Value<'_>) -> Evaluated<'n, Decimal> {
        match (value.number(), value) {
            (Some(number), _) => Ok(number),
            (None, Value::Null) => Err(Stop::Null(node)),
            (None, Value::Flag(_)) => Err(self.meets(node, value, "which is no number; write `1 if … else 0`")),
            (None, Value::List(_)) => Err(self.meets(node, value, "which is a list and no number; write `sum(…)`")),
            (None, _) => Err(self.meets(node, value, "which is no number")),
        }
    }

    fn source(self, node: &Node) -> &'a str {
        self.text.get(node.span.clone()).unwrap_or_default()
    }

    pub(super) fn meets<'n>(self, node: &Node, value: &Value<'_>, what: &str) -> Stop<'n> {
        let kind = if matches!(value, Value::Text(_)) { "the text " } else { "" };
        Stop::Other(format!("meets {kind}{value} at `{}`, {what}", self.source(node)))
    }

    fn arithmetic<'n: 'a>(
        self,
        node: &'n Node,
        operator: Operator,
        left: &'n Node,
        right: &'n Node,
    ) -> Evaluated<'n, Value<'a>> {
        let (one, other) = (self.number(left)?, self.number(right)?);
        let divides = matches!(operator, Operator::Divided | Operator::Whole | Operator::Rest);
        if divides && other.is_zero() {
            return Err(Stop::Other(format!("divides by zero at `{}`", self.source(node))));
        }
        let result = match operator {
            Operator::Plus => one.checked_add(other),
            Operator::Minus => one.checked_sub(other),
            Operator::Times => one.checked_mul(other),
            Operator::Divided => one.checked_div(other),
            Operator::Whole => whole(one, other).map(|(whole, _)| whole),
            Operator::Rest => whole(one, other).map(|(_, rest)| rest),
        };
        let too_large = || Stop::Other(format!("grows too large to compute with at `{}`", self.source(node)));
        result.map(Value::Number).ok_or_else(too_large)
    }

    fn order<'n: 'a>(self, comparison: Comparison, kind: Kind, left: &'n Node, right: &'n Node) -> Evaluated<'n, bool> {
        let (one, other) = (self.value(left)?, self.value(right)?);
        let what = match kind {
            Kind::Numbers => "a number",
            Kind::Texts => "a text",
            Kind::Times => "a time",
        };
        let not_one = |node: &'n Node, value: &Value<'_>| match value {
            Value::Null => Stop::Null(node),
            _ => Stop::Other(format!("compares `{}` as {what}, which it is not", self.source(node))),
        };
        let need = |value: bool, node, of| if value { Ok(()) } else { Err(not_one(node, of)) };
        let order = match kind {
            Kind::Numbers => {
                let (a, b) = (one.number(), other.number());
                need(a.is_some(), left, &one)?;
                need(b.is_some(), right, &other)?;
                a.cmp(&b)
            }
            Kind::Texts => {
                let (a, b) = (one.text(), other.text());
                need(a.is_some(), left, &one)?;
                need(b.is_some(), right, &other)?;
                a.cmp(&b)
            }
            Kind::Times => {
                let (a, b) = (one.moment(), other.moment());
                need(a.is_some(), left, &one)?;
                need(b.is_some(), right, &other)?;
                a.cmp(&b)
            }
        };
        Ok(match comparison {
            Comparison::Less => order.is_lt(),
            Comparison::LessOrSame => order.is_le(),
            Comparison::More => order.is_gt(),
            Comparison::MoreOrSame => order.is_ge(),
        })
    }

    fn is_in<'n: 'a>(self, one: &'n Node, many: &'n Node) -> Evaluated<'n, bool> {
        let (item, all) = (self.value(one)?, self.value(many)?);
        match &all {
            Value::Null => Err(Stop::Null(many)),
            Value::List(list) => Ok(list.iter().any(|each| each.same(&item))),
            Value::Text(text) => match item.text() {
                Some(part) => Ok(text.contains(&*part)),
                None if matches!(item, Value::Null) => Err(Stop::Null(one)),
                None => Err(self.meets(one, &item, "which cannot be looked for in a text")),
            },
            _ => Err(self.meets(many, &all, "which is no list")),
        }
    }

    fn call<'n: 'a>(self, node: &'n Node, word: Word, arguments: &'n [Node]) -> Evaluated<'n, Value<'a>> {
        let Some(first) = arguments.first() else { return Ok(Value::Null) };
        Ok(match word {
            Word::Coalesce => {
                for argument in arguments {
                    let value = self.value(argument)?;
                    if !matches!(value, Value::Null) {
                        return Ok(value);
                    }
                }
                Value::Null
            }
            Word::Max | Word::Min | Word::Sum => self.gathered(node, word, arguments)?,
            Word::Abs => Value::Number(self.number(first)?.abs()),
            Word::Ceil => Value::Number(self.number(first)?.ceil()),
            Word::Floor => Value::Number(self.number(first)?.floor()),
            Word::Round => {
                let places = arguments.get(1).map_or(Ok(Decimal::ZERO), |places| self.number(places))?;
                let number = self.number(first)?;
                let places = u32::try_from(places).ok().filter(|places| *places <= 28);
                let wrong =
                    || Stop::Other(format!("rounds to an impossible number of places at `{}`", self.source(node)));
                let places = places.ok_or_else(wrong)?;
                Value::Number(number.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero))
            }
            Word::Count => match self.value(first)? {
                Value::Null => return Err(Stop::Null(first)),
                Value::List(list) => Value::Number(list.len().into()),
                Value::Record(members) => Value::Number(members.len().into()),
                Value::Text(text) => Value::Number(text.chars().count().into()),
                other => return Err(self.meets(first, &other, "which is no list")),
            },
            Word::First | Word::Last => match self.value(first)? {
                Value::Null => return Err(Stop::Null(first)),
                Value::List(mut list) if word == Word::Last => list.pop().unwrap_or(Value::Null),
                Value::List(list) => list.into_iter().next().unwrap_or(Value::Null),
                other => return Err(self.meets(first, &other, "which is no list")),
            },
            Word::Lower | Word::Trim | Word::Upper => {
                let value = self.value(first)?;
                match (value.text(), &value) {
                    (Some(text), _) => Value::Text(Cow::Owned(match word {
                        Word::Lower => text.to_lowercase(),
                        Word::Upper => text.to_uppercase(),
                        _ => text.trim().to_owned(),
                    })),
                    (None, Value::Null) => return Err(Stop::Null(first)),
                    (None, _) => return Err(self.meets(first, &value, "which is no text")),
                }
            }
            Word::Number | Word::Whole => {
                let value = self.value(first)?;
                let number = match &value {
                    Value::Text(text) => any_number(text),
                    _ => value.number(),
                };
                match (number, &value) {
                    (Some(number), _) if word == Word::Whole => Value::Number(number.trunc()),
                    (Some(number), _) => Value::Number(number),
                    (None, Value::Null) => return Err(Stop::Null(first)),
                    (None, _) => return Err(self.meets(first, &value, "which is no number")),
                }
            }
        })
    }

    /// The largest, the least or the sum of values and lists of values. The sum of nothing is 0: no location, no stock.
    fn gathered<'n: 'a>(self, node: &'n Node, word: Word, arguments: &'n [Node]) -> Evaluated<'n, Value<'a>> {
        let name = match word {
            Word::Max => "max",
            Word::Min => "min",
            _ => "sum",
        };
        let mut numbers = Vec::new();
        for argument in arguments {
            gather(&self.value(argument)?, &mut numbers).map_err(|value| match value {
                Value::Null => Stop::Null(argument),
                other => {
                    Stop::Other(format!("`{name}` needs numbers and meets {other} at `{}`", self.source(argument)))
                }
            })?;
        }
        let result = match word {
            Word::Max => numbers.into_iter().max(),
            Word::Min => numbers.into_iter().min(),
            _ => {
                let total = numbers.into_iter().try_fold(Decimal::ZERO, Decimal::checked_add);
                return total
                    .map(Value::Number)
                    .ok_or_else(|| Stop::Other(format!("grows too large to compute with at `{}`", self.source(node))));
            }
        };
        result
            .map(Value::Number)
            .ok_or_else(|| Stop::Other(format!("has nothing to take the {name} of at `{}`", self.source(node))))
    }
}

/// Values and lists of values as one row of numbers; or the value that is none.
fn gather<'a>(value: &Value<'a>, numbers: &mut Vec<Decimal>) -> Result<(), Value<'a>> {
    match (value, value.number()) {
        (_, Some(number)) => numbers.push(number),
        (Value::List(list), None) => list.iter().try_for_each(|one| gather(one, numbers))?,
        (other, None) => return Err(other.clone()),
    }
    Ok(())
}

/// Division rounded down to a whole number, and what it leaves.
fn whole(one: Decimal, other: Decimal) -> Option<(Decimal, Decimal)> {
    let mut rest = one.checked_rem(other)?;
    if !rest.is_zero() && rest.is_sign_negative() != other.is_sign_negative() {
        rest = rest.checked_add(other)?;
    }
    let whole = one.checked_sub(rest)?.checked_div(other)?;
    Some((whole.round(), rest))
}

fn is(value: &Value<'_>, test: Test) -> bool {
    match test {
        Test::Null => matches!(value, Value::Null),
        Test::Defined => !matches!(value, Value::Null),
        Test::True => matches!(value, Value::Flag(true)),
        Test::False => matches!(value, Value::Flag(false)),
        Test::Number => value.number().is_some(),
        Test::Text => matches!(value, Value::Text(_)) && value.number().is_none(),
    }
}
