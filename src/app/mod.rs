//! The program put together: the settings become a database, services, a phone network, background tasks and ports. The
//! command line starts it, and so do the demonstrations and measurements.

mod backup;
mod certificates;
mod client;
mod database;
mod fitting;
mod line_check;
mod mail;
mod metrics;
mod network;
mod ports;
mod server;
mod services;
mod shutdown;
mod used_flow_sets;
mod workers;

pub(crate) use backup::{NoFile, RestoreError, back_up, database_file, restore};
pub(crate) use client::{Missing, client, close};
pub(crate) use database::migrate;
#[cfg(feature = "lab")]
pub(crate) use database::prepared;
pub(crate) use fitting::{NotPhoneNumber, fits, unusable};
pub(crate) use line_check::{AudioPorts, Probe, asked_trunks, audio_ports, journal, missing_recordings};
pub(crate) use network::configured_network;
#[cfg(feature = "lab")]
pub(crate) use network::{on_simulated_lines, own_line, simulated_lines, simulated_network};
pub(crate) use ports::{CannotListen, Ports};
pub(crate) use server::Server;
#[cfg(feature = "lab")]
pub(crate) use services::dialling;
pub(crate) use services::open_services;
pub(crate) use shutdown::shutdown_signal;
#[cfg(feature = "lab")]
pub(crate) use workers::{Workers, start_workers};
