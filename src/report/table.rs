//! The table for people: what is wrong, line by line, and a calm summary of each shop below it.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::Style;
use jiff::Timestamp;

use crate::domain::{IncidentState, Judged, ShopSummary, Summary, Touchpoint, Verdict, plain};

use super::columns::{BAD, Cell, Columns, GOOD, PLAIN, QUIET, STRONG, WARN, isolated, painted, wrap};
use super::rows::reason;
use super::{Look, ReportError, feeds, listings, promises, sources, way, words};

const HEADINGS: [&str; 8] =
    ["SHOP", "WHAT IS WRONG", "SKU", "PRODUCT", "PROMISED", "STOCK SAYS", "SINCE", "LIKELY CAUSE"];
/// With so few items in scope every one of them is shown, whatever its verdict: somebody asked about just these.
const FEW: u64 = 5;
/// Unverified items shown by name, for every shop and reason.
const EXAMPLES: usize = 3;

/// Shop and reason code → a few items.
type Examples = BTreeMap<(String, &'static str), Vec<String>>;

pub(super) fn write<E>(
    rows: &mut dyn Iterator<Item = Result<Judged, E>>,
    summary: &Summary,
    look: Look,
    out: &mut dyn Write,
) -> Result<(), ReportError<E>> {
    let scope: u64 = summary.shops.iter().map(|shop| shop.items).sum();
    let mut listed = Vec::new();
    let mut examples = Examples::new();
    for row in rows {
        let one = row.map_err(ReportError::Row)?;
        if let Some(why) = reason(&one.judgement.verdict) {
            let known = examples.entry((one.shop.clone(), why)).or_default();
            if known.len() < EXAMPLES {
                known.push(example(&one));
            }
        }
        if one.judgement.verdict.is_mismatch() || scope <= FEW {
            listed.push(one);
        }
    }
    list(&listed, summary, look, out)?;
    for shop in &summary.shops {
        of_shop(shop, summary, &examples, look, out)?;
    }
    of_run(summary, look, out)?;
    Ok(())
}

fn list(listed: &[Judged], summary: &Summary, look: Look, out: &mut dyn Write) -> io::Result<()> {
    if listed.is_empty() {
        return Ok(());
    }
    let several = summary.shops.len() > 1;
    let rows: Vec<Vec<Cell>> = listed.iter().map(|one| cells(one, several, summary.finished_at)).collect();
    let columns = Columns::fit(&HEADINGS, &rows, look.width, look.colour, look.terminal);
    write!(out, "{}", columns.row(&HEADINGS.map(|heading| Cell::ours(heading, STRONG))))?;
    let ways = way::is_shown(listed);
    for (one, row) in listed.iter().zip(&rows) {
        write!(out, "{}", columns.row(row))?;
        if one.journey.is_more_than_a_page() {
            writeln!(out, "    {}", way::line(&one.journey, &one.judgement.verdict, look))?;
        }
        if look.verbose {
            // An address is not broken, so that it can be clicked and copied.
            let url = plain::harmless(one.item.url.as_ref().map_or("", url::Url::as_str));
            let why = one.journey.why.as_ref().map(|why| format!("{}: {}", words::cause(why.cause), why.evidence));
            let texts =
                [Some(one.judgement.because.clone()), why].map(|text| plain::harmless(&text.unwrap_or_default()));
            let wrapped = texts.iter().flat_map(|text| wrap(text, look.width.saturating_sub(4)));
            let lines = std::iter::once(url.as_str()).chain(wrapped);
            for line in lines.filter(|line| !line.is_empty()) {
                let line = isolated(line, look.terminal);
                writeln!(out, "    {}", painted(&line, QUIET, look.colour))?;
            }
        }
    }
    if ways {
        way::legend(look, out)?;
    }
    writeln!(out)
}

fn cells(one: &Judged, several_shops: bool, now: Timestamp) -> Vec<Cell> {
    let fact = one.fact.as_ref().map(words::stock);
    let promise = match (&one.claim, &one.judgement.verdict) {
        (_, Verdict::Gone) => match one.journey.decides(&one.judgement.verdict) {
            Some(step) if step.touchpoint == Touchpoint::Feed => "ad leads nowhere".to_owned(),
            _ => "page is gone".to_owned(),
        },
        (Some(claim), _) => words::promise(claim),
        (None, _) => "?".to_owned(),
    };
    let mut since = one.since.map(|since| words::ago(since, now)).unwrap_or_default();
    if one.incident == Some(IncidentState::Suspected) {
        since += ", in grace";
    }
    if one.incident == Some(IncidentState::Acknowledged) {
        since += ", acknowledged";
    }
    let cause = one.judgement.cause.map(words::cause).unwrap_or_default();
    vec![
        Cell::ours(if several_shops { one.shop.as_str() } else { "" }, PLAIN),
        Cell::ours(wrong(one), style(&one.judgement.verdict)),
        Cell::theirs(plain::harmless(one.item.sku.as_deref().unwrap_or(&one.key.0))),
        Cell::theirs(plain::harmless(one.item.name.as_deref().unwrap_or_default())),
        Cell::ours(promise, PLAIN),
        Cell::ours(fact.unwrap_or_else(|| "?".to_owned()), PLAIN),
        Cell::ours(since, PLAIN),
        Cell::ours(cause, PLAIN),
    ]
}

/// What is wrong; of the few items that are shown whatever their verdict, also what is right or unknown.
fn wrong(one: &Judged) -> String {
    match reason(&one.judgement.verdict) {
        Some(why) => format!("unverified: {}", words::reason(why)),
        None if one.judgement.verdict == Verdict::Agrees => "agrees".to_owned(),
        None => words::verdict(&one.judgement.verdict).to_owned(),
    }
}

fn style(verdict: &Verdict) -> Style {
    match verdict {
        Verdict::Agrees => GOOD,
        Verdict::FalseAvailable => BAD,
        Verdict::Unverified(_) => QUIET,
        _ => WARN,
    }
}

fn example(one: &Judged) -> String {
    let sku = one.item.sku.as_deref().unwrap_or_default();
    let url = one.item.url.as_ref().map_or("", url::Url::as_str);
    plain::harmless(&format!("{sku}  {url}")).trim().to_owned()
}

fn of_shop(
    shop: &ShopSummary,
    summary: &Summary,
    examples: &Examples,
    look: Look,
    out: &mut dyn Write,
) -> io::Result<()> {
    let strong = |text: &str| painted(text, STRONG, look.colour);
    if let Some(why) = &shop.failed {
        let why = plain::harmless(why);
        return writeln!(out, "{}: {} {why}", strong(&shop.shop), painted("could not be checked:", BAD, look.colour));
    }
    let requests = format!(
        "{} to the shop, {} to {}",
        words::count(shop.page_requests, "request", "requests"),
        shop.stock_requests(),
        sources::named(shop)
    );
    writeln!(
        out,
        "{}: {} in {}, {requests}",
        strong(&shop.shop),
        words::count(shop.items, "item", "items"),
        duration(summary)
    )?;
    for (code, style) in [
        ("agrees", GOOD),
        ("false_available", BAD),
        ("false_unavailable", WARN),
        ("contradictory", WARN),
        ("expired_promise", WARN),
        ("gone", WARN),
        ("unverified", PLAIN),
    ] {
        let number = shop.count(code);
        if number > 0 || code == "agrees" {
            let (name, meaning) = words::verdict_code(code);
            if meaning.is_empty() {
                writeln!(out, "{number:>5}  {}", painted(name, style, look.colour))?;
            } else {
                let name = painted(&format!("{name:<17}"), style, look.colour);
                writeln!(out, "{number:>5}  {name}  {}", painted(meaning, QUIET, look.colour))?;
            }
        }
    }
    for (code, number) in &shop.unverified {
        writeln!(out, "       {number:>5}  {}", words::reason(code))?;
        let known = examples.iter().filter(|((name, why), _)| *name == shop.shop && why == code);
        for example in known.flat_map(|(_, some)| some).filter(|_| look.verbose) {
            let example = isolated(example, look.terminal);
            writeln!(out, "              {}", painted(&example, QUIET, look.colour))?;
        }
    }
    let unseen = shop.items.saturating_sub(shop.verdicts.values().sum());
    if unseen > 0 && !summary.interrupted {
        writeln!(out, "{unseen:>5}  not looked at in this run")?;
    }
    if let Some(unread) = &shop.catalogue_unread {
        let unread = format!("a part of the catalogue could not be read: {}", plain::one_line(unread));
        writeln!(out, "  {}", painted(&isolated(&unread, look.terminal), WARN, look.colour))?;
    }
    for (source, location) in shop.stock.iter().flat_map(|one| one.nowhere.iter().map(move |at| (&one.name, at))) {
        let nowhere = format!("{}: no item is at {}", plain::one_line(source), plain::one_line(location));
        writeln!(out, "  {}", painted(&isolated(&nowhere, look.terminal), WARN, look.colour))?;
    }
    let rows = |number| words::count(number, "catalogue row", "catalogue rows");
    let troubles =
        [(shop.catalogue_troubles, "could not be used"), (shop.catalogue_duplicates, "listed again, the first counts")];
    for (number, what) in troubles.into_iter().filter(|(number, _)| *number > 0) {
        writeln!(out, "  {}", painted(&format!("{} {what}", rows(number)), WARN, look.colour))?;
    }
    if !shop.catalogue_examples.is_empty() {
        for example in shop.catalogue_examples.iter().take(if look.verbose { usize::MAX } else { 1 }) {
            writeln!(out, "       {}", isolated(&plain::harmless(example), look.terminal))?;
        }
    }
    feeds::odd(shop, look, out)?;
    listings::odd(shop, look, out)?;
    sources::odd(shop, look, out)?;
    promises::write(shop, look, out)?;
    let news = [
        (shop.opened, "newly open"),
        (shop.resolved, "resolved"),
        (shop.expired, "not in the catalogue any more"),
        (shop.suspected, "still within grace"),
        (shop.out_of_sight, "kept open, as what was wrong could not be seen"),
    ];
    let news: Vec<String> =
        news.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}")).collect();
    if news.is_empty() { Ok(()) } else { writeln!(out, "  incidents: {}", news.join(", ")) }
}

fn of_run(summary: &Summary, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let notices = [
        (summary.notices_queued, "queued"),
        (summary.notices_sent, "sent"),
        (summary.notices_pending, "waiting for another attempt"),
        (summary.notices_dead, "given up"),
    ];
    let notices: Vec<String> =
        notices.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}")).collect();
    if !notices.is_empty() {
        let style = if summary.notices_pending + summary.notices_dead > 0 { WARN } else { PLAIN };
        writeln!(out, "{}", painted(&format!("notices: {}", notices.join(", ")), style, look.colour))?;
    }
    if summary.interrupted {
        let reached = |shop: &ShopSummary| shop.verdicts.values().sum::<u64>();
        let missed: u64 = summary.shops.iter().map(|shop| shop.items.saturating_sub(reached(shop))).sum();
        let missed = match missed {
            0 => String::new(),
            _ => format!(": {} not reached", words::count(missed, "item was", "items were")),
        };
        let told = format!("the run was cut short{missed}; what was judged until then is kept");
        writeln!(out, "{}", painted(&told, WARN, look.colour))?;
    }
    Ok(())
}

fn duration(summary: &Summary) -> String {
    let took = summary.finished_at.duration_since(summary.started_at);
    match took.as_secs() {
        ..60 => format!("{:.1} s", took.as_secs_f64()),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::super::samples;
    use super::super::{Format, Look};

    #[test]
    fn eighty_columns_without_colour() {
        let text = samples::written(Format::Table, 7, Look::default());
        assert!(text.lines().all(|line| line.width() <= 80), "{text}");
        insta::assert_snapshot!(text, @r#"
        WHAT IS WRONG  SKU      PRODUCT       PROMISED    STOCK SAYS  SINCE     LIKELY
                                                                                CAUSE
        false          COS-101  תחפושת        InStock     0           3 h       page
        available               "נסיכה",      (JSON-LD)                         cache
                                ורודה
        false          猫-7     猫の皿（小）  SoldOut     7           3 h, in
        unavailable                           (text)                  grace
        contradictory  ATR-402  بخور العود    InStock     0           3 h
                                الملكي        (JSON-LD),
                                الفاخر من     OutOfStock
                                كمبوديا،      (button)
                                علبة هدية
                                كبيرة
        expired        GAM-205  Board game    PreOrder    preorder    3 h
        promise                               2026-11-01  2026-11-01
                                              (JSON-LD)
        gone           CHR-209  Chair         page is     3           3 h
                                              gone

        demo: 7 items in 3.2 s, 9 requests to the shop, 1 to its stock system
            0  agree
            1  false available    promised, but none: the customer is let down
            1  false unavailable  denied, but in stock: a sale is lost
            1  contradictory      the shop says both yes and no
            1  expired promise    the promised date has passed
            1  gone               the page is gone, but still listed or advertised
            2  unverified         could not be checked, so nothing is said of them
                   1  a captcha or bot challenge stood in the way
                   1  robots.txt forbids the page
          2 catalogue rows could not be used
               products.csv line 7: no SKU and no page
          incidents: 4 newly open, 1 still within grace
        notices: 2 queued, 1 sent, 1 waiting for another attempt
        "#);
    }

    #[test]
    fn a_wide_terminal_with_everything() {
        let look = Look { colour: false, width: 140, verbose: true, terminal: true };
        let text = samples::written(Format::Table, 7, look);
        insta::assert_snapshot!(text.replace('\u{2068}', "⟨").replace('\u{2069}', "⟩"), @r#"
        WHAT IS WRONG      SKU      PRODUCT                         PROMISED                        STOCK SAYS           SINCE          LIKELY CAUSE
        false available    COS-101  ⟨תחפושת "נסיכה", ורודה⟩           InStock (JSON-LD)               0                    3 h            page cache
            https://shop.example/p/COS-101
            the page was held against the stock
        false unavailable  ⟨猫-7⟩     ⟨猫の皿（小）⟩                    SoldOut (text)                  7                    3 h, in grace
            https://shop.example/p/%E7%8C%AB-7
            the page was held against the stock
        contradictory      ATR-402  ⟨بخور العود الملكي الفاخر من⟩     InStock (JSON-LD), OutOfStock   0                    3 h
                                    ⟨كمبوديا، علبة هدية كبيرة⟩        (button)
            https://shop.example/p/ATR-402
            the page was held against the stock
        expired promise    GAM-205  Board game                      PreOrder 2026-11-01 (JSON-LD)   preorder 2026-11-01  3 h
            https://shop.example/p/GAM-205
            the page was held against the stock
        gone               CHR-209  Chair                           page is gone                    3                    3 h
            https://shop.example/p/CHR-209
            the page was held against the stock

        demo: 7 items in 3.2 s, 9 requests to the shop, 1 to its stock system
            0  agree
            1  false available    promised, but none: the customer is let down
            1  false unavailable  denied, but in stock: a sale is lost
            1  contradictory      the shop says both yes and no
            1  expired promise    the promised date has passed
            1  gone               the page is gone, but still listed or advertised
            2  unverified         could not be checked, so nothing is said of them
                   1  a captcha or bot challenge stood in the way
                      BAG-206  https://shop.example/p/BAG-206
                   1  robots.txt forbids the page
                      LMP-208  https://shop.example/p/LMP-208
          2 catalogue rows could not be used
               products.csv line 7: no SKU and no page
               line 9: twice
          incidents: 4 newly open, 1 still within grace
        notices: 2 queued, 1 sent, 1 waiting for another attempt
        "#);
    }

    #[test]
    fn colour_changes_nothing_but_colour() {
        let plain = samples::written(Format::Table, 7, Look::default());
        let colour = samples::written(Format::Table, 7, Look { colour: true, ..Look::default() });
        assert_ne!(plain, colour);
        assert_eq!(plain, anstream::adapter::strip_str(&colour).to_string());
    }

    #[test]
    fn a_single_item_is_shown_whatever_its_verdict() {
        insta::assert_snapshot!(samples::single(), @"
        WHAT IS WRONG  SKU      PRODUCT  PROMISED          STOCK SAYS
        agrees         MUG-201  Mug      InStock (button)  40

        demo: 1 item in 3.2 s, 2 requests to the shop, 1 to its stock system
            1  agree
        ");
    }

    #[test]
    fn the_way_stands_below_what_is_wrong_and_its_legend_once() {
        let text = samples::told(Format::Table);
        assert!(text.lines().all(|line| line.width() <= 80), "{text}");
        assert_eq!(text.matches("→ the truth comes out").count(), 1);
        insta::assert_snapshot!(text);
    }

    #[test]
    fn a_shop_that_failed_and_a_run_cut_short_are_said() {
        insta::assert_snapshot!(samples::failed(), @"
        demo: could not be checked: the stock system at https://api.example answered 500; try again later
        notices: 2 queued, 1 sent, 1 waiting for another attempt
        the run was cut short; what was judged until then is kept
        ");
    }
}
