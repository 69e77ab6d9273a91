//! Numbers with units, as people write them.

use std::num::NonZeroU32;
use std::time::Duration;

use rust_decimal::Decimal;

use crate::fetch::Rate;

/// What is wrong with a value, and what to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) what: String,
    pub(super) help: String,
}

/// Both texts at once.
pub(super) fn fault(what: impl Into<String>, help: impl Into<String>) -> Fault {
    Fault { what: what.into(), help: help.into() }
}

/// `500ms`, `30s`, `15m`, `24h`, `7d`, `2w`, or several in a row (`1h30m`).
pub(super) fn duration(text: &str) -> Result<Duration, Fault> {
    let wrong =
        || fault("this is not a length of time", "write a whole number with a unit: `30s`, `15m`, `24h` or `7d`");
    let mut rest = text.trim();
    if !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()) {
        return Err(fault(
            "a length of time needs a unit",
            format!("write `{rest}s`, `{rest}m`, `{rest}h` or `{rest}d`"),
        ));
    }
    let mut total = Duration::ZERO;
    loop {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let number: u64 = rest[..digits].parse().map_err(|_| wrong())?;
        rest = &rest[digits..];
        let unit = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let one = match &rest[..unit] {
            "ms" => Duration::from_millis(1),
            "s" => Duration::from_secs(1),
            "m" | "min" => Duration::from_secs(60),
            "h" => Duration::from_secs(3600),
            "d" => Duration::from_secs(86_400),
            "w" => Duration::from_secs(604_800),
            _ => return Err(wrong()),
        };
        let part = u32::try_from(number).ok().and_then(|number| one.checked_mul(number)).ok_or_else(wrong)?;
        total = total.checked_add(part).ok_or_else(wrong)?;
        rest = &rest[unit..];
        if rest.is_empty() {
            return Ok(total);
        }
    }
}

/// `512B`, `500KB` (1000), `8MiB` (1024).
pub(super) fn size(text: &str) -> Result<u64, Fault> {
    let text = text.trim();
    let wrong = || fault("this is not a size", "write a whole number with a unit: `500KB`, `8MiB` or `1GiB`");
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..digits].parse().map_err(|_| wrong())?;
    let unit: u64 = match text[digits..].trim_start() {
        "" => return Err(fault("a size needs a unit", format!("write `{number}B`, `{number}KiB` or `{number}MiB`"))),
        "B" => 1,
        "KB" | "kB" => 1000,
        "KiB" => 1 << 10,
        "MB" => 1_000_000,
        "MiB" => 1 << 20,
        "GB" => 1_000_000_000,
        "GiB" => 1 << 30,
        _ => return Err(wrong()),
    };
    number.checked_mul(unit).filter(|bytes| *bytes > 0).ok_or_else(wrong)
}

/// `2/s`, `30/min`, `1/5s`.
pub(super) fn rate(text: &str) -> Result<Rate, Fault> {
    let wrong = || fault("this is not a rate", "write requests per time: `2/s`, `30/min` or `1/5s`");
    let (requests, per) = text.split_once('/').ok_or_else(|| {
        let number = text.trim();
        match number.parse::<u32>() {
            Ok(_) => fault("a rate needs a unit of time", format!("write `{number}/s` or `{number}/min`")),
            Err(_) => wrong(),
        }
    })?;
    let requests: NonZeroU32 = requests.trim().parse().map_err(|_| wrong())?;
    let per = per.trim();
    let per = if per.starts_with(|c: char| c.is_ascii_digit()) { duration(per) } else { duration(&format!("1{per}")) };
    match per {
        Ok(per) if !per.is_zero() => Ok(Rate { requests, per }),
        _ => Err(wrong()),
    }
}

/// `50%` as a share: 0.5.
pub(super) fn percent(text: &str) -> Result<Decimal, Fault> {
    let help = "write a number from 0 to 100 with `%`: `50%`";
    let number = text.trim().strip_suffix('%').ok_or_else(|| fault("a share needs a percent sign", help))?;
    let number: Decimal = number.trim().parse().map_err(|_| fault("this is not a percentage", help))?;
    if number < Decimal::ZERO || number > Decimal::ONE_HUNDRED {
        return Err(fault("a share is at least 0% and at most 100%", help));
    }
    Ok(number / Decimal::ONE_HUNDRED)
}

/// `0.5`, `3`.
pub(super) fn decimal(text: &str) -> Result<Decimal, Fault> {
    text.trim().parse().map_err(|_| fault("this is not a number", "write a number such as `1` or `0.5`"))
}

/// A whole number.
pub(super) fn whole(text: &str) -> Result<u64, Fault> {
    text.trim().parse().map_err(|_| fault("this is not a whole number", "write a number such as `5`"))
}

/// `true` or `false`.
pub(super) fn flag(text: &str) -> Result<bool, Fault> {
    match text.trim() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(fault("this is neither `true` nor `false`", "write `true` or `false`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("1h30m"), Ok(Duration::from_secs(5400)));
        assert_eq!(duration("7d"), Ok(Duration::from_secs(604_800)));
        assert_eq!(duration("0s"), Ok(Duration::ZERO));
        assert!(duration("30").is_err_and(|fault| fault.what.contains("unit")));
        for text in ["", "s", "1.5h", "-3s", "3 s", "3x", "3s4", "99999999999s", "5000000000w", "٣s"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes() {
        assert_eq!(size("8MiB"), Ok(8 * 1024 * 1024));
        assert_eq!(size("500 KB"), Ok(500_000));
        for text in ["8", "8M", "0B", "99999999999GiB", "x", ""] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn rates() {
        let rate_of = |text: &str| rate(text).map(|rate| (rate.requests.get(), rate.per.as_secs())).ok();
        assert_eq!(rate_of("2/s"), Some((2, 1)));
        assert_eq!(rate_of("30/min"), Some((30, 60)));
        assert_eq!(rate_of("1/5s"), Some((1, 5)));
        for text in ["2", "0/s", "2/", "2/0s", "/s", "2/s/s"] {
            assert_eq!(rate_of(text), None, "{text}");
        }
    }

    #[test]
    fn percentages() {
        assert_eq!(percent("50%"), Ok(Decimal::new(5, 1)));
        for text in ["50", "0.5", "101%", "-1%", "%"] {
            assert!(percent(text).is_err(), "{text}");
        }
    }
}
