//! A round: staff call the people of a list, one after the other. Who is next depends on who else is calling whom, and
//! on what came of earlier calls by staff.

use jiff::{SignedDuration, Timestamp, ZonedDateTime};

use crate::domain::{Claimant, StaffCallOutcome};

/// How long a person stays reserved for the member of staff who was given them: longer than a call with all questions,
/// and short enough that nobody is forgotten because a colleague went home.
pub const ROUND_CLAIM_LASTS: SignedDuration = SignedDuration::from_mins(30);
/// When somebody who wasn't reached is called again in a round.
pub const NOT_REACHED_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(60);

/// The last call by staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastStaffCall {
    /// What came of it.
    pub outcome: StaffCallOutcome,
    /// When it was.
    pub at: Timestamp,
    /// When to call again.
    pub again_at: Option<Timestamp>,
}

/// Whether a person is to be called in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoundState {
    /// Now.
    Due,
    /// Somebody else is calling them.
    WithSomebodyElse,
    /// At this time.
    At(Timestamp),
    /// Not any more today: staff have entered the report.
    Done,
}

/// Whether a person is to be called by `own` now. `claim` is who was given the person, and when.
pub fn round_state(
    now: &ZonedDateTime,
    last: Option<PastStaffCall>,
    claim: Option<(&Claimant, Timestamp)>,
    own: &Claimant,
) -> RoundState {
    let at = now.timestamp();
    if let Some((by, taken_at)) = claim
        && !by.is_same_as(own)
        && is_held(at, taken_at)
    {
        return RoundState::WithSomebodyElse;
    }
    match last {
        Some(PastStaffCall { outcome: StaffCallOutcome::Reported, at: before, .. })
            if before.to_zoned_datetime(now.time_zone().clone()).date() == now.date() =>
        {
            RoundState::Done
        }
        Some(PastStaffCall { again_at: Some(again), .. }) if again > at => RoundState::At(again),
        Some(_) | None => RoundState::Due,
    }
}

/// Whether a claim of this time still counts. One of the future, after the clock was set back, doesn't.
pub fn is_held(now: Timestamp, taken_at: Timestamp) -> bool {
    let held_for = now.duration_since(taken_at);
    !held_for.is_negative() && held_for < ROUND_CLAIM_LASTS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> ZonedDateTime {
        format!("2026-11-28T{time}:00+09:00[Asia/Tokyo]").parse().unwrap()
    }

    fn who(name: &str) -> Claimant {
        Claimant { name: name.to_owned(), account: None }
    }

    #[test]
    fn a_person_is_given_to_one_of_two_for_half_an_hour() {
        let (naoko, jiro, now) = (who("naoko"), who("jiro"), at("10:00"));
        for (taken, own, expected) in [
            ("09:31", &jiro, RoundState::WithSomebodyElse),
            ("09:31", &naoko, RoundState::Due),
            ("09:30", &jiro, RoundState::Due),
            // The clock was set back.
            ("10:01", &jiro, RoundState::Due),
        ] {
            let claim = Some((&naoko, at(taken).timestamp()));
            assert_eq!(round_state(&now, None, claim, own), expected, "{taken}");
        }
    }

    #[test]
    fn what_came_of_the_last_call_decides_when_the_next_is() {
        use StaffCallOutcome::{Later, NotReached, Reported};
        let (own, now) = (who("naoko"), at("10:00"));
        let state = |outcome, before: &ZonedDateTime, again: Option<&str>| {
            let again_at = again.map(|time| at(time).timestamp());
            let last = PastStaffCall { outcome, at: before.timestamp(), again_at };
            round_state(&now, Some(last), None, &own)
        };
        let yesterday = at("09:00").yesterday().unwrap();
        assert_eq!(state(Reported, &at("09:00"), None), RoundState::Done);
        assert_eq!(state(Reported, &yesterday, None), RoundState::Due);
        assert_eq!(state(NotReached, &at("09:30"), Some("10:30")), RoundState::At(at("10:30").timestamp()));
        assert_eq!(state(NotReached, &at("09:00"), Some("10:00")), RoundState::Due);
        assert_eq!(state(Later, &at("09:00"), Some("15:00")), RoundState::At(at("15:00").timestamp()));
        assert_eq!(state(Later, &at("09:00"), Some("09:45")), RoundState::Due);
    }
}
