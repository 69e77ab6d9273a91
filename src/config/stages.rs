//! What the stages themselves say of their options: selectors, languages, JSONPaths and expressions.

use crate::{cart, claims, stock};

/// Paths inside the options of reading pages, and what is wrong there.
pub(super) fn claims_problems(options: &claims::Options) -> Vec<(String, String)> {
    claims::check(options)
}

/// Paths inside the options of a listing, and what is wrong there.
pub(super) fn listing_problems(options: &claims::ListingOptions) -> Vec<(String, String)> {
    options.problems()
}

/// Paths inside the options of the stock source, and what is wrong there.
pub(super) fn stock_problems(options: &stock::Options) -> Vec<(String, String)> {
    stock::check(options)
}

/// Paths inside a recipe for the cart, and what is wrong there.
pub(super) fn recipe_problems(recipe: &cart::Recipe) -> Vec<(String, String)> {
    cart::check_recipe(recipe)
}
