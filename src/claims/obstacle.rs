//! Pages that are no product pages: walls in front of one, and the site's ways of saying that there is none.
//!
//! A page that describes a product is never taken for a wall, whatever words are on it: reviews mention robots,
//! headers have login forms, and every shop asks for cookies. The scripts of those who guard sites are on ordinary
//! pages too; only what stands on their own pages alone gives a wall away.

mod guards;
mod kinds;

use memchr::memmem;

use super::phrases::Phrases;
use super::{Emitted, Scene, sheet};
use crate::domain::{Page, SignalKind, Unknown};

/// A wall has few words of its own, in characters; and fewer still where no heading names it.
const FEW_WORDS: usize = 2500;
/// See [`FEW_WORDS`].
const VERY_FEW_WORDS: usize = 1500;

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

/// Whether the page nests deeper than any page made to be read. Counts tags; script and style count for nothing. To be
/// asked before a tree is built: the HTML standard's tree construction looks up the stack of open elements at every tag,
/// so that depth costs its square, and ten megabytes of `<div>` would keep a reader busy for hours.
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
            if depth > sheet::DEEPEST {
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

/// What stands in the way, if anything does.
pub(super) fn read(scene: &Scene<'_>, emitted: &[Emitted]) -> Option<Unknown> {
    let found = |kind| emitted.iter().any(|one| one.signal.kind == kind);
    if found(SignalKind::Selector) {
        return None;
    }
    let sheet = scene.sheet;
    let own = || scene.state.own().into_iter().chain(scene.json_ld.own()).chain(scene.microdata.own());
    let described = own().next().is_some();
    let few =
        |most: usize| sheet.text.len() < most || (sheet.text.len() < most * 4 && sheet.text.chars().count() < most);
    let acts = found(SignalKind::Button) || found(SignalKind::State) || found(SignalKind::OpenGraph);
    let says = found(SignalKind::Text);
    if !described && few(FEW_WORDS) {
        let silent = !acts && !says;
        if let Some(wall) = guards::wall_of(scene, silent) {
            return Some(wall);
        }
    }
    let heading = scene.heading().unwrap_or_default();
    let walls = &scene.reader.phrases;
    let headed = walls.walls(heading);
    for (text, is_title) in [(heading, false), (sheet.title.as_str(), true)] {
        let product =
            || own().any(|one| one.name.as_deref().is_some_and(|name| !name.is_empty() && text.contains(name)));
        for wall in told_by(walls, text) {
            // The title of a page may be wrong, but not while its heading says the same or nothing can be bought.
            // Nor does a heading that may be a product's name, where something can be bought.
            let meant = !acts && (!is_title || !headed.is_empty() || !described);
            let believed = meant
                && match wall {
                    Unknown::SoftNotFound => !product(),
                    Unknown::Login => !described && has_password(scene),
                    _ => !described && few(FEW_WORDS),
                };
            if believed {
                return Some(wall);
            }
        }
    }
    if described {
        return None;
    }
    if let Some(wall) = kinds::wall_of(scene) {
        return Some(wall);
    }
    if acts {
        return None;
    }
    // Below a heading of its own, a word about stock counts for more than a banner's about cookies.
    let spoken_of = says && !heading.is_empty() && headed.is_empty();
    if few(VERY_FEW_WORDS) && !spoken_of {
        let found = walls.walls(&sheet.text);
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

/// The walls that a title or heading is about: the words of one make up most of it, or of one of the parts that a
/// title is made of: `Page not found | Shop`, but not `Login-proof safe 404 in blue`.
fn told_by(phrases: &Phrases, text: &str) -> Vec<Unknown> {
    let whole = most_of(text, &phrases.walls(text));
    if !whole.is_empty() {
        return whole;
    }
    let parts = text.split(['|', '–', '—', '·', ':', '•', '!', '.']).flat_map(|part| part.split(" - "));
    parts.flat_map(|part| most_of(part, &phrases.walls(part))).collect()
}

/// The walls whose words make up half of a text. "404" must be all of it: in a longer text it may be a model.
fn most_of(text: &str, found: &[(Unknown, usize)]) -> Vec<Unknown> {
    let bytes: usize = text.chars().filter(|c| c.is_alphanumeric()).map(char::len_utf8).sum();
    // Numbers are all alike to phrases.
    let most = |length: usize| if length > 3 { length * 2 >= bytes } else { text.trim() == "404" };
    found.iter().filter(|(_, length)| most(*length)).map(|(wall, _)| *wall).collect()
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
