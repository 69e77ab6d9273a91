//! What several sources say of one item → the shop's one answer, and where they disagree. Pure.
//!
//! The quantity comes from the first source, in order of precedence, that decides quantities and knows the item; the
//! policy from the first that decides policies and knows it. A source that does not know the item passes the word on. One
//! that failed for the item passes nothing on: what it would have said is not known, so the item has no answer. A source
//! behind the ones that decided is not needed, whatever became of it.
//!
//! | quantity | policy | the answer |
//! |---|---|---|
//! | nobody knows it | nobody knows it | missing |
//! | told | told | both |
//! | told | nobody knows it | tracked: nobody names special terms |
//! | nobody knows it | told, and it makes the quantity irrelevant | the policy |
//! | nobody knows it | tracked | failed: it is sold by a quantity that nobody tells |

use super::Options;
use crate::domain::{Decides, Finding, FindingKind, Policy, StockAnswer, StockFact, Testimony, Tolerance};

/// A shop's stock sources.
#[derive(Clone, Debug)]
pub struct Sources {
    /// In order of precedence; their names are unique. At least one.
    pub sources: Vec<Options>,
    /// By how much two of them may differ before it is a finding.
    pub tolerance: Tolerance,
}

impl From<Options> for Sources {
    /// One source, with nobody to disagree with.
    fn from(only: Options) -> Self {
        Self { sources: vec![only], tolerance: Tolerance::default() }
    }
}

/// The shop's answer for an item, from what its sources told, in order of precedence.
pub fn settle(told: &[Testimony]) -> StockAnswer {
    if let [only] = told {
        return only.answer.clone();
    }
    let settled = first(told, Decides::quantity).and_then(|quantity| {
        let policy = first(told, Decides::policy)?;
        match (quantity, policy) {
            (None, None) => Ok(StockAnswer::Missing),
            (Some(quantity), Some(policy)) if std::ptr::eq(quantity, policy) => {
                Ok(StockAnswer::Known(quantity.clone()))
            }
            (Some(quantity), policy) => joined(quantity, policy),
            (None, Some(policy)) => by_policy(policy),
        }
    });
    settled.unwrap_or_else(StockAnswer::Failed)
}

/// The first that knows the item, of those that decide; why there is none to be had, where one before it failed.
fn first(told: &[Testimony], decides: fn(Decides) -> bool) -> Result<Option<&StockFact>, String> {
    for one in told.iter().filter(|one| decides(one.decides)) {
        match &one.answer {
            StockAnswer::Known(fact) => return Ok(Some(fact)),
            StockAnswer::Missing => {}
            StockAnswer::Failed(why) => return Err(format!("{}: {why}", one.source)),
        }
    }
    Ok(None)
}

fn joined(quantity: &StockFact, policy: Option<&StockFact>) -> Result<StockAnswer, String> {
    let terms = policy.map_or(Policy::Tracked, |fact| fact.policy);
    if terms == Policy::Tracked && quantity.sellable.is_none() {
        return Err(format!("{} knows the item, but names no quantity to sell it by", quantity.source));
    }
    let mut fact = StockFact { policy: terms, ..quantity.clone() };
    if let Some(policy) = policy {
        fact.policy_source = Some(policy.source.clone());
        fact.as_of = fact.as_of.min(policy.as_of);
        let theirs = policy.fields.iter().map(|(name, value)| (format!("{}.{name}", policy.source), value.clone()));
        fact.fields.extend(theirs);
    }
    Ok(StockAnswer::Known(fact))
}

fn by_policy(policy: &StockFact) -> Result<StockAnswer, String> {
    if policy.policy == Policy::Tracked {
        return Err(format!("{} knows the item, but no source that decides its quantity does", policy.source));
    }
    Ok(StockAnswer::Known(StockFact { sellable: None, ..policy.clone() }))
}

/// Where sources disagree about an item: each that knows it is held against the first that does.
pub fn disagreements(key: &str, told: &[Testimony], tolerance: Tolerance) -> Vec<Finding> {
    let mut known = told.iter().filter_map(|one| match &one.answer {
        StockAnswer::Known(fact) => Some((one, fact)),
        StockAnswer::Missing | StockAnswer::Failed(_) => None,
    });
    let Some((first, says)) = known.next() else { return Vec::new() };
    known
        .filter(|(other, fact)| disagree((first.decides, says), (other.decides, fact), tolerance))
        .map(|(other, fact)| Finding {
            kind: FindingKind::SourcesDisagree,
            key: key.to_owned(),
            sources: vec![first.source.clone(), other.source.clone()],
            what: format!("{} says {}, {} says {}", first.source, said(says), other.source, said(fact)),
        })
        .collect()
}

fn disagree(one: (Decides, &StockFact), other: (Decides, &StockFact), tolerance: Tolerance) -> bool {
    match (counted(one), counted(other)) {
        (Some(quantity), Some(their)) => one.1.buyable() != other.1.buyable() || !tolerance.covers(quantity, their),
        // A source that is not asked for terms knows none, so its silence contradicts nobody's.
        _ if one.0.policy() && other.0.policy() => sold(one).zip(sold(other)).is_some_and(|(one, other)| one != other),
        _ => false,
    }
}

/// What a source counts, where its quantity is asked for and decides.
fn counted((decides, fact): (Decides, &StockFact)) -> Option<rust_decimal::Decimal> {
    fact.sellable.filter(|_| decides.quantity() && fact.policy == Policy::Tracked)
}

/// Whether the item is sold, as far as a source may say.
fn sold((decides, fact): (Decides, &StockFact)) -> Option<bool> {
    (decides.quantity() || fact.policy != Policy::Tracked).then(|| fact.buyable())
}

fn said(fact: &StockFact) -> String {
    let quantity = fact.sellable.map(|quantity| format!("{} sellable", quantity.normalize()));
    let terms = match fact.policy {
        Policy::Tracked => return quantity.unwrap_or_else(|| "no quantity".to_owned()),
        Policy::Discontinued => return "discontinued".to_owned(),
        Policy::Untracked => return "untracked".to_owned(),
        Policy::MadeToOrder => return "made to order".to_owned(),
        Policy::Backorder => "backorders allowed",
        Policy::Preorder { .. } => "preorders allowed",
    };
    quantity.map_or_else(|| terms.to_owned(), |quantity| format!("{quantity}, {terms}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::*;
    use crate::domain::KeyMatch;

    fn fact(source: &str, sellable: Option<i64>, policy: Policy) -> StockAnswer {
        StockAnswer::Known(StockFact {
            key: "K".into(),
            matched: KeyMatch::Exact,
            sellable: sellable.map(Decimal::from),
            threshold: Decimal::ONE,
            policy,
            as_of: Timestamp::UNIX_EPOCH,
            changed_at: None,
            fields: BTreeMap::from([("qty".to_owned(), format!("{sellable:?}"))]),
            source: source.into(),
            policy_source: None,
        })
    }

    fn told(source: &str, decides: Decides, answer: StockAnswer) -> Testimony {
        Testimony { source: source.into(), decides, key: "K".into(), matched: KeyMatch::Exact, answer, trouble: None }
    }

    fn tracked(source: &str, quantity: i64) -> Testimony {
        told(source, Decides::Both, fact(source, Some(quantity), Policy::Tracked))
    }

    fn known(told: &[Testimony]) -> StockFact {
        match settle(told) {
            StockAnswer::Known(fact) => fact,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn quantity_and_policy_come_from_the_first_that_knows_and_decides_them() {
        use Decides::{Both, Quantity};
        let erp = told("erp", Quantity, fact("erp", Some(0), Policy::Tracked));
        let shop = told("shop", Both, fact("shop", Some(7), Policy::Backorder));
        let both = known(&[erp.clone(), shop.clone()]);
        assert_eq!((both.sellable, both.policy, both.source.as_str()), (Some(0.into()), Policy::Backorder, "erp"));
        assert_eq!(both.policy_source.as_deref(), Some("shop"));
        assert_eq!(both.fields["shop.qty"], "Some(7)", "the evidence of both is kept apart");
        let gone = told("erp", Quantity, StockAnswer::Missing);
        let passed_on = known(&[gone, shop]);
        assert_eq!((passed_on.sellable, passed_on.policy_source), (Some(7.into()), None));
        let nobody = known(&[erp, told("shop", Both, StockAnswer::Missing)]);
        assert_eq!((nobody.policy, nobody.policy_source), (Policy::Tracked, None));
    }

    #[test]
    fn a_policy_stands_alone_only_where_no_quantity_is_needed() {
        let missing = || told("erp", Decides::Quantity, StockAnswer::Missing);
        let terms = |policy| told("shop", Decides::Policy, fact("shop", Some(3), policy));
        let alone = known(&[missing(), terms(Policy::MadeToOrder)]);
        assert_eq!((alone.sellable, alone.policy), (None, Policy::MadeToOrder));
        assert!(matches!(
            settle(&[missing(), terms(Policy::Tracked)]),
            StockAnswer::Failed(why) if why.contains("no source that decides its quantity does")
        ));
        let uncounted = told("erp", Decides::Quantity, fact("erp", None, Policy::Untracked));
        assert!(matches!(
            settle(&[uncounted, terms(Policy::Tracked)]),
            StockAnswer::Failed(why) if why.contains("erp knows the item, but names no quantity")
        ));
    }

    #[test]
    fn a_disagreement_is_a_difference_beyond_the_tolerance_or_between_yes_and_no() {
        let found = |one: &Testimony, other: &Testimony, tolerance| {
            disagreements("A-1", &[one.clone(), other.clone()], tolerance).pop().map(|finding| finding.what)
        };
        let units = |units: i64| Tolerance::Units(units.into());
        assert_eq!(
            found(&tracked("erp", 5), &tracked("shop", 8), units(2)).as_deref(),
            Some("erp says 5 sellable, shop says 8 sellable")
        );
        assert_eq!(found(&tracked("erp", 5), &tracked("shop", 7), units(2)), None);
        assert_eq!(found(&tracked("erp", 95), &tracked("shop", 100), Tolerance::Share(Decimal::new(5, 2))), None);
        assert!(found(&tracked("erp", 94), &tracked("shop", 100), Tolerance::Share(Decimal::new(5, 2))).is_some());
        assert!(found(&tracked("erp", 0), &tracked("shop", 1), units(2)).is_some(), "one sells it, the other not");
        let terms = told("shop", Decides::Both, fact("shop", Some(0), Policy::Backorder));
        assert!(found(&tracked("erp", 0), &terms, units(0)).is_some());
        let quantity = Testimony { decides: Decides::Quantity, ..tracked("erp", 0) };
        assert_eq!(found(&quantity, &terms, units(0)), None, "erp was not asked for terms");
        let uncounted = Testimony { decides: Decides::Policy, ..tracked("shop", 0) };
        assert_eq!(found(&tracked("erp", 5), &uncounted, units(0)), None, "shop was not asked for a quantity");
        let ended = told("shop", Decides::Policy, fact("shop", None, Policy::Discontinued));
        assert!(found(&tracked("erp", 5), &ended, units(0)).is_some());
    }

    fn answers() -> impl Strategy<Value = Vec<Testimony>> {
        let policy = prop_oneof![
            Just(Policy::Tracked),
            Just(Policy::Untracked),
            Just(Policy::Backorder),
            Just(Policy::Discontinued),
            Just(Policy::MadeToOrder),
        ];
        let answer = prop_oneof![
            3 => (proptest::option::of(-3..9_i64), policy).prop_map(|(quantity, policy)| {
                // The rules of a source see to it that what is tracked has a quantity.
                let quantity = if policy == Policy::Tracked { quantity.or(Some(0)) } else { quantity };
                fact("?", quantity, policy)
            }),
            2 => Just(StockAnswer::Missing),
            1 => Just(StockAnswer::Failed("broken".to_owned())),
        ];
        let decides = prop_oneof![Just(Decides::Both), Just(Decides::Quantity), Just(Decides::Policy)];
        proptest::collection::vec((decides, answer), 1..5).prop_map(|all| {
            let named = |(index, (decides, mut answer)): (usize, (Decides, StockAnswer))| {
                let name = format!("s{index}");
                if let StockAnswer::Known(fact) = &mut answer {
                    fact.source.clone_from(&name);
                }
                told(&name, decides, answer)
            };
            all.into_iter().enumerate().map(named).collect()
        })
    }

    proptest! {
        #[test]
        fn one_that_does_not_know_the_item_changes_nothing(told_by in answers(), at in 0..5_usize) {
            prop_assume!(told_by.len() > 1);
            let mut more = told_by.clone();
            more.insert(at.min(told_by.len()), told("silent", Decides::Both, StockAnswer::Missing));
            prop_assert_eq!(settle(&more), settle(&told_by));
        }

        #[test]
        fn nobody_behind_one_that_decides_both_is_heard(told_by in answers(), quantity in 0..9_i64) {
            let first = tracked("first", quantity);
            let all: Vec<Testimony> = std::iter::once(first.clone()).chain(told_by).collect();
            prop_assert_eq!(settle(&all), first.answer);
        }

        #[test]
        fn a_failure_in_front_is_never_covered_up(mut told_by in answers()) {
            told_by.insert(0, told("first", Decides::Both, StockAnswer::Failed("timeout".to_owned())));
            prop_assert!(matches!(settle(&told_by), StockAnswer::Failed(why) if why.contains("timeout")));
        }

        #[test]
        fn what_is_known_comes_from_somebody_who_may_decide_it(told_by in answers()) {
            prop_assume!(told_by.len() > 1);
            if let StockAnswer::Known(fact) = settle(&told_by) {
                let of = |name: &str| told_by.iter().find(|one| one.source == name).unwrap();
                let policy = fact.policy_source.as_deref().unwrap_or(&fact.source);
                let by_default = fact.policy == Policy::Tracked && of(policy).decides == Decides::Quantity;
                prop_assert!(of(policy).decides.policy() || by_default);
                prop_assert!(fact.sellable.is_none() || of(&fact.source).decides.quantity());
                prop_assert!(fact.sellable.is_some() || fact.policy != Policy::Tracked);
            }
        }

        #[test]
        fn agreement_is_the_same_from_both_sides(one in -9..9_i64, other in -9..9_i64, units in 0..5_i64) {
            let (one, other) = (tracked("a", one), tracked("b", other));
            let tolerance = Tolerance::Units(units.into());
            let there = disagreements("K", &[one.clone(), other.clone()], tolerance).len();
            prop_assert_eq!(there, disagreements("K", &[other, one], tolerance).len());
        }
    }
}
