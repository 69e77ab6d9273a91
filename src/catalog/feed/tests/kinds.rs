//! What each kind of feed is read as.

use regex::Regex;

use super::*;

#[tokio::test]
async fn rss_is_read_by_namespace_whatever_its_prefix() {
    for (prefix, others) in
        [("g", ""), ("merchant", "<g:availability xmlns:g='http://else.example/'>preorder</g:availability>")]
    {
        let p = |text: &str| text.replace("g:", &format!("{prefix}:"));
        let items = [
            p("<g:id>A-1</g:id><title>Hat &amp; scarf</title><link>https://shop.example/p/1?a=1&b=2</link>\
               <g:availability>in stock</g:availability><g:price>12.90 EUR</g:price><g:brand><![CDATA[B & Q]]></g:brand>\
               <g:shipping><g:country>DE</g:country><g:price>4 EUR</g:price><g:id>no</g:id></g:shipping>")
                + others,
            p("<link>/p/2</link><g:id> A-2 </g:id><g:availability>out_of_stock</g:availability>"),
            p("<g:id>A-3</g:id><g:availability>preorder</g:availability>\
               <g:availability_date>2026-12-24T11:07+0100</g:availability_date>"),
            p(
                "<g:id>A-4</g:id><g:availability>in_stock</g:availability><g:availability_date>2020-01-01</g:availability_date>",
            ),
        ];
        let (entries, error) = told(rss(prefix, &items.each_ref().map(String::as_str)), |_| {}).await;
        let expected = [
            "A-1 A-1 InStock @/p/1",
            "A-2 A-2 OutOfStock @/p/2",
            "A-3 A-3 PreOrder from 2026-12-24T10:07:00Z",
            "A-4 A-4 InStock",
        ];
        assert_eq!((entries.as_slice(), error), (expected.map(str::to_owned).as_slice(), None), "{prefix}");
    }
}

#[tokio::test]
async fn an_item_and_its_evidence_are_told() {
    let file = file(rss(
        "g",
        &["<g:id>A-1</g:id><g:title>Hat</g:title><title>Hat of the page</title><link>https://shop.example/p/1</link>\
         <g:mobile_link>https://m.shop.example/p/1</g:mobile_link><g:availability>in stock</g:availability>\
         <g:gtin>4006381333931</g:gtin><g:mpn>M-1</g:mpn><g:item_group_id>G</g:item_group_id><g:brand>Acme</g:brand>\
         <g:product_type>Home &gt; Hats</g:product_type><g:google_product_category>188</g:google_product_category>\
         <g:price>20,00 EUR</g:price><g:sale_price>15,00 EUR</g:sale_price>"],
    ));
    let (entries, error) = read_with(&options(file.path())).await;
    let [Entry::Offer(offer)] = entries.as_slice() else { panic!("{entries:?} {error:?}") };
    let item = &offer.item;
    assert_eq!(item.name.as_deref(), Some("Hat"));
    assert_eq!((item.brand.as_deref(), item.category.as_deref()), (Some("Acme"), Some("Home > Hats")));
    assert_eq!(item.price.map(|price| price.to_string()).as_deref(), Some("15.00"));
    assert_eq!(item.gtin.as_deref(), Some("4006381333931"));
    assert_eq!(offer.group.as_deref(), Some("G"));
    assert_eq!(offer.mobile_link.as_ref().map(url::Url::as_str), Some("https://m.shop.example/p/1"));
    let claim = offer.claim.as_ref().unwrap();
    assert_eq!(claim.url.as_str(), "https://shop.example/p/1");
    assert_eq!(claim.seen_at.to_string(), NOW);
    let [signal] = claim.signals.as_slice() else { panic!() };
    assert_eq!((signal.place.as_str(), signal.excerpt.as_str()), ("item 1, g:availability", "in stock"));
    assert_eq!(
        (signal.sku.as_deref(), signal.also.as_slice()),
        (Some("A-1"), ["4006381333931".into(), "M-1".into()].as_slice())
    );
}

#[tokio::test]
async fn feeds_without_prefix_atom_and_old_rss_are_read() {
    let plain =
        "<rss><channel><item><id>A</id><availability>in stock</availability><link>/p/a</link></item></channel></rss>";
    let undeclared = "<rss><channel><item><g:id>A</g:id><id>no</id><g:availability>in stock</g:availability>\
                      <link>/p/a</link></item></channel></rss>";
    let default = "<rss xmlns='http://base.google.com/ns/1.0'><channel><item><id>A</id>\
                   <availability>in stock</availability><link>/p/a</link></item></channel></rss>";
    let each = "<rss><channel><item><id xmlns='http://base.google.com/ns/1.0'>A</id>\
                <availability xmlns='http://base.google.com/ns/1.0'>in stock</availability><link>/p/a</link></item></channel></rss>";
    let atom = "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:g='http://base.google.com/ns/1.0'>\
                <title>x</title><link rel='self' href='https://shop.example'/><updated>2026-11-22T07:00:00Z</updated>\
                <entry><id>tag:a</id><g:id>A</g:id><link rel='enclosure' href='/no'/><link rel='alternate' href='/p/a?x=1&amp;y=2'/>\
                <g:availability>in stock</g:availability></entry></feed>";
    let prefixed = "<a:feed xmlns:a='http://www.w3.org/2005/Atom' xmlns:g='http://base.google.com/ns/1.0'>\
                <a:entry><g:id>A</g:id><a:link href='/p/a'/><g:availability>in stock</g:availability></a:entry></a:feed>";
    let rdf = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' \
               xmlns:g='http://base.google.com/ns/1.0'><channel/><item><link>/p/a</link><g:id>A</g:id>\
               <g:availability>in stock</g:availability></item></rdf:RDF>";
    for text in [plain, undeclared, default, each, atom, prefixed, rdf] {
        assert_eq!(told(text, |_| {}).await, (vec!["A A InStock @/p/a".to_owned()], None), "{text}");
    }
}

#[tokio::test]
async fn when_a_feed_was_written_is_told_with_its_claims() {
    let feed = rss("g", &["<g:id>A</g:id><g:availability>in stock</g:availability>"])
        .replace("<title>A shop</title>", "<lastBuildDate>Mon, 23 Nov 2026 07:00:00 GMT</lastBuildDate>");
    let file = file(feed);
    let (entries, _) = read_with(&options(file.path())).await;
    let [Entry::Offer(offer)] = entries.as_slice() else { panic!("{entries:?}") };
    let age = offer.claim.as_ref().unwrap().cache.clone().unwrap();
    assert_eq!((age.age, age.status.as_deref()), (Some(3600), Some("feed of 2026-11-23T07:00:00Z")));
}

#[tokio::test]
async fn tables_of_google_meta_and_bing_are_read() {
    let expected = ["A-1 A-1 InStock 7 @/p/1", "A-2 A-2 OutOfStock 0 @/p/2", "A-3 A-3 BackOrder @/p/3"];
    let google = "id\titem group id\tlink\timage link\tavailability\tquantity\n\
                  A-1\tG\thttps://shop.example/p/1\tx\tin stock\t7\n\
                  A-2\tG\thttps://shop.example/p/2\tx\tout of stock\t0\n\
                  A-3\t\thttps://shop.example/p/3\t12\" x\tbackorder\t\n";
    let meta = "# Required | A unique content ID,# Required | Title\n# Remark\n\
                id,title,availability,link,quantity_to_sell_on_facebook,inventory\n\
                A-1,\"Hat, red\",In Stock,/p/1,7,9\nA-2,\"Two\nlines\",out of stock,/p/2,0,\n\
                A-3,Cap,available for order,/p/3,,\n";
    let bing = "\u{feff}Id;Title;Link;Availability;Quantity\r\nA-1;Hat;/p/1;InStock;7\r\nA-2;x;/p/2;Out of Stock;0\r\n\
                A-3;x;/p/3;https://schema.org/BackOrder;\r\n";
    for text in [google, meta, bing] {
        for bytes in [text.as_bytes().to_vec(), gz(text)] {
            assert_eq!(told(bytes, |_| {}).await, (expected.map(str::to_owned).to_vec(), None), "{text}");
        }
    }
    let wide: Vec<u8> = std::iter::once(0xfeff).chain(google.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(told(wide, |_| {}).await.0, expected);
}

#[tokio::test]
async fn what_is_not_shown_promises_nothing() {
    let text = "id,availability,pause,expiration_date,status\nA-1,in stock,ads,,\nA-2,in stock,,2026-11-22,\n\
                A-3,in stock,,2026-12-01T00:00:00Z,active\nA-4,in stock,,,archived\n";
    let expected = ["A-1 A-1 Paused", "A-2 A-2 Expired", "A-3 A-3 InStock", "A-4 A-4 Paused"];
    assert_eq!(told(text, |_| {}).await, (expected.map(str::to_owned).to_vec(), None));
}

#[tokio::test]
async fn words_that_nobody_knows_are_told_with_their_line_and_not_guessed() {
    let text =
        "id,availability,availability_date,link\nA-1,maybe,,/p/1\nA-2,preorder,soon,/p/2\nA-3,,,mailto:x@y.example\n";
    let (entries, error) = told(text, |_| {}).await;
    assert_eq!(
        entries,
        [
            "A-1 A-1 unreadable @/p/1",
            "! F, line 2: A-1: `maybe` is no availability that is known",
            "A-2 A-2 PreOrder @/p/2",
            "! F, line 3: A-2: availability_date: `soon` is no date (ISO 8601)",
            "A-3 A-3 Unknown(no_claim)",
            "! F, line 4: A-3: link: `mailto:x@y.example` is no page: mailto addresses cannot be asked",
        ]
    );
    assert_eq!(error, None);
}

#[tokio::test]
async fn local_inventory_is_one_claim_for_all_stores_of_a_row() {
    let text = "store code\tid\tquantity\tavailability\nHaifa\tA-1\t0\tout of stock\nAcre\tA-1\t3\tin stock\n\
                Eilat\tA-1\t2\tlimited availability\nHaifa\tA-2\t0\tout_of_stock\nAcre\tA-2\t0\tout of stock\nAcre\tA-3\t4\t\n";
    let file = file(text);
    let options = FeedOptions { kind: Kind::Local, ..options(file.path()) };
    let (entries, error) = read_with(&options).await;
    let short: Vec<String> = entries.iter().flat_map(in_short).collect();
    assert_eq!(short, ["A-1 A-1 InStock 5", "A-2 A-2 OutOfStock 0", "A-3 A-3 InStock 4"]);
    assert_eq!(error, None);
    let Entry::Offer(first) = &entries[0] else { panic!() };
    let places: Vec<&str> = first.claim.iter().flat_map(|claim| &claim.signals).map(|one| one.place.as_str()).collect();
    let expected =
        ["line 3, store Acre, availability", "line 2, store Haifa, availability", "line 4, store Eilat, availability"];
    assert_eq!(places, expected);
}

#[tokio::test]
async fn many_stores_do_not_make_a_claim_grow() {
    let mut text = "store_code,id,availability\n".to_owned();
    (0..500).for_each(|store| text.push_str(&format!("S{store},A,out of stock\n")));
    text.push_str("last,A,in stock\n");
    let file = file(text);
    let (entries, _) = read_with(&FeedOptions { kind: Kind::Local, ..options(file.path()) }).await;
    let [Entry::Offer(offer)] = entries.as_slice() else { panic!() };
    let claim = offer.claim.as_ref().unwrap();
    assert_eq!((claim.availability, claim.signals.len()), (crate::domain::Availability::InStock, 20));
    assert!(claim.signals[0].place.contains("store last"));
}

#[tokio::test]
async fn supplemental_feeds_replace_what_they_name_whatever_they_are_written_in() {
    let main =
        "id\tlink\tavailability\tprice\nA-1\t/p/1\tin stock\t5\nA-2\t/p/2\tin stock\t6\nA-3\t/p/3\tin stock\t7\n";
    let one = file("id,availability\nA-1,out of stock\nA-9,in stock\n");
    let two = file(rss(
        "g",
        &["<g:id>A-2</g:id><g:pause>ads</g:pause>", "<g:id>A-3</g:id><g:availability>oos</g:availability>"],
    ));
    let supplemental = vec![Place::File(one.path().to_owned()), Place::File(two.path().to_owned())];
    let (entries, error) = told(main, |options| options.supplemental = supplemental).await;
    assert_eq!(entries, ["A-1 A-1 OutOfStock @/p/1", "A-2 A-2 Paused @/p/2", "A-3 A-3 OutOfStock @/p/3"]);
    assert_eq!(error, None);
    let missing = vec![Place::File("/nowhere/supplement.csv".into())];
    let (entries, error) = told(main, |options| options.supplemental = missing).await;
    assert!(entries.is_empty() && error.unwrap().contains("/nowhere/supplement.csv"), "{entries:?}");
}

#[tokio::test]
async fn ids_are_read_by_the_rule() {
    let text = "id,mpn,availability\nshopify_IL_17_42,HAT-1,in stock\nother,,in stock\n";
    let pattern = |text: &str| Some(Regex::new(text).unwrap());
    for (is, text_of, expected) in [
        (
            Names::Mpn,
            None,
            ["shopify_IL_17_42 HAT-1 InStock", "! F, line 3: other: it has no mpn, which names its SKU"],
        ),
        (
            Names::StockKey,
            pattern("^shopify_[A-Z]+_[0-9]+_(.+)$"),
            ["shopify_IL_17_42 42 InStock", "! F, line 3: other: `id.pattern` does not fit it"],
        ),
        (
            Names::Sku,
            pattern("_(?<country>[A-Z]+)_.*_(?<sku>.+)$"),
            ["shopify_IL_17_42 42 InStock", "! F, line 3: other: `id.pattern` does not fit it"],
        ),
    ] {
        let (entries, _) = told(text, |options| options.id = IdRule { is, pattern: text_of }).await;
        assert_eq!(entries, expected, "{is:?}");
    }
}

#[tokio::test]
async fn a_zip_archive_is_opened_at_its_first_file() {
    let text = "id,availability\nA,in stock\n";
    let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    let packed = packer.finish().unwrap();
    let mut zip = vec![0x50, 0x4b, 3, 4, 20, 0, 0, 0, 8, 0, 0, 0, 0, 0];
    zip.extend([0; 12]);
    zip.extend([8, 0, 2, 0]);
    zip.extend(b"feed.csvxx");
    zip.extend(packed);
    zip.extend(b"PK\x01\x02");
    assert_eq!(told(zip, |_| {}).await, (vec!["A A InStock".to_owned()], None));
}
