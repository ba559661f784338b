//! Accounts of the portal, their codes, log-ins and people.

pub mod accounts;
pub mod codes;
pub mod letters;
pub mod line_ticket_keys;
pub mod passkeys;
pub mod people;
pub mod sessions;
