//! The command line. Every command ends non-zero with a sentence that says what is wrong and what to do.

mod documents;
mod flows;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Kenko Call (健康コール): follow-up calls of patients, and a health-call line that answers 24 hours a day.
#[derive(Debug, Parser)]
#[command(version, about, propagate_version = true, arg_required_else_help = true)]
struct Arguments {
    /// The settings file (TOML). Each setting is also read from the environment as KENKOCALL_SECTION__KEY.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check, draw, play and test the flow documents.
    Flows {
        #[command(subcommand)]
        command: flows::Flows,
    },
}

/// Runs the command that the process's arguments name.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Command::Flows { command } => flows::run(command),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("kenkocall: {error:#}");
            ExitCode::FAILURE
        }
    }
}
