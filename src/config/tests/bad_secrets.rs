//! Bad configurations: secrets and the environment.

use super::{Case, Change::*};

pub(super) const CASES: &[Case] = &[
    (
        "a literal token",
        Edit("        fields:\n", "        auth: {bearer: {token: hunter2}}\n        fields:\n"),
        &[
            "15:32 `token`: a secret does not belong into the configuration | write `${NAME}` and set that environment variable; or put it into a file of its own and write `token_file: PATH`",
        ],
    ),
    (
        "a token twice",
        Edit(
            "        fields:\n",
            "        auth:\n          bearer:\n            token: ${TOKEN}\n            token_file: t\n        fields:\n",
        ),
        &["18:13 `bearer` takes only one of `token` and `token_file` | keep one and remove the others"],
    ),
    (
        "a variable that is not set",
        Edit("        fields:\n", "        auth: {bearer: {token: \"${NOT_SET}\"}}\n        fields:\n"),
        &[
            "15:32 `token`: the environment variable `NOT_SET` is not set | set NOT_SET where stocktruth is started, for example in the unit's EnvironmentFile",
        ],
    ),
    (
        "a variable that is empty",
        Edit("        fields:\n", "        auth: {bearer: {token: \"${EMPTY}\"}}\n        fields:\n"),
        &["15:32 `token`: the environment variable is set but empty | give it a value"],
    ),
    (
        "a variable without a name",
        Edit("        fields:\n", "        auth: {bearer: {token: \"${TOKEN\"}}\n        fields:\n"),
        &[
            "15:32 `token`: `${` must be followed by the name of an environment variable and `}` | write `${NAME}`; for the characters `${` themselves write `$${`",
        ],
    ),
    (
        "a secret file that is not there",
        Edit("        fields:\n", "        auth: {bearer: {token_file: token}}\n        fields:\n"),
        &[
            "15:37 `token_file`: /nowhere/token cannot be read: No such file or directory (os error 2) | the file must be there and readable for the user that runs stocktruth",
        ],
    ),
    (
        "credentials without TLS",
        Edit(
            "          url: https://erp.example/{key}\n        fields:\n",
            "          url: http://erp.example/{key}\n        auth: {bearer: {token: \"${TOKEN}\"}}\n        fields:\n",
        ),
        &["15:9 `auth`: credentials would travel to erp.example unencrypted | use an `https://` address"],
    ),
    (
        "a literal header",
        Edit(
            "    stock:\n",
            "    fetch:\n      headers:\n        Cookie: session=1\n        Accept-Language: he\n        \"Bad name\": x\n    stock:\n",
        ),
        &[
            "12:17 `Cookie`: a secret does not belong into the configuration | write `${NAME}` and set that environment variable; the header's name says that its value is a secret",
            "14:21 `Bad name`: this is no header name | write a name such as `X-Api-Key`",
        ],
    ),
    (
        "a token endpoint without TLS",
        Edit(
            "        fields:\n",
            "        auth: {oauth2: {token_url: \"http://login.example/t\", client_id: us, client_secret: \"${TOKEN}\"}}\n        fields:\n",
        ),
        &["15:36 `token_url`: credentials would travel to login.example unencrypted | use an `https://` address"],
    ),
    (
        "a password in the body of a login",
        Edit(
            "        fields:\n",
            "        auth: {login: {url: \"https://erp.example/login\", body: '{\"password\": \"hunter2\"}'}}\n        fields:\n",
        ),
        &[
            "15:64 `body`: a secret does not belong into the configuration | write `${NAME}` and set that environment variable; or put it into a file of its own and write `body_file: PATH`",
        ],
    ),
    (
        "two ways to be known",
        Edit(
            "        fields:\n",
            "        auth:\n          headers: {X-Api-Key: \"${TOKEN}\"}\n          hmac: {key: \"${TOKEN}\", header: X-Signature}\n        fields:\n",
        ),
        &["17:11 `auth` takes only one of `headers` and `hmac` | keep one and remove the others"],
    ),
    (
        "a secret header without TLS",
        Edit(
            "    url: https://shop.example/\n",
            "    url: http://shop.example/\n    fetch:\n      headers:\n        Authorization: ${TOKEN}\n",
        ),
        &["8:24 `Authorization`: credentials would travel to shop.example unencrypted | use an `https://` address"],
    ),
    (
        "an expanded value is not shown",
        Edit("    stock:\n", "    grace: ${GRACE}\n    stock:\n"),
        &["10:12 `grace`: a length of time needs a unit | check what the environment variable holds"],
    ),
];
