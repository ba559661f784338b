//! Notices to patients (M13, M14): each person gets one a day, whatever restarts. The intent is stored before a message
//! is handed over, as for a call.

mod bounces;
mod delivery;
mod facts;
mod invite;
mod notifier;
mod plan;
mod stops;
mod view;
mod words;

pub use bounces::read_bounces;
pub use delivery::{DeliveryNews, notice_delivered, take_sms, unsubscribe};
pub(in crate::service) use invite::plan_invitations;
pub use invite::{Invited, WhyNoInvitation, send_invitation};
pub use notifier::{NoticePaces, Notifier, NotifierSettings, SentNotices};
pub use plan::plan_notices;
pub(in crate::service) use plan::{plan_moved, plan_notices_anew};
pub use stops::{NoticeStopView, confirm_address, resume_notices};
pub(in crate::service) use stops::{ask_notice_stop, decide_notice_stop, notice_stops_of, take_back_notice_stop};
pub(in crate::service) use view::notices_of_person;
pub use view::{DeadAddressView, NoticeView, NoticesOfDay, NoticesOfPerson, notices_of_day};
