//! Which elements a customer can see. Styles are not computed: what an element says of itself has to do.

use super::Element;

/// Class names by which whole families of frameworks hide things, or show them to screen readers alone.
const HIDING: &[&str] = &[
    "hidden",
    "hide",
    "d-none",
    "ng-hide",
    "invisible",
    "display-none",
    "displaynone",
    "no-display",
    "nodisplay",
    "element-invisible",
    "visuallyhidden",
    "sr-only",
    "screen-reader-text",
    "screen-reader-only",
    "offscreen",
    "a-offscreen",
    "off-screen",
    "none",
    "unvisible",
    "is-hide",
    "u-hide",
    "display_none",
    "dis-none",
    "hidden-xs-up",
    "hidden-xl-down",
    "w-condition-invisible",
    "ui-helper-hidden-accessible",
    "hidden-accessible",
    "sr-text",
    "show-for-sr",
    "screenreader",
    "screen-reader",
    "screenreader-only",
    "assistive-text",
    "a11y-only",
    "hide-accessibly",
    "accessible-hide",
    "clipped",
    "text-hide",
];

/// Attributes by which templates show a thing or another, once a script has run.
const CONDITIONS: &[&str] = &[
    "v-if",
    "v-else-if",
    "v-show",
    "x-show",
    "ng-if",
    "ng-show",
    "ng-hide",
    "data-ng-if",
    "data-ng-show",
    "data-ng-hide",
    "*ngif",
    "[hidden]",
    "data-bind",
    ":hidden",
    "x-bind:hidden",
];

/// Whether something has to happen before the element is shown.
pub(super) fn waits_to_be_opened(element: Element<'_>) -> bool {
    element.name() == "dialog" && element.attr("open").is_none()
}

/// Whether an attribute other than `class` hides the element and everything in it.
pub(super) fn hides(name: &str, key: &str, value: &str) -> bool {
    match key {
        "hidden" | "x-cloak" | "v-cloak" => true,
        // Kept from those who listen to the page; most of the time because the same words are there for them alone.
        "aria-hidden" => value.eq_ignore_ascii_case("true") && !matches!(name, "span" | "b" | "strong" | "em"),
        "type" => name == "input" && value.eq_ignore_ascii_case("hidden"),
        "style" => style_hides(value),
        // A template of a script, both of whose branches are still there.
        "v-else" => true,
        _ => CONDITIONS.contains(&key) && depends_on_stock(key, value),
    }
}

/// Whether a condition is about stock, so that "sold out" and "in stock" stand side by side until a script has run.
fn depends_on_stock(key: &str, value: &str) -> bool {
    const WORDS: &[&str] = &["stock", "avail", "sold", "qty", "quantity", "inventory", "saleable", "purchasable"];
    let value = value.to_ascii_lowercase();
    (key != "data-bind" || ["if:", "visible", "hidden"].iter().any(|word| value.contains(word)))
        && WORDS.iter().any(|word| value.contains(word))
}

/// Whether a `style` shows the element whatever its classes say.
pub(super) fn style_shows(style: &str) -> bool {
    style.split(';').any(|rule| {
        rule.split_once(':').is_some_and(|(property, value)| {
            property.trim().eq_ignore_ascii_case("display") && !value.trim().to_ascii_lowercase().starts_with("none")
        })
    })
}

fn style_hides(style: &str) -> bool {
    style.split(';').any(|rule| {
        let Some((property, value)) = rule.split_once(':') else { return false };
        let value = plain(value);
        match property.trim() {
            p if p.eq_ignore_ascii_case("display") => value.eq_ignore_ascii_case("none"),
            p if p.eq_ignore_ascii_case("visibility") => {
                value.eq_ignore_ascii_case("hidden") || value.eq_ignore_ascii_case("collapse")
            }
            _ => false,
        }
    })
}

/// The value of a declaration, however important it is.
pub(super) fn plain(value: &str) -> &str {
    value.trim().trim_end_matches("!important").trim_end()
}

/// Whether the classes hide the element.
pub(super) fn class_hides(class: &str) -> bool {
    let mut hidden = false;
    for name in class.split_ascii_whitespace() {
        if HIDING.contains(&name) || ends_in_hidden(name) || is_icon(name) {
            hidden = true;
        } else if shows_again(name) {
            return false;
        }
    }
    hidden
}

/// `is-hidden`, `u-hidden`, `block__hidden`; not `overflow-hidden` and its kin, which hide nothing.
fn ends_in_hidden(name: &str) -> bool {
    name.strip_suffix("hidden").is_some_and(|stem| {
        stem.ends_with(['-', '_'])
            && !SCREENS.iter().chain(&["overflow", "-x", "-y", "backface", "if", "no-js"]).any(|word| {
                let stem = stem.trim_end_matches(['-', '_']);
                stem.ends_with(word) && (word.len() > 3 || stem.len() == word.len() || word.starts_with('-'))
            })
    })
}

/// Sizes and kinds of screens: what is hidden on some can be seen on others.
const SCREENS: &[&str] = &[
    "xs", "sm", "md", "lg", "xl", "small", "medium", "large", "mobile", "tablet", "desktop", "phone", "print", "up",
    "down",
];

/// Fonts that draw a picture where the page says `inventory_2`.
fn is_icon(name: &str) -> bool {
    name.starts_with("material-icons") || name.starts_with("material-symbols")
}

/// Hidden only on some screens: `md:block`, `d-lg-flex`, `d-none d-md-inline`.
fn shows_again(name: &str) -> bool {
    const WIDTHS: [&str; 6] = ["sm", "md", "lg", "xl", "2xl", "xxl"];
    const SHOWN: [&str; 6] = ["block", "flex", "inline", "grid", "table", "contents"];
    let (width, how) = match (name.split_once(':'), name.strip_prefix("d-").and_then(|rest| rest.split_once('-'))) {
        (Some(parts), _) | (None, Some(parts)) => parts,
        _ => return false,
    };
    WIDTHS.contains(&width) && SHOWN.iter().any(|word| how.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_of_templates_about_stock_are_not_shown() {
        for (key, value) in [
            ("v-if", "!product.inStock"),
            ("v-else", ""),
            ("x-show", "variant.available"),
            ("data-bind", "visible: isSoldOut()"),
        ] {
            assert!(hides("div", key, value), "{key}={value}");
        }
        for (key, value) in [("x-show", "tab === 1"), ("data-bind", "text: stockLabel"), ("data-x", "stock")] {
            assert!(!hides("div", key, value), "{key}={value}");
        }
        assert!(hides("div", "aria-hidden", "true") && !hides("span", "aria-hidden", "true"));
    }

    #[test]
    fn styles_and_classes_hide() {
        assert!(style_hides("color: red; display : none !important"));
        assert!(style_hides("visibility:hidden"));
        assert!(!style_hides("display:block"));
        assert!(!style_hides("opacity:0"), "faded in by a script");
        assert!(style_shows("color:red;display: block") && !style_shows("display:none"));
        for class in [
            "x d-none",
            "none",
            "clipped",
            "material-icons md-18",
            "is-hidden",
            "sr-only",
            "visually-hidden",
            "block__hidden",
        ] {
            assert!(class_hides(class), "{class}");
        }
        for class in [
            "overflow-hidden",
            "hidden md:block",
            "d-none d-md-inline-block",
            "overflow-x-hidden",
            "hiddengem",
            "mobile-hidden",
            "hidden-xs",
            "sm-hidden",
            "md:hidden",
            "visible-lg",
        ] {
            assert!(!class_hides(class), "{class}");
        }
    }
}
