//! Precision, recall, F1 and the confusion matrix. Pure.

use std::collections::BTreeMap;

use stocktruth::domain::{Availability, Unknown};

use crate::labels::{Labels, Truth, truth_of};
use crate::pages::{Promise, Read};

/// What becomes of a page that makes no claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    /// It counts as `InStock`, as the published benchmark has it.
    InStock,
    /// It is no answer: it costs recall, not precision.
    NoAnswer,
}

impl Silence {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::InStock, Self::NoAnswer];
}

/// Right among what was answered, and among what was to be found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Answers that are right.
    pub(crate) right: usize,
    /// Answers.
    pub(crate) answered: usize,
    /// Pages to be found.
    pub(crate) labelled: usize,
}

impl Tally {
    /// Right among the answers; `None` where there are none.
    pub(crate) fn precision(self) -> Option<f64> {
        share(self.right, self.answered)
    }

    /// Right among what was to be found; `None` where there was nothing.
    pub(crate) fn recall(self) -> Option<f64> {
        share(self.right, self.labelled)
    }

    /// The harmonic mean of the two; `None` where there was nothing to find and nothing was answered.
    pub(crate) fn f1(self) -> Option<f64> {
        share(2 * self.right, self.answered + self.labelled)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of pages")]
pub(crate) fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// How well one set of labels was met.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Score {
    /// All pages together.
    pub(crate) availability: Tally,
    /// Pages that promise.
    pub(crate) in_stock: Tally,
    /// Pages that deny.
    pub(crate) out_of_stock: Tally,
}

impl Score {
    /// Its parts, named.
    pub(crate) fn rows(self) -> [(&'static str, Tally); 3] {
        [("availability", self.availability), ("InStock", self.in_stock), ("OutOfStock", self.out_of_stock)]
    }
}

/// Scores every page that was read and is labelled `InStock` or `OutOfStock`.
pub(crate) fn score(pages: &[Read], labels: Labels, silence: Silence) -> Score {
    let mut score = Score::default();
    for (promise, truth) in labelled(pages, labels).filter(|(_, truth)| *truth != Truth::Nothing) {
        let answer = match (truth_of(promise.claim.availability), silence) {
            (None, Silence::InStock) => Some(Truth::InStock),
            (answer, _) => answer,
        };
        for (tally, class) in [
            (&mut score.availability, None),
            (&mut score.in_stock, Some(Truth::InStock)),
            (&mut score.out_of_stock, Some(Truth::OutOfStock)),
        ] {
            tally.labelled += usize::from(class.is_none_or(|class| truth == class));
            tally.answered += usize::from(answer.is_some_and(|answer| class.is_none_or(|class| answer == class)));
            tally.right += usize::from(answer == Some(truth) && class.is_none_or(|class| truth == class));
        }
    }
    score
}

/// The columns of a confusion matrix.
pub(crate) const CLAIMED: [&str; 4] = ["InStock", "OutOfStock", "no claim", "a wall"];

/// For each label, how often which claim was made; the label first, then a count for each of [`CLAIMED`].
pub(crate) fn confusion(pages: &[Read], labels: Labels) -> Vec<(&'static str, [usize; 4])> {
    let mut rows = vec![("InStock", [0; 4]), ("OutOfStock", [0; 4]), ("Unknown", [0; 4])];
    for (promise, truth) in labelled(pages, labels) {
        let row = match truth {
            Truth::InStock => 0,
            Truth::OutOfStock => 1,
            Truth::Nothing => 2,
        };
        let column = match (truth_of(promise.claim.availability), promise.claim.availability) {
            (Some(Truth::InStock), _) => 0,
            (Some(_), _) => 1,
            (None, Availability::Unknown(Unknown::NoClaim | Unknown::Ambiguous)) => 2,
            (None, _) => 3,
        };
        if let Some(count) = rows.get_mut(row).and_then(|(_, counts)| counts.get_mut(column)) {
            *count += 1;
        }
    }
    rows.retain(|(name, counts)| *name != "Unknown" || counts.iter().any(|count| *count > 0));
    rows
}

/// Pages whose claim is not what one of the labels says; the worse ones first: a wrong claim before none.
pub(crate) fn disagreements(pages: &[Read]) -> Vec<(&Read, &Promise)> {
    let mut found: Vec<(&Read, &Promise)> = pages
        .iter()
        .filter_map(|page| Some((page, page.outcome.as_ref().ok()?)))
        .filter(|(page, promise)| {
            let answer = truth_of(promise.claim.availability).unwrap_or(Truth::Nothing);
            Labels::ALL.iter().any(|labels| page.entry.truth(*labels).is_some_and(|truth| truth != answer))
        })
        .collect();
    found.sort_by_key(|(page, promise)| {
        let silent = truth_of(promise.claim.availability).is_none();
        let denied = page.entry.truth(Labels::Read) == Some(Truth::OutOfStock);
        (silent && !denied, silent)
    });
    found
}

/// How often claims of one confidence are what the read labels say: right, and all.
pub(crate) fn by_confidence(pages: &[Read]) -> BTreeMap<stocktruth::domain::Confidence, (usize, usize)> {
    let mut counts = BTreeMap::new();
    for (promise, truth) in labelled(pages, Labels::Read) {
        if let Some(answer) = truth_of(promise.claim.availability) {
            let (right, all): &mut (usize, usize) = counts.entry(promise.claim.confidence).or_default();
            *right += usize::from(answer == truth);
            *all += 1;
        }
    }
    counts
}

fn labelled(pages: &[Read], labels: Labels) -> impl Iterator<Item = (&Promise, Truth)> {
    pages.iter().filter_map(move |page| Some((page.outcome.as_ref().ok()?, page.entry.truth(labels)?)))
}
