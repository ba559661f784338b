//! What follows an attempt (A8): another one, depending on its outcome and the centre's policy, or the end of the slot.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::clock_guard::CLOCKS_AGREE;
use crate::domain::{AttemptOutcome, Missed, SlotEnd, Withdrawal};

/// The retries that an outcome allows. Written and stored as `3x30`: up to 3 tries in total, 30 minutes apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Retries {
    tries: u8,
    minutes: u16,
}

/// Which outcomes allow another try at a centre, and when (A8). The default is 3 tries, 30 minutes apart, for each. A
/// wrong number always ends the slot at once. Written `busy=3x10;no_answer=2x60`; outcomes that aren't named have the
/// default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetryPolicy {
    /// After a busy line or a rejected call.
    pub busy: Retries,
    /// After ringing without an answer.
    pub no_answer: Retries,
    /// After a call that was dropped.
    pub dropped: Retries,
    /// After "not now".
    pub not_now: Retries,
    /// After voicemail or a fax machine.
    pub voicemail: Retries,
    /// After a failure, ours or the network's.
    pub failed: Retries,
}

/// Why a text isn't a retry policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RetryPolicyError {
    /// The text isn't `cause=3x30;…`.
    #[error(
        "a retry policy is written busy=3x10;no_answer=3x30: a cause (busy, no_answer, dropped, not_now, voicemail, failed), the tries in all (1 to 5) and the minutes between them (1 to 240)"
    )]
    Form,
    /// The tries or minutes are out of range.
    #[error("a cause allows 1 to 5 tries in all, 1 to 240 minutes apart")]
    OutOfRange,
    /// The same cause occurs twice.
    #[error("the same cause stands there twice; write each once")]
    Twice,
    /// A wrong number is never called again.
    #[error("a wrong number is never called again, so it has no retries; leave wrong_number out")]
    WrongNumber,
}

/// An attempt that has ended, with the history of its slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndedAttempt {
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// Why it was withdrawn. Used if the outcome is [`AttemptOutcome::Withdrawn`], or [`AttemptOutcome::Reached`] in a
    /// call that continued nevertheless.
    pub withdrawal: Option<Withdrawal>,
    /// When it ended.
    pub ended_at: Timestamp,
    /// The slot's attempts that count as tries, including this one: those for which [`counts_as_try`] returns `true`.
    pub tries: u32,
    /// The slot's attempts that ended as [`AttemptOutcome::NotPlaced`], including this one.
    pub not_placed: u32,
}

/// What follows an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterAttempt {
    /// The slot waits for another attempt.
    Retry {
        /// When the attempt is due.
        due_at: Timestamp,
    },
    /// The slot waits to repeat the same attempt: no phone rang, and it doesn't count as a try.
    AgainSoon {
        /// When the attempt is due.
        due_at: Timestamp,
    },
    /// The slot ends.
    End(SlotEnd),
}

impl Retries {
    /// The maximum number of tries.
    pub const MOST_TRIES: u8 = 5;
    /// The maximum interval, in minutes.
    pub const LONGEST_MINUTES: u16 = 240;

    /// Creates retries with this many tries in total (1 to 5) and minutes between them (1 to 240).
    ///
    /// # Errors
    /// If either is out of range.
    pub fn new(tries: u8, minutes: u16) -> Result<Self, RetryPolicyError> {
        if (1..=Self::MOST_TRIES).contains(&tries) && (1..=Self::LONGEST_MINUTES).contains(&minutes) {
            Ok(Self { tries, minutes })
        } else {
            Err(RetryPolicyError::OutOfRange)
        }
    }

    /// The total number of tries after which this cause allows no more.
    pub const fn tries(self) -> u8 {
        self.tries
    }

    /// The time from the end of a try to the next.
    pub const fn interval(self) -> Duration {
        Duration::from_secs(self.minutes as u64 * 60)
    }
}

impl Default for Retries {
    /// 3 tries, 30 minutes apart (A8).
    fn default() -> Self {
        Self { tries: 3, minutes: 30 }
    }
}

impl RetryPolicy {
    /// The retries that an outcome allows. `None` if the outcome ends the slot or isn't a try.
    pub const fn of(&self, outcome: AttemptOutcome) -> Option<Retries> {
        match outcome {
            AttemptOutcome::Busy => Some(self.busy),
            AttemptOutcome::NoAnswer => Some(self.no_answer),
            AttemptOutcome::Dropped => Some(self.dropped),
            AttemptOutcome::NotNow => Some(self.not_now),
            AttemptOutcome::Voicemail => Some(self.voicemail),
            AttemptOutcome::Failed => Some(self.failed),
            AttemptOutcome::Reported
            | AttemptOutcome::Reached
            | AttemptOutcome::WrongNumber
            | AttemptOutcome::Withdrawn
            | AttemptOutcome::NotPlaced => None,
        }
    }

    fn named(&self) -> [(&'static str, Retries); 6] {
        [
            (AttemptOutcome::Busy.code(), self.busy),
            (AttemptOutcome::NoAnswer.code(), self.no_answer),
            (AttemptOutcome::Dropped.code(), self.dropped),
            (AttemptOutcome::NotNow.code(), self.not_now),
            (AttemptOutcome::Voicemail.code(), self.voicemail),
            (AttemptOutcome::Failed.code(), self.failed),
        ]
    }

    fn set(&mut self, outcome: AttemptOutcome) -> Option<&mut Retries> {
        match outcome {
            AttemptOutcome::Busy => Some(&mut self.busy),
            AttemptOutcome::NoAnswer => Some(&mut self.no_answer),
            AttemptOutcome::Dropped => Some(&mut self.dropped),
            AttemptOutcome::NotNow => Some(&mut self.not_now),
            AttemptOutcome::Voicemail => Some(&mut self.voicemail),
            AttemptOutcome::Failed => Some(&mut self.failed),
            _ => None,
        }
    }
}

/// The wait after the first attempt that wasn't placed. It doubles with each.
pub const FIRST_BACK_OFF: Duration = Duration::from_secs(5);
/// The longest wait after an attempt that wasn't placed.
pub const LONGEST_BACK_OFF: Duration = Duration::from_secs(300);

/// Returns `true` if an attempt with this outcome counts as a try of its slot: the patient's current phone may have
/// rung.
pub const fn counts_as_try(outcome: AttemptOutcome) -> bool {
    !matches!(outcome, AttemptOutcome::NotPlaced | AttemptOutcome::Withdrawn)
}

/// The wait after this many attempts that weren't placed: 5 s, 10 s, 20 s … 5 min.
pub fn back_off(not_placed: u32) -> Duration {
    let doubled = 1_u32.checked_shl(not_placed.saturating_sub(1)).and_then(|times| FIRST_BACK_OFF.checked_mul(times));
    doubled.map_or(LONGEST_BACK_OFF, |wait| wait.min(LONGEST_BACK_OFF))
}

/// Decides what follows an attempt. No due time is at or after `window_end`: the slot ends instead, as
/// [`SlotEnd::Unanswered`], or as [`SlotEnd::Missed`] if none of its attempts was a try.
pub fn after_attempt(ended: &EndedAttempt, window_end: Timestamp, policy: &RetryPolicy) -> AfterAttempt {
    let unanswered = AfterAttempt::End(SlotEnd::Unanswered(ended.outcome));
    // No phone rang that the patient could have answered.
    let without_try = |why| if ended.tries == 0 { AfterAttempt::End(SlotEnd::Missed(why)) } else { unanswered };
    let inside = |wait: Duration| ended.ended_at.checked_add(wait).ok().filter(|due_at| *due_at < window_end);
    match ended.outcome {
        AttemptOutcome::Reported => AfterAttempt::End(SlotEnd::Reported),
        // The patient has talked with staff, and staff have stopped the calls or changed the number meanwhile.
        AttemptOutcome::Reached => {
            ended.withdrawal.map_or(unanswered, |why| AfterAttempt::End(SlotEnd::Cancelled(why)))
        }
        AttemptOutcome::WrongNumber => unanswered,
        AttemptOutcome::NotPlaced => match inside(back_off(ended.not_placed)) {
            Some(due_at) => AfterAttempt::AgainSoon { due_at },
            None => without_try(Missed::NotPlaced),
        },
        AttemptOutcome::Withdrawn => match ended.withdrawal {
            // The new number hasn't been called yet, so call it at once.
            Some(Withdrawal::NumberChanged) => inside(Duration::ZERO)
                .map_or_else(|| without_try(Missed::WindowPassed), |due_at| AfterAttempt::Retry { due_at }),
            Some(why) => AfterAttempt::End(SlotEnd::Cancelled(why)),
            None => without_try(Missed::WindowPassed),
        },
        outcome @ (AttemptOutcome::Dropped
        | AttemptOutcome::NotNow
        | AttemptOutcome::Voicemail
        | AttemptOutcome::Busy
        | AttemptOutcome::NoAnswer
        | AttemptOutcome::Failed) => {
            let allowed = policy.of(outcome).filter(|retries| ended.tries < u32::from(retries.tries));
            let due_at = allowed.and_then(|retries| inside(retries.interval()));
            due_at.map_or(unanswered, |due_at| AfterAttempt::Retry { due_at })
        }
    }
}

/// The corrected due time of a waiting slot whose next try was planned for `due_at`. A try is never planned later than
/// its cause allows from now on, or than the slot's own time. A later `due_at` was planned while a clock was wrong, and
/// is replaced. `last` is the outcome of the slot's last attempt, if any.
pub fn due_again(
    due_at: Timestamp,
    scheduled: Timestamp,
    last: Option<AttemptOutcome>,
    policy: &RetryPolicy,
    now: Timestamp,
) -> Timestamp {
    let wait = match last {
        Some(AttemptOutcome::NotPlaced) => LONGEST_BACK_OFF,
        Some(outcome) => policy.of(outcome).map_or(Duration::ZERO, Retries::interval),
        None => Duration::ZERO,
    };
    let latest = now.checked_add(wait).unwrap_or(Timestamp::MAX).max(scheduled);
    let tolerated = latest.checked_add(CLOCKS_AGREE).unwrap_or(Timestamp::MAX);
    if due_at <= tolerated { due_at } else { latest }
}

impl std::str::FromStr for Retries {
    type Err = RetryPolicyError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |part: &str| {
            let is_number = (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| part.parse::<u16>().ok()).flatten().ok_or(RetryPolicyError::Form)
        };
        let (tries, minutes) = text.split_once('x').ok_or(RetryPolicyError::Form)?;
        let (tries, minutes) = (number(tries.trim())?, number(minutes.trim())?);
        Self::new(u8::try_from(tries).map_err(|_| RetryPolicyError::OutOfRange)?, minutes)
    }
}

impl std::fmt::Display for Retries {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}", self.tries, self.minutes)
    }
}

impl std::str::FromStr for RetryPolicy {
    type Err = RetryPolicyError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut policy = Self::default();
        if text.trim().is_empty() {
            return Ok(policy);
        }
        let mut seen = Vec::new();
        for part in text.split(';') {
            let (cause, retries) = part.split_once('=').ok_or(RetryPolicyError::Form)?;
            let cause = AttemptOutcome::from_code(cause.trim()).ok_or(RetryPolicyError::Form)?;
            if cause == AttemptOutcome::WrongNumber {
                return Err(RetryPolicyError::WrongNumber);
            }
            if seen.contains(&cause) {
                return Err(RetryPolicyError::Twice);
            }
            *policy.set(cause).ok_or(RetryPolicyError::Form)? = retries.trim().parse()?;
            seen.push(cause);
        }
        Ok(policy)
    }
}

impl std::fmt::Display for RetryPolicy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.named().map(|(cause, retries)| format!("{cause}={retries}")).join(";"))
    }
}

impl TryFrom<String> for Retries {
    type Error = RetryPolicyError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Retries> for String {
    fn from(retries: Retries) -> Self {
        retries.to_string()
    }
}

#[cfg(test)]
mod tests;
