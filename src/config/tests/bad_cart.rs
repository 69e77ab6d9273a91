//! Bad configurations: the cart.

use super::{Case, Change::*};

pub(super) const CASES: &[Case] = &[
    (
        "a cart of nobody",
        Edit("    stock:\n", "    cart: {sample: 3}\n    stock:\n"),
        &[
            "10:5 `cart` needs exactly one of `shopify`, `woocommerce`, `magento`, `opencart`, `evershop`, `oscar`, `cartridge` and `recipe`",
        ],
    ),
    (
        "a cart of two",
        Edit("    stock:\n", "    cart: {shopify: {}, oscar: {}}\n    stock:\n"),
        &["10:25 `cart` takes only one of `shopify` and `oscar` | keep one and remove the others"],
    ),
    (
        "values of the cart",
        Edit(
            "    stock:\n",
            "    cart: {magento: {store: he/il, url: shop.example}, rate: 20/s, sample: -1, suspects: all}\n    stock:\n",
        ),
        &[
            "10:29 `store`: this is no store view | write the store view's code, letters, digits and `_`, such as `default`",
            "10:41 `url`: this is no absolute address (relative URL without a base) | write an absolute address such as `https://shop.example/`",
            "10:62 warning: `rate`: this is a lot for a cart that customers use, too | a probe is a whole visit of a customer; stay at one in a second or less",
            "10:76 `sample`: this is not a whole number | write a number such as `5`",
            "10:90 `suspects`: this is not a whole number | write a number such as `5`",
        ],
    ),
    (
        "an unknown key of the cart",
        Edit("    stock:\n", "    cart: {shopify: {token: a}}\n    stock:\n"),
        &["10:22 unknown key `token` | known here: url"],
    ),
    (
        "half a recipe",
        Edit("    stock:\n", "    cart: {recipe: {steps: []}}\n    stock:\n"),
        &[
            "10:12 `recipe` lacks the key `expect` | add `expect:` (what the answer to the last step means)",
            "10:12 `recipe` lacks the key `cleanup` | add `cleanup:` (what takes the unit out again, in order)",
            "10:12 `recipe` lacks the key `check_clean` | add `check_clean:` (looks into the cart)",
            "10:21 `steps` is empty | give at least one entry",
        ],
    ),
    (
        "a recipe that is wrong in every part",
        Edit(
            "    stock:\n",
            "    cart:
      recipe:
        steps:
          - get: \"{page}\"
            extract: {Token: {css: \"input[\"}, id: {json: a/b}, both: {css: a, regex: b}}
          - post: \"{shop}checkout\"
            form: {sku: \"{skuu}\", checkout: \"1\"}
            json: \"{{sku}\"
        expect:
          accepted: [{attribute: x, regex: \"(\"}]
          refused: [{status: many}]
        cleanup:
          - delete: \"cart/{line}\"
            headers: {Authorization: Bearer hunter2}
        check_clean:
          get: /cart
          clean: [{css: \"..\"}]
    stock:
",
        ),
        &[
            "14:23 `Token`: this is no name | use small letters, digits and `_`, as in `cart_id`",
            "14:36 `css`: \"input[\" is no CSS selector | see https://developer.mozilla.org/docs/Web/CSS/Reference/Selectors",
            "14:58 `json`: \"a/b\" is no JSON pointer (RFC 6901) | write for example `/items/0/id`",
            "14:79 `both` takes only one of `css` and `regex` | keep one and remove the others",
            "15:19 `post`: looks like a checkout, and that is never asked | a recipe ends at the cart",
            "16:25 `sku`: `{skuu}` is not known here | known are {Token}, {both}, {gtin}, {id}, {number}, {page}, {shop}, {sku}, {stock_key}",
            "16:45 `checkout`: looks like a checkout, and that is never asked | take it out",
            "17:19 `json`: this is sent instead of the form | give only one of `form` and `json`",
            "19:34 `attribute`: this has no effect without `css` | remove it",
            "19:44 `regex`: this is no regular expression: unclosed group | see https://docs.rs/regex/latest/regex/#syntax",
            "20:30 `status`: this is not a whole number | write a number such as `5`",
            "22:21 `delete`: `{line}` is not known here | known are {Token}, {both}, {gtin}, {id}, {number}, {page}, {shop}, {sku}, {stock_key}",
            "23:38 `Authorization`: a secret does not belong into the configuration | write `${NAME}` and set that environment variable; the header's name says that its value is a secret",
            "25:16 `get` is no address on the web | begin it with `{shop}`, `{page}` or `https://`",
            "26:25 `css`: \"..\" is no CSS selector | see https://developer.mozilla.org/docs/Web/CSS/Reference/Selectors",
        ],
    ),
    (
        "a recipe that ends at the till",
        Edit(
            "    stock:\n",
            "    cart:
      recipe:
        steps: [{post: \"{shop}cart/add/{sku}\"}]
        expect: {accepted: [{status: 200}], refused: [{status: 409}]}
        cleanup: [{post: \"https://shop.example/orders/{sku}\"}]
        check_clean: {get: \"{shop}%63heckout\", clean: [{status: 200}]}
    stock:
",
        ),
        &[
            "14:26 `post`: looks like a checkout, and that is never asked | a recipe ends at the cart",
            "15:28 `get`: looks like a checkout, and that is never asked | a recipe ends at the cart",
        ],
    ),
];
