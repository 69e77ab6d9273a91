//! From the named fields of an item to what may be sold and on what terms.
//!
//! # The order of the policies
//!
//! The first that applies decides, and the ones after it are not even computed:
//!
//! 1. **discontinued**: not sold any more, whatever lies on the shelf.
//! 2. **untracked**: the count means nothing, so nothing after this could trust it.
//! 3. **made to order**: sold without a shelf.
//! 4. **preorder**: it has a date of its own, a backorder has none.
//! 5. **backorder**: may be ordered at zero.
//! 6. **tracked**: only the sellable quantity counts, and there must be one.
//!
//! Under every policy but the last the sellable quantity is evidence only: where it cannot be computed it is left out.
//! A rule that cannot be decided (null, text in place of a number) fails the item. It never counts as "no", and a
//! quantity that is not there never counts as zero.

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::domain::{KeyMatch, Policy, StockAnswer, StockFact};

use super::expression::{Expression, KEYWORDS, Names, Traced, Wanted, excerpt};
use super::record::Fields;
use super::{Field, Options, Problem, options};

/// The rules of one source, compiled.
#[derive(Debug)]
pub(super) struct Rules {
    source: String,
    threshold: Decimal,
    sellable: Expression,
    discontinued: Option<Expression>,
    untracked: Option<Expression>,
    made_to_order: Option<Expression>,
    preorder: Option<Expression>,
    preorder_until: Option<Expression>,
    backorder: Option<Expression>,
    as_of: Option<Expression>,
    changed_at: Option<Expression>,
}

impl Rules {
    /// Compiles every rule; all problems at once.
    pub(super) fn new(options: &Options, fields: &[Field]) -> Result<Self, Vec<Problem>> {
        let options::Rules {
            sellable,
            untracked_when,
            backorder_when,
            preorder_when,
            preorder_until,
            made_to_order_when,
            discontinued_when,
            as_of,
            changed_at,
        } = &options.rules.or(options.adapter.kind().rules());
        let names = Names { fields, groups: &options.locations };
        let mut problems = Vec::new();
        let mut compile = |name: &'static str, text: &str, wanted| match Expression::new(name, text, wanted, names) {
            Ok(expression) => Some(expression),
            Err(what) => {
                problems.push((name.to_owned(), what));
                None
            }
        };
        let mut optional =
            |name, text: &Option<String>, wanted| text.as_deref().and_then(|text| compile(name, text, wanted));
        let discontinued = optional("discontinued_when", discontinued_when, Wanted::Truth);
        let untracked = optional("untracked_when", untracked_when, Wanted::Truth);
        let made_to_order = optional("made_to_order_when", made_to_order_when, Wanted::Truth);
        let preorder = optional("preorder_when", preorder_when, Wanted::Truth);
        let until = optional("preorder_until", preorder_until, Wanted::Moment);
        let backorder = optional("backorder_when", backorder_when, Wanted::Truth);
        let as_of = optional("as_of", as_of, Wanted::Moment);
        let changed_at = optional("changed_at", changed_at, Wanted::Moment);
        let missing = sellable.is_none();
        let sellable = sellable.as_deref().and_then(|text| compile("sellable", text, Wanted::Quantity));
        if missing {
            problems.push(("sellable".to_owned(), options.adapter.kind().without_sellable().to_owned()));
        }
        if preorder_until.is_some() && preorder_when.is_none() {
            problems.push(("preorder_until".to_owned(), "does nothing without preorder_when; add it".to_owned()));
        }
        match (sellable, problems.is_empty()) {
            (Some(sellable), true) => Ok(Self {
                source: options.name.clone(),
                threshold: options.threshold,
                sellable,
                discontinued,
                untracked,
                made_to_order,
                preorder,
                preorder_until: until,
                backorder,
                as_of,
                changed_at,
            }),
            _ => Err(problems),
        }
    }

    /// What the fields say of the item. `as_of` is the time they stand for where no field says so.
    pub(super) fn answer(&self, key: &str, fields: &Fields, as_of: Timestamp) -> StockAnswer {
        match self.fact(key, fields, as_of) {
            Ok(fact) => StockAnswer::Known(fact),
            Err(why) => StockAnswer::Failed(why),
        }
    }

    /// The locations that the rules choose by and no item had so far.
    pub(super) fn unmatched(&self) -> Vec<String> {
        self.each().flat_map(Expression::unmatched).collect()
    }

    /// Whether the sellable quantity is that at certain locations and no item was at any of them.
    pub(super) fn sells_nowhere(&self) -> bool {
        self.sellable.is_nowhere()
    }

    /// How the rules are computed for an item, as far as they are, in the order in which they decide.
    pub(super) fn traced(&self, fields: &Fields) -> Vec<Traced> {
        let mut traced = Vec::new();
        let policies = [&self.discontinued, &self.untracked, &self.made_to_order, &self.preorder, &self.backorder];
        for rule in policies.into_iter().flatten() {
            traced.push(rule.traced(fields));
            if rule.truth(fields) == Ok(false) {
                continue;
            }
            if self.preorder.as_ref().is_some_and(|preorder| std::ptr::eq(preorder, rule)) {
                traced.extend(self.preorder_until.iter().map(|until| until.traced(fields)));
            }
            break;
        }
        let others = [Some(&self.sellable), self.as_of.as_ref(), self.changed_at.as_ref()];
        traced.extend(others.into_iter().flatten().map(|rule| rule.traced(fields)));
        traced
    }

    /// All rules.
    fn each(&self) -> impl Iterator<Item = &Expression> {
        let optional = [
            &self.discontinued,
            &self.untracked,
            &self.made_to_order,
            &self.preorder,
            &self.preorder_until,
            &self.backorder,
            &self.as_of,
            &self.changed_at,
        ];
        optional.into_iter().flatten().chain([&self.sellable])
    }

    fn fact(&self, key: &str, fields: &Fields, read_at: Timestamp) -> Result<StockFact, String> {
        let policy = self.policy(fields)?;
        let sellable = match self.sellable.quantity(fields) {
            Ok(quantity) => Some(quantity),
            Err(why) if policy == Policy::Tracked => return Err(why),
            Err(_) => None,
        };
        Ok(StockFact {
            key: key.to_owned(),
            matched: KeyMatch::Exact,
            sellable,
            threshold: self.threshold,
            policy,
            as_of: moment(&self.as_of, fields)?.unwrap_or(read_at),
            changed_at: moment(&self.changed_at, fields)?,
            fields: fields.iter().map(|(name, value)| (name.clone(), excerpt(value))).collect(),
            source: self.source.clone(),
            policy_source: None,
        })
    }

    fn policy(&self, fields: &Fields) -> Result<Policy, String> {
        let applies = |rule: &Option<Expression>| rule.as_ref().map_or(Ok(false), |rule| rule.truth(fields));
        Ok(if applies(&self.discontinued)? {
            Policy::Discontinued
        } else if applies(&self.untracked)? {
            Policy::Untracked
        } else if applies(&self.made_to_order)? {
            Policy::MadeToOrder
        } else if applies(&self.preorder)? {
            Policy::Preorder { until: moment(&self.preorder_until, fields)? }
        } else if applies(&self.backorder)? {
            Policy::Backorder
        } else {
            Policy::Tracked
        })
    }
}

fn moment(rule: &Option<Expression>, fields: &Fields) -> Result<Option<Timestamp>, String> {
    rule.as_ref().map_or(Ok(None), |rule| rule.moment(fields))
}

/// What is wrong with the name of a field or group, if anything: expressions must be able to say it.
pub(super) fn name_problem(what: &str, name: &str) -> Option<String> {
    let starts_well = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    if !starts_well || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return Some(format!("`{name}` cannot be a {what}'s name; use letters, digits and underscores"));
    }
    KEYWORDS
        .contains(&name)
        .then(|| format!("`{name}` is a word of the expression language; call the {what} something else"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    use serde_json::{Value as Json, json};

    use super::super::{Adapter, CsvOptions, Place};
    use super::*;

    fn options(rules: options::Rules) -> Options {
        Options {
            name: "erp".to_owned(),
            adapter: Adapter::Csv(Box::new(CsvOptions {
                from: Place::File(PathBuf::new()),
                key: "sku".to_owned(),
                fields: BTreeMap::new(),
                delimiter: None,
                encoding: None,
                decimal_comma: false,
                locations: None,
                done_file: None,
                footer: None,
            })),
            threshold: Decimal::ONE,
            rules,
            locations: BTreeMap::new(),
            decides: crate::domain::Decides::default(),
            keys: crate::stock::Keys::default(),
            brake: super::super::Brake::default(),
        }
    }

    fn sellable(expression: &str) -> options::Rules {
        options::Rules { sellable: Some(expression.to_owned()), ..options::Rules::default() }
    }

    fn answer(rules: options::Rules, fields: &Json) -> StockAnswer {
        let fields: Fields = fields.as_object().unwrap().clone().into_iter().collect();
        let names: Vec<Field> = fields.keys().map(|name| Field::anything(name)).collect();
        match Rules::new(&options(rules), &names) {
            Ok(rules) => rules.answer("K", &fields, Timestamp::UNIX_EPOCH),
            Err(problems) => panic!("{problems:?}"),
        }
    }

    fn quantity(expression: &str, fields: &Json) -> Result<String, String> {
        match answer(sellable(expression), fields) {
            StockAnswer::Known(fact) => Ok(fact.sellable.unwrap().to_string()),
            StockAnswer::Failed(why) => Err(why),
            StockAnswer::Missing => panic!("missing"),
        }
    }

    #[test]
    fn quantities_are_computed_exactly() {
        let fields = json!({"a": 0.1, "b": 0.2, "n": 7, "t": "12.50", "l": [3, 4.5], "zero": "0012", "o": {"w": 2},
                            "nil": null, "big": 9_007_199_254_740_993_i64, "neg": "-3", "flag": true, "s": "yes"});
        for (expression, expected) in [
            ("a + b", "0.3"),
            ("n - t / 2", "0.75"),
            ("l|sum", "7.5"),
            ("sum(l, n)", "14.5"),
            ("max(0, neg - 1)", "0"),
            ("[n, t]|min", "7"),
            ("zero|int", "12"),
            ("o.w * 2", "4"),
            ("nil|default(5)", "5"),
            ("coalesce(nil, n)", "7"),
            ("n if nil is none else 0", "7"),
            ("n if nil == 'x' else 1", "1"),
            ("big", "9007199254740993"),
            ("1 if flag and s == 'yes' and not (n < 7) else 0", "1"),
            ("0 if nil is not none and nil > 3 else 2", "2"),
            ("n // 2", "3"),
        ] {
            assert_eq!(quantity(expression, &fields).as_deref(), Ok(expected), "{expression}");
        }
    }

    #[test]
    fn what_is_no_number_is_never_zero() {
        let fields = json!({"n": 1, "nil": null, "text": "n/a", "flag": true, "l": [1, null], "words": ["a"]});
        for (expression, expected) in [
            ("nil", "nil is null"),
            ("nil - n", "nil is null, and sellable needs it (`nil - n`)"),
            ("n + nil|default(nil)", "nil is null"),
            ("5 if nil > 0 else 0", "nil is null"),
            ("5 if nil < 3 else 0", "nil is null"),
            ("5 if nil else 0", "nil is null"),
            ("nil|int", "nil is null"),
            ("max(nil, 0)", "nil is null"),
            ("[n, nil]|sum", "nil is null"),
            ("l|sum", "met a null"),
            ("words|sum", "needs numbers"),
            ("text", "the text 'n/a'"),
            ("text - n", "meets the text 'n/a' at `text`, which is no number"),
            ("text|int", "is no number"),
            ("5 if text > 0 else 0", "compares `text` as a number"),
            ("5 if 0 < (text) else 0", "compares `text` as a number"),
            ("flag", "write `1 if … else 0`"),
            ("n / (n - n)", "sellable"),
            ("l", "not a quantity"),
        ] {
            let why = quantity(expression, &fields).expect_err(expression);
            assert!(why.contains(expected), "{expression}: {why}");
        }
    }

    #[test]
    fn mistakes_are_found_at_load_and_shown_where_they_stand() {
        let names = [Field::anything("available"), Field::anything("reserved")];
        for (expression, expected) in [
            ("reserved - avialable", "column 12: no field is called `avialable`; did you mean `available`?"),
            ("available - stock", "column 13: no field is called `stock`; there are available, reserved"),
            ("available|defautl(0)", "column 11: no filter is called `defautl`; did you mean `default`?"),
            ("maximum(available, 0)", "no function is called `maximum`"),
            ("1 if available is null else 0", "no test is called `null`; there are defined, false, none"),
            ("available.strip()", "`.strip()` cannot be called here"),
            ("available - ", "`available - ` is no expression: "),
            ("1 if reserved == '1' else 0", "write 1 without quotes"),
            ("1 if available", "every `if` needs an `else`"),
            ("available|default", "arguments"),
        ] {
            let problems = Rules::new(&options(sellable(expression)), &names).expect_err(expression);
            let [(option, what)] = problems.as_slice() else { panic!("{problems:?}") };
            assert_eq!(option, "sellable");
            assert!(what.contains(expected), "{expression}: {what}");
        }
        assert!(
            name_problem("field", "stock-qty").is_some()
                && name_problem("field", "else").is_some()
                && name_problem("group", "מלאי").is_none()
        );
    }

    #[test]
    fn the_first_policy_that_applies_decides() {
        let rules = options::Rules {
            discontinued_when: Some("state == 'dead'".into()),
            untracked_when: Some("qty is none".into()),
            made_to_order_when: Some("state == 'made'".into()),
            preorder_when: Some("until is not none".into()),
            preorder_until: Some("until".into()),
            backorder_when: Some("back == 1".into()),
            as_of: Some("seen".into()),
            ..sellable("qty - 1")
        };
        let policy = |fields: Json| match answer(rules.clone(), &fields) {
            StockAnswer::Known(fact) => (fact.policy, fact.sellable.map(|q| q.to_string()), fact.as_of.to_string()),
            other => panic!("{other:?}"),
        };
        let fields = |qty: Json, state: Json, until: Json, back: Json, seen: Json| json!({"qty": qty, "state": state, "until": until, "back": back, "seen": seen});
        let epoch = "1970-01-01T00:00:00Z".to_owned();
        let nil = Json::Null;
        let one = |policy, quantity: Option<&str>| (policy, quantity.map(str::to_owned), epoch.clone());
        assert_eq!(
            policy(fields(nil.clone(), json!("dead"), nil.clone(), json!(1), nil.clone())),
            one(Policy::Discontinued, None)
        );
        assert_eq!(
            policy(fields(nil.clone(), nil.clone(), nil.clone(), nil.clone(), nil.clone())),
            one(Policy::Untracked, None)
        );
        assert_eq!(
            policy(fields(json!(3), json!("made"), json!("2027-05-01"), json!("1"), nil.clone())),
            one(Policy::MadeToOrder, Some("2"))
        );
        let until = "2027-05-01T00:00:00Z".parse().unwrap();
        assert_eq!(
            policy(fields(json!(1), nil.clone(), json!("2027-05-01"), json!("1"), nil.clone())),
            one(Policy::Preorder { until: Some(until) }, Some("0"))
        );
        assert_eq!(
            policy(fields(json!(0), nil.clone(), nil.clone(), json!("1"), nil.clone())),
            one(Policy::Backorder, Some("-1"))
        );
        let seen = policy(fields(json!(4), nil.clone(), nil.clone(), nil.clone(), json!(1_700_000_000)));
        assert_eq!(seen, (Policy::Tracked, Some("3".into()), "2023-11-14T22:13:20Z".into()));
        let late = fields(json!(4), nil.clone(), nil.clone(), nil.clone(), json!("soon"));
        assert!(matches!(answer(rules, &late), StockAnswer::Failed(why) if why.starts_with("as_of")));
    }

    #[test]
    fn a_policy_that_cannot_be_decided_fails_the_item() {
        let rules = options::Rules { discontinued_when: Some("gone".into()), ..sellable("qty") };
        for gone in [Json::Null, json!("no"), json!(7)] {
            let answer = answer(rules.clone(), &json!({"qty": 5, "gone": gone}));
            assert!(matches!(&answer, StockAnswer::Failed(why) if why.contains("gone")), "{answer:?}");
        }
    }
}
