//! What is never asked: whatever looks like a checkout, an order or a payment. Every address of a visit, those of redirects
//! among them, passes here.

use std::borrow::Cow;

use url::Url;

use crate::domain::PageFailure;

/// Wherever one of these stands in a part of the path, it is one of them.
const ANYWHERE: [&str; 12] = [
    "checkout",
    "payment",
    "placeorder",
    "place-order",
    "place_order",
    "submitorder",
    "submit-order",
    "submit_order",
    "createorder",
    "create-order",
    "create_order",
    "onepage",
];

/// These are so only as a whole part of the path: there are books that are called so.
const WHOLE: [&str; 20] = [
    "order",
    "orders",
    "ordering",
    "pay",
    "paypal",
    "purchase",
    "purchases",
    "buynow",
    "buy-now",
    "buy_now",
    "kasse",
    "bestellen",
    "quickorder",
    "quick-order",
    "express",
    "commande",
    "pedido",
    "order-now",
    "invoice",
    "invoices",
];

/// Whether an address looks as if something were bought there. A cart that lies in a folder called `checkout` is a cart
/// (`/checkout/cart/`, `route=checkout/cart/add`).
pub fn looks_like_a_checkout(url: &Url) -> bool {
    let decoded = |text: &str| match Cow::from(percent_decoded(text)) {
        text if text.is_empty() => String::new(),
        text => text.to_lowercase(),
    };
    is_one(&decoded(url.path()))
        || url.query().is_some_and(|query| query.split('&').any(|pair| is_one_in_query(&decoded(pair))))
}

/// The gate of every visit.
pub(super) fn gate(url: &Url) -> Result<(), PageFailure> {
    if looks_like_a_checkout(url) {
        let why = format!("{} looks like a checkout, and that is never asked", crate::fetch::shown(url).path());
        return Err(PageFailure::NoProbe { why });
    }
    Ok(())
}

fn is_one(path: &str) -> bool {
    let parts: Vec<&str> = path.split(['/', '\\', ';']).filter(|part| !part.is_empty()).collect();
    let is_cart = |part: Option<&&str>| {
        part.is_some_and(|part| *part == "cart" || part.starts_with("cart.") || part.starts_with("cart|"))
    };
    parts.iter().enumerate().any(|(at, part)| {
        let bare = part.split(['.', '|']).next().unwrap_or(part);
        if bare == "checkout" && *part == "checkout" {
            return !is_cart(parts.get(at + 1));
        }
        ANYWHERE.iter().any(|word| part.contains(word)) || WHOLE.contains(&bare)
    })
}

/// Of a query only what names a route counts: `sort=order` buys nothing.
fn is_one_in_query(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let names_a_route = ["route", "rt", "r", "controller", "action", "do", "wc-ajax", "rest_route", "dispatch"];
    let is_route = names_a_route.contains(&name) || value.contains('/') || value.contains("%2f");
    (is_route && is_one(value)) || ANYWHERE.iter().any(|word| name.contains(word))
}

/// Percent signs resolved, twice, as some shops do.
fn percent_decoded(text: &str) -> String {
    let once = |text: &str| -> String {
        let bytes = text.as_bytes();
        let mut out = Vec::with_capacity(bytes.len());
        let mut at = 0;
        while at < bytes.len() {
            let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
            match (bytes[at], digit(at + 1), digit(at + 2)) {
                (b'%', Some(high), Some(low)) => {
                    out.push(u8::try_from(high * 16 + low).unwrap_or_default());
                    at += 3;
                }
                (byte, ..) => {
                    out.push(byte);
                    at += 1;
                }
            }
        }
        String::from_utf8_lossy(&out).into_owned()
    };
    once(&once(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_never(path: &str) -> bool {
        looks_like_a_checkout(&Url::parse("https://shop.example/").unwrap().join(path).unwrap())
    }

    #[test]
    fn nothing_that_buys_is_asked() {
        for path in [
            "/checkout",
            "/checkout/",
            "/Checkout/onepage",
            "/checkouts/c/1",
            "/checkout/index/",
            "/he/checkout#cart",
            "/checkout/cartoons",
            "/checkout%2fcart/../pay",
            "/%63heckout",
            "/%2563heckout",
            "/wp-json/wc/store/v1/checkout",
            "/wp-json/wc/store/v1/checkout/17",
            "/rest/V1/guest-carts/abc/order",
            "/rest/V1/guest-carts/abc/payment-information",
            "/rest/V1/guest-carts/abc/selected-payment-method",
            "/rest/default/V1/orders/create",
            "/api/orders",
            "/api/carts/abc/checkout",
            "/api/carts/abc/paymentMethods",
            "/api/checkout/",
            "/shop/checkout/complete/",
            "/index.php?route=checkout/checkout",
            "/index.php?route=checkout/confirm",
            "/index.php?route=checkout%2Fpayment_method",
            "/index.php?route=extension/payment/paypal",
            "/?wc-ajax=checkout",
            "/?rest_route=/wc/store/v1/checkout",
            "/index.php?route=checkout/checkout.confirm",
            "/cart?checkout=1",
            "/order",
            "/pay/1",
            "/orders.php",
            "/place-order",
            "/buy-now",
            "/onepagecheckout",
            "/kasse",
            "/en-gb/checkout/shipping-address/",
        ] {
            assert!(is_never(path), "{path}");
        }
    }

    #[test]
    fn a_cart_and_a_product_may_be_asked() {
        for path in [
            "/cart/add.js",
            "/cart.js",
            "/cart/change.js",
            "/cart/clear.js",
            "/products/the-order-of-the-phoenix",
            "/product/pay-it-forward/",
            "/wp-json/wc/store/v1/cart/add-item",
            "/rest/V1/guest-carts/abc/items/7",
            "/index.php?route=checkout/cart/add",
            "/index.php?route=checkout/cart",
            "/index.php?route=checkout/cart.add",
            "/index.php?route=checkout/cart|remove",
            "/checkout/cart/",
            "/checkout/cart/add/uenc/x/product/7/",
            "/basket/add/31/",
            "/catalogue/a-book_31/",
            "/shop/cart/",
            "/api/cart/mine/items",
            "/p?sort=order",
            "/c?q=order",
            "/p/7?variant=9",
        ] {
            assert!(!is_never(path), "{path}");
        }
        let refused = gate(&Url::parse("https://shop.example/checkout?token=s3cret").unwrap()).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the cart could not be asked: /checkout looks like a checkout, and that is never asked"
        );
    }
}
