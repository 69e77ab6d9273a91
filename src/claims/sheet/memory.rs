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
    /// Of a `class`.
    pub(super) fn of(&mut self, value: &str, styles: &style::Styles) -> Seen {
        let styled = || styles.hide(value.split_ascii_whitespace());
        self.seen(value, || Seen { marks: marks::of(value), hides: visible::class_hides(value), styled: styled() })
    }

    /// Of an `id` and its kin.
    pub(super) fn of_name(&mut self, value: &str, styles: &style::Styles) -> Seen {
        self.seen(value, || Seen { marks: marks::of(value), hides: false, styled: styles.hide_id(value) })
    }

    fn seen(&mut self, value: &str, look: impl FnOnce() -> Seen) -> Seen {
        if let Some(seen) = self.0.get(value) {
            return *seen;
        }
        let seen = look();
        self.0.insert(value.into(), seen);
        seen
    }
}
