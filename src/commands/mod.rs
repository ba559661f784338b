//! The command line. A command that fails exits non-zero with a sentence that says what is wrong and what to do.

mod alerts;
#[cfg(test)]
pub(crate) mod argument_checks;
pub(crate) mod arguments;
mod audit;
mod audit_list;
mod backup;
pub(crate) mod calls;
mod centres;
pub(crate) mod days;
mod dialer;
pub(crate) mod documents;
pub(crate) mod exit;
mod flows;
pub(crate) mod help;
pub(crate) mod language;
mod logging;
mod maintenance;
mod manual;
pub mod messages;
mod operator;
mod outbox;
pub(crate) mod output;
mod patients;
mod private_files;
pub(crate) mod refusal;
mod reports;
mod rota;
mod serve;
mod settings;
mod sip;
mod staff;
pub(crate) mod terminal;
mod usage_error;
mod voices;

use std::convert::Infallible;
use std::fmt::Debug;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use serde_json::json;

use crate::app::{Missing, client, close, migrate};
use crate::config::{self, Config};
use crate::domain::{Language, StaffName};

use self::arguments::Form;
use self::exit::Exit;
use self::language::text;
use self::messages::ToMessage as _;
use self::output::complain;

/// Kenko Call (健康コール): follow-up calls of patients, and a health-call line that answers 24 hours a day.
#[derive(Debug, Parser)]
#[command(version, about, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Arguments<Extra: ExtraCommands> {
    /// The settings file (TOML). Each setting is also read from the environment as KENKOCALL_SECTION__KEY.
    #[arg(id = "settings_file", long = "config", global = true, value_name = "FILE")]
    settings_file: Option<PathBuf>,
    /// Who you are, for the audit trail. Default: the name of the system's user.
    // The id must differ from the ids of all subcommands' arguments: clap would give a global argument's value to an
    // argument with the same id.
    #[arg(id = "acting_as", long = "as", global = true, value_name = "NAME")]
    acting_as: Option<String>,
    /// The language of what people read: ja or en. Default: that of the locale (LC_ALL, LC_MESSAGES, LANG), or English.
    // The value is read before the arguments are parsed: their errors and help have a language, too.
    #[arg(id = "spoken_language", long = "lang", global = true, value_name = "LANGUAGE")]
    _spoken_language: Option<String>,
    #[command(subcommand)]
    command: Command<Extra>,
}

#[derive(Debug, Subcommand)]
enum Command<Extra: ExtraCommands> {
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
    /// Import, add, change, stop, release, erase, list and show patients.
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
    /// Enter and export reports.
    Reports {
        #[command(subcommand)]
        command: reports::Reports,
    },
    /// List, take and close alerts.
    Alerts {
        #[command(subcommand)]
        command: alerts::Alerts,
    },
    /// Invite, list, unlock and deactivate the accounts of staff for the console.
    Staff {
        #[command(subcommand)]
        command: staff::Staff,
    },
    /// Show and set whom a health centre rings about red alerts that nobody has taken.
    Rota {
        #[command(subcommand)]
        command: rota::RotaCommand,
    },
    /// Start, end and show a maintenance of the line.
    Maintenance {
        #[command(subcommand)]
        command: maintenance::Maintenance,
    },
    /// List the jobs that wait, such as short messages; retry and discard those that were given up.
    Outbox {
        #[command(subcommand)]
        command: outbox::Outbox,
    },
    /// Show and verify the audit trail, and write checkpoints of it to a file that is kept elsewhere.
    Audit {
        #[command(subcommand)]
        command: audit::Audit,
    },
    #[command(flatten)]
    Extra(Extra),
    /// Check, export, draw, time, play and test the flow documents.
    Flows {
        #[command(subcommand)]
        command: flows::Flows,
    },
    /// List, play, replace and look for the recordings that a SIP line plays.
    Voices {
        #[command(subcommand)]
        command: voices::Voices,
    },
    /// Explain what is wrong with our own telephone line.
    Sip {
        #[command(subcommand)]
        command: sip::Sip,
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

/// Commands of this program that aren't part of the product, such as those of the laboratory.
pub trait ExtraCommands: Subcommand + Debug {
    /// Runs the command to completion.
    ///
    /// # Errors
    /// What the command says.
    fn run(self, config: &Config) -> impl Future<Output = anyhow::Result<()>>;
}

/// No further commands: the product alone.
impl ExtraCommands for Infallible {
    async fn run(self, _: &Config) -> anyhow::Result<()> {
        match self {}
    }
}

/// Runs the command that the process's arguments name: one of the product, or one of `Extra`.
pub fn run<Extra: ExtraCommands>() -> ExitCode {
    private_files::keep_new_files_private();
    #[allow(clippy::disallowed_methods, reason = "the edge of the process")]
    language::choose(language::chosen(std::env::args_os(), language::VARIABLES.map(std::env::var_os)));
    let arguments = match parsed::<Extra>() {
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

/// Parses the arguments of the process.
fn parsed<Extra: ExtraCommands>() -> Result<Arguments<Extra>, clap::Error> {
    let mut command = help::in_language(Arguments::<Extra>::command(), language::current());
    #[allow(clippy::disallowed_methods, reason = "the edge of the process")]
    let mut matches = command.try_get_matches_from_mut(std::env::args_os())?;
    Arguments::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))
}

/// Writes help, the version, or what is wrong with the arguments.
fn of_clap(error: &clap::Error) -> Exit {
    let written = match usage_error::told(error, language::current()) {
        Some(text) => {
            complain(text.trim_end());
            Ok(())
        }
        None => error.print().and_then(|()| std::io::stdout().flush()),
    };
    match written {
        Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => {
            complain(&format!("kenkocall: {}", text!("output-failed", why = why.to_string())));
            Exit::Failed
        }
        _ if error.use_stderr() => Exit::Usage,
        _ => Exit::Done,
    }
}

fn dispatch<Extra: ExtraCommands>(arguments: Arguments<Extra>) -> anyhow::Result<Exit> {
    #[allow(clippy::disallowed_methods, reason = "the edge of the process")]
    let surveyed = || config::survey(arguments.settings_file.as_deref(), std::env::vars_os());
    match arguments.command {
        Command::Flows { command } => return flows::run(command, || Ok(surveyed().usable()?.flows.directory)),
        Command::Voices { command } => return voices::run(command, &surveyed().usable()?),
        Command::Sip { command } => {
            let config = surveyed().usable()?;
            let runtime = runtime()?;
            return runtime.block_on(sip::run(command, &config));
        }
        Command::Completions { shell } => return manual::completions::<Extra>(shell).map(|()| Exit::Done),
        Command::Man { folder } => return manual::write::<Extra>(&folder).map(|()| Exit::Done),
        _ => {}
    }
    let survey = surveyed();
    let command = match arguments.command {
        Command::Config { command } => return started(settings::run(survey, command)),
        other => other,
    };
    let warnings = private_files::warnings_of(&survey);
    let config = survey.usable()?;
    let name = operator::acting_as(arguments.acting_as)?;
    started(async {
        match command {
            Command::Serve => {
                logging::start(&config)?;
                warnings.iter().for_each(|warning| tracing::warn!("{}", warning.text(Language::English)));
                serve::serve(config).await
            }
            Command::Extra(command) => command.run(&config).await,
            other => {
                warnings.into_iter().for_each(|warning| complain(&text!("warning-said", what = warning)));
                match other {
                    Command::Migrate { form } => {
                        migrate(&config).await?;
                        form.say(&format!("{}\n", text!("up-to-date")), json!({ "result": "up_to_date" }))
                    }
                    Command::Backup(backup) => backup::back_up(&config, name, backup).await,
                    Command::Restore(restore) => backup::restore(&config, name, restore).await,
                    other => with_database(&config, name, other).await,
                }
            }
        }
    })
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime can't start")
}

/// Runs a command to completion.
fn started(command: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<Exit> {
    runtime()?.block_on(command).map(|()| Exit::Done)
}

/// Runs the commands that work on the database.
async fn with_database<Extra: ExtraCommands>(
    config: &Config,
    name: StaffName,
    command: Command<Extra>,
) -> anyhow::Result<()> {
    let zone = arguments::line_zone(config)?;
    let missing = match &command {
        Command::Centres { command: centres::Centres::Add { .. } } => Missing::IsCreated,
        _ => Missing::IsRefused,
    };
    let client = client(config, operator::operator(config, name), missing).await?;
    let done = match command {
        Command::Centres { command } => centres::run(&client, command).await,
        Command::Patients { command } => patients::run(&client, &zone, command).await,
        Command::Calls { command } => calls::run(&client, &zone, command).await,
        Command::Dialer { command } => dialer::run(config, &client, &zone, command).await,
        Command::Days { command } => days::run(&client, &zone, command).await,
        Command::Reports { command } => reports::run(config, &client, &zone, command).await,
        Command::Alerts { command } => alerts::run(&client, &zone, command).await,
        Command::Staff { command } => staff::run(config, &client, &zone, command).await,
        Command::Rota { command } => rota::run(&client, command).await,
        Command::Maintenance { command } => maintenance::run(&client, &zone, command).await,
        Command::Outbox { command } => outbox::run(&client, &zone, command).await,
        Command::Audit { command } => audit::run(config, &client, &zone, command).await,
        Command::Serve
        | Command::Extra(_)
        | Command::Migrate { .. }
        | Command::Config { .. }
        | Command::Backup(_)
        | Command::Restore(_)
        | Command::Flows { .. }
        | Command::Voices { .. }
        | Command::Sip { .. }
        | Command::Completions { .. }
        | Command::Man { .. } => Ok(()),
    };
    if let Err(error) = close(&client).await {
        complain(&format!("kenkocall: {}", text!("not-sealed", why = error.message())));
    }
    done
}

/// Returns `true` if terminals may receive escape codes, for colours and overwritten lines. `NO_COLOR` and a terminal
/// without support (`TERM=dumb`) disable them.
#[allow(clippy::disallowed_methods, reason = "the edge of the process")]
pub(crate) fn escapes() -> bool {
    let unset = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    unset && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::{Arguments, Infallible, argument_checks, help};

    #[test]
    fn the_commands_of_the_product_have_sound_arguments() {
        argument_checks::check(&Arguments::<Infallible>::command());
    }

    #[test]
    fn each_command_and_option_has_a_text_in_each_language() {
        help::check(&Arguments::<Infallible>::command());
    }
}
