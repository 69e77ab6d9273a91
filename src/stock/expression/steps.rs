//! An expression step by step, for people.

use super::super::record::Fields;
use super::tree::{Key, Node, Part};
use super::{Expression, Wanted, evaluate::Item};

/// One part of an expression and what it gives for an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The part as written; `…` stands for what the steps before it gave.
    pub text: String,
    /// Its value as shown to people, or why it has none.
    pub value: Result<String, String>,
}

/// A whole expression as it was computed for an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traced {
    /// The option it comes from, e.g. `sellable`.
    pub rule: &'static str,
    /// As written.
    pub text: String,
    /// How it was computed.
    pub steps: Vec<Step>,
    /// What it gives as shown to people, or why the item fails.
    pub value: Result<String, String>,
}

impl Expression {
    /// How it is computed for an item, and what it gives.
    pub(in crate::stock) fn traced(&self, fields: &Fields) -> Traced {
        let value = match self.wanted {
            Wanted::Quantity => self.quantity(fields).map(|quantity| quantity.to_string()),
            Wanted::Truth => self.truth(fields).map(|truth| truth.to_string()),
            Wanted::Moment => {
                self.moment(fields).map(|moment| moment.map_or_else(|| "null".to_owned(), |moment| moment.to_string()))
            }
        };
        Traced { rule: self.name, text: self.text.clone(), steps: self.steps(fields), value }
    }

    /// The expression step by step in reading order, as far as it is computed: what `and`, `or` and `if` leave out is
    /// left out, and after a step without a value there is no other. Fields by themselves are no steps.
    pub(super) fn steps(&self, fields: &Fields) -> Vec<Step> {
        let mut walk = Walk { expression: self, item: Item { fields, text: &self.text }, steps: Vec::new() };
        if walk.through(&self.tree) && !counts(&self.tree) {
            walk.step(&self.tree);
        }
        walk.steps
    }
}

struct Walk<'e> {
    expression: &'e Expression,
    item: Item<'e>,
    steps: Vec<Step>,
}

impl<'e> Walk<'e> {
    /// Goes through a part. False where a step has no value.
    fn through(&mut self, node: &'e Node) -> bool {
        let parts = match &node.is {
            _ if !counts(node) => return true,
            Part::If { condition, then, other } => {
                if !self.through(condition) {
                    return false;
                }
                vec![if self.item.flag(condition).unwrap_or_default() { then } else { other }.as_ref()]
            }
            Part::And(left, right) | Part::Or(left, right) => {
                if !self.through(left) {
                    return false;
                }
                let goes_on = matches!(node.is, Part::And(..));
                if self.item.flag(left).is_ok_and(|flag| flag == goes_on) { vec![right.as_ref()] } else { Vec::new() }
            }
            Part::Member(of, _) | Part::Index(of, Key::Position(_) | Key::Name(_)) => path(of),
            _ => node.parts(),
        };
        parts.into_iter().all(|part| self.through(part)) && self.step(node)
    }

    fn step(&mut self, node: &'e Node) -> bool {
        let value = self.item.value(node);
        let good = value.is_ok();
        let value = value.map(|value| value.to_string()).map_err(|stop| self.expression.brief(self.item.fields, &stop));
        self.steps.push(Step { text: self.text(node), value });
        good
    }

    /// The text of a part. Before an operator, what was computed already is not said again.
    fn text(&self, node: &Node) -> String {
        let source = |node: &Node| self.expression.source(node).to_owned();
        let (Part::Arithmetic(_, left, right) | Part::Order(_, _, left, right) | Part::Same(_, left, right)) = &node.is
        else {
            return source(node);
        };
        let between = self.expression.text.get(left.outer.end..right.outer.start).unwrap_or_default();
        let side = |side: &Node| if counts(side) { "…".to_owned() } else { source(side) };
        format!("{}{between}{}", side(left), side(right))
    }
}

/// Whether a part is a step: fields and what is written as it is are none.
fn counts(node: &Node) -> bool {
    match &node.is {
        Part::Null | Part::Flag(_) | Part::Number(_) | Part::Text(_) | Part::Field(_) => false,
        Part::Negative(of) => counts(of),
        Part::List(parts) => parts.iter().any(counts),
        _ => true,
    }
}

/// What a path begins with: the path itself is one step.
fn path(node: &Node) -> Vec<&Node> {
    match &node.is {
        Part::Member(of, _) | Part::Index(of, Key::Position(_) | Key::Name(_)) => path(of),
        _ => vec![node],
    }
}
