//! Who would be told, and by which rule.

use serde_json::{Value, json};

use crate::harness::{Says, World, scrubbed};

fn world() -> World {
    let mut world = World::new();
    for sku in ["TEA-1", "TEA-2", "CUP-1", "MAT-1", "מג-1"] {
        world.sells(sku, Says::In, 0);
    }
    let rows = "sku,url,brand,category,owner\nTEA-1,/p/TEA-1,Ahmad,,\nTEA-2,/p/TEA-2,,,\"buyer@shop.example; n/a\"\n\
        CUP-1,/p/CUP-1,,,\nMAT-1,/p/MAT-1,,Mats,\nמג-1,/p/x,Kahla,,\n,,,,\n";
    let file = world.file("products.csv", rows);
    let columns = json!({"sku": "sku", "url": "url", "brand": "brand", "category": "category", "owner_email": "owner"});
    world
        .set("/shops/0/catalog", json!({"csv": {"file": file.to_str(), "columns": columns}}))
        .tells("all@shop.example");
    world.set(
        "/owners",
        json!([
            {"email": "dana@shop.example", "brands": ["ahmad"]},
            {"email": "noa@shop.example", "skus": ["^TEA"]},
            {"email": "mats@shop.example", "categories": ["mats"]},
            {"email": "lego@shop.example", "brands": ["Lego"]},
        ]),
    );
    world
}

fn table(world: &World, args: &[&str]) -> String {
    scrubbed(&world.run(&[&["owners"], args].concat()).exits(0).stdout, world.folder())
}

#[test]
fn of_one_product_it_is_said_who_and_by_which_rule() {
    let world = world();
    insta::assert_snapshot!(table(&world, &["TEA-1"]), @"
    item     TEA-1
    shop     shop
    page     http://127.0.0.1:PORT/p/TEA-1
    brand    Ahmad
    is told  dana@shop.example, rule 1 of owners

    RULE  CONDITIONS       NAMES
    1     brands ahmad     dana@shop.example  fits
    2     skus ^TEA        noa@shop.example   fits, but others come first
    3     categories mats  mats@shop.example  does not fit
    4     brands Lego      lego@shop.example  does not fit
    ");
    insta::assert_snapshot!(table(&world, &["TEA-2"]), @"
    item          TEA-2
    shop          shop
    page          http://127.0.0.1:PORT/p/TEA-2
    owner column  buyer@shop.example; n/a
                  n/a: no mail address, passed over
    is told       buyer@shop.example, the catalogue's owner column

    RULE  CONDITIONS       NAMES
    1     brands ahmad     dana@shop.example  does not fit
    2     skus ^TEA        noa@shop.example   fits, but others come first
    3     categories mats  mats@shop.example  does not fit
    4     brands Lego      lego@shop.example  does not fit
    ");
    let ran = world.run(&["owners", "CUP-1", "--format", "json"]);
    let document: Value = serde_json::from_str(&ran.exits(0).stdout).expect("JSON");
    assert_eq!(document["format"], "stocktruth.owner");
    assert_eq!(
        document["told"][0]["owners"][0],
        json!({"recipient": "all@shop.example", "by": "fallback", "rule": null})
    );
    world.run(&["owners", "NO-1"]).exits(2).complains(["\"NO-1\" is no SKU", "sitemap"]);
    world.run(&["owners", "TEA-1", "--shop", "x"]).exits(2).complains(["no shop \"x\""]);
    world.run(&["owners"]).exits(2).complains(["<SKU"]);
    assert!(!world.database().exists() && world.shop.seen().is_empty(), "nothing is looked at or made");
}

#[test]
fn of_the_catalogue_it_is_counted_who_owns_how_much() {
    let world = world();
    insta::assert_snapshot!(table(&world, &["--all"]), @"
    ITEMS  RECIPIENT           NAMED BY
    2      all@shop.example    fallback: nobody owns it
    1      buyer@shop.example  the catalogue's owner column
    1      dana@shop.example   rule 1 of owners
    1      mats@shop.example   rule 3 of owners

    RULE  CONDITIONS       NAMES              FITS
    1     brands ahmad     dana@shop.example  1 item
    2     skus ^TEA        noa@shop.example   2 items, all named otherwise before
    3     categories mats  mats@shop.example  1 item
    4     brands Lego      lego@shop.example  nothing

    shop: 5 items
      2 items that nobody owns: the fallback is told
           CUP-1
           מג-1 Kahla
      1 item whose owner column holds no mail address
           TEA-2: n/a
      1 catalogue row could not be used
    ");
    let ran = world.run(&["owners", "--all", "--format", "json"]);
    let document: Value = serde_json::from_str(&ran.exits(0).stdout).expect("JSON");
    assert_eq!(
        (&document["format"], &document["items"], &document["orphans"]),
        (&json!("stocktruth.owners"), &json!(5), &json!(2))
    );
    assert_eq!((&document["rules"][1]["fits"], &document["rules"][1]["names"]), (&json!(2), &json!(0)));
}

#[test]
fn what_only_an_incident_remembers_has_owners_too() {
    let mut world = world();
    world.check(&[]).exits(10);
    world.set("/shops/0/catalog", json!({"list": [{"sku": "X", "url": "/p/X"}]}));
    let ran = world.run(&["owners", "MAT-1"]);
    ran.exits(0).says(["mats@shop.example", "rule 3 of owners", "the catalogue does not list it"]);
}
