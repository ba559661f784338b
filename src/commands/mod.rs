//! The command line. A command that fails exits non-zero with a sentence that says what is wrong and what to do.

mod alerts;
mod arguments;
mod audit;
mod audit_list;
mod backup;
mod bench;
mod calls;
mod centres;
mod database;
mod days;
mod demo;
mod dialer;
mod documents;
mod exit;
mod fitting;
mod flows;
mod logging;
mod maintenance;
mod manual;
mod output;
mod patients;
mod ports;
mod private_files;
mod refusal;
mod reports;
mod serve;
mod settings;
mod signals;
mod simulate;
mod terminal;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use serde_json::json;

use crate::config::{self, Config};
use crate::domain::StaffName;
use crate::service::{Clock, SealedBy, seal_older_rows, seal_trail, write_seals};

use self::arguments::{Form, Missing};
use self::exit::Exit;
use self::output::complain;

/// Kenko Call (健康コール): follow-up calls of patients, and a health-call line that answers 24 hours a day.
#[derive(Debug, Parser)]
#[command(version, about, propagate_version = true, arg_required_else_help = true)]
struct Arguments {
    /// The settings file (TOML). Each setting is also read from the environment as KENKOCALL_SECTION__KEY.
    #[arg(id = "settings_file", long = "config", global = true, value_name = "FILE")]
    settings_file: Option<PathBuf>,
    /// Who you are, for the audit trail. Default: the name of the system's user.
    // The id must differ from the ids of all subcommands' arguments: clap would give a global argument's value to an
    // argument with the same id.
    #[arg(id = "acting_as", long = "as", global = true, value_name = "NAME")]
    acting_as: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Try it out: a new database, made-up patients, the simulated phone network, no configuration.
    ///
    /// With `log.format = "json"` (KENKOCALL_LOG__FORMAT=json), each log line is a JSON object.
    Demo(demo::Demo),
    /// Take calls: all roles on one port.
    ///
    /// Log lines go to standard error; with `log.format = "json"` (KENKOCALL_LOG__FORMAT=json), each is a JSON object.
    Serve,
    /// Bring the database's tables up to date.
    Migrate {
        #[command(flatten)]
        form: Form,
    },
    /// Check the settings before starting `serve` with them.
    Config {
        #[command(subcommand)]
        command: settings::Settings,
    },
    /// Copy an SQLite database to a new file while `serve` continues.
    Backup(backup::Backup),
    /// Replace the SQLite database with a backup. Afterwards nobody is dialled until `dialer reconcile` and
    /// `dialer resume`.
    Restore(backup::Restore),
    /// Add, change, list and show health centres.
    Centres {
        #[command(subcommand)]
        command: centres::Centres,
    },
    /// Import, add, change, stop, release, list and show patients.
    Patients {
        #[command(subcommand)]
        command: patients::Patients,
    },
    /// List calls, show the transcript of a call, place a call now, and resolve calls with unknown outcome.
    Calls {
        #[command(subcommand)]
        command: calls::Calls,
    },
    /// Show whether automated calls are placed; pause and resume them.
    Dialer {
        #[command(subcommand)]
        command: dialer::Dialer,
    },
    /// Show figures of a day's automated calls, by health centre.
    Days {
        #[command(subcommand)]
        command: days::Days,
    },
    /// Export reports.
    Reports {
        #[command(subcommand)]
        command: reports::Reports,
    },
    /// List and close alerts.
    Alerts {
        #[command(subcommand)]
        command: alerts::Alerts,
    },
    /// Start, end and show a maintenance of the line.
    Maintenance {
        #[command(subcommand)]
        command: maintenance::Maintenance,
    },
    /// Show and verify the audit trail, and write checkpoints of it to a file that is kept elsewhere.
    Audit {
        #[command(subcommand)]
        command: audit::Audit,
    },
    /// Measure this program on this machine: everything, or only what is named.
    Bench {
        #[command(subcommand)]
        command: Option<bench::Bench>,
    },
    /// Rehearse in a simulated environment.
    Simulate {
        #[command(subcommand)]
        command: simulate::Simulate,
    },
    /// Check, export, draw, play and test the flow documents.
    Flows {
        #[command(subcommand)]
        command: flows::Flows,
    },
    /// Write shell completions for these commands to standard output.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Write a man page of each command into a folder.
    Man {
        /// The folder. It is created if it doesn't exist.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

/// Runs the command that the process's arguments name.
pub fn run() -> ExitCode {
    private_files::keep_new_files_private();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return of_clap(&error).into(),
    };
    let exit = match dispatch(arguments).and_then(|exit| output::failure().map(|()| exit)) {
        Ok(exit) => exit,
        Err(error) => {
            complain(&format!("kenkocall: {}", refusal::told(&error)));
            Exit::of(&error)
        }
    };
    exit.into()
}

/// Writes clap's own text: help, the version, or what is wrong with the arguments.
fn of_clap(error: &clap::Error) -> Exit {
    let written = error.print().and_then(|()| std::io::stdout().flush());
    match written {
        Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => {
            complain(&format!("kenkocall: standard output can't be written ({why})"));
            Exit::Failed
        }
        _ if error.use_stderr() => Exit::Usage,
        _ => Exit::Done,
    }
}

fn dispatch(arguments: Arguments) -> anyhow::Result<Exit> {
    #[allow(clippy::disallowed_methods)] // the edge of the process
    let surveyed = || config::survey(arguments.settings_file.as_deref(), std::env::vars_os());
    match arguments.command {
        Command::Flows { command } => return flows::run(command, || Ok(surveyed().usable()?.flows.directory)),
        Command::Completions { shell } => return manual::completions(shell).map(|()| Exit::Done),
        Command::Man { folder } => return manual::write(&folder).map(|()| Exit::Done),
        _ => {}
    }
    let survey = surveyed();
    let command = match arguments.command {
        Command::Config { command } => return started(settings::run(survey, command)),
        other => other,
    };
    let warnings = private_files::warnings_of(&survey);
    let config = survey.usable()?;
    let name = acting_as(arguments.acting_as)?;
    started(async {
        match command {
            Command::Demo(demo) => demo::run(demo, &config).await,
            Command::Serve => {
                logging::start(&config)?;
                warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
                serve::serve(config).await
            }
            Command::Bench { command } => bench::run(command).await,
            Command::Simulate { command } => simulate::run(command).await,
            other => {
                warnings.iter().for_each(|warning| complain(&format!("kenkocall: warning: {warning}")));
                match other {
                    Command::Migrate { form } => {
                        let database = database::prepared(&config).await?;
                        let sealed = seal_older_rows(&database, Clock::system().now()).await;
                        let sealed =
                            sealed.map_err(anyhow::Error::from).and(seal_trail(&database).await.map_err(Into::into));
                        database.close().await;
                        sealed?;
                        form.say("the database is up to date\n", json!({ "result": "up_to_date" }))
                    }
                    Command::Backup(backup) => backup::back_up(&config, name, backup).await,
                    Command::Restore(restore) => backup::restore(&config, name, restore).await,
                    other => at_the_desk(&config, name, other).await,
                }
            }
        }
    })
}

/// Runs a command to completion.
fn started(command: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<Exit> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime can't start")?;
    runtime.block_on(command).map(|()| Exit::Done)
}

/// Runs the commands that need a clerk.
async fn at_the_desk(config: &Config, name: StaffName, command: Command) -> anyhow::Result<()> {
    let zone = arguments::line_zone(config)?;
    let missing = match &command {
        Command::Centres { command: centres::Centres::Add { .. } } => Missing::IsCreated,
        _ => Missing::IsRefused,
    };
    let clerk = arguments::clerk(config, name, missing).await?;
    let done = match command {
        Command::Centres { command } => centres::run(&clerk, command).await,
        Command::Patients { command } => patients::run(&clerk, &zone, command).await,
        Command::Calls { command } => calls::run(&clerk, &zone, command).await,
        Command::Dialer { command } => dialer::run(config, &clerk, &zone, command).await,
        Command::Days { command } => days::run(&clerk, &zone, command).await,
        Command::Reports { command } => reports::run(&clerk, &zone, command).await,
        Command::Alerts { command } => alerts::run(&clerk, &zone, command).await,
        Command::Maintenance { command } => maintenance::run(&clerk, &zone, command).await,
        Command::Audit { command } => audit::run(config, &clerk, &zone, command).await,
        Command::Serve
        | Command::Demo(_)
        | Command::Migrate { .. }
        | Command::Config { .. }
        | Command::Backup(_)
        | Command::Restore(_)
        | Command::Bench { .. }
        | Command::Simulate { .. }
        | Command::Flows { .. }
        | Command::Completions { .. }
        | Command::Man { .. } => Ok(()),
    };
    // Seal what the command wrote before it ends. If that fails, `serve` seals it later.
    let sealer = SealedBy { actor: clerk.name.as_str(), source: clerk.source.code() };
    if let Err(error) = write_seals(&clerk.database, sealer).await {
        complain(&format!("kenkocall: what was written isn't sealed yet ({error}); `kenkocall serve` does that later"));
    }
    clerk.database.close().await;
    done
}

/// Returns the acting staff member: the given name, or the system's user. Containers often have no user name.
#[allow(clippy::disallowed_methods)] // the edge of the process
fn acting_as(given: Option<String>) -> anyhow::Result<StaffName> {
    if let Some(name) = given.filter(|name| !name.trim().is_empty()) {
        return StaffName::parse(&name)
            .map_err(|error| exit::usage(format!("--as takes a name of 1 to 100 characters in one line: {error}")));
    }
    let named = ["USER", "LOGNAME"].into_iter().filter_map(|name| std::env::var(name).ok());
    let user = named.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| "operator".to_owned());
    StaffName::parse(&user)
        .context("the name of the system's user (USER) can't stand in the audit trail; give yours by --as")
}

/// Returns `true` if terminals may receive escape codes, for colours and overwritten lines. `NO_COLOR` and a terminal
/// without support (`TERM=dumb`) disable them.
#[allow(clippy::disallowed_methods)] // the edge of the process
fn escapes() -> bool {
    let unset = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    unset && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

#[cfg(test)]
mod tests {
    use clap::{Arg, Command, CommandFactory};

    use super::Arguments;

    /// Visits all commands, each with the words that name it, before clap propagates the global arguments.
    fn walk(words: &str, command: &Command, visit: &mut dyn FnMut(&str, &Command)) {
        visit(words, command);
        for inner in command.get_subcommands() {
            walk(&format!("{words} {}", inner.get_name()), inner, visit);
        }
    }

    fn names(argument: &Arg) -> Vec<String> {
        let long = argument.get_long_and_visible_aliases().unwrap_or_default();
        let short = argument.get_short_and_visible_aliases().unwrap_or_default();
        let long = long.into_iter().map(|long| format!("--{long}"));
        std::iter::once(argument.get_id().to_string()).chain(long).chain(short.iter().map(char::to_string)).collect()
    }

    /// Commands whose output isn't for other programs: servers, measurements, pictures, scripts and pages.
    const NO_JSON: [&str; 8] =
        ["demo", "serve", "bench", "simulate carrier", "flows draw", "flows play", "completions", "man"];

    #[test]
    fn every_command_that_shows_something_takes_json_and_has_a_text_for_help() {
        let mut leaves = 0;
        walk("kenkocall", &Arguments::command(), &mut |words, command| {
            assert!(command.get_about().is_some(), "{words} has no text");
            for argument in command.get_arguments() {
                let helped = argument.get_help().is_some() || ["help", "version"].contains(&argument.get_id().as_str());
                assert!(helped, "{words}: {} has no text", argument.get_id());
            }
            if command.has_subcommands() {
                return;
            }
            leaves += 1;
            let name = words.trim_start_matches("kenkocall ");
            let none = NO_JSON.iter().any(|exempt| name == *exempt || name.starts_with(&format!("{exempt} ")));
            let json = command.get_arguments().any(|argument| argument.get_long() == Some("json"));
            assert_eq!(json, !none, "{words} --json");
        });
        assert!(leaves > 30, "{leaves} commands were looked at");
    }

    /// clap stores values by id: arguments with the same id would overwrite each other's values.
    #[test]
    fn no_argument_of_a_subcommand_has_the_id_of_a_global_one() {
        let all = Arguments::command();
        let global: Vec<String> = all.get_arguments().filter(|arg| arg.is_global_set()).flat_map(names).collect();
        assert_eq!(global, ["settings_file", "--config", "acting_as", "--as"]);
        let mut seen = 0;
        walk("kenkocall", &all, &mut |words, command| {
            for argument in command.get_arguments().filter(|argument| !argument.is_global_set()) {
                seen += 1;
                for name in names(argument) {
                    assert!(!global.contains(&name), "{words}: {name} is a global argument's");
                }
            }
            let globals = command.get_arguments().filter(|argument| argument.is_global_set()).count();
            assert!(globals == 0 || words == "kenkocall", "{words} has a global argument of its own");
        });
        assert!(seen > 50, "{seen} arguments were looked at");
        all.debug_assert();
    }
}
