//! Which items and mismatches are meant: the same conditions for owners, severity and what is expected.

use super::scalar::{Mismatch, Pattern, Text};

/// The conditions of a section, as they are written.
#[derive(Clone, Copy)]
pub(crate) struct Conditions<'r> {
    pub(crate) shops: &'r Option<Vec<Text>>,
    pub(crate) brands: &'r Option<Vec<Text>>,
    pub(crate) categories: &'r Option<Vec<Text>>,
    pub(crate) suppliers: &'r Option<Vec<Text>>,
    pub(crate) skus: &'r Option<Vec<Pattern>>,
    pub(crate) urls: &'r Option<Vec<Pattern>>,
    pub(crate) verdicts: &'r Option<Vec<Mismatch>>,
}

impl Conditions<'_> {
    /// Whether there is any.
    pub(crate) fn are_given(self) -> bool {
        let texts = [self.shops, self.brands, self.categories, self.suppliers];
        texts.into_iter().any(Option::is_some)
            || [self.skus, self.urls].into_iter().any(Option::is_some)
            || self.verdicts.is_some()
    }
}

/// A section with keys of its own and the conditions after them.
macro_rules! conditional {
    (
        $(#[$about:meta])*
        pub(crate) struct $name:ident {
            $($(#[$doc:meta])* pub(crate) $key:ident: $kind:ty,)*
        }
    ) => {
        #[derive(serde::Deserialize, schemars::JsonSchema)]
        $(#[$about])*
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            $($(#[$doc])* pub(crate) $key: $kind,)*
            /// Names of shops.
            #[schemars(length(min = 1))]
            pub(crate) shops: Option<Vec<$crate::config::raw::scalar::Text>>,
            /// Brands, in any case.
            #[schemars(length(min = 1))]
            pub(crate) brands: Option<Vec<$crate::config::raw::scalar::Text>>,
            /// Categories, in any case.
            #[schemars(length(min = 1))]
            pub(crate) categories: Option<Vec<$crate::config::raw::scalar::Text>>,
            /// Suppliers, in any case.
            #[schemars(length(min = 1))]
            pub(crate) suppliers: Option<Vec<$crate::config::raw::scalar::Text>>,
            /// Regular expressions over the SKU.
            #[schemars(length(min = 1))]
            pub(crate) skus: Option<Vec<$crate::config::raw::scalar::Pattern>>,
            /// Regular expressions over the page's address.
            #[schemars(length(min = 1))]
            pub(crate) urls: Option<Vec<$crate::config::raw::scalar::Pattern>>,
            /// What is wrong: `false_available`, `false_unavailable`, `contradictory`, `expired_promise`, `gone`.
            #[schemars(length(min = 1))]
            pub(crate) verdicts: Option<Vec<$crate::config::raw::scalar::Mismatch>>,
        }

        impl $name {
            /// The conditions.
            pub(crate) fn conditions(&self) -> $crate::config::raw::conditions::Conditions<'_> {
                $crate::config::raw::conditions::Conditions {
                    shops: &self.shops,
                    brands: &self.brands,
                    categories: &self.categories,
                    suppliers: &self.suppliers,
                    skus: &self.skus,
                    urls: &self.urls,
                    verdicts: &self.verdicts,
                }
            }
        }
    };
}

pub(crate) use conditional;
