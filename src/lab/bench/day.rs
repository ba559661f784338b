//! A whole day of automated calls on a virtual clock: how fast the program is without real phones and real time.

use crate::commands::output::outln;
use crate::config::Config;
use crate::lab::demo::fast;

use super::TempDir;

/// The seed for the behaviour of the simulated people.
const SEED: u64 = 1;

pub(super) async fn run(patients: u32) -> anyhow::Result<()> {
    let scratch = TempDir::new("day")?;
    let config = Config::of_a_simulation(scratch.database());
    let played = fast::play(config, patients, SEED, |_, _| {}).await?;
    let (calls, turns, seconds) = (played.calls, played.turns, played.seconds);
    outln!(
        "a day of {patients} patients on a virtual clock, all turns stored on sqlite: {seconds:.1} s; {calls} calls placed \
         ({:.0} a second), {turns} turns ({:.0} a second), {} events of the phone network",
        calls as f64 / seconds,
        turns as f64 / seconds,
        played.events,
    );
    Ok(())
}
