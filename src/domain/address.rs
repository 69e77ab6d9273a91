//! When two addresses are one page.

use url::Url;

/// Query parameters that say where a visitor comes from or how a list was shown, and nothing of which product it is.
/// `srsltid` is appended by Google Merchant Center, `variant` chooses among the items of a Shopify page.
const PASSING: [&str; 22] = [
    "_ga",
    "_gl",
    "dclid",
    "fbclid",
    "gad_source",
    "gbraid",
    "gclid",
    "gclsrc",
    "limit",
    "mc_cid",
    "mc_eid",
    "msclkid",
    "order",
    "page",
    "path",
    "ref",
    "sort",
    "srsltid",
    "ttclid",
    "variant",
    "wbraid",
    "yclid",
];

/// What an address has in common with all others of the same page: no scheme, no `www.`, no fragment, no slash at the end,
/// no parameter that only says where a visitor comes from; the other parameters in order.
pub fn bare(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let mut text = host.strip_prefix("www.").unwrap_or(host).to_owned();
    if let Some(port) = url.port() {
        text.push_str(&format!(":{port}"));
    }
    text.push_str(url.path().trim_end_matches('/'));
    let passes = |name: &str| PASSING.contains(&name) || name.starts_with("utm_") || name.starts_with("pk_");
    let mut kept: Vec<_> = url.query_pairs().filter(|(name, _)| !passes(&name.to_ascii_lowercase())).collect();
    kept.sort_unstable();
    if !kept.is_empty() {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
        text.push('?');
        text.push_str(&query);
    }
    text
}

/// An address fit to be shown: without user, password, query and fragment.
pub fn shown(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // Only a URL without a host refuses these, and it has neither.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}

/// Parts of the names of parameters that let in who knows them.
const KEYS: [&str; 10] = ["key", "token", "secret", "pass", "pwd", "auth", "sig", "session", "credential", "jwt"];

/// Whether an address seems to open only to who knows a key that is in it, so that it is not for everybody who reads a
/// report.
pub fn opens_by_key(url: &Url) -> bool {
    let is_key = |name: &str| name != "keyword" && KEYS.iter().any(|key| name.contains(key));
    let is_login = !url.username().is_empty() || url.password().is_some();
    is_login || url.query_pairs().any(|(name, _)| is_key(&name.to_ascii_lowercase()))
}

/// Where a page's address leads instead of to the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elsewhere {
    /// The shop's front page.
    Home,
    /// A folder above the page: mostly its category.
    Folder,
}

impl Elsewhere {
    /// Where an address led, by the addresses alone. `None`: to itself, or to what may be the same page.
    pub fn of(asked: &Url, answered: &Url) -> Option<Self> {
        let folders = |url: &Url| -> Vec<String> {
            url.path().split('/').filter(|part| !part.is_empty()).map(str::to_ascii_lowercase).collect()
        };
        let (asked_at, answered_at) = (folders(asked), folders(answered));
        // A query may be what names the product.
        let is_named_by_query = answered.query().is_some_and(|query| !query.is_empty());
        if asked_at == answered_at || is_named_by_query {
            return None;
        }
        let is_language = |part: &String| {
            let (language, region) = part.split_once(['-', '_']).unwrap_or((part, "xx"));
            language.len() == 2
                && region.len() == 2
                && part.chars().all(|c| c.is_ascii_alphabetic() || c == '-' || c == '_')
        };
        match answered_at.as_slice() {
            [] => Some(Self::Home),
            [only] if is_language(only) && asked_at.len() > 1 => Some(Self::Home),
            path if asked_at.starts_with(path) => Some(Self::Folder),
            _ => None,
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Home => "the home page",
            Self::Folder => "a folder above it",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn addresses_of_one_page_are_alike_bare() {
        let page = bare(&url("https://shop.example/p/hat"));
        for same in [
            "http://shop.example/p/hat/",
            "https://www.shop.example/p/hat#reviews",
            "https://shop.example/p/hat?utm_source=google&gclid=1",
            "https://shop.example/p/hat?variant=42&srsltid=x",
        ] {
            assert_eq!(bare(&url(same)), page, "{same}");
        }
        for other in
            ["https://shop.example/p/cap", "https://shop.example/p/hat?id=2", "https://shop.example:8080/p/hat"]
        {
            assert_ne!(bare(&url(other)), page, "{other}");
        }
        let named_by_query = |query: &str| bare(&url(&format!("https://shop.example/index.php?{query}")));
        assert_eq!(named_by_query("route=product&product_id=1"), named_by_query("product_id=1&route=product&path=20"));
        assert_ne!(named_by_query("route=product&product_id=1"), named_by_query("route=product&product_id=2"));
    }

    #[test]
    fn who_is_led_to_the_home_page_or_the_category_is_led_elsewhere() {
        for (asked, answered, expected) in [
            ("/toys/hat", "/", Some(Elsewhere::Home)),
            ("/he/toys/hat", "/he/", Some(Elsewhere::Home)),
            ("/toys/hat", "/he-il", Some(Elsewhere::Home)),
            ("/toys/hat", "/toys/", Some(Elsewhere::Folder)),
            ("/toys/hat", "/Toys", Some(Elsewhere::Folder)),
            ("/toys/hat", "/toys/hat-red", None),
            ("/toys/hat", "/en/toys/hat", None),
            ("/toys/hat", "/hat", None),
            ("/toys/hat", "/toys/hat/", None),
            ("/toys/hat", "/?product=hat", None),
            ("/", "/he", None),
            ("/en", "/he", None),
        ] {
            let [asked, answered] = [asked, answered].map(|path| url(&format!("https://shop.example{path}")));
            assert_eq!(Elsewhere::of(&asked, &answered), expected, "{asked} to {answered}");
        }
    }
}
