//! Our own telephone line: SIP to a trunk of a telephone company, a PBX or a session border controller.
//!
//! `signalling` speaks SIP, `media` has the sound, and the call journal proves after a crash which phones were rung.

mod causes;
mod check;
mod digest;
mod identity;
pub mod journal;
mod leg;
mod line;
pub mod media;
mod registration;
mod sdp;
mod signalling;
mod trouble;
mod trunk;

pub use check::{Asked, ask_trunks, journal_is_usable};
pub use leg::{Called, Ended, LegNews, LegOrder, LineEvent, Talk};
pub use line::{CARRIER_NAME, OpenError, SipCarrier, open};
pub use signalling::{ListenError, Probe, SipSettings};
pub use trouble::LineTrouble;
pub use trunk::Trunk;
