//! Status callbacks. They are sent in order, concurrently with the call, which never waits for them.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use super::faults::{Met, Name};
use super::state::SharedState;
use super::webhook::{Fields, Signed, Webhook, send};

/// The maximum number of queued callbacks of one call. A call has four, and a message two.
const MAX_WAITING: usize = 16;

/// The faults that can affect a callback.
const FAULTS: [Name; 7] = [
    Name::CallbacksTwice,
    Name::CallbacksReordered,
    Name::CallbacksUnnumbered,
    Name::CallbacksNever,
    Name::CallbacksLate,
    Name::CallbacksForged,
    Name::CallbacksUnknownStatus,
];

/// The callbacks of one call.
pub(super) struct Callbacks {
    queue: mpsc::Sender<Fields>,
    sequence: u32,
}

/// Becomes `true` after the first callback was delivered, or if there won't be one.
pub(super) type FirstDelivered = watch::Receiver<bool>;

impl Callbacks {
    /// Starts sending callbacks of `call` to `url`. `number` selects the faults.
    pub(super) fn start(office: &Arc<SharedState>, call: &str, number: &str, url: &str) -> (Self, FirstDelivered) {
        let (queue, waiting) = mpsc::channel(MAX_WAITING);
        let (delivered, first_delivered) = watch::channel(false);
        let sending = Sending {
            office: Arc::clone(office),
            call: call.to_owned(),
            number: number.to_owned(),
            url: url.to_owned(),
            held: Vec::new(),
            delivered,
        };
        tokio::spawn(sending.run(waiting));
        (Self { queue, sequence: 0 }, first_delivered)
    }

    /// Queues a callback with the next sequence number.
    pub(super) fn send(&mut self, mut fields: Fields) {
        fields.push(("SequenceNumber".to_owned(), self.sequence.to_string()));
        self.sequence += 1;
        // The queue is full only if nobody answers. A real carrier also loses callbacks then.
        let _queued = self.queue.try_send(fields);
    }
}

struct Sending {
    office: Arc<SharedState>,
    call: String,
    number: String,
    url: String,
    /// Callbacks held back by the fault that reorders.
    held: Vec<Fields>,
    delivered: watch::Sender<bool>,
}

impl Sending {
    async fn run(mut self, mut waiting: mpsc::Receiver<Fields>) {
        while let Some(fields) = waiting.recv().await {
            self.take(fields).await;
        }
        while let Some(fields) = self.held.pop() {
            self.post(&fields, Signed::ByCarrier).await;
        }
        self.delivered.send_replace(true);
    }

    async fn take(&mut self, mut fields: Fields) {
        let met = self.office.state().faults.of(self.office.seed, &self.number, &FAULTS);
        let fault = |name: Name| met.iter().find(|met: &&Met| met.name == name);
        if fault(Name::CallbacksNever).is_some() {
            return;
        }
        if fault(Name::CallbacksUnnumbered).is_some() {
            replace(&mut fields, "SequenceNumber", "0");
        }
        if fault(Name::CallbacksUnknownStatus).is_some() {
            replace(&mut fields, "CallStatus", "pondering");
        }
        if fault(Name::CallbacksReordered).is_some() {
            self.held.push(fields);
            return;
        }
        if let Some(delay) = fault(Name::CallbacksLate).and_then(|met| met.delay) {
            tokio::time::sleep(delay).await;
        }
        let forged = fault(Name::CallbacksForged).is_some();
        self.post(&fields, if forged { Signed::ByForger } else { Signed::ByCarrier }).await;
        if fault(Name::CallbacksTwice).is_some() {
            self.post(&fields, Signed::ByCarrier).await;
        }
        while let Some(fields) = self.held.pop() {
            self.post(&fields, Signed::ByCarrier).await;
        }
    }

    async fn post(&self, fields: &Fields, signed: Signed) {
        let webhook = Webhook { call: &self.call, kind: "status", url: &self.url, fields, signed };
        // The result is in the log. Nothing else depends on a lost callback.
        let _answer = send(&self.office, &webhook).await;
        self.delivered.send_replace(true);
    }
}

fn replace(fields: &mut Fields, name: &str, value: &str) {
    for (_, old) in fields.iter_mut().filter(|(known, _)| known == name) {
        value.clone_into(old);
    }
}
