//! Reads the carrier's list of calls, page by page.

use std::collections::HashSet;

use jiff::Timestamp;
use tracing::warn;

use super::client::{Answer, RestClient, What};
use super::reply::{DialledPage, Page, Phone};
use super::request::{CannotBuild, Prepared, Search};
use crate::carrier::CarrierLegId;
use crate::carrier::network::{CarrierCall, LookupResult, Recent, Uncertainty};
use crate::domain::PhoneNumber;

/// The most pages that are read of one search: 1,000 calls to one number. With more calls, the list proves nothing.
const MAX_PAGES: usize = 10;
/// The number of pages of the newest calls after which reading stops once they reach back to the required time: 2,000
/// calls.
const ENOUGH_PAGES: usize = 20;
/// The most pages that are read of the newest calls: 20,000 calls. No account that is used by one such program has
/// more in half an hour.
const MOST_RECENT_PAGES: usize = 200;
/// The most pages that are read of a search without a number: 100,000 calls, more than a day has.
const MAX_PAGES_OF_ALL: usize = 1_000;

/// The queries of the pages read. If a page leads back to one of them, the list has no end, and it proves nothing
/// about calls that aren't on it.
struct Read(HashSet<String>);

impl Read {
    fn beginning_with(first: &Result<Prepared, CannotBuild>) -> Self {
        Self(first.as_ref().ok().and_then(|first| first.url().query()).map(str::to_owned).into_iter().collect())
    }

    fn goes_on_with(&mut self, query: &str) -> Result<(), Uncertainty> {
        if self.0.insert(query.to_owned()) {
            return Ok(());
        }
        warn!("the carrier's call list links back to a page already read; the list is not used as proof");
        Err(Uncertainty::Unreadable)
    }
}

impl RestClient {
    /// Asks whether staff answered the transfer of this leg. A phone that still rings proves nothing yet.
    pub async fn staff_answered(&self, leg: &CarrierLegId) -> LookupResult<bool> {
        let mut request = self.requests.dialled_by(leg);
        let mut rings = false;
        for _ in 0..MAX_PAGES {
            let page = match self.ask(What::List, request).await {
                Err(CannotBuild) => return LookupResult::Unavailable(Uncertainty::Unreadable),
                Ok(Answer::Unsent | Answer::Silence) => return LookupResult::Unavailable(Uncertainty::NoAnswer),
                Ok(Answer::Reply(reply)) => reply.as_reply().dialled_by(leg),
            };
            let DialledPage { phones, next } = match page {
                LookupResult::Found(page) => page,
                LookupResult::Nothing => return LookupResult::Unavailable(Uncertainty::Unreadable),
                LookupResult::Unavailable(doubt) => return LookupResult::Unavailable(doubt),
            };
            if phones.contains(&Phone::Answered) {
                return LookupResult::Found(true);
            }
            rings |= phones.contains(&Phone::Rings);
            match next {
                Some(query) => request = self.requests.list_page(&query),
                None if rings => return LookupResult::Unavailable(Uncertainty::NoAnswer),
                None => return LookupResult::Found(false),
            }
        }
        warn!(most = MAX_PAGES, "the carrier's list of child calls has more pages than are read");
        LookupResult::Unavailable(Uncertainty::Unreadable)
    }

    /// Asks for the calls to a number that were placed since a time, from any of our numbers. Two minutes are
    /// subtracted from the time because clocks differ. An empty list proves something only after a while, because
    /// carriers' lists lag behind. Takes at least two requests and at most twenty.
    pub async fn list(&self, to: &PhoneNumber, since: Timestamp) -> LookupResult<Vec<CarrierCall>> {
        self.list_of(Some(to), since).await
    }

    /// Asks for the account's calls since a time, in both directions. Takes one request for each 100 calls.
    pub async fn list_all(&self, since: Timestamp) -> LookupResult<Vec<CarrierCall>> {
        self.list_of(None, since).await
    }

    /// Asks for the newest calls of the account, in any direction, back to `since`. If there are more than 2,000, it
    /// reads back at least to `required`. Twilio's list is sorted from new to old. A list in another order is read to
    /// its end.
    pub async fn list_recent(&self, since: Timestamp, required: Timestamp) -> LookupResult<Recent> {
        let waiting = match self.search(None, since, Search::Waiting).await {
            Ok(waiting) => waiting,
            Err(doubt) => return LookupResult::Unavailable(doubt),
        };
        match self.newest(since, required).await {
            Ok(mut recent) => {
                let started: HashSet<CarrierLegId> = recent.calls.iter().map(|call| call.leg.clone()).collect();
                recent.calls.extend(waiting.into_iter().filter(|call| !started.contains(&call.leg)));
                LookupResult::Found(recent)
            }
            Err(doubt) => LookupResult::Unavailable(doubt),
        }
    }

    async fn newest(&self, since: Timestamp, required: Timestamp) -> Result<Recent, Uncertainty> {
        let mut recent = Recent { calls: Vec::new(), complete_since: since };
        let mut request = self.requests.list_all(Search::StartedSince(since));
        let mut pages = Read::beginning_with(&request);
        for read in 1..=MOST_RECENT_PAGES {
            let page = self.page(request, None, since).await?;
            recent.calls.extend(page.calls);
            let Some(query) = page.next else { return Ok(recent) };
            if let Some(reached) = page.descends_to {
                if reached < Search::earliest(since) {
                    return Ok(recent);
                }
                if read >= ENOUGH_PAGES && reached < Search::earliest(required) {
                    recent.complete_since = reached;
                    return Ok(recent);
                }
            }
            pages.goes_on_with(&query)?;
            request = self.requests.list_page(&query);
        }
        warn!(pages = MOST_RECENT_PAGES, "the carrier's list of recent calls has more pages than are read");
        Err(Uncertainty::Unreadable)
    }

    async fn list_of(&self, to: Option<&PhoneNumber>, since: Timestamp) -> LookupResult<Vec<CarrierCall>> {
        let mut calls: Vec<CarrierCall> = Vec::new();
        // First the waiting calls: a call that starts meanwhile is in the second search.
        for search in [Search::Waiting, Search::StartedSince(since)] {
            match self.search(to, since, search).await {
                Ok(found) => {
                    calls.retain(|call| found.iter().all(|later| later.leg != call.leg));
                    calls.extend(found);
                }
                Err(doubt) => return LookupResult::Unavailable(doubt),
            }
        }
        LookupResult::Found(calls)
    }

    async fn search(
        &self,
        to: Option<&PhoneNumber>,
        since: Timestamp,
        search: Search,
    ) -> Result<Vec<CarrierCall>, Uncertainty> {
        let mut calls = Vec::new();
        let (mut request, most) = match to {
            Some(to) => (self.requests.list(to, search), MAX_PAGES),
            None => (self.requests.list_all(search), MAX_PAGES_OF_ALL),
        };
        let mut read = Read::beginning_with(&request);
        for _ in 0..most {
            let Page { calls: found, next, .. } = self.page(request, to, since).await?;
            calls.extend(found);
            match next {
                Some(query) => {
                    read.goes_on_with(&query)?;
                    request = self.requests.list_page(&query);
                }
                None => return Ok(calls),
            }
        }
        warn!(most, "the carrier's call list has more pages than are read");
        Err(Uncertainty::Unreadable)
    }

    async fn page(
        &self,
        request: Result<Prepared, CannotBuild>,
        to: Option<&PhoneNumber>,
        since: Timestamp,
    ) -> Result<Page, Uncertainty> {
        let page = match self.ask(What::List, request).await {
            Err(CannotBuild) => return Err(Uncertainty::Unreadable),
            Ok(Answer::Unsent | Answer::Silence) => return Err(Uncertainty::NoAnswer),
            Ok(Answer::Reply(reply)) => match to {
                Some(to) => reply.as_reply().listed(to, since),
                None => reply.as_reply().listed_all(since),
            },
        };
        match page {
            LookupResult::Found(page) => Ok(page),
            LookupResult::Nothing => Err(Uncertainty::Unreadable),
            LookupResult::Unavailable(doubt) => Err(doubt),
        }
    }
}
