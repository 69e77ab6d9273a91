//! Carts that are asked by an API.

use axum::body::Body;
use axum::http::Response;
use serde_json::{Value as Json, json};

use crate::cart::tests::shop::{Mood, Seen, Till, json as answer, leads};

type Said = Option<Response<Body>>;

fn lines(till: &Till, line: &Json) -> Json {
    (0..till.lines).map(|_| line.clone()).collect()
}

pub(in crate::cart::tests) fn shopify(seen: &Seen, till: &mut Till) -> Said {
    let cart = |till: &Till| json!({"items": lines(till, &json!({"key": "39:abc", "variant_id": 39_000_000_001_u64, "quantity": 1}))});
    if seen.is("GET", "/products/mug.js") {
        let variants = json!([{"id": 39_000_000_001_u64, "sku": "MUG-1"}, {"id": 39_000_000_002_u64, "sku": "MUG-2"}]);
        return Some(answer(
            200,
            &json!({"variants": if till.mood == Mood::Unknowing { json!([{"id": 1, "sku": "X"}, {"id": 2, "sku": "Y"}]) } else { variants }}),
        ));
    }
    if seen.is("GET", "/cart.js") {
        return Some(answer(200, &cart(till)));
    }
    if seen.is("POST", "/cart/add.js") {
        assert_eq!(
            seen.json(),
            json!({"items": [{"id": 39_000_000_001_u64, "quantity": 1}]}),
            "the only form that refuses"
        );
        till.add();
        return Some(match till.mood {
            Mood::LeadsToTheTill => leads("/checkouts/c/1"),
            Mood::Refuses => {
                let words = "The product 'Mug' is already sold out.";
                answer(422, &json!({"status": 422, "message": "Cart Error", "description": words}))
            }
            _ => answer(200, &json!({"items": [{"key": "39:abc"}]})),
        });
    }
    if seen.is("POST", "/cart/change.js") {
        assert_eq!(seen.json(), json!({"id": "39:abc", "quantity": 0}));
        // The last unit sometimes cannot be changed to none.
        return Some(if till.mood == Mood::Stale || !till.remove() {
            answer(422, &json!({"status": 422}))
        } else {
            answer(200, &cart(till))
        });
    }
    if seen.is("POST", "/cart/clear.js") {
        if till.mood != Mood::Stubborn {
            till.remove();
        }
        return Some(answer(200, &cart(till)));
    }
    None
}

pub(in crate::cart::tests) fn woocommerce(seen: &Seen, till: &mut Till) -> Said {
    let signed = |till: &mut Till, said: Response<Body>| {
        till.tokens += 1;
        let mut said = said;
        // The first one is out of a page cache.
        let nonce = if till.mood == Mood::Stale && till.tokens == 1 { "old".to_owned() } else { "fresh".to_owned() };
        said.headers_mut().insert("nonce", nonce.parse().unwrap());
        if till.mood != Mood::Stale {
            said.headers_mut().insert("cart-token", "t0ken".parse().unwrap());
        }
        Some(said)
    };
    let at = seen.path.strip_prefix("/wp-json/wc/store/v1/")?;
    if seen.method == "GET" && at.starts_with("products?") {
        let is_variation = at.contains("type=variation");
        assert!(at.contains("sku=MUG-1"));
        let found = is_variation && till.mood != Mood::Unknowing;
        return Some(answer(
            200,
            &if found { json!([{"id": 77, "sku": "mug-1", "type": "variation"}]) } else { json!([]) },
        ));
    }
    if seen.is("GET", "/wp-json/wc/store/v1/cart") {
        let items = lines(till, &json!({"key": "k1", "id": 77, "quantity": 1}));
        return signed(till, answer(200, &json!({"items": items, "errors": []})));
    }
    let refused = |status, code: &str, message: &str| {
        answer(status, &json!({"code": code, "message": message, "data": {"status": status}}))
    };
    if seen.method == "POST" && seen.header("nonce") != "fresh" && seen.header("cart-token") != "t0ken" {
        return Some(refused(403, "woocommerce_rest_invalid_nonce", "Nonce is invalid."));
    }
    match (seen.method.as_str(), at) {
        ("POST", "cart/add-item") => {
            assert_eq!(seen.json(), json!({"id": 77, "quantity": 1}));
            till.add();
            let said = match till.mood {
                Mood::LeadsToTheTill => leads("/checkout/"),
                Mood::Refuses => refused(
                    400,
                    "woocommerce_rest_product_out_of_stock",
                    "You cannot add &quot;Mug&quot; because it is out of stock.",
                ),
                Mood::Asks => refused(400, "woocommerce_rest_missing_variation_data", "Missing variation data."),
                _ => answer(201, &json!({"items": []})),
            };
            signed(till, said)
        }
        ("POST", "cart/remove-item") => {
            assert_eq!(seen.json(), json!({"key": "k1"}));
            let said = if till.remove() { answer(200, &json!({"items": []})) } else { refused(500, "error", "no") };
            signed(till, said)
        }
        _ => None,
    }
}

pub(in crate::cart::tests) fn magento(seen: &Seen, till: &mut Till) -> Said {
    let refused = |status, message: &str, parameters: Json| {
        answer(status, &json!({"message": message, "parameters": parameters}))
    };
    if seen.is("POST", "/rest/he/V1/guest-carts") {
        return Some(answer(200, &json!("Qa12bc")));
    }
    if seen.is("GET", "/rest/he/V1/guest-carts/Qa12bc/items") {
        if till.mood == Mood::Expires && till.added > 0 {
            return Some(refused(
                404,
                "No such entity with %fieldName = %fieldValue",
                json!({"fieldName": "cartId", "fieldValue": 7}),
            ));
        }
        return Some(answer(200, &lines(till, &json!({"item_id": 5, "sku": "MUG-1", "qty": 1}))));
    }
    if seen.is("POST", "/rest/he/V1/guest-carts/Qa12bc/items") {
        assert_eq!(seen.json(), json!({"cartItem": {"quote_id": "Qa12bc", "sku": "MUG-1", "qty": 1}}));
        till.add();
        return Some(match till.mood {
            Mood::LeadsToTheTill => leads("/rest/he/V1/guest-carts/Qa12bc/order"),
            Mood::Refuses => refused(400, "Product that you are trying to add is not available: %1.", json!(["MUG-1"])),
            Mood::Asks => refused(400, "The product's required option(s) weren't entered.", Json::Null),
            Mood::Unknowing => refused(404, "The product that was requested doesn't exist.", Json::Null),
            _ => answer(200, &json!({"item_id": 5, "qty": 1})),
        });
    }
    if seen.is("DELETE", "/rest/he/V1/guest-carts/Qa12bc/items/5") {
        return Some(if till.remove() { answer(200, &json!(true)) } else { refused(500, "no", Json::Null) });
    }
    None
}

pub(in crate::cart::tests) fn evershop(seen: &Seen, till: &mut Till) -> Said {
    if seen.is("GET", "/products/mug") {
        let mut page = super::super::shop::html(200, "<h1>Mug</h1>");
        page.headers_mut().insert("set-cookie", "sid=s%3Aabc; Path=/; HttpOnly".parse().unwrap());
        return Some(page);
    }
    if seen.path == "/robots.txt" {
        return None;
    }
    assert!(seen.header("cookie").contains("sid="), "the cart belongs to the session: {seen:?}");
    if seen.is("POST", "/api/graphql") {
        let gone = till.mood == Mood::Expires && till.added > 0;
        let cart = if gone { Json::Null } else { json!({"items": lines(till, &json!({"uuid": "u-1", "qty": 1}))}) };
        return Some(answer(200, &json!({"data": {"myCart": cart}})));
    }
    if seen.is("POST", "/api/cart/mine/items") {
        assert_eq!(seen.json(), json!({"sku": "MUG-1", "qty": 1}));
        till.add();
        let refused = |status, message: &str| answer(status, &json!({"error": {"status": status, "message": message}}));
        return Some(match till.mood {
            Mood::LeadsToTheTill => leads("/checkout"),
            Mood::Refuses => refused(500, "This item is out of stock"),
            Mood::Asks => refused(500, "connect ECONNREFUSED 127.0.0.1:5432"),
            Mood::Unknowing => refused(400, "Product not found"),
            _ => answer(200, &json!({"data": {"item": {"uuid": "u-1"}, "count": 1}})),
        });
    }
    if seen.is("DELETE", "/api/cart/mine/items/u-1") {
        return Some(if till.remove() {
            answer(200, &json!({"data": {}}))
        } else {
            answer(500, &json!({"error": {"message": "no"}}))
        });
    }
    None
}
