//! What the commands about incidents and notices work with: the store, who is told, and the time.

use std::time::Duration;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::{Exit, Failure, args, check, terminal};
use crate::domain::{Incident, Matcher, Pattern, Silence, clock::Clock, plain};
use crate::notify::{self, Muted, Ownership};
use crate::report::When;
use crate::report::incidents::{Listed, Mark, Named};
use crate::run::{Job, RunError};
use crate::store::{Store, StoreError};

/// The configuration and the time.
pub(super) struct Desk {
    /// What a check would do.
    pub(super) job: Job,
    /// Now, and the zone in which times are read and shown.
    pub(super) when: When,
    /// The longest time that may pass between two checks, if that is known.
    pub(super) missed_after: Option<Duration>,
}

impl Desk {
    /// Loads the configuration. Times are those of its usual cadence.
    pub(super) fn open(config: &args::ConfigFile, clock: &Clock) -> Result<Self, Failure> {
        let config = check::load(config.config.as_deref())?;
        let missed_after = config.missed_after;
        let job = check::job(config);
        let zone = job.notify.as_ref().map(|options| options.usual.cadence.timezone.as_str());
        let zone = zone.and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC);
        Ok(Self { when: When { now: clock.now(), zone }, job, missed_after })
    }

    /// Now.
    pub(super) fn now(&self) -> Timestamp {
        self.when.now
    }

    /// The store for looking only; `None`: nothing has been remembered yet.
    pub(super) fn peek(&self) -> Result<Option<Store>, Failure> {
        let store = Store::peek(&self.job.store).map_err(stored)?;
        if store.is_none() {
            let file = self.job.store.file.display();
            terminal::remark(&format!(
                "{file} is not there: nothing was ever checked with this database (a service may keep one of its own; see \
                 store.file and $STATE_DIRECTORY)"
            ));
        }
        Ok(store)
    }

    /// The store.
    pub(super) fn store(&self) -> Result<Store, Failure> {
        Store::open(&self.job.store).map_err(stored)
    }

    /// The names of the shops.
    pub(super) fn shops(&self) -> Vec<&str> {
        self.job.shops.iter().map(|shop| shop.name.as_str()).collect()
    }

    /// That the configuration has no such shop.
    pub(super) fn no_shop(&self, name: &str) -> Failure {
        Failure::new(
            Exit::Usage,
            format!("the configuration has no shop {name:?}"),
            format!("its shops are {}", self.shops().join(", ")),
        )
    }

    /// The time somebody means: `3d` from now, or the end of the day `2026-12-01`, or `2026-12-01T12:00`.
    pub(super) fn until(&self, text: &str) -> Result<Timestamp, Failure> {
        let wrong = |what: String| {
            let help = "write how long (`12h`, `3d`), the last day (`2026-12-01`) or a time (`2026-12-01T18:00`)";
            Failure::new(Exit::Usage, what, help)
        };
        let zoned = |at: DateTime| at.to_zoned(self.when.zone.clone()).map(|at| at.timestamp());
        let until = if let Ok(day) = text.parse::<Date>().map_err(drop).and_then(|day| match text.contains('T') {
            true => Err(()),
            false => Ok(day),
        }) {
            day.checked_add(1.day()).and_then(|next| zoned(next.at(0, 0, 0, 0))).map_err(|error| error.to_string())
        } else if let Ok(at) = text.parse::<DateTime>() {
            zoned(at).map_err(|error| error.to_string())
        } else {
            crate::config::duration(text).and_then(|span| {
                let span = SignedDuration::try_from(span).map_err(|error| error.to_string())?;
                self.now().checked_add(span).map_err(|error| error.to_string())
            })
        };
        let until = until.map_err(|why| wrong(format!("{text:?} is no time: {why}")))?;
        if until <= self.now() {
            return Err(wrong(format!("{text:?} is over: it is {} now", self.when.at(self.now()))));
        }
        Ok(until)
    }

    /// An incident with its owners and what keeps it quiet.
    pub(super) fn listed(&self, incident: Incident, silences: &[Silence]) -> Listed {
        let owners = self.ownership(&incident).map(|ownership| named(&ownership)).unwrap_or_default();
        let mark = self.muted(&incident, silences).map(mark);
        Listed { incident, owners, mark }
    }

    /// Who is told of an incident; `None` where the configuration tells nobody.
    pub(super) fn ownership(&self, incident: &Incident) -> Option<Ownership> {
        Some(notify::owners(self.job.notify.as_ref()?, incident))
    }

    fn muted(&self, incident: &Incident, silences: &[Silence]) -> Option<Muted> {
        let expected = self.job.notify.as_ref().map_or(&[][..], |options| &options.expected);
        notify::muted(incident, expected, silences, self.now())
    }
}

/// In whose name something is done.
pub(super) fn author(by: Option<&str>) -> Result<String, Failure> {
    let user = || whoami::username().ok();
    let name = by.map(str::to_owned).or_else(user).map(|name| plain::one_line(&name));
    name.filter(|name| !name.is_empty()).ok_or_else(|| {
        Failure::new(Exit::Usage, "this machine does not say who you are", "say it yourself with --by NAME")
    })
}

/// What somebody's conditions fit.
pub(super) fn matcher(fits: &args::Fits) -> Result<Matcher, Failure> {
    let patterns = |name: &str, texts: &[String]| -> Result<Vec<Pattern>, Failure> {
        let read = |text: &String| {
            Pattern::new(text).map_err(|error| {
                let what = format!("--{name} {text:?} is no pattern: {error}");
                Failure::new(Exit::Usage, what, "see https://docs.rs/regex/latest/regex/#syntax")
            })
        };
        texts.iter().map(read).collect()
    };
    Ok(Matcher {
        shops: fits.shop.clone(),
        items: Vec::new(),
        brands: fits.brand.clone(),
        categories: fits.category.clone(),
        suppliers: fits.supplier.clone(),
        skus: patterns("sku", &fits.sku)?,
        urls: patterns("url", &fits.url)?,
        verdicts: fits.verdict.clone(),
    })
}

/// The store's trouble says itself what to do.
pub(super) fn stored(error: StoreError) -> Failure {
    Failure::new(Exit::NotEnough, error.to_string(), "")
}

/// Trouble of a run as a whole.
pub(super) fn failed(error: &RunError) -> Failure {
    check::failure(error)
}

/// Who is told, as reports show it.
pub(super) fn named(ownership: &Ownership) -> Vec<Named> {
    ownership.owners.iter().map(owner).collect()
}

/// One of those who are told, as reports show it.
pub(super) fn owner(owner: &notify::Owner) -> Named {
    let rule = match owner.by {
        notify::By::Rule(rule) => Some(rule),
        _ => None,
    };
    let who = owner.recipient.email().unwrap_or(&owner.recipient.id).to_owned();
    Named { who, by: owner.by.code(), rule }
}

fn mark(muted: Muted) -> Mark {
    let (kind, until) = (muted.code(), muted.until());
    match muted {
        Muted::Expected { rule, because, .. } => {
            Mark { kind, number: i64::try_from(rule).ok(), until, by: None, note: because }
        }
        Muted::Ignored(silence) | Muted::Silenced(silence) => {
            Mark { kind, number: silence.id, until, by: Some(silence.by), note: silence.note }
        }
    }
}
