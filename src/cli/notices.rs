//! `stocktruth notices`: the outbox, who is told and why, and what they would see.

mod outbox;
mod preview;
mod why;

use super::args::notices::{self as args, Deed};
use super::desk::Desk;
use super::{Exit, Failure};
use crate::domain::clock::Clock;
use crate::notify;
use crate::report::Progress;
use crate::run::{Stop, Tools};

pub(super) async fn run(args: args::Notices, clock: Clock) -> Result<Exit, Failure> {
    let desk = |config| Desk::open(config, &clock);
    match args.deed.unwrap_or(Deed::List(args.list)) {
        Deed::List(args) if args.why => why::why(&args, &desk(&args.config)?)?,
        Deed::List(args) => outbox::list(&args, &desk(&args.config)?)?,
        Deed::Show(args) => outbox::show(&args, &desk(&args.config)?)?,
        Deed::Retry(args) => return outbox::retry(&args, &desk(&args.config)?, &tools(&clock)).await,
        Deed::Drop(args) => outbox::drop_out(&args, &desk(&args.config)?)?,
        Deed::Preview(args) => preview::preview(&args, &desk(&args.config)?, &tools(&clock)).await?,
        Deed::Send(args) => return outbox::send(&args, &desk(&args.config)?, &tools(&clock)).await,
    }
    Ok(Exit::Agrees)
}

/// What sending needs. It is short, so that nobody is asked to stop it: what was not sent waits.
fn tools(clock: &Clock) -> Tools {
    let (_pull, stop) = Stop::new();
    Tools { clock: clock.clone(), stop, progress: Progress::new(false) }
}

/// Who is told and how.
fn options(desk: &Desk) -> Result<&notify::Options, Failure> {
    desk.job.notify.as_ref().ok_or_else(|| {
        Failure::new(
            Exit::Configuration,
            "the configuration tells nobody",
            "give it a section `mail` or `recipients` and a `fallback`; config/example.yaml explains them",
        )
    })
}
