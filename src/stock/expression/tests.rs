use std::collections::BTreeMap;

use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use super::super::record::{Field, Fields, Holds};
use super::*;

type Groups = BTreeMap<String, Vec<String>>;

fn fields(json: Json) -> Fields {
    let Json::Object(fields) = json else { panic!("{json} is no record") };
    fields.into_iter().collect()
}

fn groups() -> Groups {
    [("web".to_owned(), vec!["1".to_owned(), "Haifa".to_owned()]), ("closed".to_owned(), vec!["Hafia".to_owned()])]
        .into()
}

fn compiled(text: &str, wanted: Wanted, known: &[Field], groups: &Groups) -> Result<Expression, String> {
    Expression::new("sellable", text, wanted, Names { fields: known, groups })
}

/// The quantity, with fields of which nothing is known.
fn quantity(text: &str, item: &Fields) -> Result<String, String> {
    let known: Vec<Field> = item.keys().map(|name| Field::anything(name)).collect();
    let expression = compiled(text, Wanted::Quantity, &known, &groups())?;
    expression.quantity(item).map(|quantity| quantity.to_string())
}

fn places() -> Json {
    json!({
        "locations": [
            {"id": 1, "name": "Shop", "available": 3},
            {"id": 2, "name": "Haifa", "available": "4"},
            {"id": 3, "name": "Main warehouse", "available": 0.5},
        ],
        "safety": 2,
    })
}

/// As an adapter declares them.
fn declared() -> Vec<Field> {
    let field = |name: &str, holds| Field { name: name.to_owned(), holds };
    let location = vec![field("id", Holds::Text), field("name", Holds::Text), field("available", Holds::Number)];
    vec![
        field("locations", Holds::List(Box::new(Holds::Record(location)))),
        field("safety", Holds::Number),
        field("tracked", Holds::Flag),
        field("policy", Holds::Text),
        field("until", Holds::Time),
        field("extra", Holds::Anything),
    ]
}

#[test]
fn locations_are_chosen_by_group_by_id_and_by_name() {
    let item = fields(places());
    for (text, expected) in [
        ("sum(locations[web].available) - safety", "5"),
        ("sum(locations[\"Main warehouse\"].available)", "0.5"),
        ("sum(locations['3'].available)", "0.5"),
        ("locations[-1].available", "0.5"),
        ("locations.available|sum", "7.5"),
        ("max(locations.available)", "4"),
        ("locations[web]|length", "2"),
        ("count(locations)", "3"),
        ("sum(locations[closed].available)", "0"),
        ("sum(locations['nowhere'].available)", "0"),
        ("locations[7].available|default(9)", "9"),
    ] {
        assert_eq!(quantity(text, &item).as_deref(), Ok(expected), "{text}");
    }
    let why = quantity("min(locations[closed].available)", &item).unwrap_err();
    assert!(why.contains("has nothing to take the min of"), "{why}");
    let ones = fields(json!({"locations": [1, 2]}));
    assert!(quantity("sum(locations[web].available)", &ones).unwrap_err().contains("neither id nor name"));
}

#[test]
fn without_groups_a_bare_name_is_the_location_itself() {
    let item =
        fields(json!({"locations": [{"id": "gid/7", "name": "web", "q": 2}, {"id": "web", "name": "x", "q": 5}]}));
    let known = [Field::anything("locations")];
    let expression = compiled("sum(locations[web].q)", Wanted::Quantity, &known, &Groups::new()).unwrap();
    assert_eq!(expression.quantity(&item), Ok(Decimal::from(7)));
    let why = compiled("sum(locations[wbe].q)", Wanted::Quantity, &known, &groups()).unwrap_err();
    assert!(why.contains("column 15: no group of locations is called `wbe`; did you mean `web`?"), "{why}");
}

#[test]
fn a_location_that_no_item_has_is_told() {
    let groups: Groups = [("web".to_owned(), vec!["1".to_owned(), "Hafia".to_owned()])].into();
    let known = [Field::anything("locations"), Field::anything("safety")];
    let text = "sum(locations[web].available) + sum(locations['Main'].available)";
    let expression = compiled(text, Wanted::Quantity, &known, &groups).unwrap();
    assert_eq!(expression.unmatched().len(), 3);
    assert_eq!(expression.quantity(&fields(places())), Ok(Decimal::from(3)));
    assert_eq!(expression.unmatched(), ["\"Hafia\" of locations[web]", "\"Main\" of locations['Main']"]);
}

#[test]
fn the_words_of_the_language_compute_exactly() {
    let item = fields(json!({"n": -7, "p": 2.5, "t": "A b ", "l": [1, "2", 3.5], "e": [], "nil": null, "yes": "true"}));
    for (text, expected) in [
        ("n // 2", "-4"),
        ("n % 2", "1"),
        ("-n|abs", "7"),
        ("- -n", "-7"),
        ("n - -1 * 2", "-5"),
        ("(1 + 2) * 3 - 4 / 8", "8.5"),
        ("1 / 3 * 3", "1"),
        ("0.1 + 0.2", "0.3"),
        ("1_000.5 + 0", "1000.5"),
        ("round(p)", "3"),
        ("round(-p)", "-3"),
        ("2.345|round(2)", "2.35"),
        ("floor(n / 2) + ceil(n / 2)", "-7"),
        ("p|int", "2"),
        ("l[1] + l|last + l|first", "6.5"),
        ("l|sum + e|sum", "6.5"),
        ("1 if 2 in l and 9 not in l else 0", "1"),
        ("1 if t|trim|lower == 'a b' else 0", "1"),
        ("1 if t|upper in ['A B ', 'x'] else 0", "1"),
        ("1 if 'b' in t else 0", "1"),
        ("1 if yes == true and yes and not nil == true else 0", "1"),
        ("1 if true or nil > 3 else 2", "1"),
        ("1 if nil is defined else 2 if n < 0 else 3", "2"),
        ("coalesce(nil, e|first, 4)", "4"),
        ("1 if n is number and t is string else 0", "1"),
        ("79228162514264337593543950335 - 1", "79228162514264337593543950334"),
    ] {
        assert_eq!(quantity(text, &item).as_deref(), Ok(expected), "{text}");
    }
    for (text, expected) in [
        ("79228162514264337593543950335 * 10", "grows too large to compute with at `7922"),
        ("sum(79228162514264337593543950335, 79228162514264337593543950335)", "grows too large"),
        ("n / (p - 2.5)", "divides by zero at `n / (p - 2.5)`"),
        ("n % 0", "divides by zero"),
        ("t + 1", "meets the text 'A b ' at `t`, which is no number"),
        ("l - 1", "which is a list and no number; write `sum(…)`"),
        ("t.x", "which has no `x`"),
        ("1 if n else 0", "which is neither true nor false"),
        ("1 if nil in e|first else 0", "e|first"),
    ] {
        let why = quantity(text, &item).expect_err(text);
        assert!(why.contains(expected), "{text}: {why}");
    }
}

#[test]
fn numbers_keep_every_digit() {
    let text = r#"{"a": 0.1, "b": 1e-7, "c": 1.5e3, "d": 18446744073709551615, "e": 1e300, "f": "123456789012345678901234567.8"}"#;
    let item = fields(serde_json::from_str(text).unwrap());
    for (text, expected) in [
        ("a * 3", "0.3"),
        ("b", "0.0000001"),
        ("c", "1500"),
        ("d", "18446744073709551615"),
        ("f", "123456789012345678901234567.8"),
    ] {
        assert_eq!(quantity(text, &item).as_deref(), Ok(expected), "{text}");
    }
    assert!(quantity("e", &item).unwrap_err().contains("more digits than can be computed with"));
}

#[test]
fn times_are_compared_as_times_and_texts_as_texts() {
    let item = fields(json!({
        "until": "2027-01-01T00:00:00+02:00", "policy": "deny", "extra": "n/a", "locations": [], "safety": 0, "tracked": true
    }));
    for (text, expected) in [
        ("until < '2027-01-01'", Ok(true)),
        ("until >= '2026-12-31T22:00:00Z'", Ok(true)),
        ("policy < 'e'", Ok(true)),
        ("policy != 'DENY' and tracked", Ok(true)),
        ("extra < 'o'", Ok(true)),
        ("until < extra", Err("compares `extra` as a time, which it is not")),
    ] {
        let given = compiled(text, Wanted::Truth, &declared(), &groups()).unwrap().truth(&item);
        match expected {
            Ok(expected) => assert_eq!(given, Ok(expected), "{text}"),
            Err(expected) => assert!(given.as_ref().is_err_and(|why| why.contains(expected)), "{text}: {given:?}"),
        }
    }
}

#[test]
fn what_cannot_be_right_is_refused_where_it_stands() {
    use Wanted::{Moment, Quantity, Truth};
    for (wanted, text, expected) in [
        (Quantity, "tracked", "column 1: `tracked` gives true or false, not a quantity; write `1 if … else 0`"),
        (Quantity, "locations", "column 1: `locations` gives a list, not a quantity; write `sum(…)`"),
        (Quantity, "policy", "gives a text, not a quantity"),
        (Quantity, "1 + policy", "column 5: `policy` is a text, not a number"),
        (Quantity, "safety * tracked", "column 10: `tracked` is true or false, not a number; write `1 if … else 0`"),
        (Quantity, "locations[web].available - safety", "column 1: `locations[web].available` is a list, not a number"),
        (Quantity, "sum(locations[wbe].available)", "column 15: no group of locations is called `wbe`; did you mean"),
        (
            Quantity,
            "sum(locations.avialable)",
            "column 14: `locations` has no member `avialable`; did you mean `available`",
        ),
        (Quantity, "sum(locations.name)", "`locations.name` is a text, not numbers"),
        (Quantity, "sum(locations.available[web])", "is no list of records with an id or a name"),
        (Quantity, "safety.x", "column 7: `safety` is a number and has no members"),
        (Quantity, "safety if tracked else policy", "gives a number in one case and a text in the other"),
        (Quantity, "policy|default(0)", "column 16: `0` is a number in place of a text"),
        (Quantity, "1 if safety else 0", "column 6: `safety` is a number, not true or false; compare it"),
        (Quantity, "round(1, 2, 3)", "`round` has too many arguments; write it like `round(x, 2)`"),
        (Quantity, "lower(policy)", "no function is called `lower`; it is a filter: write `text|lower`"),
        (Truth, "safety", "gives a number, not true or false; compare it, such as `… > 0`"),
        (Truth, "policy == 3", "column 11: `policy` is a text and `3` is a number; these two cannot be compared"),
        (Truth, "safety == 'x'", "column 11: `safety` is a number and `'x'` is a text"),
        (Truth, "safety > '3'", "column 10: `3` is in quotes, but text that is a number is read as a number; write 3"),
        (Truth, "extra in ['1', 'x']", "column 11: `1` is in quotes"),
        (Truth, "tracked == policy", "these two cannot be compared"),
        (Truth, "tracked > 1", "`tracked` is true or false, not something that is more or less"),
        (Truth, "policy in 3", "column 11: `3` is a number, not a list"),
        (Moment, "tracked", "gives true or false, not a time"),
        (Truth, "extra is null", "no test is called `null`; there are defined, false, none"),
        (Truth, "extra == null", "column 10: no field is called `null`; did you mean `none`?"),
        (Truth, "tracked && tracked", "is no expression: at column 9 `&&` is not known; write `and`"),
        (Truth, "!tracked", "at column 1 `!` is not known; write `not`"),
        (Truth, "extra = 1", "at column 7 `=` is not known; write `==` to compare"),
        (Truth, "1 < safety < 3", "at column 12 a second comparison follows; write `a < b and b < c`"),
        (Quantity, "safety 3", "at column 8 something follows that nothing joins"),
        (Quantity, "(safety", "at column 8 a `)` is missing"),
        (Quantity, "max(1 2)", "at column 7 a `,` or `)` is missing"),
        (Quantity, "", "at column 1 it ends where a value is needed"),
        (Quantity, "'a", "at column 1 a text begins that does not end; close it with '"),
        (Quantity, "2nd", "at column 1 `2nd` is neither a number nor a name"),
        (Quantity, "safety − 1", "at column 8 `−` is not known; write `-`"),
        (Quantity, "1 if tracked", "column 3: every `if` needs an `else`"),
    ] {
        let why = compiled(text, wanted, &declared(), &groups()).expect_err(text);
        assert!(why.contains(expected), "{text}: {why}");
    }
    let deep = format!("{}1{}", "(".repeat(400), ")".repeat(400));
    assert!(compiled(&deep, Quantity, &[], &Groups::new()).unwrap_err().contains("too long"));
    assert!(compiled(&"-".repeat(99), Quantity, &[], &Groups::new()).unwrap_err().contains("deeper than 40"));
}

#[test]
fn what_can_be_right_is_let_pass() {
    for (wanted, text) in [
        (Wanted::Quantity, "sum(locations[web].available) - safety"),
        (Wanted::Quantity, "extra - locations[0].available if tracked and policy == 'deny' else 0"),
        (Wanted::Quantity, "coalesce(extra, safety, none, 0)"),
        (Wanted::Truth, "extra"),
        (Wanted::Truth, "policy == '1' or until is none or extra == until"),
        (Wanted::Truth, "tracked == false or tracked == 0"),
        (Wanted::Truth, "policy in ['a', 'b'] and safety in [1, 2] and 'web' in locations.name"),
        (Wanted::Moment, "until if tracked else none"),
        (Wanted::Moment, "safety"),
    ] {
        assert!(compiled(text, wanted, &declared(), &groups()).is_ok(), "{text}");
    }
}

#[test]
fn steps_follow_the_reading() {
    let shown = |text: &str, item: Json| -> Vec<String> {
        let item = fields(item);
        let known: Vec<Field> = item.keys().map(|name| Field::anything(name)).collect();
        let steps = compiled(text, Wanted::Quantity, &known, &groups()).unwrap().steps(&item);
        steps.into_iter().map(|step| format!("{} → {}", step.text, step.value.unwrap_or_else(|why| why))).collect()
    };
    assert_eq!(
        shown("sum(locations[web].available) - safety", places()),
        ["locations[web].available → [3, '4']", "sum(locations[web].available) → 7", "… - safety → 5"]
    );
    assert_eq!(shown("(a - b) * 2 - b", json!({"a": 5, "b": 2})), ["a - b → 3", "… * 2 → 6", "… - b → 4"]);
    assert_eq!(shown("a", json!({"a": 5})), ["a → 5"]);
    assert_eq!(
        shown("a if b is none else a / 0", json!({"a": 5, "b": null})),
        ["b is none → true", "a if b is none else a / 0 → 5"]
    );
    assert_eq!(
        shown("1 if a > 9 and b > 0 else 0", json!({"a": 5, "b": null})),
        ["a > 9 → false", "a > 9 and b > 0 → false", "1 if a > 9 and b > 0 else 0 → 0"]
    );
    let failed = shown("max(0, a - b)", json!({"a": 5, "b": null}));
    assert!(failed.len() == 1 && failed[0] == "a - b → b is null", "{failed:?}");
}

/// Texts that look like expressions, and some that do not.
fn scribble() -> impl Strategy<Value = String> {
    let words = [
        "a", "b", "l", "1", "0.5", "'x'", "\"3\"", "+", "-", "*", "/", "//", "%", "(", ")", "[", "]", ",", ".", "|",
        "==", "<", "and", "or", "not", "if", "else", "is", "in", "none", "true", "max", "sum", "default", "round", "é",
        "&&", " ",
    ];
    let likely = prop::collection::vec(prop::sample::select(words.to_vec()), 0..24).prop_map(|words| words.join(" "));
    prop_oneof![3 => likely, 1 => "\\PC{0,40}"]
}

/// A number with up to six places, as written.
fn number() -> impl Strategy<Value = Decimal> {
    (-9_999_999_999_i64..=9_999_999_999, 0_u32..=6).prop_map(|(digits, places)| Decimal::new(digits, places))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_written_makes_it_panic(text in scribble()) {
        let item = fields(json!({"a": 3, "b": null, "l": [{"id": 1}, 2, "t"]}));
        let known: Vec<Field> = item.keys().map(|name| Field::anything(name)).collect();
        match compiled(&text, Wanted::Quantity, &known, &groups()) {
            Ok(expression) => {
                let steps = expression.steps(&item);
                let failed = steps.last().is_some_and(|step| step.value.is_err());
                prop_assert!(!failed || expression.quantity(&item).is_err());
                let _ = (expression.truth(&item), expression.moment(&item), expression.unmatched());
                // Null alone never becomes a number, whatever is done to it.
                let on_null = ["b", "+", "-", "*", "<", "sum", "max", "round", "|", "(", ")"];
                if text.split(' ').all(|word| on_null.contains(&word)) {
                    prop_assert!(expression.quantity(&item).is_err(), "{}", text);
                }
            }
            Err(why) => {
                let after = why.rsplit_once("column ").map(|(_, after)| after).unwrap_or_default();
                let column: usize = after.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap();
                prop_assert!((1..=text.chars().count() + 1).contains(&column), "{}", why);
            }
        }
    }

    #[test]
    fn it_computes_as_decimals_do(a in number(), b in number(), c in number()) {
        let item = fields(json!({"a": a.to_string(), "b": b.to_string(), "c": c.to_string()}));
        let given = |text| quantity(text, &item).map(|quantity| quantity.parse::<Decimal>().unwrap());
        prop_assert_eq!(given("a + b - c"), Ok(a + b - c));
        prop_assert_eq!(given("-a * b"), Ok(-a * b));
        prop_assert_eq!(given("max(a, b, c) - min([a, b, c])"), Ok(a.max(b).max(c) - a.min(b).min(c)));
        prop_assert_eq!(given("a if b < c else c"), Ok(if b < c { a } else { c }));
        if !b.is_zero() {
            prop_assert_eq!(given("a / b"), Ok((a / b).round_dp(PLACES)));
            prop_assert_eq!(given("a // b * b + a % b"), Ok(a));
            prop_assert_eq!(given("a // b"), Ok((a / b).floor()));
        }
    }
}
