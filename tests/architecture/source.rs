//! Source text as code alone, as tokens, and as paths.

/// The text without comments, and without what stands in strings and characters.
pub(crate) fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let raw = rest.trim_start_matches('b').strip_prefix('r').filter(|_| !code.ends_with(is_word));
        let hashes = raw.map(|raw| raw.len() - raw.trim_start_matches('#').len());
        let end = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if let (Some(raw), Some(hashes)) = (raw, hashes)
            && raw[hashes..].starts_with('"')
        {
            let begin = rest.len() - raw.len() + hashes + 1;
            let close = format!("\"{}", "#".repeat(hashes));
            rest[begin..].find(&close).map_or(rest.len(), |at| begin + at + close.len())
        } else if first == '"' {
            quoted(rest, '"')
        } else if first == '\'' && (rest[1..].starts_with('\\') || rest[1..].chars().nth(1) == Some('\'')) {
            quoted(rest, '\'')
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        code.push(' ');
        rest = &rest[end..];
    }
    code
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        match text.as_bytes().get(at..at + 2) {
            Some(b"/*") => (depth, at) = (depth + 1, at + 2),
            Some(b"*/") => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

fn quoted(text: &str, mark: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == mark && !escaped {
            return at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Words, `::`, and everything else one by one.
pub(crate) fn tokens_of(code: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            _ if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            ':' if rest.starts_with("::") => 2,
            _ => first.len_utf8(),
        };
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    tokens
}

/// Every path in the code, groups expanded. One that climbs to the crate's root by `super` begins with `crate`, and so
/// does one that begins with the library's own name.
pub(crate) fn paths_of<'t>(file: &str, tokens: &[&'t str]) -> Vec<Vec<&'t str>> {
    let inside = file.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    let depth = inside.split('/').count();
    let mut paths = Vec::new();
    let (mut braces, mut modules) = (0, Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        match *token {
            "{" => {
                if at > 1 && tokens[at - 2] == "mod" {
                    modules.push(braces);
                }
                braces += 1;
            }
            "}" => {
                braces -= 1;
                modules.pop_if(|opened| *opened == braces);
            }
            word if word.starts_with(is_word) && (at == 0 || tokens[at - 1] != "::") => {
                let first = paths.len();
                expand(tokens, at, &mut Vec::new(), &mut paths);
                for path in &mut paths[first..] {
                    let climbs = path.iter().take_while(|word| **word == "super").count();
                    if climbs > 0 && climbs >= depth + modules.len() {
                        path.splice(..climbs, ["crate"]);
                    } else if path[0] == "stocktruth" {
                        path[0] = "crate";
                    }
                }
            }
            _ => {}
        }
    }
    paths
}

/// Reads one path or group from `at`; gives where it ends.
fn expand<'t>(tokens: &[&'t str], at: usize, before: &mut Vec<&'t str>, paths: &mut Vec<Vec<&'t str>>) -> usize {
    let begun = before.len();
    let mut at = at;
    while let Some(word) = tokens.get(at).filter(|word| word.starts_with(is_word)) {
        before.push(word);
        at += 1;
        if tokens.get(at) != Some(&"::") {
            paths.push(before.clone());
            before.truncate(begun);
            return at;
        }
        at += 1;
    }
    if tokens.get(at) == Some(&"{") {
        at += 1;
        while let Some(token) = tokens.get(at).filter(|token| **token != "}") {
            at = if token.starts_with(is_word) { expand(tokens, at, before, paths) } else { at + 1 };
        }
    } else if !before.is_empty() {
        paths.push(before.clone());
    }
    before.truncate(begun);
    at + 1
}
