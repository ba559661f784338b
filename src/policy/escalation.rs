//! Who is rung next about red alerts that nobody has taken. Those on duty are rung in their order, then the one who is
//! rung at last, then the list again, until somebody takes the alerts.

use jiff::{SignedDuration, Timestamp};

use crate::domain::{ContactId, StepOutcome, StepRole};

/// How long an alert that was taken on the phone may stay unopened in the console before it escalates again.
pub const OPENED_WITHIN: SignedDuration = SignedDuration::from_mins(15);
/// When the list starts again if no phone of it rang: the carrier may be back soon.
const NO_PHONE_RANG: SignedDuration = SignedDuration::from_mins(1);
/// How often it is said that nobody could be reached.
pub const SAID_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// A call to staff of this escalation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastStep {
    /// Who was rung.
    pub contact: ContactId,
    /// How often the list had been begun, from 1.
    pub round: u32,
    /// When.
    pub began_at: Timestamp,
    /// What came of it, and when. `None` while the call is in progress.
    pub ended: Option<(StepOutcome, Timestamp)>,
}

/// What decides who is rung next.
#[derive(Debug, Clone, Copy)]
pub struct Escalating<'a> {
    /// Since when the first red alert waits that nobody has taken. `None` if there is none.
    pub waiting_since: Option<Timestamp>,
    /// Who is on duty, in order.
    pub on_duty: &'a [ContactId],
    /// Who is rung at last.
    pub fallback: Option<ContactId>,
    /// How long a red alert waits before the first person is rung.
    pub first: SignedDuration,
    /// How long one person has before the next is rung.
    pub between: SignedDuration,
    /// The calls so far, in order.
    pub steps: &'a [PastStep],
}

/// Whom to ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextRing {
    /// Who.
    pub contact: ContactId,
    /// Why.
    pub role: StepRole,
    /// How often the list has been begun, this time included.
    pub round: u32,
    /// When: at once if that is past.
    pub at: Timestamp,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escalated {
    /// No red alert waits.
    Over,
    /// A call is in progress.
    Ringing,
    /// Somebody is rung.
    Ring(NextRing),
    /// There is nobody to ring. From this time on somebody should be.
    Nobody(Timestamp),
}

impl Escalating<'_> {
    /// What comes next.
    pub fn next(&self) -> Escalated {
        let Some(since) = self.waiting_since else { return Escalated::Over };
        let Some(last) = self.steps.last() else {
            let at = later(since, self.first);
            return match self.following(&[]) {
                Some((contact, role)) => Escalated::Ring(NextRing { contact, role, round: 1, at }),
                None => Escalated::Nobody(at),
            };
        };
        let Some((outcome, ended_at)) = last.ended else { return Escalated::Ringing };
        let had_time = later(last.began_at, self.between).max(ended_at);
        if let Some((contact, role)) = self.following(&self.rung_in(last.round)) {
            let at = if outcome.moves_on_at_once() { ended_at } else { had_time };
            return Escalated::Ring(NextRing { contact, role, round: last.round, at });
        }
        let mut of_round = self.steps.iter().filter(|step| step.round == last.round);
        let silent = of_round.all(|step| matches!(step.ended, Some((StepOutcome::Failed, _))));
        let at = if silent { later(last.began_at, NO_PHONE_RANG).max(ended_at) } else { had_time };
        match self.following(&[]) {
            Some((contact, role)) => {
                Escalated::Ring(NextRing { contact, role, round: last.round.saturating_add(1), at })
            }
            None => Escalated::Nobody(at),
        }
    }

    /// Who is rung after those who were rung in this round.
    fn following(&self, rung: &[ContactId]) -> Option<(ContactId, StepRole)> {
        let is_new = |contact: &&ContactId| !rung.contains(contact);
        let next = self.on_duty.iter().find(is_new).map(|contact| (*contact, StepRole::OnDuty));
        next.or_else(|| self.fallback.as_ref().filter(is_new).map(|contact| (*contact, StepRole::Fallback)))
    }

    fn rung_in(&self, round: u32) -> Vec<ContactId> {
        self.steps.iter().filter(|step| step.round == round).map(|step| step.contact).collect()
    }

    /// Returns `true` if everybody was rung, or nobody could be, and no person has answered.
    pub fn has_reached_nobody(&self, now: Timestamp) -> bool {
        let reached = |step: &PastStep| step.ended.is_some_and(|(outcome, _)| outcome.has_reached());
        if self.waiting_since.is_none() || self.steps.iter().any(reached) {
            return false;
        }
        match self.next() {
            Escalated::Over => false,
            Escalated::Nobody(at) => at <= now,
            // The list has been begun again.
            Escalated::Ring(next) => next.round > 1,
            Escalated::Ringing => self.steps.last().is_some_and(|step| step.round > 1),
        }
    }
}

fn later(at: Timestamp, wait: SignedDuration) -> Timestamp {
    at.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    const FIRST: SignedDuration = SignedDuration::from_mins(2);
    const BETWEEN: SignedDuration = SignedDuration::from_mins(5);

    fn id(nth: u8) -> ContactId {
        ContactId(Uuid::from_u128(nth.into()))
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    /// A step: who, the round, when it began, its outcome and when.
    fn step(who: u8, round: u32, began: i64, ended: Option<(StepOutcome, i64)>) -> PastStep {
        let ended = ended.map(|(outcome, second)| (outcome, at(second)));
        PastStep { contact: id(who), round, began_at: at(began), ended }
    }

    fn escalating<'a>(on_duty: &'a [ContactId], fallback: Option<u8>, steps: &'a [PastStep]) -> Escalating<'a> {
        let fallback = fallback.map(id);
        Escalating { waiting_since: Some(at(0)), on_duty, fallback, first: FIRST, between: BETWEEN, steps }
    }

    fn ring(who: u8, role: StepRole, round: u32, second: i64) -> Escalated {
        Escalated::Ring(NextRing { contact: id(who), role, round, at: at(second) })
    }

    #[test]
    fn those_on_duty_are_rung_in_order_then_the_last_one_then_the_list_again() {
        use StepOutcome::{Heard, NoAnswer, PassedOn, Unknown};
        use StepRole::{Fallback, OnDuty};
        let on_duty = [id(1), id(2)];
        let mut steps = Vec::new();
        let next = |steps: &[PastStep]| escalating(&on_duty, Some(9), steps).next();
        assert_eq!(next(&steps), ring(1, OnDuty, 1, 120));
        steps.push(step(1, 1, 120, None));
        assert_eq!(next(&steps), Escalated::Ringing);
        steps[0].ended = Some((Heard, at(150)));
        assert_eq!(next(&steps), ring(2, OnDuty, 1, 420), "who has heard of it has five minutes");
        steps.push(step(2, 1, 420, Some((PassedOn, 440))));
        assert_eq!(next(&steps), ring(9, Fallback, 1, 440), "at once");
        steps.push(step(9, 1, 440, Some((NoAnswer, 470))));
        assert_eq!(next(&steps), ring(1, OnDuty, 2, 740), "the list starts again");
        steps.push(step(1, 2, 740, Some((Unknown, 741))));
        assert_eq!(next(&steps), ring(2, OnDuty, 2, 741), "an unknown outcome moves on at once");
    }

    #[test]
    fn a_gap_leads_to_the_last_one_and_nobody_to_nobody() {
        assert_eq!(escalating(&[], Some(9), &[]).next(), ring(9, StepRole::Fallback, 1, 120));
        assert_eq!(escalating(&[], None, &[]).next(), Escalated::Nobody(at(120)));
        assert!(!escalating(&[], None, &[]).has_reached_nobody(at(119)));
        assert!(escalating(&[], None, &[]).has_reached_nobody(at(120)));
        let failed = [step(9, 1, 120, Some((StepOutcome::Failed, 120)))];
        let unreached = escalating(&[], Some(9), &failed);
        assert_eq!(unreached.next(), ring(9, StepRole::Fallback, 2, 180), "no phone rang: soon again");
        assert!(unreached.has_reached_nobody(at(121)));
        // The only one on duty is also the last one: rung once a round.
        let on_duty = [id(9)];
        let rung = [step(9, 1, 120, Some((StepOutcome::Busy, 130)))];
        assert_eq!(escalating(&on_duty, Some(9), &rung).next(), ring(9, StepRole::OnDuty, 2, 420));
    }

    #[test]
    fn a_person_who_answered_counts_as_reached() {
        let on_duty = [id(1)];
        for (outcome, reached) in [(StepOutcome::Heard, true), (StepOutcome::Voicemail, false)] {
            let steps = [step(1, 1, 120, Some((outcome, 130))), step(9, 1, 430, Some((StepOutcome::NoAnswer, 460)))];
            assert_eq!(escalating(&on_duty, Some(9), &steps).has_reached_nobody(at(500)), !reached, "{outcome:?}");
        }
        let over = Escalating { waiting_since: None, ..escalating(&on_duty, Some(9), &[]) };
        assert_eq!((over.next(), over.has_reached_nobody(at(999))), (Escalated::Over, false));
    }

    fn outcomes() -> impl Strategy<Value = Vec<(StepOutcome, i64)>> {
        let not_taken: Vec<StepOutcome> =
            StepOutcome::ALL.iter().copied().filter(|outcome| *outcome != StepOutcome::Taken).collect();
        proptest::collection::vec((proptest::sample::select(not_taken), 0_i64..90), 1..40)
    }

    fn any_duty() -> impl Strategy<Value = Vec<u8>> {
        proptest::sample::subsequence(vec![1_u8, 2, 3, 4], 0..=4).prop_shuffle()
    }

    proptest! {
        /// One call after the other, no step twice, nobody left out, and never a long silence.
        #[test]
        fn somebody_is_always_rung(
            duty in proptest::collection::vec(any_duty(), 40),
            fallback in 1_u8..6,
            outcomes in outcomes(),
        ) {
            let mut steps: Vec<PastStep> = Vec::new();
            let mut now = at(0);
            for ((outcome, lasts), duty) in outcomes.into_iter().zip(duty) {
                // Who is on duty may change at any time.
                let on_duty: Vec<ContactId> = duty.iter().copied().map(id).collect();
                let state = escalating(&on_duty, Some(fallback), &steps);
                let Escalated::Ring(next) = state.next() else { return Err(TestCaseError::fail("nobody is rung")) };
                let waits = next.at.duration_since(now);
                let most = if steps.is_empty() { FIRST } else { BETWEEN };
                prop_assert!(waits <= most, "{waits:?}");
                prop_assert!(next.at >= now, "while the call before was in progress");
                prop_assert!(on_duty.contains(&next.contact) || next.contact == id(fallback));
                let twice = steps.iter().any(|step| (step.round, step.contact) == (next.round, next.contact));
                prop_assert!(!twice);
                if steps.last().is_some_and(|last| next.round > last.round) {
                    let left_out = on_duty.iter().chain([&id(fallback)]).any(|contact| {
                        !steps.iter().any(|step| step.round == next.round - 1 && step.contact == *contact)
                    });
                    prop_assert!(!left_out);
                }
                steps.push(PastStep { contact: next.contact, round: next.round, began_at: next.at, ended: None });
                prop_assert_eq!(escalating(&on_duty, Some(fallback), &steps).next(), Escalated::Ringing);
                now = next.at.checked_add(SignedDuration::from_secs(lasts)).expect("a time");
                steps.last_mut().expect("a step").ended = Some((outcome, now));
            }
        }
    }
}
