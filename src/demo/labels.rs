//! The sample shop's own words, language by language.

use minijinja::{Value, context};

/// What is the same on every page of a language.
#[derive(Clone, Copy, Debug)]
pub(super) struct Labels {
    language: &'static str,
    dir: &'static str,
    shop: &'static str,
    cart: &'static str,
    also: &'static str,
    terms: &'static str,
    category: &'static str,
    /// What precedes the line on stock where that is needed.
    availability: &'static str,
    story: &'static str,
    /// ISO 4217.
    currency: &'static str,
    /// Its sign.
    sign: &'static str,
    pub(super) in_stock: &'static str,
    pub(super) sold_out: &'static str,
    pub(super) backorder: &'static str,
    pub(super) preorder: &'static str,
    pub(super) buy: &'static str,
}

const ALL: [Labels; 4] = [
    Labels {
        language: "en",
        dir: "ltr",
        shop: "The Corner Shop",
        cart: "Cart",
        also: "You may also like",
        terms: "Terms and conditions",
        category: "Home",
        availability: "Availability",
        story: "Chosen with care, packed by hand.",
        currency: "USD",
        sign: "$",
        in_stock: "In stock",
        sold_out: "Sold out",
        backorder: "Available on backorder",
        preorder: "Pre-order",
        buy: "Add to cart",
    },
    Labels {
        language: "he",
        dir: "rtl",
        shop: "החנות שבפינה",
        cart: "סל הקניות",
        also: "אולי יעניין אותך גם",
        terms: "תקנון האתר",
        category: "תחפושות לפורים",
        availability: "זמינות",
        story: "נבחר בקפידה, נארז ביד ונשלח עד הבית.",
        currency: "ILS",
        sign: "₪",
        in_stock: "במלאי",
        sold_out: "אזל מהמלאי",
        backorder: "זמין בהזמנה",
        preorder: "הזמנה מראש",
        buy: "הוספה לסל",
    },
    Labels {
        language: "de",
        dir: "ltr",
        shop: "Der Eckladen",
        cart: "Warenkorb",
        also: "Das könnte Ihnen auch gefallen",
        terms: "AGB",
        category: "Fahrrad",
        availability: "Verfügbarkeit",
        story: "Mit Sorgfalt ausgesucht, von Hand verpackt.",
        currency: "EUR",
        sign: "€",
        in_stock: "Auf Lager",
        sold_out: "Ausverkauft",
        backorder: "Lieferbar auf Bestellung",
        preorder: "Vorbestellen",
        buy: "In den Warenkorb",
    },
    Labels {
        language: "ar",
        dir: "rtl",
        shop: "متجر الركن",
        cart: "سلة التسوق",
        also: "قد يعجبك أيضا",
        terms: "الشروط والأحكام",
        category: "عطور",
        availability: "التوفر",
        story: "مختار بعناية ومغلف يدويا.",
        currency: "AED",
        sign: "د.إ",
        in_stock: "متوفر",
        sold_out: "نفدت الكمية",
        backorder: "متاح للطلب المسبق",
        preorder: "طلب مسبق",
        buy: "أضف إلى السلة",
    },
];

impl Labels {
    /// The words of a language; English where it is not one of the shop's.
    pub(super) fn of(language: &str) -> Self {
        ALL.into_iter().find(|labels| labels.language == language).unwrap_or(ALL[0])
    }

    /// What the templates see of them.
    pub(super) fn view(&self) -> Value {
        context! {
            dir => self.dir,
            shop => self.shop,
            cart => self.cart,
            also => self.also,
            terms => self.terms,
            category => self.category,
            availability => self.availability,
            story => self.story,
            currency => self.currency,
            sign => self.sign,
        }
    }
}
