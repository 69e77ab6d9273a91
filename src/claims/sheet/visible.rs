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
];

/// Whether something has to happen before the element is shown.
pub(super) fn waits_to_be_opened(element: Element<'_>) -> bool {
    element.name() == "dialog" && element.attr("open").is_none()
}

/// Whether an attribute other than `class` hides the element and everything in it.
pub(super) fn hides(name: &str, key: &str, value: &str) -> bool {
    match key {
        "hidden" | "x-cloak" | "v-cloak" => true,
        "aria-hidden" => value.eq_ignore_ascii_case("true"),
        "type" => name == "input" && value.eq_ignore_ascii_case("hidden"),
        "style" => style_hides(value),
        _ => false,
    }
}

fn style_hides(style: &str) -> bool {
    style.split(';').any(|rule| {
        let Some((property, value)) = rule.split_once(':') else { return false };
        let value = value.trim().trim_end_matches("!important").trim_end();
        match property.trim() {
            p if p.eq_ignore_ascii_case("display") => value.eq_ignore_ascii_case("none"),
            p if p.eq_ignore_ascii_case("visibility") => {
                value.eq_ignore_ascii_case("hidden") || value.eq_ignore_ascii_case("collapse")
            }
            p if p.eq_ignore_ascii_case("opacity") => value == "0",
            _ => false,
        }
    })
}

/// Whether the classes hide the element.
pub(super) fn class_hides(class: &str) -> bool {
    let mut hidden = false;
    for name in class.split_ascii_whitespace() {
        if HIDING.contains(&name) || ends_in_hidden(name) {
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
            && !["overflow", "-x", "-y", "backface", "if"]
                .iter()
                .any(|word| stem.trim_end_matches(['-', '_']).ends_with(word))
    })
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
    fn styles_and_classes_hide() {
        assert!(style_hides("color: red; display : none !important"));
        assert!(style_hides("visibility:hidden"));
        assert!(!style_hides("display:block"));
        for class in ["x d-none", "is-hidden", "sr-only", "visually-hidden", "block__hidden"] {
            assert!(class_hides(class), "{class}");
        }
        for class in
            ["overflow-hidden", "hidden md:block", "d-none d-md-inline-block", "overflow-x-hidden", "hiddengem"]
        {
            assert!(!class_hides(class), "{class}");
        }
    }
}
