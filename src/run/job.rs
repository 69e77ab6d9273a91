//! What a run is asked to do, and what comes of it.

use std::time::Duration;

use rust_decimal::Decimal;
use tokio::sync::watch;
use url::Url;

use crate::domain::{Summary, clock::Clock};
use crate::report::Progress;
use crate::store::Worksheet;
use crate::{cart, catalog, claims, fetch, incident, notify, plan, stock, store};

/// Everything a run needs to know, checked.
#[derive(Clone, Debug)]
pub struct Job {
    /// The shops, in the order of the configuration.
    pub shops: Vec<Shop>,
    /// When incidents open and are resolved; the grace is each shop's own.
    pub incidents: incident::Policy,
    /// Rules that change how severe an incident counts, the first that fits.
    pub severity: Vec<incident::SeverityRule>,
    /// Recipients and ways; without it nobody is told.
    pub notify: Option<notify::Options>,
    /// Where things are remembered.
    pub store: store::Options,
    /// Share of the items, from 0 to 1, that must be verifiable; with fewer the run says so by its exit code.
    pub min_verified: Decimal,
}

/// One storefront.
#[derive(Clone, Debug)]
pub struct Shop {
    /// Its name.
    pub name: String,
    /// Its address.
    pub url: Url,
    /// Which items exist.
    pub catalog: catalog::Options,
    /// The product feeds that its ads are made of, beside one that is its catalogue.
    pub feeds: Vec<catalog::FeedOptions>,
    /// How its hosts are asked.
    pub fetch: fetch::Options,
    /// How its pages are read.
    pub claims: claims::Options,
    /// Its listings: categories, results of searches, the home page, campaigns.
    pub listings: Vec<Listing>,
    /// Its stock sources, and how they are asked.
    pub stock: stock::Sources,
    /// How its cart is asked, where its owner wants that.
    pub cart: Option<cart::Options>,
    /// How long a page may lag the stock before it counts.
    pub grace: Duration,
    /// Share of the items, from 0 to 1, that may become wrong at once before nobody is told.
    pub max_jump: Decimal,
    /// How long to wait before a suspect is looked at again.
    pub confirm_after: Duration,
    /// How it is chosen which pages are looked at.
    pub plan: plan::Options,
    /// How well its touchpoints are to keep their promises.
    pub targets: plan::Targets,
}

/// A listing of a shop.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Where it is.
    pub at: catalog::Pages,
    /// What it is called, what kind it is, and how it is read.
    pub options: claims::ListingOptions,
}

/// Which part of the job is wanted this time.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Only these SKUs.
    pub skus: Vec<String>,
    /// Only these pages; they need not be in the catalogue.
    pub urls: Vec<Url>,
    /// At most so many items per shop.
    pub limit: Option<u64>,
    /// Remember nothing and tell nobody.
    pub dry_run: bool,
    /// Tell nobody.
    pub no_mail: bool,
    /// Believe stock that shrank or sold out past its limits.
    pub accept_stock: bool,
    /// Look at every page, whatever the plan says.
    pub full: bool,
}

impl Scope {
    /// Whether single products were asked for. Such a check answers at once: it does not wait to confirm, and it
    /// neither remembers nor tells, so that it can be repeated while a scheduled run is under way.
    pub fn is_ad_hoc(&self) -> bool {
        !self.skus.is_empty() || !self.urls.is_empty()
    }

    /// Whether the run leaves traces: incidents and notices.
    pub fn remembers(&self) -> bool {
        !self.dry_run && !self.is_ad_hoc()
    }
}

/// What a run works with.
#[derive(Clone)]
pub struct Tools {
    /// The time.
    pub clock: Clock,
    /// Becomes true when the run is asked to stop.
    pub stop: Stop,
    /// Shows how far the run is.
    pub progress: Progress,
}

/// Asks a run to stop; cheap to clone.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// A stop and the handle that pulls it. Dropping the handle does not stop the run.
    pub fn new() -> (watch::Sender<bool>, Self) {
        let (sender, receiver) = watch::channel(false);
        (sender, Self(receiver))
    }

    /// Whether it was pulled.
    pub fn pulled(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is pulled, for ever if nobody can.
    pub async fn wait(&self) {
        let mut receiver = self.0.clone();
        if receiver.wait_for(|pulled| *pulled).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Does something, unless the stop is pulled first.
    pub async fn or<T>(&self, doing: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.wait() => None,
            done = doing => Some(done),
        }
    }
}

/// What came of a run.
pub struct Outcome {
    /// In numbers.
    pub summary: Summary,
    /// Item by item, one sheet per shop, in the order of the configuration.
    pub sheets: Vec<Worksheet>,
    /// Whether enough could be checked, by `min_verified`.
    pub enough: bool,
}

/// The run as a whole could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Another run of the same configuration is under way.
    #[error(transparent)]
    Lock(#[from] store::LockError),
    /// Nothing could be remembered.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// The options of mail cannot be used.
    #[error("mail: {0}")]
    Mail(String),
}
