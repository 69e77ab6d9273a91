//! What the HTML standard says of element names, as far as it decides which element is inside which
//! (<https://html.spec.whatwg.org/multipage/parsing.html>).

/// What is to be known of a name, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tag(u16);

impl Tag {
    /// Has no contents and no end tag.
    pub(super) const VOID: Self = Self(1);
    /// Its contents are no markup.
    pub(super) const RAW: Self = Self(1 << 1);
    /// "Special": an end tag of an ordinary element does not reach past it.
    pub(super) const SPECIAL: Self = Self(1 << 2);
    /// Ends an open paragraph.
    pub(super) const ENDS_P: Self = Self(1 << 3);
    /// No end tag of anything in a table reaches past it, and none of what is around reaches in.
    pub(super) const SCOPE: Self = Self(1 << 4);
    /// May stand in the head.
    pub(super) const HEAD: Self = Self(1 << 5);
    /// A heading.
    pub(super) const HEADING: Self = Self(1 << 6);
    /// A part of a table.
    pub(super) const TABLE_PART: Self = Self(1 << 7);

    /// Nothing in it is read as text, or only when something opens it.
    pub(super) const NEVER_SHOWN: Self = Self(1 << 8);

    /// Whether all of `other` hold.
    pub(super) fn is(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Looks a name up, lower case.
    pub(super) fn of(name: &str) -> Self {
        const SPECIAL: Tag = Tag::SPECIAL;
        match name {
            "base" | "link" | "meta" => SPECIAL.and(Self::VOID).and(Self::HEAD),
            "br" | "area" | "embed" | "img" | "input" | "source" | "track" | "wbr" | "param" => SPECIAL.and(Self::VOID),
            "hr" => SPECIAL.and(Self::VOID).and(Self::ENDS_P),
            "col" => SPECIAL.and(Self::VOID).and(Self::TABLE_PART),
            "script" | "style" | "title" | "noscript" | "noframes" => {
                SPECIAL.and(Self::RAW).and(Self::HEAD).and(Self::NEVER_SHOWN)
            }
            "textarea" | "iframe" | "noembed" => SPECIAL.and(Self::RAW).and(Self::NEVER_SHOWN),
            "xmp" => SPECIAL.and(Self::RAW).and(Self::ENDS_P),
            "template" => SPECIAL.and(Self::SCOPE).and(Self::HEAD).and(Self::NEVER_SHOWN),
            "object" => SPECIAL.and(Self::SCOPE).and(Self::NEVER_SHOWN),
            "option" | "datalist" | "svg" => Self::NEVER_SHOWN,
            "html" | "marquee" | "applet" => SPECIAL.and(Self::SCOPE),
            "table" => SPECIAL.and(Self::SCOPE).and(Self::ENDS_P),
            "td" | "th" | "caption" => SPECIAL.and(Self::SCOPE).and(Self::TABLE_PART),
            "tr" | "tbody" | "thead" | "tfoot" | "colgroup" => SPECIAL.and(Self::TABLE_PART),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => SPECIAL.and(Self::ENDS_P).and(Self::HEADING),
            "address" | "article" | "aside" | "blockquote" | "center" | "details" | "dialog" | "dir" | "div" | "dl"
            | "dd" | "dt" | "fieldset" | "figcaption" | "figure" | "footer" | "form" | "header" | "hgroup" | "li"
            | "main" | "menu" | "nav" | "ol" | "p" | "pre" | "listing" | "search" | "section" | "summary" | "ul"
            | "plaintext" => SPECIAL.and(Self::ENDS_P),
            "head" => SPECIAL.and(Self::NEVER_SHOWN),
            "body" | "frameset" | "frame" | "button" | "select" => SPECIAL,
            _ => Self::default(),
        }
    }
}

/// Names that are written in capitals now and then, in lower case.
const NAMES: [&str; 75] = [
    "a",
    "b",
    "i",
    "u",
    "p",
    "br",
    "hr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "td",
    "th",
    "tr",
    "em",
    "div",
    "img",
    "span",
    "body",
    "head",
    "html",
    "link",
    "meta",
    "form",
    "font",
    "base",
    "table",
    "tbody",
    "thead",
    "tfoot",
    "title",
    "input",
    "label",
    "style",
    "script",
    "strong",
    "select",
    "option",
    "button",
    "center",
    "noscript",
    "textarea",
    "iframe",
    "template",
    "svg",
    "nobr",
    "small",
    "big",
    "class",
    "id",
    "name",
    "value",
    "content",
    "property",
    "href",
    "src",
    "type",
    "rel",
    "lang",
    "action",
    "hidden",
    "disabled",
    "alt",
    "itemprop",
    "itemscope",
    "itemtype",
    "onclick",
];

/// A name in lower case, where it is one that pages are made of; else as written.
pub(super) fn lower(name: &str) -> &str {
    if !name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return name;
    }
    NAMES.iter().find(|known| known.eq_ignore_ascii_case(name)).copied().unwrap_or(name)
}
