//! The later looks at a suspect.

use crate::domain::{Cause, Judgement, Unverified, Verdict};

/// What the later looks at a suspect said.
#[derive(Clone, Debug)]
pub struct Looks {
    /// The same page against the stock source asked again.
    pub after: Judgement,
    /// After `confirm_after`: the page as a customer sees it then, against the stock source asked again.
    pub again: Judgement,
    /// At the same time, but with page caches bypassed. `None` where that look was not taken.
    pub bypassed: Option<Judgement>,
}

/// Makes one judgement of all looks at a suspect.
///
/// A mismatch is what was wrong in the same way on every look. What was right on one of them, or wrong in another way,
/// moved while it was looked at. What could not be seen on one of them is unverified for that reason. Only the bypassed
/// look may differ: if it agrees, a page cache is the cause; if it says anything else, it explains nothing.
pub fn confirm(first: &Judgement, looks: &Looks) -> Judgement {
    if !first.verdict.is_mismatch() {
        return first.clone();
    }
    let later = [&looks.again, &looks.after];
    let is_unverified = |look: &Judgement| matches!(look.verdict, Verdict::Unverified(_));
    if let Some(moved) = later.iter().find(|look| look.verdict != first.verdict && !is_unverified(look)) {
        let because = format!("at first {}; then {}", first.because, moved.because);
        return Judgement { verdict: Verdict::Unverified(Unverified::Moved), cause: None, because };
    }
    if let Some(unseen) = later.into_iter().find(|look| is_unverified(look)) {
        return unseen.clone();
    }
    let confirmed = &looks.again;
    match &looks.bypassed {
        Some(bypassed) if bypassed.verdict == Verdict::Agrees => Judgement {
            verdict: confirmed.verdict.clone(),
            cause: Some(Cause::PageCache),
            because: format!("{}; with page caches bypassed {}", confirmed.because, bypassed.because),
        },
        _ => Judgement { verdict: confirmed.verdict.clone(), cause: None, because: confirmed.because.clone() },
    }
}
