//! What is said about transcripts that can't be read.

use super::ToMessage;
use crate::flow_test::{DEFAULT_NOW, TranscriptError, TranscriptFault};
use crate::translations::{Message, message};

impl ToMessage for TranscriptError {
    fn message(&self) -> Message {
        message!("transcript-line", line = self.line, fault = self.fault.message())
    }
}

impl ToMessage for TranscriptFault {
    fn message(&self) -> Message {
        match self {
            Self::NotBegun => message!("transcript-not-begun"),
            Self::NoCall => message!("transcript-no-call"),
            Self::Line => message!("transcript-no-line"),
            Self::Setting(name) => message!("transcript-setting", name = name),
            Self::Now => message!("transcript-now", example = DEFAULT_NOW),
            Self::Language => message!("list-language"),
            Self::Caller(error) => error.message(),
            Self::Patient => message!("transcript-patient"),
            Self::HersysId(error) => error.message(),
            Self::BirthDate(error) => error.message(),
            Self::Until => message!("transcript-until"),
            Self::Spo2Question => message!("transcript-spo2-question"),
            Self::AfterRed => message!("transcript-after-red"),
            Self::OpenAlerts => message!("transcript-open-alerts"),
            Self::AnsweredBy => message!("transcript-answered-by"),
            Self::Action => message!("transcript-action"),
            Self::Keys(error) => error.message(),
            Self::Fixtures => message!("transcript-fixtures"),
        }
    }
}
