//! Lists: `limit`, and cursors that mean nothing to the caller.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problem::Problem;

pub const LIMIT_MAX: usize = 1_000;
const LIMIT_DEFAULT: usize = 100;

/// Which list a cursor belongs to; a cursor of another is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum List {
    Wallets = 1,
    Entries = 2,
    Keys = 3,
    Tariffs = 4,
    Numbers = 5,
    Holds = 6,
    TopUps = 7,
    Alerts = 8,
    Webhooks = 9,
    Deliveries = 10,
    Audit = 11,
    Statements = 12,
}

/// Which part of a list is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many items at most, 1 to 1000; 100 where it is left out.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// `next_cursor` of the page before; left out for the first page.
    cursor: Option<String>,
}

/// Which part of a list is wanted, of those that have one status.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatusQuery {
    /// Only those of this status.
    status: Option<String>,
    /// How many items at most, 1 to 1000; 100 where it is left out. A page may have fewer although the list goes on.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// `next_cursor` of the page before; left out for the first page.
    cursor: Option<String>,
}

impl StatusQuery {
    pub fn split(self) -> (Option<String>, PageQuery) {
        (self.status, PageQuery { limit: self.limit, cursor: self.cursor })
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub data: Vec<T>,
    /// For the page after this; null on the last.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

impl PageQuery {
    /// For queries that have more to them.
    pub fn new(limit: Option<usize>, cursor: Option<String>) -> PageQuery {
        PageQuery { limit, cursor }
    }

    pub fn limit(&self) -> Result<usize, Problem> {
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        if (1..=LIMIT_MAX).contains(&limit) {
            Ok(limit)
        } else {
            Err(Problem::bad_field("limit", "not 1 to 1000"))
        }
    }

    /// The position after which the page starts, in the bytes that [`Page::cut`] was given; empty for
    /// the first page.
    pub fn after(&self, list: List) -> Result<Vec<u8>, Problem> {
        let Some(cursor) = &self.cursor else { return Ok(Vec::new()) };
        decode(list, cursor).ok_or_else(|| Problem::bad_field("cursor", "not a cursor of this list"))
    }

    /// [`PageQuery::after`] where positions are texts.
    pub fn after_text(&self, list: List) -> Result<String, Problem> {
        let position = String::from_utf8(self.after(list)?);
        position.map_err(|_| Problem::bad_field("cursor", "not a cursor of this list"))
    }

    /// [`PageQuery::after`] where positions are numbers, of which the first is 1.
    pub fn after_number(&self, list: List) -> Result<u64, Problem> {
        let position = self.after(list)?;
        if position.is_empty() {
            return Ok(0);
        }
        let number = position.try_into().map(u64::from_be_bytes);
        number.map_err(|_| Problem::bad_field("cursor", "not a cursor of this list"))
    }
}

impl<T> Page<T> {
    /// From up to `limit + 1` items; one more than `limit` tells that the list goes on.
    pub fn cut(mut items: Vec<T>, limit: usize, list: List, position: impl Fn(&T) -> Vec<u8>) -> Page<T> {
        let goes_on = items.len() > limit;
        items.truncate(limit);
        let last = items.last().filter(|_| goes_on);
        Page { next_cursor: last.map(|last| encode(list, &position(last))), data: items }
    }

    /// From the items of a page that ends at a position; `None` on the last.
    pub fn until(items: Vec<T>, list: List, goes_on_after: Option<impl AsRef<[u8]>>) -> Page<T> {
        Page { data: items, next_cursor: goes_on_after.map(|position| encode(list, position.as_ref())) }
    }

    /// From a list that is in memory as a whole, ordered by what `position` says or known by it.
    pub fn of_all(
        items: impl Iterator<Item = T>,
        query: &PageQuery,
        list: List,
        position: impl Fn(&T) -> Vec<u8>,
    ) -> Result<Page<T>, Problem> {
        let (limit, after) = (query.limit()?, query.after(list)?);
        let mut items = items.peekable();
        if !after.is_empty() {
            while items.next_if(|item| position(item) != after).is_some() {}
            items.next();
        }
        Ok(Page::cut(items.take(limit + 1).collect(), limit, list, position))
    }

    /// The same page of what each item stands for.
    pub fn filter_map<U>(self, change: impl FnMut(T) -> Option<U>) -> Page<U> {
        Page { data: self.data.into_iter().filter_map(change).collect(), next_cursor: self.next_cursor }
    }
}

fn encode(list: List, position: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode([&[list as u8], position].concat())
}

fn decode(list: List, cursor: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    bytes.strip_prefix(&[list as u8]).filter(|position| !position.is_empty()).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(limit: Option<usize>, cursor: Option<&str>) -> PageQuery {
        PageQuery { limit, cursor: cursor.map(str::to_owned) }
    }

    #[test]
    fn a_limit_is_one_to_a_thousand_and_a_hundred_by_default() {
        let table = [
            (None, Some(100)),
            (Some(1), Some(1)),
            (Some(1_000), Some(1_000)),
            (Some(0), None),
            (Some(1_001), None),
        ];
        for (limit, want) in table {
            assert_eq!(query(limit, None).limit().ok(), want, "limit={limit:?}");
        }
    }

    #[test]
    fn a_cursor_reads_back_in_its_own_list_only() {
        for position in [&b"acme"[..], &[0, 0xff, 7]] {
            let cursor = encode(List::Wallets, position);
            assert_eq!(decode(List::Wallets, &cursor).as_deref(), Some(position));
            assert_eq!(decode(List::Entries, &cursor), None, "a cursor of another list");
        }
        for cursor in ["", "%", "AQ", "acme", "AQ=="] {
            assert!(query(None, Some(cursor)).after(List::Wallets).is_err(), "{cursor:?} is no cursor");
        }
    }

    #[test]
    fn pages_hold_every_item_once() {
        for (items, limit) in [(0, 3), (3, 3), (4, 3), (10, 3), (10, 1)] {
            let mut seen = Vec::new();
            let mut cursor = None;
            for _ in 0..=items {
                let query = query(Some(limit), cursor.as_deref());
                let page =
                    Page::of_all(0..items, &query, List::Keys, |item: &usize| vec![*item as u8]).unwrap();
                assert!(page.data.len() <= limit, "a page holds at most {limit}");
                seen.extend(page.data);
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(seen, (0..items).collect::<Vec<_>>(), "{items} items in pages of {limit}");
        }
    }
}
