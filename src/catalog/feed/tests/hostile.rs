//! Feeds that are broken, or made to break who reads them.

use proptest::prelude::*;

use super::*;

const GOOD: &str = "<g:id>A</g:id><g:availability>in stock</g:availability>";

#[tokio::test]
async fn what_came_before_a_break_stands() {
    let whole = rss("g", &[GOOD; 3]);
    let cut = whole.rfind("<g:availability>").unwrap();
    let packed = gz(&rss("g", &[GOOD; 3000]));
    for (bytes, at_least, expected) in [
        (whole.as_bytes()[..cut].to_vec(), 2, "breaks off after 3 entries: it ends inside an element"),
        (whole.replacen("</item><item>", "</item></oops><item>", 1).into_bytes(), 1, "breaks off after 1 entries: "),
        (whole.replacen("<item>", "<item><g:id", 1).into_bytes(), 0, "F: "),
        (packed[..packed.len() - 30].to_vec(), 1000, "breaks off after "),
    ] {
        let (entries, error) = told(bytes, |_| {}).await;
        assert!(entries.len() >= at_least, "{} {error:?}", entries.len());
        assert!(error.as_deref().is_some_and(|error| error.contains(expected)), "{expected}: {error:?}");
    }
}

#[tokio::test]
async fn what_is_no_feed_says_so() {
    for (text, expected) in [
        ("", "F: is empty"),
        ("  \n ", "F: is empty"),
        ("<!doctype html><html><body><p>Please log in<br></body>", "F: it is a web page (HTML) and no feed"),
        ("<urlset></urlset>", "F: it is a sitemap"),
        ("<products><product/></products>", "F: it begins with <products>; a feed begins with <rss> or <feed>"),
        ("{\"products\": []}", "F: is JSON"),
        ("Too many requests", "F: no column is called `id`; there are Too many requests"),
        ("sku,id,id\nA,A,A\n", "F: 2 columns are called `id`"),
        ("id,itemid,offer_id\nA,A,A\n", "F: the columns `itemid` and `offer_id` are the same field; remove one"),
        ("id,availability\n", "F names no item: there is no entry with an id in it"),
        ("<rss><channel></channel></rss>", "F names no item: there is no entry with an id in it"),
        ("<rss><channel><item><title>x</title></item></channel></rss>", "F names no item"),
        ("\x1f\u{8b}", "F: "),
    ] {
        let (_, error) = told(text, |_| {}).await;
        assert!(error.as_deref().is_some_and(|error| error.starts_with(expected)), "{text}: {error:?}");
    }
    for (text, format, expected) in [
        ("<rss/>", Format::Tsv, "is XML or a web page, and `format` says tsv"),
        ("id,x\n", Format::Rss, "is no XML, and `format` says rss"),
    ] {
        let (_, error) = told(text, |options| options.format = Some(format)).await;
        assert!(error.as_deref().is_some_and(|error| error.contains(expected)), "{error:?}");
    }
}

#[tokio::test]
async fn entries_without_a_usable_id_are_told_and_the_others_read() {
    let long = "x".repeat(501);
    let text =
        format!("id,availability\n,in stock\n{long},in stock\nA\u{fffd}B,in stock\nC,in stock,spare\nD,in stock\n");
    let (entries, error) = told(text, |_| {}).await;
    assert_eq!(
        entries,
        [
            "! F, line 2: it has no id",
            "! F, line 3: its id has more than 500 characters",
            "! F, line 4: its id `A\u{fffd}B` is not in the feed's encoding",
            "! F, line 5: has 3 cells and the header has 2",
            "D D InStock",
        ]
    );
    assert_eq!(error, None);
}

#[tokio::test]
async fn entities_are_never_expanded() {
    let bomb = "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>\
                <!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY x SYSTEM 'file:///etc/passwd'>]>";
    let items = "<rss><channel><item><id>A</id><title>&c;&x;</title><availability>in stock</availability></item></channel></rss>";
    let file = file(format!("{bomb}{items}"));
    let (entries, error) = read_with(&options(file.path())).await;
    let [Entry::Offer(offer)] = entries.as_slice() else { panic!("{entries:?} {error:?}") };
    assert_eq!(offer.item.name.as_deref(), Some("&c;&x;"));
}

#[tokio::test]
async fn what_grows_without_end_is_left() {
    let huge = "y".repeat(18 * 1024 * 1024);
    let in_a_field = rss("g", &[GOOD, &format!("<g:id>B</g:id><description>{huge}</description>"), GOOD]);
    let in_a_tag = rss("g", &[GOOD, &format!("<g:id x='{huge}'>B</g:id>"), GOOD]);
    let in_a_row = format!("id,availability,title\nA,in stock,x\nB,in stock,\"{huge}\"\n");
    let in_the_header = format!("id,availability,{huge}\nA,in stock,x\n");
    for (text, entries) in [(in_a_field, 1), (in_a_tag, 1), (in_a_row, 1), (in_the_header, 0)] {
        let (read, error) = told(&text, |_| {}).await;
        assert_eq!(read.len(), entries, "{error:?}");
        assert!(
            error.as_deref().is_some_and(|error| error.contains("a field or a row has more than 16 MiB")),
            "{error:?}"
        );
    }
    let packed = gz(&rss("g", &[format!("<description>{}</description>", "z".repeat(1_000_000)).as_str(); 20]));
    assert!(packed.len() < 1_000_000);
    let (_, error) = told(packed, |options| options.max_size = 5_000_000).await;
    assert!(error.as_deref().is_some_and(|error| error.contains("larger than `max_size`")), "{error:?}");
    let (_, error) = told("<a>".repeat(100_000).replacen("<a>", "<rss>", 1), |_| {}).await;
    assert!(error.as_deref().is_some_and(|error| error.contains("nested more than 64 deep")), "{error:?}");
}

#[tokio::test]
async fn encodings_are_read_as_declared_or_found_and_a_wrong_byte_does_no_harm() {
    let text = "<rss><channel><item><id>A</id><title>שולחן עץ מלא</title><availability>in stock</availability></item></channel></rss>";
    let declared = format!("<?xml version='1.0' encoding='windows-1255'?>{text}");
    let (hebrew, _, _) = encoding_rs::WINDOWS_1255.encode(&declared);
    let (table, _, _) = encoding_rs::WINDOWS_1255.encode("id,title,availability\nA,שולחן עץ מלא,in stock\n");
    let mut wrong = format!("<?xml version='1.0' encoding='utf-8'?>{text}").into_bytes();
    let at = wrong.windows(2).position(|two| two == "ש".as_bytes()).unwrap();
    wrong[at] = 0xff;
    for (bytes, name) in
        [(hebrew.to_vec(), "שולחן עץ מלא"), (table.to_vec(), "שולחן עץ מלא"), (wrong, "\u{fffd}\u{fffd}ולחן עץ מלא")]
    {
        let file = file(bytes);
        let (entries, error) = read_with(&options(file.path())).await;
        let [Entry::Offer(offer)] = entries.as_slice() else { panic!("{entries:?} {error:?}") };
        assert_eq!(offer.item.name.as_deref(), Some(name));
    }
}

#[tokio::test]
async fn nobody_listening_ends_the_reading() {
    let file = file(rss("g", &[GOOD; 5000]));
    let web = Fetcher::new(fetch::Options::default(), Clock::system()).unwrap();
    let options = options(file.path());
    assert_eq!(read(&options, &web).take(3).count().await, 3);
    assert_eq!(read(&options, &web).count().await, 5000);
}

const PARTS: [&str; 18] = [
    "<rss xmlns:g='http://base.google.com/ns/1.0'>",
    "<channel>",
    "<item>",
    "</item>",
    "<g:id>",
    "</g:id>",
    "A",
    "<entry>",
    "<link href='&x;' />",
    "&amp;",
    "&#0;",
    "&#x110000;",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE x [<!ENTITY a '&b;'>]>",
    "<?xml version='1.0' encoding='utf-16'?>",
    "<g:availability>in stock</g:availability>",
    "id,availability\nA,in stock\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_fall_over(parts in prop::collection::vec(prop::sample::select(&PARTS[..]), 0..24), noise in any::<[u8; 4]>()) {
        let mut bytes = parts.concat().into_bytes();
        bytes.extend(noise);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (entries, error) = runtime.block_on(told(bytes, |_| {}));
        prop_assert!(!entries.is_empty() || error.is_some());
    }
}
