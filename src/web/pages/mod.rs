//! What the pages of the console and of the portal share: their address, their headers, cookies and forms.

pub(super) mod browser;
pub(super) mod certificate;
pub(super) mod chart;
pub(super) mod fields;
pub(super) mod guard;
pub(super) mod kept_cookies;
pub(super) mod measured;
pub(super) mod qr;
pub(super) mod site;
pub(super) mod survey;
