//! Keys that are unknown, missing, of the wrong kind, or given where only one of several may be.
//!
//! The schema finds them all at once. What is wrong is then taken out of the value, so that the rest can be checked in
//! the same go and one mistake does not hide the others.

use std::collections::{BTreeSet, HashMap, HashSet};

use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;

use super::document::Document;
use super::path::Path;
use super::problem::Problem;
use super::raw::scalar::WANTS;
use super::schema::{part, resolve};

/// What was found.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) problems: Vec<Problem>,
    /// Places that have had their say; a later check is silent there.
    pub(super) spoken_for: HashSet<Path>,
}

/// Whether a key is one of several of which one must be there.
fn is_alternative(here: &Value, key: &str) -> bool {
    let one_of = here["oneOf"].as_array();
    one_of.is_some_and(|all| {
        all.iter().any(|one| one["required"].as_array().is_some_and(|keys| keys.iter().any(|known| known == key)))
    })
}

/// An empty key counts as left out; under a choice (`console:`) it is the choice itself, also where other keys stand beside
/// it and it needs nothing below it (`shopify:`).
pub(super) fn without_empty_keys(schema: &Value, value: &mut Value) {
    fn walk(schema: &Value, here: &Value, value: &mut Value) {
        match value {
            Value::Object(map) => {
                let is_choice = here.get("maxProperties").is_some();
                let below = |key: &str| match here["properties"].get(key) {
                    Some(known) => resolve(schema, known),
                    None => &Value::Null,
                };
                map.retain(|key, value| {
                    let may_be_bare = is_choice || (is_alternative(here, key) && below(key).get("required").is_none());
                    if value.is_null() && may_be_bare && below(key)["type"] == "object" {
                        *value = Value::Object(serde_json::Map::new());
                    }
                    // An unknown key stays, to be reported.
                    !value.is_null() || below(key).is_null()
                });
                map.iter_mut().for_each(|(key, value)| walk(schema, below(key), value));
            }
            Value::Array(items) => {
                let item = here.get("items").map_or(&Value::Null, |items| resolve(schema, items));
                items.iter_mut().for_each(|value| walk(schema, item, value));
            }
            _ => {}
        }
    }
    walk(schema, schema, value);
}

/// Holds the value against the schema and takes out what does not fit.
pub(super) fn check(schema: &Value, value: &mut Value, document: &Document) -> Findings {
    let mut findings = Findings::default();
    let validator = match jsonschema::validator_for(schema) {
        Ok(validator) => validator,
        Err(error) => {
            findings.problems.push(Problem::error(format!("the schema itself is wrong, which is a bug: {error}")));
            return findings;
        }
    };
    let mut out = BTreeSet::new();
    // Sections with unknown keys, and what these most likely stand for.
    let mut unknown: HashMap<Path, Vec<String>> = HashMap::new();
    let mut needed = Vec::new();
    for error in validator.iter_errors(value) {
        let path = Path::from(error.instance_path());
        let Some(here) = part(schema, &path) else { continue };
        let found = error.instance();
        match error.kind() {
            Kind::AdditionalProperties { unexpected } => {
                let names = names(&here["properties"]);
                for key in unexpected {
                    let meant = nearest(key, names.iter().map(String::as_str)).map(str::to_owned);
                    unknown.entry(path.clone()).or_default().extend(meant);
                    findings.problems.push(unknown_key(key, &names, &path.key(key), document));
                    out.insert(path.key(key));
                }
            }
            // The same in a section that has no keys at all.
            Kind::FalseSchema => {
                let problem = Problem::error(format!("`{}` has no keys", path.name())).at(document.key(&path));
                findings.problems.push(problem.help(format!("write `{}: {{}}`", path.name())));
                out.insert(path);
            }
            Kind::Required { property } => {
                let property = property.as_str().unwrap_or_default();
                let problem = missing(property, schema, here, &path, document);
                needed.push((path.clone(), Some(property.to_owned()), problem));
                findings.spoken_for.insert(path.key(property));
            }
            Kind::MinProperties { .. } => {
                needed.push((path.clone(), None, needs(&path, &names(&here["properties"]), document)));
            }
            Kind::MaxProperties { .. } => {
                findings.problems.push(only_one(&path, &known(found, &names(&here["properties"])), document));
                out.insert(path);
            }
            Kind::OneOfNotValid { .. } => {
                needed.push((path.clone(), None, needs(&path, &alternatives(&here["oneOf"]), document)));
            }
            // What is no section fits each of them; that it is none is told below.
            Kind::OneOfMultipleValid { .. } if !found.is_object() => {}
            Kind::OneOfMultipleValid { .. } => {
                findings.problems.push(only_one(&path, &known(found, &alternatives(&here["oneOf"])), document));
                out.extend(alternatives(&here["oneOf"]).iter().map(|key| path.key(key)));
            }
            Kind::Not { .. } => {
                findings.problems.push(only_one(&path, &alternatives_of_not(here), document));
                out.extend(alternatives_of_not(here).iter().map(|key| path.key(key)));
            }
            Kind::AnyOf { .. } => {
                needed.push((path.clone(), None, needs_any(&path, &alternatives(&here["anyOf"]), document)));
            }
            Kind::MinItems { .. } => {
                let problem = Problem::error(format!("`{}` is empty", path.name())).at(document.key(&path));
                findings.problems.push(problem.help("give at least one entry"));
                out.insert(path);
            }
            // A single value where one belongs: the check of its meaning has the better words.
            _ if here.get(WANTS).is_some() && !found.is_object() && !found.is_array() && !found.is_null() => {}
            Kind::Type { .. } if path == Path::default() => {
                let what = if found.is_null() { "the file is empty" } else { "this is not a configuration" };
                let problem = Problem::error(what.to_owned()).at(document.value(&path));
                findings.problems.push(problem.help("`stocktruth init` writes one to start from"));
                out.insert(path);
            }
            Kind::Type { .. } | Kind::Enum { .. } => {
                let problem = Problem::error(format!(
                    "`{}` must be {}, and this is {}",
                    path.name(),
                    wanted(here),
                    kind_of(found)
                ));
                let problem = problem.at(document.value(&path));
                findings.problems.push(match example(here) {
                    Some(help) => problem.help(help),
                    None => problem,
                });
                out.insert(path);
            }
            _ => {}
        }
    }
    // What seems missing because its key is misspelt was spoken of already.
    for (path, key, problem) in needed {
        let misspelt = unknown.get(&path).is_some_and(|meant| key.is_none_or(|key| meant.contains(&key)));
        if !misspelt {
            findings.problems.push(problem);
            findings.spoken_for.insert(path);
        }
    }
    take_out(value, out, &mut findings);
    findings
}

/// Takes the places out of the value. Where a list's entry is wrong the whole list goes, so that no index moves.
fn take_out(value: &mut Value, places: BTreeSet<Path>, findings: &mut Findings) {
    for place in places.into_iter().rev() {
        let mut target = place.clone();
        while let Some(above) = target.parent() {
            let done = match above.find_mut(value) {
                Some(Value::Object(map)) => {
                    if let Some(super::path::Step::Key(key)) = target.steps().last() {
                        map.shift_remove(key);
                    }
                    true
                }
                Some(_) => false,
                None => true,
            };
            findings.spoken_for.insert(target.clone());
            if done {
                break;
            }
            target = above;
        }
        if target == Path::default() {
            *value = Value::Object(serde_json::Map::new());
        }
        findings.spoken_for.insert(place);
    }
}

/// Keys that had another place in earlier versions, and what is written there now.
const MOVED: [(&str, &str, &str); 2] = [
    ("mail.reminder", "cadence", "reminders: [1d, 2d, 4d, 7d]"),
    ("mail.timezone", "cadence", "timezone: Asia/Jerusalem"),
];

fn unknown_key(key: &str, names: &[String], path: &Path, document: &Document) -> Problem {
    let spot = document.key(path);
    if let Some((_, section, now)) = MOVED.iter().find(|(before, ..)| *before == path.to_string()) {
        let help = format!("write `{now}` under `{section}`, at the top of the file");
        return Problem::error(format!("`{key}` is a key of `{section}` now")).at(spot).help(help);
    }
    let nearest = nearest(key, names.iter().map(String::as_str));
    let list = format!("known here: {}", names.join(", "));
    let help = match nearest {
        Some(nearest) => format!("did you mean `{nearest}`? {list}"),
        None => list,
    };
    Problem::error(format!("unknown key `{key}`")).at_key(spot).help(help)
}

/// The known word a mistyped one most likely stands for.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|name| (strsim::damerau_levenshtein(&word.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= 1 + name.chars().count() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

fn missing(property: &str, schema: &Value, here: &Value, path: &Path, document: &Document) -> Problem {
    let what = if *path == Path::default() {
        format!("the key `{property}` is missing")
    } else {
        format!("`{}` lacks the key `{property}`", path.name())
    };
    let known = &here["properties"][property];
    let about =
        known["description"].as_str().or_else(|| resolve(schema, known)["description"].as_str()).unwrap_or_default();
    let about = about.split(['.', ':']).next().unwrap_or_default();
    Problem::error(what).at(document.key(path)).help(format!("add `{property}:` {}", in_brackets(about)))
}

fn in_brackets(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| format!("({}{})", first.to_lowercase(), characters.as_str())).unwrap_or_default()
}

fn needs(path: &Path, choices: &[String], document: &Document) -> Problem {
    Problem::error(format!("`{}` needs exactly one of {}", path.name(), listed(choices, "and"))).at(document.key(path))
}

fn needs_any(path: &Path, choices: &[String], document: &Document) -> Problem {
    Problem::error(format!("`{}` needs at least one of {}", path.name(), listed(choices, "and"))).at(document.key(path))
}

fn only_one(path: &Path, given: &[String], document: &Document) -> Problem {
    let second = given.last().map(|key| path.key(key)).unwrap_or_default();
    Problem::error(format!("`{}` takes only one of {}", path.name(), listed(given, "and")))
        .at(document.key(&second))
        .help("keep one and remove the others")
}

/// `a`, `b` and `c`.
pub(super) fn listed(names: &[String], and: &str) -> String {
    match names {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|name| format!("`{name}`")).collect();
            format!("{} {and} `{last}`", first.join(", "))
        }
    }
}

fn names(properties: &Value) -> Vec<String> {
    properties.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default()
}

fn known(found: &Value, choices: &[String]) -> Vec<String> {
    choices.iter().filter(|choice| found.get(choice.as_str()).is_some()).cloned().collect()
}

fn alternatives(of: &Value) -> Vec<String> {
    let each = of.as_array().into_iter().flatten();
    each.filter_map(|one| one["required"][0].as_str().map(str::to_owned)).collect()
}

fn alternatives_of_not(here: &Value) -> Vec<String> {
    here["not"]["required"].as_array().into_iter().flatten().filter_map(|key| key.as_str().map(str::to_owned)).collect()
}

fn wanted(here: &Value) -> &str {
    match (here[WANTS].as_str(), here["type"].as_str()) {
        (Some(wants), _) => wants,
        (None, Some("array")) => "a list",
        _ => "a section with keys of its own",
    }
}

fn example(here: &Value) -> Option<String> {
    match here["type"].as_str()? {
        "array" => Some("write each entry in a line of its own, after `- `".to_owned()),
        "object" if here["properties"].is_object() => {
            Some(format!("known here: {}", names(&here["properties"]).join(", ")))
        }
        _ => None,
    }
}

fn kind_of(found: &Value) -> &'static str {
    match found {
        Value::Null => "empty",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a section with keys",
    }
}
