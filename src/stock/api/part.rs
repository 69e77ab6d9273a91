//! The parts of an item, each of which must be what its documentation says: what is odd is an error, and never 0.

use rust_decimal::Decimal;
use serde_json::Value as Json;

/// A number, exactly.
pub(in crate::stock) fn number(of: &Json, name: &str) -> Result<Decimal, String> {
    let read = match &of[name] {
        Json::Number(number) => number.to_string().parse().or_else(|_| Decimal::from_scientific(&number.to_string())),
        _ => return Err(odd(of, name, "a number")),
    };
    read.map_err(|_| odd(of, name, "a number"))
}

/// True or false.
pub(in crate::stock) fn flag(of: &Json, name: &str) -> Result<bool, String> {
    of[name].as_bool().ok_or_else(|| odd(of, name, "true or false"))
}

/// Text.
pub(in crate::stock) fn text<'j>(of: &'j Json, name: &str) -> Result<&'j str, String> {
    of[name].as_str().ok_or_else(|| odd(of, name, "text"))
}

/// Several.
pub(in crate::stock) fn list<'j>(of: &'j Json, name: &str) -> Result<&'j [Json], String> {
    of[name].as_array().map(Vec::as_slice).ok_or_else(|| odd(of, name, "a list"))
}

/// A count of items.
pub(in crate::stock) fn count(of: &Json, name: &str) -> Result<u64, String> {
    of[name].as_u64().ok_or_else(|| odd(of, name, "a count"))
}

/// A number as a field holds it, exactly.
pub(in crate::stock) fn exact(number: Decimal) -> Json {
    let number = number.normalize();
    let whole = if number.is_integer() { number.to_string().parse::<i64>().ok() } else { None };
    whole.map_or_else(|| Json::from(number.to_string()), Json::from)
}

fn odd(of: &Json, name: &str, expected: &str) -> String {
    match of.get(name) {
        None => format!("has no {name}"),
        Some(other) => {
            let shown: String = other.to_string().chars().take(60).collect();
            format!("{name} is {shown} instead of {expected}")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_odd_is_an_error_that_says_so() {
        let item = json!({"n": "5", "f": 1, "nil": null, "half": 2.5, "many": 9_007_199_254_740_993_i64, "tiny": 1e-7});
        assert_eq!(number(&item, "n").unwrap_err(), "n is \"5\" instead of a number");
        assert_eq!(flag(&item, "f").unwrap_err(), "f is 1 instead of true or false");
        assert_eq!(list(&item, "nil").unwrap_err(), "nil is null instead of a list");
        assert_eq!(count(&item, "none").unwrap_err(), "has no none");
        assert_eq!(text(&json!([]), "name").unwrap_err(), "has no name");
        assert_eq!(exact(number(&item, "half").unwrap()), json!("2.5"));
        assert_eq!(exact(number(&item, "many").unwrap()), json!(9_007_199_254_740_993_i64));
        assert_eq!(exact(number(&item, "tiny").unwrap()), json!("0.0000001"));
    }
}
