//! Values of `class` and `id` that were met before: the same few stand on most elements of a page.

use rustc_hash::FxHashMap;

use super::marks::{self, Marks};
use super::{style, visible};

/// What a value of `class` or `id` amounts to.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen {
    pub(super) marks: Marks,
    /// Whether such classes hide whatever page they are on.
    pub(super) hides: bool,
    /// Whether this page's own styles hide them, or an id of that name.
    pub(super) styled: bool,
}

/// Values seen before, with what they amount to.
#[derive(Default)]
pub(super) struct Memory(FxHashMap<Box<str>, Seen>);

impl Memory {
    pub(super) fn of(&mut self, value: &str, styles: &style::Styles) -> Seen {
        if let Some(seen) = self.0.get(value) {
            return *seen;
        }
        let styled = styles.hide(value.split_ascii_whitespace());
        let seen = Seen { marks: marks::of(value), hides: visible::class_hides(value), styled };
        self.0.insert(value.into(), seen);
        seen
    }

    /// The same for an `id` and its kin.
    pub(super) fn of_name(&mut self, value: &str, styles: &style::Styles) -> Seen {
        if let Some(seen) = self.0.get(value) {
            return *seen;
        }
        let styled = styles.hide_id(value);
        let seen = Seen { marks: marks::of(value), hides: false, styled };
        self.0.insert(value.into(), seen);
        seen
    }
}
