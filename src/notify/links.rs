//! Where a notice leads: to the product's page, its picture and its place in the shop's administration.

use std::fmt::Write as _;

use url::Url;

use crate::domain::{Incident, Item, opens_by_key};

/// Most characters of an address that a notice links to: longer ones are pictures in text form and the like, and cost
/// the place of several rows.
const LONGEST: usize = 2_000;

/// The page, if a notice may link to it.
pub(super) fn page(incident: &Incident) -> Option<String> {
    let shown = || incident.claim.as_ref().map(|claim| &claim.url).filter(|url| !opens_by_key(url));
    let url = incident.item.url.as_ref().or_else(shown)?;
    written(url, &["http", "https"])
}

/// The page of a listing that shows the product. One that opens by a key is not for everybody who reads a mail.
pub(super) fn listing(url: &Url) -> Option<String> {
    written(url, &["http", "https"]).filter(|_| !opens_by_key(url))
}

/// The product's picture. Mail programs fetch it when the mail is read, so only over an encrypted connection.
pub(super) fn picture(incident: &Incident) -> Option<String> {
    written(incident.image.as_ref()?, &["https"])
}

/// The product in the shop's administration: the template with its names filled in. `None` where the item lacks one of
/// them, or where that makes no address.
pub(super) fn admin(template: &str, item: &Item) -> Option<String> {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}')?;
        filled.push_str(before);
        let value = match name {
            "sku" => item.sku.as_deref(),
            "stock_key" => item.key(),
            "gtin" => item.gtin.as_deref(),
            "url" => item.url.as_ref().map(Url::as_str),
            _ => None,
        };
        encode(value.filter(|value| !value.is_empty())?, &mut filled);
        rest = behind;
    }
    filled.push_str(rest);
    written(&filled.parse().ok()?, &["http", "https"])
}

fn written(url: &Url, schemes: &[&str]) -> Option<String> {
    schemes.contains(&url.scheme()).then(|| url.to_string()).filter(|url| url.len() <= LONGEST)
}

/// Everything but the unreserved characters (RFC 3986 section 2.3) as `%XX`: a value is one piece of a path or a query,
/// whatever it holds.
fn encode(value: &str, into: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            let _infallible = write!(into, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ChangeKind;
    use crate::notify::samples::change;

    #[test]
    fn a_value_stays_one_piece_of_the_administrations_address() {
        let item = Item {
            sku: Some("A/B 1&c=\"תה\"".into()),
            gtin: Some("04012345678901".into()),
            url: Some("https://shop.test/a?b=c".parse().unwrap()),
            ..Item::default()
        };
        let of = |template: &str| admin(template, &item);
        let encoded = "A%2FB%201%26c%3D%22%D7%AA%D7%94%22";
        assert_eq!(of("https://a.test/p/{sku}").unwrap(), format!("https://a.test/p/{encoded}"));
        assert_eq!(
            of("https://a.test/?q={stock_key}&g={gtin}").unwrap(),
            format!("https://a.test/?q={encoded}&g=04012345678901")
        );
        assert_eq!(of("http://a.test/?u={url}").unwrap(), "http://a.test/?u=https%3A%2F%2Fshop.test%2Fa%3Fb%3Dc");
        for none in
            ["{url}", "javascript:alert('{gtin}')", "https://a.test/{other}", "https://a.test/{sku", "no address"]
        {
            assert_eq!(of(none), None, "{none}");
        }
        let nameless = Item { sku: None, ..item.clone() };
        assert_eq!(admin("https://a.test/p/{sku}", &nameless), None, "no link is better than one to nowhere");
    }

    #[test]
    fn a_listing_that_opens_by_a_key_is_not_linked() {
        let of = |url: &str| listing(&url.parse().unwrap()).is_some();
        for open in ["https://a.test/purim", "https://a.test/l?cat=3&page=2", "https://a.test/search?keyword=hat"] {
            assert!(of(open), "{open}");
        }
        for closed in ["https://a.test/l?key=1", "https://a.test/l?page=2&preview_Token=1", "https://me:pw@a.test/l"] {
            assert!(!of(closed), "{closed}");
        }
    }

    #[test]
    fn pictures_come_only_over_encrypted_connections() {
        let mut incident = change(ChangeKind::Opened).incident;
        let mut of = |url: &str| {
            incident.image = Some(url.parse().unwrap());
            picture(&incident)
        };
        assert_eq!(of("https://shop.test/a.jpg").as_deref(), Some("https://shop.test/a.jpg"));
        assert_eq!(of("http://shop.test/a.jpg"), None);
        assert_eq!(of("data:image/png;base64,AAAA"), None);
        assert_eq!(of(&format!("https://shop.test/{}", "a".repeat(LONGEST))), None);
    }
}
