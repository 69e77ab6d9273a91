//! What the configuration can say of the cart.

use url::Url;

use super::recipe::Recipe;
use crate::fetch::Rate;

/// How a shop's cart is asked.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address below which the cart is: the shop's own, unless the cart has another.
    pub url: Url,
    /// How its cart works.
    pub platform: Platform,
    /// Probes per time.
    pub rate: Rate,
    /// Of the items that seem to promise falsely, at most so many are probed in a run.
    pub suspects: u64,
    /// Of the others, so many are chosen at random in a run.
    pub sample: u64,
}

/// Whose cart it is.
#[derive(Clone, Debug)]
pub enum Platform {
    /// Shopify's Ajax API.
    Shopify,
    /// WooCommerce's Store API.
    Woocommerce,
    /// Magento's guest carts.
    Magento {
        /// The code of the store view, if not the default one.
        store: Option<String>,
    },
    /// OpenCart's routes.
    Opencart,
    /// EverShop's own cart.
    Evershop,
    /// django-oscar's basket.
    Oscar,
    /// Cartridge's forms.
    Cartridge,
    /// Whatever the configuration describes.
    Recipe(Box<Recipe>),
}

impl Platform {
    /// Its name in the configuration.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Shopify => "shopify",
            Self::Woocommerce => "woocommerce",
            Self::Magento { .. } => "magento",
            Self::Opencart => "opencart",
            Self::Evershop => "evershop",
            Self::Oscar => "oscar",
            Self::Cartridge => "cartridge",
            Self::Recipe(_) => "recipe",
        }
    }
}
