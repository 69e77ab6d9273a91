//! `stocktruth check`: the main job.

use std::path::Path;

use super::result::Target;
use super::watch::{self, Watch};
use super::{Exit, Failure, args, terminal};
use crate::config::{self, Config};
use crate::domain::clock::Clock;
use crate::report::Progress;
use crate::run::{self, Job, RunError, Scope, Shop, Stop, Tools};

pub(super) async fn run(args: Box<args::Check>, clock: Clock) -> Result<Exit, Failure> {
    let mut config = load(args.config.config.as_deref())?;
    let heartbeat = config.heartbeat.take();
    let mut job = job(config);
    choose_shops(&mut job, &args.shop)?;
    let scope = Scope {
        skus: args.sku.clone(),
        urls: args.url.clone(),
        limit: args.limit,
        dry_run: args.dry_run,
        no_mail: args.no_mail,
        accept_stock: args.accept_stock,
        full: args.full,
    };
    leave_out_other_shops(&mut job, &scope)?;
    // Whatever comes of it from here on, whoever watches hears of it.
    let watch = Watch::begin(heartbeat.as_ref().filter(|_| scope.remembers()), &clock).await;
    let ended = check(&args, &job, &scope, clock).await;
    match &ended {
        Ok((exit, said)) => watch.end(*exit, said).await,
        Err(failure) => watch.end(failure.exit, &failure.what).await,
    }
    ended.map(|(exit, _)| exit)
}

/// Checks and shows what came of it; with the exit code, the same in a few lines.
async fn check(args: &args::Check, job: &Job, scope: &Scope, clock: Clock) -> Result<(Exit, String), Failure> {
    let target = Target::open(args.output.as_deref())?;
    let (pull, stop) = Stop::new();
    let progress = Progress::new(!args.quiet && terminal::shows_progress()).also(watch::progress);
    let tools = Tools { clock, stop, progress };
    tokio::spawn(pull_on_signal(pull, tools.progress.clone()));
    let outcome = run::check(job, scope, &tools).await.map_err(|error| failure(&error))?;
    let exit = Exit::of(&outcome);
    for sku in &outcome.summary.unknown_skus {
        let help = "check its spelling; where the catalogue is a sitemap, name the page with --url";
        terminal::complain(&format!("no catalogue knows the SKU {sku:?}"), help);
    }
    let nothing_to_say = args.quiet && args.format == args::Format::Table && exit == Exit::Agrees && !target.is_file();
    if !nothing_to_say {
        target.write(&outcome, args.format, args.verbose > 0)?;
    }
    Ok((exit, watch::in_lines(exit, &outcome.summary)))
}

/// Finds and loads the configuration; every problem is shown before the command ends.
pub(super) fn load(explicit: Option<&Path>) -> Result<Config, Failure> {
    let file = config::find(explicit).map_err(|missing| {
        Failure::new(
            Exit::Configuration,
            missing.to_string(),
            "write one with `stocktruth init`, name one with -c FILE, or see the program at work with `stocktruth demo`",
        )
    })?;
    config::load(&file).map_err(|problems| {
        terminal::remark(&problems.render(terminal::look(false).colour));
        Failure::new(
            Exit::Configuration,
            format!("{} cannot be used ({})", file.display(), counted(problems.errors(), "problem")),
            "config/example.yaml explains every key",
        )
    })
}

/// The job a configuration describes.
pub(super) fn job(config: Config) -> Job {
    let shops = config
        .shops
        .into_iter()
        .map(|shop| Shop {
            name: shop.name,
            url: shop.url,
            catalog: shop.catalog,
            feeds: shop.feeds,
            fetch: shop.fetch,
            claims: shop.claims,
            listings: shop.listings.into_iter().map(|one| run::Listing { at: one.at, options: one.options }).collect(),
            stock: shop.stock,
            cart: shop.cart,
            grace: shop.grace,
            max_jump: shop.max_jump,
            confirm_after: shop.confirm_after,
            plan: shop.plan,
            targets: shop.targets,
        })
        .collect();
    Job {
        shops,
        incidents: config.incidents,
        severity: config.severity,
        notify: config.notify,
        store: config.store,
        min_verified: config.min_verified,
    }
}

/// `1 shop`, `2 shops`.
pub(super) fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

fn choose_shops(job: &mut Job, names: &[String]) -> Result<(), Failure> {
    let known: Vec<String> = job.shops.iter().map(|shop| shop.name.clone()).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
        return Err(Failure::new(
            Exit::Usage,
            format!("the configuration has no shop {unknown:?}"),
            format!("its shops are {}", known.join(", ")),
        ));
    }
    job.shops.retain(|shop| names.is_empty() || names.contains(&shop.name));
    Ok(())
}

/// A page that was named belongs to one shop; the others need not be asked.
fn leave_out_other_shops(job: &mut Job, scope: &Scope) -> Result<(), Failure> {
    if let Some(stranger) = scope.urls.iter().find(|url| !job.shops.iter().any(|shop| run::belongs(shop, url))) {
        let origins: Vec<&str> = job.shops.iter().map(|shop| shop.url.as_str()).collect();
        return Err(Failure::new(
            Exit::Usage,
            format!("{} belongs to none of the shops", without_credentials(stranger)),
            format!("the shops are at {}", origins.join(", ")),
        ));
    }
    if !scope.urls.is_empty() && scope.skus.is_empty() {
        job.shops.retain(|shop| scope.urls.iter().any(|url| run::belongs(shop, url)));
    }
    Ok(())
}

/// An address fit to be shown.
fn without_credentials(url: &url::Url) -> url::Url {
    let mut url = url.clone();
    // Only a URL without a host refuses these, and it has neither.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}

async fn pull_on_signal(pull: tokio::sync::watch::Sender<bool>, progress: Progress) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::warn!("signals cannot be caught; a kill ends the run at once");
        return pull.closed().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = pull.closed() => return,
    }
    progress.suspend(|| terminal::remark("stopping: what was judged is kept (once more: at once)"));
    pull.send_replace(true);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = pull.closed() => return,
    }
    std::process::exit(i32::from(Exit::NotEnough as u8));
}

pub(super) fn failure(error: &RunError) -> Failure {
    let exit = Exit::of_error(error);
    let help = match error {
        RunError::Mail(_) => "check the mail section with `stocktruth validate`",
        // These say themselves what to do.
        RunError::Lock(_) | RunError::Store(_) => "",
    };
    Failure::new(exit, error.to_string(), help)
}
