//! A catalogue written in the configuration.

use futures::stream;

use crate::domain::Item;

use super::{Entries, Entry};

/// The items, in their order.
pub(super) fn read(items: &[Item]) -> Entries<'_> {
    Box::pin(stream::iter(items.iter().map(|item| Ok(Entry::Item(item.clone())))))
}
