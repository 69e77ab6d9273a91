//! The customer's way to an item on one line: a sign for each touchpoint, and where the truth comes out.

use std::io::{self, Write};

use jiff::Timestamp;
use unicode_width::UnicodeWidthStr;

use crate::domain::{Journey, Judged, Mark, Step, Touchpoint, Verdict, plain};

use super::columns::{BAD, Cell, GOOD, PLAIN, QUIET, WARN, isolated, painted};
use super::rows::reason;
use super::{Look, words};

/// The line: `feed ✗  listing ✓  page ✗  cart ·  → cart or later  (google)`, with the feeds and listings that are wrong. A
/// second one where their names do not fit.
pub(super) fn line(journey: &Journey, verdict: &Verdict, look: Look) -> String {
    let station = |touchpoint: Touchpoint| {
        let mark = journey.mark(touchpoint);
        let style = match mark {
            Mark::Untrue => BAD,
            Mark::Both => WARN,
            Mark::Agrees => GOOD,
            Mark::Unclear | Mark::Unseen => QUIET,
        };
        format!("{} {}", touchpoint.code(), painted(mark.sign(), style, look.colour))
    };
    let mut line = Touchpoint::ALL.map(station).join("  ");
    if let Some(code) = journey.comes_out(verdict) {
        line += &format!("  → {}", words::comes_out(code));
    }
    let liars: Vec<&str> = journey.liars().filter_map(|step| step.place.as_deref()).collect();
    if !liars.is_empty() {
        let liars = format!("({})", plain::one_line(&liars.join(", ")));
        let fits = anstream::adapter::strip_str(&line).to_string().width() + liars.width() + 6 <= look.width;
        line += &format!("{}{}", if fits { "  " } else { "\n      " }, isolated(&liars, look.terminal));
    }
    line
}

/// Each feed, listing, page and cart by itself: its sign, its name, what it says and when that was seen.
pub(super) fn steps(journey: &Journey, at: impl Fn(Timestamp) -> String) -> Vec<Vec<Cell>> {
    let row = |step: &Step| {
        let said = match &step.claim {
            Some(claim) => words::said(claim),
            None => reason(&step.judgement.verdict).map(|why| words::reason(why).to_owned()).unwrap_or_default(),
        };
        vec![
            Cell::ours(Mark::of(&step.judgement.verdict).sign(), PLAIN),
            Cell::theirs(plain::one_line(&step.at())),
            Cell::theirs(plain::one_line(&said)),
            Cell::ours(step.claim.as_ref().map(|claim| at(claim.seen_at)).unwrap_or_default(), QUIET),
        ]
    };
    journey.steps.iter().map(row).collect()
}

/// Whether ways are worth a line: more than pages was looked at.
pub(super) fn is_shown(listed: &[Judged]) -> bool {
    listed.iter().any(|one| one.journey.is_more_than_a_page())
}

/// What the signs mean.
pub(super) fn legend(look: Look, out: &mut dyn Write) -> io::Result<()> {
    let meaning = |mark: Mark| match mark {
        Mark::Agrees => "true",
        Mark::Untrue => "untrue",
        Mark::Both => "both",
        Mark::Unclear => "unclear",
        Mark::Unseen => "not looked at",
    };
    let signs: Vec<String> = Mark::ALL.iter().map(|mark| format!("{} {}", mark.sign(), meaning(*mark))).collect();
    let text = format!("{}  → the truth comes out", signs.join("  "));
    let width = look.width.max(40);
    words_of(&text, width).try_for_each(|line| writeln!(out, "{}", painted(line, QUIET, look.colour)))
}

fn words_of(text: &str, width: usize) -> impl Iterator<Item = &str> {
    super::columns::wrap(text, width).into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    fn shown(look: Look) -> String {
        let lines: Vec<String> =
            samples::journeys().iter().map(|one| line(&one.journey, &one.judgement.verdict, look)).collect();
        lines.join("\n")
    }

    #[test]
    fn signs_stand_below_each_other_and_need_no_colour() {
        insta::assert_snapshot!(shown(Look::default()));
        let coloured = shown(Look { colour: true, ..Look::default() });
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), shown(Look::default()));
    }

    #[test]
    fn the_legend_explains_every_sign() {
        let mut out = Vec::new();
        legend(Look::default(), &mut out).expect("a Vec takes all");
        let text = String::from_utf8(out).expect("UTF-8");
        assert!(Mark::ALL.iter().all(|mark| text.contains(mark.sign())), "{text}");
        assert!(text.lines().all(|line| line.width() <= 80), "{text}");
    }
}
