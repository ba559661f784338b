//! When we register with a trunk, what its answers mean, and how long we wait: a state machine without a clock. It is
//! told what happened and says what is next.

use std::time::Duration;

use super::digest::Challenge;
use crate::carrier::network::MAX_RETRY_AFTER;

/// How long a registration shall last, in seconds. The registrar may say otherwise.
pub const ASKED: u32 = 3_600;
/// Entries that run out sooner are refreshed as if they didn't: nobody makes us ask all the time.
const SHORTEST: u32 = 20;
/// The longest interval that a registrar may ask for.
const LONGEST: u32 = 86_400;
/// The wait after the first failure. It doubles.
const FIRST_WAIT: Duration = Duration::from_secs(10);
/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::from_secs(600);
/// The wait after the registrar has refused our name and password: many lock an account after a few wrong ones.
const REFUSED_WAIT: Duration = Duration::from_secs(300);
/// Challenges that are answered for one try.
const MOST_CHALLENGES: u32 = 3;

/// What the registrar said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// We are registered for so many seconds.
    Registered(u32),
    /// It asks who we are. Empty if none of its questions can be answered.
    Asked(Vec<Challenge>),
    /// It wants a longer interval (423).
    TooBrief(Option<u32>),
    /// It refuses us, perhaps with a wait.
    Refused(u16, Option<Duration>),
    /// It said nothing, or couldn't be reached.
    Nothing,
}

/// What is next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Send a REGISTER.
    Send(Register),
    /// Wait, then call [`Registration::due`].
    Wait(Duration),
    /// Nothing more.
    Done,
}

/// A REGISTER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// For how many seconds. 0 ends the registration.
    pub seconds: u32,
    /// The question that it answers.
    pub challenge: Option<Challenge>,
}

/// How we stand with a registrar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It hasn't answered yet.
    Trying,
    /// Registered.
    Registered,
    /// It refuses our name or password.
    WrongPassword,
    /// It refuses us otherwise, with this status.
    Refused(u16),
    /// It doesn't answer.
    NoAnswer,
}

/// A registration with a trunk.
#[derive(Debug, Clone)]
pub struct Registration {
    standing: Standing,
    seconds: u32,
    /// Failures since the last success.
    failures: u32,
    /// The nonces that were answered in this try.
    answered: Vec<String>,
    /// How often the interval was made longer since the last success.
    lengthened: u32,
    ending: bool,
    /// Whether the registrar has an entry that hasn't run out.
    entered: bool,
}

impl Default for Registration {
    fn default() -> Self {
        let (standing, answered) = (Standing::Trying, Vec::new());
        Self { standing, seconds: ASKED, failures: 0, answered, lengthened: 0, ending: false, entered: false }
    }
}

impl Registration {
    /// How we stand.
    pub const fn standing(&self) -> Standing {
        self.standing
    }

    /// Whether calls can be placed: the registrar has an entry of ours.
    pub const fn is_registered(&self) -> bool {
        self.entered
    }

    /// A wait is over, or it begins.
    pub fn due(&mut self) -> Next {
        self.answered.clear();
        self.send(None)
    }

    /// Ends the registration.
    pub fn end(&mut self) -> Next {
        self.ending = true;
        if self.entered { self.due() } else { Next::Done }
    }

    /// The entry has run out before it was refreshed.
    pub const fn lapsed(&mut self) {
        self.entered = false;
    }

    /// An answer came. `jitter` is a random number from 0 to 1.
    pub fn heard(&mut self, heard: Heard, jitter: f64) -> Next {
        if self.ending {
            return match heard {
                Heard::Asked(challenges) => self.answer(challenges, jitter),
                _ => Next::Done,
            };
        }
        match heard {
            Heard::Registered(seconds) => {
                (self.standing, self.failures, self.entered) = (Standing::Registered, 0, true);
                self.lengthened = 0;
                Next::Wait(refresh_after(seconds, jitter))
            }
            Heard::Asked(challenges) => self.answer(challenges, jitter),
            Heard::TooBrief(Some(least)) if least > self.seconds && least <= LONGEST && self.lengthened < 2 => {
                self.seconds = least;
                self.lengthened = self.lengthened.saturating_add(1);
                self.due()
            }
            Heard::TooBrief(_) => self.failed(Standing::Refused(423), LONGEST_WAIT, None, jitter),
            Heard::Refused(403, wait) => self.failed(Standing::WrongPassword, REFUSED_WAIT, wait, jitter),
            Heard::Refused(status, wait) => self.failed(Standing::Refused(status), FIRST_WAIT, wait, jitter),
            Heard::Nothing => self.failed(Standing::NoAnswer, FIRST_WAIT, None, jitter),
        }
    }

    /// A nonce that was answered and is asked for once more means that the answer was wrong. A new one may have
    /// replaced an old one, with or without `stale`.
    fn answer(&mut self, challenges: Vec<Challenge>, jitter: f64) -> Next {
        let count = u32::try_from(self.answered.len()).unwrap_or(u32::MAX);
        let Some(challenge) = Challenge::strongest(challenges) else {
            return self.failed(Standing::Refused(401), REFUSED_WAIT, None, jitter);
        };
        let limit = if challenge.stale { MOST_CHALLENGES } else { MOST_CHALLENGES.saturating_sub(1) };
        if count >= limit || self.answered.contains(&challenge.nonce) {
            return self.failed(Standing::WrongPassword, REFUSED_WAIT, None, jitter);
        }
        self.answered.push(challenge.nonce.clone());
        self.send(Some(challenge))
    }

    const fn send(&self, challenge: Option<Challenge>) -> Next {
        let seconds = if self.ending { 0 } else { self.seconds };
        Next::Send(Register { seconds, challenge })
    }

    fn failed(&mut self, standing: Standing, first: Duration, asked: Option<Duration>, jitter: f64) -> Next {
        if self.ending {
            return Next::Done;
        }
        self.standing = standing;
        let doubled = first.saturating_mul(1_u32.checked_shl(self.failures.min(16)).unwrap_or(u32::MAX));
        self.failures = self.failures.saturating_add(1);
        // RFC 5626 section 4.5: between half and the whole.
        let own = doubled.min(LONGEST_WAIT).mul_f64(0.5 + 0.5 * jitter.clamp(0.0, 1.0));
        let asked = asked.map(|asked| asked.min(MAX_RETRY_AFTER));
        Next::Wait(asked.map_or(own, |asked| own.max(asked)))
    }
}

/// An entry is refreshed between half and nine tenths of its time, so that many clients don't do it at once.
fn refresh_after(seconds: u32, jitter: f64) -> Duration {
    let whole = Duration::from_secs(seconds.clamp(SHORTEST, LONGEST).into());
    whole.mul_f64(0.5 + 0.4 * jitter.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asked(nonce: &str, stale: bool) -> Heard {
        let text = format!("Digest realm=\"x\", nonce=\"{nonce}\", stale={stale}");
        Heard::Asked(vec![Challenge::read(&text, false).unwrap()])
    }

    fn nonce(next: &Next) -> Option<&str> {
        match next {
            Next::Send(Register { challenge: Some(challenge), .. }) => Some(&challenge.nonce),
            _ => None,
        }
    }

    fn waits(next: &Next) -> u64 {
        match next {
            Next::Wait(wait) => wait.as_secs(),
            _ => panic!("{next:?}"),
        }
    }

    #[test]
    fn it_registers_with_a_password_and_refreshes_in_time() {
        let mut with = Registration::default();
        assert_eq!(with.due(), Next::Send(Register { seconds: 3_600, challenge: None }));
        assert_eq!(nonce(&with.heard(asked("a", false), 0.5)), Some("a"));
        assert!(!with.is_registered());
        assert_eq!(waits(&with.heard(Heard::Registered(60), 0.0)), 30);
        assert!(with.is_registered());
        assert_eq!(waits(&with.heard(Heard::Registered(60), 1.0)), 54);
        assert_eq!(with.due(), Next::Send(Register { seconds: 3_600, challenge: None }));
    }

    #[test]
    fn a_nonce_that_changes_is_answered_with_or_without_stale() {
        let mut with = Registration::default();
        with.due();
        with.heard(asked("a", false), 0.5);
        assert_eq!(nonce(&with.heard(asked("b", false), 0.5)), Some("b"), "without stale");
        assert!(with.heard(Heard::Registered(60), 0.5) != Next::Done && with.is_registered());
        with.due();
        with.heard(asked("c", false), 0.5);
        with.heard(asked("d", true), 0.5);
        assert_eq!(nonce(&with.heard(asked("e", true), 0.5)), Some("e"), "with stale");
    }

    #[test]
    fn a_wrong_password_is_not_tried_in_a_storm() {
        for second in [asked("a", false), asked("c", false)] {
            let mut with = Registration::default();
            with.due();
            with.heard(asked("a", false), 0.5);
            let next = match second {
                Heard::Asked(ref same) if same[0].nonce == "a" => with.heard(second, 1.0),
                other => {
                    with.heard(asked("b", false), 0.5);
                    with.heard(other, 1.0)
                }
            };
            assert_eq!(waits(&next), 300);
            assert_eq!(with.standing(), Standing::WrongPassword);
        }
        let mut with = Registration::default();
        with.due();
        assert_eq!(waits(&with.heard(Heard::Refused(403, None), 1.0)), 300);
        with.due();
        assert_eq!(waits(&with.heard(Heard::Refused(403, None), 1.0)), 600, "the longest wait");
    }

    #[test]
    fn an_interval_that_is_too_brief_is_made_longer_once() {
        let mut with = Registration::default();
        with.due();
        assert_eq!(
            with.heard(Heard::TooBrief(Some(7_200)), 0.5),
            Next::Send(Register { seconds: 7_200, challenge: None })
        );
        for least in [Some(7_200), Some(60), None, Some(u32::MAX)] {
            assert!(waits(&with.heard(Heard::TooBrief(least), 0.5)) > 0, "{least:?}");
        }
    }

    #[test]
    fn it_waits_as_long_as_it_is_asked_to_within_reason() {
        let mut with = Registration::default();
        with.due();
        let asked = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(waits(&with.heard(Heard::Refused(503, asked(120)), 1.0)), 120);
        assert_eq!(waits(&with.heard(Heard::Refused(503, asked(1_000_000)), 1.0)), 600);
    }

    #[test]
    fn a_refresh_that_fails_loses_nothing_before_the_entry_has_run_out() {
        let mut with = Registration::default();
        with.due();
        with.heard(Heard::Registered(600), 0.5);
        with.due();
        with.heard(Heard::Nothing, 0.5);
        assert!(with.is_registered(), "the registrar still has us");
        assert_eq!(with.standing(), Standing::NoAnswer);
        with.lapsed();
        assert!(!with.is_registered());
        with.due();
        with.heard(Heard::Registered(600), 0.5);
        assert!(with.is_registered() && with.standing() == Standing::Registered);
    }

    #[test]
    fn it_ends_with_an_answer_to_the_question_and_never_goes_on() {
        let mut with = Registration::default();
        assert_eq!(with.clone().end(), Next::Done, "nothing to end");
        with.due();
        with.heard(Heard::Registered(600), 0.5);
        assert_eq!(with.end(), Next::Send(Register { seconds: 0, challenge: None }));
        assert_eq!(nonce(&with.heard(asked("a", false), 0.5)), Some("a"));
        assert_eq!(with.heard(Heard::Registered(0), 0.5), Next::Done);
        assert_eq!(with.heard(Heard::Nothing, 0.5), Next::Done);
    }

    proptest! {
        /// Whatever a registrar answers, and however often: there is never a storm of requests.
        #[test]
        fn no_answer_makes_a_storm(
            answers in prop::collection::vec(0..7_u8, 1..200), jitter in 0.0..1.0_f64, expires in any::<u32>(),
        ) {
            let mut with = Registration::default();
            let mut sent = 0_u32;
            let mut next = with.due();
            for (nth, answer) in answers.into_iter().enumerate() {
                match next {
                    Next::Send(_) => sent += 1,
                    Next::Wait(wait) => {
                        prop_assert!(wait >= Duration::from_secs(1) && wait <= Duration::from_secs(86_400));
                        sent = 0;
                        next = with.due();
                        continue;
                    }
                    Next::Done => prop_assert!(false, "it goes on"),
                }
                prop_assert!(sent <= 12, "{sent} requests without a wait");
                next = with.heard(match answer {
                    0 => Heard::Registered(expires),
                    1 => asked(&format!("n{nth}"), false),
                    2 => asked(&format!("n{nth}"), true),
                    3 => Heard::TooBrief(Some(expires)),
                    4 => Heard::Refused(503, Some(Duration::from_secs(expires.into()))),
                    5 => Heard::Asked(Vec::new()),
                    _ => Heard::Nothing,
                }, jitter);
            }
        }
    }
}
