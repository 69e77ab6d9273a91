//! The words in which platforms' scripts name things: keys, compared without case, dashes and underscores.

/// A key in its plain form: `isInStock`, `is_in_stock` and `is-in-stock` are all `isinstock`.
pub(super) struct Plain {
    bytes: [u8; Plain::LONGEST],
    length: usize,
}

impl Plain {
    /// No word known here is longer.
    const LONGEST: usize = 32;

    /// `None`: too long, or not of ASCII, to be a word known here.
    pub(super) fn of(key: &str) -> Option<Self> {
        let mut plain = Self { bytes: [0; Self::LONGEST], length: 0 };
        for byte in key.bytes().filter(|byte| !matches!(byte, b'_' | b'-' | b' ')) {
            if !byte.is_ascii() {
                return None;
            }
            *plain.bytes.get_mut(plain.length)? = byte.to_ascii_lowercase();
            plain.length += 1;
        }
        Some(plain)
    }

    fn word(&self) -> &str {
        self.bytes.get(..self.length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

/// What a key says about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    /// Yes: it can be bought.
    Can,
    /// Yes: it cannot.
    Cannot,
    /// A state by its name.
    Status,
    /// Yes: what can be bought is not there yet.
    Preorder,
    /// Yes: what can be bought is ordered first.
    Backorder,
    /// A count that is the only thing said of stock on platforms that write it.
    Count,
    /// A count that may be untracked.
    Quantity,
    /// A count of stock where the object is about stock, else of what is put into the cart.
    Amount,
    /// Yes: the count does not matter.
    Unlimited,
    /// Yes: it is sold past its stock.
    Oversold,
    /// `continue` or `deny`, when none is left.
    Policy,
    /// Who counts; nobody, if empty.
    Manager,
    /// A SKU.
    Sku,
    /// GTIN, MPN.
    Number,
    /// The platform's own number.
    Id,
    /// A name.
    Name,
    /// An address.
    Url,
    /// The last part of an address.
    Slug,
    /// Items to choose from.
    Variants,
    /// Items to choose from, or any other list.
    Parts,
    /// More about the same thing.
    Detail,
    /// Something in a shop of brick and stone, or on its way.
    Elsewhere,
}

/// What a key says about, if it is one of those that matter.
pub(super) fn topic(key: &str) -> Option<Topic> {
    Some(match Plain::of(key)?.word() {
        "available"
        | "availableforsale"
        | "instock"
        | "isinstock"
        | "isavailable"
        | "salable"
        | "issalable"
        | "saleable"
        | "issaleable"
        | "hasstock"
        | "orderable"
        | "isorderable"
        | "buyable"
        | "isbuyable"
        | "isonstock"
        | "onstock"
        | "stockavailable"
        | "isstockavailable"
        | "availableonline"
        | "isavailableonline"
        | "availableforpurchase"
        | "isavailableforpurchase"
        | "isavailableforsale"
        | "instockonline"
        | "isinstockonline"
        | "productavailable"
        | "isproductavailable" => Topic::Can,
        "soldout" | "issoldout" | "outofstock" | "isoutofstock" | "oos" | "isoos" | "unavailable" | "isunavailable"
        | "outstock" | "nostock" => Topic::Cannot,
        "availability"
        | "stockstatus"
        | "inventorystatus"
        | "stocklevelstatus"
        | "availabilitystatus"
        | "availabilitystate"
        | "stockstate"
        | "inventorystate"
        | "itemavailability"
        | "productavailability"
        | "stockavailability"
        | "productstockstatus" => Topic::Status,
        "preorder" | "ispreorder" => Topic::Preorder,
        "backorder" | "isbackorder" | "onbackorder" | "isonbackorder" | "isbackordered" => Topic::Backorder,
        "availablequantity" | "qtyinstock" => Topic::Count,
        "inventoryquantity" | "stockquantity" | "quantityavailable" | "availablestock" | "stocklevel" | "stockqty"
        | "stockcount" | "quantityinstock" | "instockquantity" => Topic::Quantity,
        "quantity" | "qty" => Topic::Amount,
        "unlimited" | "unlimitedquantity" => Topic::Unlimited,
        "outofstockorderable" => Topic::Oversold,
        "inventorypolicy" => Topic::Policy,
        "inventorymanagement" => Topic::Manager,
        "sku" | "skucode" | "skuid" | "reference" | "productcode" | "itemcode" | "articlenumber" | "partnumber"
        | "productsku" | "variantsku" => Topic::Sku,
        "gtin" | "gtin8" | "gtin12" | "gtin13" | "gtin14" | "ean" | "ean13" | "eancode" | "barcode" | "upc"
        | "isbn" | "isbn13" | "mpn" => Topic::Number,
        "id" | "productid" | "variantid" | "itemid" | "variationid" | "pid" | "entityid" => Topic::Id,
        "name" | "title" | "productname" | "producttitle" | "displayname" | "itemname" | "fullname"
        | "productdisplayname" | "titletranslations" => Topic::Name,
        "url" | "link" | "permalink" | "canonicalurl" | "href" | "producturl" | "pageurl" | "detailurl"
        | "onlinestoreurl" | "seourl" => Topic::Url,
        "handle" | "slug" | "urlkey" | "urlpart" | "linktext" | "urlslug" | "seoname" | "producthandle" => Topic::Slug,
        "variants"
        | "productvariants"
        | "variations"
        | "productvariations"
        | "skus"
        | "combinations"
        | "sizes"
        | "simples"
        | "units"
        | "productitems"
        | "selectedvariant"
        | "initialvariant"
        | "defaultvariant"
        | "selectedorfirstavailablevariant"
        | "mastervariant"
        | "allvariants"
        | "variantlist"
        | "variant" => Topic::Variants,
        "items" | "nodes" | "node" | "edges" | "children" | "options" | "list" | "colors" | "colours" | "models"
        | "articles" => Topic::Parts,
        "detail" | "details" | "stock" | "inventory" | "availabilityinfo" | "stockinfo" | "inventoryinfo"
        | "sellers" | "seller" | "commertialoffer" | "commercialoffer" | "offers" | "offer" | "stockdata"
        | "inventoryitem" => Topic::Detail,
        "storeid" | "storename" | "storecode" | "pickup" | "pickuplocation" | "locationid" | "warehouseid"
        | "branchid" | "pickuppoint" => Topic::Elsewhere,
        _ => return None,
    })
}

/// A set of topics.
#[derive(Clone, Copy, Default)]
pub(super) struct Topics(u32);

impl Topics {
    /// What the keys of an object are about.
    pub(super) fn of(map: &serde_json::Map<String, serde_json::Value>) -> Self {
        Self(map.keys().filter_map(|key| topic(key)).fold(0, |all, one| all | 1 << one as u32))
    }

    /// Whether one of these is among them.
    pub(super) fn any(self, topics: &[Topic]) -> bool {
        topics.iter().any(|one| self.0 & (1 << *one as u32) != 0)
    }
}

/// Whether what stands under this key belongs to the product around it.
pub(super) fn belongs(key: &str) -> bool {
    matches!(topic(key), Some(Topic::Variants | Topic::Parts | Topic::Detail))
}

/// Whether what stands under this key tells of shops of brick and stone, of other products, or of nobody's stock:
/// translations, labels, settings.
pub(super) fn leads_away(key: &str) -> bool {
    const WORDS: &[&str] = &[
        "pickup",
        "storeavailab",
        "storestock",
        "instore",
        "nearby",
        "clickandcollect",
        "clickcollect",
        "warehouse",
        "branches",
        "translation",
        "i18n",
        "messages",
        "labels",
        "recommend",
        "related",
        "similar",
        "upsell",
        "crosssell",
        "recentlyviewed",
        "minicart",
        "wishlist",
        "breadcrumb",
        "filters",
        "facets",
        "shippingmethod",
        "paymentmethod",
        "deliveryoption",
        "featureflag",
    ];
    Plain::of(key).is_some_and(|plain| WORDS.iter().any(|word| plain.word().contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_however_it_is_written() {
        for key in ["isInStock", "is_in_stock", "IS-IN-STOCK"] {
            assert_eq!(topic(key), Some(Topic::Can), "{key}");
        }
        for key in ["", "in", "inStockLabel", "availableLocales", "משהו", &"x".repeat(100)] {
            assert_eq!(topic(key), None, "{key}");
        }
        assert!(leads_away("relatedProducts") && leads_away("storePickupOptions") && !leads_away("product"));
    }
}
