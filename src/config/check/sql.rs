//! Stock in a database.

use std::num::NonZeroU16;
use std::time::Duration;

use super::csv::location_rows;
use super::stock::fields;
use super::{At, values};
use crate::config::raw::sql as raw;
use crate::config::units::fault;
use crate::stock::{Database, Server, SqlOptions, Tls, Way};

const TLS: [(&str, Tls); 3] = [("verify", Tls::Verify), ("require", Tls::Require), ("off", Tls::Off)];

pub(super) fn sql(at: &At<'_>, raw: &raw::Sql) -> SqlOptions {
    let database = if let Some(raw) = &raw.postgres {
        Database::Postgres(server(&at.key("postgres"), raw, 5432))
    } else if let Some(raw) = &raw.mysql {
        Database::Mysql(server(&at.key("mysql"), raw, 3306))
    } else {
        let file = raw.sqlite.as_ref().and_then(|raw| {
            let at = at.key("sqlite");
            let path = at.file("file", &raw.file)?;
            if !path.is_file() {
                let what = format!("there is no file {}", path.display());
                at.key("file").warn(fault(what, "it must be there when a check runs"));
            }
            Some(path)
        });
        // Nothing is read from there: without a file the configuration is refused.
        Database::Sqlite { file: file.unwrap_or_default() }
    };
    let batch = at.read("batch", &raw.batch, values::at_least_one).map(std::num::NonZero::get);
    if raw.batch.is_some() && raw.item.is_none() {
        at.key("batch").error(fault("this has no effect without `item`", "add `item`, or remove it"));
    }
    SqlOptions {
        database,
        query: at.read("query", &raw.query, values::text).unwrap_or_default(),
        item: at.read("item", &raw.item, values::text),
        batch: batch.and_then(|batch| usize::try_from(batch).ok()).unwrap_or(500),
        key: at.read("key", &raw.key, values::text).unwrap_or_default(),
        fields: fields(&at.key("fields"), raw.fields.as_ref()),
        locations: raw.locations.as_ref().map(|raw| location_rows(&at.key("locations"), raw)),
        connect_timeout: at
            .read("connect_timeout", &raw.connect_timeout, values::some_time)
            .unwrap_or(Duration::from_secs(10)),
        timeout: at.read("timeout", &raw.timeout, values::some_time).unwrap_or(Duration::from_secs(300)),
    }
}

fn server(at: &At<'_>, raw: &raw::SqlServer, default_port: u16) -> Server {
    if raw.password.is_some() && raw.password_file.is_some() {
        at.key("password_file").error(fault("there is a `password` already", "remove one of the two"));
    }
    Server {
        way: way(at, raw, default_port),
        database: at.read("database", &raw.database, values::text).unwrap_or_default(),
        user: at.read("user", &raw.user, values::text).unwrap_or_default(),
        password: at.secret("password", &raw.password, &raw.password_file),
    }
}

fn way(at: &At<'_>, raw: &raw::SqlServer, default_port: u16) -> Way {
    if raw.host.is_none() {
        let of_host = [
            ("port", raw.port.is_some()),
            ("tls", raw.tls.is_some()),
            ("ca_file", raw.ca_file.is_some()),
            ("allow_private", raw.allow_private.is_some()),
        ];
        for (key, _) in of_host.iter().filter(|(_, given)| *given) {
            at.key(key).error(fault("this goes with `host`, not with `socket`", "remove it"));
        }
        return Way::Socket(at.file("socket", &raw.socket).unwrap_or_default());
    }
    let host = at.read("host", &raw.host, |host| {
        let host = values::text(host)?;
        if host.contains(['/', '@', ' ']) || host.contains("://") {
            return Err(fault("this is no host", "write a name or an address such as `db.shop.example`"));
        }
        Ok(host)
    });
    let host = host.unwrap_or_default();
    let port = at.read("port", &raw.port, |port| {
        let port = port.trim().parse::<NonZeroU16>().map(NonZeroU16::get);
        port.map_err(|_| fault("this is no port", "write a number from 1 to 65535"))
    });
    let tls = at.read("tls", &raw.tls, |tls| values::choice(tls, &TLS)).unwrap_or(Tls::Verify);
    let is_here = values::is_local_name(&host);
    if tls == Tls::Off && !is_here {
        let help = "leave `tls` out if the server offers encryption";
        at.key("tls").warn(fault("what is read travels unencrypted", help));
    }
    if tls == Tls::Require && !is_here {
        let help = "leave `tls` out, with the server's certificate authority in `ca_file` where it is not a public one";
        at.key("tls").warn(fault("whoever answers in the server's place is believed", help));
    }
    if tls != Tls::Verify && raw.ca_file.is_some() {
        at.key("ca_file").error(fault("this goes with `tls: verify`", "remove it, or `tls`"));
    }
    Way::Network {
        host,
        port: port.unwrap_or(default_port),
        tls,
        ca_file: at.ca_file(&raw.ca_file),
        allow_private: at.list("allow_private", &raw.allow_private, values::network),
    }
}
