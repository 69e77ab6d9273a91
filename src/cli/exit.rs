//! The exit codes, in one table.

use std::process::ExitCode;

use crate::run::{Outcome, RunError};
use crate::store::LockError;

/// How the program ends. Where several apply, the lowest number wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All agree, or what does not is still within grace.
    Agrees = 0,
    /// A bug.
    Bug = 1,
    /// The command line could not be understood.
    Usage = 2,
    /// The configuration cannot be used.
    Configuration = 3,
    /// Not enough could be checked, the run was cut short, or something may still lie in a cart.
    NotEnough = 4,
    /// Another run of the same configuration is under way.
    Locked = 5,
    /// Mismatches were found.
    Mismatches = 10,
    /// A touchpoint missed a target of the shop's own.
    TargetMissed = 11,
}

/// The table as the help shows it.
pub(super) const HELP: &str = "\
Exit codes:
  0   all agree, or what does not is still within grace
  1   a bug in stocktruth
  2   usage: the command line could not be understood
  3   configuration: the file cannot be used
  4   not enough could be checked, the run was cut short, or a unit was left in a cart
  5   another run of the same configuration is under way
  10  mismatches were found
  11  a touchpoint missed a target (`targets:`)
Where several apply, the lowest wins.";

impl Exit {
    /// The same in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Agrees => "all agree",
            Self::Bug => "a bug",
            Self::Usage => "the command line could not be understood",
            Self::Configuration => "the configuration cannot be used",
            Self::NotEnough => "not enough could be checked",
            Self::Locked => "another run is under way",
            Self::Mismatches => "mismatches were found",
            Self::TargetMissed => "a touchpoint missed a target",
        }
    }

    /// How a finished run ends.
    pub fn of(outcome: &Outcome) -> Self {
        let wrong = outcome.summary.shops.iter().any(|shop| shop.mismatches() > shop.suspected);
        let missed = outcome.summary.shops.iter().any(|shop| !shop.targets_missed.is_empty());
        match (outcome.enough, wrong, missed) {
            (false, ..) => Self::NotEnough,
            (true, true, _) => Self::Mismatches,
            (true, false, true) => Self::TargetMissed,
            (true, false, false) => Self::Agrees,
        }
    }

    /// How a run that could not be carried out ends.
    pub fn of_error(error: &RunError) -> Self {
        match error {
            RunError::Lock(LockError::Held { .. }) => Self::Locked,
            RunError::Lock(_) | RunError::Store(_) => Self::NotEnough,
            RunError::Mail(_) => Self::Configuration,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
