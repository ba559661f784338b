//! Lists that are read page by page.

/// One page of a list. The next page begins after its last item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// Whether the list continues.
    pub rest: Rest,
}

/// Whether a list continues after a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// The page is the last one.
    None,
    /// There is at least one more item.
    More,
}

impl<T> Page<T> {
    /// The page of at most `limit` items, read with [`Page::one_more`].
    pub(in crate::service) fn of(mut read: Vec<T>, limit: u32) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let rest = if read.len() > limit { Rest::More } else { Rest::None };
        read.truncate(limit);
        Self { items: read, rest }
    }

    /// The number of items to read for a page: one more shows whether the list continues.
    pub(in crate::service) const fn one_more(limit: u32) -> u32 {
        limit.saturating_add(1)
    }

    /// The page with each item replaced.
    pub(in crate::service) fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), rest: self.rest }
    }
}
