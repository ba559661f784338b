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

/// The most pages that are read of one search: 1,000 calls to one number. Beyond, nothing is proven.
const MAX_PAGES: usize = 10;
/// Pages of the newest calls after which no more are read, once they reach back as far as is required: 2,000 calls.
const ENOUGH_PAGES: usize = 20;
/// The most pages that are read of the newest calls: 20,000 calls. Half an hour with more is beyond any account that
/// one such program uses.
const MOST_RECENT_PAGES: usize = 200;
/// The most pages that are read of a search that names no number: 100,000 calls, more than a day has.
const MAX_PAGES_OF_ALL: usize = 1_000;

/// The queries of the pages that were read. A page that leads back to one of them has no end: what isn't in the list
/// may be anywhere.
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
    /// Asks whether anybody answered to whom this leg was put through. A phone that still rings proves nothing yet.
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

    /// Asks which calls to a number were placed since a moment, from whatever number of ours. The moment is taken two
    /// minutes earlier, since clocks differ. An empty list proves something only after a while: carriers' lists lag
    /// behind. It takes at least two requests, and at most twenty.
    pub async fn list(&self, to: &PhoneNumber, since: Timestamp) -> LookupResult<Vec<CarrierCall>> {
        self.list_of(Some(to), since).await
    }

    /// Asks which calls the account has had since a moment, in both directions. It takes a request for each 100 of
    /// them.
    pub async fn list_all(&self, since: Timestamp) -> LookupResult<Vec<CarrierCall>> {
        self.list_of(None, since).await
    }

    /// Asks for the newest calls of the account, whatever their direction: back to `since`, or, if that is more than
    /// 2,000, at least back to `required`. A list that isn't sorted from new to old, as Twilio's is, is read to its
    /// end.
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
        // First those that wait: one that starts meanwhile is in the second search.
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
