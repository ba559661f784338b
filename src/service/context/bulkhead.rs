//! A bulkhead: work that costs much is done so much at a time, in the order in which it came, behind a waiting line of
//! its own. Who is far behind gets a place, and fetches the result later.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::oneshot;

use super::clock::Clock;
use crate::policy::{LineFull, LineLimits, LinePlace, WaitingLine};

/// How long a result is kept for somebody who hasn't fetched it.
const KEPT_FOR: SignedDuration = SignedDuration::from_mins(30);

type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A bulkhead whose work results in `T`. Clones are the same one.
pub struct Bulkhead<T> {
    name: &'static str,
    clock: Clock,
    inner: Arc<Mutex<Inner<T>>>,
}

/// Who asks for work.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// What only this browser knows. It has one place.
    pub holder: &'a str,
    /// Its address.
    pub address: &'a str,
    /// The place that it was given before a restart.
    pub earlier: Option<LinePlace>,
}

/// What came of work.
#[derive(Debug)]
pub enum Entered<T> {
    /// It is done.
    Done(T),
    /// It waits in the line, at this place.
    Waits(LinePlace),
    /// The line is full: nothing was done.
    Full,
}

/// How it stands with somebody's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceInLine {
    /// So many are before it.
    Behind(u64),
    /// It is being done.
    Underway,
    /// It is done.
    Done,
}

struct Inner<T> {
    line: WaitingLine,
    /// The holders who wait.
    order: BTreeMap<LinePlace, String>,
    /// Places of before a restart that were taken again: each is taken once.
    returned: HashSet<LinePlace>,
    held: HashMap<String, Held<T>>,
    /// How many of an address wait.
    addresses: HashMap<String, usize>,
    /// Whose results are kept, the oldest first.
    kept: VecDeque<(Timestamp, String, LinePlace)>,
}

struct Held<T> {
    place: LinePlace,
    stage: Stage<T>,
}

enum Stage<T> {
    Waiting { work: Work<T>, listener: Option<oneshot::Sender<T>>, address: String },
    Underway,
    Done(T),
}

/// Work that was let in.
struct Begun<T> {
    holder: String,
    place: LinePlace,
    work: Work<T>,
    listener: Option<oneshot::Sender<T>>,
}

impl<T> Clone for Bulkhead<T> {
    fn clone(&self) -> Self {
        Self { name: self.name, clock: self.clock.clone(), inner: Arc::clone(&self.inner) }
    }
}

impl<T> std::fmt::Debug for Bulkhead<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bulkhead({})", self.name)
    }
}

impl<T: Send + 'static> Bulkhead<T> {
    /// A bulkhead, with its name in the metrics.
    pub fn new(name: &'static str, limits: LineLimits, clock: Clock) -> Self {
        let inner = Inner {
            line: WaitingLine::new(limits, clock.now()),
            order: BTreeMap::new(),
            returned: HashSet::new(),
            held: HashMap::new(),
            addresses: HashMap::new(),
            kept: VecDeque::new(),
        };
        let bulkhead = Self { name, clock, inner: Arc::new(Mutex::new(inner)) };
        bulkhead.told(|_| ());
        bulkhead
    }

    /// Does work when its turn comes. Work of the same holder that still waits is replaced, and keeps its place.
    pub async fn enter(&self, asker: Asker<'_>, work: impl Future<Output = T> + Send + 'static) -> Entered<T> {
        let (sender, receiver) = oneshot::channel();
        let joined = self.told(|inner| {
            let now = self.clock.now();
            inner.forget(now);
            inner.join(asker, Box::pin(work), sender, now)
        });
        let Ok((place, is_soon)) = joined else {
            metrics::counter!("kenkocall_bulkhead_refused_total", "bulkhead" => self.name).increment(1);
            return Entered::Full;
        };
        self.start();
        if !is_soon {
            return Entered::Waits(place);
        }
        match receiver.await {
            Ok(outcome) => Entered::Done(outcome),
            // The same browser has sent something else, which took the place.
            Err(_) => Entered::Waits(place),
        }
    }

    /// Whether a place was given before a restart and hasn't been taken again.
    pub fn is_kept(&self, place: LinePlace) -> bool {
        self.lock().is_kept(place)
    }

    /// How it stands with a holder's work. `None` if there is none.
    pub fn place(&self, holder: &str) -> Option<PlaceInLine> {
        let inner = self.lock();
        let held = inner.held.get(holder)?;
        Some(match &held.stage {
            Stage::Waiting { .. } => PlaceInLine::Behind(inner.line.before(held.place).unwrap_or(0)),
            Stage::Underway => PlaceInLine::Underway,
            Stage::Done(_) => PlaceInLine::Done,
        })
    }

    /// The result of a holder's work, once.
    pub fn fetch(&self, holder: &str) -> Option<T> {
        let mut inner = self.lock();
        if !matches!(inner.held.get(holder)?.stage, Stage::Done(_)) {
            return None;
        }
        match inner.held.remove(holder)?.stage {
            Stage::Done(outcome) => Some(outcome),
            Stage::Waiting { .. } | Stage::Underway => None,
        }
    }

    /// Begins what there is room for.
    fn start(&self) {
        while let Some(Begun { holder, place, work, listener }) = self.told(Inner::let_in) {
            let bulkhead = self.clone();
            tokio::spawn(async move {
                // A panic must not close the bulkhead.
                let outcome = tokio::spawn(work).await.ok();
                let now = bulkhead.clock.now();
                bulkhead.told(|inner| inner.end((holder, place), outcome, listener, now));
                bulkhead.start();
            });
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the line, and tells the metrics.
    fn told<R>(&self, change: impl FnOnce(&mut Inner<T>) -> R) -> R {
        let mut inner = self.lock();
        let result = change(&mut inner);
        let (in_use, waiting) = (inner.line.in_use(), inner.line.waiting());
        metrics::gauge!("kenkocall_bulkhead_in_use", "bulkhead" => self.name).set(in_use as f64);
        metrics::gauge!("kenkocall_bulkhead_waiting", "bulkhead" => self.name).set(waiting as f64);
        result
    }
}

impl<T> Inner<T> {
    fn is_kept(&self, place: LinePlace) -> bool {
        self.line.is_earlier(place) && !self.returned.contains(&place)
    }

    /// Returns the place, and whether the request waits for the result.
    fn join(
        &mut self,
        asker: Asker<'_>,
        new_work: Work<T>,
        sender: oneshot::Sender<T>,
        now: Timestamp,
    ) -> Result<(LinePlace, bool), LineFull> {
        if let Some(Held { place, stage: Stage::Waiting { work, listener, .. } }) = self.held.get_mut(asker.holder) {
            let is_soon = self.line.is_soon(*place);
            (*work, *listener) = (new_work, is_soon.then_some(sender));
            return Ok((*place, is_soon));
        }
        let of_address = self.addresses.get(asker.address).copied().unwrap_or(0);
        let place = match asker.earlier.filter(|place| self.is_kept(*place)) {
            Some(place) => {
                self.line.return_to(place, of_address)?;
                self.returned.insert(place);
                place
            }
            None => self.line.join(now, of_address)?,
        };
        let is_soon = self.line.is_soon(place);
        self.addresses.insert(asker.address.to_owned(), of_address.saturating_add(1));
        self.order.insert(place, asker.holder.to_owned());
        let listener = is_soon.then_some(sender);
        let stage = Stage::Waiting { work: new_work, listener, address: asker.address.to_owned() };
        self.held.insert(asker.holder.to_owned(), Held { place, stage });
        Ok((place, is_soon))
    }

    fn let_in(&mut self) -> Option<Begun<T>> {
        let place = self.line.let_in()?;
        let holder = self.order.remove(&place)?;
        let held = self.held.get_mut(&holder)?;
        match std::mem::replace(&mut held.stage, Stage::Underway) {
            Stage::Waiting { work, listener, address } => {
                if let Some(count) = self.addresses.get_mut(&address) {
                    *count = count.saturating_sub(1);
                    if *count == 0 {
                        self.addresses.remove(&address);
                    }
                }
                Some(Begun { holder, place, work, listener })
            }
            Stage::Underway | Stage::Done(_) => None,
        }
    }

    /// Gives the result to the request that waits for it, or keeps it.
    fn end(
        &mut self,
        (holder, place): (String, LinePlace),
        outcome: Option<T>,
        listener: Option<oneshot::Sender<T>>,
        now: Timestamp,
    ) {
        self.line.leave();
        let outcome = match (outcome, listener) {
            (Some(outcome), Some(listener)) => listener.send(outcome).err(),
            (outcome, _) => outcome,
        };
        let Some(held) = self.held.get_mut(&holder).filter(|held| held.place == place) else { return };
        match outcome {
            Some(outcome) => {
                held.stage = Stage::Done(outcome);
                self.kept.push_back((now, holder, place));
            }
            None => {
                self.held.remove(&holder);
            }
        }
    }

    /// Drops the results that nobody has fetched.
    fn forget(&mut self, now: Timestamp) {
        while let Some((at, ..)) = self.kept.front()
            && now.duration_since(*at) >= KEPT_FOR
            && let Some((_, holder, place)) = self.kept.pop_front()
        {
            if self.held.get(&holder).is_some_and(|held| held.place == place) {
                self.held.remove(&holder);
            }
        }
    }
}
