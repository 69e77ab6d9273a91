//! The figures for a terminal.

use std::io::{self, Write};

use crate::Measured;
use crate::figures::{self, CLAIMED, Silence};
use crate::labels::Labels;
use crate::pages::{Promise, Read};

/// Bytes as millions.
#[expect(clippy::cast_precision_loss, reason = "a size")]
pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Prints it all.
///
/// # Errors
/// The output is gone.
pub(crate) fn write(measured: &Measured, out: &mut impl Write) -> io::Result<()> {
    let pages = &measured.pages;
    writeln!(out, "{} pages of {}", pages.len(), measured.folder.display())?;
    troubles(pages, out)?;
    scores(pages, out)?;
    matrices(pages, out)?;
    confidence(pages, out)?;
    let found = figures::disagreements(pages);
    if found.is_empty() {
        writeln!(out, "\nNo page disagrees with its labels.")?;
    } else {
        writeln!(out, "\n{} pages disagree with a label", found.len())?;
    }
    for (number, (page, promise)) in found.into_iter().enumerate() {
        disagreement(number + 1, page, promise, out)?;
    }
    let took = &measured.took;
    let (reading, unpacking) = (took.reading.as_secs_f64(), took.unpacking.as_secs_f64());
    writeln!(out, "\nSpeed, in time of one processor")?;
    writeln!(
        out,
        "  reading    {:>9.1} ms  {:>8.0} pages/s  {:>8.1} MB/s of text",
        reading * 1e3,
        f64::from(took.pages) / reading,
        megabytes(took.decoded) / reading
    )?;
    writeln!(
        out,
        "  unpacking  {:>9.1} ms  {:.1} MB on disk, {:.1} MB of text (not counted above)",
        unpacking * 1e3,
        megabytes(took.stored),
        megabytes(took.decoded)
    )
}

/// Pages that could not be read, and labels that could not be understood.
fn troubles(pages: &[Read], out: &mut impl Write) -> io::Result<()> {
    let failed = pages.iter().filter_map(|page| Some((page, page.outcome.as_ref().err()?)));
    for (number, (page, why)) in failed.enumerate() {
        if number == 0 {
            writeln!(out, "\nNot read, and counted nowhere below")?;
        }
        writeln!(out, "  {}: {why}", page.entry.page)?;
    }
    for (page, label) in pages.iter().filter_map(|page| Some((page, page.entry.strange_label()?))) {
        writeln!(out, "  {}: {label:?} is no availability; its page is read and not scored", page.entry.page)?;
    }
    Ok(())
}

fn scores(pages: &[Read], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\n{:<30}  {:^28}  {:^28}", "", "published labels", "read labels")?;
    let columns = format!("{:>9}  {:>8}  {:>7}", "precision", "recall", "F1");
    writeln!(out, "{:<30}  {columns}  {columns}", "")?;
    for silence in Silence::ALL {
        let what = match silence {
            Silence::InStock => "no claim counts as InStock",
            Silence::NoAnswer => "no claim is no answer",
        };
        writeln!(out, "{what}")?;
        let [published, read] = Labels::ALL.map(|labels| figures::score(pages, labels, silence).rows());
        for ((name, published), (_, read)) in published.into_iter().zip(read) {
            let figures = [published, read].map(|tally| {
                let [precision, recall, f1] = [tally.precision(), tally.recall(), tally.f1()].map(figure);
                format!("{precision:>9}  {recall:>8}  {f1:>7}")
            });
            writeln!(out, "  {name:<28}  {}", figures.join("  "))?;
        }
    }
    Ok(())
}

fn figure(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"))
}

fn matrices(pages: &[Read], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\n{:<30}{}", "label, and what was claimed", CLAIMED.map(|name| format!("{name:>12}")).concat())?;
    for labels in Labels::ALL {
        for (label, counts) in figures::confusion(pages, labels) {
            let name = format!("{} {label}", labels.name());
            writeln!(out, "  {name:<28}{}", counts.map(|count| format!("{count:>12}")).concat())?;
        }
    }
    Ok(())
}

fn confidence(pages: &[Read], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\n{:<30}{:>12}{:>12}{:>12}", "confidence, on read labels", "claims", "right", "share")?;
    for (confidence, (right, all)) in figures::by_confidence(pages).into_iter().rev() {
        let name = format!("{confidence:?}").to_lowercase();
        writeln!(out, "  {name:<28}{all:>12}{right:>12}{:>12}", figure(figures::share(right, all)))?;
    }
    let contradictory = pages.iter().filter(|page| page.outcome.as_ref().is_ok_and(|it| it.claim.contradicts)).count();
    writeln!(out, "  {:<28}{contradictory:>12}", "contradictory")
}

/// One page, with everything that was seen on it.
fn disagreement(number: usize, page: &Read, promise: &Promise, out: &mut impl Write) -> io::Result<()> {
    let entry = &page.entry;
    let claim = &promise.claim;
    let [published, read] = Labels::ALL.map(|labels| entry.label(labels).unwrap_or("-"));
    writeln!(out, "\n{number:>3}. {}", entry.page)?;
    writeln!(out, "     {}", entry.url)?;
    let confidence = format!("{:?}", claim.confidence).to_lowercase();
    let contradicts = if claim.contradicts { ", contradictory" } else { "" };
    writeln!(
        out,
        "     claim {} ({confidence}{contradicts}); published {published}, read {read}",
        claim.availability.name()
    )?;
    let known = [("class", &entry.class), ("lang", &entry.lang), ("a person sees", &entry.signal)];
    let known = known.map(|(name, value)| value.as_ref().map(|value| format!("{name} {value}")));
    let known: Vec<String> = known.into_iter().flatten().collect();
    if !known.is_empty() {
        writeln!(out, "     {}", known.join("; "))?;
    }
    for signal in &claim.signals {
        let sku = signal.sku.as_ref().map_or_else(String::new, |sku| format!(" of {sku}"));
        writeln!(
            out,
            "     {:<11} {:<20} {:?} at {}{sku}",
            signal.kind.code(),
            signal.says.name(),
            signal.excerpt,
            signal.place
        )?;
    }
    Ok(())
}
