//! What themes write for everybody, and what they mean by it.

use super::*;

const OUT: &str = "<p class=stock>Out of stock</p>";
const DISABLED: &str = "<form action='/cart/add'><button name=add disabled>Add to cart</button></form>";

/// A page whose body says just this.
fn says(body: &str) -> Availability {
    availability(&product("", body))
}

#[test]
fn a_badge_in_a_price_counts_only_where_the_price_says_so() {
    let price = |state: &str| {
        format!("<div class='price {state}'><b>9 €</b><span class='badge price__badge-sold-out'>Sold out</span></div>")
    };
    assert_eq!(says(&price("price--show-badge")), Unknown(NoClaim));
    assert_eq!(says(&format!("{}{BUY}", price("price--show-badge"))), InStock);
    assert_eq!(says(&price("price--sold-out")), OutOfStock);
}

#[test]
fn an_offer_to_write_denies_only_where_nothing_can_be_bought() {
    let alert = "<p class=stock-alert>Notify me when this product is in stock</p>";
    assert_eq!(says(&format!("{OUT}{alert}")), OutOfStock);
    assert_eq!(says(alert), OutOfStock);
    assert_eq!(says(&format!("{alert}{BUY}")), InStock);
    let form = "<form action=/contact><label>Notify me when this product is available:</label><input type=email><input type=submit value=Send></form>";
    assert_eq!(says(form), OutOfStock);
    assert_eq!(says(&format!("{form}{BUY}")), InStock);
    assert_eq!(says("<label>Notify me when this product is available:</label>"), Unknown(NoClaim));
}

#[test]
fn one_choice_that_is_out_is_not_the_product() {
    let sizes = "<ul><li>S <span>Sold out</span></li><li>M <span></span></li></ul>";
    assert_eq!(says(&format!("{sizes}{BUY}")), InStock);
    assert_eq!(says(sizes), Unknown(NoClaim));
    assert_eq!(says("<ul><li><span>Sold out</span></li></ul>"), OutOfStock);
    let buttons = "<form action='/cart/add'><button name=size disabled>Sold out: S</button><button name=add>Add to cart</button></form>";
    assert_eq!(says(buttons), InStock);
}

#[test]
fn denials_elsewhere_on_the_page_of_a_product_that_can_be_bought_are_others() {
    let elsewhere = "<h2>From the workshop</h2><div><p>Red hat</p><p class=stock>Sold out</p></div>";
    assert_eq!(says(&format!("{BUY}{elsewhere}")), InStock);
    assert_eq!(says(elsewhere), OutOfStock);
    let list = "<div><b>Hat</b><i>Sold out</i></div>".repeat(3);
    assert_eq!(says(&format!("{list}{BUY}")), InStock);
    // What is labelled is meant, wherever it stands.
    let table = "<h2>Data</h2><table><tr><th>Availability</th><td>Out of stock</td></tr></table>";
    assert_eq!(says(&format!("{BUY}{table}")), OutOfStock);
}

#[test]
fn an_icon_is_read_by_its_title() {
    for icon in [
        "<span class='stock-icon' title='Out of stock'></span>",
        "<div class=availability><img src=red.png alt='Out of stock'></div>",
        "<i class=stock aria-label='Out of stock'></i>",
    ] {
        assert_eq!(says(icon), OutOfStock, "{icon}");
        assert_eq!(says(&icon.replace("Out of", "In")), InStock, "{icon}");
    }
    assert_eq!(says("<img src=red.png alt='Out of stock'>"), Unknown(NoClaim));
}

#[test]
fn a_button_that_waits_for_its_scripts_is_not_disabled() {
    let form =
        |action: &str| format!("<form action='{action}'><button type=submit disabled>Add to cart</button></form>");
    assert_eq!(availability(&product(&ld(LD_IN), &form("/checkout/cart/add/product/7/"))), InStock);
    assert_eq!(availability(&product(&ld(LD_IN), &form("/cart/add"))), OutOfStock);
}

#[test]
fn a_button_is_known_by_what_wraps_it_and_by_its_name_where_it_has_no_words() {
    assert_eq!(says("<div class=add-to-cart><a href='#'>Ab damit</a></div>"), InStock);
    assert_eq!(says("<a id=buy_btn href='javascript:;'><i class=icon></i></a>"), InStock);
    assert_eq!(says("<button class='buy-button' disabled></button>"), Unknown(NoClaim));
}

#[test]
fn wrappers_silence_nothing() {
    for (open, close) in [
        ("<div class='dialog-off-canvas-main-canvas modal'>", "</div>"),
        ("<div class='product-with-variants accessories'>", "</div>"),
        ("<section class='product-options'>", "</section>"),
        ("<form class='variations_form smart-payment-button--true' action='/cart/add'>", "</form>"),
    ] {
        let html = product("", "").replace("<h1>Blue shirt</h1>", &format!("{open}<h1>Blue shirt</h1>{OUT}{close}"));
        assert_eq!(availability(&html), OutOfStock, "{open}");
    }
    for name in ["section class='product-options'", "form class='variations_form'"] {
        assert_eq!(says(&format!("<{name}><p>Sold out</p>")), OutOfStock, "{name}");
    }
    let body = product("", OUT).replace("<body>", "<body class='lightbox' style='opacity:0'>");
    assert_eq!(availability(&body), OutOfStock);
    let wallet =
        "<form class='smart-payment-button--true' action='/cart/add'><button name=add>Add to cart</button></form>";
    assert_eq!(says(wallet), InStock);
}

#[test]
fn beside_the_button_that_buys_one_that_reserves_is_another_matter() {
    assert_eq!(says(&format!("<a class=btn href='/stores'>Pre-order</a>{BUY}")), InStock);
    assert_eq!(says("<a class=btn href='#'>Pre-order</a>"), PreOrder);
}

#[test]
fn the_class_of_a_stock_element_speaks_where_its_words_are_not_known() {
    for (body, meant) in [
        ("<p class='stock out-of-stock'>Wir brauen neuen</p>", OutOfStock),
        ("<div class='stock unavailable'><span>Gone fishing</span></div>", OutOfStock),
        // Words for the day when there is some again.
        ("<p class='stock out-of-stock'>In stock from week 48</p>", OutOfStock),
        ("<p class='stock out-of-stock'>Pre-order</p>", PreOrder),
        ("<p class='stock in-stock'>Gone fishing</p>", Unknown(NoClaim)),
        ("<span id=product-availability><i class='product-unavailable'></i> Gone fishing</span>", OutOfStock),
        (
            "<select><option>S</select><span id=product-availability><i class='product-unavailable'></i> Try another</span>",
            Unknown(NoClaim),
        ),
        ("<ul><li class='stock out-of-stock'>XL</li></ul>", Unknown(NoClaim)),
        ("<p class='out-of-stock'>XL</p>", Unknown(NoClaim)),
    ] {
        assert_eq!(says(body), meant, "{body}");
    }
}

#[test]
fn a_bare_number_answers_a_label() {
    for (body, meant) in [
        ("<p>Stock: 0</p>", OutOfStock),
        ("<dl><dt>Stock</dt><dd>0 pcs</dd></dl>", OutOfStock),
        ("<p class=product-stock>Stock: 0 pcs.</p>", OutOfStock),
        ("<ul><li>Availability: 12</li></ul>", InStock),
        ("<dl class=delivery><dt>Delivery time</dt><dd>0</dd></dl>", Unknown(NoClaim)),
    ] {
        assert_eq!(says(body), meant, "{body}");
    }
    let claim = claim_of(&product("", "<ul><li>Availability: 12</li></ul>"), None);
    assert_eq!(claim.quantity, Some(12.into()));
}

#[test]
fn branches_are_not_the_web_shop() {
    let branches = "<table class=stock-table><tr><td>Aarhus</td><td>Sold out</td></tr><tr><td>Odense</td><td>In stock</td></tr></table>";
    assert_eq!(says(&format!("{branches}{BUY}")), InStock);
}

#[test]
fn choices_of_any_element_are_choices() {
    let sizes = "<div class=size>S <i>Sold out</i></div><div class=size>M</div>";
    assert_eq!(says(&format!("{sizes}{BUY}")), InStock);
    let columns = "<div class=col>Pictures</div><div class=col><p>Sold out</p><p>Blue shirt made of linen, washed at home</p></div>";
    assert_eq!(says(columns), OutOfStock);
}

#[test]
fn where_nothing_else_speaks_notices_titles_and_offers_do() {
    let notice = "<p>Unfortunately this product is currently sold out. Leave your address and we write to you as soon as the next batch leaves the kiln.</p>";
    assert_eq!(says(notice), OutOfStock);
    assert_eq!(says(&format!("{notice}{BUY}")), InStock);
    assert_eq!(says(&format!("<div class=description>{notice}</div>")), Unknown(NoClaim));
    for title in ["Blue shirt (sold out)", "SOLD OUT - Blue shirt", "Blue shirt | Out of stock"] {
        let html = product("", "").replace("<h1>Blue shirt", &format!("<h1>{title}"));
        assert_eq!(availability(&html), OutOfStock, "{title}");
    }
    let band = product("", "").replace("<h1>Blue shirt", "<h1>Sold out tour shirt");
    assert_eq!(availability(&band), Unknown(NoClaim));
}

#[test]
fn the_state_and_the_button_together_outvote_words_that_nobody_labelled() {
    let state = "<div class='product type-product post-7 instock'>";
    let page = |body: &str| {
        product("", "").replace("<h1>", &format!("{state}<h1>")).replace("</h1>", &format!("</h1>{body}</div>"))
    };
    assert_eq!(availability(&page(&format!("<div class=soldout-message>Sold out</div>{BUY}"))), InStock);
    assert_eq!(availability(&page("<div class=soldout-message>Sold out</div>")), OutOfStock);
    assert_eq!(availability(&page(&format!("<p>Availability: Out of stock</p>{BUY}"))), OutOfStock);
}

#[test]
fn anything_that_is_named_after_buying_and_says_so_is_a_button() {
    assert_eq!(says("<div class='shop_buy js'>Buy now</div>"), InStock);
    assert_eq!(says("<div class='buy-block__title'>Buy now</div>"), Unknown(NoClaim));
    assert_eq!(says("<div class='how-to-buy'>How you pay, how you buy, how we send</div>"), Unknown(NoClaim));
}

#[test]
fn a_page_that_a_framework_draws_enables_its_button_later() {
    let root = format!("<div id=__next>{DISABLED}</div>");
    assert_eq!(availability(&product(&ld(LD_IN), &root)), InStock);
    assert_eq!(availability(&product(&ld(LD_OUT), &root)), OutOfStock);
    assert_eq!(says(&root), OutOfStock);
    assert_eq!(availability(&product(&ld(LD_IN), &format!("{OUT}{root}"))), OutOfStock);
    let state = |says: &str| {
        product("", &format!("{DISABLED}</div>"))
            .replace("<h1>", &format!("<div class='product type-product {says}'><h1>"))
    };
    assert_eq!(availability(&state("instock")), InStock);
    assert_eq!(availability(&state("outofstock")), OutOfStock);
}

#[test]
fn an_offer_to_write_under_the_products_own_heading_is_about_the_product() {
    let offer = "<button>Notify me when available</button>";
    let card = format!("<div><h3>Red hat</h3>{BUY}</div>");
    assert_eq!(says(&format!("{offer}{card}")), OutOfStock);
    assert_eq!(says(&format!("{offer}{BUY}{card}")), InStock);
    assert_eq!(says(&format!("{BUY}<div><h3>Red hat</h3>{offer}</div>")), InStock);
}

#[test]
fn the_shops_own_name_is_not_the_products() {
    let logo = |h1: &str| {
        product("", OUT).replace("<main>", &format!("<div class='modal-page'><div>{h1}</div></div><main class=modal>"))
    };
    for h1 in ["<h1><a href='/'>Clay</a></h1>", "<a href='https://shop.test/'><h1>Clay</h1></a>"] {
        let html = logo(h1).replace("<main class=modal>", "<main><div class=lightbox>");
        assert_eq!(availability(&html), OutOfStock, "{h1}");
    }
}
