//! Runs an answered call: fetches the TwiML and executes it, verb by verb, until it ends.

use super::call_registry::Direction;
use super::dialled::Dialled;
use super::faults::Name;
use super::gather::{entry, spoken};
use super::leg::{Interrupt, Leg, Parties};
use super::log::Event;
use super::state::SharedState;
use super::webhook::{Answer, Failure, Fields, Signed, Webhook, absolute, send, send_with_token, token};
use crate::carrier::simulator::Decision;
use crate::carrier::twilio::{CallStatus, Document, Gather, Verb};
use crate::domain::Keys;

/// The maximum number of documents per call. A call with more runs in a loop.
const MAX_DOCUMENTS: u32 = 1_000;

/// The faults that can affect a webhook.
const FAULTS: [Name; 5] =
    [Name::WebhooksTwice, Name::WebhooksRetried, Name::WebhooksForged, Name::VoicesMissing, Name::Digits];

/// The next request: the URL, and the fields in addition to the common ones.
struct Step {
    url: String,
    more: Fields,
}

/// The result of a verb.
enum Next {
    Verb,
    Fetch(Step),
    Over,
    Refused(CallStatus),
}

impl Leg {
    /// Talks until the call is over.
    pub(super) async fn talk(&mut self) -> Result<CallStatus, Interrupt> {
        let more = match self.direction {
            Direction::OutboundApi | Direction::OutboundDial => self.detect().await,
            Direction::Inbound => self.advance(CallStatus::Ringing).map(|()| Fields::new()),
        };
        let mut step = match more {
            Ok(more) => Step { url: self.plan.url.clone(), more },
            Err(Interrupt::Redirected(url)) => Step { url, more: Fields::new() },
            Err(cut) => return Err(cut),
        };
        for _ in 0..MAX_DOCUMENTS {
            step = match self.document(step).await {
                Ok(Next::Fetch(step)) => step,
                Ok(Next::Refused(status)) => return Ok(status),
                Ok(Next::Over | Next::Verb) => return Ok(CallStatus::Completed),
                Err(Interrupt::Redirected(url)) => Step { url, more: Fields::new() },
                Err(cut) => return Err(cut),
            };
        }
        Ok(CallStatus::Completed)
    }

    /// Fetches a document and executes it.
    async fn document(&mut self, step: Step) -> Result<Next, Interrupt> {
        let Some((document, base)) = self.fetch(step).await? else { return Ok(Next::Over) };
        // An incoming call is answered by the first verb that isn't `<Reject>`.
        if self.direction == Direction::Inbound && !matches!(document.verbs.first(), Some(Verb::Reject { .. }) | None) {
            self.advance(CallStatus::InProgress)?;
        }
        for verb in document.verbs {
            match self.verb(verb, &base).await? {
                Next::Verb => {}
                next => return Ok(next),
            }
        }
        Ok(Next::Over)
    }

    async fn verb(&mut self, verb: Verb, base: &str) -> Result<Next, Interrupt> {
        let fetch = |url: &str, more| Next::Fetch(Step { url: absolute(base, url), more });
        match verb {
            Verb::Say { .. } | Verb::Play { .. } | Verb::Pause { .. } => {
                self.pass(spoken(std::slice::from_ref(&verb))).await?;
                Ok(Next::Verb)
            }
            Verb::Redirect { url } => Ok(fetch(url.as_str(), Fields::new())),
            Verb::Hangup => Ok(Next::Over),
            Verb::Reject { busy } => Ok(Next::Refused(if busy { CallStatus::Busy } else { CallStatus::NoAnswer })),
            Verb::Gather(gather) => self.gather(&gather, base).await,
            Verb::Dial { number, ring_seconds, action, status, caller_id, .. } => {
                let status = status.map(|status| (absolute(base, status.url.as_str()), status.events));
                let shown = caller_id.map_or_else(|| self.from.clone(), |number| number.expose().to_owned());
                let parties = Parties { from: shown, to: number.expose().to_owned() };
                let Dialled { told, caller_is_gone } = self.dial(parties, ring_seconds, status).await?;
                let Some(action) = action else {
                    return if caller_is_gone { Err(self.is_gone()) } else { Ok(Next::Verb) };
                };
                if caller_is_gone {
                    // The real carrier also requests the action, and ignores the answer.
                    let cut = self.is_gone();
                    self.advance(CallStatus::Completed)?;
                    self.fetch(Step { url: absolute(base, action.as_str()), more: told }).await?;
                    return Err(cut);
                }
                Ok(fetch(action.as_str(), told))
            }
        }
    }

    /// The caller hangs up during a transfer.
    fn is_gone(&self) -> Interrupt {
        self.note(Event::HungUp { call: self.sid.clone(), turn: self.turn });
        Interrupt::HungUp
    }

    async fn gather(&mut self, gather: &Gather, base: &str) -> Result<Next, Interrupt> {
        // Nothing is said while the rest of an entry is waited for.
        let goes_on = gather.nested.is_empty() && !self.typing.is_empty();
        if !goes_on {
            self.turn += 1;
            self.typing.clear();
        }
        let turn = self.turn;
        let keys = if goes_on {
            Keys::parse(&std::mem::take(&mut self.typing)).unwrap_or_default()
        } else {
            match self.script.decide("", turn, true).0 {
                hangs_up @ (Decision::HangUp | Decision::HangUpAfter(_)) => {
                    let heard = spoken(&gather.nested);
                    let after = if let Decision::HangUpAfter(after) = hangs_up { after } else { heard / 2 };
                    self.pass(after).await?;
                    self.note(Event::HungUp { call: self.sid.clone(), turn });
                    return Err(Interrupt::HungUp);
                }
                Decision::Keys(keys) => keys,
                // Without the flow's prompts, a person knows only the scripted keys.
                Decision::Silence | Decision::Own => Keys::default(),
            }
        };
        let keys = keys.expose();
        let entry = entry(gather, keys, &self.script.tempo, &mut self.rng);
        self.typing.clone_from(&entry.left_over);
        // A caller who presses keys doesn't wait for the silences after the question, and for what is said in them.
        let question = gather.nested.iter().take_while(|verb| !matches!(verb, Verb::Pause { .. })).count();
        let heard = if keys.is_empty() { gather.nested.len() } else { question };
        self.pass(spoken(gather.nested.get(..heard).unwrap_or_default())).await?;
        self.pass(entry.length).await?;
        if !keys.is_empty() {
            self.note(Event::Keyed { call: self.sid.clone(), turn, keys: entry.digits.clone() });
        }
        if entry.digits.is_empty() && entry.finished_on.is_empty() && !gather.action_on_empty_result {
            return Ok(Next::Verb);
        }
        let url = gather.action.as_ref().map_or_else(|| base.to_owned(), |url| absolute(base, url.as_str()));
        let more = [("Digits", entry.digits), ("FinishedOnKey", entry.finished_on), ("msg", "Gather End".to_owned())];
        Ok(Next::Fetch(Step { url, more: more.map(|(name, value)| (name.to_owned(), value)).to_vec() }))
    }

    /// Fetches TwiML, from the fallback URL if the first URL fails. Also returns the URL that it came from.
    async fn fetch(&mut self, step: Step) -> Result<Option<(Document, String)>, Interrupt> {
        let Step { url, more } = step;
        let mut fields = self.fields();
        fields.extend(more);
        let failure = match self.ask("voice", &url, fields.clone()).await? {
            Ok(document) => return Ok(Some((document, url))),
            Err(failure) => failure,
        };
        let Some(fallback) = self.plan.fallback_url.clone() else { return Ok(None) };
        fields.push(("ErrorCode".to_owned(), failure.code().to_string()));
        fields.push(("ErrorUrl".to_owned(), url));
        Ok(self.ask("fallback", &fallback, fields).await?.ok().map(|document| (document, fallback)))
    }

    async fn ask(
        &mut self,
        kind: &'static str,
        url: &str,
        mut fields: Fields,
    ) -> Result<Result<Document, Failure>, Interrupt> {
        let office = std::sync::Arc::clone(&self.office);
        let person = match self.direction {
            Direction::OutboundApi | Direction::OutboundDial => &self.to,
            Direction::Inbound => &self.from,
        };
        let met = office.state().faults.of(office.seed, person, &FAULTS);
        if let Some(garbage) = met.iter().find(|met| met.name == Name::Digits) {
            for (_, value) in fields.iter_mut().filter(|(name, _)| name == "Digits") {
                value.clone_from(&garbage.digits);
            }
        }
        let faults: Vec<Name> = met.iter().map(|met| met.name).collect();
        let voices_missing = faults.contains(&Name::VoicesMissing);
        let (call, url) = (self.sid.clone(), url.to_owned());
        // Use a separate task, so that the answer to a request is logged even if the call ends meanwhile.
        let asking = tokio::spawn(async move { post(&office, &call, kind, &url, &fields, &faults).await });
        let answer = tokio::select! {
            biased;
            cut = self.cut() => return Err(cut),
            answer = asking => answer.unwrap_or(Err(Failure::NotAnswered)),
        };
        let names_voice = answer.as_ref().is_ok_and(|answer| answer.body.contains(" voice=\""));
        if voices_missing && names_voice {
            return Ok(Err(Failure::NoSuchVoice));
        }
        Ok(answer.and_then(read))
    }
}

async fn post(
    office: &SharedState,
    call: &str,
    kind: &'static str,
    url: &str,
    fields: &Fields,
    faults: &[Name],
) -> Result<Answer, Failure> {
    let webhook = |signed| Webhook { call, kind, url, fields, signed };
    if faults.contains(&Name::WebhooksForged) {
        let _refused = send(office, &webhook(Signed::ByForger)).await;
    }
    if faults.contains(&Name::WebhooksTwice) {
        let _first = send(office, &webhook(Signed::ByCarrier)).await;
    }
    let token = token(office);
    if faults.contains(&Name::WebhooksRetried) {
        let _lost = send_with_token(office, &webhook(Signed::ByCarrier), &token).await;
    }
    send_with_token(office, &webhook(Signed::ByCarrier), &token).await
}

fn read(answer: Answer) -> Result<Document, Failure> {
    // An empty body, as with 204, is a document without verbs.
    if answer.body.trim().is_empty() {
        return Ok(Document { verbs: Vec::new() });
    }
    let kind = answer.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !matches!(kind.as_str(), "text/xml" | "application/xml" | "text/html") {
        return Err(Failure::BadContentType);
    }
    Document::parse(&answer.body).map_err(|_| Failure::NotTwiml)
}
