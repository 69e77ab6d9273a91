//! What the platform's own scripts are told of the product: the page's embedded state.
//!
//! A shop's theme hands its scripts the variants, what can be bought of them, and often the count. One file per shape; a
//! new one is a file with a function from the sheet to the products it describes, and a line in `SHAPES`.

use super::product::Described;
use super::sheet::Sheet;
use super::{Emitted, Scene, json_ld};
use crate::domain::SignalKind;

/// Finds the products that one shape of state describes.
type Shape = fn(&Sheet<'_>) -> Vec<Described>;

const SHAPES: [Shape; 0] = [];

/// Every product of every shape.
pub(super) fn products(sheet: &Sheet<'_>) -> Vec<Described> {
    SHAPES.iter().flat_map(|shape| shape(sheet)).collect()
}

/// The page's own products' offers.
pub(super) fn signals(scene: &Scene<'_>) -> Vec<Emitted> {
    json_ld::product_signals(&scene.state.all, &scene.state.own(), SignalKind::State)
}
