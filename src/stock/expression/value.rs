//! The values an expression computes with.
//!
//! A number is a decimal of up to 28 digits, never a binary fraction. Text stays text; where a number is wanted, one
//! that is a plain decimal number counts as that number, and where true or false is wanted, `true` and `false` do.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde_json::{Map, Number, Value as Json};

/// A value of an item.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    Null,
    Flag(bool),
    Number(Decimal),
    Text(Cow<'a, str>),
    List(Vec<Value<'a>>),
    Record(&'a Map<String, Json>),
}

impl<'a> Value<'a> {
    /// The value a source sent. The error is a number that is too large or too fine to compute with.
    pub(super) fn of(json: &'a Json) -> Result<Self, String> {
        Ok(match json {
            Json::Null => Self::Null,
            Json::Bool(flag) => Self::Flag(*flag),
            Json::Number(number) => match exact(number) {
                Some(number) => Self::Number(number),
                None => return Err(format!("meets {number}, which has more digits than can be computed with")),
            },
            Json::String(text) => Self::Text(Cow::Borrowed(text)),
            Json::Array(list) => Self::List(list.iter().map(Self::of).collect::<Result<_, _>>()?),
            Json::Object(members) => Self::Record(members),
        })
    }

    /// The number it is or, as text, holds.
    pub(super) fn number(&self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => plain_number(text),
            _ => None,
        }
    }

    /// True or false: itself, the text of it, or 1 or 0.
    pub(super) fn flag(&self) -> Option<bool> {
        match self {
            Self::Flag(flag) => Some(*flag),
            Self::Text(text) if text.trim().eq_ignore_ascii_case("true") => Some(true),
            Self::Text(text) if text.trim().eq_ignore_ascii_case("false") => Some(false),
            _ => match self.number() {
                Some(number) if number.is_zero() => Some(false),
                Some(number) if number == Decimal::ONE => Some(true),
                _ => None,
            },
        }
    }

    /// A moment: RFC 3339, an ISO 8601 date (its beginning in UTC), a date and time without offset (UTC), or Unix
    /// seconds.
    pub(super) fn moment(&self) -> Option<Timestamp> {
        if let Some(seconds) = self.number() {
            return Timestamp::from_second(seconds.trunc().try_into().ok()?).ok().filter(|_| seconds.fract().is_zero());
        }
        let Self::Text(text) = self else { return None };
        let text = text.trim();
        let utc = |civil: DateTime| civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
        text.parse::<Timestamp>()
            .ok()
            .or_else(|| text.parse::<DateTime>().ok().and_then(utc))
            .or_else(|| text.parse::<Date>().ok().and_then(|date| utc(date.at(0, 0, 0, 0))))
    }

    /// Whether two values are the same; null is the same as null only.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Text(one), Self::Text(other)) if one == other => true,
            (Self::List(one), Self::List(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.same(other))
            }
            (Self::Record(one), Self::Record(other)) => one == other,
            (Self::Flag(_), _) | (_, Self::Flag(_)) => self.flag().is_some() && self.flag() == other.flag(),
            _ => self.number().is_some() && self.number() == other.number(),
        }
    }

    /// A text, or a number written out.
    pub(super) fn text(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Number(number) => Some(Cow::Owned(number.normalize().to_string())),
            _ => None,
        }
    }
}

/// As shown to people: text in quotes, long values cut.
impl fmt::Display for Value<'_> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = match self {
            Self::Null => "null".to_owned(),
            Self::Flag(flag) => flag.to_string(),
            Self::Number(number) => number.normalize().to_string(),
            Self::Text(text) => format!("'{text}'"),
            Self::List(list) => {
                format!("[{}]", list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
            }
            Self::Record(members) => {
                let member = |(name, value): (&String, &Json)| format!("{name}: {}", unquoted(value));
                format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
            }
        };
        to.write_str(&cut(&whole))
    }
}

/// A field as evidence: text without its quotes, cut to 120 characters.
pub(in crate::stock) fn excerpt(value: &Json) -> String {
    cut(&unquoted(value))
}

fn unquoted(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(120) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A number as its shortest decimal text says it: 0.1 is a tenth.
fn exact(number: &Number) -> Option<Decimal> {
    if let Some(whole) = number.as_i64() {
        return Some(Decimal::from(whole));
    }
    let text = number.to_string();
    if text.contains(['e', 'E']) { Decimal::from_scientific(&text).ok() } else { decimal(&text) }
}

/// A decimal number of digits and a point, if every digit of it can be kept.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text).ok()
}

/// The number a plain decimal text holds. Leading zeros make it a code, not a number; so does any other sign.
pub(super) fn plain_number(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let (whole, _) = digits(text)?;
    if whole.len() > 1 && whole.starts_with('0') { None } else { decimal(text) }
}

/// The number a decimal text holds, leading zeros allowed.
pub(super) fn any_number(text: &str) -> Option<Decimal> {
    let text = text.trim();
    digits(text).and_then(|_| decimal(text))
}

/// The digits before and after the point, if the text is nothing else and its sign.
fn digits(text: &str) -> Option<(&str, &str)> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (all_digits(whole) && all_digits(part)).then_some((whole, part))
}
