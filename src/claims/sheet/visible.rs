//! Which elements a customer can see. Styles are not computed: what an element says of itself has to do.

use super::Element;

/// Elements whose contents are never read as text, or only when something opens them.
const NEVER_SHOWN: &[&str] = &[
    "script", "style", "template", "noscript", "head", "title", "option", "datalist", "svg", "iframe", "object",
    "textarea",
];

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

/// Whether the element hides itself and everything in it.
pub(super) fn hides(element: Element<'_>) -> bool {
    let name = element.name();
    if NEVER_SHOWN.contains(&name) || (name == "dialog" && element.attr("open").is_none()) {
        return true;
    }
    // Void of most attributes most of the time: one pass over those there are.
    let mut class = None;
    for (key, value) in element.attrs() {
        let hidden = match key {
            "hidden" | "x-cloak" | "v-cloak" => true,
            "aria-hidden" => value.eq_ignore_ascii_case("true"),
            "type" => name == "input" && value.eq_ignore_ascii_case("hidden"),
            "style" => style_hides(value),
            "class" => {
                class = Some(value);
                false
            }
            _ => false,
        };
        if hidden {
            return true;
        }
    }
    class.is_some_and(class_hides)
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

fn class_hides(class: &str) -> bool {
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
