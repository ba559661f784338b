//! Transfers of patients between health centres (D4): offering, deciding and showing them.

mod decide;
mod list;
mod offer;
mod view;

pub use decide::{AcceptedTimes, DecidedOutcome, DecidedTransfer, TransferAnswer, decide_transfer, notice_transfer};
pub(super) use list::open_offer_of;
pub use list::{
    PendingTransfers, ReceiverCentre, ShownTransfer, find_transfer, list_transfers, pending_transfers, receivers,
    show_transfer,
};
pub use offer::{Offer, OfferPreview, Offered, offer_transfer, preview_offer};
pub use view::{TransferCall, TransferView};
