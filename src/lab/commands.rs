//! The commands of the laboratory: `kenkocall demo`, `kenkocall bench` and `kenkocall simulate`.

use clap::Subcommand;

use super::bench::{self, Bench};
use super::demo::{self, Demo};
use super::fake_carrier::{self, Carrier};
#[cfg(feature = "fault-injection")]
use super::simulate_days::{self, Days};
use crate::commands::ExtraCommands;
use crate::config::Config;

/// The commands of the laboratory.
#[derive(Debug, Subcommand)]
pub enum LabCommands {
    /// Try it out: a new database, made-up patients, the simulated phone network, no configuration.
    ///
    /// With `log.format = "json"` (KENKOCALL_LOG__FORMAT=json), each log line is a JSON object.
    Demo(Demo),
    /// Measure this program on this machine: everything, or only what is named.
    Bench {
        /// What is measured.
        #[command(subcommand)]
        command: Option<Bench>,
    },
    /// Rehearse in a simulated environment.
    Simulate {
        /// What is simulated.
        #[command(subcommand)]
        command: Simulate,
    },
}

#[derive(Debug, Subcommand)]
pub enum Simulate {
    /// A fake carrier on this machine: it takes calls as Twilio does, calls simulated people, and can simulate all
    /// faults of a carrier.
    Carrier(Carrier),
    /// Whole days of a small health centre on a virtual clock, with crashes, clock steps and an unreliable phone
    /// network. The invariants are checked after each day.
    #[cfg(feature = "fault-injection")]
    Days(Days),
}

impl ExtraCommands for LabCommands {
    async fn run(self, config: &Config) -> anyhow::Result<()> {
        match self {
            Self::Demo(demo) => demo::run(demo, config).await,
            Self::Bench { command } => bench::run(command).await,
            Self::Simulate { command: Simulate::Carrier(carrier) } => fake_carrier::run(carrier).await,
            #[cfg(feature = "fault-injection")]
            Self::Simulate { command: Simulate::Days(days) } => simulate_days::run(&days),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::LabCommands;
    use crate::commands::{Arguments, argument_checks, help};

    #[test]
    fn the_commands_with_the_laboratory_have_sound_arguments() {
        argument_checks::check(&Arguments::<LabCommands>::command());
    }

    #[test]
    fn each_command_and_option_of_the_laboratory_has_a_text_in_each_language() {
        help::check(&Arguments::<LabCommands>::command());
    }
}
