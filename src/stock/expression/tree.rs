//! An expression as a tree.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use rust_decimal::Decimal;

use super::super::record::Field;
use super::words::Word;

/// What an expression can name.
#[derive(Clone, Copy, Debug)]
pub(in crate::stock) struct Names<'a> {
    /// The fields of the source.
    pub(in crate::stock) fields: &'a [Field],
    /// Groups of locations: group → ids and names.
    pub(in crate::stock) groups: &'a BTreeMap<String, Vec<String>>,
}

/// A part of an expression.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) is: Part,
    /// Where it stands, in bytes.
    pub(super) span: Range<usize>,
    /// The same with the brackets around it.
    pub(super) outer: Range<usize>,
}

/// What a part is.
#[derive(Debug)]
pub(super) enum Part {
    Null,
    Flag(bool),
    Number(Decimal),
    Text(String),
    /// A field of the item.
    Field(String),
    List(Vec<Node>),
    /// `x.name`; of a list: of each in it.
    Member(Box<Node>, String),
    /// `x[…]`.
    Index(Box<Node>, Key),
    /// `name(x, …)` or `x|name(…)`.
    Call(Word, Vec<Node>),
    Negative(Box<Node>),
    Not(Box<Node>),
    Arithmetic(Operator, Box<Node>, Box<Node>),
    /// `==`, and `!=` where the flag is set.
    Same(bool, Box<Node>, Box<Node>),
    /// `<` and its like.
    Order(Comparison, Kind, Box<Node>, Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    /// `x in y`, and `x not in y` where the flag is set.
    In(bool, Box<Node>, Box<Node>),
    /// `x is test`, and `x is not test` where the flag is set.
    Is(bool, Test, Box<Node>),
    /// `then if condition else other`.
    If {
        condition: Box<Node>,
        then: Box<Node>,
        other: Box<Node>,
    },
}

/// What stands in square brackets after a value.
#[derive(Debug)]
pub(super) enum Key {
    /// A position; from the end where it is negative.
    Position(i64),
    /// A location group, or the id or name of one: of a list the records that have it, of a record the member.
    Name(Selection),
    /// A value of the item.
    Computed(Box<Node>),
}

/// Those records of a list whose `id` or `name` is among the wanted ones.
#[derive(Debug)]
pub(super) struct Selection {
    /// As written.
    pub(super) label: String,
    pub(super) wanted: Vec<Wanted>,
}

/// The id or name of a location, and whether any item had it.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) name: String,
    met: AtomicBool,
}

impl Wanted {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.trim().to_owned(), met: AtomicBool::new(false) }
    }

    /// Notes that an item has it.
    pub(super) fn meet(&self) {
        if !self.met() {
            self.met.store(true, Ordering::Relaxed);
        }
    }

    /// Whether any item had it so far.
    pub(super) fn met(&self) -> bool {
        self.met.load(Ordering::Relaxed)
    }
}

/// Arithmetic of two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Plus,
    Minus,
    Times,
    Divided,
    /// Divided and rounded down to a whole number.
    Whole,
    /// What `Whole` leaves.
    Rest,
}

/// An order of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Less,
    LessOrSame,
    More,
    MoreOrSame,
}

/// As what two values are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Numbers,
    Texts,
    Times,
}

/// What can be asked of a value after `is`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Test {
    Null,
    Defined,
    True,
    False,
    Number,
    Text,
}

impl Test {
    /// The tests by name.
    pub(super) const ALL: [(&'static str, Self); 7] = [
        ("defined", Self::Defined),
        ("false", Self::False),
        ("none", Self::Null),
        ("number", Self::Number),
        ("string", Self::Text),
        ("true", Self::True),
        ("undefined", Self::Null),
    ];
}

impl Node {
    /// The parts it is made of, in reading order.
    pub(super) fn parts(&self) -> Vec<&Node> {
        match &self.is {
            Part::Null | Part::Flag(_) | Part::Number(_) | Part::Text(_) | Part::Field(_) => Vec::new(),
            Part::List(parts) | Part::Call(_, parts) => parts.iter().collect(),
            Part::Member(of, _) | Part::Negative(of) | Part::Not(of) | Part::Is(_, _, of) => vec![of],
            Part::Index(of, Key::Computed(key)) => vec![of, key],
            Part::Index(of, Key::Position(_) | Key::Name(_)) => vec![of],
            Part::Arithmetic(_, left, right)
            | Part::Same(_, left, right)
            | Part::Order(_, _, left, right)
            | Part::And(left, right)
            | Part::Or(left, right)
            | Part::In(_, left, right) => vec![left, right],
            Part::If { condition, then, other } => vec![then, condition, other],
        }
    }

    /// It and every part of it, in reading order.
    pub(super) fn every<'n>(&'n self, found: &mut Vec<&'n Node>) {
        found.push(self);
        for part in self.parts() {
            part.every(found);
        }
    }
}
