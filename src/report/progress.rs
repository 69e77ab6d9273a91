//! What is going on, on a terminal, while a run is under way.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// A bar with rate and remaining time, for who looks at a terminal; and one line now and then, for who looks from
/// elsewhere. Where nobody looks every call does nothing. Cheap to clone; clones move the same bar.
#[derive(Clone, Debug)]
pub struct Progress {
    bar: Option<ProgressBar>,
    line: Option<Line>,
}

/// Shortest time between two lines of the same stage.
const DISTANCE: Duration = Duration::from_secs(1);

/// One line that says how far the run is.
#[derive(Clone)]
struct Line {
    say: Arc<dyn Fn(&str) + Send + Sync>,
    stage: Arc<Mutex<Stage>>,
}

#[derive(Default)]
struct Stage {
    name: String,
    done: u64,
    of: Option<u64>,
    said: Option<Instant>,
}

impl fmt::Debug for Line {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Line").finish_non_exhaustive()
    }
}

impl Line {
    /// Changes the stage and says it, unless it is too soon.
    fn change(&self, at_once: bool, change: impl FnOnce(&mut Stage)) {
        let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut stage);
        if !at_once && stage.said.is_some_and(|said| said.elapsed() < DISTANCE) {
            return;
        }
        stage.said = Some(Instant::now());
        match stage.of {
            Some(of) => (self.say)(&format!("{} {}/{of}", stage.name, stage.done)),
            None => (self.say)(&stage.name),
        }
    }
}

impl Progress {
    /// `visible`: whether standard error is a terminal and the user did not ask for quiet.
    pub fn new(visible: bool) -> Self {
        let bar = visible.then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            bar.set_style(waiting());
            bar
        });
        Self { bar, line: None }
    }

    /// Also says in one line how far the run is: at every stage, and then about once a second.
    pub fn also(self, say: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { line: Some(Line { say: Arc::new(say), stage: Arc::default() }), ..self }
    }

    /// A new stage begins; how long it takes is not known until [`Progress::total`] says so.
    pub fn stage(&self, name: &str) {
        if let Some(bar) = &self.bar {
            bar.reset();
            bar.unset_length();
            bar.set_style(waiting());
            bar.set_message(name.to_owned());
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        if let Some(line) = &self.line {
            line.change(true, |stage| *stage = Stage { name: name.to_owned(), ..Stage::default() });
        }
    }

    /// The stage has so many steps.
    pub fn total(&self, steps: u64) {
        if let Some(bar) = &self.bar {
            bar.set_style(measured());
            bar.set_length(steps);
        }
        if let Some(line) = &self.line {
            line.change(true, |stage| stage.of = Some(steps));
        }
    }

    /// So many more steps are done.
    pub fn tick(&self, steps: u64) {
        if let Some(bar) = &self.bar {
            bar.inc(steps);
        }
        if let Some(line) = &self.line {
            line.change(false, |stage| stage.done += steps);
        }
    }

    /// All is done; the bar goes.
    pub fn done(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// Hides the bar while something else writes to the terminal.
    pub fn suspend<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.bar {
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
        .with_key("rate", |state: &ProgressState, to: &mut dyn fmt::Write| {
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
        if let Some(bar) = &seen.bar {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        seen.stage("pages");
        seen.total(3);
        seen.clone().tick(2);
        assert_eq!(seen.bar.as_ref().map(ProgressBar::position), Some(2));
        seen.stage("again");
        assert_eq!(seen.bar.as_ref().map(ProgressBar::position), Some(0));
        seen.done();

        let unseen = Progress::new(false);
        unseen.stage("pages");
        unseen.tick(2);
        assert!(unseen.bar.is_none());
        assert_eq!(unseen.suspend(|| 7), 7);
    }

    #[test]
    fn whoever_looks_from_elsewhere_hears_of_each_stage_and_not_of_each_step() {
        let heard = Arc::new(Mutex::new(vec![]));
        let ear = Arc::clone(&heard);
        let progress = Progress::new(false).also(move |line| ear.lock().unwrap().push(line.to_owned()));
        progress.stage("shop: reading pages");
        progress.total(500);
        (0..500).for_each(|_| progress.clone().tick(1));
        progress.stage("shop: looking at the suspects again");
        let mut heard = heard.lock().unwrap().clone();
        // A slow machine may have counted for longer than a second.
        heard.retain(|line| !line.contains('/') || line.ends_with(" 0/500"));
        let expected = ["shop: reading pages", "shop: reading pages 0/500", "shop: looking at the suspects again"];
        assert_eq!(heard, expected);
    }
}
