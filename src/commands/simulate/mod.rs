//! `kenkocall simulate`: simulations of the outside world, for rehearsals.

mod carrier;
mod days;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum Simulate {
    /// A fake carrier on this machine: it takes calls as Twilio does, calls simulated people, and can simulate all
    /// faults of a carrier.
    Carrier(carrier::Carrier),
    /// Whole days of a small health centre on a virtual clock, with crashes, clock steps and an unreliable phone
    /// network. The invariants are checked after each day.
    Days(days::Days),
}

/// Runs a simulation until it ends or is stopped.
pub(super) async fn run(command: Simulate) -> anyhow::Result<()> {
    match command {
        Simulate::Carrier(carrier) => carrier::run(carrier).await,
        Simulate::Days(days) => days::run(&days),
    }
}
