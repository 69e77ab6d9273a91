//! The other commands: init, validate, explain, completions, man; and where the configuration is found.

use serde_json::{Value, json};

use crate::harness::{Answer, Program, Route, Says, World, page, scrubbed};

#[test]
fn a_starter_configuration_is_written_once_and_is_valid() {
    let folder = tempfile::tempdir().expect("a folder");
    let call = |args: &[&str]| Program::in_folder(folder.path()).args(args).run();
    call(&["init"]).exits(0).says(["wrote stocktruth.yaml", "stocktruth validate"]);
    call(&["validate"]).exits(0).says(["stocktruth.yaml: good (1 shop: shop)"]);
    let file = folder.path().join("stocktruth.yaml");
    std::fs::write(&file, "mine").expect("our file");
    call(&["init"]).exits(2).complains(["stocktruth.yaml exists already", "--force"]);
    assert_eq!(std::fs::read_to_string(&file).expect("our file"), "mine");
    call(&["init", "--force"]).exits(0);
    call(&["init", "no/such/folder.yaml"]).exits(2).complains(["no/such/folder.yaml could not be written"]);
    call(&["validate"]).exits(0);
}

#[test]
fn every_problem_is_shown_at_once_with_its_place_and_what_to_do() {
    let world = World::new();
    let bad = "version: 1\ncontact: nobody\nshops:\n  - name: a\n    url: https://a.example\n    grace: 15\n    \
        catalog: {list: [{sku: x}]}\n    stock:\n      sellable: av +\n      http_json:\n        all: {url: \"https://a.example\"}\n        \
        items: items\n        key: $.sku\n        fields: {av: $.q}\n        auth: {bearer: {token: hunter2}}\n    colour: red\n";
    world.file("bad.yaml", bad);
    let ran = world.run(&["validate", "-c", "bad.yaml"]);
    ran.exits(3);
    insta::assert_snapshot!(scrubbed(&ran.stderr, world.folder()), @r#"
    error: `contact`: this is neither a mail address nor an address on the web
     --> bad.yaml:2:10
      |
    2 | contact: nobody
      |          ^^^^^^
      |
      = help: write whom a shop's operator can ask, such as `it@shop.example` or `https://shop.example/bot`

    error: `grace`: a length of time needs a unit
     --> bad.yaml:6:12
      |
    6 |     grace: 15
      |            ^^
      |
      = help: write `15s`, `15m`, `15h` or `15d`

    error: `sellable`: `av +` is no expression: at column 5 it ends where a value is needed
     --> bad.yaml:9:21
      |
    9 |       sellable: av +
      |                     ^

    error: `items`: `items` is no JSONPath (RFC 9535), column 1: parser error
      --> bad.yaml:12:16
       |
    12 |         items: items
       |                ^^^^^
       |
       = help: a path begins with $

    error: `token`: a secret does not belong into the configuration
      --> bad.yaml:15:32
       |
    15 |         auth: {bearer: {token: …}}
       |                                ^^^
       |
       = help: write `${NAME}` and set that environment variable; or put it into a file of its own and write `token_file: PATH`

    error: unknown key `colour`
      --> bad.yaml:16:5
       |
    16 |     colour: …
       |     ^^^^^^
       |
       = help: known here: name, url, language, admin_url, catalog, feeds, fetch, page, listings, stock, cart, grace, max_jump, confirm_after, plan, targets

    error: bad.yaml cannot be used (6 problems)
     help: config/example.yaml explains every key
    "#);
    assert!(!ran.stderr.contains("hunter2"), "a secret that stands where it should not is not repeated");
}

#[test]
fn connecting_says_what_everybody_answered() {
    let mut world = World::lying();
    let listing = "<html lang=\"en\"><body><main><ul><li><a href=\"/p/A-1\"><img src=\"/a.jpg\" alt=\"\"><h3>Thing A-1</h3></a><span>10 €</span></li>\
        <li><a href=\"/p/A-2\"><img src=\"/b.jpg\" alt=\"\"><h3>Thing A-2</h3></a><span>12 €</span></li></ul></main></body></html>";
    world.shop.on("/purim", Answer::html(listing));
    let purim = serde_json::json!({"name": "Purim", "url": "/purim"});
    let gone = serde_json::json!({"name": "Hanukkah", "url": "/hanukkah"});
    world.set("/shops/0/listings", serde_json::json!([purim]));
    let ran = world.run(&["validate", "--connect"]);
    ran.exits(0);
    insta::assert_snapshot!(scrubbed(&ran.stdout, world.folder()), @"
    ./stocktruth.yaml: good (1 shop: shop)
    ok    shop catalogue      its first item is A-1
    ok    shop listing Purim  http://127.0.0.1:PORT/purim shows 2 products
    ok    shop page           http://127.0.0.1:PORT/p/A-1 answered 200, 3 signals, says InStock
    ok    shop stock          warehouse says 0 sellable of A-1, and knows more in bulk, 2 requests
    ok    mail                mail server 127.0.0.1:PORT answered as localhost, not encrypted, without signing in
    ");

    // A link may lead to anything: that these are products is known by the items. And a check asks in bulk first.
    let links = "<html lang=\"en\"><body><main><ul><li><a href=\"/p/A-1\">Thing A-1</a></li></ul></main></body></html>";
    world.shop.on("/purim", Answer::html(links));
    world.api.on("/stock", Answer::of_status(404));
    let ran = world.run(&["validate", "--connect"]);
    ran.exits(4);
    let said = scrubbed(&ran.stdout, world.folder());
    let asked = said.lines().filter(|line| line.contains("Purim") || line.contains("stock "));
    insta::assert_snapshot!(asked.collect::<Vec<_>>().join("\n"), @r"
    ok    shop listing Purim  http://127.0.0.1:PORT/purim shows 1 link that may be a product (whether it is, is seen by the check)
    FAIL  shop stock          warehouse says 0 sellable of A-1, but not in bulk: http://127.0.0.1:PORT/stock answered 404 (text/html): <html><head><title>404</title></head><body>404</body></html>; check the address of the stock source
    ");

    world.api.on("/stock", Answer::json(&serde_json::json!({"items": []})));
    let ran = world.run(&["validate", "--connect"]);
    ran.exits(4).says(["but not in bulk: warehouse lists no items at all; see whether the export ran"]);

    world.set("/shops/0/listings", serde_json::json!([purim, gone]));
    world
        .shop
        .on("/purim", Answer::html("<html><body>Nothing here</body></html>"))
        .on("/hanukkah", Answer::of_status(404));
    world.shop.on("/p/A-1", Answer::of_status(500));
    world.api.on("/stock/*", Answer::text("no").status(401));
    world.set("/mail/transport/smtp/port", 9);
    let ran = world.run(&["validate", "--connect"]);
    ran.exits(4);
    insta::assert_snapshot!(scrubbed(&ran.stdout, world.folder()), @"
    ./stocktruth.yaml: good (1 shop: shop)
    ok    shop catalogue         its first item is A-1
    FAIL  shop listing Purim     http://127.0.0.1:PORT/purim: no product was found on it; `card` can say what one is
    FAIL  shop listing Hanukkah  http://127.0.0.1:PORT/hanukkah: the host answered 404; check the `url` of the listing
    FAIL  shop page              http://127.0.0.1:PORT/p/A-1 answered 500
    FAIL  shop stock             http://127.0.0.1:PORT/stock/A-1 answered 401 (text/plain): no; the credentials were not accepted: check those of the stock source and whether they have expired
    FAIL  mail                   mail server 127.0.0.1:PORT could not be reached: Connection refused (os error 111); check mail.transport.smtp.host, port and security, and that the server is up
    ");
    assert!(!world.database().exists() && world.mail.mails().is_empty());
}

#[test]
fn a_page_is_explained_signal_by_signal() {
    let world = World::lying();
    let ran = world.run(&["explain", &world.shop.url("/p/A-1")]);
    ran.exits(10);
    insta::assert_snapshot!(scrubbed(&ran.stdout, world.folder()), @"
    item        A-1
    page        http://127.0.0.1:PORT/p/A-1
    name        Thing A-1
    page SKUs   A-1
    language    en
    answer      200, text/html, read as UTF-8
    seen        TIME UTC

       SIGNAL   SAYS     OF   PLACE                           EXCERPT
       JSON-LD  InStock  A-1  json-ld[0].offers.availability  https://schema.org/InStock
    *  text     InStock       main > p.stock                  In stock
       button   InStock       form > button                   Add to cart
    * decides

    claim       InStock (text)
    confidence  high
    decided by  text at main > p.stock: the first in the order of trust; in agreement: JSON-LD, button
    stock       0: cannot be sold
    source      warehouse, key A-1, tracked
    as of       TIME UTC
    fields      available = 0
    verdict     false available: promised, but none: the customer is let down
    because     the page says InStock (text), the stock source says 0 sellable, below the threshold 1
    ");
    assert!(!world.database().exists());
}

#[test]
fn a_sku_is_explained_also_for_programs() {
    let mut world = World::lying();
    let cached = Route::cached(&page("C-1", Says::In), &page("C-1", Says::Out));
    world.lists("C-1", cached).stock("C-1", [0]);
    let ran = world.run(&["explain", "--json", "C-1"]);
    let json: Value = serde_json::from_str(&ran.exits(10).stdout).expect("JSON");
    assert_eq!((&json["format"], &json["verdict"]), (&json!("stocktruth.explanation"), &json!("false_available")));
    assert_eq!(json["answer"]["cache"]["age_seconds"], 5400);
    assert_eq!(json["stock"]["fields"]["available"], "0");
    world.run(&["explain", "A-2"]).exits(0).says(["agrees"]);
    world.run(&["explain", "NO-SUCH"]).exits(2).complains(["\"NO-SUCH\"", "no SKU of a catalogue"]);
    world.run(&["explain", "https://elsewhere.example/"]).exits(2).complains(["no shop of the configuration fits"]);
}

#[test]
fn a_saved_page_is_explained_without_shop_or_network() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("page.html"), page("A-1", Says::Out)).expect("a file");
    let ran = Program::in_folder(folder.path()).args(["explain", "page.html"]).run();
    ran.exits(0).says([
        "OutOfStock",
        "json-ld[0].offers.availability",
        "form > button",
        "* decides",
        "no stock source",
    ]);
}

#[test]
fn completions_and_manual_are_printed() {
    let folder = tempfile::tempdir().expect("a folder");
    let call = |args: &[&str]| Program::in_folder(folder.path()).args(args).run();
    for (shell, word) in
        [("bash", "complete -F _stocktruth"), ("zsh", "#compdef stocktruth"), ("fish", "complete -c stocktruth")]
    {
        call(&["completions", shell]).exits(0).says([word, "dry-run"]);
    }
    call(&["completions", "cobol"]).exits(2).complains(["cobol", "bash"]);
    call(&["man"]).exits(0).says([".TH stocktruth 1", "Exit codes"]);
    for command in ["completions bash", "man"] {
        // The reader is gone before the first byte.
        let line = format!("(sleep 0.2; \"$0\" {command}; echo \"ended with $?\" >&2) | true");
        let ran = Program::in_shell(&line, folder.path()).run();
        assert_eq!(ran.stderr.trim(), "ended with 0", "{command}");
        let ran = Program::in_shell(&format!("exec \"$0\" {command} > /dev/full"), folder.path()).run();
        ran.exits(4).complains(["could not be written", "No space left"]);
    }
    call(&["--version"]).exits(0).says([concat!("stocktruth ", env!("CARGO_PKG_VERSION"))]);
    call(&[]).exits(2);
}

#[test]
fn the_configuration_is_looked_for_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let starter = Program::in_folder(folder.path()).args(["init", "starter.yaml"]).run();
    starter.exits(0);
    let starter = std::fs::read_to_string(folder.path().join("starter.yaml")).expect("a file");
    let write = |path: &str, name: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, starter.replace("name: shop", &format!("name: {name}"))).expect("a file");
    };
    let call = || Program::in_folder(folder.path()).args(["validate"]);
    call().run().exits(3).complains([
        "./stocktruth.yaml",
        "home/.config/stocktruth/stocktruth.yaml",
        "/etc/stocktruth/stocktruth.yaml",
        "stocktruth init",
    ]);
    write("home/.config/stocktruth/stocktruth.yaml", "of-the-user");
    call().run().exits(0).says(["of-the-user"]);
    write("xdg/stocktruth/stocktruth.yaml", "of-xdg");
    let xdg = || call().env("XDG_CONFIG_HOME", folder.path().join("xdg"));
    xdg().run().exits(0).says(["of-xdg"]);
    write("stocktruth.yaml", "of-the-folder");
    xdg().run().exits(0).says(["of-the-folder"]);
    write("named.yaml", "of-the-variable");
    let named = || xdg().env("STOCKTRUTH_CONFIG", "named.yaml");
    named().run().exits(0).says(["of-the-variable"]);
    write("explicit.yaml", "of-the-flag");
    named().args(["-c", "explicit.yaml"]).run().exits(0).says(["of-the-flag"]);
    call().env("STOCKTRUTH_CONFIG", "gone.yaml").run().exits(3).complains(["gone.yaml"]);
}

#[test]
fn the_examples_are_valid() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    for name in ["starter.yaml", "example.yaml"] {
        let mut program = Program::in_folder(folder.path()).args(["validate", "-c"]).args([config.join(name)]);
        let text = std::fs::read_to_string(config.join(name)).expect("an example");
        for secret in text.split("${").skip(1).filter_map(|after| after.split('}').next()) {
            let value = match secret {
                "TICKETS_SECRET" => "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                _ if secret.ends_with("_WEBHOOK") || secret.ends_with("_URL") => "https://hooks.example/secret",
                _ => "secret",
            };
            program = program.env(secret, value);
        }
        program.run().exits(0).says(["good"]);
    }
}

#[test]
fn rules_that_span_the_whole_file_are_checked() {
    let mut world = World::lying();
    let twin = world.shop_config();
    world.set("/shops/-", twin).set("/owners", json!([{"email": "a@shop.example", "shops": ["nowhere"]}]));
    world.set("/shops/0/stock/http_json/auth", json!({"bearer": {"token": "${NOT_SET_HERE}"}}));
    world.set("/shops/0/fetch/rate", "fast").set("/store", json!({"keep": "90"}));
    let ran = world.run(&["validate"]);
    ran.exits(3).complains(["(5 problems)", "NOT_SET_HERE", "nowhere", "`rate`", "`keep`", "shop"]);
    let places = ran.stderr.lines().filter(|line| line.trim_start().starts_with("--> ./stocktruth.yaml:")).count();
    assert_eq!(places, 5, "each with its place:\n{}", ran.stderr);
    world.set("/owners", json!(null)).set("/fallback", json!(null));
    world.run(&["validate"]).exits(3).complains(["fallback"]);
}
