//! Carts that are asked by the forms of their pages.

use axum::body::Body;
use axum::http::Response;
use serde_json::json;

use crate::cart::tests::shop::{Mood, Seen, Till, html, json as answer, leads};

type Said = Option<Response<Body>>;

pub(in crate::cart::tests) fn opencart(seen: &Seen, till: &mut Till) -> Said {
    if seen.is("GET", "/products/mug") {
        let number = if till.mood == Mood::Unknowing { "" } else { "<input type=hidden name=product_id value=40>" };
        return Some(html(200, &format!(
            "<div id=product>{number}</div><form><input name=product_id value=41></form><form><input name=product_id value=42></form>
            <script>$.ajax({{url: 'index.php?route=checkout/cart/add'}})</script>"
        )));
    }
    if !seen.path.starts_with("/index.php?route=") {
        return None;
    }
    match (seen.method.as_str(), seen.path.trim_start_matches("/index.php?route=")) {
        ("GET", "checkout/cart") => {
            let rows: String =
                (0..till.lines).map(|_| "<tr><td>Mug MARK<input name=\"quantity[17]\" value=1></tr>").collect();
            // It takes what it has not, and says so here.
            let (mark, warning) = if till.mood == Mood::Expires {
                (
                    "***",
                    "<div class='alert alert-danger'>Products marked with *** are not available in the desired quantity or not in stock!</div>",
                )
            } else {
                ("", "")
            };
            let rows = rows.replace("MARK", mark);
            Some(html(
                200,
                &format!(
                    "<a href='index.php?route=common/home'>home</a>{}<table>{rows}</table>",
                    if till.lines > 0 { warning } else { "" }
                ),
            ))
        }
        ("POST", "checkout/cart/add") => {
            assert_eq!(
                (seen.field("product_id").as_deref(), seen.field("quantity").as_deref()),
                (Some("40"), Some("1"))
            );
            till.add();
            Some(match till.mood {
                Mood::LeadsToTheTill => leads("/index.php?route=checkout/checkout"),
                Mood::Refuses => answer(200, &json!({"error": {"quantity": "Only 0 are left!"}})),
                Mood::Asks => {
                    answer(200, &json!({"error": {"option": {"7": "Size required!"}}, "redirect": "/products/mug"}))
                }
                _ => answer(
                    200,
                    &json!({"success": "Success: You have added <a href=\"/x\">Mug</a> to your cart!", "total": "1"}),
                ),
            })
        }
        ("POST", "checkout/cart/remove") => {
            assert_eq!(seen.field("key").as_deref(), Some("17"));
            Some(if till.remove() { answer(200, &json!({"total": "0"})) } else { html(500, "no") })
        }
        _ => None,
    }
}

/// The page, with a token that counts up.
fn token(till: &mut Till) -> String {
    till.tokens += 1;
    format!("<input type=hidden name=csrfmiddlewaretoken value=token{}>", till.tokens)
}

fn is_let_in(seen: &Seen, till: &Till) -> bool {
    let is_fresh = seen.field("csrfmiddlewaretoken").is_some_and(|token| till.mood != Mood::Stale || token != "token1");
    is_fresh && seen.header("cookie").contains("csrftoken=c1") && !seen.header("referer").is_empty()
}

fn with_cookie(mut said: Response<Body>) -> Response<Body> {
    said.headers_mut().insert("set-cookie", "csrftoken=c1; Path=/; SameSite=Lax".parse().unwrap());
    said
}

/// The rows of a Django formset.
fn rows(till: &Till, prefix: &str) -> String {
    let rows = (0..till.lines).map(|row| {
        format!("<input type=hidden name={prefix}-{row}-id value=9{row}><input name={prefix}-{row}-quantity value=1><input type=checkbox name={prefix}-{row}-DELETE>")
    });
    format!("<input type=hidden name={prefix}-TOTAL_FORMS value={}>{}", till.lines, rows.collect::<String>())
}

pub(in crate::cart::tests) fn oscar(seen: &Seen, till: &mut Till) -> Said {
    let page = |till: &mut Till, messages: &str| {
        let token = token(till);
        let option = if till.mood == Mood::Asks { "<input name=engraving required>" } else { "" };
        let own = if till.mood == Mood::Unknowing {
            String::new()
        } else {
            format!("<form method=post action=/basket/add/31/>{token}<input name=quantity value=1>{option}</form>")
        };
        with_cookie(html(
            200,
            &format!(
                "<div id=messages>{messages}</div>{own}
            <form method=post action=/basket/add/99/>recommended</form>"
            ),
        ))
    };
    if seen.is("GET", "/catalogue/mug_31/") {
        let messages = match till.mood {
            _ if till.added == 0 => String::new(),
            Mood::Refuses => "<div class='alert alert-danger'>no stock available</div>".to_owned(),
            _ => "<div class='alert alert-success'>Mug has been added to your basket.</div>".to_owned(),
        };
        return Some(page(till, &messages));
    }
    if seen.is("POST", "/basket/add/31/") {
        if !is_let_in(seen, till) {
            return Some(html(403, "<h1>Forbidden</h1> CSRF verification failed."));
        }
        assert_eq!(seen.field("quantity").as_deref(), Some("1"));
        till.add();
        return Some(leads(if till.mood == Mood::LeadsToTheTill { "/checkout/" } else { "/catalogue/mug_31/" }));
    }
    if seen.is("GET", "/basket/") {
        let token = token(till);
        let form = format!("<form method=post id=basket_formset>{token}{}</form>", rows(till, "form"));
        return Some(html(
            200,
            &format!("<body class=basket>{}", if till.lines > 0 { form } else { "Your basket is empty.".to_owned() }),
        ));
    }
    if seen.is("POST", "/basket/") {
        assert_eq!(
            (seen.field("form-0-DELETE").as_deref(), seen.field("form-0-id").as_deref()),
            (Some("on"), Some("90"))
        );
        assert!(is_let_in(seen, till));
        return Some(if till.remove() { leads("/basket/") } else { html(500, "no") });
    }
    None
}

pub(in crate::cart::tests) fn cartridge(seen: &Seen, till: &mut Till) -> Said {
    let page = |till: &mut Till, errors: &str| {
        let token = token(till);
        let sku = if till.mood == Mood::Unknowing { "MUG-7" } else { "MUG-1" };
        with_cookie(html(200, &format!(
            "<script>var variations = [{{\"option1\": \"Small\", \"sku\": \"MUG-2\"}}, {{\"option1\": \"Large\", \"sku\": \"{sku}\"}}];</script>
            <div class=form-errors>{errors}</div><form method=post id=add-cart>{token}<input name=quantity value=1>
            <select name=option1><option value=Small>Small<option value=Large>Large</select>
            <input type=submit name=add_cart value=Buy><input type=submit name=add_wishlist value=Later></form>"
        )))
    };
    if seen.is("GET", "/shop/product/mug/") {
        return Some(page(till, ""));
    }
    if seen.is("POST", "/shop/product/mug/") {
        if !is_let_in(seen, till) {
            return Some(html(403, "<h1>Forbidden</h1>"));
        }
        assert_eq!((seen.field("option1").as_deref(), seen.field("quantity").as_deref()), (Some("Large"), Some("1")));
        assert_eq!((seen.field("add_cart").as_deref(), seen.field("add_wishlist")), (Some("Buy"), None));
        till.add();
        return Some(match till.mood {
            Mood::LeadsToTheTill => leads("/shop/checkout/"),
            Mood::Refuses => page(
                till,
                "<div class='alert alert-danger non-field-error'>The selected options are currently not in stock.</div>",
            ),
            _ => leads("/shop/cart/"),
        });
    }
    if seen.is("GET", "/shop/cart/") {
        let token = token(till);
        let form = format!(
            "<form method=post class=cart-form>{token}{}<a href=/shop/checkout/>Go to Checkout</a></form>",
            rows(till, "items")
        );
        return Some(html(
            200,
            &format!("<body id=cart>{}", if till.lines > 0 { form } else { "Your Cart is empty.".to_owned() }),
        ));
    }
    if seen.is("POST", "/shop/cart/") {
        assert_eq!(
            (seen.field("items-0-DELETE").as_deref(), seen.field("update_cart").as_deref()),
            (Some("on"), Some("1"))
        );
        assert!(is_let_in(seen, till));
        return Some(if till.remove() { leads("/shop/cart/") } else { html(500, "no") });
    }
    None
}
