//! Transfers of patients between health centres (D4): who may decide what, and which calls the receiving centre places.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::domain::{TransferDecision, TransferSide, TransferState};

/// What a decision about a transfer leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionFate {
    /// It counts: the transfer has this state from now on.
    Now(TransferState),
    /// The same was decided before.
    Before,
    /// Something else was decided before.
    Otherwise(TransferState),
    /// It isn't for this side to decide.
    NotTheirs,
}

/// What a decision of one side leads to. Only an open offer can be decided, once.
pub const fn decision_fate(state: TransferState, decision: TransferDecision, side: TransferSide) -> DecisionFate {
    let next = match (decision, side) {
        (TransferDecision::Accept, TransferSide::Receiving) => TransferState::Accepted,
        (TransferDecision::Decline, TransferSide::Receiving) => TransferState::Declined,
        (TransferDecision::Withdraw, TransferSide::Offering) => TransferState::Withdrawn,
        (TransferDecision::Accept | TransferDecision::Decline, TransferSide::Offering)
        | (TransferDecision::Withdraw, TransferSide::Receiving) => return DecisionFate::NotTheirs,
    };
    match (state, next) {
        (TransferState::Offered, next) => DecisionFate::Now(next),
        (TransferState::Accepted, TransferState::Accepted)
        | (TransferState::Declined, TransferState::Declined)
        | (TransferState::Withdrawn, TransferState::Withdrawn) => DecisionFate::Before,
        (decided, _) => DecisionFate::Otherwise(decided),
    }
}

/// The moment after which the call times are the receiving health centre's. Those up to now were the other one's, on
/// its clocks: where the two have different zones, `9:00` is called by exactly one of them.
pub fn planned_from(now: Timestamp, from: &TimeZone, to: &TimeZone) -> Timestamp {
    to.to_timestamp(from.to_datetime(now)).unwrap_or(now)
}

/// The end of the window of a slot that hasn't ended when its patient is accepted, whether it waits or is being called.
/// It ends when the first call time of the receiving health centre is due, if that is earlier, so that one series of
/// tries follows the other.
pub fn window_after_transfer(window_end: Timestamp, next: Option<Timestamp>, now: Timestamp) -> Timestamp {
    next.filter(|next| *next > now).map_or(window_end, |next| next.min(window_end))
}

/// How long before and after an acceptance a page may have been open that was opened by the offering health centre: as
/// long as a log-in lasts.
pub const OPEN_PAGES_LAST: SignedDuration = SignedDuration::from_hours(12);

/// Whether a form may still be open that staff of the offering health centre opened before the patient was accepted.
pub fn may_be_open(accepted_at: Timestamp, now: Timestamp) -> bool {
    let since = now.duration_since(accepted_at);
    !since.is_negative() && since <= OPEN_PAGES_LAST
}

#[cfg(test)]
mod tests {
    use jiff::civil::Time;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{CallTimes, CallingHours};
    use crate::policy::{CallPattern, CallingSchedule, DaysOff};

    #[test]
    fn the_states_are_these() {
        use DecisionFate::{Before, NotTheirs, Now, Otherwise};
        use TransferDecision::{Accept, Decline, Withdraw};
        use TransferSide::{Offering, Receiving};
        use TransferState::{Accepted, Declined, Offered, Withdrawn};
        assert_eq!(decision_fate(Offered, Accept, Receiving), Now(Accepted));
        assert_eq!(decision_fate(Offered, Decline, Receiving), Now(Declined));
        assert_eq!(decision_fate(Offered, Withdraw, Offering), Now(Withdrawn));
        for state in TransferState::ALL {
            assert_eq!(decision_fate(state, Accept, Offering), NotTheirs);
            assert_eq!(decision_fate(state, Decline, Offering), NotTheirs);
            assert_eq!(decision_fate(state, Withdraw, Receiving), NotTheirs);
        }
        assert_eq!(decision_fate(Accepted, Accept, Receiving), Before);
        assert_eq!(decision_fate(Accepted, Withdraw, Offering), Otherwise(Accepted));
        assert_eq!(decision_fate(Withdrawn, Accept, Receiving), Otherwise(Withdrawn));
        assert_eq!(decision_fate(Declined, Withdraw, Offering), Otherwise(Declined));
    }

    #[test]
    fn a_form_is_open_for_as_long_as_a_log_in_lasts() {
        let at = |hour: i64| Timestamp::from_second(hour * 3_600).unwrap();
        for (now, expected) in [(9, false), (10, true), (22, true), (23, false)] {
            assert_eq!(may_be_open(at(10), at(now)), expected, "{now}");
        }
    }

    fn decisions() -> impl Strategy<Value = Vec<(TransferDecision, TransferSide)>> {
        let sides = [TransferSide::Offering, TransferSide::Receiving];
        let one = (prop::sample::select(TransferDecision::ALL.to_vec()), prop::sample::select(sides.to_vec()));
        prop::collection::vec(one, 0..12)
    }

    fn zones() -> impl Strategy<Value = TimeZone> {
        let names = ["Asia/Tokyo", "Asia/Shanghai", "Australia/Sydney", "Europe/Berlin", "America/New_York", "UTC"];
        prop::sample::select(names.to_vec()).prop_map(|name| TimeZone::get(name).unwrap_or(TimeZone::UTC))
    }

    fn schedule(zone: TimeZone) -> CallingSchedule {
        let hours: CallingHours = "00:00-24:00".parse().unwrap();
        CallingSchedule { zone, hours, days_off: DaysOff::default(), pattern: CallPattern::default() }
    }

    proptest! {
        /// Whatever both sides try in whatever order: the first decision that was theirs counts, and no other.
        #[test]
        fn an_offer_is_decided_once_and_never_stuck(tries in decisions()) {
            let mut state = TransferState::Offered;
            let mut counted = 0;
            for (decision, side) in tries {
                if let DecisionFate::Now(next) = decision_fate(state, decision, side) {
                    prop_assert_eq!(state, TransferState::Offered);
                    prop_assert_ne!(next, TransferState::Offered);
                    (state, counted) = (next, counted + 1);
                }
            }
            prop_assert!(counted <= 1);
            prop_assert_eq!(counted == 0, state == TransferState::Offered);
            if state == TransferState::Offered {
                let fate = decision_fate(state, TransferDecision::Withdraw, TransferSide::Offering);
                prop_assert_eq!(fate, DecisionFate::Now(TransferState::Withdrawn));
            }
        }

        /// Each call time of the days around an acceptance is due once, before it or after it, in whatever zones.
        #[test]
        fn each_call_time_belongs_to_one_of_the_two(
            at in 1_700_000_000_i64..1_800_000_000,
            (from, to) in (zones(), zones()),
            hour in 5_i8..23,
        ) {
            let now = Timestamp::from_second(at).unwrap();
            let times: CallTimes = format!("{hour:02}:30").parse().unwrap();
            let time = Time::constant(hour, 30, 0, 0);
            let since = planned_from(now, &from, &to);
            let (offering, receiving) = (schedule(from.clone()), schedule(to));
            let today = from.to_datetime(now).date();
            for date in [today.yesterday().unwrap(), today, today.tomorrow().unwrap()] {
                let before = offering.slot(&times, date, time).is_some_and(|slot| slot.due_at <= now);
                let after = receiving.slot(&times, date, time).is_some_and(|slot| slot.due_at > since);
                prop_assert_ne!(before, after, "{} {}", date, time);
            }
        }

        #[test]
        fn a_window_never_grows_and_never_closes_at_once(
            end in 1_i64..1_000, next in prop::option::of(0_i64..1_000), now in 0_i64..1_000,
        ) {
            let at = |second| Timestamp::from_second(second).unwrap();
            let after = window_after_transfer(at(end), next.map(at), at(now));
            prop_assert!(after <= at(end));
            prop_assert!(end <= now || after > at(now));
        }
    }
}
