//! Catalogues of every kind, from files and from a small server on loopback.

use std::collections::BTreeMap;
use std::io::Write;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::{StatusCode, Uri};
use futures::StreamExt;
use regex::Regex;
use url::Url;

use super::*;
use crate::domain::clock::Clock;
use crate::fetch;

/// A server of files, by path.
async fn serve(files: Vec<(&str, Vec<u8>)>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let own = base.clone();
    let files: BTreeMap<String, Vec<u8>> = files.into_iter().map(|(path, body)| (path.to_owned(), body)).collect();
    let app = axum::Router::new().fallback(move |uri: Uri| {
        let answer = files.get(uri.path()).map_or((StatusCode::NOT_FOUND, Vec::new()), |body| {
            let text = String::from_utf8(body.clone()).map(|text| text.replace("BASE", &own).into_bytes());
            (StatusCode::OK, text.unwrap_or_else(|_| body.clone()))
        });
        async move { answer }
    });
    tokio::spawn(async move { axum::serve(listener, app).await });
    base
}

fn web() -> Fetcher {
    let many = NonZeroU32::new(10_000).unwrap();
    let options = fetch::Options {
        rate: fetch::Rate { requests: many, per: Duration::from_secs(1) },
        burst: many,
        robots: false,
        retries: 0,
        allow_private: vec!["127.0.0.0/8".parse().unwrap()],
        ..fetch::Options::default()
    };
    Fetcher::new(options, Clock::system()).unwrap()
}

/// Every entry in short, and the error at the end if there is one. `base` is cut out of addresses.
async fn told(options: Options, base: &str) -> (Vec<String>, Option<String>) {
    let (mut entries, mut error) = (Vec::new(), None);
    let web = web();
    let mut stream = read(&options, &web);
    while let Some(entry) = stream.next().await {
        assert_eq!(error, None, "something came after the error");
        match entry {
            Ok(Entry::Item(item)) => {
                let url = item.url.map(|url| url.to_string()).unwrap_or_default();
                entries.push(format!("{}@{url}", item.sku.unwrap_or_default()).replace(base, ""));
            }
            Ok(Entry::Trouble { place, what } | Entry::Unread { place, what }) => {
                entries.push(format!("! {place}: {what}").replace(base, ""))
            }
            Ok(Entry::Offer(offer)) => panic!("{offer:?} of what is no feed"),
            Err(wrong) => error = Some(wrong.to_string().replace(base, "")),
        }
    }
    (entries, error)
}

fn sitemap(base: &str, path: &str) -> SitemapOptions {
    SitemapOptions {
        url: Url::parse(base).unwrap().join(path).unwrap(),
        include: Vec::new(),
        exclude: Vec::new(),
        sku_from_url: None,
    }
}

fn gz(text: &str) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

fn urlset(links: &[&str]) -> String {
    let urls: String = links.iter().map(|link| format!("<url><loc>{link}</loc></url>")).collect();
    format!("<?xml version=\"1.0\"?><urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{urls}</urlset>")
}

#[tokio::test]
async fn an_index_is_followed_and_pages_are_filtered() {
    let index = "<s:sitemapindex xmlns:s='http://www.sitemaps.org/schemas/sitemap/0.9'>
        <s:sitemap><s:loc>BASE/a.xml</s:loc><s:lastmod>2026-01-01</s:lastmod></s:sitemap>
        <s:sitemap><s:loc> BASE/index.xml </s:loc></s:sitemap><s:sitemap><s:loc>/b.xml.gz?x=1&amp;y=2</s:loc></s:sitemap>
        <s:sitemap><s:loc>BASE/gone.xml</s:loc></s:sitemap><s:sitemap><s:loc>BASE/a.xml</s:loc></s:sitemap>
        <s:sitemap><s:loc>BASE/html</s:loc></s:sitemap></s:sitemapindex>";
    let pages = "<urlset xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'><!-- <loc>no</loc> -->
        <url><image:image><image:loc>BASE/p/picture-0</image:loc></image:image><loc>BASE/p/chair-A%2F1</loc></url>
        <url><loc><![CDATA[BASE/p/table-B?a=1&b=2]]></loc></url><url><loc>BASE/p/sofa-C?a=1&amp;b=&#x32;&c=3</loc></url>
        <url><loc>BASE/about</loc></url><url><loc>BASE/p/old-D</loc></url><url><loc>mailto:a@b.c</loc></url><url/></urlset>";
    let base = serve(vec![
        ("/index.xml", index.into()),
        ("/a.xml", pages.into()),
        // Packed, whatever it is called and however many parts it has.
        ("/b.xml.gz", [gz("<urlset><url><loc>http://h/p/lamp"), gz("-E</loc></url></urlset>")].concat()),
        ("/html", b"<!DOCTYPE html><html><head></head></html>".to_vec()),
    ])
    .await;
    let options = SitemapOptions {
        include: vec![Regex::new("/p/").unwrap()],
        exclude: vec![Regex::new("old").unwrap()],
        sku_from_url: Some(Regex::new(r"-(?<sku>[^?/]+)").unwrap()),
        ..sitemap(&base, "/index.xml")
    };
    let (entries, error) = told(Options::Sitemap(options), &base).await;
    assert_eq!(
        entries,
        [
            "A/1@/p/chair-A%2F1",
            "B@/p/table-B?a=1&b=2",
            "C@/p/sofa-C?a=1&b=2&c=3",
            "! /a.xml: `mailto:a@b.c` is no page: mailto addresses cannot be asked",
            "E@http://h/p/lamp-E",
            "! /gone.xml: it could not be fetched: /gone.xml: the host answered 404",
            "! /html: is a web page (HTML) and no sitemap; it may be a login, a challenge or a page for visitors",
        ]
    );
    assert_eq!(error, None);
}

#[tokio::test]
async fn a_sitemap_that_breaks_keeps_what_came_before() {
    let whole = urlset(&["http://h/1", "http://h/2"]);
    let cut = whole.find("</loc></url></urlset>").unwrap();
    let packed = gz(&urlset(&["http://h/1"; 2000]));
    let base = serve(vec![
        ("/cut", whole.as_bytes()[..cut].to_vec()),
        ("/cross", whole.replacen("</url><url>", "</url></oops><url>", 1).into()),
        ("/half.gz", packed[..packed.len() - 20].to_vec()),
        ("/long", urlset(&["http://h/1", &"x".repeat(10_000)]).into()),
    ])
    .await;
    for (path, expected) in [
        ("/cut", "breaks off inside <urlset><url><loc>"),
        ("/cross", "is broken at byte"),
        ("/half.gz", "breaks off at byte"),
        ("/long", "an address of more than 8192 characters"),
    ] {
        let (entries, error) = told(Options::Sitemap(sitemap(&base, path)), &base).await;
        assert_eq!(entries.first().map(String::as_str), Some("@http://h/1"), "{path}: {error:?}");
        assert!(error.as_deref().is_some_and(|error| error.contains(expected)), "{path}: {error:?}");
    }
}

#[tokio::test]
async fn what_is_no_sitemap_says_so() {
    let base = serve(vec![
        ("/empty", vec![]),
        ("/html", b"<html lang=he><body><p>hi<br></body>".to_vec()),
        ("/rss", b"<rss></rss>".to_vec()),
        ("/none", urlset(&[]).into()),
        ("/root", b"<urlset/>".to_vec()),
        ("/text", b"Too many requests".to_vec()),
        ("/filtered", urlset(&["http://h/1", "http://h/2"]).into()),
        ("/lost", b"<sitemapindex><sitemap><loc>BASE/gone</loc></sitemap></sitemapindex>".to_vec()),
    ])
    .await;
    let include = vec![Regex::new("/p/").unwrap()];
    for (path, expected) in [
        ("/empty", "is empty and no sitemap"),
        ("/html", "is a web page (HTML)"),
        ("/rss", "begins with <rss>"),
        ("/none", "/none names no item: it is empty"),
        ("/root", "/root names no item: it is empty"),
        ("/text", "no sitemap"),
        ("/filtered", "none of its 2 pages passes include and exclude"),
        ("/lost", "of 1 nested sitemaps 0 could be read"),
        ("/gone", "/gone: the host answered 404"),
    ] {
        let options = SitemapOptions { include: include.clone(), ..sitemap(&base, path) };
        let (_, error) = told(Options::Sitemap(options), &base).await;
        assert!(error.as_deref().is_some_and(|error| error.contains(expected)), "{path}: {error:?}");
    }
}

fn csv(from: Place) -> CsvOptions {
    CsvOptions {
        from,
        columns: Columns {
            sku: Some("sku".to_owned()),
            url: Some("link".to_owned()),
            name: Some("name".to_owned()),
            ..Columns::default()
        },
        delimiter: None,
        encoding: None,
        base: Url::parse("https://shop.example/he/").unwrap(),
    }
}

#[tokio::test]
async fn rows_become_items_and_bad_rows_trouble() {
    let text = "sku;name;link\nA1;\"two\nlines\";p/1\n;שולחן עץ מלא;/p/2\nA3;x;\n;x;\nA5;x;javascript:alert(1)\nA6;x\nA7;שלום;https://other/7\n";
    let expected = [
        "A1@https://shop.example/he/p/1",
        "@https://shop.example/p/2",
        "A3@",
        "! F, line 6: neither a SKU nor an address is given",
        "! F, line 7: `javascript:alert(1)` is no page: javascript addresses cannot be asked",
        "! F, line 8: has 2 cells and the header has 3",
        "A7@https://other/7",
    ];
    let (hebrew, _, _) = encoding_rs::WINDOWS_1255.encode(text);
    for bytes in [text.as_bytes(), format!("\u{feff}{text}").replace(';', "\t").as_bytes(), &hebrew] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let path = file.path().to_owned();
        let (entries, error) =
            told(Options::Csv(Box::new(csv(Place::File(path.clone())))), &path.display().to_string()).await;
        let entries: Vec<_> = entries.iter().map(|entry| entry.replace("! ,", "! F,")).collect();
        assert_eq!((entries.as_slice(), error), (expected.map(str::to_owned).as_slice(), None));
    }
}

#[tokio::test]
async fn a_file_on_the_web_is_read_and_a_wrong_one_named() {
    let base = serve(vec![
        ("/ok.csv", b"sku,name,link\nA,x,/a\n".to_vec()),
        ("/wrong.csv", b"sku,name,url\nA,x,/a\n".to_vec()),
        ("/head.csv", b"sku,name,link\n".to_vec()),
        ("/login", b"<html>".to_vec()),
    ])
    .await;
    for (path, entries, expected) in [
        ("/ok.csv", vec!["A@https://shop.example/a"], None),
        ("/wrong.csv", vec![], Some("/wrong.csv: no column is called `link`; there are sku, name, url")),
        ("/head.csv", vec![], Some("/head.csv names no item: there is only a header")),
        ("/gone.csv", vec![], Some("it could not be fetched: /gone.csv: the host answered 404")),
        ("/login", vec![], Some("/login: this is no CSV but a web page or XML (<html>)")),
    ] {
        let from = Place::Url(Url::parse(&base).unwrap().join(path).unwrap());
        let (found, error) = told(Options::Csv(Box::new(csv(from))), &base).await;
        assert_eq!(found, entries, "{path}");
        let as_expected = match (&error, expected) {
            (Some(error), Some(expected)) => error.starts_with(expected),
            (error, expected) => error.is_none() && expected.is_none(),
        };
        assert!(as_expected, "{path}: {error:?}");
    }
}

#[tokio::test]
async fn a_reader_nobody_listens_to_stops() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(format!("sku,name,link\n{}", "A,x,/a\n".repeat(20_000)).as_bytes()).unwrap();
    let options = Options::Csv(Box::new(csv(Place::File(file.path().to_owned()))));
    let web = web();
    assert_eq!(read(&options, &web).take(3).count().await, 3);
    assert_eq!(read(&options, &web).count().await, 20_000);
    let items = vec![Item { sku: Some("A".to_owned()), ..Item::default() }];
    let list = Options::List(items.clone());
    assert_eq!(read(&list, &web).next().await, Some(Ok(Entry::Item(items[0].clone()))));
}
