use serde_json::json;

use super::*;

#[test]
fn what_shops_write_is_read() {
    let meant = vec![json!({"a": [1, {"b": "x y"}]})];
    for written in [
        "{\"a\":[1,{\"b\":\"x y\"}]}",
        "\u{feff}{\"a\":[1,{\"b\":\"x y\"}]}",
        "//<![CDATA[\n{\"a\":[1,{\"b\":\"x y\"}]}\n//]]>",
        "<![CDATA[ {\"a\":[1,{\"b\":\"x y\"}]} ]]>",
        "/* made by a plugin */ {\"a\":[1,{\"b\":\"x y\",},],}",
        "/*<![CDATA[*/ {\"a\":[1,{\"b\":\"x y\",},],} /*]]>*/",
        "<!-- {\"a\":[1,{\"b\":\"x\ny\"}]} -->",
        "<!--\n//-->{\"a\":[1,{\"b\":\"x\ty\"}]};",
        "{&quot;a&quot;:[1,{&quot;b&quot;:&quot;x y&quot;}]}",
        "{\"a\": // a list\n [1,{\"b\":\"x y\"}]}",
        "{'a': [1, {'b': 'x y'}]}",
        "{a: [1, {b: \"x y\"}]}",
        "{\"a\":[1,{\"b\":\"x y\"}],\"c\":undefined,\"d\":NaN}",
        "{\"a\":[1 {\"b\":\"x y\"}]}",
        "{\"a\":[1,{\"b\":\"x y\"}],,}",
        "{\"a\":[1,{\"b\":\"x y\"}]}}",
        "var data = {\"a\":[1,{\"b\":\"x y\"}],};",
    ] {
        assert_eq!(values(written), meant, "{written}");
    }
}

#[test]
fn quotes_in_texts_are_kept_there() {
    assert_eq!(
        values("{\"name\": \"17\" screen, \\'new\\'\", \"sku\": \"1\"}"),
        vec![json!({"name": "17\" screen, 'new'", "sku": "1"})]
    );
    assert_eq!(
        values("{\"text\": \"the \"best\", \"cheapest\" one\",\n\"offers\": [{\"size\": \"17\"\", \"a\": \"b\"}]}"),
        vec![json!({"text": "the \"best\", \"cheapest\" one", "offers": [{"size": "17\"", "a": "b"}]})]
    );
    assert_eq!(values("{'name': 'Noa's mug', 'sku': '1'}"), vec![json!({"name": "Noa's mug", "sku": "1"})]);
    assert_eq!(values("{\"a\": \"x\"\n\"b\": \"y\"}"), vec![json!({"a": "x", "b": "y"})], "a missing comma");
    assert_eq!(values("{\"a\": \"\\u05d0 \\ud83d\\ude00\",}"), vec![json!({"a": "א 😀"})]);
}

#[test]
fn several_values_are_read() {
    let both = vec![json!({"a":1}), json!({"b":2})];
    for written in ["{\"a\":1} {\"b\":2}", "{\"a\":1}, {\"b\":2,}", "{\"a\":1}\n;\n{\"b\":2};"] {
        assert_eq!(values(written), both, "{written}");
    }
}

#[test]
fn a_slash_inside_a_string_is_no_comment() {
    assert_eq!(values("{\"u\":\"https://schema.org/InStock\",}"), vec![json!({"u": "https://schema.org/InStock"})]);
}

#[test]
fn of_what_is_cut_off_the_whole_parts_are_kept() {
    for (text, meant) in [
        (
            "{\"sku\":\"1\",\"offers\":{\"availability\":\"InStock\",\"price\":\"1",
            json!({"sku": "1", "offers": {"availability": "InStock"}}),
        ),
        ("{\"sku\":\"1\",\"offers\":{\"availability\":\"https://schema.org/In", json!({"sku": "1", "offers": {}})),
        ("{\"a\":[1,2", json!({"a": [1]})),
        ("{\"a\":1,\"b\":{{ product.sku }},\"c\":2}", json!({"a": 1, "b": {}, "c": 2})),
    ] {
        assert_eq!(values(text), vec![meant], "{text}");
    }
}

#[test]
fn half_a_statement_is_none() {
    for text in ["", "{\"a\":", "<html>", "{\"a", "\u{0}\u{1}", "{\"a\": \"b"] {
        assert_eq!(values(text), Vec::<Value>::new(), "{text}");
    }
}

#[test]
fn hostile_texts_take_their_time_and_no_more() {
    for piece in ["[", "{", "{\"a\":", "\"", "{\"a\":\"b\" ", "'", "//", "/*", ",", "{{", "\\u"] {
        let text = piece.repeat(200_000);
        let started = std::time::Instant::now();
        let _ = values(&text);
        assert!(started.elapsed().as_secs() < 10, "{piece}");
    }
}
