//! What an element's `class` and `id` say it is, in the words web developers use everywhere.

mod words;

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use words::{Edge, WORDS};

/// A set of marks, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::claims) struct Marks(u16);

impl Marks {
    /// Speaks of stock.
    pub(in crate::claims) const STOCK: Self = Self(1);
    /// Puts into the cart.
    pub(in crate::claims) const BUY: Self = Self(2);
    /// Speaks of products other than the page's own, or of the site.
    pub(in crate::claims) const OTHERS: Self = Self(4);
    /// Lies over the page and opens on demand.
    pub(in crate::claims) const OVERLAY: Self = Self(8);
    /// Lets the customer choose a variant.
    pub(in crate::claims) const CHOOSER: Self = Self(16);
    /// Speaks of shops of brick and stone.
    pub(in crate::claims) const STORE: Self = Self(32);
    /// Holds prose: descriptions, details, reviews.
    pub(in crate::claims) const PROSE: Self = Self(64);
    /// Says that it cannot be used.
    pub(in crate::claims) const DISABLED: Self = Self(128);
    /// Speaks of delivery.
    pub(in crate::claims) const DELIVERY: Self = Self(256);
    /// Pays at once through somebody else's wallet.
    pub(in crate::claims) const WALLET: Self = Self(512);
    /// Is the site's frame by its `role`, or by being called `footer` and nothing else.
    pub(in crate::claims) const FRAME: Self = Self(1 << 10);
    /// Calls itself a title or heading.
    pub(in crate::claims) const TITLED: Self = Self(1 << 11);
    /// Calls itself a button, or speaks of a cart or of buying in any way.
    pub(in crate::claims) const PRESSED: Self = Self(1 << 12);
    /// Is a button by its `role`.
    pub(in crate::claims) const BUTTON: Self = Self(1 << 13);

    /// Whether any of `other` is in the set.
    pub(in crate::claims) fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Both sets together.
    pub(in crate::claims) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is left when `other` is taken out.
    fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The marks that an element of this name can bear. What a page says of itself as a whole is no mark of all that is
    /// in it (`<body class="lightbox">`). The form that buys is named after what it buys or how (`variations_form`,
    /// `smart-payment-button--true`), and sections are boxes of many things.
    pub(super) fn on(self, name: &str) -> Self {
        match name {
            "html" | "body" => Self::default(),
            "form" | "section" | "article" | "main" => self.without(Self::CHOOSER.with(Self::WALLET)),
            _ => self,
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

struct Lexicon {
    words: AhoCorasick,
    of: Vec<(Marks, Edge)>,
}

static LEXICON: LazyLock<Option<Lexicon>> = LazyLock::new(|| {
    let all = WORDS.iter().flat_map(|(mark, edge, words)| words.iter().map(move |word| (*word, (*mark, *edge))));
    let (patterns, of): (Vec<_>, Vec<_>) = all.unzip();
    AhoCorasick::new(patterns).ok().map(|words| Lexicon { words, of })
});

/// What buttons are called, in any part of a name.
static PRESSED: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(["btn", "button", "cart", "buy"]).ok());

/// The marks in a value of `class`, `id` or a `data-` attribute by which tests find elements.
pub(super) fn of(value: &str) -> Marks {
    let mut marks = Marks::default();
    read(value, &mut marks);
    if PRESSED.as_ref().is_some_and(|words| words.is_match(value)) {
        marks.add(Marks::PRESSED);
    }
    if value.contains("title") || value.contains("heading") {
        marks.add(Marks::TITLED);
    }
    if value.trim() == "footer" {
        marks.add(Marks::FRAME);
    }
    marks
}

/// The marks of a `role` (<https://www.w3.org/TR/wai-aria-1.2/#roles>).
pub(super) fn of_role(role: &str) -> Marks {
    const FRAME: [&str; 5] = ["navigation", "banner", "contentinfo", "search", "dialog"];
    if FRAME.iter().any(|one| role.eq_ignore_ascii_case(one)) {
        Marks::FRAME
    } else if role == "button" {
        Marks::BUTTON
    } else {
        Marks::default()
    }
}

/// Adds what one attribute value says.
fn read(value: &str, marks: &mut Marks) {
    let Some(lexicon) = LEXICON.as_ref() else { return };
    // Letters only, lower case, with a note of where words begin: `addToCart`, `add-to-cart` and `add_to_cart` are one.
    let mut flat = [0_u8; 160];
    let mut starts = [false; 161];
    for name in value.split_ascii_whitespace() {
        let mut length = 0;
        let mut begins = true;
        let mut lower_before = false;
        for byte in name.bytes().take(flat.len()) {
            if !byte.is_ascii_alphabetic() {
                begins = true;
                continue;
            }
            starts[length] = begins || (byte.is_ascii_uppercase() && lower_before);
            flat[length] = byte.to_ascii_lowercase();
            lower_before = byte.is_ascii_lowercase();
            begins = false;
            length += 1;
        }
        if length < 4 {
            continue;
        }
        starts[length] = true;
        for found in lexicon.words.find_overlapping_iter(&flat[..length]) {
            let (mark, edge) = lexicon.of[found.pattern().as_usize()];
            let ends = match edge {
                Edge::Stem => true,
                Edge::Word => starts[found.end()],
                Edge::Last => found.end() == length,
            };
            if starts[found.start()] && ends {
                marks.add(mark);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(value: &str) -> Marks {
        of(value)
    }

    #[test]
    fn words_are_found_however_they_are_joined() {
        for name in ["add-to-cart", "add_to_cart", "addToCart", "single_add_to_cart_button", "btn AddToCart"] {
            assert!(marks(name).any(Marks::BUY), "{name}");
        }
        assert!(marks("product__inventory").any(Marks::STOCK));
        assert!(marks("outofstock availability").any(Marks::STOCK));
    }

    #[test]
    fn a_word_inside_another_is_not_found() {
        assert!(!marks("livestock-photo").any(Marks::STOCK));
        assert!(!marks("multimodality").any(Marks::OVERLAY));
        // What opens an overlay is none, and a price of the name is none either.
        for name in ["product__modal-opener", "modal_price", "tooltip-trigger", "drawer-toggle"] {
            assert!(!marks(name).any(Marks::OVERLAY), "{name}");
        }
        for name in ["quick-add-modal", "modal-content", "size-popup", "modal__content", "modal fade"] {
            assert!(marks(name).any(Marks::OVERLAY), "{name}");
        }
        assert!(!marks("stockings-link").any(Marks::BUY));
    }
}
