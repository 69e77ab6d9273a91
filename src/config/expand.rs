//! `${NAME}` in values becomes what the environment says; `$${` is a plain `${`.
//!
//! This happens after parsing, so that what stands in a variable can never change the structure.

use std::collections::HashSet;

use serde_json::Value;

use super::document::Document;
use super::path::Path;
use super::problem::Problem;

/// Reads one environment variable.
pub(super) type Environment<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// What happened to the values.
#[derive(Default)]
pub(super) struct Expanded {
    /// Where something was put in.
    pub(super) places: HashSet<Path>,
    /// Where something could not be put in.
    pub(super) failed: HashSet<Path>,
    pub(super) problems: Vec<Problem>,
}

/// Expands every string below `value`.
pub(super) fn expand(value: &mut Value, document: &Document, environment: &Environment<'_>) -> Expanded {
    let mut expanded = Expanded::default();
    walk(value, &Path::default(), document, environment, &mut expanded);
    expanded
}

fn walk(value: &mut Value, path: &Path, document: &Document, environment: &Environment<'_>, into: &mut Expanded) {
    match value {
        Value::Object(map) => {
            map.iter_mut().for_each(|(key, value)| walk(value, &path.key(key), document, environment, into));
        }
        Value::Array(items) => {
            items
                .iter_mut()
                .enumerate()
                .for_each(|(index, value)| walk(value, &path.index(index), document, environment, into));
        }
        Value::String(text) if text.contains("${") => match text_of(text, environment) {
            Ok((done, replaced)) => {
                *text = done;
                if replaced {
                    into.places.insert(path.clone());
                }
            }
            Err((what, help)) => {
                into.problems
                    .push(Problem::error(format!("`{}`: {what}", path.name())).at(document.value(path)).help(help));
                into.failed.insert(path.clone());
            }
        },
        _ => {}
    }
}

/// The text with its variables, and whether there was one; or what is wrong and what to do.
fn text_of(text: &str, environment: &Environment<'_>) -> Result<(String, bool), (String, String)> {
    let mut out = String::with_capacity(text.len());
    let mut replaced = false;
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        if let Some(before) = before.strip_suffix('$') {
            out.push_str(before);
            out.push_str("${");
            rest = &from[2..];
            continue;
        }
        out.push_str(before);
        let name = from[2..].split('}').next().unwrap_or_default();
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !is_name || from[2..].len() == name.len() {
            return Err((
                "`${` must be followed by the name of an environment variable and `}`".to_owned(),
                "write `${NAME}`; for the characters `${` themselves write `$${`".to_owned(),
            ));
        }
        let Some(value) = environment(name) else {
            return Err((
                format!("the environment variable `{name}` is not set"),
                format!("set {name} where stocktruth is started, for example in the unit's EnvironmentFile"),
            ));
        };
        out.push_str(&value);
        replaced = true;
        rest = &from[2 + name.len() + 1..];
    }
    out.push_str(rest);
    Ok((out, replaced))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_put_in_once_and_can_be_escaped() {
        let environment = |name: &str| (name == "A").then(|| "x ${B}".to_owned());
        assert_eq!(text_of("1 ${A} 2", &environment), Ok(("1 x ${B} 2".to_owned(), true)));
        assert_eq!(text_of("$${A}", &environment), Ok(("${A}".to_owned(), false)));
        assert_eq!(text_of("$$${A}", &environment), Ok(("$${A}".to_owned(), false)));
        assert!(text_of("${B}", &environment).is_err_and(|(what, _)| what.contains("`B`")));
        assert!(text_of("${A", &environment).is_err());
        assert!(text_of("${}", &environment).is_err());
        assert!(text_of("${A:-1}", &environment).is_err());
    }
}
