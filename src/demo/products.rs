//! What the sample shop sells: one line a product, with what its page says, what the stock system says, and what a
//! check should therefore find.

use crate::domain::Cause;

use Outcome::{
    Advertised, Agrees, Contradictory, ExpiredPromise, FalseAvailable, FalseUnavailable, Gone, Promoted, Stale,
    Unverified,
};
use Page::{
    Cached, Captcha, Headless, Microdata, Missing, Moved, OpenGraph, Plain, Private, Silent, Themed, Torn, Variant,
};
use Says::{Back, In, Out, Pre};
use Stock::{Backorder, Nowhere, Release, Reserved, Shelf, Untracked};

/// What a page tells its customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// In stock.
    In,
    /// Sold out.
    Out,
    /// Can be ordered, comes later.
    Back,
    /// Can be ordered before its release, which is so many days from now (before now, if negative).
    Pre(i64),
}

/// How a page is built, after the shop systems one meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// JSON-LD, a line on stock, a button; behind a page cache. As WooCommerce.
    Themed(Says),
    /// Microdata and a button. As Magento.
    Microdata(Says),
    /// OpenGraph tags and a button. As many small systems.
    OpenGraph(Says),
    /// JSON-LD only; scripts would draw the rest. As a headless shop.
    Headless(Says),
    /// Visible text only, in windows-1255 where that is Hebrew. As a shop of 2003.
    Plain(Says),
    /// One of several variants on one page: JSON-LD `ProductGroup`. As Shopify.
    Variant(Says),
    /// JSON-LD promises, text and button deny.
    Torn,
    /// The page cache still promises; behind it the page denies.
    Cached,
    /// A page without any word on availability.
    Silent,
    /// A captcha, with this status.
    Captcha(u16),
    /// A path that robots.txt forbids.
    Private,
    /// 404.
    Missing,
    /// A redirect to another product.
    Moved(&'static str),
}

/// What the stock system holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stock {
    /// So many on the shelf.
    Shelf(u32),
    /// As many on the shelf as are promised to others.
    Reserved(u32),
    /// Not counted.
    Untracked,
    /// None, but may be ordered.
    Backorder,
    /// None yet; released so many days from now.
    Release(i64),
    /// The stock system does not know it.
    Nowhere,
}

/// What a check should find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Agrees,
    FalseAvailable,
    /// False available, and the page cache is the cause.
    Stale,
    /// False available in the feed alone, which has not followed the stock.
    Advertised,
    /// False available in the campaign alone.
    Promoted,
    FalseUnavailable,
    Contradictory,
    ExpiredPromise,
    Gone,
    Unverified(&'static str),
}

/// One product, or one variant of a product.
#[derive(Clone, Copy, Debug)]
pub(super) struct Product {
    pub(super) sku: &'static str,
    /// BCP 47.
    pub(super) language: &'static str,
    pub(super) name: &'static str,
    /// In the currency of the language.
    pub(super) price: u32,
    pub(super) page: Page,
    pub(super) stock: Stock,
    pub(super) outcome: Outcome,
}

/// What a product should come out as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The SKU.
    pub sku: &'static str,
    /// Verdict code.
    pub verdict: &'static str,
    /// Reason code, of an unverified one.
    pub reason: Option<&'static str>,
    /// Its cause, if one is to be seen.
    pub cause: Option<Cause>,
}

impl Product {
    /// The path of its page. Variants share a path and differ in the query.
    pub(super) fn path(&self) -> String {
        let Self { sku, language, .. } = self;
        match self.page {
            Variant(_) => format!("/{language}/p/{}?size={sku}", self.group()),
            Private => format!("/{language}/dealers/{sku}"),
            _ => format!("/{language}/p/{sku}"),
        }
    }

    /// The SKU of the product whose variant it is.
    pub(super) fn group(&self) -> &'static str {
        self.sku.rsplit_once('-').map_or(self.sku, |(group, _)| group)
    }

    /// What a check should find.
    pub(super) fn expected(&self) -> Expected {
        let (verdict, reason, cause) = match self.outcome {
            Agrees => ("agrees", None, None),
            FalseAvailable => ("false_available", None, None),
            Stale => ("false_available", None, Some(Cause::PageCache)),
            Advertised => ("false_available", None, Some(Cause::FeedLag)),
            Promoted => ("false_available", None, Some(Cause::ListingLag)),
            FalseUnavailable => ("false_unavailable", None, None),
            Contradictory => ("contradictory", None, None),
            ExpiredPromise => ("expired_promise", None, None),
            Gone => ("gone", None, None),
            Unverified(why) => ("unverified", Some(why), None),
        };
        Expected { sku: self.sku, verdict, reason, cause }
    }
}

macro_rules! products {
    ($($sku:literal $language:literal $price:literal $name:literal, $page:expr, $stock:expr, $outcome:expr;)*) => {
        &[$(Product {
            sku: $sku,
            language: $language,
            name: $name,
            price: $price,
            page: $page,
            stock: $stock,
            outcome: $outcome,
        }),*]
    };
}

/// What the product feed says, of what it advertises.
pub(super) const FEED: &[(&str, Says)] =
    &[("COS-101", In), ("COS-103", In), ("MUG-201", In), ("KET-207", In), ("FAH-301", In), ("ATR-401", In)];

/// What the campaign for the holiday shows.
pub(super) const CAMPAIGN: &[&str] = &["COS-101", "COS-102", "COS-103", "COS-110"];

/// The whole range.
pub(super) const PRODUCTS: &[Product] = products! {
    // A mother looks for costumes, a week before the party.
    "COS-101"   "he" 129 "תחפושת נסיכה ורודה",          Themed(In),        Shelf(12),   Agrees;
    "COS-102"   "he" 99  "תחפושת ליצן שמח",             Themed(Out),       Shelf(0),    Promoted;
    "COS-103"   "he" 159 "תחפושת אסתר המלכה",           Themed(In),        Shelf(0),    FalseAvailable;
    "COS-104"   "he" 139 "תחפושת שודד ים",              Cached,            Shelf(0),    Stale;
    "COS-105"   "he" 119 "תחפושת פרפר עם כנפיים",       Plain(Out),        Shelf(7),    FalseUnavailable;
    "COS-106-S" "he" 149 "תחפושת גיבור על, מידה S",     Variant(In),       Shelf(3),    Agrees;
    "COS-106-M" "he" 149 "תחפושת גיבור על, מידה M",     Variant(In),       Shelf(0),    FalseAvailable;
    "COS-106-L" "he" 149 "תחפושת גיבור על, מידה L",     Variant(Out),      Shelf(0),    Agrees;
    "COS-107"   "he" 49  "כתר מלכה מוזהב",              Microdata(In),     Reserved(5), FalseAvailable;
    "COS-108"   "he" 199 "תחפושת דינוזאור מתנפח",       Silent,            Shelf(2),    Unverified("no_claim");
    "COS-109"   "he" 29  "רעשן עץ לפורים",              Torn,              Shelf(0),    Contradictory;
    "COS-110"   "he" 109 "תחפושת רופאה",                Plain(In),         Shelf(4),    Agrees;

    "MUG-201"   "en" 18  "Stoneware mug",                Microdata(In),     Shelf(40),   Agrees;
    "LMP-202"   "en" 64  "Brass desk lamp",              OpenGraph(In),     Shelf(0),    FalseAvailable;
    "SHF-203"   "en" 240 "Oak shelf",                    Themed(Back),      Backorder,   Agrees;
    "GFT-204"   "en" 50  "Gift card",                    Headless(In),      Untracked,   Agrees;
    "GAM-205"   "en" 45  "Harbour, the board game",      Themed(Pre(-9)),   Release(-9), ExpiredPromise;
    "BOK-206"   "en" 22  "The Lighthouse Atlas",         Themed(Pre(60)),   Release(60), Agrees;
    "KET-207"   "en" 75  "Copper kettle",                Headless(Out),     Shelf(0),    Advertised;
    "BAG-208"   "en" 130 "Leather satchel",              Captcha(200),      Shelf(6),    Unverified("challenge");
    "BAG-209"   "en" 95  "Canvas tote",                  Captcha(403),      Shelf(0),    Unverified("challenge");
    "CHR-210"   "en" 320 "Dealer's chair",               Private,           Shelf(1),    Unverified("robots_disallowed");
    "CHR-211"   "en" 280 "Folding chair",                Missing,           Shelf(3),    Gone;
    "CUP-212"   "en" 16  "Enamel cup",                   Moved("MUG-201"),  Shelf(0),    Unverified("other_product");

    "FAH-301"   "de" 89  "Fahrradhelm Nordlicht",        Microdata(In),     Shelf(8),    Agrees;
    "FAH-302"   "de" 35  "Fahrradlicht mit Akku",        Plain(In),         Shelf(0),    FalseAvailable;
    "FAH-303"   "de" 25  "Standluftpumpe",               OpenGraph(Out),    Shelf(25),   FalseUnavailable;

    "ATR-401"   "ar" 210 "عطر العود الملكي",             Themed(In),        Shelf(15),   Agrees;
    "ATR-402"   "ar" 95  "بخور كمبودي فاخر",             Headless(In),      Shelf(0),    FalseAvailable;
    "ATR-403"   "ar" 60  "مبخرة نحاسية",                 Themed(In),        Nowhere,     Unverified("stock_missing");
};
