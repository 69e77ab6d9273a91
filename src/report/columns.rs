//! Aligned columns for text of any script: widths are counted in terminal cells, long cells are wrapped at words.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

/// For headings and totals.
pub(super) const STRONG: Style = Style::new().bold();
/// For what lets a customer down.
pub(super) const BAD: Style = AnsiColor::Red.on_default();
/// For what costs a sale, or may become bad.
pub(super) const WARN: Style = AnsiColor::Yellow.on_default();
/// For what is as it should be.
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
/// For what may be skipped.
pub(super) const QUIET: Style = Style::new().dimmed();
/// For everything else.
pub(super) const PLAIN: Style = Style::new();

/// Most characters of a cell that the shop fills.
const MOST: usize = 200;

const GAP: &str = "  ";
/// A column is not squeezed below this; a table that still does not fit runs over the edge.
const NARROWEST: usize = 7;
/// Words up to this length are kept whole as long as other columns can give way.
const WHOLE_WORD: usize = 16;

/// A cell: its text and how it is painted.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) style: Style,
    /// Whether the text comes from the shop and may be in any script.
    pub(super) foreign: bool,
}

impl Cell {
    pub(super) fn ours(text: impl Into<String>, style: Style) -> Self {
        Self { text: text.into(), style, foreign: false }
    }

    /// A text of the shop's, cut where no product's name is that long.
    pub(super) fn theirs(text: impl Into<String>) -> Self {
        let mut text = text.into();
        if let Some((end, _)) = text.char_indices().nth(MOST) {
            text.truncate(end);
            text.push('…');
        }
        Self { text, style: PLAIN, foreign: true }
    }

    pub(super) fn styled(self, style: Style) -> Self {
        Self { style, ..self }
    }
}

/// The look of a set of columns, found from all of its rows.
#[derive(Debug)]
pub(super) struct Columns {
    widths: Vec<usize>,
    colour: bool,
    isolate: bool,
}

impl Columns {
    /// Gives every column what its widest cell needs; where that is more than `room`, the widest column gives way
    /// first, down to its longest word, then below it. A column without any text below its heading gets no room.
    pub(super) fn fit(headings: &[&str], rows: &[Vec<Cell>], room: usize, colour: bool, isolate: bool) -> Self {
        let widest = |index: usize, of: fn(&str) -> usize| {
            rows.iter().filter_map(|row| row.get(index)).map(|cell| of(&cell.text)).max().unwrap_or(0)
        };
        let mut widths = Vec::new();
        let mut words = Vec::new();
        for (index, heading) in headings.iter().enumerate() {
            let needed = widest(index, |text| text.width());
            widths.push(if needed == 0 { 0 } else { needed.max(heading.width()) });
            words.push(widest(index, longest_word).max(longest_word(heading)).min(WHOLE_WORD));
        }
        let shown = widths.iter().filter(|width| **width > 0).count();
        let room = room.saturating_sub(GAP.len() * shown.saturating_sub(1));
        let narrowest = words.iter().map(|word| *word.min(&NARROWEST)).collect();
        for floors in [words, narrowest] {
            while widths.iter().sum::<usize>() > room {
                let giving = widths.iter_mut().zip(&floors).filter(|(width, floor)| **width > **floor);
                let Some((width, _)) = giving.max_by_key(|(width, _)| **width) else { break };
                *width -= 1;
            }
        }
        Self { widths, colour, isolate }
    }

    /// One row as lines, each ended by a newline and without blanks at its end.
    pub(super) fn row(&self, cells: &[Cell]) -> String {
        let shown: Vec<_> = self.widths.iter().zip(cells).filter(|(width, _)| **width > 0).collect();
        let wrapped: Vec<Vec<&str>> = shown.iter().map(|(width, cell)| wrap(&cell.text, **width)).collect();
        let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
        let mut out = String::new();
        for line in 0..height {
            let mut pending = 0;
            for ((width, cell), lines) in shown.iter().zip(&wrapped) {
                let text = lines.get(line).copied().unwrap_or("");
                if !text.is_empty() {
                    out.extend(std::iter::repeat_n(' ', pending));
                    pending = 0;
                    out.push_str(&painted(&isolated(text, self.isolate && cell.foreign), cell.style, self.colour));
                }
                pending += width.saturating_sub(text.width()) + GAP.len();
            }
            out.push('\n');
        }
        out
    }
}

/// The text between FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE, if it is to be.
pub(super) fn isolated(text: &str, isolate: bool) -> String {
    if isolate && !text.is_ascii() { format!("\u{2068}{text}\u{2069}") } else { text.to_owned() }
}

/// The text in its style, if colour is welcome.
pub(super) fn painted(text: &str, style: Style, colour: bool) -> String {
    if colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

/// Lines of at most `width` cells, broken at blanks, or within a word that is longer than a line.
pub(super) fn wrap(text: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text.trim();
    while rest.width() > width.max(1) {
        let end = fitting(rest, width.max(1));
        // The blank that ends the last whole word may stand just behind the line.
        let behind = rest[end..].chars().next().map_or(end, |next| end + next.len_utf8());
        let (line, next) = match rest[..behind].rfind(' ') {
            Some(blank) if blank > 0 => (&rest[..blank], &rest[blank..]),
            _ => rest.split_at(end),
        };
        lines.push(line.trim_end());
        rest = next.trim_start();
    }
    if !rest.is_empty() || lines.is_empty() {
        lines.push(rest);
    }
    lines
}

fn longest_word(text: &str) -> usize {
    text.split(' ').map(UnicodeWidthStr::width).max().unwrap_or(0)
}

/// The bytes of the longest start of `text` that fits into `width` cells; at least one character.
fn fitting(text: &str, width: usize) -> usize {
    let mut end = 0;
    for (at, one) in text.char_indices() {
        let after = at + one.len_utf8();
        if end > 0 && text[..after].width() > width {
            break;
        }
        end = after;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_whole_where_they_fit() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("one two three", 6), ["one", "two", "three"]);
        assert_eq!(wrap("one two six", 3), ["one", "two", "six"]);
        assert_eq!(wrap("", 6), [""]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("猫の皿", 4), ["猫の", "皿"]);
        assert_eq!(wrap("猫", 1), ["猫"], "a character that never fits must not loop for ever");
        assert_eq!(wrap("תחפושת נסיכה", 7), ["תחפושת", "נסיכה"]);
    }

    #[test]
    fn every_script_keeps_the_columns() {
        let rows: Vec<Vec<Cell>> = ["תחפושת נסיכה", "عطر العود", "猫の皿", "mug", "שָׁלוֹם"]
            .into_iter()
            .map(|name| vec![Cell::theirs(name), Cell::ours("|", PLAIN)])
            .collect();
        for isolate in [false, true] {
            let columns = Columns::fit(&["product", "end"], &rows, 80, false, isolate);
            for row in &rows {
                let line = columns.row(row);
                let bar = line.find('|').expect("the bar is there");
                assert_eq!(line[..bar].width(), 14, "{line}");
                assert_eq!(line.contains('\u{2068}'), isolate && !row[0].text.is_ascii());
            }
        }
    }

    #[test]
    fn the_widest_column_gives_way_and_empty_ones_vanish() {
        let rows =
            vec![vec![Cell::ours("a".repeat(10), PLAIN), Cell::ours("", PLAIN), Cell::ours("word ".repeat(12), PLAIN)]];
        let columns = Columns::fit(&["x", "empty", "y"], &rows, 40, false, false);
        assert_eq!(columns.widths, [10, 0, 28]);
        assert!(columns.row(&rows[0]).lines().all(|line| line.width() <= 40));
    }

    #[test]
    fn colour_is_not_counted() {
        let rows = vec![vec![Cell::ours("a", BAD), Cell::ours("b", PLAIN)]];
        let columns = Columns::fit(&["x", "y"], &rows, 40, true, false);
        assert_eq!(columns.row(&rows[0]), "\u{1b}[31ma\u{1b}[0m  b\n");
    }
}
