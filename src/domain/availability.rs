//! What a touchpoint can say of an item: schema.org `ItemAvailability`, all of it, or that nothing can be known.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Availability in the vocabulary of <https://schema.org/ItemAvailability>, plus [`Availability::Unknown`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String")]
#[serde(try_from = "String")]
#[expect(missing_docs, reason = "the names are schema.org's own")]
pub enum Availability {
    InStock,
    LimitedAvailability,
    OnlineOnly,
    InStoreOnly,
    PreOrder,
    PreSale,
    BackOrder,
    MadeToOrder,
    Reserved,
    OutOfStock,
    SoldOut,
    Discontinued,
    /// Not the shop itself, but others sell it on this page ("available from these sellers"). schema.org has no word of
    /// its own for it: there it is `InStock` with another `seller`.
    MarketplaceOnly,
    /// Nothing was seen that could be believed; the reason says why.
    Unknown(Unknown),
}

/// Why a touchpoint's availability cannot be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unknown {
    /// The page was read but says nothing about availability.
    NoClaim,
    /// A bot challenge, captcha or access-denied page stood in the way.
    Challenge,
    /// A consent wall stood in the way.
    ConsentWall,
    /// A login form stood in the way.
    Login,
    /// A maintenance page stood in the way.
    Maintenance,
    /// The page says with status 200 that it does not exist.
    SoftNotFound,
    /// The page (often after a redirect) is about another product.
    OtherProduct,
    /// The body was empty or not HTML.
    NotAPage,
    /// The page describes several products and none could be matched to the item.
    Ambiguous,
}

impl Unknown {
    const ALL: [Self; 9] = [
        Self::NoClaim,
        Self::Challenge,
        Self::ConsentWall,
        Self::Login,
        Self::Maintenance,
        Self::SoftNotFound,
        Self::OtherProduct,
        Self::NotAPage,
        Self::Ambiguous,
    ];

    /// Stable machine name, as written to reports and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoClaim => "no_claim",
            Self::Challenge => "challenge",
            Self::ConsentWall => "consent_wall",
            Self::Login => "login",
            Self::Maintenance => "maintenance",
            Self::SoftNotFound => "soft_not_found",
            Self::OtherProduct => "other_product",
            Self::NotAPage => "not_a_page",
            Self::Ambiguous => "ambiguous",
        }
    }
}

/// What an availability means to somebody who wants to buy now, in this web shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// The customer is told that the item can be ordered here and now.
    Buyable,
    /// The customer is told that it cannot.
    NotBuyable,
    /// Nothing is known.
    Unknown,
}

impl Availability {
    /// The twelve members of schema.org's vocabulary, and the one it lacks.
    pub const KNOWN: [Self; 13] = [
        Self::InStock,
        Self::LimitedAvailability,
        Self::OnlineOnly,
        Self::InStoreOnly,
        Self::PreOrder,
        Self::PreSale,
        Self::BackOrder,
        Self::MadeToOrder,
        Self::Reserved,
        Self::OutOfStock,
        Self::SoldOut,
        Self::Discontinued,
        Self::MarketplaceOnly,
    ];

    /// Folds to what matters for a customer who wants to order from this shop on the web. `MarketplaceOnly` says that the
    /// shop has none of its own, whatever others have; `InStoreOnly` and `Reserved` are not
    /// buyable on the web (Merchant Center maps `InStoreOnly` to `out_of_stock`:
    /// <https://support.google.com/merchants/answer/6324448>).
    pub fn fold(self) -> Fold {
        match self {
            Self::InStock
            | Self::LimitedAvailability
            | Self::OnlineOnly
            | Self::PreOrder
            | Self::PreSale
            | Self::BackOrder
            | Self::MadeToOrder => Fold::Buyable,
            Self::InStoreOnly
            | Self::MarketplaceOnly
            | Self::Reserved
            | Self::OutOfStock
            | Self::SoldOut
            | Self::Discontinued => Fold::NotBuyable,
            Self::Unknown(_) => Fold::Unknown,
        }
    }

    /// Reads one value as it is met on the web: a schema.org URL (`http`, `https`, `//`), a bare name, in any case,
    /// with spaces, dashes or underscores; Merchant Center's and Open Graph's spellings too (`in stock`, `oos`,
    /// `available for order`, `preorder`). Anything outside these vocabularies is `None`: no claim.
    pub fn parse(text: &str) -> Option<Self> {
        let tail = text.trim().trim_end_matches(['/', '#']);
        let tail = tail.rsplit(['/', '#']).next().unwrap_or(tail);
        let tail = tail.strip_prefix("schema:").unwrap_or(tail);
        let key: String = tail.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        Some(match key.as_str() {
            "instock" | "instocks" | "available" | "availableforsale" => Self::InStock,
            "limitedavailability" | "limited" | "limitedstock" | "lowstock" => Self::LimitedAvailability,
            "onlineonly" => Self::OnlineOnly,
            "instoreonly" => Self::InStoreOnly,
            "preorder" | "availableforpreorder" => Self::PreOrder,
            "presale" => Self::PreSale,
            "backorder" | "backordered" | "onbackorder" | "availableforbackorder" | "availablefororder" => {
                Self::BackOrder
            }
            "madetoorder" | "buildtoorder" => Self::MadeToOrder,
            "reserved" => Self::Reserved,
            "outofstock" | "oos" | "outstock" | "notinstock" | "unavailable" | "notavailable" => Self::OutOfStock,
            "soldout" => Self::SoldOut,
            "discontinued" => Self::Discontinued,
            _ => return None,
        })
    }

    /// The schema.org name, or `Unknown(reason)`.
    pub fn name(self) -> String {
        match self {
            Self::Unknown(why) => format!("Unknown({})", why.code()),
            known => format!("{known:?}"),
        }
    }
}

impl fmt::Display for Availability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name())
    }
}

impl From<Availability> for String {
    fn from(value: Availability) -> Self {
        value.name()
    }
}

impl TryFrom<String> for Availability {
    type Error = String;

    fn try_from(value: String) -> Result<Self, Self::Error> {
        if let Some(code) = value.strip_prefix("Unknown(").and_then(|rest| rest.strip_suffix(')')) {
            return Unknown::ALL
                .into_iter()
                .find(|why| why.code() == code)
                .map(Self::Unknown)
                .ok_or_else(|| format!("no such reason: {code}"));
        }
        Self::KNOWN
            .into_iter()
            .find(|known| known.name() == value)
            .ok_or_else(|| format!("not an ItemAvailability: {value}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_survives_a_round_trip() {
        for one in Availability::KNOWN.into_iter().chain(Unknown::ALL.map(Availability::Unknown)) {
            assert_eq!(Availability::try_from(one.name()), Ok(one));
        }
    }

    #[test]
    fn the_spellings_of_the_web_are_read() {
        for text in [
            "https://schema.org/InStock",
            "http://schema.org/InStock/",
            "//schema.org/InStock",
            "instock",
            "In Stock",
            "in_stock",
            "IN-STOCK",
            " schema:InStock ",
        ] {
            assert_eq!(Availability::parse(text), Some(Availability::InStock), "{text}");
        }
        assert_eq!(Availability::parse("https://schema.org/OutofStock"), Some(Availability::OutOfStock));
        assert_eq!(Availability::parse("preorder"), Some(Availability::PreOrder));
    }

    #[test]
    fn what_is_outside_the_vocabulary_is_no_claim() {
        for text in ["", "https://schema.org/", "3-5 days", "true", "https://schema.org/NewCondition"] {
            assert_eq!(Availability::parse(text), None, "{text}");
        }
    }
}
