//! What all open pages of a health centre want to know, read once for all of them.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

use crate::domain::{Actor, CentreCode, Severity};
use crate::service::{AlertPulse, Context, ServiceError, ServiceEventKind, Stopwatch, alert_pulse};

/// The last pulse, and when its reading began.
type Kept = Arc<tokio::sync::Mutex<Option<(Duration, AlertPulse)>>>;

/// The pulses of all health centres whose pages are open.
pub(in crate::web::console) struct Pulses {
    watch: Stopwatch,
    kept: Mutex<HashMap<BTreeSet<CentreCode>, Kept>>,
    /// Tells that a red answer was committed.
    news: Mutex<Option<watch::Sender<u64>>>,
}

impl Pulses {
    /// Without any.
    pub(in crate::web::console) fn new() -> Self {
        Self { watch: Stopwatch::start(), kept: Mutex::default(), news: Mutex::default() }
    }

    /// The time by which pulses are kept.
    pub(super) fn now(&self) -> Duration {
        self.watch.elapsed()
    }

    /// A pulse whose reading began at this time or later.
    pub(super) async fn since(
        &self,
        context: &Context,
        actor: &Actor,
        wanted: Duration,
    ) -> Result<AlertPulse, ServiceError> {
        let kept = {
            let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(centres(actor)).or_default())
        };
        let mut kept = kept.lock().await;
        if let Some((begun, pulse)) = &*kept
            && *begun >= wanted
        {
            return Ok(pulse.clone());
        }
        let begun = self.now();
        let pulse = alert_pulse(context, actor).await?;
        *kept = Some((begun, pulse.clone()));
        Ok(pulse)
    }

    /// Changes when a red answer was committed by this process. One task listens for all pages, as long as there are
    /// any.
    pub(super) fn news(&self, context: &Context) -> watch::Receiver<u64> {
        let mut news = self.news.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = news.as_ref().filter(|sender| sender.receiver_count() > 0) {
            return sender.subscribe();
        }
        let (sender, receiver) = watch::channel(0);
        *news = Some(sender.clone());
        let mut events = context.event_bus.watch();
        tokio::spawn(async move {
            loop {
                let event = tokio::select! {
                    () = sender.closed() => return,
                    event = events.recv() => event,
                };
                match event {
                    Ok(event) if !matches!(event.what, ServiceEventKind::Answer(_, Severity::Red)) => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => sender.send_modify(|count| *count = count.wrapping_add(1)),
                    Err(RecvError::Closed) => return,
                }
            }
        });
        receiver
    }
}

fn centres(actor: &Actor) -> BTreeSet<CentreCode> {
    match actor {
        Actor::Staff(staff) => staff.centres.clone(),
        Actor::Patient(_) | Actor::LinkHolder(_) | Actor::Operator(_) | Actor::System => BTreeSet::new(),
    }
}
