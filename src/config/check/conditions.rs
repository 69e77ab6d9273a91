//! Which items and mismatches are meant.

use super::{At, values};
use crate::config::raw::conditions::Conditions;
use crate::config::structure::nearest;
use crate::config::units::fault;
use crate::domain::{Matcher, Pattern, Verdict};

/// The conditions of the section at `at`.
pub(super) fn matcher(at: &At<'_>, raw: Conditions<'_>, shops: &[&str]) -> Matcher {
    let known = |name: &str| {
        if shops.contains(&name) {
            return Ok(name.to_owned());
        }
        let help = match nearest(name, shops.iter().copied()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("the shops are: {}", shops.join(", ")),
        };
        Err(fault("no shop has this name", help))
    };
    let pattern = |text: &str| {
        values::pattern(text)?;
        Pattern::new(text).map_err(|error| fault(format!("this is no regular expression: {error}"), ""))
    };
    Matcher {
        shops: at.list("shops", raw.shops, known),
        brands: at.list("brands", raw.brands, values::text),
        categories: at.list("categories", raw.categories, values::text),
        suppliers: at.list("suppliers", raw.suppliers, values::text),
        skus: at.list("skus", raw.skus, pattern),
        urls: at.list("urls", raw.urls, pattern),
        verdicts: at.list("verdicts", raw.verdicts, verdict),
        ..Matcher::default()
    }
}

fn verdict(code: &str) -> Result<String, crate::config::units::Fault> {
    let codes = Verdict::MISMATCHES.map(|verdict| (verdict.code(), verdict.code()));
    values::choice(code, &codes).map(str::to_owned)
}

/// Says of each rule whether an earlier one takes everything that it could. `ends`: whether a rule takes anything away
/// from those below it.
pub(super) fn find_unreachable(at: &At<'_>, rules: &[(Conditions<'_>, bool)]) {
    for (later, (rule, _)) in rules.iter().enumerate() {
        let covering = rules[..later].iter().position(|(earlier, ends)| *ends && covers(*earlier, *rule));
        if let Some(earlier) = covering {
            let line = at.index(earlier).line();
            let what = "this rule can never apply: an earlier one takes everything it could";
            let help = format!("the earlier one is in line {line}; move the narrower rule up");
            at.index(later).error(fault(what, help));
        }
    }
}

/// Whether everything that `later` takes is already taken by `earlier`: each of its conditions holds for every value
/// that `later` allows. A rule without conditions takes everything.
fn covers(earlier: Conditions<'_>, later: Conditions<'_>) -> bool {
    fn covered<R: AsRef<str>>(earlier: &Option<Vec<R>>, later: &Option<Vec<R>>, same: fn(&str, &str) -> bool) -> bool {
        let Some(earlier) = earlier else { return true };
        later.as_ref().is_some_and(|later| {
            later.iter().all(|value| earlier.iter().any(|known| same(known.as_ref(), value.as_ref())))
        })
    }
    let exact = |a: &str, b: &str| a == b;
    let any_case = |a: &str, b: &str| a.trim().to_lowercase() == b.trim().to_lowercase();
    covered(earlier.shops, later.shops, exact)
        && covered(earlier.brands, later.brands, any_case)
        && covered(earlier.categories, later.categories, any_case)
        && covered(earlier.suppliers, later.suppliers, any_case)
        && covered(earlier.skus, later.skus, exact)
        && covered(earlier.urls, later.urls, exact)
        && covered(earlier.verdicts, later.verdicts, exact)
}
