//! The pages of the products that guard sites: challenges, captchas, refusals and waiting rooms.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::super::Scene;
use crate::domain::Unknown;

/// What stands on the guards' own pages and on no other.
const SURE: &[&str] = &[
    // Cloudflare: managed and interactive challenges, refusals.
    "_cf_chl_opt",
    "/orchestrate/chl_",
    "/orchestrate/jsch/",
    "/orchestrate/captcha/",
    "/orchestrate/managed/",
    "cf-browser-verification",
    "cf-error-details",
    // Akamai.
    "errors.edgesuite.net",
    "errors&#46;edgesuite&#46;net",
    "sec-if-cpt-container",
    "/_sec/cp_challenge",
    "akam-logo",
    "bm-verify=",
    // HUMAN, once PerimeterX.
    "id=\"px-captcha\"",
    "id='px-captcha'",
    "content=\"px-captcha\"",
    "captcha.px-c",
    // DataDome.
    "ct.captcha-delivery.com",
    "'host':'geo.captcha-delivery.com'",
    "\"host\":\"geo.captcha-delivery.com\"",
    "geo.captcha-delivery.com/captcha",
    "geo.captcha-delivery.com/interstitial",
    // Imperva.
    "_Incapsula_Resource?CWUDNSAI",
    "Incapsula incident ID",
    "reeseSkipExpirationCheck",
    // Amazon's own, and AWS WAF.
    "/errors/validateCaptcha",
    "opfcaptcha",
    "/ref=cs_503_",
    "api-services-support@",
    "gokuProps",
    "AwsWafIntegration.checkForceRefresh",
    "AwsWafCaptcha.renderCaptcha",
    "CaptchaScript.renderCaptcha",
    // F5.
    "window[\"bobcmn\"]",
    // Sucuri, DDoS-Guard, Distil, Reblaze, Radware.
    "sucuri_cloudproxy_js",
    "Sucuri WebSite Firewall",
    "ddos-guard/js-challenge",
    "data-ddg-origin",
    "ddg-l10n-title",
    "distil_r_captcha",
    "distil_r_blocked",
    "winsocks()",
    "validate.perfdrive.com",
    // Kasada.
    "window.KPSDK={}",
    // Alibaba's slider.
    "_____tmd_____/punish",
    "x5secdata",
    "baxia-punish",
    // Google, Yandex, eBay.
    "/recaptcha/challengepage",
    "/sorry/index",
    "/checkcaptcha?key=",
    "CheckboxCaptcha",
    "AdvancedCaptcha",
    "/splashui/challenge",
    "/splashui/captcha",
    // Shopify, hosts, firewalls of one's own.
    "shopify-challenge__",
    "action=\"/challenge\"",
    "/.well-known/sgcaptcha/",
    "/.well-known/vercel/security/",
    "/.lsrecap/",
    "hcdn-cgi/jschallenge",
    "anubis_challenge",
    "wsidchk",
    "/.safeline/",
    "_fs-ch-",
    "hcaptcha_submit",
    // Waiting rooms.
    "lbUsersInLineAheadOfYou",
    "MainPart_pProgressbarBox",
    "queueViewModel",
];

/// What stands on their own pages and, as a script that watches, on ordinary ones: only where nothing else is there.
const WATCHING: &[&str] = &[
    "KPSDK",
    "rbzns",
    "/TSPD/",
    "_Incapsula_Resource",
    "captcha-delivery.com",
    "awswaf.com",
    "_pxAppId",
    "px-captcha",
    "arkoselabs.com",
    "funcaptcha",
    "/cdn-cgi/challenge-platform/",
    "challenges.cloudflare.com",
    "__qrator",
    "slowAES.decrypt",
    "TencentCaptcha",
    "initGeetest",
    "__arcsjs",
    "ddos-guard",
    "/aliyun_captcha",
    "recaptcha/api.js",
    "recaptcha/enterprise.js",
    "hcaptcha.com/1/api.js",
    "smartcaptcha",
];

/// Who keeps waiting rooms. Its scripts are on the pages behind them as well, which have something to say.
const WAITING_ROOMS: &str = "queue-it.net";

/// Classes of the boxes in which a visitor proves to be human.
const BOXES: &[&str] =
    &["g-recaptcha", "h-captcha", "cf-turnstile", "smart-captcha", "frc-captcha", "geetest_captcha", "mtcaptcha"];

static SURE_MARKS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(SURE).ok());
static WATCHING_MARKS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(WATCHING).ok());

/// Bytes of the largest page that a guard sends, pictures written into it included.
const LARGEST: usize = 300_000;
/// Fewer bytes of words than any product page has.
const ALMOST_NONE: usize = 80;
/// Fewer bytes of words than a product page with a form on it has.
const HARDLY_ANY: usize = 400;

/// The wall that a guard's own marks give away. `silent`: nothing on the page speaks of stock, and nothing can be bought.
pub(super) fn wall_of(scene: &Scene<'_>, silent: bool) -> Option<Unknown> {
    let sheet = scene.sheet;
    if asks_for_the_shops_password(scene) {
        return Some(Unknown::Login);
    }
    if scene.page.html.len() > LARGEST {
        return None;
    }
    let has = |marks: &LazyLock<Option<AhoCorasick>>| marks.as_ref().is_some_and(|all| all.is_match(&scene.page.html));
    if has(&SURE_MARKS) {
        return Some(if is_broken_gateway(&sheet.title) { Unknown::Maintenance } else { Unknown::Challenge });
    }
    if !silent {
        return None;
    }
    let words = sheet.text.len();
    let guarded = (words < ALMOST_NONE && has(&WATCHING_MARKS))
        || (words < HARDLY_ANY && scene.page.html.contains(WAITING_ROOMS))
        || (words < HARDLY_ANY && (has_box(scene) || refuses_by_number(&sheet.text)));
    if guarded {
        return Some(Unknown::Challenge);
    }
    (words < HARDLY_ANY && asks_for_age(scene)).then_some(Unknown::ConsentWall)
}

/// Shops of wine, tobacco and knives ask first.
fn asks_for_age(scene: &Scene<'_>) -> bool {
    scene.sheet.elements().any(|(index, element)| {
        let calls = |name: &str| {
            let name: String =
                name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
            ["agegate", "ageverif", "agecheck", "over18"].iter().any(|word| name.contains(word))
        };
        scene.sheet.nodes[index].shown && ["id", "class"].iter().any(|one| element.attr(one).is_some_and(calls))
    })
}

/// A gateway that found nobody behind it: `shop.test | 522: Connection timed out`.
fn is_broken_gateway(title: &str) -> bool {
    title.split(|c: char| !c.is_ascii_digit()).any(|number| {
        number.len() == 3 && matches!(number.as_bytes(), [b'5', b'2', _] | [b'5', b'0', b'0' | b'2' | b'3' | b'4'])
    })
}

/// `403 Forbidden`, and `Your support ID is: 1234`.
fn refuses_by_number(text: &str) -> bool {
    ["403 Forbidden", "support ID is", "429 Too Many", "451 Unavailable", "HTTP Error 403", "Reference #"]
        .iter()
        .any(|words| text.contains(words))
}

fn has_box(scene: &Scene<'_>) -> bool {
    scene.sheet.elements().any(|(_, element)| {
        element.attr("class").is_some_and(|class| class.split_ascii_whitespace().any(|name| BOXES.contains(&name)))
    })
}

/// A whole shop behind one password, as Shopify does it before it opens.
fn asks_for_the_shops_password(scene: &Scene<'_>) -> bool {
    scene.sheet.elements().any(|(_, element)| {
        element.name() == "form"
            && element.attr("action").is_some_and(|action| {
                let path = action.split(['?', '#']).next().unwrap_or_default();
                path.trim_end_matches('/').ends_with("/password")
            })
            && element.attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post"))
            && element.attr("class").is_none_or(|class| !class.contains("recover"))
    })
}
