//! What is going on, on a terminal, while a run is under way.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// A bar with rate and remaining time. Where nobody looks at a terminal every call does nothing. Cheap to clone;
/// clones move the same bar.
#[derive(Clone, Debug)]
pub struct Progress(Option<ProgressBar>);

impl Progress {
    /// `visible`: whether standard error is a terminal and the user did not ask for quiet.
    pub fn new(visible: bool) -> Self {
        Self(visible.then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            bar.set_style(waiting());
            bar
        }))
    }

    /// A new stage begins; how long it takes is not known until [`Progress::total`] says so.
    pub fn stage(&self, name: &str) {
        if let Some(bar) = &self.0 {
            bar.reset();
            bar.unset_length();
            bar.set_style(waiting());
            bar.set_message(name.to_owned());
            bar.enable_steady_tick(std::time::Duration::from_millis(120));
        }
    }

    /// The stage has so many steps.
    pub fn total(&self, steps: u64) {
        if let Some(bar) = &self.0 {
            bar.set_style(measured());
            bar.set_length(steps);
        }
    }

    /// So many more steps are done.
    pub fn tick(&self, steps: u64) {
        if let Some(bar) = &self.0 {
            bar.inc(steps);
        }
    }

    /// All is done; the bar goes.
    pub fn done(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }

    /// Hides the bar while something else writes to the terminal.
    pub fn suspend<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }
}

fn waiting() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn measured() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {msg} {wide_bar} {human_pos}/{human_len}  {rate}  {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key("rate", |state: &ProgressState, to: &mut dyn std::fmt::Write| {
            let _ = write!(to, "{:.1}/s", state.per_sec());
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_understood() {
        for template in ["{spinner} {msg}", "{spinner} {msg} {wide_bar} {human_pos}/{human_len}  {rate}  {eta} left"] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }

    #[test]
    fn steps_are_counted_only_where_somebody_looks() {
        let seen = Progress::new(true);
        if let Some(bar) = &seen.0 {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        seen.stage("pages");
        seen.total(3);
        seen.clone().tick(2);
        assert_eq!(seen.0.as_ref().map(ProgressBar::position), Some(2));
        seen.stage("again");
        assert_eq!(seen.0.as_ref().map(ProgressBar::position), Some(0));
        seen.done();

        let unseen = Progress::new(false);
        unseen.stage("pages");
        unseen.tick(2);
        assert!(unseen.0.is_none());
        assert_eq!(unseen.suspend(|| 7), 7);
    }
}
