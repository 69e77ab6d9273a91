//! How values lie in columns: times as text of fixed width (readable, and sorted like the times themselves), enums as
//! their machine names, structures as JSON.

use jiff::Timestamp;
use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

/// A time, `2026-06-01T12:00:00.000000000Z`.
pub(super) struct Time(pub(super) Timestamp);

impl ToSql for Time {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(format!("{:.9}", self.0).into())
    }
}

impl FromSql for Time {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map(Self).map_err(FromSqlError::other)
    }
}

/// Anything serde knows, as JSON.
pub(super) struct Json<T>(pub(super) T);

impl<T: Serialize> ToSql for Json<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let text = serde_json::to_string(&self.0).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
        Ok(text.into())
    }
}

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?).map(Self).map_err(FromSqlError::other)
    }
}

/// A machine name: what serde calls an enum's plain variant.
pub(super) struct Code<T>(pub(super) T);

impl<T: Serialize> ToSql for Code<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match serde_json::to_value(&self.0) {
            Ok(Value::String(name)) => Ok(name.into()),
            Ok(other) => Err(rusqlite::Error::ToSqlConversionFailure(format!("{other} is not a plain name").into())),
            Err(error) => Err(rusqlite::Error::ToSqlConversionFailure(error.into())),
        }
    }
}

impl<T: DeserializeOwned> FromSql for Code<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_value(value.as_str()?.into()).map(Self).map_err(FromSqlError::other)
    }
}

/// An address.
pub(super) struct Address(pub(super) Url);

impl ToSql for Address {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.as_str().into())
    }
}

impl FromSql for Address {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map(Self).map_err(FromSqlError::other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Cause, IncidentState, NoticeState, Verdict};

    fn written<T: Serialize>(value: T) -> String {
        match Code(value).to_sql().unwrap() {
            ToSqlOutput::Owned(rusqlite::types::Value::Text(text)) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_code_in_the_database_is_the_code_in_the_reports() {
        for one in IncidentState::ALL {
            assert_eq!(written(one), one.code());
        }
        for one in NoticeState::ALL {
            assert_eq!(written(one), one.code());
        }
        for code in Verdict::MISMATCHES.map(|verdict| verdict.code()) {
            assert_eq!(written(Verdict::mismatch_from_code(code).unwrap()), code);
            assert!(Code::<Verdict>::column_result(ValueRef::Text(code.as_bytes())).is_ok());
        }
        assert_eq!(written(Cause::PageCache), Cause::PageCache.code());
        assert!(Code::<Cause>::column_result(ValueRef::Text(b"moonshine")).is_err());
    }

    #[test]
    fn times_sort_as_text() {
        let text = |nanosecond| match Time(Timestamp::new(1_800_000_000, nanosecond).unwrap()).to_sql().unwrap() {
            ToSqlOutput::Owned(rusqlite::types::Value::Text(text)) => text,
            other => panic!("{other:?}"),
        };
        assert!(text(0) < text(1) && text(1) < text(500_000_000), "{} {}", text(0), text(500_000_000));
    }
}
