//! Who is told of what, and by which rule: of one item, and of a whole catalogue.

use std::io::{self, Write};

use serde::Serialize;

use super::columns::{BAD, Cell, Columns, GOOD, PLAIN, QUIET, STRONG, WARN, isolated, painted};
use super::incidents::Named;
use super::rows::VERSION;
use super::{Look, json, words};
use crate::domain::{Item, plain};

/// The owners of one item.
#[derive(Clone, Debug)]
pub struct Owned {
    /// The shop's name.
    pub shop: String,
    /// The item.
    pub item: Item,
    /// Whether the catalogue lists it, or only an incident remembers it.
    pub is_listed: bool,
    /// Who is told. With more than one entry it depends on what is wrong.
    pub told: Vec<Told>,
    /// What the owner column says that is no mail address.
    pub unusable: Option<String>,
    /// The rules, in order.
    pub rules: Vec<Rule>,
}

/// Who is told where one of these things is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Codes of verdicts; none: whatever is wrong.
    pub verdicts: Vec<&'static str>,
    /// Who.
    pub owners: Vec<Named>,
}

/// A rule of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its place, counted from 1.
    pub number: usize,
    /// Its conditions in words.
    pub conditions: String,
    /// Whom it names.
    pub to: Vec<String>,
    /// Items it fits.
    pub fits: u64,
    /// Items of which it names somebody: neither the owner column nor an earlier rule came first.
    pub names: u64,
}

/// Writes the owners of one item.
///
/// # Errors
/// If `out` refused.
pub fn one(owned: &Owned, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let item = &owned.item;
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut put = |label: &str, value: Cell| {
        if !value.text.is_empty() {
            rows.push(vec![Cell::ours(label, STRONG), value]);
        }
    };
    let theirs = |text: Option<&str>| Cell::theirs(plain::harmless(text.unwrap_or_default()));
    put("item", Cell::theirs(plain::harmless(&item.item_key().0)));
    put("shop", theirs(Some(&owned.shop)));
    put("product", theirs(item.name.as_deref()));
    put("page", theirs(item.url.as_ref().map(url::Url::as_str)));
    put("brand", theirs(item.brand.as_deref()));
    put("category", theirs(item.category.as_deref()));
    put("supplier", theirs(item.supplier.as_deref()));
    put("owner column", theirs(item.owner_email.as_deref()));
    put(
        "",
        owned.unusable.as_ref().map_or(Cell::ours("", PLAIN), |bad| {
            Cell::theirs(plain::harmless(&format!("{bad}: no mail address, passed over"))).styled(WARN)
        }),
    );
    if !owned.is_listed {
        put("", Cell::ours("the catalogue does not list it; this is what an incident remembers", WARN));
    }
    for told in &owned.told {
        let label = match told.verdicts.is_empty() {
            true => "is told".to_owned(),
            false => told.verdicts.iter().map(|code| words::verdict_code(code).0).collect::<Vec<_>>().join(", "),
        };
        for (n, owner) in told.owners.iter().enumerate() {
            let who = format!("{}, {}", owner.who, owner.why());
            put(if n == 0 { &label } else { "" }, Cell::theirs(plain::harmless(&who)));
        }
        if told.owners.is_empty() {
            put(&label, Cell::ours("nobody: the configuration names no fallback", BAD));
        }
    }
    let columns = Columns::fit(&["", ""], &rows, look.width, look.colour, look.terminal);
    rows.iter().try_for_each(|row| write!(out, "{}", columns.row(row)))?;
    if owned.rules.is_empty() {
        return Ok(());
    }
    let rows: Vec<Vec<Cell>> = owned
        .rules
        .iter()
        .map(|rule| {
            let (outcome, style) = match (rule.fits, rule.names) {
                (0, _) => ("does not fit", QUIET),
                (_, 0) => ("fits, but others come first", PLAIN),
                _ => ("fits", GOOD),
            };
            let mut cells = of_rule(rule);
            cells.push(Cell::ours(outcome, style));
            cells
        })
        .collect();
    writeln!(out)?;
    table(&["RULE", "CONDITIONS", "NAMES", ""], &rows, look, out)
}

fn of_rule(rule: &Rule) -> Vec<Cell> {
    vec![
        Cell::ours(rule.number.to_string(), PLAIN),
        Cell::theirs(plain::harmless(&rule.conditions)),
        Cell::theirs(plain::harmless(&rule.to.join(", "))),
    ]
}

/// Who owns how much of the shops' catalogues.
#[derive(Clone, Debug, Default)]
pub struct Shares {
    /// The shops that were read.
    pub shops: Vec<String>,
    /// Items in their catalogues.
    pub items: u64,
    /// Rows of no use.
    pub troubles: u64,
    /// Who is told of how many, by what named them.
    pub shares: Vec<Share>,
    /// Items that nobody owns, so that the fallback is told.
    pub orphans: u64,
    /// The first few of them.
    pub orphan_examples: Vec<String>,
    /// Items whose owner column holds something that is no mail address.
    pub unusable: u64,
    /// The first few of them.
    pub unusable_examples: Vec<String>,
    /// The rules, in order.
    pub rules: Vec<Rule>,
}

/// What one recipient owns by one way.
#[derive(Clone, Debug)]
pub struct Share {
    /// Who, and what named them.
    pub owner: Named,
    /// Of how many items they are told.
    pub items: u64,
}

/// Writes who owns how much.
///
/// # Errors
/// If `out` refused.
pub fn all(shares: &Shares, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<Vec<Cell>> = shares
        .shares
        .iter()
        .map(|share| {
            vec![
                Cell::ours(share.items.to_string(), PLAIN),
                Cell::theirs(plain::harmless(&share.owner.who)),
                Cell::ours(share.owner.why(), PLAIN),
            ]
        })
        .collect();
    table(&["ITEMS", "RECIPIENT", "NAMED BY"], &rows, look, out)?;
    let rows: Vec<Vec<Cell>> = shares
        .rules
        .iter()
        .map(|rule| {
            let mut cells = of_rule(rule);
            let (outcome, style) = match (rule.fits, rule.names) {
                (0, _) => ("nothing".to_owned(), WARN),
                (fits, 0) => (format!("{}, all named otherwise before", items(fits)), WARN),
                (fits, names) if fits == names => (items(fits), PLAIN),
                (fits, names) => (format!("{}, {names} of them named by it", items(fits)), PLAIN),
            };
            cells.push(Cell::ours(outcome, style));
            cells
        })
        .collect();
    if !rows.is_empty() {
        writeln!(out)?;
        table(&["RULE", "CONDITIONS", "NAMES", "FITS"], &rows, look, out)?;
    }
    writeln!(out, "\n{}: {}", shares.shops.join(", "), items(shares.items))?;
    let odd = [
        (shares.orphans, "that nobody owns: the fallback is told", &shares.orphan_examples),
        (shares.unusable, "whose owner column holds no mail address", &shares.unusable_examples),
    ];
    for (number, what, examples) in odd.into_iter().filter(|(number, ..)| *number > 0) {
        writeln!(out, "  {}", painted(&format!("{} {what}", items(number)), WARN, look.colour))?;
        for example in examples {
            writeln!(out, "       {}", isolated(&plain::one_line(example), look.terminal))?;
        }
    }
    if shares.troubles > 0 {
        let rows = words::count(shares.troubles, "catalogue row", "catalogue rows");
        writeln!(out, "  {}", painted(&format!("{rows} could not be used"), WARN, look.colour))?;
    }
    Ok(())
}

fn items(number: u64) -> String {
    words::count(number, "item", "items")
}

fn table(headings: &[&str], rows: &[Vec<Cell>], look: Look, out: &mut dyn Write) -> io::Result<()> {
    let columns = Columns::fit(headings, rows, look.width, look.colour, look.terminal);
    let heads: Vec<Cell> = headings.iter().map(|heading| Cell::ours(*heading, STRONG)).collect();
    write!(out, "{}", columns.row(&heads))?;
    rows.iter().try_for_each(|row| write!(out, "{}", columns.row(row)))
}

#[derive(Serialize)]
struct OwnerRow<'a> {
    recipient: &'a str,
    /// `column`, `rule` or `fallback`.
    by: &'static str,
    /// The rule, counted from 1.
    rule: Option<usize>,
}

#[derive(Serialize)]
struct RuleRow<'a> {
    rule: usize,
    conditions: &'a str,
    to: &'a [String],
    /// Items it fits.
    fits: u64,
    /// Items of which it names somebody.
    names: u64,
}

impl<'a> From<&'a Named> for OwnerRow<'a> {
    fn from(one: &'a Named) -> Self {
        Self { recipient: &one.who, by: one.by, rule: one.rule }
    }
}

impl<'a> From<&'a Rule> for RuleRow<'a> {
    fn from(rule: &'a Rule) -> Self {
        Self { rule: rule.number, conditions: &rule.conditions, to: &rule.to, fits: rule.fits, names: rule.names }
    }
}

#[derive(Serialize)]
struct ItemDocument<'a> {
    format: &'static str,
    version: u32,
    shop: &'a str,
    key: String,
    sku: Option<&'a str>,
    url: Option<&'a str>,
    name: Option<&'a str>,
    /// Whether the catalogue lists it, or only an incident remembers it.
    listed: bool,
    owner_column: Option<&'a str>,
    /// What of it is no mail address.
    unusable: Option<&'a str>,
    told: Vec<ToldRow<'a>>,
    rules: Vec<RuleRow<'a>>,
}

#[derive(Serialize)]
struct ToldRow<'a> {
    /// Verdicts of which these are told; empty: whatever is wrong.
    verdicts: &'a [&'static str],
    owners: Vec<OwnerRow<'a>>,
}

/// Writes the owners of one item as JSON: `"format": "stocktruth.owner"`.
///
/// # Errors
/// If `out` refused.
pub fn one_json(owned: &Owned, out: &mut dyn Write) -> io::Result<()> {
    let item = &owned.item;
    let document = ItemDocument {
        format: "stocktruth.owner",
        version: VERSION,
        shop: &owned.shop,
        key: item.item_key().0,
        sku: item.sku.as_deref(),
        url: item.url.as_ref().map(url::Url::as_str),
        name: item.name.as_deref(),
        listed: owned.is_listed,
        owner_column: item.owner_email.as_deref(),
        unusable: owned.unusable.as_deref(),
        told: owned
            .told
            .iter()
            .map(|told| ToldRow { verdicts: &told.verdicts, owners: told.owners.iter().map(OwnerRow::from).collect() })
            .collect(),
        rules: owned.rules.iter().map(RuleRow::from).collect(),
    };
    json::one(&document, out)?;
    writeln!(out)
}

#[derive(Serialize)]
struct AllDocument<'a> {
    format: &'static str,
    version: u32,
    shops: &'a [String],
    items: u64,
    catalogue_troubles: u64,
    recipients: Vec<ShareRow<'a>>,
    orphans: u64,
    orphan_examples: &'a [String],
    unusable: u64,
    unusable_examples: &'a [String],
    rules: Vec<RuleRow<'a>>,
}

#[derive(Serialize)]
struct ShareRow<'a> {
    recipient: &'a str,
    by: &'static str,
    rule: Option<usize>,
    items: u64,
}

/// Writes who owns how much as JSON: `"format": "stocktruth.owners"`.
///
/// # Errors
/// If `out` refused.
pub fn all_json(shares: &Shares, out: &mut dyn Write) -> io::Result<()> {
    let document = AllDocument {
        format: "stocktruth.owners",
        version: VERSION,
        shops: &shares.shops,
        items: shares.items,
        catalogue_troubles: shares.troubles,
        recipients: shares
            .shares
            .iter()
            .map(|one| ShareRow { recipient: &one.owner.who, by: one.owner.by, rule: one.owner.rule, items: one.items })
            .collect(),
        orphans: shares.orphans,
        orphan_examples: &shares.orphan_examples,
        unusable: shares.unusable,
        unusable_examples: &shares.unusable_examples,
        rules: shares.rules.iter().map(RuleRow::from).collect(),
    };
    json::one(&document, out)?;
    writeln!(out)
}
