//! Pages made by chance of what pages are made of.

use proptest::prelude::*;

use super::super::*;

/// Names of tags that pages are made of, and of such that parsers treat in a way of their own.
fn tag() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "div",
        "p",
        "span",
        "a",
        "b",
        "button",
        "form",
        "input",
        "select",
        "option",
        "textarea",
        "label",
        "table",
        "tr",
        "td",
        "tbody",
        "ul",
        "li",
        "dl",
        "dt",
        "dd",
        "h1",
        "h2",
        "main",
        "section",
        "article",
        "aside",
        "header",
        "footer",
        "nav",
        "html",
        "head",
        "body",
        "title",
        "base",
        "meta",
        "link",
        "script",
        "style",
        "template",
        "noscript",
        "iframe",
        "svg",
        "math",
        "foreignObject",
        "plaintext",
        "frameset",
        "br",
        "img",
        "x-card",
        "dialog",
        "details",
        "summary",
        "noembed",
        "xmp",
        "DIV",
        "sCript",
    ])
}

fn attribute() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "class",
        "id",
        "href",
        "action",
        "type",
        "value",
        "content",
        "property",
        "name",
        "itemprop",
        "itemscope",
        "itemtype",
        "itemref",
        "typeof",
        "vocab",
        "rel",
        "style",
        "hidden",
        "disabled",
        "aria-hidden",
        "aria-label",
        "aria-disabled",
        "data-product_variations",
        "data-sku",
        "data-product",
        "data-page",
        "role",
        "lang",
        "x",
        "ID",
    ]);
    let value = prop_oneof![
        prop::sample::select(vec![
            "stock",
            "availability",
            "product",
            "related",
            "add-to-cart",
            "sold-out",
            "price",
            "o",
            "/cart/add",
            "/p/blue-shirt",
            "submit",
            "application/ld+json",
            "application/json",
            "display:none",
            "true",
            "false",
            "https://schema.org/Product",
            "https://schema.org/Offer",
            "InStock",
            "https://schema.org/OutOfStock",
            "offers",
            "availability",
            "sku",
            "BLUE-1",
            "og:title",
            "product:availability",
            "canonical",
            "he-IL",
            "",
            "&quot;",
            "&#0;",
            "&#x10FFFF;",
            "{\"in_stock\":true}",
            "[{&quot;sku&quot;:&quot;A&quot;,&quot;is_in_stock&quot;:false}]",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,12}",
    ];
    (name, value, prop::sample::select(vec!["\"", "'", ""]))
        .prop_map(|(name, value, quote)| format!("{name}={quote}{value}{quote}"))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "In stock",
            "Sold out",
            "Add to cart",
            "Notify me",
            "Availability:",
            "only 2 left",
            "0 in stock",
            "אזל מהמלאי",
            "לא במלאי",
            "已售出",
            "Wyprzedane",
            "In\u{a0}stock",
            "\u{200f}במלאי\u{200f}",
            "İSTOK",
            "ß",
            "\u{0}",
            "&amp",
            "&#",
            "<",
            ">",
            "</",
            "<!",
            "<?",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "</script",
            "404",
            "Page not found",
            "Robot Check",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,20}",
    ]
}

/// JSON as pages write it, whole or broken.
fn script() -> impl Strategy<Value = String> {
    let body = prop_oneof![
        prop::sample::select(vec![
            LD_IN,
            LD_OUT,
            GROUP,
            "{",
            "[[[[",
            "{\"@type\":",
            "\"\\u",
            "null",
            "{\"@graph\":[{\"@type\":[\"Product\"],\"offers\":{}}]}",
            "<!--//--><![CDATA[//><!--\n{\"@type\":\"Product\",}\n//--><!]]>",
            "{\"@type\":\"Product\",\"offers\":[[{\"availability\":{\"@id\":\"InStock\"}}]]}",
            "window.__STATE__={\"product\":{\"variants\":[{\"sku\":\"A\",\"available\":false}]}};",
            "var meta = {\"product\":{\"id\":1,\"variants\":[{\"id\":2,\"sku\":null}]}};",
            "self.__next_f.push([1,\"5:{\\\"sku\\\":\\\"A\\\"}\\n\"])",
            "{\"@type\":\"Product\",\"offers\":{\"availability\":\"\\ud800\"}}",
            "/*",
            "`",
            "'",
        ])
        .prop_map(str::to_owned),
        "[\\[\\]{}\",:a-z0-9\\\\]{0,40}",
    ];
    let opening = prop::sample::select(vec![
        "<script>",
        "<script type=application/ld+json>",
        "<script type=application/json id=__NEXT_DATA__>",
        "<script type='application/json' data-product-json>",
        "<script type=text/x-magento-init>",
        "<SCRIPT type='application/ld+json; charset=utf-8'>",
    ]);
    (opening, body, prop::sample::select(vec!["</script>", "</SCRIPT >", "", "<!--"]))
        .prop_map(|(opening, body, closing)| format!("{opening}{body}{closing}"))
}

/// One piece of markup: a tag that opens, one that closes or not, words, a script.
pub(super) fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => (tag(), prop::collection::vec(attribute(), 0..4), prop::sample::select(vec![">", "/>", " ", ""]))
            .prop_map(|(tag, attributes, end)| format!("<{tag} {}{end}", attributes.join(" "))),
        2 => tag().prop_map(|tag| format!("</{tag}>")),
        2 => text(),
        1 => script(),
    ]
}

/// Words that have nothing to do with shops. None of them may mean anything in any language the phrases know.
pub(super) fn prose() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "river",
        "mountain",
        "autumn",
        "lantern",
        "whisper",
        "violin",
        "garden",
        "window",
        "thunder",
        "meadow",
        "harbour",
        "poem",
        "candle",
        "feather",
        "orchard",
        "pebble",
        "winter",
        "sailor",
        "bridge",
        "copper",
        "linen",
        "walnut",
        "amber",
        "gentle",
        "silver",
        "ancient",
        "wandering",
        "quiet",
        "crooked",
        "painted",
        "sings",
        "dreams",
        "wanders",
        "glows",
        "remembers",
        "beneath",
        "above",
        "beside",
        "נהר",
        "הרים",
        "סתיו",
        "rzeka",
        "jesień",
        "rivière",
        "automne",
        "река",
        "осень",
        "河流",
        "山",
    ]);
    prop::collection::vec(word, 1..30).prop_map(|words| words.join(" "))
}

/// Prose in some wrapping; nothing in it is made for selling.
pub(super) fn harmless() -> impl Strategy<Value = String> {
    let wrapping = prop::sample::select(vec![
        ("<p>", "</p>"),
        ("<div>", "</div>"),
        ("<div class=content><p>", "</p></div>"),
        ("<ul><li>", "</li></ul>"),
        ("<h2>", "</h2>"),
        ("<blockquote>", "</blockquote>"),
        ("<table><tr><td>", "</td></tr></table>"),
        ("<section id=text>", "</section>"),
        ("<dl><dt>river</dt><dd>", "</dd></dl>"),
        ("<a href=/stories/1>", "</a>"),
        ("<!-- sold out --><p>", "</p>"),
        ("<p hidden>Sold out</p><p>", "</p>"),
        ("<template><p>In stock</p></template><i>", "</i>"),
        ("<script>var a='out of stock';</script><b>", "</b>"),
        ("<style>.sold-out{}</style><em>", "</em>"),
        ("<article><header>", "</header></article>"),
        ("<p class=stock>", "</p>"),
        ("<span class=availability>", "</span>"),
    ]);
    (wrapping, prose()).prop_map(|((opening, closing), prose)| format!("{opening}{prose}{closing}"))
}

/// A card of another product, as a recommendation would show it.
pub(super) fn foreign_card() -> impl Strategy<Value = String> {
    let card = prop::sample::select(vec![
        "<li class=product-card><a href=/p/red-hat><h3>Red hat</h3></a><p class=stock>Sold out</p><button disabled>Sold out</button></li>",
        "<li class='product outofstock'><a href=/p/red-hat><h2>Red hat</h2></a><p class='stock out-of-stock'>Out of stock</p><a class=button href=/p/red-hat>Read more</a></li>",
        "<li><article><a href=/p/red-hat>Red hat</a><span class=badge>Sold out</span></article></li>",
        "<li class=item><a href=/p/red-hat title='Red hat'><img src=/h.jpg></a><form action=/cart/add><button disabled>Unavailable</button></form></li>",
        "<li itemscope itemtype=https://schema.org/Product><a itemprop=url href=/p/red-hat><b itemprop=name>Red hat</b></a><span itemprop=offers itemscope itemtype=https://schema.org/Offer><link itemprop=availability href=https://schema.org/OutOfStock></span></li>",
    ]);
    let heading =
        prop::sample::select(vec!["You may also like", "Related products", "Recently viewed", "Customers also bought"]);
    let frame = prop::sample::select(vec![
        ("<section class=related>", "</section>"),
        ("<div class='related products'>", "</div>"),
        ("<aside class=recommendations>", "</aside>"),
    ]);
    (frame, heading, prop::collection::vec(card, 1..4)).prop_map(|((opening, closing), heading, cards)| {
        format!("{opening}<h2>{heading}</h2><ul>{}</ul>{closing}", cards.concat())
    })
}

/// A product page that says something, and what it is about.
pub(super) fn telling() -> impl Strategy<Value = (Vec<String>, Vec<String>)> {
    let head = prop::sample::select(vec![Vec::new(), vec![ld(LD_IN)], vec![ld(LD_OUT)], vec![ld(GROUP)]]);
    let words = prop::sample::select(vec![
        "",
        "<p class=stock>In stock</p>",
        "<p class=stock>Only 2 left</p>",
        "<p class=stock>Sold out</p>",
    ]);
    let button =
        prop::sample::select(vec!["", BUY, "<form action=/cart/add><button disabled>Sold out</button></form>"]);
    (head, words, button)
        .prop_map(|(head, words, button)| (head, vec![format!("<main><h1>Blue shirt</h1>{words}{button}</main>")]))
}
