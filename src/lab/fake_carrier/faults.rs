//! Faults of the carrier. The control API sets a fault for later requests: for all of them, with a probability or up to
//! a count, and for all numbers or one.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::carrier::simulator::{Purpose, generator};

/// The maximum number of faults at a time.
const MAX_FAULTS: usize = 1_000;
/// The longest delay of a fault, in seconds: an hour.
const MAX_SECONDS: f64 = 3_600.0;

/// A part of the REST API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Endpoint {
    /// `POST Calls.json`
    Create,
    /// `GET Calls/{sid}.json`
    Fetch,
    /// `GET Calls.json`
    List,
    /// `POST Calls/{sid}.json`
    Update,
    /// `POST Messages.json`
    Message,
    /// `GET Balance.json`
    Balance,
    /// All of them.
    Any,
}

/// The name of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Name {
    /// The request is never answered.
    NeverAnswered,
    /// The request is answered after `seconds`.
    Late,
    /// The connection is closed instead of an answer.
    Closed,
    /// 429, with `Retry-After: seconds` if `seconds` is set.
    TooMany,
    /// 500
    ServerError,
    /// 503
    Unavailable,
    /// 400, code 21211
    BadNumber,
    /// 401, code 20003
    Unauthorized,
    /// 200 and a page of HTML.
    Html,
    /// 200 and an empty body.
    Empty,
    /// 302 to a location that doesn't exist.
    Redirected,
    /// The reply has an unknown status.
    UnknownStatus,
    /// The reply to a new call waits until its first status callback was delivered.
    CallbacksFirst,
    /// A status callback is sent twice.
    CallbacksTwice,
    /// A status callback is held back until after the next one. Those still held at the end are sent in reverse order.
    CallbacksReordered,
    /// Every SequenceNumber is 0.
    CallbacksUnnumbered,
    /// A status callback is never sent.
    CallbacksNever,
    /// A status callback is sent `seconds` late.
    CallbacksLate,
    /// A status callback is signed with another key.
    CallbacksForged,
    /// A status callback has an unknown status.
    CallbacksUnknownStatus,
    /// A webhook is sent twice, with the same keys; the second answer counts.
    WebhooksTwice,
    /// A webhook's answer is lost, and the webhook is sent again with the same token.
    WebhooksRetried,
    /// A webhook is first signed with another key, and then sent correctly.
    WebhooksForged,
    /// A document that names a voice is rejected.
    VoicesMissing,
    /// `digits` are sent instead of the pressed keys.
    Digits,
    /// The list of calls shows the state `seconds` ago.
    ListLags,
    /// The list of calls shows the state when this fault was set, for `seconds` if that is set.
    ListFrozen,
    /// The list of calls omits calls to `number`.
    ListOmits,
    /// A new call stays in the carrier's queue until it is canceled.
    StaysQueued,
    /// The list of calls omits calls that haven't begun to ring.
    ListSkipsQueued,
}

/// Whether a request is executed in spite of its fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FaultEffect {
    Done,
    NotDone,
}

/// A fault as it is set through the control API.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    fault: Name,
    /// For faults of REST replies. The default is [`Endpoint::Create`].
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<Endpoint>,
    /// Whether the request is executed in spite of the fault. The default is no if the reply is a refusal, otherwise
    /// yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    done: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digits: Option<String>,
    /// Only requests about this number, which is called or calls in.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    /// How many times. There is no limit by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
    /// The probability, 0 to 1. The default is always.
    #[serde(skip_serializing_if = "Option::is_none")]
    probability: Option<f64>,
}

/// A fault that affects a request.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Met {
    pub(super) name: Name,
    pub(super) deed: FaultEffect,
    /// The delay, if the fault has one.
    pub(super) delay: Option<Duration>,
    /// The digits sent instead of the keys.
    pub(super) digits: String,
    /// When the fault was set.
    pub(super) since: Timestamp,
}

struct Active {
    id: u64,
    asked: Asked,
    since: Timestamp,
    left: Option<u32>,
    drawn: HashMap<String, u32>,
}

/// The active faults.
#[derive(Default)]
pub(super) struct Faults {
    active: Vec<Active>,
    next: u64,
}

impl Name {
    /// The name in the control API.
    pub(super) fn code(self) -> &'static str {
        NAMES.iter().find(|(name, _)| *name == self).map_or("", |(_, word)| word)
    }

    fn is_of_replies(self) -> bool {
        use Name::{
            BadNumber, CallbacksFirst, Closed, Empty, Html, Late, NeverAnswered, Redirected, ServerError, TooMany,
            Unauthorized, Unavailable, UnknownStatus,
        };
        matches!(
            self,
            NeverAnswered
                | Late
                | Closed
                | TooMany
                | ServerError
                | Unavailable
                | BadNumber
                | Unauthorized
                | Html
                | Empty
                | Redirected
                | UnknownStatus
                | CallbacksFirst
        )
    }

    /// A refusal means that nothing was done. A proper answer means that something was done.
    fn deed(self, told: Option<bool>) -> FaultEffect {
        let done = match self {
            Self::Late | Self::UnknownStatus | Self::CallbacksFirst => true,
            Self::TooMany | Self::BadNumber | Self::Unauthorized => told.unwrap_or(false),
            _ => told.unwrap_or(true),
        };
        if done { FaultEffect::Done } else { FaultEffect::NotDone }
    }
}

const NAMES: [(Name, &str); 30] = [
    (Name::NeverAnswered, "never_answered"),
    (Name::Late, "late"),
    (Name::Closed, "closed"),
    (Name::TooMany, "too_many"),
    (Name::ServerError, "server_error"),
    (Name::Unavailable, "unavailable"),
    (Name::BadNumber, "bad_number"),
    (Name::Unauthorized, "unauthorized"),
    (Name::Html, "html"),
    (Name::Empty, "empty"),
    (Name::Redirected, "redirected"),
    (Name::UnknownStatus, "unknown_status"),
    (Name::CallbacksFirst, "callbacks_first"),
    (Name::CallbacksTwice, "callbacks_twice"),
    (Name::CallbacksReordered, "callbacks_reordered"),
    (Name::CallbacksUnnumbered, "callbacks_unnumbered"),
    (Name::CallbacksNever, "callbacks_never"),
    (Name::CallbacksLate, "callbacks_late"),
    (Name::CallbacksForged, "callbacks_forged"),
    (Name::CallbacksUnknownStatus, "callbacks_unknown_status"),
    (Name::WebhooksTwice, "webhooks_twice"),
    (Name::WebhooksRetried, "webhooks_retried"),
    (Name::WebhooksForged, "webhooks_forged"),
    (Name::VoicesMissing, "voices_missing"),
    (Name::Digits, "digits"),
    (Name::ListLags, "list_lags"),
    (Name::ListFrozen, "list_frozen"),
    (Name::ListOmits, "list_omits"),
    (Name::StaysQueued, "stays_queued"),
    (Name::ListSkipsQueued, "list_skips_queued"),
];

impl Asked {
    /// Returns why this fault can't be set, or `None` if it can.
    fn objection(&self) -> Option<String> {
        let needs_seconds = matches!(self.fault, Name::Late | Name::CallbacksLate | Name::ListLags);
        if needs_seconds && self.seconds.is_none() {
            return Some(format!("the fault {} needs seconds", self.fault.code()));
        }
        if self.seconds.is_some_and(|seconds| !(0.0..=MAX_SECONDS).contains(&seconds)) {
            return Some(format!("seconds are 0 to {MAX_SECONDS}"));
        }
        if self.fault == Name::Digits && self.digits.is_none() {
            return Some("the fault digits needs digits".to_owned());
        }
        if self.probability.is_some_and(|probability| !(0.0..=1.0).contains(&probability)) {
            return Some("a probability is 0 to 1".to_owned());
        }
        if self.on.is_some() && !self.fault.is_of_replies() {
            return Some(format!("the fault {} isn't one of REST replies, so `on` means nothing", self.fault.code()));
        }
        None
    }
}

impl Faults {
    /// Sets a fault.
    ///
    /// # Errors
    /// A sentence if the fault is invalid, or if there are already [`MAX_FAULTS`].
    pub(super) fn set(&mut self, asked: Asked, now: Timestamp) -> Result<(), String> {
        if let Some(objection) = asked.objection() {
            return Err(objection);
        }
        if self.active.len() >= MAX_FAULTS {
            return Err(format!("there are {MAX_FAULTS} faults already; POST /_fake/reset forgets them"));
        }
        let left = asked.count;
        self.active.push(Active { id: self.next, asked, since: now, left, drawn: HashMap::new() });
        self.next += 1;
        Ok(())
    }

    /// Ends all faults.
    pub(super) fn clear(&mut self) {
        self.active.clear();
    }

    /// Returns the numbers whose calls the list omits.
    pub(super) fn omitted(&self) -> Vec<String> {
        let omits = self.active.iter().filter(|active| active.asked.fault == Name::ListOmits);
        omits.filter_map(|active| active.asked.number.clone()).collect()
    }

    /// Returns the fault that affects a REST request: the first one set.
    pub(super) fn of_reply(&mut self, seed: u64, endpoint: Endpoint, number: &str) -> Option<Met> {
        let fits = |asked: &Asked| {
            let on = asked.on.unwrap_or(Endpoint::Create);
            asked.fault.is_of_replies() && (on == endpoint || on == Endpoint::Any)
        };
        self.active.iter_mut().find_map(|active| active.meets(seed, number, fits))
    }

    /// Returns all of these faults that affect a request.
    pub(super) fn of(&mut self, seed: u64, number: &str, names: &[Name]) -> Vec<Met> {
        let fits = |asked: &Asked| names.contains(&asked.fault);
        self.active.iter_mut().filter_map(|active| active.meets(seed, number, fits)).collect()
    }
}

impl Active {
    fn meets(&mut self, seed: u64, number: &str, fits: impl Fn(&Asked) -> bool) -> Option<Met> {
        let ours = self.asked.number.as_deref().is_none_or(|own| own == number);
        if !ours || !fits(&self.asked) || self.left == Some(0) {
            return None;
        }
        if let Some(probability) = self.asked.probability {
            let nth = self.drawn.entry(number.to_owned()).or_default();
            let drawn = generator(seed, Purpose::Fault, &format!("{} {number}", self.id), *nth).f64();
            *nth += 1;
            if drawn >= probability {
                return None;
            }
        }
        self.left = self.left.map(|left| left - 1);
        Some(Met {
            name: self.asked.fault,
            deed: self.asked.fault.deed(self.asked.done),
            delay: self.asked.seconds.map(Duration::from_secs_f64),
            digits: self.asked.digits.clone().unwrap_or_default(),
            since: self.since,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(asked: &[&str]) -> Faults {
        let mut faults = Faults::default();
        for asked in asked {
            faults.set(serde_json::from_str(asked).unwrap(), Timestamp::UNIX_EPOCH).unwrap();
        }
        faults
    }

    #[test]
    fn every_name_is_written_as_it_is_read() {
        for (name, word) in NAMES {
            assert_eq!(serde_json::to_value(name).unwrap(), word);
        }
    }

    #[test]
    fn a_count_runs_out_and_a_number_is_kept_to() {
        let seed = 1;
        let mut faults = faults(&[
            r#"{"fault":"closed","count":1,"done":false}"#,
            r#"{"fault":"html","number":"+81311112222"}"#,
            r#"{"fault":"unavailable","on":"list"}"#,
        ]);
        let first = faults.of_reply(seed, Endpoint::Create, "+81311112223").unwrap();
        assert_eq!((first.name, first.deed), (Name::Closed, FaultEffect::NotDone));
        assert_eq!(faults.of_reply(seed, Endpoint::Create, "+81311112223"), None);
        let html = faults.of_reply(seed, Endpoint::Create, "+81311112222").unwrap();
        assert_eq!((html.name, html.deed), (Name::Html, FaultEffect::Done));
        assert_eq!(faults.of_reply(seed, Endpoint::List, "").unwrap().name, Name::Unavailable);
        faults.clear();
        assert_eq!(faults.of_reply(seed, Endpoint::List, ""), None);
    }

    #[test]
    fn a_probability_is_kept_and_is_the_same_for_a_seed() {
        let run = |seed| {
            let mut faults = faults(&[r#"{"fault":"closed","probability":0.25}"#]);
            let number = |nth: usize| format!("+8131111{nth:04}");
            (0..2_000).map(|nth| faults.of_reply(seed, Endpoint::Create, &number(nth)).is_some()).collect::<Vec<_>>()
        };
        let met = run(7).into_iter().filter(|&met| met).count();
        assert!((400..600).contains(&met), "{met} of 2,000");
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
    }

    #[test]
    fn what_means_nothing_is_refused() {
        for wrong in [
            r#"{"fault":"late"}"#,
            r#"{"fault":"late","seconds":-1}"#,
            r#"{"fault":"digits"}"#,
            r#"{"fault":"closed","probability":2}"#,
            r#"{"fault":"list_frozen","on":"create"}"#,
        ] {
            let asked: Asked = serde_json::from_str(wrong).unwrap();
            assert!(Faults::default().set(asked, Timestamp::UNIX_EPOCH).is_err(), "{wrong}");
        }
        assert!(serde_json::from_str::<Asked>(r#"{"fault":"closed","probabilty":1}"#).is_err());
    }
}
