//! `batch` and `item`: who is asked how often, with which credentials, and what becomes of bad answers.

use serde_json::json;

use super::*;

fn batch(server: &Server, size: usize) -> HttpJsonOptions {
    let request = get(format!("{}/stock?skus={{keys}}", server.base));
    HttpJsonOptions { batch: Some(Batch { request, size, separator: ",".into() }), ..http() }
}

fn item(server: &Server) -> HttpJsonOptions {
    let mapping = Mapping { items: None, key: None, ..http().mapping };
    HttpJsonOptions { item: Some(get(format!("{}/stock/{{key}}", server.base))), mapping, ..http() }
}

#[tokio::test]
async fn batches_are_as_few_as_can_be_and_missing_keys_are_told() {
    let server = Server::start(|asked| {
        let skus = asked.query("skus").unwrap();
        let items: Json = skus
            .split(',')
            .filter(|sku| *sku != "K3")
            .map(|sku| json!({"sku": sku, "qty": sku[1..].parse::<u8>().unwrap()}))
            .collect();
        json_answer(&json!({"items": items}))
    })
    .await;
    let source = source(batch(&server, 2));
    assert_eq!((source.reach(), source.can_ask(), source.name()), (Reach::Keys { batch: 2 }, true, "erp"));
    let answers = source.ask(&keys(&["K1", "K2", "K3", "K4", "K5"])).await.unwrap();
    let expected = pairs(&[("K1", "1"), ("K2", "2"), ("K3", "missing"), ("K4", "4"), ("K5", "5")]);
    assert_eq!(all_told(answers), expected);
    assert_eq!(source.requests(), 3);
    let mut targets = server.targets();
    targets.sort();
    assert_eq!(targets, ["/stock?skus=K1,K2", "/stock?skus=K3,K4", "/stock?skus=K5"]);
    assert!(source.everything(&mut |_| ()).await.is_err());
}

#[tokio::test]
async fn a_bad_batch_fails_its_own_keys_only() {
    let server = Server::start(|asked| match asked.query("skus").as_deref() {
        Some("A,B") => (503, vec![], b"busy".to_vec()),
        Some("C,D") => (200, vec![], b"<html>".to_vec()),
        Some("E,F") => {
            json_answer(&json!({"items": [{"sku": "E", "qty": 1}, {"sku": "E", "qty": 2}, {"sku": "X", "qty": 1}]}))
        }
        _ => json_answer(&json!({"items": [{"sku": "G", "qty": 7}]})),
    })
    .await;
    let answers = source(batch(&server, 2)).ask(&keys(&["A", "B", "C", "D", "E", "F", "G"])).await.unwrap();
    let told: BTreeMap<_, _> = all_told(answers).into_iter().collect();
    assert!(told["A"].contains("503") && told["B"].contains("busy"), "{told:?}");
    assert!(told["C"].contains("other than JSON") && told["D"].starts_with("failed"), "{told:?}");
    assert!(told["E"].contains("1 and 2"), "{told:?}");
    assert_eq!((told["F"].as_str(), told["G"].as_str()), ("missing", "7"));
}

#[tokio::test]
async fn items_are_asked_one_by_one_and_404_is_missing() {
    let server = Server::start(|asked| match asked.target.as_str() {
        "/stock/a%2Fb%20c" => json_answer(&json!({"qty": 5})),
        "/stock/null" => json_answer(&json!({"qty": null})),
        "/stock/list" => json_answer(&json!([{"qty": 1}])),
        "/stock/down" => (500, vec![], b"".to_vec()),
        _ => (404, vec![], b"{}".to_vec()),
    })
    .await;
    let source = source(item(&server));
    assert_eq!(source.reach(), Reach::Keys { batch: 1 });
    let told = all_told(source.ask(&keys(&["a/b c", "null", "list", "down", "?", ".."])).await.unwrap());
    let starts = ["5", "failed: qty is null", "failed: http", "failed: http", "missing", "failed: the key is a dot"];
    for ((key, what), start) in told.iter().zip(starts) {
        assert!(what.starts_with(start), "{key}: {what}");
    }
    assert!(told[2].1.contains("answered a list") && told[3].1.contains("answered 500"), "{told:?}");
    assert_eq!(server.asked().len(), 5);
}

#[tokio::test]
async fn a_search_that_finds_something_similar_has_not_found_it() {
    let server = Server::start(|_| json_answer(&json!({"items": [{"sku": "AB", "qty": 9}]}))).await;
    let request = get(format!("{}/?q={{key}}", server.base));
    let answers = source(HttpJsonOptions { item: Some(request), ..http() }).ask(&keys(&["A", "AB"])).await.unwrap();
    assert_eq!(all_told(answers), pairs(&[("A", "missing"), ("AB", "9")]));
}

#[tokio::test]
async fn an_item_that_is_no_list_must_name_itself() {
    let server = Server::start(|_| json_answer(&json!({"sku": "A", "qty": 4}))).await;
    let request = get(format!("{}/{{key}}", server.base));
    let told =
        all_told(source(HttpJsonOptions { item: Some(request), ..http() }).ask(&keys(&["A", "B"])).await.unwrap());
    assert_eq!(told[0].1, "4");
    assert!(told[1].1.contains("has nothing at $.items[*]"), "{told:?}");
}

#[tokio::test]
async fn bodies_carry_keys_as_json() {
    let server = Server::start(|asked| {
        let body: Json = serde_json::from_str(&asked.body).unwrap();
        let items: Json = body["in"].as_array().unwrap().iter().map(|sku| json!({"sku": sku, "qty": 1})).collect();
        json_answer(&json!({"items": items}))
    })
    .await;
    let request =
        Request { method: "post".into(), url: format!("{}/q", server.base), body: Some(r#"{"in": {keys}}"#.into()) };
    let batch = Batch { request, size: 10, separator: ",".into() };
    let answers = source(HttpJsonOptions { batch: Some(batch), ..http() }).ask(&keys(&["a\"b", "א"])).await.unwrap();
    assert_eq!(all_told(answers), pairs(&[("a\"b", "1"), ("א", "1")]));
    let asked = server.asked();
    assert_eq!((asked[0].method.as_str(), asked[0].headers["content-type"].as_str()), ("POST", "application/json"));
}

#[tokio::test]
async fn credentials_are_sent_and_never_shown() {
    let secret = || SecretString::from("t0p-s3cret");
    for (auth, header, expected) in [
        (Auth::Bearer { token: secret() }, "authorization", "Bearer t0p-s3cret"),
        (Auth::Basic { username: "me".into(), password: secret() }, "authorization", "Basic bWU6dDBwLXMzY3JldA=="),
        (Auth::Header { name: "X-Auth-Token".into(), value: secret() }, "x-auth-token", "t0p-s3cret"),
    ] {
        let server = Server::start(|_| json_answer(&json!({"qty": 1}))).await;
        let options = options(Adapter::HttpJson(Box::new(HttpJsonOptions { auth: Some(auth), ..item(&server) })));
        open(&options, &Clock::system()).unwrap().ask(&keys(&["A"])).await.unwrap();
        assert_eq!(server.asked()[0].headers[header], expected);
        assert!(!format!("{options:?}").contains("s3cret"));
    }
}

#[tokio::test]
async fn refused_credentials_are_the_whole_sources_trouble() {
    for (status, expected) in [(401, "expired"), (403, "scopes")] {
        let server = Server::start(move |_| (status, vec![], b"no".to_vec())).await;
        for http in [item(&server), batch(&server, 2)] {
            let error = source(http).ask(&keys(&["A", "B", "C"])).await.unwrap_err();
            assert!(error.help().is_some_and(|help| help.contains(expected)), "{error}");
        }
    }
}

#[tokio::test]
async fn a_host_that_is_not_there_fails_the_keys_and_the_listing() {
    let gone = "http://127.0.0.1:1".to_owned();
    let server = Server { base: gone.clone(), asked: Arc::default() };
    let told = all_told(source(batch(&server, 9)).ask(&keys(&["A"])).await.unwrap());
    assert!(told[0].1.starts_with("failed: erp could not be read"), "{told:?}");
    let all = Listing { request: get(gone), paging: Paging::None };
    let (_, ended) = everything(&*source(HttpJsonOptions { all: Some(all), ..http() })).await;
    assert!(matches!(ended, Err(StockError::Fetch { .. })));
}

#[test]
fn every_problem_of_the_options_is_told_at_once() {
    let mut http = http();
    http.mapping.key = None;
    http.mapping.fields.insert("bad-name".into(), "qty".into());
    http.all = Some(Listing {
        request: get("ftp://h/".into()),
        paging: Paging::Page { parameter: String::new(), first: 1, size_parameter: None, size: 0 },
    });
    http.item = Some(get("http://h/fixed".into()));
    let mut options = options(Adapter::HttpJson(Box::new(http)));
    options.rules.sellable = Some("qyt".into());
    let problems = check(&options);
    let told: Vec<&str> = problems.iter().map(|(option, _)| option.as_str()).collect();
    assert_eq!(
        told,
        [
            "http_json.fields.bad-name",
            "http_json.all.url",
            "http_json.all.paging.page.parameter",
            "http_json.all.paging.page.size",
            "http_json.item.url",
            "http_json.key",
            "http_json.fields.bad-name",
            "sellable"
        ]
    );
    assert!(matches!(open(&options, &Clock::system()).err(), Some(StockError::Options { .. })));
}
