//! What a final answer to our INVITE proves about the phone, and the cause that it stands for.

use std::time::Duration;

use crate::carrier::network::{NotProcessed, Refusal, Ringing};
use crate::domain::HangupCause;

/// What the network has said at the end of a call that wasn't answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FinalAnswer {
    /// The status, 300 to 699.
    pub status: u16,
    /// The cause of `Reason: Q.850`, of this answer or of a provisional one before it.
    pub q850: Option<u8>,
    /// Whether an 18x came before it.
    pub rang: bool,
    /// The wait of `Retry-After`.
    pub retry_after: Option<Duration>,
}

/// What a final answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Proof that no phone rang. The call may be tried again.
    NotProcessed(NotProcessed),
    /// Proof that no phone rang. The same call would be refused again.
    Refused(Refusal),
    /// The phone rang or may have rung: it counts as a try.
    Tried(HangupCause),
}

impl FinalAnswer {
    /// What it means. Only the statuses that say so prove, before any 18x, that no phone rang. A lost 18x makes even
    /// that a small gamble, so everything else counts as a try.
    pub fn verdict(&self) -> Verdict {
        if !self.rang {
            match self.status {
                404 | 410 | 484 => return Verdict::Refused(Refusal::Number),
                401 | 403 | 407 => return Verdict::Refused(Refusal::Account),
                420 | 488 => return Verdict::Refused(Refusal::Request),
                503 => return Verdict::NotProcessed(NotProcessed::TooMany(self.retry_after)),
                _ => {}
            }
        }
        Verdict::Tried(self.cause())
    }

    /// Why the call ended.
    pub fn cause(&self) -> HangupCause {
        self.q850.and_then(of_q850).unwrap_or_else(|| of_status(self.status))
    }

    /// Whether the phone rang.
    pub fn ringing(&self) -> Ringing {
        match self.verdict() {
            Verdict::NotProcessed(_) | Verdict::Refused(_) => Ringing::RuledOut,
            Verdict::Tried(_) if self.rang => Ringing::Proven,
            Verdict::Tried(HangupCause::UserBusy | HangupCause::NoAnswer | HangupCause::CallRejected) => {
                Ringing::Proven
            }
            Verdict::Tried(_) => Ringing::Possible,
        }
    }
}

/// The causes of Q.850 that say more than the status (RFC 3398 section 7.2.4.1).
const fn of_q850(cause: u8) -> Option<HangupCause> {
    Some(match cause {
        1 | 22 | 28 => HangupCause::InvalidNumberFormat,
        17 => HangupCause::UserBusy,
        18..=20 => HangupCause::NoAnswer,
        21 => HangupCause::CallRejected,
        34 | 38 | 41 | 42 | 44 | 47 => HangupCause::TemporaryFailure,
        _ => return None,
    })
}

const fn of_status(status: u16) -> HangupCause {
    match status {
        404 | 410 | 484 | 604 => HangupCause::InvalidNumberFormat,
        403 | 603 | 607 | 608 => HangupCause::CallRejected,
        486 | 600 => HangupCause::UserBusy,
        408 | 480 => HangupCause::NoAnswer,
        487 => HangupCause::NormalClearing,
        _ => HangupCause::TemporaryFailure,
    }
}

/// The cause of `Reason: Q.850;cause=17;text="busy"`. Other protocols' reasons say nothing that the status doesn't.
pub fn q850_cause(reason: &str) -> Option<u8> {
    reason.split(',').find_map(|one| {
        let mut parts = one.split(';').map(str::trim);
        parts.next().filter(|protocol| protocol.eq_ignore_ascii_case("Q.850"))?;
        let cause = parts.find_map(|part| {
            let (name, value) = part.split_once('=')?;
            name.trim().eq_ignore_ascii_case("cause").then(|| value.trim())
        })?;
        cause.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(status: u16, rang: bool) -> Verdict {
        FinalAnswer { status, rang, ..FinalAnswer::default() }.verdict()
    }

    #[test]
    fn only_the_statuses_that_say_so_prove_that_no_phone_rang() {
        for status in 300..700 {
            let refused = match status {
                404 | 410 | 484 => Verdict::Refused(Refusal::Number),
                401 | 403 | 407 => Verdict::Refused(Refusal::Account),
                420 | 488 => Verdict::Refused(Refusal::Request),
                503 => Verdict::NotProcessed(NotProcessed::TooMany(None)),
                _ => Verdict::Tried(of_status(status)),
            };
            assert_eq!(verdict(status, false), refused, "{status}");
            assert_eq!(verdict(status, true), Verdict::Tried(of_status(status)), "{status} after ringing");
        }
    }

    #[test]
    fn these_count_as_a_try_even_without_an_18x() {
        for status in [408, 480, 486, 487, 500, 600, 603] {
            let answer = FinalAnswer { status, ..FinalAnswer::default() };
            assert!(matches!(answer.verdict(), Verdict::Tried(_)), "{status}");
            assert_ne!(answer.ringing(), Ringing::RuledOut, "{status}");
        }
    }

    #[test]
    fn declined_and_busy_are_final_and_named() {
        assert_eq!(verdict(486, true), Verdict::Tried(HangupCause::UserBusy));
        assert_eq!(verdict(600, false), Verdict::Tried(HangupCause::UserBusy));
        assert_eq!(verdict(603, true), Verdict::Tried(HangupCause::CallRejected));
        assert_eq!(verdict(480, true), Verdict::Tried(HangupCause::NoAnswer));
    }

    #[test]
    fn a_reason_of_the_telephone_network_says_more_than_the_status() {
        let busy = FinalAnswer { status: 480, q850: q850_cause("Q.850;cause=17;text=\"busy\""), ..Default::default() };
        assert_eq!(busy.cause(), HangupCause::UserBusy);
        assert_eq!(q850_cause("SIP;cause=200, Q.850 ; cause = 21"), Some(21));
        for reason in ["", "SIP;cause=600", "Q.850", "Q.850;cause=seventeen", "Q.850;cause=999", "preemption"] {
            assert_eq!(q850_cause(reason), None, "{reason}");
        }
        let plain = FinalAnswer { status: 486, q850: Some(16), ..Default::default() };
        assert_eq!(plain.cause(), HangupCause::UserBusy, "16 says nothing");
    }

    #[test]
    fn a_full_trunk_says_how_long_to_wait() {
        let wait = Some(Duration::from_secs(600));
        let full = FinalAnswer { status: 503, retry_after: wait, ..Default::default() };
        assert_eq!(full.verdict(), Verdict::NotProcessed(NotProcessed::TooMany(wait)));
    }
}
