//! Who watches over a run from outside: the service manager, which is told how far it is, and a monitor, which is told
//! that it happened.

use sd_notify::NotifyState;

use super::Exit;
use super::check::counted;
use crate::domain::clock::Clock;
use crate::domain::plain::one_line;
use crate::domain::{ShopSummary, Summary};
use crate::notify::{Heartbeat, Hook};

/// Tells the service manager where there is one (`NOTIFY_SOCKET`, sd_notify(3)), and the monitor where one is configured.
pub(super) struct Watch {
    heartbeat: Heartbeat,
}

impl Watch {
    /// A run begins. A monitor hears only of runs that are the regular ones: who tries something by hand must not make
    /// it believe that they happen.
    pub(super) async fn begin(hook: Option<&Hook>, clock: &Clock) -> Self {
        tell(&[NotifyState::Ready, NotifyState::Status("beginning")]);
        let watch = Self { heartbeat: Heartbeat::new(hook, clock) };
        watch.heartbeat.begin().await;
        watch
    }

    /// A run ended.
    pub(super) async fn end(&self, exit: Exit, said: &str) {
        let status = one_line(said.lines().next().unwrap_or_default());
        tell(&[NotifyState::Stopping, NotifyState::Status(&status)]);
        self.heartbeat.end(exit as u8, said).await;
    }
}

/// How far the run is, in one line.
pub(super) fn progress(line: &str) {
    tell(&[NotifyState::Status(&one_line(line))]);
}

/// A service manager that does not listen is no trouble of the run's.
fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!("the service manager could not be told: {error}");
    }
}

/// What came of a run, in a few lines.
pub(super) fn in_lines(exit: Exit, summary: &Summary) -> String {
    let how = if summary.interrupted { "interrupted" } else { exit.words() };
    let mut lines = vec![format!("run {}: {how}", summary.run)];
    lines.extend(summary.shops.iter().map(shop));
    lines.push(format!(
        "notices: {} sent, {} waiting, {} given up",
        summary.notices_sent, summary.notices_pending, summary.notices_dead
    ));
    lines.join("\n")
}

fn shop(shop: &ShopSummary) -> String {
    if let Some(why) = &shop.failed {
        return format!("{}: could not be checked: {}", shop.shop, one_line(why));
    }
    let items = counted(usize::try_from(shop.items).unwrap_or(usize::MAX), "item");
    let unverified: u64 = shop.unverified.values().sum();
    let (wrong, opened, resolved) = (shop.mismatches(), shop.opened, shop.resolved);
    format!("{}: {items}, {wrong} wrong, {unverified} unverified; {opened} opened, {resolved} resolved", shop.shop)
}
