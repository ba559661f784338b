//! What to do about an attempt with unknown outcome: it is unknown whether the carrier has placed its call. Lookups
//! continue until the call is found or proven not to exist, or staff decide. It is never dialled again blindly.
//!
//! A list that lacks the call proves nothing by itself, as it may be older than the call. It is proof only with a
//! witness: the same list has another call of ours that began after the intent.

use std::time::Duration;

use jiff::Timestamp;

/// The lookups, in seconds after the outcome became unknown. After the last one, a lookup follows every
/// [`LOOKS_APART`].
const LOOKS: [u64; 5] = [5, 15, 30, 60, 120];
/// The interval of later lookups in seconds. They are due at its multiples.
const LOOKS_APART: u64 = 300;
/// The longest time between two lookups.
pub const LONGEST_BETWEEN_LOOKS: Duration = Duration::from_secs(LOOKS_APART);
/// The interval of lookups for a withdrawn call while its phone may ring, in seconds.
const HURRIED_LOOKS_APART: u64 = 5;
/// How long a withdrawn call is looked up at that interval. A phone can be set to ring for at most ten minutes.
const HURRIED_FOR: Duration = Duration::from_secs(660);
/// The number of lookups that must find no call before it counts as not placed.
const CLEAR_LOOKS: u32 = 3;
/// The number of consecutive inconclusive lookups after which staff are asked.
const INCONCLUSIVE_LOOKUPS: u32 = 3;

/// How long after the intent a carrier's list may still lack the call. The default of the setting.
pub const DEFAULT_GRACE: Duration = Duration::from_secs(120);
/// How long the outcome may be unknown before staff are asked.
pub const ASK_STAFF_AFTER: Duration = Duration::from_secs(600);

/// The result of a lookup that didn't find the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookupFinding {
    /// The carrier answered and has no such call. Its list has a witness: another call of ours that began after the
    /// intent.
    Witnessed,
    /// The carrier answered and has no such call. Nothing shows how old its list is.
    Nothing,
    /// The carrier answered, and its list is provably outdated: it lacks a call that is known to have begun.
    Stale,
    /// No answer, or an unreadable one.
    Unanswered,
}

/// An attempt with unknown outcome, and its lookups so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownAttempt {
    /// When the intent was committed.
    pub intended_at: Timestamp,
    /// When the outcome became unknown.
    pub since: Timestamp,
    /// The time of the last lookup, whatever its result.
    pub looked_at: Option<Timestamp>,
    /// The time of the last lookup with a witness that found no call, since the last stale one.
    pub clear_at: Option<Timestamp>,
    /// The number of lookups that found no call since the last stale one.
    pub clear: u32,
    /// The number of consecutive inconclusive lookups.
    pub inconclusive: u32,
    /// Whether the call is still wanted.
    pub wanted: Wanted,
}

/// Whether a call is still wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// It is wanted.
    Still,
    /// It was withdrawn. If its phone rings it must stop, so lookups are frequent.
    NoLonger,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// Look the call up at this time, or at once if it has passed.
    LookAt(Timestamp),
    /// Staff must decide: raise the alert, once per attempt, and continue the lookups.
    AskStaff {
        /// The next lookup.
        look_at: Timestamp,
    },
    /// It is proven that no phone rang.
    NotPlaced,
}

impl UnknownAttempt {
    /// An attempt whose outcome has just become unknown.
    pub const fn new(intended_at: Timestamp, since: Timestamp) -> Self {
        let (looked_at, clear_at, clear, inconclusive) = (None, None, 0, 0);
        Self { intended_at, since, looked_at, clear_at, clear, inconclusive, wanted: Wanted::Still }
    }

    /// Records a lookup that didn't find the call.
    pub fn after_look(self, look: LookupFinding, at: Timestamp) -> Self {
        let looked = Self { looked_at: Some(at), ..self };
        let (clear, inconclusive) = (self.clear.saturating_add(1), self.inconclusive.saturating_add(1));
        match look {
            LookupFinding::Witnessed => Self { clear, clear_at: Some(at), inconclusive: 0, ..looked },
            LookupFinding::Nothing => Self { clear, inconclusive, ..looked },
            // An outdated list may have been outdated before, so earlier lookups prove nothing either.
            LookupFinding::Stale => Self { clear: 0, clear_at: None, inconclusive, ..looked },
            LookupFinding::Unanswered => Self { inconclusive, ..looked },
        }
    }

    /// Decides what to do next, at `now`.
    ///
    /// The call counts as not placed after three lookups that found no call. None of them may be before a stale one,
    /// and one must have a witness and be at least `grace` after the intent. Staff are asked after three consecutive
    /// inconclusive lookups, or after [`ASK_STAFF_AFTER`].
    pub fn next(&self, now: Timestamp, grace: Duration) -> NextStep {
        let graced = || self.clear_at.is_some_and(|at| reached(self.intended_at, grace, at));
        if self.clear >= CLEAR_LOOKS && graced() {
            return NextStep::NotPlaced;
        }
        // A clock that was set back must not prevent lookups.
        let latest = now.checked_add(Duration::from_secs(LOOKS_APART)).unwrap_or(Timestamp::MAX);
        let look_at = self.next_look(now).min(latest);
        if self.inconclusive >= INCONCLUSIVE_LOOKUPS || reached(self.since, ASK_STAFF_AFTER, now) {
            NextStep::AskStaff { look_at }
        } else {
            NextStep::LookAt(look_at)
        }
    }

    /// The first planned lookup after the last one made.
    fn next_look(&self, now: Timestamp) -> Timestamp {
        let waited = self.looked_at.map(|at| at.duration_since(self.since).as_secs());
        let waited = waited.map_or(0, |seconds| u64::try_from(seconds).unwrap_or(0));
        let planned = LOOKS.into_iter().find(|offset| *offset > waited);
        let offset = planned.unwrap_or_else(|| (waited / LOOKS_APART).saturating_add(1).saturating_mul(LOOKS_APART));
        let planned = self.since.checked_add(Duration::from_secs(offset)).unwrap_or(Timestamp::MAX);
        match self.wanted {
            Wanted::NoLonger if !reached(self.intended_at, HURRIED_FOR, now) => {
                let hurried = now.checked_add(Duration::from_secs(HURRIED_LOOKS_APART)).unwrap_or(Timestamp::MAX);
                planned.min(hurried)
            }
            Wanted::NoLonger | Wanted::Still => planned,
        }
    }
}

/// Returns `true` if `wait` has passed between `start` and `now`.
fn reached(start: Timestamp, wait: Duration, now: Timestamp) -> bool {
    start.checked_add(wait).is_ok_and(|end| end <= now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_795_478_400 + second).expect("in range")
    }

    const GRACE: Duration = DEFAULT_GRACE;

    /// Makes each lookup when it is due. Returns its time and the next step.
    fn story(looks: &[LookupFinding]) -> Vec<(i64, NextStep)> {
        let mut doubt = UnknownAttempt::new(at(-3), at(0));
        let mut told = Vec::new();
        for look in looks {
            let now = doubt.looked_at.unwrap_or(at(0));
            let due = match doubt.next(now, GRACE) {
                NextStep::LookAt(due) | NextStep::AskStaff { look_at: due } => due,
                NextStep::NotPlaced => break,
            };
            doubt = doubt.after_look(*look, due);
            told.push((due.as_second() - at(0).as_second(), doubt.next(due, GRACE)));
        }
        told
    }

    #[test]
    fn nothing_found_with_a_witness_counts_after_three_looks_and_the_grace() {
        let told = story(&[LookupFinding::Witnessed; 9]);
        assert_eq!(
            told,
            [
                (5, NextStep::LookAt(at(15))),
                (15, NextStep::LookAt(at(30))),
                (30, NextStep::LookAt(at(60))),
                (60, NextStep::LookAt(at(120))),
                (120, NextStep::NotPlaced),
            ]
        );
    }

    #[test]
    fn nothing_found_without_a_witness_is_for_staff_to_decide_until_there_is_one() {
        let told = story(&[LookupFinding::Nothing; 40]);
        assert_eq!(told.len(), 40, "never proven: {told:?}");
        assert_eq!(told[1].1, NextStep::LookAt(at(30)));
        assert_eq!(told[2].1, NextStep::AskStaff { look_at: at(60) });
        let mut looks = vec![LookupFinding::Nothing; 8];
        looks.push(LookupFinding::Witnessed);
        assert_eq!(story(&looks).last(), Some(&(1200, NextStep::NotPlaced)), "a call placed later is the witness");
        let early = story(&[
            LookupFinding::Witnessed,
            LookupFinding::Nothing,
            LookupFinding::Nothing,
            LookupFinding::Nothing,
            LookupFinding::Nothing,
        ]);
        assert_eq!(early.last(), Some(&(120, NextStep::AskStaff { look_at: at(300) })), "that was before the grace");
    }

    #[test]
    fn a_call_that_is_not_wanted_any_more_is_looked_for_in_a_hurry_while_its_phone_may_ring() {
        let doubt = UnknownAttempt { wanted: Wanted::NoLonger, ..UnknownAttempt::new(at(-3), at(0)) };
        assert_eq!(doubt.next(at(20), GRACE), NextStep::LookAt(at(5)));
        let looked = doubt.after_look(LookupFinding::Nothing, at(20));
        assert_eq!(looked.next(at(20), GRACE), NextStep::LookAt(at(25)));
        let looked = doubt.after_look(LookupFinding::Witnessed, at(590));
        assert_eq!(looked.next(at(590), GRACE), NextStep::LookAt(at(595)));
        let looked = doubt.after_look(LookupFinding::Witnessed, at(720));
        assert_eq!(looked.next(at(720), GRACE), NextStep::AskStaff { look_at: at(900) });
    }

    #[test]
    fn a_stale_list_proves_nothing_of_before_either() {
        use LookupFinding::{Stale, Witnessed as Nothing};
        let told = story(&[Nothing, Nothing, Nothing, Nothing, Stale, Nothing, Nothing, Nothing]);
        let seconds: Vec<i64> = told.iter().map(|(second, _)| *second).collect();
        assert_eq!(seconds, [5, 15, 30, 60, 120, 300, 600, 900]);
        assert_eq!(told[5].1, NextStep::LookAt(at(600)));
        assert_eq!(told[6].1, NextStep::AskStaff { look_at: at(900) }, "ten minutes have gone by");
        assert_eq!(told[7].1, NextStep::NotPlaced);
    }

    #[test]
    fn staff_are_asked_after_three_looks_in_vain_and_looks_go_on() {
        use LookupFinding::{Stale, Unanswered};
        let told = story(&[Unanswered, Stale, Unanswered, Unanswered, Unanswered, Unanswered, Unanswered]);
        assert_eq!(told[1].1, NextStep::LookAt(at(30)));
        assert_eq!(told[2].1, NextStep::AskStaff { look_at: at(60) });
        assert_eq!(told[6], (600, NextStep::AskStaff { look_at: at(900) }));
        let recovered = story(&[Unanswered, Stale, Unanswered, LookupFinding::Witnessed]);
        assert_eq!(recovered[3].1, NextStep::LookAt(at(120)), "the carrier answers again");
    }

    #[test]
    fn after_downtime_there_is_one_look_at_once_and_not_all_that_were_missed() {
        let doubt = UnknownAttempt::new(at(0), at(0)).after_look(LookupFinding::Unanswered, at(5));
        assert_eq!(doubt.next(at(4000), GRACE), NextStep::AskStaff { look_at: at(15) });
        let looked = doubt.after_look(LookupFinding::Nothing, at(4000));
        assert_eq!(looked.next(at(4000), GRACE), NextStep::AskStaff { look_at: at(4200) });
    }

    #[test]
    fn a_clock_that_is_put_back_delays_a_look_by_five_minutes_at_most() {
        let doubt = UnknownAttempt::new(at(3600), at(3601)).after_look(LookupFinding::Unanswered, at(3606));
        assert_eq!(doubt.next(at(10), GRACE), NextStep::LookAt(at(310)));
    }

    #[test]
    fn the_ends_of_time_are_no_panic() {
        for since in [Timestamp::MIN, Timestamp::MAX] {
            for now in [Timestamp::MIN, Timestamp::MAX] {
                let doubt = UnknownAttempt::new(since, since).after_look(LookupFinding::Nothing, now);
                let _ = (doubt.next(now, Duration::MAX), doubt.next(now, Duration::ZERO));
            }
        }
    }

    proptest! {
        #[test]
        fn it_is_never_called_not_placed_without_proof_and_looks_never_end(
            looks in prop::collection::vec((0_u8..4, 0_i64..400), 0..30),
            grace in 0_u64..2000, unknown_after in 0_i64..100, withdrawn in any::<bool>(),
        ) {
            let (grace, grace_seconds) = (Duration::from_secs(grace), i64::try_from(grace)?);
            let wanted = if withdrawn { Wanted::NoLonger } else { Wanted::Still };
            let mut doubt = UnknownAttempt { wanted, ..UnknownAttempt::new(at(-unknown_after), at(0)) };
            let (mut now, mut seen) = (0, Vec::new());
            for (kind, late) in looks {
                let due = match doubt.next(at(now), grace) {
                    NextStep::NotPlaced => {
                        let clear: Vec<_> = seen.iter().rev().take_while(|(look, _)| *look != LookupFinding::Stale)
                            .filter(|(look, _)| *look != LookupFinding::Unanswered).collect();
                        prop_assert!(clear.len() >= 3);
                        let witnessed = clear.iter().find(|(look, _)| *look == LookupFinding::Witnessed);
                        prop_assert!(witnessed.is_some_and(|(_, when)| when + unknown_after >= grace_seconds));
                        return Ok(());
                    }
                    NextStep::AskStaff { look_at } => {
                        let proven = |look| look == LookupFinding::Witnessed;
                        let inconclusive = seen.iter().rev().take_while(|(look, _)| !proven(*look)).count();
                        prop_assert!(inconclusive >= 3 || now >= 600);
                        look_at
                    }
                    NextStep::LookAt(look_at) => {
                        prop_assert!(now < 600);
                        look_at
                    }
                };
                let due = due.as_second() - at(0).as_second();
                // Later than the last lookup, by at most five minutes.
                prop_assert!(due > now && due - now <= 300);
                now = due + late;
                use LookupFinding::{Nothing, Stale, Unanswered, Witnessed};
                let look = [Witnessed, Nothing, Stale, Unanswered][usize::from(kind)];
                doubt = doubt.after_look(look, at(now));
                seen.push((look, now));
            }
        }
    }
}
