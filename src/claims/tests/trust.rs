//! Who is believed: the tables at the head of `combine.rs`, row by row, and pages of products that are sold out.

use super::*;

const OUT: &str = "<p class=stock>Out of stock</p>";
const IN: &str = "<p class=stock>In stock</p>";
const SOLD_OUT: &str = "<form action='/cart/add'><button name=add disabled>Sold out</button></form>";
const DISABLED: &str = "<form action='/cart/add'><button name=add disabled>Add to cart</button></form>";

#[test]
fn the_order_of_trust() {
    for (head, body, meant) in [
        (LD_IN, SOLD_OUT.to_owned(), (OutOfStock, Confidence::Low, true)),
        (LD_IN, format!("{IN}{SOLD_OUT}"), (OutOfStock, Confidence::Low, true)),
        (LD_IN, format!("{OUT}{BUY}"), (OutOfStock, Confidence::Low, true)),
        (LD_IN, OUT.to_owned(), (OutOfStock, Confidence::Low, true)),
        (LD_OUT, format!("{OUT}{BUY}"), (OutOfStock, Confidence::High, false)),
        ("", format!("{OUT}{BUY}"), (OutOfStock, Confidence::Medium, false)),
        (LD_OUT, IN.to_owned(), (InStock, Confidence::Low, true)),
        (LD_OUT, format!("{IN}{BUY}"), (InStock, Confidence::Low, true)),
        (LD_IN, format!("{IN}{DISABLED}"), (InStock, Confidence::Low, true)),
        (LD_IN, DISABLED.to_owned(), (OutOfStock, Confidence::Low, true)),
        (LD_IN, format!("{DISABLED}<select name=size><option>S</select>"), (InStock, Confidence::Medium, false)),
        (LD_IN, format!("{IN}{OUT}{BUY}"), (Unknown(Ambiguous), Confidence::Low, false)),
        ("", format!("{IN}<p class=availability>Unavailable</p>"), (Unknown(Ambiguous), Confidence::Low, false)),
        (LD_IN, BUY.to_owned(), (InStock, Confidence::High, false)),
        (LD_OUT, BUY.to_owned(), (SoldOut, Confidence::Medium, false)),
        (LD_OUT, String::new(), (SoldOut, Confidence::Medium, false)),
        ("", BUY.to_owned(), (InStock, Confidence::Low, false)),
        (LD_IN, "<button class=add-to-cart>Pre-order now</button>".to_owned(), (PreOrder, Confidence::High, false)),
        ("", "<p>A fine shirt.</p>".to_owned(), (Unknown(NoClaim), Confidence::Low, false)),
        ("", "<button>Notify me when available</button>".to_owned(), (OutOfStock, Confidence::Medium, false)),
        ("", format!("<button>Notify me</button>{BUY}"), (InStock, Confidence::Low, false)),
        ("", "<p class=stock>0 in stock</p>".to_owned(), (OutOfStock, Confidence::Medium, false)),
    ] {
        let head = if head.is_empty() { String::new() } else { ld(head) };
        assert_eq!(ruling(&product(&head, &body)), meant, "{head} {body}");
    }
    let microdata = |says| {
        format!(
            "<div itemscope itemtype='http://schema.org/Product'><link itemprop=availability href='http://schema.org/{says}'></div>"
        )
    };
    let of = |head, says, more: &str| ruling(&product(&ld(head), &format!("{}{more}", microdata(says))));
    assert_eq!(of(LD_IN, "OutOfStock", BUY), (Unknown(Ambiguous), Confidence::Low, false));
    assert_eq!(of(LD_OUT, "InStock", BUY), (SoldOut, Confidence::Low, true));
    assert_eq!(of(LD_IN, "OutOfStock", IN), (InStock, Confidence::Low, true));
}

const VARIANTS_OUT: &str = r#"{"@type":"ProductGroup","name":"Blue shirt","productGroupID":"BLUE","hasVariant":[
  {"@type":"Product","sku":"V1","offers":{"availability":"OutOfStock"}},
  {"@type":"Product","sku":"V2","offers":{"availability":"SoldOut"}}]}"#;

#[test]
fn a_variant_that_is_not_named_is_denied_only_where_nothing_promises() {
    let of = |head: &str, body: &str, sku| {
        let claim = claim_of(&product(head, body), Some(sku));
        (claim.availability, claim.contradicts)
    };
    let group = ld(VARIANTS_OUT);
    for (body, meant) in [
        (String::new(), OutOfStock),
        (BUY.to_owned(), OutOfStock),
        (format!("{OUT}{BUY}"), OutOfStock),
        (IN.to_owned(), Unknown(Ambiguous)),
        (format!("{IN}{BUY}"), Unknown(Ambiguous)),
    ] {
        assert_eq!(of(&group, &body, "V9"), (meant, false), "{body}");
    }
    // The button belongs to whichever variant is selected, so it is no part of the evidence.
    let claim = claim_of(&product(&group, BUY), Some("V9"));
    assert!(claim.signals.iter().all(|one| one.kind == SignalKind::JsonLd), "{:#?}", claim.signals);
    let social = format!("{group}<meta property='product:availability' content='in stock'>");
    assert_eq!(of(&social, "", "V9"), (Unknown(Ambiguous), false));
    let one_left = ld(&VARIANTS_OUT.replace("SoldOut", "InStock"));
    assert_eq!(of(&one_left, BUY, "V9"), (Unknown(Ambiguous), false));
    assert_eq!(of(&group, IN, "V1"), (OutOfStock, false));
}

#[test]
fn pages_of_sold_out_products_do_not_read_as_buyable() {
    let card = "<div><h3>Red hat</h3><form action='/cart/add'><button name=add>Add to cart</button></form></div>";
    let notify = "<button>Notify me when available</button>";
    for (head, body, meant) in [
        // Recommended products in a zone that nothing gives away.
        ("", format!("{DISABLED}{card}{card}"), OutOfStock),
        (LD_IN, format!("{SOLD_OUT}{card}"), OutOfStock),
        ("", format!("<button disabled>Add to cart</button>{card}"), OutOfStock),
        // Wallets stay when the shop's own button is taken away.
        (LD_IN, format!("{DISABLED}<button>Buy now with PayPal</button>"), OutOfStock),
        (LD_IN, format!("{DISABLED}<div class=shopify-payment-button><button>Buy it now</button></div>"), OutOfStock),
        ("", format!("{notify}<a class=btn href='/credit'>Buy now, pay later</a>"), OutOfStock),
        // Buttons in the form of the cart that do not buy.
        (LD_IN, DISABLED.replace("</form>", "<button>Size guide</button><button>Compare</button></form>"), OutOfStock),
        (LD_IN, DISABLED.replace("</form>", "<button class=wishlist>Add to wishlist</button></form>"), OutOfStock),
        // When things are sent, in a tab or beside the product.
        (LD_OUT, "<p class=delivery-time>Ships within 3 days</p>".to_owned(), SoldOut),
        (LD_OUT, format!("<div role=tabpanel><p>Ships within 3 days</p></div>{BUY}"), SoldOut),
        (LD_OUT, "<details><summary>Delivery</summary><p>Ready to ship</p></details>".to_owned(), SoldOut),
        ("", format!("{OUT}<p class=shipping>Ships within 3 days</p>"), OutOfStock),
        // A filter.
        (LD_OUT, "<div class=facet-list><p>In stock</p></div>".to_owned(), SoldOut),
        // A badge beside a template that says "in stock" to everybody; both words in one place, one of them hidden by
        // a style sheet.
        (LD_IN, format!("<p class=badge>Sold out</p>{IN}{BUY}"), Unknown(Ambiguous)),
        (LD_IN, format!("<p class=stock><i>In stock</i> <i>Out of stock</i></p>{BUY}"), Unknown(Ambiguous)),
    ] {
        let head = if head.is_empty() { String::new() } else { ld(head) };
        assert_eq!(availability(&product(&head, &body)), meant, "{head} {body}");
    }
}

#[test]
fn pages_of_products_in_stock_do_not_read_as_sold_out() {
    let sold_out_card = format!("<div><h3>Red hat</h3>{SOLD_OUT}</div>");
    for (head, body) in [
        ("", format!("{BUY}{sold_out_card}")),
        (LD_IN, format!("{BUY}{sold_out_card}{sold_out_card}")),
        ("", "<form action='/cart/add'><button name=add>Zum Korb damit</button></form>".to_owned()),
        ("", "<form action='/cart/add'><h3>Size</h3><button>Notify me</button><button name=add>Add to cart</button></form>".to_owned()),
        // Words that nobody taught us, beside an offer to write that we know.
        ("", "<form action='/cart/add'><button name=add>Zum Korb damit</button></form><button>Notify me</button>".to_owned()),
        ("", "<p class=delivery-time>Ships within 3 days</p>".to_owned()),
    ] {
        let head = if head.is_empty() { String::new() } else { ld(head) };
        assert_eq!(availability(&product(&head, &body)), InStock, "{head} {body}");
    }
}

#[test]
fn a_label_and_its_value_are_joined_by_one_colon() {
    for (language, body, meant) in [
        ("de", "<dl><dt>Verfügbarkeit:</dt><dd>Auf Lager</dd></dl>", "Verfügbarkeit: Auf Lager"),
        ("de", "<p><b>Verfügbarkeit</b>: Auf Lager</p>", "Verfügbarkeit: Auf Lager"),
        ("he", "<p><span>זמינות:</span> <span>אזל מהמלאי</span></p>", "זמינות: אזל מהמלאי"),
        ("en", "<table><tr><th>Availability</th><td>In stock</td></tr></table>", "Availability: In stock"),
    ] {
        let html = product("", body).replace("lang=en", &format!("lang={language}"));
        let claim = claim_of(&html, None);
        assert_eq!(claim.signals.first().map(|one| one.excerpt.as_str()), Some(meant), "{body}");
    }
}
