//! What to do about an attempt of unknown outcome: whether the carrier has its call isn't known. It is looked for until
//! it is found, or proven not to be there, or staff decide. It is never dialled blindly.
//!
//! A list that lacks the call proves nothing by itself, as it may be older than the call. It proves something when a
//! witness shows that it is younger than the intent: the same list has another call of ours that began after it.

use std::time::Duration;

use jiff::Timestamp;

/// When the carrier is asked, after the attempt became unknown; from the last on each [`LOOKS_APART`].
const LOOKS: [u64; 5] = [5, 15, 30, 60, 120];
/// The time between later looks: they fall on its multiples.
const LOOKS_APART: u64 = 300;
/// The longest time between a look and the next.
pub const LONGEST_BETWEEN_LOOKS: Duration = Duration::from_secs(LOOKS_APART);
/// The time between looks for a call that is no longer wanted, while its phone may ring.
const HURRIED_LOOKS_APART: u64 = 5;
/// How long such a call is looked for so often: the longest that a phone can be set to ring is ten minutes.
const HURRIED_FOR: Duration = Duration::from_secs(660);
/// How many looks must have found nothing before that counts.
const CLEAR_LOOKS: u32 = 3;
/// How many looks in a row may prove nothing before staff are asked.
const VAIN_LOOKS: u32 = 3;

/// How long after the intent a carrier's list may still lack the call. The default of the setting.
pub const DEFAULT_GRACE: Duration = Duration::from_secs(120);
/// How long an attempt may be unknown before staff are asked.
pub const ASK_STAFF_AFTER: Duration = Duration::from_secs(600);

/// What a look at the carrier's calls came to, when it didn't find the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookupFinding {
    /// The carrier answered, and has no such call; its list has another call of ours that began after the intent.
    Witnessed,
    /// The carrier answered, and has no such call. Nothing shows how old its list is.
    Nothing,
    /// The carrier answered, and its list provably lags: it lacks a call that is known to have begun.
    Stale,
    /// No answer, or nonsense.
    Unanswered,
}

/// An attempt of unknown outcome, and what was done to find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownAttempt {
    /// When the intent was committed.
    pub intended_at: Timestamp,
    /// When the attempt became unknown.
    pub since: Timestamp,
    /// When was the last look, of whatever result.
    pub looked_at: Option<Timestamp>,
    /// When was the last look that found nothing with a witness, since the last one that was stale.
    pub clear_at: Option<Timestamp>,
    /// How many looks found nothing since the last one that was stale.
    pub clear: u32,
    /// How many looks in a row proved nothing.
    pub inconclusive: u32,
    /// Whether the call is still wanted.
    pub wanted: Wanted,
}

/// Whether a call is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// It is.
    Still,
    /// It was withdrawn: if its phone rings it must stop, so it is looked for in a hurry.
    NoLonger,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// Look at this moment; at once, when it has passed.
    LookAt(Timestamp),
    /// Staff are to decide: raise the alert, once for the attempt, and go on looking.
    AskStaff {
        /// When.
        look_at: Timestamp,
    },
    /// It is proven that no phone rang.
    NotPlaced,
}

impl UnknownAttempt {
    /// An attempt that has just become unknown.
    pub const fn new(intended_at: Timestamp, since: Timestamp) -> Self {
        let (looked_at, clear_at, clear, inconclusive) = (None, None, 0, 0);
        Self { intended_at, since, looked_at, clear_at, clear, inconclusive, wanted: Wanted::Still }
    }

    /// The same after a look that didn't find the call.
    pub fn after_look(self, look: LookupFinding, at: Timestamp) -> Self {
        let looked = Self { looked_at: Some(at), ..self };
        let (clear, inconclusive) = (self.clear.saturating_add(1), self.inconclusive.saturating_add(1));
        match look {
            LookupFinding::Witnessed => Self { clear, clear_at: Some(at), inconclusive: 0, ..looked },
            LookupFinding::Nothing => Self { clear, inconclusive, ..looked },
            // A list that lags may have lagged before: what it lacked then proves nothing either.
            LookupFinding::Stale => Self { clear: 0, clear_at: None, inconclusive, ..looked },
            LookupFinding::Unanswered => Self { inconclusive, ..looked },
        }
    }

    /// What to do next, at `now`.
    ///
    /// "Not placed" takes three looks that found nothing, none of them before a stale one, and one of them with a
    /// witness at least `grace` after the intent. Staff are asked after three looks in a row that proved nothing, or
    /// after [`ASK_STAFF_AFTER`].
    pub fn next(&self, now: Timestamp, grace: Duration) -> NextStep {
        let graced = || self.clear_at.is_some_and(|at| reached(self.intended_at, grace, at));
        if self.clear >= CLEAR_LOOKS && graced() {
            return NextStep::NotPlaced;
        }
        // A clock that was put back must not keep looks away.
        let latest = now.checked_add(Duration::from_secs(LOOKS_APART)).unwrap_or(Timestamp::MAX);
        let look_at = self.next_look(now).min(latest);
        if self.inconclusive >= VAIN_LOOKS || reached(self.since, ASK_STAFF_AFTER, now) {
            NextStep::AskStaff { look_at }
        } else {
            NextStep::LookAt(look_at)
        }
    }

    /// The first planned look after the last one that was made.
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

/// Whether `wait` has gone by at `now` since `start`.
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

    /// When looks are made, as they come due, each with its result; and what is next after each.
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
                // Later than the last look, and not more than five minutes after it.
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
