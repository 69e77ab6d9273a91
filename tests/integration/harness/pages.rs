//! Product pages.

/// What a page promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    In,
    Out,
}

/// A product page as many shops have it: JSON-LD, a line on stock, a buy button.
pub(crate) fn page(sku: &str, says: Says) -> String {
    let (availability, words, button) = match says {
        Says::In => ("InStock", "In stock", "<button type=\"submit\">Add to cart</button>"),
        Says::Out => ("OutOfStock", "Sold out", "<button type=\"submit\" disabled>Sold out</button>"),
    };
    format!(
        r#"<!doctype html><html lang="en"><head><title>Thing {sku} | The shop</title>
<script type="application/ld+json">{{"@context":"https://schema.org","@type":"Product","sku":"{sku}","name":"Thing {sku}",
"offers":{{"@type":"Offer","price":"10","priceCurrency":"EUR","availability":"https://schema.org/{availability}"}}}}</script>
</head><body><main><h1>Thing {sku}</h1><p class="stock">{words}</p><form action="/cart/add" method="post">{button}</form>
</main></body></html>"#
    )
}
