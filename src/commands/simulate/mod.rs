//! `kenkocall simulate`: what stands in for the outside world when we rehearse.

mod carrier;
mod days;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum Simulate {
    /// A fake carrier on this machine: it takes calls as Twilio does, rings made-up people, and can do all that a
    /// carrier does badly.
    Carrier(carrier::Carrier),
    /// Whole days of a small health centre on a virtual clock, with crashes, clock steps and a phone network that
    /// fails: what must hold is checked after each.
    Days(days::Days),
}

/// Runs a simulation until it is over or stopped.
pub(super) async fn run(command: Simulate) -> anyhow::Result<()> {
    match command {
        Simulate::Carrier(carrier) => carrier::run(carrier).await,
        Simulate::Days(days) => days::run(&days),
    }
}
