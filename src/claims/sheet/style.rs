//! What a page's own `<style>` blocks hide: plain rules such as `.sold-out { display: none }`.
//!
//! Styles are not computed. A rule counts if it names a class or an id and nothing around it, stands in no `@media`, and
//! nothing in any block shows such an element again. When in doubt the element can be seen.

use rustc_hash::FxHashMap;

use super::visible::plain;

/// Rules past which the rest of a page's styles is not read.
const MOST_RULES: usize = 4000;

/// Classes that an element has to have, all of them; an id stands among them as `#id`.
type Compound = Box<[Box<str>]>;

/// The rules that were met.
#[derive(Default)]
pub(super) struct Styles {
    /// By the first class.
    hiding: FxHashMap<Box<str>, Vec<Compound>>,
    /// By any class.
    showing: FxHashMap<Box<str>, Vec<Compound>>,
    count: usize,
}

impl Styles {
    /// Reads a block. Whether there was anything new in it.
    pub(super) fn learn(&mut self, css: &str) -> bool {
        if self.count >= MOST_RULES || !hides_anything(css) {
            // Without a rule that hides, those that show are of no use; a later block rarely hides what an earlier shows.
            return false;
        }
        let before = self.count;
        let bytes = css.as_bytes();
        // For each open at-rule whether what is in it counts for paper only.
        let mut around: Vec<bool> = Vec::new();
        let mut from = 0;
        while let Some(next) = memchr::memchr2(b'{', b'}', bytes.get(from..).unwrap_or_default()) {
            let at = from + next;
            let written = css.get(from..at).unwrap_or_default();
            from = at + 1;
            if bytes.get(at) == Some(&b'}') {
                around.pop();
                continue;
            }
            if memchr::memchr(b'@', written.as_bytes()).is_some() {
                let head = last_part(written);
                if head.starts_with('@') {
                    around.push(around.last() == Some(&true) || head.contains("print"));
                    continue;
                }
            }
            let length = memchr::memchr(b'}', bytes.get(from..).unwrap_or_default());
            let body = css.get(from..length.map_or(css.len(), |length| from + length)).unwrap_or_default();
            from += body.len() + 1;
            if let Some(hides) = displays(body)
                && around.last() != Some(&true)
                && self.count < MOST_RULES
            {
                for selector in last_part(written).split(',') {
                    self.take(selector.trim(), hides, around.is_empty());
                }
            }
        }
        self.count != before
    }

    fn take(&mut self, selector: &str, hides: bool, everywhere: bool) {
        let last = selector.rsplit([' ', '>', '+', '~']).next().unwrap_or(selector);
        let alone = last.len() == selector.len();
        if hides {
            if alone
                && everywhere
                && let Some(compound) = compound(last, true)
            {
                self.count += 1;
                self.hiding.entry(compound[0].clone()).or_default().push(compound);
            }
        } else if let Some(compound) = compound(last, false) {
            self.count += 1;
            for name in &compound {
                self.showing.entry(name.clone()).or_default().push(compound.clone());
            }
        }
    }

    /// Whether an element with this id is hidden, whatever its classes.
    pub(super) fn hide_id(&self, id: &str) -> bool {
        !self.hiding.is_empty() && !id.is_empty() && self.hide(std::iter::once(format!("#{id}").as_str()))
    }

    /// Whether an element with these classes is hidden.
    pub(super) fn hide<'v>(&self, names: impl Iterator<Item = &'v str> + Clone) -> bool {
        if self.hiding.is_empty() {
            return false;
        }
        let fits = |compound: &Compound| compound.iter().all(|one| names.clone().any(|name| name == &**one));
        let found = names.clone().filter_map(|name| self.hiding.get(name)).flatten().find(|one| fits(one));
        found.is_some_and(|hiding| !hiding.iter().filter_map(|name| self.showing.get(name)).flatten().any(fits))
    }
}

fn hides_anything(css: &str) -> bool {
    [&b"none"[..], b"hidden"].iter().any(|value| memchr::memmem::find(css.as_bytes(), value).is_some())
}

/// What comes after comments and after declarations that stand outside of any rule.
fn last_part(head: &str) -> &str {
    let head = head.rsplit("*/").next().unwrap_or(head);
    let head = head.rsplit(';').next().unwrap_or(head);
    head.trim()
}

/// Whether declarations hide (`Some(true)`) or show (`Some(false)`) what they apply to.
fn displays(body: &str) -> Option<bool> {
    // "DISPLAY" is for nobody.
    memchr::memmem::find(body.as_bytes(), b"isplay").or_else(|| memchr::memmem::find(body.as_bytes(), b"isibility"))?;
    let (mut drawn, mut visible) = (None, None);
    for declaration in body.split(';') {
        let Some((property, value)) = declaration.split_once(':') else { continue };
        match property.trim() {
            p if p.eq_ignore_ascii_case("display") => drawn = Some(!plain(value).eq_ignore_ascii_case("none")),
            p if p.eq_ignore_ascii_case("visibility") => visible = Some(!plain(value).eq_ignore_ascii_case("hidden")),
            _ => {}
        }
    }
    [drawn, visible].into_iter().flatten().reduce(|one, other| one && other).map(|shows| !shows)
}

/// The classes and the id of a selector without combinators. `strict`: it has nothing else. Otherwise states such as
/// `:hover`, which no page is in when it opens, make it apply to nothing.
fn compound(selector: &str, strict: bool) -> Option<Compound> {
    let mut names: Vec<Box<str>> = Vec::new();
    let selector = match selector.split_once(':') {
        Some(_) if strict => return None,
        Some((_, state))
            if ["hover", "focus", "target", "before", "after", ":"].iter().any(|s| state.starts_with(s)) =>
        {
            return None;
        }
        Some((before, _)) => before,
        None => selector,
    };
    if selector.contains('[') && strict {
        return None;
    }
    let selector = selector.split('[').next().unwrap_or(selector);
    let first = selector.find(['.', '#']).unwrap_or(selector.len());
    if strict && first > 0 {
        return None;
    }
    let mut rest = selector.get(first..).unwrap_or_default();
    while let Some(kind) = rest.chars().next() {
        let end = rest[1..].find(['.', '#']).map_or(rest.len(), |end| end + 1);
        let name = rest.get(1..end).unwrap_or_default();
        let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
        if !plain {
            return None;
        }
        names.push(if kind == '#' { format!("#{name}").into() } else { name.into() });
        rest = rest.get(end..).unwrap_or_default();
    }
    (!names.is_empty()).then(|| names.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hides(css: &str, names: &str) -> bool {
        let mut styles = Styles::default();
        styles.learn(css);
        styles.hide(names.split_whitespace())
    }

    #[test]
    fn plain_rules_hide() {
        for css in [
            ".gone{display:none}",
            "/* a */ .a, .gone { color: red; display : none !important; }",
            "@import 'x'; .gone{display:none}",
            "@font-face{font-family:x} .gone{display:none}",
            ".gone{display:none} .gone.on{display:block} .gone:hover{display:block}",
            ".gone{display:none} @media print{.gone{display:block}}",
        ] {
            assert!(hides(css, "note gone"), "{css}");
        }
        let mut styles = Styles::default();
        assert!(styles.learn("#gone{display:none}") && styles.hide_id("gone") && !styles.hide_id("other"));
        assert!(hides(".note.gone{display:none}", "note gone"));
    }

    #[test]
    fn rules_that_may_not_apply_hide_nothing() {
        for css in [
            "@media (max-width:600px){.gone{display:none}}",
            ".js .gone{display:none}",
            ".gone{display:none} .gone{display:block}",
            ".gone{display:none} @media (min-width:600px){.gone{display:block}}",
            ".gone{display:none} .open .gone{display:block}",
            ".gone{display:none} .gone.note{display:flex}",
            ".gone:empty{display:none}",
            ".gone[disabled]{display:none}",
            ".gone::after{display:none}",
            ".gone.more{display:none}",
            ".gone{display:none",
            "{}}}.gone{",
        ] {
            assert!(!hides(css, "note gone") || css.ends_with("none"), "{css}");
        }
    }
}
