//! The documents of a wallet (holds, numbers, top-ups, alerts): one of them, and lists.

use super::page::{List, Page, PageQuery};
use super::problem::Problem;
use crate::actors::Engine;
use crate::domain::wallet::WalletId;
use crate::store::documents::{Dated, Kept};
use crate::store::views::Views;

/// Documents read in one go.
const CHUNK: usize = 200;
/// Most documents looked at for one page: where few fit a filter, a page may end before it is full.
const LOOKED_AT_MAX: usize = 10_000;

/// The document as its last change left it, with everything that was acknowledged when it was asked for.
pub async fn find<T: Kept>(
    engine: &Engine,
    wallet: WalletId,
    number: u64,
) -> Result<Option<Dated<T>>, Problem> {
    engine.caught_up().await?;
    engine.views().read(wallet, number).map_err(Problem::internal)
}

/// [`find`] for a document that was just made or changed.
pub async fn made<T: Kept>(engine: &Engine, wallet: WalletId, number: u64) -> Result<Dated<T>, Problem> {
    let found = find(engine, wallet, number).await?;
    found.ok_or_else(|| Problem::internal("a document just kept is not among the documents"))
}

/// A page of those that `tell` answers something for, in order of their numbers.
pub async fn page<T: Kept, U>(
    engine: &Engine,
    wallet: WalletId,
    list: List,
    query: &PageQuery,
    number: impl Fn(&T) -> u64,
    tell: impl Fn(Dated<T>) -> Option<U>,
) -> Result<Page<U>, Problem> {
    let limit = query.limit()?;
    let after = query.after_number(list)?;
    engine.caught_up().await?;
    let (told, goes_on_after) =
        collect(engine.views(), wallet, after, limit, number, tell).map_err(Problem::internal)?;
    Ok(Page::until(told, list, goes_on_after.map(u64::to_be_bytes)))
}

fn collect<T: Kept, U>(
    views: &Views,
    wallet: WalletId,
    mut after: u64,
    limit: usize,
    number: impl Fn(&T) -> u64,
    tell: impl Fn(Dated<T>) -> Option<U>,
) -> Result<(Vec<U>, Option<u64>), crate::store::StoreError> {
    let mut told = Vec::new();
    let mut last_told = after;
    for _ in 0..LOOKED_AT_MAX / CHUNK {
        let documents = views.read_after(wallet, after, CHUNK)?;
        let goes_on = documents.len() == CHUNK;
        for dated in documents {
            after = number(&dated.document);
            let Some(one) = tell(dated) else { continue };
            if told.len() == limit {
                return Ok((told, Some(last_told)));
            }
            told.push(one);
            last_told = after;
        }
        if !goes_on {
            return Ok((told, None));
        }
    }
    Ok((told, Some(after)))
}
