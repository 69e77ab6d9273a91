//! The other brake: so many items become wrong at once that nobody is told before somebody has looked.

use serde_json::json;

use crate::harness::{Says, World};

const ITEMS: usize = 20;

fn sku(at: usize) -> String {
    format!("A-{at:02}")
}

/// Twenty products in stock that say so, seen once.
fn shop() -> World {
    let mut world = World::new();
    for at in 0..ITEMS {
        world.sells(&sku(at), Says::In, 5);
    }
    world.tells("all@shop.example").set("/operations", json!({"email": "it@shop.example"}));
    world.check(&[]).exits(0);
    world
}

fn pages_say(world: &World, says: Says, how_many: usize) {
    for at in 0..how_many {
        world.page(&sku(at), says);
    }
}

fn told(world: &World) -> Vec<String> {
    world.mail.mails().into_iter().map(|mail| mail.to.join(",")).collect()
}

#[test]
fn too_much_at_once_is_held_until_it_is_over() {
    let world = shop();
    pages_say(&world, Says::Out, 12);
    let checked = world.check(&[]);
    checked.exits(4);
    assert_eq!(checked.json["shops"][0]["mismatches"], 12, "they are shown");
    let held = checked.json["shops"][0]["held"].as_str().unwrap_or_default();
    assert!(held.contains("12 of 20 items became wrong at once"), "{held}");
    world.check(&[]).exits(4);
    assert_eq!(told(&world), ["it@shop.example"], "operations hear of it, once");
    assert!(world.mail.mails()[0].text().contains("12 of 20"), "{}", world.mail.mails()[0].text());
    let table = world.run(&["check"]);
    table.exits(4).says(["12 of 20 items became wrong at once", "--accept-stock"]);
    pages_say(&world, Says::In, ITEMS);
    world.check(&[]).exits(0);
    assert_eq!(told(&world).len(), 1, "what nobody was told of is right again without a word");
    pages_say(&world, Says::Out, 2);
    world.check(&[]).exits(10);
    assert_eq!(told(&world).pop().as_deref(), Some("all@shop.example"));
}

#[test]
fn what_is_right_is_accepted_by_hand() {
    let world = shop();
    pages_say(&world, Says::Out, 12);
    world.check(&[]).exits(4);
    world.check(&["--accept-stock"]).exits(10);
    assert_eq!(told(&world), ["it@shop.example", "all@shop.example"]);
    world.check(&[]).exits(10);
    assert_eq!(told(&world).len(), 2, "and stays accepted");
}

#[test]
fn a_limit_of_ones_own_and_a_shop_that_is_new() {
    let mut world = shop();
    world.set("/shops/0/max_jump", "100%");
    pages_say(&world, Says::Out, ITEMS);
    world.check(&[]).exits(10);
    assert_eq!(told(&world), ["all@shop.example"]);
    let mut new = World::new();
    for at in 0..ITEMS {
        new.sells(&sku(at), Says::Out, 5);
    }
    new.tells("all@shop.example");
    new.check(&[]).exits(10);
    assert_eq!(told(&new), ["all@shop.example"], "it has nothing to jump from");
}
