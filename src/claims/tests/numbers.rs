//! Item numbers that everybody can read.

use super::*;

#[test]
fn a_number_is_read_under_its_label() {
    for body in [
        "<p>SKU: AB-12</p>",
        "<p>SKU <span>AB-12</span></p>",
        "<p><b>Art.-Nr.:</b> AB-12</p>",
        "<span>Artikelnummer</span><span>AB-12</span>",
        "<dl><dt>Référence</dt><dd>AB-12</dd></dl>",
        "<table><tr><th>Kod produktu:</th><td>AB-12</td></tr></table>",
        "<p>Varenr.: AB-12</p>",
        "<p>מק\"ט: AB-12</p>",
        "<p>Артикул: AB-12</p>",
        "<p>商品コード：AB-12</p>",
        "<li>EAN13: AB-12</li>",
        "<span class=sku>AB-12</span>",
        "<form data-product_sku=AB-12></form>",
    ] {
        let reading = reader_once().read(&page(&product("", body)));
        assert_eq!(reading.product.skus, ["AB-12"], "{body}");
    }
}

#[test]
fn what_is_no_number_or_anothers_is_not_read() {
    for body in [
        "<p>SKU: see below for it</p>",
        "<p>SKU</p><p>A fine shirt of cotton</p>",
        "<p>Colour: AB-12</p>",
        "<span class=sku>N/A</span>",
        "<section class=related><p>SKU: AB-12</p></section>",
        "<p hidden>SKU: AB-12</p>",
        "<p>Mask: AB-12</p>",
    ] {
        let reading = reader_once().read(&page(&product("", body)));
        assert_eq!(reading.product.skus, Vec::<String>::new(), "{body}");
    }
}
