//! `csv`: files here and on the web, in every notation, and files that are none.

use std::io::Write;

use super::*;

fn csv(from: Place) -> CsvOptions {
    CsvOptions {
        from,
        key: "SKU".to_owned(),
        fields: [("qty".to_owned(), "Qty".to_owned())].into(),
        delimiter: None,
        encoding: None,
        decimal_comma: false,
        locations: None,
        done_file: None,
        footer: None,
    }
}

fn file(bytes: &[u8]) -> (tempfile::NamedTempFile, CsvOptions) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let csv = csv(Place::File(file.path().to_owned()));
    (file, csv)
}

fn table(csv: CsvOptions) -> Box<dyn StockSource> {
    open(&options(Adapter::Csv(Box::new(csv))), &Clock::fixed(now())).unwrap()
}

async fn read(bytes: &[u8]) -> (Vec<(String, String)>, Result<(), StockError>) {
    let (_kept, csv) = file(bytes);
    everything(&*table(csv)).await
}

#[tokio::test]
async fn every_delimiter_and_encoding_gives_the_same_rows() {
    let text = "מק\"ט;SKU;Qty;\nשולחן עץ מלא לפינת האוכל;A-1; 5 ;\nכיסא מתקפל לגינה ולמרפסת;כתב;0;\n";
    let (hebrew, _, _) = encoding_rs::WINDOWS_1255.encode(text);
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let bom = format!("\u{feff}{}", text.replace(';', ",").replace("מק\"ט", "x"));
    let tabs = text.replace(';', "\t").replace('\n', "\r\n");
    for bytes in [text.as_bytes(), &hebrew, &utf16, bom.as_bytes(), tabs.as_bytes()] {
        assert_eq!(read(bytes).await, (pairs(&[("A-1", "5"), ("כתב", "0")]), Ok(())), "{bytes:?}");
    }
    let (_kept, mut csv) = file(&hebrew);
    csv.encoding = Some("windows-1255".into());
    assert_eq!(everything(&*table(csv)).await.0[1].0, "כתב");
}

#[tokio::test]
async fn rows_that_cannot_be_trusted_fail_and_the_others_stand() {
    let (answers, ended) =
        read(b"SKU,Qty,Note\nA,1,x\nB,,x\nC,n/a,x\nD,\"1,5\",x\nE,4\nF,1,2,3\n,9,x\nG,3,x\nH,1,x\nG,4,x\nH,1,x\n")
            .await;
    assert_eq!(ended, Ok(()));
    let last: BTreeMap<_, _> = answers.into_iter().collect();
    assert_eq!((last["A"].as_str(), last["H"].as_str()), ("1", "1"));
    for (key, expected) in [
        ("B", "line 3: qty is null"),
        ("C", "line 4: sellable (`qty`) gives the text 'n/a'"),
        ("D", "1,5"),
        ("E", "line 6: has 2 cells and the header has 3"),
        ("F", "line 7: has 4 cells"),
        ("G", "different quantities (3 and 4)"),
    ] {
        assert!(last[key].starts_with("failed: ") && last[key].contains(expected), "{key}: {}", last[key]);
    }
}

#[tokio::test]
async fn files_that_are_no_stock_table_say_so() {
    for (bytes, expected) in [
        (&b""[..], "the file is empty"),
        (b"SKU;Qty\n", "lists no items at all"),
        (b"SKU;Qty\n;1\n", "none of them has a key"),
        (b"SKU;QTY\nA;1\n", "no column is called `Qty`; did you mean `QTY`?; there are SKU, QTY"),
        (b"SKU;Qty;Qty\nA;1;2\n", "2 columns are called `Qty`"),
        (b"<!DOCTYPE html><title>Log in</title>", "this is no CSV but a web page"),
        (b"SKU;Qty\nA;\"1\nB;2\nC;3\n", "a quote that opens in line 2 is not closed"),
    ] {
        let (answers, ended) = read(bytes).await;
        let error = ended.expect_err(expected).to_string();
        assert!(error.contains(expected), "{expected}: {error}");
        assert_eq!(answers, [], "{expected}");
    }
    let (_, ended) = everything(&*table(csv(Place::File("/no/such/file.csv".into())))).await;
    assert!(ended.unwrap_err().to_string().starts_with("/no/such/file.csv: cannot be read: No such file"));
}

#[tokio::test]
async fn asking_a_file_tells_of_missing_and_ambiguous_keys() {
    let (_kept, mut csv) = file(b"SKU;Qty\nA;1.234,5\nB;1\nB;2\n");
    csv.decimal_comma = true;
    let source = table(csv);
    assert_eq!((source.reach(), source.can_ask(), source.requests()), (Reach::All, false, 0));
    let told = all_told(source.ask(&keys(&["B", "X", "A"])).await.unwrap());
    assert!(told[0].1.contains("1 and 2"), "{told:?}");
    assert_eq!(told[1..], pairs(&[("X", "missing"), ("A", "1234.5")]));
}

#[tokio::test]
async fn a_fact_is_as_old_as_its_file() {
    let written: Timestamp = "2026-12-31T22:00:00Z".parse().unwrap();
    let (kept, csv_here) = file(b"SKU,Qty\nA,1\n");
    kept.as_file().set_modified(written.into()).unwrap();
    let server = Server::start(|asked| {
        assert_eq!(asked.headers["x-key"], "k");
        (200, vec![("last-modified", "Thu, 31 Dec 2026 22:00:00 GMT".into())], b"SKU,Qty\nA,1\n".to_vec())
    })
    .await;
    let auth = Some(Auth::Header { name: "X-Key".into(), value: SecretString::from("k") });
    let csv_there = csv(Place::Url { url: server.base.parse().unwrap(), fetch: Box::new(loopback()), auth });
    for csv in [csv_here, csv_there] {
        let answers = table(csv).ask(&keys(&["A"])).await.unwrap();
        let StockAnswer::Known(fact) = &answers[0].answer else { panic!("{answers:?}") };
        assert_eq!((fact.as_of, fact.source.as_str(), fact.fields["qty"].as_str()), (written, "erp", "1"));
    }
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_file_on_the_web_that_is_not_there_is_an_error() {
    let server = Server::start(|_| (404, vec![], b"gone".to_vec())).await;
    let from = Place::Url { url: server.base.parse().unwrap(), fetch: Box::new(loopback()), auth: None };
    let (_, ended) = everything(&*table(csv(from))).await;
    assert!(ended.unwrap_err().to_string().contains("404"));
}
