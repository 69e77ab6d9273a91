//! Structured data in the shapes that shops write it in.

use super::*;
use crate::domain::Availability::{Discontinued, InStoreOnly, LimitedAvailability, MadeToOrder};

/// What a page says whose head holds these blocks.
fn says(blocks: &[&str]) -> Availability {
    let head: String = blocks.iter().map(|block| ld(block)).collect();
    claim_of(&product(&head, ""), None).availability
}

/// The page's items: keys, name, what is said of them.
fn matrix(blocks: &[&str], address: &str) -> Vec<(String, String, Availability, Option<bool>)> {
    let head: String = blocks.iter().map(|block| ld(block)).collect();
    let url = Url::parse(&format!("https://shop.test{address}")).unwrap();
    let page = Page { url: url.clone(), requested: url, ..page(&product(&head, "")) };
    let reading = reader_once().read(&page);
    let all = variants(&reading, &page).into_iter();
    all.map(|(one, claim)| (one.keys.join("="), one.name.unwrap_or_default(), claim.availability, one.selected))
        .collect()
}

#[test]
fn types_and_properties_are_known_in_every_spelling() {
    for node in [
        r#"{"@type":"product","name":"Blue shirt","offers":{"availability":"OutOfStock"}}"#,
        r#"{"@type":["Thing","http://schema.org/Product"],"name":"Blue shirt","offers":{"availability":"OutOfStock"}}"#,
        r#"{"@context":{"schema":"https://schema.org/"},"@type":"schema:Product","schema:name":"Blue shirt","schema:offers":{"@type":"schema:Offer","schema:availability":{"@id":"schema:OutOfStock"}}}"#,
        r#"[{"@type":["http://schema.org/Product"],"http://schema.org/name":[{"@value":"Blue shirt"}],"http://schema.org/offers":[{"http://schema.org/availability":[{"@id":"http://schema.org/OutOfStock"}]}]}]"#,
        r#"{"@type":"IndividualProduct","name":"Blue shirt","offers":{"availability":"OutOfStock"}}"#,
        r#"{"@type":"SomeProducts","name":"Blue shirt","offers":[{"availability":"OutOfStock"}]}"#,
        r#"{"@type":"Book","name":"Blue shirt","isbn":"9783161484100","offers":{"availability":"OutOfStock"}}"#,
        r#"{"@type":"Car","name":"Blue shirt","offers":{"availability":"OutOfStock"}}"#,
        r#"{"@type":"Event","name":"Blue shirt","offers":{"availability":"OutOfStock"}}"#,
        r#"{"@type":"Course","name":"Blue shirt","offers":{"availability":"OutOfStock"}}"#,
        r#"{"name":"Blue shirt","sku":"BLUE-1","offers":{"availability":"OutOfStock"}}"#,
        r#"{"@type":"WebPage","mainEntity":{"@type":"Product","name":"Chemise","offers":{"availability":"OutOfStock"}}}"#,
        r#"{"@type":"ItemList","itemListElement":[{"@type":"ListItem","item":{"@type":"Product","name":"Blue shirt","offers":{"availability":"OutOfStock"}}}]}"#,
        r#"{"@type":"Offer","availability":"OutOfStock","itemOffered":{"@type":"Product","name":"Blue shirt"}}"#,
        r#"{"@type":"Product","name":"Blue &amp; shirt","Offers":{"Availability":"OutOfStock"}}"#,
        r#"{"@type":"Product","name":"Blue shirt","offers":{"0":{"availability":"OutOfStock"},"1":{"availability":"OutOfStock"}}}"#,
        r#"{"@type":"Product","name":"Blue shirt","offers":{"@type":"AggregateOffer","offers":{"0":{"availability":"OutOfStock"}}}}"#,
        r#"{"@type":"Product","name":"Blue shirt","offers":{"itemAvailability":"OutOfStock"}}"#,
    ] {
        assert_eq!(says(&[node]), OutOfStock, "{node}");
    }
}

#[test]
fn availability_is_known_in_every_shape() {
    for (written, meant) in [
        (r#""http://schema.org/InStock""#, InStock),
        (r#""//schema.org/limited_availability""#, LimitedAvailability),
        (r#"" In Stock ""#, InStock),
        (r#""https:\/\/schema.org\/PreOrder""#, PreOrder),
        (r#"{"@id":"https://schema.org/SoldOut"}"#, SoldOut),
        (r#"{"@type":"ItemAvailability","name":"Discontinued"}"#, Discontinued),
        (r#"{"@type":"ItemAvailability","@id":"_:b1","name":"Discontinued"}"#, Discontinued),
        (r#"["https://schema.org/InStock","InStock"]"#, InStock),
        (r#"["https://schema.org/InStock","OutOfStock"]"#, Unknown(NoClaim)),
        (r#""MadeToOrder""#, MadeToOrder),
        (r#""3-5 days""#, Unknown(NoClaim)),
        ("true", Unknown(NoClaim)),
        (r#""""#, Unknown(NoClaim)),
        ("null", Unknown(NoClaim)),
    ] {
        let node =
            format!(r#"{{"@type":"Product","name":"Blue shirt","offers":{{"price":"0","availability":{written}}}}}"#);
        assert_eq!(says(&[&node]), meant, "{written}");
    }
}

#[test]
fn what_stands_beside_availability_counts() {
    for (more, meant) in [
        (r#""inventoryLevel":{"@type":"QuantitativeValue","value":0}"#, OutOfStock),
        (r#""inventoryLevel":"4""#, InStock),
        (r#""price":0,"priceValidUntil":"2001-01-01""#, InStock),
        (r#""offerCount":0"#, Unknown(NoClaim)),
        (r#""offerCount":"3""#, InStock),
        (r#""availableDeliveryMethod":"https://schema.org/OnSitePickup""#, InStoreOnly),
        (r#""availableDeliveryMethod":["https://schema.org/OnSitePickup","ParcelService"]"#, InStock),
        (r#""seller":{"@type":"Organization","name":"Somebody"}"#, InStock),
    ] {
        let node = format!(r#"{{"@type":"Product","name":"Blue shirt","offers":{{"availability":"InStock",{more}}}}}"#);
        assert_eq!(says(&[&node]), meant, "{more}");
    }
    let dated =
        r#"{"@type":"Product","name":"Blue shirt","releaseDate":"2027-03-04","offers":{"availability":"PreOrder"}}"#;
    let claim = claim_of(&product(&ld(dated), ""), None);
    assert_eq!(claim.date, Some("2027-03-04T00:00:00Z".parse().unwrap()));
    let sold = dated.replace("PreOrder", "InStock");
    assert_eq!(claim_of(&product(&ld(&sold), ""), None).date, None, "a book that came out is no promise");
}

#[test]
fn references_between_nodes_and_blocks_are_followed() {
    let graph = r##"{"@graph":[{"@type":"WebPage","mainEntity":{"@id":"#p"}},{"@type":"Product","@id":"#p","name":"Chemise","offers":{"@id":"#o"},"brand":{"@id":"#b"}},
      {"@type":"Product","name":"Chapeau","offers":{"availability":"InStock"}},{"@id":"#o","@type":"Offer","availability":"OutOfStock"},{"@id":"#b","@type":"Brand","name":"Acme"}]}"##;
    assert_eq!(says(&[graph]), OutOfStock);
    let block = r##"{"@type":"Product","name":"Blue shirt","offers":[{"@id":"#o"}]}"##;
    assert_eq!(says(&[block, r##"{"@id":"#o","@type":"Offer","availability":"OutOfStock"}"##]), OutOfStock);
    let round = r##"{"@type":"Product","@id":"#p","name":"Blue shirt","offers":{"@id":"#o"}}"##;
    let back = r##"{"@id":"#o","@type":"Offer","offers":{"@id":"#o"},"availability":"OutOfStock"}"##;
    assert_eq!(says(&[round, back]), OutOfStock);
}

#[test]
fn variants_are_found_in_their_group_and_beside_it() {
    let one = |sku: &str, size: &str, says: &str, more: &str| {
        format!(
            r#"{{"@type":"Product","name":"Blue shirt {size}","sku":"{sku}","size":"{size}",{more}"offers":{{"availability":"{says}"}}}}"#
        )
    };
    let meant =
        vec![("S-1".to_owned(), "S".to_owned(), OutOfStock, None), ("M-1".to_owned(), "M".to_owned(), InStock, None)];
    let group = |variants: &str| {
        format!(
            r##"{{"@type":"ProductGroup","@id":"#g","name":"Blue shirt","productGroupID":"G","variesBy":"size"{variants}}}"##
        )
    };
    let (s, m) = (one("S-1", "S", "OutOfStock", ""), one("M-1", "M", "InStock", ""));
    assert_eq!(matrix(&[&group(&format!(r#","hasVariant":[{s},{m}]"#))], "/p/blue-shirt"), meant);
    for back in [
        r##""isVariantOf":{"@id":"#g"},"##,
        r#""inProductGroupWithID":"G","#,
        r#""isVariantOf":{"@type":"ProductGroup","productGroupID":"G"},"#,
    ] {
        let (s, m) = (one("S-1", "S", "OutOfStock", back), one("M-1", "M", "InStock", back));
        assert_eq!(matrix(&[&group(""), &s, &m], "/p/blue-shirt"), meant, "{back}");
        assert_eq!(matrix(&[&s, &m], "/p/blue-shirt"), meant, "without its group: {back}");
    }
    let (s, m) = (one("S-1", "S", "OutOfStock", r##""@id":"#s","##), one("M-1", "M", "InStock", r##""@id":"#m","##));
    let by_reference = group(r##","hasVariant":[{"@id":"#s"},{"@id":"#m"}]"##);
    assert_eq!(matrix(&[&format!(r#"{{"@graph":[{by_reference},{s},{m}]}}"#)], "/p/blue-shirt"), meant);
    let claim = claim_of(&product(&ld(&by_reference), ""), None);
    assert_eq!(claim.availability, Unknown(NoClaim), "what is referred to is not there");
}

#[test]
fn offers_of_one_product_are_its_variants_where_they_name_items() {
    let offers = r#"{"@type":"Product","name":"Blue shirt","sku":"P","offers":[
      {"@type":"Offer","url":"https://shop.test/p/blue-shirt?variant=11","availability":"OutOfStock","itemOffered":{"name":"S"}},
      {"@type":"Offer","url":"https://shop.test/p/blue-shirt?variant=12","availability":"InStock","itemOffered":{"name":"M"}}]}"#;
    let found = matrix(&[offers], "/p/blue-shirt?variant=11");
    assert_eq!(
        found,
        [
            ("11".to_owned(), "S".to_owned(), OutOfStock, Some(true)),
            ("12".to_owned(), "M".to_owned(), InStock, Some(false)),
        ]
    );
    let sellers = r#"{"@type":"Product","name":"Blue shirt","sku":"P","offers":[
      {"seller":{"name":"A"},"availability":"OutOfStock"},{"seller":{"name":"B"},"availability":"InStock"}]}"#;
    assert_eq!((matrix(&[sellers], "/p/blue-shirt"), says(&[sellers])), (vec![], InStock));
}

#[test]
fn broken_blocks_say_what_they_can() {
    for block in [
        r#"<!-- {"@type":"Product","name":"Blue shirt","offers":{"availability":"OutOfStock"}} -->"#,
        "{\"@type\":\"Product\",\"name\":\"Blue shirt\",\"description\":\"a \"fine\" one,\nreally\",\"offers\":{\"availability\":\"OutOfStock\",},}",
        r#"{'@type':'Product','name':'Blue shirt','offers':{'availability':'OutOfStock'}}"#,
        r#"{"@type":"Product","name":"Blue shirt","offers":{"price":NaN,"availability":"OutOfStock"}}"#,
        r#"{"@type":"Product","name":"Blue shirt","offers":{"availability":"OutOfStock"},"review":[{"@type":"Review","reviewBody":"cut o"#,
        r#"{"@type":"Organization","name":"Shop"}{"@type":"Product","name":"Blue shirt","offers":{"availability":"OutOfStock"}}"#,
    ] {
        assert_eq!(says(&[block]), OutOfStock, "{block}");
    }
    let cut = r#"{"@type":"Product","name":"Blue shirt","offers":{"availability":"https://schema.org/OutOf"#;
    assert_eq!(says(&[cut]), Unknown(NoClaim));
}

const SHOWN: &str = "<b itemprop=name>Blue shirt</b>";

#[test]
fn markup_is_read_in_every_shape() {
    let out = "<link itemprop=availability href='https://schema.org/OutOfStock'>";
    for inner in [
        format!("<div itemprop=offers itemscope itemtype='https://schema.org/Offer'>{out}</div>"),
        format!("<div itemprop='offers makesOffer' itemscope>{out}</div>"),
        format!("<div itemprop=offers>{out}</div>"),
        format!("<div hidden itemprop=offers itemscope>{out}</div>"),
        out.to_owned(),
        "<div itemprop=offers itemscope><p itemprop=availability>Out of stock</p></div>".to_owned(),
        "<div itemprop=offers itemscope><p itemprop=availability content=oos></p></div>".to_owned(),
        "<div itemprop=offers itemscope><data itemprop=availability value=SoldOut>?</data></div>".to_owned(),
        "<div itemprop=offers itemscope><p itemprop=availability itemscope itemtype='https://schema.org/OutOfStock'></p></div>".to_owned(),
        format!("<div itemprop=offers itemscope itemtype='https://schema.org/AggregateOffer'><div itemprop=offers itemscope>{out}</div></div>"),
        "<div itemprop=offers itemscope><meta itemprop=availability content=InStock><p itemprop=inventoryLevel itemscope><meta itemprop=value content=0></p></div>".to_owned(),
    ] {
        let html = format!("<div itemscope itemtype='https://schema.org/Product'>{SHOWN}{inner}</div>");
        assert!(!buyable(availability(&product("", &html))), "{inner}");
    }
    for whole in [
        format!("<div itemscope itemtype='http://data-vocabulary.org/Product'>{SHOWN}<p itemprop=offerDetails itemscope itemtype='http://data-vocabulary.org/Offer'><span itemprop=availability content=out_of_stock></span></p></div>"),
        "<div prefix='s: http://schema.org/' typeof='s:Product'><b property='s:name'>Blue shirt</b><p rel='s:offers'><i property='s:offers' typeof='s:Offer'><a property='s:availability' resource='http://schema.org/OutOfStock'></a></i></p></div>".to_owned(),
    ] {
        assert!(!buyable(availability(&product("", &whole))), "{whole}");
    }
}

#[test]
fn markup_that_is_no_part_of_the_page_or_contradicts_itself_is_no_claim() {
    for inner in [
        "<template><div itemprop=offers itemscope><meta itemprop=availability content=OutOfStock></div></template>",
        "<noscript><div itemprop=offers itemscope><meta itemprop=availability content=OutOfStock></div></noscript>",
        "<div itemprop=offers itemscope><meta itemprop=availability content=OutOfStock><meta itemprop=availability content=InStock></div>",
        "<div itemprop=offers itemscope><meta itemprop=availability content='soon'></div>",
        "<div itemprop=isRelatedTo itemscope itemtype=Product><meta itemprop=availability content=OutOfStock></div>",
    ] {
        let html = format!("<div itemscope itemtype='https://schema.org/Product'>{SHOWN}{inner}</div>");
        assert_eq!(availability(&product("", &html)), Unknown(NoClaim), "{inner}");
    }
}

#[test]
fn markup_names_variants_too() {
    let offer = |sku: &str, says: &str| {
        format!(
            "<div itemprop=offers itemscope><meta itemprop=sku content={sku}><meta itemprop=availability content={says}></div>"
        )
    };
    let both = format!("{}{}", offer("S-1", "OutOfStock"), offer("M-1", "InStock"));
    let html =
        product("", &format!("<div itemscope itemtype=Product>{SHOWN}<meta itemprop=sku content=P>{both}</div>"));
    let of = |sku| claim_of(&html, Some(sku)).availability;
    assert_eq!((of("P"), of("S-1"), of("M-1")), (InStock, OutOfStock, InStock));
    let variant = |sku: &str, says: &str| {
        format!("<div itemprop=hasVariant itemscope itemtype=Product>{}</div>", offer(sku, says))
    };
    let group = format!("{}{}", variant("S-1", "OutOfStock"), variant("M-1", "InStock"));
    let html = product("", &format!("<div itemscope itemtype=ProductGroup>{SHOWN}{group}</div>"));
    assert_eq!((claim_of(&html, Some("S-1")).availability, claim_of(&html, None).availability), (OutOfStock, InStock));
}

#[test]
fn tags_for_sharing_are_read_and_silent_where_they_contradict() {
    let meta = |name: &str, content: &str| format!("<meta {name} content='{content}'>");
    for (head, meant) in [
        (meta("property='product:availability'", "out of stock"), OutOfStock),
        (meta("name='Product:Availability'", "instock"), InStock),
        (meta("property='og:availability'", "preorder"), PreOrder),
        (meta("property='product:availability'", "pending"), Unknown(NoClaim)),
        (
            meta("property='product:availability'", "oos") + &meta("property='og:availability'", "instock"),
            Unknown(NoClaim),
        ),
        (meta("property='product:availability'", "oos") + &meta("property='product:availability'", "oos"), OutOfStock),
    ] {
        assert_eq!(claim_of(&product(&head, ""), None).availability, meant, "{head}");
    }
    let keyed = meta("property='product:availability'", "instock")
        + &meta("property='product:retailer_item_id'", "AB-1")
        + &meta("property='product:ean'", "4006381333931");
    let claim = claim_of(&product(&keyed, ""), Some("04006381333931"));
    assert_eq!((claim.availability, claim.signals[0].sku.as_deref()), (InStock, Some("AB-1")));
}

#[test]
fn a_page_that_a_product_names_as_its_own_has_to_be_this_one() {
    let one = |name: &str, page: &str, says: &str| {
        format!(
            r#"{{"@type":"Product","name":"{name}","sku":"{name}","mainEntityOfPage":{page},"offers":{{"availability":"{says}"}}}}"#
        )
    };
    let list = [
        one("Red hat", r#""https://shop.test/p/red-hat""#, "InStock"),
        one("Chemise", r#"{"@type":"WebPage","@id":"https://shop.test/p/blue-shirt"}"#, "OutOfStock"),
        one("Green hat", r#""https://shop.test/p/green-hat""#, "InStock"),
    ];
    assert_eq!(says(&[&format!("[{}]", list.join(","))]), OutOfStock);
    assert_eq!(says(&[&list[0], &list[2]]), Unknown(NoClaim));
    assert_eq!(says(&[&one("Chapeau", "true", "OutOfStock"), &list[0]]), OutOfStock);
}
