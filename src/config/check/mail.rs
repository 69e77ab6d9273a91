//! How people are told.

use std::path::PathBuf;
use std::time::Duration;

use super::{At, values};
use crate::config::raw::mail as raw;
use crate::config::units::fault;
use crate::notify::{Dkim, DkimError, MailOptions, SmtpSecurity, Transport, check_dkim};

/// How mail is written and sent.
pub(super) fn mail(at: &At<'_>, raw: &raw::Mail) -> Option<MailOptions> {
    let transport = raw.transport.as_ref().and_then(|raw| transport(&at.key("transport"), raw));
    let max_rows = at.read("max_rows", &raw.max_rows, values::at_least_one);
    let from = at.read("from", &raw.from, values::sender);
    let templates = at.file("templates", &raw.templates);
    if let Some(Err(error)) = templates.as_ref().map(std::fs::read_dir) {
        let help = "name a folder with templates, or leave the key out";
        at.key("templates").error(fault(format!("the folder cannot be read: {error}"), help));
    }
    let dkim = raw.dkim.as_ref().map(|raw| dkim(&at.key("dkim"), raw, from.as_deref()));
    Some(MailOptions {
        from: from?,
        max_rows: max_rows.and_then(|rows| usize::try_from(rows.get()).ok()).unwrap_or(50),
        transport: transport?,
        templates,
        dkim: match dkim {
            Some(dkim) => Some(dkim?),
            None => None,
        },
    })
}

/// How often and how soon it is tried to send a notice.
pub(super) fn patience(at: &At<'_>, raw: &raw::Mail) -> (u32, Duration) {
    let max_attempts = at.read("max_attempts", &raw.max_attempts, values::at_least_one);
    let retry_after = at.read("retry_after", &raw.retry_after, values::some_time);
    (max_attempts.map_or(10, std::num::NonZero::get), retry_after.unwrap_or(Duration::from_secs(300)))
}

fn dkim(at: &At<'_>, raw: &raw::Dkim, from: Option<&str>) -> Option<Dkim> {
    let name = |text: &str| {
        let name = text.trim().to_ascii_lowercase();
        let is_label = |label: &str| {
            !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        };
        if name.split('.').all(is_label) {
            Ok(name)
        } else {
            Err(fault("this is no name of the DNS", "write it as it is published, such as `shop.example`"))
        }
    };
    let domain = at.read("domain", &raw.domain, name);
    let selector = at.read("selector", &raw.selector, name);
    let own =
        from.and_then(|from| from.rsplit_once('@')).map(|(_, own)| own.trim_end_matches('>').to_ascii_lowercase());
    if let (Some(domain), Some(own)) = (&domain, own)
        && own != *domain
        && !own.ends_with(&format!(".{domain}"))
    {
        let help = format!("receivers hold a signature against the domain in `from`, which is `{own}`");
        at.key("domain").warn(fault("the sender is of another domain", help));
    }
    let private_key = at.private_key(&raw.private_key_file);
    let dkim = Dkim { domain: domain?, selector: selector?, private_key: private_key? };
    match check_dkim(&dkim) {
        Ok(()) => {}
        Err(error @ DkimError::NotBuiltIn) => at.error(fault(error.to_string(), error.help())),
        Err(error) => at.key("private_key_file").error(fault(error.to_string(), error.help())),
    }
    Some(dkim)
}

fn transport(at: &At<'_>, raw: &raw::Transport) -> Option<Transport> {
    const PATIENCE: Duration = Duration::from_secs(60);
    if let Some(raw) = &raw.smtp {
        return smtp(&at.key("smtp"), raw, PATIENCE);
    }
    if let Some(raw) = &raw.sendmail {
        let at = at.key("sendmail");
        let program = match &raw.program {
            Some(_) => at.file("program", &raw.program)?,
            None => PathBuf::from("/usr/sbin/sendmail"),
        };
        if !program.is_file() {
            let what = format!("there is no program {}", program.display());
            at.key("program").error(fault(what, "install a mail server that brings it, or use `smtp`"));
        }
        let timeout = at.read("timeout", &raw.timeout, values::some_time).unwrap_or(PATIENCE);
        return Some(Transport::Sendmail { program, timeout });
    }
    if let Some(raw) = &raw.file {
        return Some(Transport::File { folder: at.key("file").file("folder", &raw.folder)? });
    }
    raw.console.as_ref().map(|_| Transport::Console)
}

fn smtp(at: &At<'_>, raw: &raw::Smtp, patience: Duration) -> Option<Transport> {
    let host = at.read("host", &raw.host, |host| match host.trim() {
        "" => values::text(host),
        name if name.contains(['/', '@', ' ']) => Err(fault(
            "this is no host name",
            "write only the name, such as `mail.shop.example`; the port goes into `port`",
        )),
        name => Ok(name.to_owned()),
    });
    let choices = [("tls", SmtpSecurity::Tls), ("starttls", SmtpSecurity::Starttls), ("none", SmtpSecurity::None)];
    let security = at.read("security", &raw.security, |name| values::choice(name, &choices));
    let security = security.unwrap_or(SmtpSecurity::Starttls);
    let port = at.read("port", &raw.port, |text| match text.trim().parse::<u16>() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(fault("this is no port", "write a number from 1 to 65535, such as `587`")),
    });
    let password = at.secret("password", &raw.password, &raw.password_file);
    let username = at.read("username", &raw.username, values::text);
    // A wrong one was given, too.
    let given = |key: &str, raw: bool| raw || at.key(key).is_spoken_for();
    let has_password = given("password", raw.password.is_some()) || given("password_file", raw.password_file.is_some());
    if raw.username.is_some() && !has_password {
        at.key("username")
            .error(fault("there is no password for it", "add `password: ${NAME}` or `password_file: PATH`"));
    }
    if has_password && raw.username.is_none() {
        let key = if raw.password.is_some() { "password" } else { "password_file" };
        at.key(key).error(fault("there is no user name for it", "add `username:`"));
    }
    if has_password
        && security == SmtpSecurity::None
        && host.as_deref().is_some_and(|host| !values::is_local_name(host))
    {
        let help = "write `security: starttls` or `security: tls`";
        at.key("security").error(fault("the password would travel unencrypted", help));
    }
    let timeout = at.read("timeout", &raw.timeout, values::some_time).unwrap_or(patience);
    let ca_file = at.ca_file(&raw.ca_file);
    Some(Transport::Smtp {
        host: host?,
        port: port.unwrap_or(match security {
            SmtpSecurity::Tls => 465,
            SmtpSecurity::Starttls => 587,
            SmtpSecurity::None => 25,
        }),
        security,
        credentials: username.zip(password),
        timeout,
        ca_file,
    })
}
