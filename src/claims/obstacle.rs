//! Pages that are no product pages: walls in front of one, and the site's ways of saying that there is none.
//!
//! A page that describes a product is never taken for a wall, whatever words are on it: reviews mention robots,
//! headers have login forms, and every shop asks for cookies.

use memchr::memmem;

use super::Scene;
use crate::domain::{Page, Unknown};

/// A wall has few words of its own.
const FEW_WORDS: usize = 1500;

/// What the products that guard sites put on their own pages, and on no other.
const CHALLENGE_MARKS: &[&str] = &[
    "cf-chl-",
    "cf_chl_opt",
    "/cdn-cgi/challenge-platform/h/",
    "cf-error-details",
    "_Incapsula_Resource",
    "Incapsula incident ID",
    "px-captcha",
    "captcha-delivery",
    "/errors/validateCaptcha",
    "awsWafCookieDomainList",
    "AwsWafIntegration",
    "gokuProps",
    "sucuri_cloudproxy",
    "ddos-guard",
    "akam-logo",
    "perfdrive",
    "distil_r_captcha",
    "/recaptcha/challengepage",
    "kpsdk",
    "_pxAppId",
    "hcaptcha_submit",
];

/// Whether there is a page to be read at all, from the bytes alone.
pub(super) fn before_parsing(page: &Page) -> Option<Unknown> {
    let html = page.html.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
    let kind = page.content_type.as_str();
    let other_kind = !kind.is_empty() && !kind.contains("html") && !kind.starts_with("text/plain");
    (html.is_empty() || other_kind || !looks_like_html(html)).then_some(Unknown::NotAPage)
}

/// Whether one of the tags that pages begin with is near the beginning.
fn looks_like_html(html: &str) -> bool {
    const TAGS: [&[u8]; 14] = [
        b"!doctype html",
        b"html",
        b"head",
        b"body",
        b"div",
        b"meta",
        b"title",
        b"script",
        b"p",
        b"form",
        b"!--",
        b"h1",
        b"span",
        b"table",
    ];
    let head = html.as_bytes().get(..2048).unwrap_or(html.as_bytes());
    memchr::memchr_iter(b'<', head).any(|at| {
        let rest = &head[at + 1..];
        TAGS.iter().any(|tag| rest.get(..tag.len()).is_some_and(|it| it.eq_ignore_ascii_case(tag)))
    })
}

/// Elements whose end tag may be left out, or that have none: they do not nest however often they are opened.
const UNNESTED: &[&[u8]] = &[
    b"p",
    b"li",
    b"dt",
    b"dd",
    b"tr",
    b"td",
    b"th",
    b"thead",
    b"tbody",
    b"tfoot",
    b"option",
    b"optgroup",
    b"colgroup",
    b"br",
    b"hr",
    b"img",
    b"input",
    b"meta",
    b"link",
    b"area",
    b"base",
    b"col",
    b"embed",
    b"source",
    b"track",
    b"wbr",
    b"path",
    b"use",
];

/// Nesting past which no shop's page goes. The HTML standard's tree construction looks up the stack of open elements at
/// every tag, so that depth costs its square: ten megabytes of `<div>` would keep a reader busy for hours.
const DEEPEST: usize = 1024;

/// Whether the page nests deeper than any page made to be read. Counts tags; script and style count for nothing.
pub(super) fn too_deep(html: &str) -> bool {
    let bytes = html.as_bytes();
    let mut depth = 0_usize;
    let mut drawing = false;
    let mut at = 0;
    while let Some(next) = memchr::memchr(b'<', &bytes[at..]) {
        at += next + 1;
        let rest = &bytes[at..];
        let closes = rest.first() == Some(&b'/');
        let name = &rest[usize::from(closes)..];
        let length = name.iter().take(12).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let name = &name[..length];
        if length == 0 {
            continue;
        }
        if UNNESTED.iter().any(|one| name.eq_ignore_ascii_case(one)) {
            continue;
        }
        if name.eq_ignore_ascii_case(b"svg") {
            drawing = !closes;
        }
        if closes {
            depth = depth.saturating_sub(1);
        } else if name.eq_ignore_ascii_case(b"script") || name.eq_ignore_ascii_case(b"style") {
            let end: &[u8] = if length == 6 { b"</script" } else { b"</style" };
            at += memmem::find(rest, end).map_or(length, |found| found + end.len());
        } else if !(drawing && closes_itself(rest)) {
            depth += 1;
            if depth > DEEPEST {
                return true;
            }
        }
    }
    false
}

/// `<circle … />`, which closes nothing in HTML but does in SVG.
fn closes_itself(tag: &[u8]) -> bool {
    memchr::memchr(b'>', tag).is_some_and(|end| end > 0 && tag[end - 1] == b'/')
}

/// What stands in the way, once it is known that nothing on the page describes a product.
pub(super) fn read(scene: &Scene<'_>, describes_product: bool) -> Option<Unknown> {
    if describes_product {
        return None;
    }
    let sheet = scene.sheet;
    let few_words = sheet.text.len() < FEW_WORDS;
    let html = scene.page.html.as_bytes();
    if few_words && CHALLENGE_MARKS.iter().any(|mark| memmem::find(html, mark.as_bytes()).is_some()) {
        return Some(Unknown::Challenge);
    }
    let title = sheet.title.as_str();
    let heading = scene.heading().unwrap_or_default();
    for text in [title, heading] {
        for (wall, length) in scene.reader.phrases.walls(text) {
            // A title is "404" or "Page not found | Shop", not "Login-proof safe 404 in blue".
            let most_of_it = length * 3 >= text.len() || (length >= 8 && few_words);
            let believed = match wall {
                Unknown::SoftNotFound => most_of_it && (length > 3 || title_is(text, "404")),
                Unknown::Login => most_of_it && has_password(scene),
                Unknown::ConsentWall | Unknown::Challenge | Unknown::Maintenance => most_of_it && few_words,
                _ => false,
            };
            if believed {
                return Some(wall);
            }
        }
    }
    if few_words {
        let found = scene.reader.phrases.walls(&sheet.text);
        let says = |wall| found.iter().any(|(one, length)| *one == wall && *length >= 10);
        for wall in [Unknown::Challenge, Unknown::Maintenance, Unknown::SoftNotFound, Unknown::ConsentWall] {
            if says(wall) {
                return Some(wall);
            }
        }
        if has_password(scene) {
            return Some(Unknown::Login);
        }
    }
    (has_password(scene) && leads_to_login(scene.page)).then_some(Unknown::Login)
}

fn title_is(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|one| one == word)
}

fn has_password(scene: &Scene<'_>) -> bool {
    let sheet = scene.sheet;
    (0..sheet.nodes.len()).any(|index| {
        let element = sheet.element(index);
        // The login in a page's header is no wall.
        element.name() == "input"
            && element.attr("type").is_some_and(|kind| kind.eq_ignore_ascii_case("password"))
            && sheet.own(index)
    })
}

/// Whether the shop sent us from a product to its login.
fn leads_to_login(page: &Page) -> bool {
    page.requested.path() != page.url.path()
        && page.url.path_segments().into_iter().flatten().any(|part| {
            matches!(part.to_ascii_lowercase().as_str(), "login" | "signin" | "sign-in" | "log-in" | "password")
        })
}
