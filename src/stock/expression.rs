//! One expression of the configuration: checked when it is loaded, strict when it is computed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use minijinja::value::ValueKind;
use minijinja::{ErrorKind, Value};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use serde_json::Value as Json;

use super::record::Fields;
use super::tokens::{self, Kind, Token};
use super::words::{FILTERS, FUNCTIONS, LANGUAGE, TESTS, plain_number};

/// A compiled expression over named fields.
///
/// The language is Jinja's: arithmetic, comparison, `and`/`or`/`not`, `x if c else y`, `is none`, and the words of
/// [`super::words`]. Text that is a plain number (`"12.0"`) is read as that number. Binary fractions are rounded to six
/// places at the end, so that `0.1 + 0.2` is 0.3.
///
/// Null is not a number: it may be asked for (`x is none`, `x|default(0)`, `coalesce(x, y)`) and compared for
/// sameness (`x == "yes"`); everything else fails and says so.
#[derive(Debug)]
pub(super) struct Expression {
    /// The option it comes from, e.g. `sellable`.
    name: &'static str,
    text: String,
    compiled: minijinja::Expression<'static, 'static>,
    uses: Vec<Use>,
}

/// How an expression uses a field.
#[derive(Debug)]
struct Use {
    field: String,
    /// Only compared with `==` and `!=`, where null is a value like any other.
    only_equated: bool,
    /// Compared with `<` or its like, but not with a quoted text: must be a number.
    ordered: bool,
}

impl Expression {
    /// Compiles it. The error says what is wrong and where in the expression.
    pub(super) fn new(name: &'static str, text: &str, fields: &[&str]) -> Result<Self, String> {
        let compiled = LANGUAGE.compile_expression_owned(text.to_owned()).map_err(|error| {
            let place = error.range().and_then(|range| text.get(..range.start)).map_or(1, |s| s.chars().count() + 1);
            format!("`{text}` is no expression: {} at column {place}", error.detail().unwrap_or("syntax error"))
        })?;
        let tokens = tokens::read(text);
        for (at, token) in tokens.iter().enumerate() {
            check(token, fields)
                .and_then(|()| check_quotes(&tokens, at))
                .map_err(|what| format!("`{text}`, column {}: {what}", token.column))?;
        }
        let count =
            |word: &str| tokens.iter().filter(|token| token.kind == Kind::Keyword && token.text == word).count();
        if count("if") != count("else") {
            return Err(format!("`{text}`: every `if` needs an `else` here, or the result may be nothing"));
        }
        let ones: BTreeMap<String, Value> = fields.iter().map(|field| ((*field).to_owned(), Value::from(1))).collect();
        if let Err(error) = compiled.eval(ones)
            && matches!(error.kind(), ErrorKind::MissingArgument | ErrorKind::TooManyArguments)
        {
            return Err(format!("`{text}`: a function or filter has too many or too few arguments"));
        }
        let mut uses: Vec<Use> = Vec::new();
        for field in fields {
            let places: Vec<usize> = (0..tokens.len())
                .filter(|at| tokens.get(*at).is_some_and(|token| token.kind == Kind::Name && token.text == *field))
                .collect();
            if !places.is_empty() {
                uses.push(Use {
                    field: (*field).to_owned(),
                    only_equated: places.iter().all(|at| beside(&tokens, *at).any(tokens::equates)),
                    ordered: (0..tokens.len()).any(|at| orders(&tokens, at, field)),
                });
            }
        }
        Ok(Self { name, text: text.to_owned(), compiled, uses })
    }

    /// A quantity, to six places.
    pub(super) fn quantity(&self, fields: &Fields) -> Result<Decimal, String> {
        let value = self.value(fields)?;
        let number = match value.kind() {
            ValueKind::Number => match i128::try_from(value.clone()) {
                Ok(whole) if value.is_integer() => Decimal::try_from_i128_with_scale(whole, 0).ok(),
                _ => f64::try_from(value.clone()).ok().and_then(Decimal::from_f64),
            },
            _ => None,
        };
        number.map(|number| number.round_dp(6).normalize()).ok_or_else(|| match value.kind() {
            ValueKind::Bool => self.failed(fields, &format!("gives {value}, not a quantity; write `1 if … else 0`")),
            ValueKind::String => self.failed(fields, &format!("gives the text {value:?}, not a number")),
            _ => self.failed(fields, &format!("gives {value}, not a quantity")),
        })
    }

    /// A yes or no.
    pub(super) fn truth(&self, fields: &Fields) -> Result<bool, String> {
        let value = self.value(fields)?;
        match value.kind() {
            ValueKind::Bool => Ok(value.is_true()),
            ValueKind::Number if value == Value::from(0) || value == Value::from(1) => Ok(value.is_true()),
            _ => Err(self.failed(fields, &format!("gives {value:?}, not true or false; compare it with something"))),
        }
    }

    /// A moment: RFC 3339, an ISO 8601 date (its beginning in UTC), a date and time without offset (UTC), or Unix
    /// seconds. `None` where the field is null.
    pub(super) fn moment(&self, fields: &Fields) -> Result<Option<Timestamp>, String> {
        if let [only] = self.uses.as_slice()
            && only.field == self.text.trim()
            && fields.get(&only.field).is_none_or(Json::is_null)
        {
            return Ok(None);
        }
        let value = self.value(fields)?;
        let moment = match value.as_str() {
            Some(text) => moment_of(text.trim()),
            None if value.is_integer() => {
                i64::try_from(value.clone()).ok().and_then(|s| Timestamp::from_second(s).ok())
            }
            None => None,
        };
        moment.map(Some).ok_or_else(|| {
            self.failed(fields, &format!("gives {value:?}, not a time (RFC 3339, ISO date or Unix seconds)"))
        })
    }

    fn value(&self, fields: &Fields) -> Result<Value, String> {
        let mut context: BTreeMap<String, Value> = BTreeMap::new();
        for used in &self.uses {
            let value = fields.get(&used.field).map_or(Value::UNDEFINED, to_value);
            if used.ordered && !value.is_undefined() && !value.is_number() && value.kind() != ValueKind::Bool {
                return Err(self.failed(fields, &format!("compares `{}` as a number, which it is not", used.field)));
            }
            if !value.is_undefined() {
                context.insert(used.field.clone(), value);
            } else if used.only_equated {
                context.insert(used.field.clone(), Value::from(()));
            }
        }
        let value = self.compiled.eval(context).map_err(|error| self.explain(fields, &error))?;
        if value.is_undefined() || value.is_none() {
            return Err(self.null(fields));
        }
        Ok(value)
    }

    fn explain(&self, fields: &Fields, error: &minijinja::Error) -> String {
        let detail = error.detail().unwrap_or("cannot be computed");
        // Arithmetic reports an undefined side as a matter of types ("unsupported types undefined and number").
        if error.kind() == ErrorKind::UndefinedError || detail.contains("undefined") {
            return self.null(fields);
        }
        self.failed(fields, detail)
    }

    fn null(&self, fields: &Fields) -> String {
        let nulls: Vec<&str> = self
            .uses
            .iter()
            .filter(|used| fields.get(&used.field).is_none_or(Json::is_null))
            .map(|used| used.field.as_str())
            .collect();
        match nulls.first() {
            None => self.failed(fields, "met a null"),
            Some(first) => format!(
                "{} is null, and {} needs it (`{}`); if null means none, write {first}|default(0); if it means that \
                 stock is not counted, set untracked_when to `{first} is none`",
                nulls.join(" and "),
                self.name,
                self.text
            ),
        }
    }

    fn failed(&self, fields: &Fields, what: &str) -> String {
        let with: Vec<String> = self
            .uses
            .iter()
            .map(|used| format!("{}: {}", used.field, fields.get(&used.field).map_or_else(|| "null".into(), excerpt)))
            .collect();
        format!("{} (`{}`) {what}; {}", self.name, self.text, with.join(", "))
    }
}

/// A field as evidence: text without its quotes, cut to 120 characters.
pub(super) fn excerpt(value: &Json) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match text.char_indices().nth(120) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

/// The known word nearest to an unknown one, if any is near.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|one| (strsim::normalized_damerau_levenshtein(&word.to_lowercase(), &one.to_lowercase()), one))
        .filter(|(likeness, _)| *likeness >= 0.5)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, one)| one)
}

fn check(token: &Token<'_>, fields: &[&str]) -> Result<(), String> {
    let (what, known): (&str, &[&str]) = match token.kind {
        Kind::Name => ("field", fields),
        Kind::Filter => ("filter", &FILTERS),
        Kind::Function => ("function", &FUNCTIONS),
        Kind::Test => ("test", &TESTS),
        Kind::Method => return Err(format!("`.{}()` cannot be called here; use a filter", token.text)),
        Kind::Member | Kind::Keyword | Kind::Number | Kind::Text | Kind::Sign => return Ok(()),
    };
    if known.contains(&token.text) {
        return Ok(());
    }
    let hint = match nearest(token.text, known.iter().copied()) {
        Some(near) => format!("; did you mean `{near}`?"),
        None if known.is_empty() => "; no fields are configured".to_owned(),
        None => format!("; there are {}", known.join(", ")),
    };
    Err(format!("no {what} is called `{}`{hint}", token.text))
}

/// `x == "1"` can never hold, because text that is a number is read as that number.
fn check_quotes(tokens: &[Token<'_>], at: usize) -> Result<(), String> {
    let quoted = tokens.get(at).filter(|token| token.kind == Kind::Text && plain_number(token.text).is_some());
    let Some(quoted) = quoted else { return Ok(()) };
    if beside(tokens, at).any(|next| tokens::orders(next) || tokens::equates(next)) {
        return Err(format!(
            "the text \"{0}\" equals nothing, because text that is a number is read as a number; write {0} without quotes",
            quoted.text
        ));
    }
    Ok(())
}

fn beside<'t, 'a>(tokens: &'t [Token<'a>], at: usize) -> impl Iterator<Item = &'t Token<'a>> {
    [at.checked_sub(1), at.checked_add(1)].into_iter().flatten().filter_map(|at| tokens.get(at))
}

fn orders(tokens: &[Token<'_>], at: usize, field: &str) -> bool {
    if !tokens.get(at).is_some_and(tokens::orders) {
        return false;
    }
    let sides = tokens::sides(tokens, at);
    sides.iter().flatten().any(|side| side.kind == Kind::Name && side.text == field)
        && !sides.iter().flatten().any(|side| side.kind == Kind::Text)
}

fn to_value(json: &Json) -> Value {
    match json {
        Json::Null => Value::UNDEFINED,
        Json::Bool(yes) => Value::from(*yes),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::from(whole),
            (None, Some(part)) => Value::from(part),
            (None, None) => Value::UNDEFINED,
        },
        Json::String(text) => plain_number(text).unwrap_or_else(|| Value::from(text.as_str())),
        Json::Array(list) => list.iter().map(to_value).collect(),
        Json::Object(map) => {
            Value::from(map.iter().map(|(name, value)| (name.clone(), to_value(value))).collect::<BTreeMap<_, _>>())
        }
    }
}

fn moment_of(text: &str) -> Option<Timestamp> {
    let utc = |civil: DateTime| civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| text.parse::<DateTime>().ok().and_then(utc))
        .or_else(|| text.parse::<Date>().ok().and_then(|date| utc(date.at(0, 0, 0, 0))))
}
