//! The command line. Every command ends non-zero with a sentence that says what is wrong and what to do.

mod bench;
mod demo;
mod documents;
mod flows;
mod logging;
mod serve;
mod terminal;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};

use crate::config::{self, Config};
use crate::store::Database;

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
    /// Try the health-call line in the terminal: a fresh database, made-up patients, no configuration.
    Demo,
    /// Take calls: all roles on one port.
    Serve,
    /// Bring the database's tables up to date.
    Migrate,
    /// Measure this program on this machine.
    Bench {
        #[command(subcommand)]
        command: bench::Bench,
    },
    /// Check, draw, play and test the flow documents.
    Flows {
        #[command(subcommand)]
        command: flows::Flows,
    },
}

/// Runs the command that the process's arguments name.
pub fn run() -> ExitCode {
    match dispatch(Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("kenkocall: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: Arguments) -> anyhow::Result<ExitCode> {
    if let Command::Flows { command } = arguments.command {
        return flows::run(command);
    }
    #[allow(clippy::disallowed_methods)] // the edge of the process
    let config = config::load(arguments.config.as_deref(), std::env::vars())?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime can't start")?;
    let done = runtime.block_on(async {
        match arguments.command {
            Command::Demo => demo::run().await,
            Command::Serve => {
                logging::start(&config.log)?;
                serve::serve(config).await
            }
            Command::Migrate => {
                open_database(&config).await?.migrate().await?;
                println!("the database is up to date");
                Ok(())
            }
            Command::Bench { command } => bench::run(command).await,
            Command::Flows { .. } => Ok(()),
        }
    });
    done.map(|()| ExitCode::SUCCESS)
}

async fn open_database(config: &Config) -> anyhow::Result<Database> {
    Ok(Database::open(&config.database.url, config.database.connections).await?)
}
