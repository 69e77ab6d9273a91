//! States written flat: a list of values in which objects name their values by their place (Nuxt 3, React Router, SvelteKit).

use serde_json::{Map, Value};

use super::product_json;
use super::view::{Found, View};

/// Values that are put in place for one product.
const BUDGET: usize = 20_000;

/// Longer texts are descriptions and are left out, in bytes: many may point to one.
pub(super) const LONGEST_TEXT: usize = 1000;

/// Nesting that is put in place.
const DEPTH: usize = 9;

/// Reads a flat list.
pub(super) fn read(all: &[Value], path: &[&str], view: &View<'_>) -> Option<Found> {
    if !path.is_empty() || !is_flat(all) {
        return None;
    }
    let flat = Flat { all };
    let mut best: Option<Found> = None;
    for one in all.iter().filter_map(Value::as_object) {
        let shallow = flat.object(one, 2, &mut 200);
        let Some(tie) = view.tie(&shallow) else { continue };
        if best.as_ref().is_some_and(|best| best.tie >= tie) {
            continue;
        }
        let whole = flat.object(one, DEPTH, &mut { BUDGET });
        best = product_json::read(&whole, view).or(best);
    }
    best
}

/// Whether the objects name their values by place.
fn is_flat(all: &[Value]) -> bool {
    let mut objects = all.iter().filter_map(Value::as_object).filter(|map| !map.is_empty()).take(40).peekable();
    let place = |value: &Value| value.as_i64().is_some_and(|at| at < 0 || (at as u64) < all.len() as u64);
    all.len() > 4 && objects.peek().is_some() && objects.all(|map| map.values().all(place))
}

struct Flat<'f> {
    all: &'f [Value],
}

impl Flat<'_> {
    fn value(&self, at: &Value, depth: usize, budget: &mut usize) -> Value {
        let Some(place) = at.as_u64().and_then(|at| usize::try_from(at).ok()) else { return Value::Null };
        let (Some(left), Some(depth)) = (budget.checked_sub(1), depth.checked_sub(1)) else { return Value::Null };
        *budget = left;
        match self.all.get(place) {
            Some(Value::Object(map)) => Value::Object(self.object(map, depth, budget)),
            Some(Value::Array(all)) => match all.as_slice() {
                // `["Reactive", 7]`: a wrapper.
                [Value::String(_), inner @ Value::Number(_)] => self.value(inner, depth, budget),
                all => Value::Array(all.iter().map(|one| self.value(one, depth, budget)).collect()),
            },
            Some(Value::String(text)) if text.len() > LONGEST_TEXT => Value::Null,
            Some(plain) => plain.clone(),
            None => Value::Null,
        }
    }

    fn object(&self, map: &Map<String, Value>, depth: usize, budget: &mut usize) -> Map<String, Value> {
        let mut out = Map::new();
        for (key, at) in map {
            // `"_12": 13`: the key is a value as well.
            let named = key.strip_prefix('_').and_then(|number| number.parse::<usize>().ok());
            let key = match named.and_then(|place| self.all.get(place)) {
                Some(Value::String(name)) => name,
                _ => key,
            };
            out.insert(key.clone(), self.value(at, depth, budget));
        }
        out
    }
}
