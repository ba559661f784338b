//! Handing over from one shift to the next: what the next one must know, and the moment of it.

mod record;
mod sheet;

pub use record::{HandedOver, hand_over};
pub use sheet::{Compared, HandoverSheet, HandoverView, PromisedCall, Trend, WorsePerson, handover_sheet};
