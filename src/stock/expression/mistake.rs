//! What is wrong with an expression, and where.

/// A mistake in an expression, found when it is loaded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    /// Where it stands, in bytes.
    at: usize,
    what: String,
    /// Whether the expression cannot even be read.
    unreadable: bool,
}

impl Mistake {
    /// The expression cannot be read from here on.
    pub(super) fn syntax(at: usize, what: impl Into<String>) -> Self {
        Self { at, what: what.into(), unreadable: true }
    }

    /// It can be read, but makes no sense.
    pub(super) fn sense(at: usize, what: impl Into<String>) -> Self {
        Self { at, what: what.into(), unreadable: false }
    }

    /// As shown to the person who wrote it. Columns are counted in characters from 1.
    pub(super) fn told(&self, text: &str) -> String {
        let column = text.get(..self.at).map_or(1, |before| before.chars().count() + 1);
        if self.unreadable {
            return format!("`{text}` is no expression: at column {column} {}", self.what);
        }
        format!("`{text}`, column {column}: {}", self.what)
    }
}

/// The known word nearest to an unknown one, if any is near.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|one| (strsim::normalized_damerau_levenshtein(&word.to_lowercase(), &one.to_lowercase()), one))
        .filter(|(likeness, _)| *likeness >= 0.5)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, one)| one)
}

/// What a word that is not known might have been.
pub(super) fn hint<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(word, known.clone()) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => format!("; there are {}", known.into_iter().collect::<Vec<_>>().join(", ")),
    }
}
