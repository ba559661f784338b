//! Accounts of the portal, their codes, log-ins and people.

pub mod accounts;
pub mod codes;
pub mod people;
pub mod sessions;
