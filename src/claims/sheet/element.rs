//! What a start tag says: a name and attributes.

use std::borrow::Cow;

/// One attribute. Its name is as written; [`Element::attr`] compares without case.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::claims) struct Attribute<'a> {
    /// The name as written.
    pub(super) name: &'a str,
    /// The value, character references resolved.
    pub(super) value: Cow<'a, str>,
}

/// A start tag.
#[derive(Clone, Copy, Debug)]
pub(in crate::claims) struct Element<'s> {
    pub(super) name: &'s str,
    pub(super) attributes: &'s [Attribute<'s>],
}

impl<'s> Element<'s> {
    /// Its name; lower case if it is one of HTML's own.
    pub(in crate::claims) fn name(self) -> &'s str {
        self.name
    }

    /// The value of an attribute, whose name is given in lower case.
    pub(in crate::claims) fn attr(self, name: &str) -> Option<&'s str> {
        self.attributes.iter().find(|one| one.name.eq_ignore_ascii_case(name)).map(|one| one.value.as_ref())
    }

    /// Every attribute, in document order.
    pub(in crate::claims) fn attrs(self) -> impl Iterator<Item = (&'s str, &'s str)> {
        self.attributes.iter().map(|one| (one.name, one.value.as_ref()))
    }
}
