//! Readings that go on where an earlier one was cut off: nothing is told twice and nothing is passed over.

use serde_json::json;

use super::*;

/// What is told from a checkpoint on: keys, and checkpoints as `@…`.
pub(super) async fn told_from(options: &dyn Kind, from: Option<&str>) -> Vec<String> {
    let connection = options.open("erp", &Clock::fixed(now())).unwrap();
    let mut told = Vec::new();
    let mut sink = |one| {
        told.push(match one {
            Told::Item(record) => record.key,
            Told::Checkpoint(at) => format!("@{at}"),
        });
    };
    connection.list(from, &mut sink).await.unwrap();
    connection.close().await;
    told
}

/// The key after which a filter goes on.
fn after(asked: &Asked) -> String {
    let filter = asked.query("$filter").unwrap_or_default();
    filter.split('\'').nth(1).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn sap_b1_goes_on_after_the_last_code() {
    let codes = ["A", "B", "C", "D", "E"];
    let server = Server::start(move |asked| {
        if !asked.target.starts_with("/b1s/v1/Items") {
            return (204, vec![("set-cookie", "B1SESSION=1;HttpOnly;".to_owned())], Vec::new());
        }
        let rest: Vec<Json> = codes
            .into_iter()
            .filter(|code| *code > after(asked).as_str())
            .map(|code| json!({"ItemCode": code}))
            .collect();
        let mut page = json!({"value": rest.iter().take(2).collect::<Vec<_>>()});
        if rest.len() > 2 {
            page["odata.nextLink"] = json!("Items?$skip=2");
        }
        json_answer(&page)
    })
    .await;
    let options = SapB1Options {
        fetch: loopback(),
        url: server.base.parse().unwrap(),
        version: 1,
        company: "SBO".to_owned(),
        username: "us".to_owned(),
        password: "p".into(),
        select: Vec::new(),
        filter: None,
        page_size: 2,
        batch: 2,
    };
    assert_eq!(told_from(&options, None).await, ["A", "B", "@B", "C", "D", "@D", "E"]);
    assert_eq!(told_from(&options, Some("B")).await, ["C", "D", "@D", "E"]);
    let prefer: Vec<Option<String>> = server.asked().iter().map(|asked| asked.headers.get("prefer").cloned()).collect();
    assert!(prefer.iter().all(|prefer| prefer.as_deref() == Some("odata.maxpagesize=2")), "{prefer:?}");
}

#[tokio::test]
async fn priority_goes_on_after_the_last_part() {
    let names = ["A", "B", "C", "D", "E"];
    let server = Server::start(move |asked| {
        let rest = names.into_iter().filter(|name| *name > after(asked).as_str());
        json_answer(&json!({"value": rest.take(2).map(|name| json!({"PARTNAME": name})).collect::<Vec<_>>()}))
    })
    .await;
    let options = PriorityOptions {
        fetch: fetch::Options { concurrency: 2, ..loopback() },
        url: format!("{}/odata/Priority/tabula.ini/demo", server.base).parse().unwrap(),
        login: PriorityLogin::Token("t".into()),
        app: None,
        form: "LOGPART".to_owned(),
        order: "PARTNAME".to_owned(),
        key: "PARTNAME".to_owned(),
        select: Vec::new(),
        expand: BTreeMap::new(),
        filter: None,
        page_size: 500,
        batch: 20,
    };
    assert_eq!(told_from(&options, None).await, ["A", "B", "@B", "C", "D", "@D", "E", "@E"]);
    assert_eq!(told_from(&options, Some("D")).await, ["E", "@E"]);
    // Keys that would not fit into one address together are asked for in several.
    let long: Vec<String> = (0..8).map(|at| format!("{at}{}", "ב".repeat(60))).collect();
    let before = server.asked().len();
    options.open("erp", &Clock::fixed(now())).unwrap().ask(&long).await.unwrap();
    let asked: Vec<String> = server.targets().split_off(before);
    assert!(asked.len() > 1 && asked.iter().all(|target| target.len() < 2048 + 64), "{asked:?}");
}

#[tokio::test]
async fn odoo_goes_on_after_the_last_id() {
    let server = Server::start(|asked| {
        if asked.target.ends_with("/fields_get") {
            let body: Json = serde_json::from_str(&asked.body).unwrap();
            let names = body["allfields"].as_array().unwrap().iter().filter_map(Json::as_str);
            return json_answer(&names.map(|name| (name.to_owned(), json!({"type": "char"}))).collect());
        }
        let body: Json = serde_json::from_str(&asked.body).unwrap();
        let last = body["domain"][1][2].as_i64().unwrap_or(0);
        let rest = (last + 1..=5).take(2).map(|id| json!({"id": id, "default_code": format!("C-{id}")}));
        json_answer(&rest.collect())
    })
    .await;
    let options = OdooOptions {
        fetch: loopback(),
        url: server.base.parse().unwrap(),
        protocol: OdooProtocol::Json2,
        database: None,
        username: None,
        api_key: "k".into(),
        key: "default_code".to_owned(),
        fields: Vec::new(),
        domain: None,
        warehouse: None,
        location: None,
        locations: false,
        archived: false,
        page_size: 2,
        batch: 2,
    };
    assert_eq!(told_from(&options, None).await, ["C-1", "C-2", "@2", "C-3", "C-4", "@4", "C-5"]);
    assert_eq!(told_from(&options, Some("4")).await, ["C-5"]);
}
