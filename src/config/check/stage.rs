//! What a stage says of its options, at the places it speaks of.

use super::At;
use crate::config::document::Spot;
use crate::config::problem::Problem;

impl At<'_> {
    /// Takes over what a stage says of its options, except where something was said already.
    pub(super) fn stage(&self, problems: Vec<(String, String)>) {
        for (path, said) in problems {
            let at = self.follow(&path);
            let is_part_of_a_known_problem = at.path.parent().is_some_and(|above| at.sink.silent.contains(&above));
            if is_part_of_a_known_problem || at.is_spoken_for() {
                continue;
            }
            // A parser's message may have lines of its own.
            let said = said.lines().map(str::trim).collect::<Vec<_>>().join(" ");
            let (what, help) = said.split_once("; ").unwrap_or((&said, ""));
            let colon = if what.starts_with("is ") || what.starts_with("has ") { "" } else { ":" };
            let problem = Problem::error(format!("`{}`{colon} {what}", at.path.name()));
            let problem = if help.is_empty() { problem } else { problem.help(help) };
            at.add_within(problem, &said);
        }
    }

    /// Adds a problem with an expression or path, at the word that is meant, where the message begins with the text and
    /// names a column of it.
    fn add_within(&self, problem: Problem, said: &str) {
        let spot = self.sink.document.value(&self.path);
        match spot.zip(self.sink.document.plain(&self.path)).and_then(|(spot, text)| word_meant(spot, text, said)) {
            Some(word) if !self.sink.silent.contains(&self.path) => {
                self.sink.problems.borrow_mut().push((self.path.clone(), problem.at(word)));
            }
            _ => self.add(problem),
        }
    }
}

fn word_meant(whole: Spot, text: &str, said: &str) -> Option<Spot> {
    let (_, after) = said.strip_prefix('`')?.strip_prefix(text)?.strip_prefix('`')?.split_once("column ")?;
    let column: usize = after.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
    // A text that goes over several lines has no columns of its own.
    if whole.to - whole.from != text.chars().count() {
        return None;
    }
    let from = whole.from + column.checked_sub(1)?;
    let word = text.chars().skip(column - 1).take_while(|c| c.is_alphanumeric() || *c == '_').count();
    Some(Spot { from, to: from + word.max(1), ..whole })
}
