//! A Twilio-compatible carrier as a [`Carrier`].

use jiff::Timestamp;

use super::RestClient;
use crate::carrier::CarrierLegId;
use crate::carrier::network::{
    Carrier, CarrierCall, CommandResult, Dial, DialOutcome, LegProgress, LookupResult, Pending, Reach, Recent,
    SmsOutcome,
};
use crate::carrier::twilio::CARRIER_NAME;
use crate::domain::{CallId, NoticeId, PhoneNumber};

impl Carrier for RestClient {
    fn name(&self) -> &'static str {
        CARRIER_NAME
    }

    fn reach(&self) -> Reach {
        Reach::AnyNode
    }

    fn dial<'a>(&'a self, dial: &'a Dial) -> Pending<'a, DialOutcome> {
        Box::pin(self.dial(dial))
    }

    fn cancel<'a>(&'a self, leg: &'a CarrierLegId) -> Pending<'a, CommandResult> {
        Box::pin(self.cancel(leg))
    }

    fn say_goodbye<'a>(&'a self, leg: &'a CarrierLegId, call: CallId) -> Pending<'a, CommandResult> {
        Box::pin(async move { self.redirect(leg, &self.requests.urls().goodbye(call)).await })
    }

    fn look_up<'a>(&'a self, leg: &'a CarrierLegId) -> Pending<'a, LookupResult<LegProgress>> {
        Box::pin(self.look_up(leg))
    }

    fn staff_answered<'a>(&'a self, leg: &'a CarrierLegId) -> Pending<'a, LookupResult<bool>> {
        Box::pin(self.staff_answered(leg))
    }

    fn time(&self) -> Pending<'_, LookupResult<Timestamp>> {
        Box::pin(self.time())
    }

    fn list<'a>(&'a self, to: &'a PhoneNumber, since: Timestamp) -> Pending<'a, LookupResult<Vec<CarrierCall>>> {
        Box::pin(self.list(to, since))
    }

    fn list_newest(&self, since: Timestamp) -> Pending<'_, LookupResult<Vec<CarrierCall>>> {
        Box::pin(async move {
            match self.list_recent(since, since).await {
                LookupResult::Found(recent) => LookupResult::Found(recent.calls),
                LookupResult::Nothing => LookupResult::Nothing,
                LookupResult::Unavailable(doubt) => LookupResult::Unavailable(doubt),
            }
        })
    }

    fn list_all(&self, since: Timestamp) -> Pending<'_, LookupResult<Vec<CarrierCall>>> {
        Box::pin(self.list_all(since))
    }

    fn list_recent(&self, since: Timestamp, required: Timestamp) -> Pending<'_, LookupResult<Recent>> {
        Box::pin(self.list_recent(since, required))
    }

    fn send_sms<'a>(&'a self, to: &'a PhoneNumber, from: &'a PhoneNumber, body: &'a str) -> Pending<'a, SmsOutcome> {
        Box::pin(self.send_sms(to, from, body))
    }

    fn send_notice<'a>(
        &'a self,
        to: &'a PhoneNumber,
        from: &'a PhoneNumber,
        body: &'a str,
        notice: NoticeId,
    ) -> Pending<'a, SmsOutcome> {
        Box::pin(self.send_notice(to, from, body, notice))
    }
}
