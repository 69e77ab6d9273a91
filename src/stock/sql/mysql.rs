//! MySQL and MariaDB: one prepared statement in a read-only transaction, its rows taken as they come.

use futures::TryStreamExt;
use mysql_async::consts::ColumnType;
use mysql_async::prelude::Queryable;
use mysql_async::{Column, Conn, Error, OptsBuilder, Params, Row, SslOpts, Value};
use secrecy::ExposeSecret;
use serde_json::Value as Json;

use super::network::{self, CERTIFICATE, UNREACHABLE};
use super::row::{self, Columns};
use super::{Each, Reading, Server, StockError, Tls, Way};

/// Number of the character set that says: bytes.
const BINARY: u16 = 63;

/// Reads one query.
pub(super) async fn read(server: &Server, reading: &Reading<'_>, each: Each<'_>) -> Result<(), StockError> {
    let late = |_| reading.is_late("the connection", reading.connect_timeout);
    let mut connection =
        tokio::time::timeout(reading.connect_timeout, connect(server, reading)).await.map_err(late)??;
    let failed = |error: Error| reading.failed(in_words(&error), advice(&error));
    let version: Option<String> = connection.query_first("SELECT VERSION()").await.map_err(failed)?;
    for statement in session(&version.unwrap_or_default(), reading) {
        connection.query_drop(statement).await.map_err(failed)?;
    }
    let keys = reading.keys.iter().map(|key| Value::from(key.as_str())).collect::<Vec<_>>();
    let parameters = if keys.is_empty() { Params::Empty } else { Params::Positional(keys) };
    let mut result = connection.exec_iter(reading.text, parameters).await.map_err(failed)?;
    let kinds = result.columns().unwrap_or_default();
    let names: Vec<String> = kinds.iter().map(|column| column.name_str().into_owned()).collect();
    let columns = Columns::find(&names, reading)?;
    let Some(mut rows) = result.stream::<Row>().await.map_err(failed)? else { return Ok(()) };
    while let Some(row) = rows.try_next().await.map_err(failed)? {
        each(columns.record(|at| match (row.as_ref(at), kinds.get(at)) {
            (Some(value), Some(column)) => cell(value, column),
            _ => Err("is not in the row".to_owned()),
        }));
    }
    drop(rows);
    drop(result);
    // The answer is complete; how the server takes the farewell changes nothing.
    let _ = connection.disconnect().await;
    Ok(())
}

/// What is agreed with the server before the query.
fn session(version: &str, reading: &Reading<'_>) -> [String; 5] {
    let seconds = reading.timeout.as_secs().max(1);
    let limit = if version.contains("MariaDB") {
        format!("SET SESSION max_statement_time = {seconds}")
    } else {
        format!("SET SESSION max_execution_time = {}", reading.timeout.as_millis())
    };
    [
        limit,
        format!("SET SESSION net_write_timeout = {seconds}"),
        "SET SESSION time_zone = '+00:00'".to_owned(),
        "SET SESSION TRANSACTION READ ONLY".to_owned(),
        "START TRANSACTION READ ONLY".to_owned(),
    ]
}

/// A value of the binary protocol.
fn cell(value: &Value, column: &Column) -> Result<Json, String> {
    let kind = column.column_type();
    Ok(match value {
        Value::NULL => Json::Null,
        Value::Int(number) => Json::from(*number),
        Value::UInt(number) => Json::from(*number),
        Value::Float(number) => row::number(&number.to_string()),
        Value::Double(number) => row::number(&number.to_string()),
        Value::Date(0, ..) => Json::Null,
        Value::Date(year, month, day, hour, minute, second, micro) => {
            let date = format!("{year:04}-{month:02}-{day:02}");
            if matches!(kind, ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE) {
                return Ok(Json::from(date));
            }
            let part = if *micro == 0 { String::new() } else { format!(".{micro:06}") };
            let time = format!("{date} {hour:02}:{minute:02}:{second:02}{part}");
            Json::from(row::moment(&time, kind == ColumnType::MYSQL_TYPE_TIMESTAMP))
        }
        Value::Time(negative, days, hours, minutes, seconds, _) => {
            let sign = if *negative { "-" } else { "" };
            Json::from(format!("{sign}{:02}:{minutes:02}:{seconds:02}", days * 24 + u32::from(*hours)))
        }
        Value::Bytes(bytes) => match kind {
            ColumnType::MYSQL_TYPE_DECIMAL | ColumnType::MYSQL_TYPE_NEWDECIMAL => {
                row::number(&String::from_utf8_lossy(bytes))
            }
            ColumnType::MYSQL_TYPE_BIT => Json::from(bytes.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte))),
            ColumnType::MYSQL_TYPE_JSON => row::json(&String::from_utf8_lossy(bytes))?,
            _ => row::text(bytes).map_err(|why| match column.character_set() {
                BINARY => why,
                _ => "holds text that is not in the character set of its column".to_owned(),
            })?,
        },
    })
}

async fn connect(server: &Server, reading: &Reading<'_>) -> Result<Conn, StockError> {
    let options = OptsBuilder::default()
        .user(Some(&server.user))
        .pass(server.password.as_ref().map(|password| password.expose_secret()))
        .db_name(Some(&server.database))
        .prefer_socket(false)
        .stmt_cache_size(0);
    let (options, refused) = match &server.way {
        Way::Socket(path) => (options.socket(Some(path.display().to_string())), UNREACHABLE),
        Way::Network { host, port, tls, ca_file, allow_private } => {
            let addresses = network::resolve(host, *port, allow_private, reading).await?;
            let addresses: Vec<_> = addresses.iter().map(std::net::SocketAddr::ip).collect();
            let options = options.ip_or_hostname(host).tcp_port(*port).resolved_ips(Some(addresses));
            match tls {
                Tls::Off => (options, UNREACHABLE),
                Tls::Require => {
                    (options.ssl_opts(SslOpts::default().with_danger_accept_invalid_certs(true)), CERTIFICATE)
                }
                Tls::Verify => {
                    let extra = ca_file.iter().map(|file| file.clone().into()).collect();
                    (options.ssl_opts(SslOpts::default().with_root_certs(extra)), CERTIFICATE)
                }
            }
        }
    };
    Conn::new(options).await.map_err(|error| match &error {
        Error::Server(_) => reading.failed(in_words(&error), advice(&error)),
        Error::Io(mysql_async::IoError::Io(cause)) => reading.failed(format!("does not answer: {cause}"), UNREACHABLE),
        _ => reading.failed(in_words(&error), refused),
    })
}

/// What happened, in the server's words where it said something.
fn in_words(error: &Error) -> String {
    match error {
        Error::Server(said) => format!("{} [error {}, SQLSTATE {}]", said.message, said.code, said.state),
        other => other.to_string(),
    }
}

/// The numbers are those of the "MySQL Error Message Reference" and of MariaDB's list of error codes.
fn advice(error: &Error) -> &'static str {
    match error {
        Error::Server(said) => match said.code {
            1044 | 1045 | 1698 => "check user and password of stock.sql, and from where the server lets this user in",
            1049 => "check the name under `database` of stock.sql",
            1054 | 1146 => "compare the query of stock.sql with the database's tables and columns",
            1142 | 1143 => "let the database's owner GRANT SELECT on the table to this user",
            1792 => "the query may only read",
            1317 | 1969 | 3024 => "make the query faster, or raise timeout of stock.sql",
            _ => "try the query with the mysql shell, as the same user",
        },
        _ => "nothing of this answer is used; see the server's log and whether the network holds",
    }
}
