//! Whether a patient may be called now. Checked when a slot is planned, before a dial, and when the call is answered.

use serde::{Deserialize, Serialize};

use crate::domain::{NumberKind, Withdrawal};

/// The facts that decide whether a patient may be called, as committed at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallEligibility {
    /// The centre switched automated calls on (A1).
    pub automated_call: bool,
    /// The kind of the registered number. `None` if there is no number.
    pub number: Option<NumberKind>,
    /// Observation has ended (A4).
    pub released: bool,
    /// The centre stopped the calls (A4).
    pub stopped: bool,
    /// The patient pressed key 8 to ask that calls stop, and the centre hasn't decided yet.
    pub stop_requested: bool,
    /// A call to the currently registered number reached a wrong number.
    pub wrong_number: bool,
}

impl CallEligibility {
    /// Checks whether the patient may be called.
    ///
    /// # Errors
    /// The reason why not. Of several reasons, the one that is hardest to lift, in this order: released, stopped, asked
    /// to stop, switched off or without a number, a kind of number that isn't called, a number known to be wrong.
    pub const fn may_be_called(&self) -> Result<(), Withdrawal> {
        match (self.automated_call, self.number) {
            _ if self.released => Err(Withdrawal::Released),
            _ if self.stopped => Err(Withdrawal::Stopped),
            _ if self.stop_requested => Err(Withdrawal::StopRequested),
            (false, _) | (true, None) => Err(Withdrawal::SwitchedOff),
            (true, Some(kind)) if !kind.takes_automated_calls() => Err(Withdrawal::NumberNotAllowed),
            (true, Some(_)) if self.wrong_number => Err(Withdrawal::WrongNumber),
            (true, Some(_)) => Ok(()),
        }
    }
}

/// What a finished report cancels (A9). [`CallingSchedule::reports_count_from`](super::CallingSchedule) applies it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportCovers {
    /// The rest of the day.
    #[default]
    Day,
    /// The slot in whose window it came. A report before the day's first slot counts for that slot.
    Slot,
}

/// The text is neither of the two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write day when a report cancels the day's other calls, or slot when each call wants a report of its own")]
pub struct ReportCoversError;

impl std::str::FromStr for ReportCovers {
    type Err = ReportCoversError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Day, Self::Slot].into_iter().find(|covers| covers.to_string() == text).ok_or(ReportCoversError)
    }
}

impl std::fmt::Display for ReportCovers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Day => "day",
            Self::Slot => "slot",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: CallEligibility = CallEligibility {
        automated_call: true,
        number: Some(NumberKind::Mobile),
        released: false,
        stopped: false,
        stop_requested: false,
        wrong_number: false,
    };

    /// All combinations of the facts, one per bit.
    fn standing(bits: u8) -> CallEligibility {
        let bit = |place: u8| bits & (1 << place) != 0;
        let number = match (bit(1), bit(2)) {
            (true, true) => Some(NumberKind::Premium),
            (true, false) => Some(NumberKind::Geographic),
            (false, _) => None,
        };
        CallEligibility {
            automated_call: bit(0),
            number,
            released: bit(3),
            stopped: bit(4),
            stop_requested: bit(5),
            wrong_number: bit(6),
        }
    }

    #[test]
    fn one_reason_is_enough_and_the_heaviest_is_named() {
        use Withdrawal::*;
        for bits in 0..128 {
            let now = standing(bits);
            let expected = if now.released {
                Err(Released)
            } else if now.stopped {
                Err(Stopped)
            } else if now.stop_requested {
                Err(StopRequested)
            } else if !now.automated_call || now.number.is_none() {
                Err(SwitchedOff)
            } else if now.number == Some(NumberKind::Premium) {
                Err(NumberNotAllowed)
            } else if now.wrong_number {
                Err(WrongNumber)
            } else {
                Ok(())
            };
            assert_eq!(now.may_be_called(), expected, "{now:?}");
        }
        assert_eq!(WANTED.may_be_called(), Ok(()));
    }

    #[test]
    fn a_report_covers_the_day_or_the_slot_in_words() {
        for covers in [ReportCovers::Day, ReportCovers::Slot] {
            assert_eq!(covers.to_string().parse(), Ok(covers));
            assert_eq!(serde_json::to_string(&covers).ok(), Some(format!("\"{covers}\"")));
        }
        assert_eq!(ReportCovers::default(), ReportCovers::Day);
        assert_eq!("both".parse::<ReportCovers>(), Err(ReportCoversError));
    }
}
