//! `stocktruth stock`: what the stock sources tell of one key, and how the rules come to their answer.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};
use unicode_width::UnicodeWidthStr;

use super::check::counted;
use super::{Exit, Failure, args, check, terminal};
use crate::domain::clock::Clock;
use crate::domain::plain::harmless;
use crate::domain::{KeyMatch, Policy, StockAnswer, StockFact, Testimony};
use crate::run::Shop;
use crate::stock::{self, Inspected, Inspection, Options, StockError, Traced};

pub(super) async fn run(args: args::Stock, clock: Clock) -> Result<Exit, Failure> {
    let config = check::load(args.config.config.as_deref())?;
    let shop = choose(check::job(config).shops, args.shop.as_deref())?;
    let mut told = Vec::new();
    for options in &shop.stock.sources {
        told.push(Told::of(options, &args.key, &clock).await);
    }
    let testimonies: Vec<Testimony> = told.iter().map(Told::testimony).collect();
    let answer = stock::settle(&testimonies);
    let findings = stock::disagreements(&args.key, &testimonies, shop.stock.tolerance);
    match args.format {
        args::Shown::Table => {
            let mut shown: Vec<String> = told.iter().map(text).collect();
            if told.len() > 1 {
                let odd: String =
                    findings.iter().map(|odd| format!("  they disagree: {}\n", harmless(&odd.what))).collect();
                shown.push(format!("all together\n{}{odd}", answered(&answer, "no source knows the item")));
            }
            terminal::say(shown.join("\n").trim_end());
        }
        args::Shown::Json => {
            let sources: Vec<Json> = told.iter().map(document).collect();
            let whole = json!({
                "shop": shop.name, "key": args.key, "sources": sources, "answer": answer, "buyable": buyable(&answer),
                "findings": findings,
            });
            terminal::say(&format!("{whole:#}"));
        }
    }
    Ok(if matches!(answer, StockAnswer::Known(_)) { Exit::Agrees } else { Exit::NotEnough })
}

/// What one source told.
struct Told<'a> {
    options: &'a Options,
    /// The key it was sought by, and how that came of the key that was given.
    key: String,
    matched: KeyMatch,
    told: Result<Inspection, StockError>,
}

impl<'a> Told<'a> {
    async fn of(options: &'a Options, key: &str, clock: &Clock) -> Self {
        match mapped(options, key) {
            Ok((key, matched)) => {
                let told = inspect(options, &key, clock).await;
                Self { options, key, matched, told }
            }
            Err(error) => Self { options, key: key.to_owned(), matched: KeyMatch::Exact, told: Err(error) },
        }
    }

    fn testimony(&self) -> Testimony {
        let listed = self.told.as_ref().ok().and_then(|one| one.records.first()).map(|record| &record.key);
        let matched =
            if listed.is_some_and(|listed| *listed != self.key) { KeyMatch::Normalised } else { self.matched };
        let mut answer = match &self.told {
            Ok(one) => one.answer.clone(),
            Err(error) => StockAnswer::Failed(error.to_string()),
        };
        if let StockAnswer::Known(fact) = &mut answer {
            fact.matched = matched;
        }
        Testimony {
            source: self.options.name.clone(),
            decides: self.options.decides,
            key: listed.unwrap_or(&self.key).clone(),
            matched,
            answer,
            trouble: None,
        }
    }
}

/// The source's key for one of the catalogue, by its mapping file.
fn mapped(options: &Options, key: &str) -> Result<(String, KeyMatch), StockError> {
    let Some(mapping) = &options.keys.mapping else { return Ok((key.to_owned(), KeyMatch::Exact)) };
    let mut found: Vec<String> = Vec::new();
    mapping.read(&mut |from, to| {
        if from == key && !found.iter().any(|known| known == to) {
            found.push(to.to_owned());
        }
    })?;
    match found.as_slice() {
        [] => Ok((key.to_owned(), KeyMatch::Exact)),
        [only] => Ok((only.clone(), KeyMatch::Mapped)),
        [one, other, ..] => {
            let place = mapping.file.display().to_string();
            Err(StockError::Table { place, what: format!("gives both {one} and {other} for {key}") })
        }
    }
}

async fn inspect(options: &Options, key: &str, clock: &Clock) -> Result<Inspection, StockError> {
    let source = stock::open(options, clock)?;
    let told = source.inspect(key, &options.keys).await;
    source.close().await;
    told
}

fn choose(mut shops: Vec<Shop>, name: Option<&str>) -> Result<Shop, Failure> {
    let names: Vec<String> = shops.iter().map(|shop| shop.name.clone()).collect();
    let help = format!("name one with --shop; the shops are {}", names.join(", "));
    let wrong = |what: String| Failure::new(Exit::Usage, what, help);
    match name {
        Some(name) => {
            let at = names.iter().position(|known| known == name);
            at.map(|at| shops.swap_remove(at)).ok_or_else(|| wrong(format!("the configuration has no shop {name:?}")))
        }
        None if shops.len() > 1 => Err(wrong(format!("the configuration has {}", counted(shops.len(), "shop")))),
        None => shops.pop().ok_or_else(|| wrong("the configuration has no shop".to_owned())),
    }
}

/// All of it for people.
fn text(Told { options, key, matched, told }: &Told<'_>) -> String {
    let mut out = String::new();
    let one = match told {
        Ok(one) => one,
        Err(error) => {
            let help = error.help().map_or_else(String::new, |help| format!("\n  {help}"));
            let _ = writeln!(out, "{} could not be asked: {}{help}", options.name, harmless(&error.to_string()));
            return out;
        }
    };
    let _ = writeln!(out, "{}", head(one, key, *matched));
    for (n, record) in one.records.iter().enumerate() {
        let number = if one.records.len() > 1 { format!(" {}", n + 1) } else { String::new() };
        let other = if record.key == *key { String::new() } else { format!(" {:?}", record.key) };
        let place = record.place.as_ref().map_or_else(String::new, |place| format!("  ({place})"));
        let _ = writeln!(out, "\nrecord{number}{other}{place}");
        match &record.fields {
            Ok(fields) => {
                let rows = fields.iter().map(|(name, value)| [name.clone(), kind(value).to_owned(), shown(value)]);
                out.push_str(&aligned(rows.collect()));
            }
            Err(why) => {
                let _ = writeln!(out, "  cannot be read: {}", harmless(why));
            }
        }
        if !record.rules.is_empty() {
            let _ = writeln!(out, "\nrules{number}, in the order in which they decide");
            out.push_str(&rules(&record.rules));
        }
    }
    let compared = match options.keys.normal(key) {
        Some(_) => "nor one that is alike by `keys: normalize`",
        None => "keys are compared letter by letter",
    };
    let unknown =
        format!("{} does not know {key:?}; {compared}; see which the catalogue gives (stock_key)", options.name);
    let _ = write!(out, "\nfact\n{}", answered(&one.answer, &unknown));
    out
}

fn answered(answer: &StockAnswer, unknown: &str) -> String {
    match answer {
        StockAnswer::Known(fact) => aligned(fact_rows(fact)),
        StockAnswer::Missing => format!("  none: {}\n", harmless(unknown)),
        StockAnswer::Failed(why) => format!("  none: {}\n", harmless(why)),
    }
}

fn buyable(answer: &StockAnswer) -> Option<bool> {
    match answer {
        StockAnswer::Known(fact) => Some(fact.buyable()),
        StockAnswer::Missing | StockAnswer::Failed(_) => None,
    }
}

fn head(one: &Inspection, key: &str, matched: KeyMatch) -> String {
    let requests = counted(usize::try_from(one.requests).unwrap_or(usize::MAX), "request");
    let how = match one.read {
        Some(1) => "can only be read whole: 1 item".to_owned(),
        Some(items) => format!("can only be read whole: {items} items"),
        None => format!("was asked for {key:?}"),
    };
    let how = if matched == KeyMatch::Mapped { format!("knows it as {key:?} by its mapping file, {how}") } else { how };
    format!("{} ({}) {how}, {requests}", one.source, one.adapter)
}

/// Each rule in a line; with its steps below it where there is more than one.
fn rules(rules: &[Traced]) -> String {
    let at_once = |rule: &Traced| rule.steps.len() < 2;
    let heads = rules.iter().map(|rule| {
        let given = if at_once(rule) { outcome(&rule.value) } else { String::new() };
        [rule.rule.to_owned(), rule.text.clone(), given]
    });
    let heads = aligned(heads.collect());
    let mut out = String::new();
    for (head, rule) in heads.lines().zip(rules) {
        let _ = writeln!(out, "{head}");
        if at_once(rule) {
            continue;
        }
        let mut rows: Vec<[String; 3]> =
            rule.steps.iter().map(|step| [String::new(), step.text.clone(), outcome(&step.value)]).collect();
        // A quantity may be rounded after its last step, and what a step gives may be no quantity.
        if rule.steps.last().is_some_and(|last| last.value.is_ok() && last.value != rule.value) {
            rows.push([String::new(), rule.rule.to_owned(), outcome(&rule.value)]);
        }
        out.push_str(&aligned(rows));
    }
    out
}

fn outcome(value: &Result<String, String>) -> String {
    match value {
        Ok(value) => format!("→ {value}"),
        Err(why) => format!("fails: {why}"),
    }
}

fn fact_rows(fact: &StockFact) -> Vec<[String; 3]> {
    let row = |name: &str, value: String| [name.to_owned(), value, String::new()];
    let quantity = fact.sellable.map_or_else(|| "not counted".to_owned(), |quantity| quantity.normalize().to_string());
    let source = fact.policy_source.as_ref().filter(|source| **source != fact.source);
    let mut rows = vec![
        row("sellable", quantity),
        row("threshold", fact.threshold.normalize().to_string()),
        row("policy", policy(fact.policy) + &source.map_or_else(String::new, |source| format!(", says {source}"))),
        row("as of", fact.as_of.to_string()),
    ];
    rows.extend(fact.changed_at.map(|since| row("unchanged since", since.to_string())));
    rows.push(row("buyable", if fact.buyable() { "yes" } else { "no" }.to_owned()));
    rows
}

fn policy(policy: Policy) -> String {
    match policy {
        Policy::Tracked => "tracked: only what is sellable may be sold".to_owned(),
        Policy::Untracked => "untracked: always sellable".to_owned(),
        Policy::Backorder => "backorder: may be ordered at zero".to_owned(),
        Policy::Preorder { until: Some(until) } => format!("preorder until {until}"),
        Policy::Preorder { until: None } => "preorder".to_owned(),
        Policy::MadeToOrder => "made to order".to_owned(),
        Policy::Discontinued => "discontinued: not sold any more".to_owned(),
    }
}

/// Rows of three columns below each other.
fn aligned(rows: Vec<[String; 3]>) -> String {
    let rows: Vec<[String; 3]> = rows.into_iter().map(|row| row.map(|cell| harmless(&cell))).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
    let pad = |cell: &str, width: usize| format!("{cell}{}", " ".repeat(width - cell.width()));
    let (first, second) = (width(0), width(1));
    let mut out = String::new();
    for [one, two, three] in &rows {
        let line = format!("  {}  {}  {three}", pad(one, first), pad(two, second));
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "flag",
        Json::Number(_) => "number",
        Json::String(_) => "text",
        Json::Array(_) => "list",
        Json::Object(_) => "record",
    }
}

/// A value as it was sent, text in quotes, so that blanks around it can be seen.
fn shown(value: &Json) -> String {
    if value.is_null() { String::new() } else { value.to_string() }
}

/// All of it for programs.
fn document(Told { options, key, told, .. }: &Told<'_>) -> Json {
    let one = match told {
        Ok(one) => one,
        Err(error) => {
            return json!({"source": options.name, "key": key, "error": error.to_string(), "help": error.help()});
        }
    };
    json!({
        "source": one.source,
        "key": key,
        "adapter": one.adapter,
        "asked": if one.read.is_some() { "whole" } else { "key" },
        "items_read": one.read,
        "requests": one.requests,
        "records": one.records.iter().map(record).collect::<Vec<_>>(),
        "answer": one.answer,
        "buyable": buyable(&one.answer),
    })
}

fn record(one: &Inspected) -> Json {
    let given = |value: &Result<String, String>| match value {
        Ok(value) => json!({"value": value}),
        Err(why) => json!({"error": why}),
    };
    let with = |mut what: Json, value: &Result<String, String>| {
        if let (Some(what), Json::Object(value)) = (what.as_object_mut(), given(value)) {
            what.extend(value);
        }
        what
    };
    let rule = |rule: &Traced| {
        let steps: Vec<Json> = rule.steps.iter().map(|step| with(json!({"text": step.text}), &step.value)).collect();
        with(json!({"rule": rule.rule, "expression": rule.text, "steps": steps}), &rule.value)
    };
    let fields = one.fields.as_ref().ok().map(|fields| {
        let member = |(name, value): &(String, Json)| (name.clone(), value.clone());
        fields.iter().map(member).collect::<serde_json::Map<_, _>>()
    });
    json!({
        "key": one.key,
        "place": one.place,
        "as_of": one.as_of,
        "fields": fields,
        "error": one.fields.as_ref().err(),
        "rules": one.rules.iter().map(rule).collect::<Vec<_>>(),
    })
}
