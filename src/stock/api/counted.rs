//! Listings that are read by offset and say how many items there are in all.

/// How far such a listing was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::stock) struct Counted {
    /// Items before the next page.
    at: u64,
    /// How many there were when the last page was read.
    total: Option<u64>,
}

/// What to do with a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::stock) enum Step {
    /// Take it and go on.
    Next,
    /// Take it: it is the last.
    Last,
    /// Leave it and read again from [`Counted::at`]: items before it went, so that others moved up past it unseen.
    Again,
}

impl Counted {
    /// From the beginning, or from what [`Counted::checkpoint`] gave.
    pub(in crate::stock) fn from(checkpoint: Option<&str>) -> Self {
        let parts = checkpoint.and_then(|text| text.split_once('/'));
        let read = parts.and_then(|(at, total)| Some(Self { at: at.parse().ok()?, total: Some(total.parse().ok()?) }));
        read.unwrap_or_default()
    }

    /// Items before the next page.
    pub(in crate::stock) fn at(self) -> u64 {
        self.at
    }

    /// Where a later listing can go on.
    pub(in crate::stock) fn checkpoint(self) -> String {
        format!("{}/{}", self.at, self.total.unwrap_or(0))
    }

    /// A page of `items` came, out of `total`.
    ///
    /// # Errors
    /// In words that follow the address: a page is empty although there are said to be more items. Half a listing is
    /// never taken for a whole one.
    pub(in crate::stock) fn read(&mut self, items: usize, total: u64) -> Result<Step, String> {
        let gone = self.total.map_or(0, |before| before.saturating_sub(total)).min(self.at);
        self.total = Some(total);
        if gone > 0 {
            self.at -= gone;
            return Ok(Step::Again);
        }
        if items == 0 && self.at < total {
            return Err(format!("says that there are {total} items, but gives none after the first {}", self.at));
        }
        self.at += items as u64;
        Ok(if self.at < total { Step::Next } else { Step::Last })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_ends_when_all_were_read() {
        let mut counted = Counted::from(None);
        assert_eq!((counted.read(2, 5), counted.at()), (Ok(Step::Next), 2));
        let mut resumed = Counted::from(Some(&counted.checkpoint()));
        assert_eq!(resumed, counted);
        assert_eq!((resumed.read(2, 5), resumed.read(1, 5)), (Ok(Step::Next), Ok(Step::Last)));
        assert_eq!(Counted::from(None).read(0, 0), Ok(Step::Last));
        assert_eq!(Counted::from(Some("what?")), Counted::default());
    }

    #[test]
    fn what_moved_up_is_looked_for_and_what_is_held_back_is_an_error() {
        let mut counted = Counted::from(None);
        assert_eq!(counted.read(4, 10), Ok(Step::Next));
        assert_eq!((counted.read(4, 8), counted.at()), (Ok(Step::Again), 2));
        assert_eq!((counted.read(4, 8), counted.at()), (Ok(Step::Next), 6));
        let why = counted.read(0, 8).unwrap_err();
        assert_eq!(why, "says that there are 8 items, but gives none after the first 6");
    }
}
