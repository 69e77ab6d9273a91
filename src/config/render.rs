//! Problems as text, with the line they speak of, and without what is secret in it.

use std::sync::LazyLock;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use regex::Regex;

use super::problem::{Problem, Problems};

pub(super) fn render(problems: &Problems, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let file = problems.file.display().to_string();
    let mut out = String::new();
    for problem in &problems.list {
        out.push_str(&one(&renderer, &file, &problems.text, problem));
        out.push_str("\n\n");
    }
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

fn one(renderer: &Renderer, file: &str, text: &str, problem: &Problem) -> String {
    let level = if problem.warning { Level::WARNING } else { Level::ERROR };
    let line = problem.spot.and_then(|spot| {
        let line = masked_line(text, spot.line)?;
        Some((spot, if problem.hides_value { without_value(&line, bytes(&line, spot.to)) } else { line }))
    });
    let title = match &line {
        Some(_) => problem.what.clone(),
        None => format!("{file}: {}", problem.what),
    };
    let mut group = level.primary_title(title.as_str()).elements(Vec::<annotate_snippets::Message<'_>>::new());
    if let Some((spot, line)) = &line {
        let span = bytes(line, spot.from)..bytes(line, spot.to).max(bytes(line, spot.from));
        group = group.element(
            Snippet::source(line.as_str())
                .line_start(spot.line)
                .path(file)
                .annotation(AnnotationKind::Primary.span(span)),
        );
    }
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer.render(&[group])
}

/// The line up to its key, and a sign that there is more.
fn without_value(line: &str, key_ends: usize) -> String {
    let (key, rest) = line.split_at(key_ends);
    let colon = rest.find(": ").map_or(rest.len(), |at| at + 2);
    if rest[colon..].trim().is_empty() || is_reference(&rest[colon..]) {
        return line.to_owned();
    }
    format!("{key}{}…", &rest[..colon])
}

/// Byte offset of a character, or the end.
fn bytes(line: &str, characters: usize) -> usize {
    line.char_indices().nth(characters).map_or(line.len(), |(at, _)| at)
}

/// Words of a key whose value is nobody's business.
const SECRET: &str = r"passw\w*|passphrase|pwd|secret|token|api[-_]?key|x-[a-z-]*key|authorization|cookie|value";

/// Keys with an address beneath that is nobody's business either.
const HOOKS: &str = "slack|teams|mattermost|discord|webhook|heartbeat";

static SECRET_VALUE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // Up to the end of a quoted text, else up to `,` or `}` of a flow mapping, else the rest of the line.
    Regex::new(&format!(
        r#"(?i)(?P<key>(?:^|[\s{{,"'-])(?:[\w-]*(?:{SECRET}))["']?\s*:\s+)(?P<value>"[^"]*"?|'[^']*'?|[^\s,}}][^,}}]*)"#
    ))
    .ok()
});
/// The same of the address of a hook, on the line of its key.
static HOOK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r#"(?i)(?P<key>(?:{HOOKS})["']?\s*:\s*\{{[^{{}}]*?url["']?\s*:\s+)(?P<value>"[^"]*"?|'[^']*'?|[^\s,}}][^,}}]*)"#
    ))
    .ok()
});
static SECRET_KEY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(r#"(?i)^[\s-]*["']?(?:[\w-]*(?:{SECRET})|headers|auth|{HOOKS})["']?\s*:"#)).ok()
});
/// The names of headers are free, so all of their values on the line go.
static HEADERS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)(headers["']?\s*:\s*\{)\s*[^\s}].*"#).ok());
static USER_INFO: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"://[^/\s@]+@").ok());

/// A line of the text without secrets. A value that is only `${NAME}` is none.
fn masked_line(text: &str, number: usize) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let line = *lines.get(number.checked_sub(1)?)?;
    if let Some(key_ends) = beneath_secret(&lines, number - 1) {
        return Some(mask_tail(line, key_ends));
    }
    let hide = |found: &regex::Captures<'_>| {
        let (key, value) = (&found["key"], &found["value"]);
        if is_reference(value) { format!("{key}{value}") } else { format!("{key}…") }
    };
    let (Some(secret), Some(hook), Some(headers), Some(info)) =
        (SECRET_VALUE.as_ref(), HOOK.as_ref(), HEADERS.as_ref(), USER_INFO.as_ref())
    else {
        return Some("…".to_owned());
    };
    let line = secret.replace_all(line, hide);
    let line = hook.replace_all(&line, hide);
    let line = headers.replace_all(&line, "${1}…");
    Some(info.replace_all(&line, "://…@").into_owned())
}

/// Whether the line belongs to the block of a secret key or of `headers:`; then where its own key ends, if it has one.
fn beneath_secret(lines: &[&str], at: usize) -> Option<usize> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let own = indent(lines[at]);
    let above = lines[..at].iter().rev().find(|line| !line.trim().is_empty() && indent(line) < own)?;
    if !SECRET_KEY.as_ref()?.is_match(above) {
        return None;
    }
    let is_block = above.split(": ").nth(1).is_some_and(|rest| rest.trim_start().starts_with(['|', '>']));
    match lines[at].find(": ") {
        Some(colon) if !is_block && !above.trim_end().ends_with(|c: char| c.is_alphanumeric()) => Some(colon + 2),
        _ => Some(own),
    }
}

fn mask_tail(line: &str, from: usize) -> String {
    let (key, value) = line.split_at(from.min(line.len()));
    if is_reference(value) || value.trim().is_empty() || value.trim() == "{}" {
        line.to_owned()
    } else {
        format!("{key}…")
    }
}

fn is_reference(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']);
    value.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).is_some_and(|name| !name.contains(['$', '{', '}']))
}
