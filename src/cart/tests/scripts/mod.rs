//! What the platforms answer.

mod by_api;
mod by_form;

pub(super) use by_api::{evershop, magento, shopify, woocommerce};
pub(super) use by_form::{cartridge, opencart, oscar};
