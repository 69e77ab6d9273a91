//! PostgreSQL: one prepared statement in a read-only transaction. Every value comes as the server itself writes it, so
//! that no digit is lost.

use std::error::Error as _;

use bytes::BytesMut;
use futures::TryStreamExt;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde_json::Value as Json;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::types::{Format, IsNull, Kind, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Config, Error, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::network::{self, CERTIFICATE, UNREACHABLE};
use super::row::{self, Columns};
use super::{Each, Reading, Server, StockError, Tls, Way};

/// When a standby that lags, or hears of its primary no more, last took something over. One that has replayed all it
/// received is up to date (PostgreSQL documentation, "Recovery Information Functions").
const REPLAYED: &str = "SELECT CASE WHEN pg_is_in_recovery() AND (pg_last_wal_receive_lsn() IS DISTINCT FROM \
    pg_last_wal_replay_lsn() OR NOT EXISTS (SELECT FROM pg_stat_wal_receiver)) \
    THEN extract(epoch FROM pg_last_xact_replay_timestamp())::bigint END";

/// Reads one query.
pub(super) async fn read(server: &Server, reading: &Reading<'_>, each: Each<'_>) -> Result<(), StockError> {
    let late = |_| reading.is_late("the connection", reading.connect_timeout);
    let client = tokio::time::timeout(reading.connect_timeout, connect(server, reading)).await.map_err(late)??;
    let failed = |error: Error| reading.failed(in_words(&error), advice(&error));
    let as_of = replayed(&client).await;
    let milliseconds = reading.timeout.as_millis();
    let begin = format!(
        "BEGIN READ ONLY; SET LOCAL statement_timeout = {milliseconds}; SET LOCAL TimeZone = 'UTC'; \
         SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'iso_8601'"
    );
    client.batch_execute(&begin).await.map_err(failed)?;
    let plain = client.prepare(reading.text).await.map_err(failed)?;
    let names: Vec<String> = plain.columns().iter().map(|column| column.name().to_owned()).collect();
    let columns = Columns::find(&names, reading)?;
    let places = columns.places();
    let written = |at: &usize| names.get(*at).map(|name| format!("q.\"{}\"::text", name.replace('"', "\"\"")));
    let wanted: Vec<String> = places.iter().filter_map(written).collect();
    // The line break ends a comment at the query's end.
    let text = format!("SELECT {} FROM ({}\n) AS q", wanted.join(", "), reading.text);
    let statement = client.prepare(&text).await.map_err(failed)?;
    let rows = client.query_raw(&statement, reading.keys.iter().map(|key| Key(key))).await.map_err(failed)?;
    tokio::pin!(rows);
    while let Some(row) = rows.try_next().await.map_err(failed)? {
        let mut record = columns.record(|at| {
            let place = places.iter().position(|place| *place == at).unwrap_or_default();
            let text: Option<&str> = row.try_get(place).map_err(|error| in_words(&error))?;
            let kind = plain.columns().get(at).map_or(&Type::TEXT, |column| column.type_());
            text.map_or(Ok(Json::Null), |text| cell(text, kind))
        });
        record.as_of = as_of;
        each(record);
    }
    Ok(())
}

/// A value in the server's notation (`DateStyle` ISO, time zone UTC).
fn cell(text: &str, kind: &Type) -> Result<Json, String> {
    if let Kind::Domain(inner) = kind.kind() {
        return cell(text, inner);
    }
    Ok(match *kind {
        Type::BOOL => Json::from(text == "true"),
        Type::INT2 | Type::INT4 | Type::INT8 | Type::OID | Type::NUMERIC | Type::FLOAT4 | Type::FLOAT8 => {
            row::number(text)
        }
        Type::TIMESTAMPTZ => Json::from(row::moment(text, true)),
        Type::TIMESTAMP => Json::from(row::moment(text, false)),
        Type::JSON | Type::JSONB => row::json(text)?,
        _ => Json::from(text),
    })
}

/// A key as a parameter of whatever type the query compares it with, in the server's notation.
#[derive(Debug)]
struct Key<'a>(&'a str);

impl ToSql for Key<'_> {
    fn to_sql(&self, kind: &Type, into: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        // No number is equal to a key that is none, and null is equal to nothing.
        let whole = matches!(*kind, Type::INT2 | Type::INT4 | Type::INT8);
        let fits = match *kind {
            Type::INT2 => self.0.parse::<i16>().is_ok(),
            Type::INT4 => self.0.parse::<i32>().is_ok(),
            Type::INT8 => self.0.parse::<i64>().is_ok(),
            Type::NUMERIC => self.0.parse::<rust_decimal::Decimal>().is_ok(),
            _ => true,
        };
        if !fits || (whole && self.0.starts_with('+')) {
            return Ok(IsNull::Yes);
        }
        into.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    to_sql_checked!();
}

async fn connect(server: &Server, reading: &Reading<'_>) -> Result<Client, StockError> {
    let mut config = Config::new();
    config.user(&server.user).dbname(&server.database).application_name("stocktruth");
    if let Some(password) = &server.password {
        config.password(password.expose_secret());
    }
    let refused = |error: std::io::Error| reading.failed(format!("does not answer: {error}"), UNREACHABLE);
    match &server.way {
        Way::Socket(path) => {
            let stream = UnixStream::connect(path).await.map_err(refused)?;
            start(config.ssl_mode(SslMode::Disable), stream, NoTls, reading).await
        }
        Way::Network { host, port, tls, ca_file, allow_private } => {
            let addresses = network::resolve(host, *port, allow_private, reading).await?;
            let stream = TcpStream::connect(addresses.as_slice()).await.map_err(refused)?;
            if *tls == Tls::Off {
                return start(config.ssl_mode(SslMode::Disable), stream, NoTls, reading).await;
            }
            let encryption = network::encryption(*tls, ca_file.as_deref(), reading)?;
            let mut maker = MakeRustlsConnect::new(encryption);
            let encrypted = MakeTlsConnect::<TcpStream>::make_tls_connect(&mut maker, host);
            let encrypted = encrypted.map_err(|error| reading.failed(error.to_string(), CERTIFICATE))?;
            start(config.ssl_mode(SslMode::Require), stream, encrypted, reading).await
        }
    }
}

/// Logs in. What the server sends is read by a task of its own, which ends with the connection.
async fn start<S, T>(config: &Config, stream: S, tls: T, reading: &Reading<'_>) -> Result<Client, StockError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T: TlsConnect<S>,
    T::Stream: Send + 'static,
{
    let refused = |error: Error| {
        let advice = if error.as_db_error().is_some() { advice(&error) } else { CERTIFICATE };
        reading.failed(in_words(&error), advice)
    };
    let (client, connection) = config.connect_raw(stream, tls).await.map_err(refused)?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "the connection to the database ended");
        }
    });
    Ok(client)
}

/// When a standby was last told something, where that says how old its answers are. Servers that only speak
/// PostgreSQL's protocol may not know; then nothing is said.
async fn replayed(client: &Client) -> Option<Timestamp> {
    let row = client.query_one(REPLAYED, &[]).await.ok()?;
    let seconds: Option<i64> = row.try_get(0).ok()?;
    Timestamp::from_second(seconds?).ok()
}

/// What happened, in the server's words where it said something.
fn in_words(error: &Error) -> String {
    if let Some(said) = error.as_db_error() {
        let hint = said.hint().map(|hint| format!(" ({hint})")).unwrap_or_default();
        return format!("{}{hint} [SQLSTATE {}]", said.message(), said.code().code());
    }
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

fn advice(error: &Error) -> &'static str {
    match error.code() {
        Some(&SqlState::UNDEFINED_TABLE | &SqlState::UNDEFINED_COLUMN) => {
            "compare the query of stock.sql with the database's tables; a table of another schema is written schema.table"
        }
        Some(&SqlState::INSUFFICIENT_PRIVILEGE) => "let the database's owner GRANT SELECT on the table to this user",
        Some(&SqlState::READ_ONLY_SQL_TRANSACTION) => "the query may only read",
        Some(&SqlState::QUERY_CANCELED) => "make the query faster, or raise timeout of stock.sql",
        Some(&SqlState::INVALID_PASSWORD | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION) => {
            "check user and password of stock.sql, and the server's pg_hba.conf"
        }
        Some(&SqlState::INVALID_CATALOG_NAME) => "check the name under `database` of stock.sql",
        Some(code) if code.code().starts_with("57P") => "the server is shutting down or starting; try again later",
        Some(_) => "try the query with psql, as the same user",
        None => "nothing of this answer is used; see the server's log and whether the network holds",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_keep_their_digits_and_their_zone() {
        for (text, kind, expected) in [
            ("true", Type::BOOL, json!(true)),
            ("12", Type::INT4, json!(12)),
            ("2.50", Type::NUMERIC, json!(2.5)),
            ("12345678901234567890.123456789", Type::NUMERIC, json!("12345678901234567890.123456789")),
            ("NaN", Type::NUMERIC, json!("NaN")),
            ("1e+20", Type::FLOAT8, json!(1e20)),
            ("2026-11-23 08:00:00.5+00", Type::TIMESTAMPTZ, json!("2026-11-23T08:00:00.5Z")),
            ("2026-11-23 08:00:00", Type::TIMESTAMP, json!("2026-11-23T08:00:00")),
            ("2026-11-23", Type::DATE, json!("2026-11-23")),
            ("[{\"id\": 7}]", Type::JSONB, json!([{"id": 7}])),
            ("0012", Type::TEXT, json!("0012")),
        ] {
            assert_eq!(cell(text, &kind), Ok(expected), "{text}");
        }
        assert!(cell("{", &Type::JSON).is_err());
    }
}
