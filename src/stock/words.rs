//! What an expression may use: filters, functions and tests, all of them strict about null and text.
//!
//! minijinja's own `int`, `min`, `max` and `sum` take null for zero or pass over it. Here a quantity that is not there
//! is never a number.

use std::sync::LazyLock;

use minijinja::value::{Rest, ValueKind};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value, filters, tests};

/// Filters: `value|name` or `value|name(argument)`.
pub(super) const FILTERS: [&str; 15] = [
    "abs", "coalesce", "d", "default", "first", "float", "int", "last", "length", "lower", "max", "min", "round",
    "sum", "trim",
];
/// Functions: `name(value, …)`.
pub(super) const FUNCTIONS: [&str; 5] = ["abs", "coalesce", "max", "min", "sum"];
/// Tests: `value is name`.
pub(super) const TESTS: [&str; 7] = ["defined", "false", "none", "number", "string", "true", "undefined"];

/// The environment every expression is compiled in. A null field is undefined here: minijinja is strict about
/// undefined values (arithmetic, comparison and truth all refuse them) and lax about `none`.
pub(super) static LANGUAGE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut language = Environment::empty();
    language.set_undefined_behavior(UndefinedBehavior::Strict);
    language.add_filter("default", |value: Value, other: Value| coalesce(Rest(vec![value, other])));
    language.add_filter("d", |value: Value, other: Value| coalesce(Rest(vec![value, other])));
    for_both(&mut language, "coalesce", coalesce);
    for_both(&mut language, "min", min);
    for_both(&mut language, "max", max);
    for_both(&mut language, "sum", sum);
    language.add_filter("abs", filters::abs);
    language.add_function("abs", filters::abs);
    language.add_filter("round", filters::round);
    language.add_filter("first", filters::first);
    language.add_filter("last", filters::last);
    language.add_filter("length", filters::length);
    language.add_filter("lower", filters::lower);
    language.add_filter("trim", filters::trim);
    language.add_filter("float", number);
    language.add_filter("int", int);
    language.add_test("none", is_null);
    language.add_test("undefined", is_null);
    language.add_test("defined", |value: &Value| !is_null(value));
    language.add_test("number", tests::is_number);
    language.add_test("string", tests::is_string);
    language.add_test("true", tests::is_true);
    language.add_test("false", tests::is_false);
    language
});

fn for_both(language: &mut Environment<'static>, name: &'static str, word: fn(Rest<Value>) -> Result<Value, Error>) {
    language.add_filter(name, word);
    language.add_function(name, word);
}

/// The number a plain decimal text holds. Leading zeros make it a code, not a number; so does any other sign.
pub(super) fn plain_number(text: &str) -> Option<Value> {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(part) || (whole.len() > 1 && whole.starts_with('0')) {
        return None;
    }
    match text.parse::<i64>() {
        Ok(number) => Some(Value::from(number)),
        Err(_) => text.parse::<f64>().ok().map(Value::from),
    }
}

fn is_null(value: &Value) -> bool {
    value.is_none() || value.is_undefined()
}

fn coalesce(Rest(values): Rest<Value>) -> Result<Value, Error> {
    Ok(values.into_iter().find(|value| !is_null(value)).unwrap_or(Value::UNDEFINED))
}

/// Values and lists of values as one row of numbers.
fn numbers(word: &str, values: Vec<Value>) -> Result<Vec<Value>, Error> {
    let mut all = Vec::new();
    for value in values {
        if matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable) {
            all.extend(numbers(word, value.try_iter()?.collect())?);
        } else if is_null(&value) {
            return Err(Error::new(ErrorKind::UndefinedError, format!("`{word}` met a null")));
        } else if value.is_number() {
            all.push(value);
        } else {
            return Err(refuse(format!("`{word}` needs numbers and met {} ({value})", value.kind())));
        }
    }
    Ok(all)
}

fn refuse(what: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, what)
}

fn min(Rest(values): Rest<Value>) -> Result<Value, Error> {
    numbers("min", values)?.into_iter().min().ok_or_else(|| refuse("`min` of an empty list".to_owned()))
}

fn max(Rest(values): Rest<Value>) -> Result<Value, Error> {
    numbers("max", values)?.into_iter().max().ok_or_else(|| refuse("`max` of an empty list".to_owned()))
}

/// The sum; 0 for an empty list: no location, no stock.
fn sum(Rest(values): Rest<Value>) -> Result<Value, Error> {
    let numbers = numbers("sum", values)?;
    let whole = numbers.iter().try_fold(0_i128, |total, value| {
        if value.is_integer() { total.checked_add(i128::try_from(value.clone()).ok()?) } else { None }
    });
    if let Some(whole) = whole {
        return Ok(Value::from(whole));
    }
    let mut total = 0.0;
    for value in numbers {
        total += f64::try_from(value)?;
    }
    Ok(Value::from(total))
}

/// A number from a number or from a text that holds nothing else; leading zeros allowed.
fn number(value: Value) -> Result<Value, Error> {
    if is_null(&value) {
        return Err(Error::new(ErrorKind::UndefinedError, "null is no number"));
    }
    if value.is_number() {
        return Ok(value);
    }
    let text = value.as_str().map(str::trim).unwrap_or_default();
    match (text.parse::<i64>(), text.parse::<f64>()) {
        (Ok(whole), _) => Ok(Value::from(whole)),
        (_, Ok(part)) if part.is_finite() => Ok(Value::from(part)),
        _ => Err(refuse(format!("{} is no number ({value})", value.kind()))),
    }
}

fn int(value: Value) -> Result<Value, Error> {
    let value = number(value)?;
    if value.is_integer() {
        return Ok(value);
    }
    Ok(Value::from(f64::try_from(value)?.trunc() as i128))
}
