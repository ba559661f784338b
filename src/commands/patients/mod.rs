//! `kenkocall patients`: imports lists, and adds, changes, stops, releases, erases and shows single patients.

mod erase;
mod import;
mod list;
mod show;
mod transfer;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::tz::TimeZone;

use super::arguments::{Form, Reveal, centre_code, found, hersys_id, say_json};
use super::exit::usage;
use super::language::{self, text};
use super::messages::ToMessage as _;
use super::output::complain;
use crate::domain::{HersysId, Revision};
use crate::service::{
    Changed, Client, Column, Finding, ImportMode, PatientError, Place, ServiceError, add_patient, change_patient,
    disclose_person, release_patient, show_patient, stop_patient,
};

#[derive(Debug, Subcommand)]
pub(super) enum Patients {
    /// Import a patient list, CSV or an Excel workbook. Either the whole list is imported or nothing.
    Import {
        /// The list.
        file: PathBuf,
        /// The health centre that is responsible for these patients.
        #[arg(long, value_name = "CODE")]
        centre: String,
        /// The sheet of an Excel workbook. It is required if several visible sheets contain a list. Hidden sheets are
        /// never read.
        #[arg(long, value_name = "NAME")]
        sheet: Option<String>,
        /// Show what would change, and write nothing.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        form: Form,
    },
    /// Add one patient.
    Add {
        /// The health centre that is responsible for the patient.
        #[arg(long, value_name = "CODE")]
        centre: String,
        /// 6 to 8 digits.
        #[arg(long)]
        hersys_id: String,
        /// 1980-04-01, 1980/4/1 or 昭和55年4月1日.
        #[arg(long)]
        birth_date: String,
        /// 姓
        #[arg(long)]
        family_name: String,
        /// 名
        #[arg(long)]
        given_name: String,
        #[command(flatten)]
        more: More,
        #[command(flatten)]
        form: Form,
    },
    /// Change a patient. What isn't given stays, and an empty value erases. It takes effect for the next call.
    Set {
        /// The patient's HER-SYS ID.
        hersys_id: String,
        /// 1980-04-01, 1980/4/1 or 昭和55年4月1日.
        #[arg(long)]
        birth_date: Option<String>,
        /// 姓
        #[arg(long)]
        family_name: Option<String>,
        /// 名
        #[arg(long)]
        given_name: Option<String>,
        /// Change nothing if the record has changed since this revision, which `patients show` prints.
        #[arg(long, value_name = "NUMBER")]
        revision: Option<Revision>,
        #[command(flatten)]
        more: More,
        #[command(flatten)]
        form: Form,
    },
    /// Stop automated calls from now on; the patient can still report. `set --automated-call yes` ends the stop.
    Stop {
        /// The patient's HER-SYS ID.
        hersys_id: String,
        #[command(flatten)]
        form: Form,
    },
    /// End the observation: no more automated calls from now on, and no more reports.
    Release {
        /// The patient's HER-SYS ID.
        hersys_id: String,
        #[command(flatten)]
        form: Form,
    },
    /// Erase a patient who was released two days ago or more, with all reports and answers. This can't be undone.
    Erase {
        /// The patient's HER-SYS ID.
        hersys_id: String,
        #[command(flatten)]
        form: Form,
    },
    /// Print everything that is stored about a patient, as JSON, for the patient. This is recorded.
    Disclose {
        /// The patient's HER-SYS ID.
        hersys_id: String,
    },
    /// Offer a patient to another health centre, which accepts or declines. Until then, the present one goes on
    /// calling.
    Transfer(transfer::Transfer),
    /// Accept a patient whom another health centre offers. From then on the receiving one calls.
    Accept(transfer::Accept),
    /// Decline a patient whom another health centre offers.
    Decline(transfer::Decline),
    /// Withdraw an offer of a patient that hasn't been accepted.
    Withdraw {
        /// The patient's HER-SYS ID.
        hersys_id: String,
        #[command(flatten)]
        form: Form,
    },
    /// List patients that match a search. The search is recorded, and also for each patient listed.
    List(list::List),
    /// Show a patient with today's slots and the latest reports and calls. The access is recorded.
    Show {
        /// The patient's HER-SYS ID.
        hersys_id: String,
        #[command(flatten)]
        reveal: Reveal,
        #[command(flatten)]
        form: Form,
    },
}

/// Optional values.
#[derive(Debug, Args)]
pub(super) struct More {
    /// The number for automated calls.
    #[arg(long)]
    phone_number: Option<String>,
    /// yes or no.
    #[arg(long, value_name = "YES|NO")]
    automated_call: Option<String>,
    /// Up to four times within the centre's calling hours: "09:00;18:00".
    #[arg(long, value_name = "HH:MM;HH:MM")]
    call_times: Option<String>,
    /// ja, en, zh-Hans, zh-Hant, ko, es or pt.
    #[arg(long)]
    language: Option<String>,
    /// 診断年月日
    #[arg(long)]
    diagnosis_date: Option<String>,
    /// 観察開始日
    #[arg(long)]
    monitoring_start: Option<String>,
    /// Whether the patient has an oximeter: yes, no or unknown. With no, SpO2 is asked once a week only.
    #[arg(long, value_name = "YES|NO|UNKNOWN")]
    oximeter: Option<String>,
}

impl More {
    fn values(&self) -> Vec<(Column, &str)> {
        let given = [
            (Column::PhoneNumber, &self.phone_number),
            (Column::AutomatedCall, &self.automated_call),
            (Column::CallTimes, &self.call_times),
            (Column::Language, &self.language),
            (Column::DiagnosisDate, &self.diagnosis_date),
            (Column::MonitoringStart, &self.monitoring_start),
            (Column::Oximeter, &self.oximeter),
        ];
        given.into_iter().filter_map(|(column, value)| value.as_deref().map(|value| (column, value))).collect()
    }
}

pub(super) async fn run(client: &Client, zone: &TimeZone, command: Patients) -> anyhow::Result<()> {
    match command {
        Patients::Import { file, centre, sheet, dry_run, form } => {
            let mode = if dry_run { ImportMode::DryRun } else { ImportMode::Write };
            import::run(client, &file, &centre, sheet.as_deref(), mode, form).await
        }
        Patients::Add { centre, hersys_id: id, birth_date, family_name, given_name, more, form } => {
            let id = hersys_id(&id)?;
            let mut values = vec![
                (Column::HersysId, id.expose()),
                (Column::BirthDate, &*birth_date),
                (Column::FamilyName, &*family_name),
                (Column::GivenName, &*given_name),
            ];
            values.extend(more.values());
            done(
                client,
                add_patient(&client.context, &client.actor, &centre_code(&centre)?, &values).await,
                Word::Added,
                form,
            )
            .await
        }
        Patients::Set { hersys_id: id, birth_date, family_name, given_name, revision, more, form } => {
            let names = [
                (Column::BirthDate, birth_date.as_deref()),
                (Column::FamilyName, family_name.as_deref()),
                (Column::GivenName, given_name.as_deref()),
            ];
            let mut values: Vec<(Column, &str)> =
                names.into_iter().filter_map(|(column, value)| Some((column, value?))).collect();
            values.extend(more.values());
            if values.is_empty() {
                return Err(usage(text!("patients-nothing-given")));
            }
            done(
                client,
                change_patient(&client.context, &client.actor, &hersys_id(&id)?, revision, &values).await,
                Word::Changed,
                form,
            )
            .await
        }
        Patients::Stop { hersys_id: id, form } => {
            done(client, stop_patient(&client.context, &client.actor, &hersys_id(&id)?).await, Word::Stopped, form)
                .await
        }
        Patients::Release { hersys_id: id, form } => {
            done(client, release_patient(&client.context, &client.actor, &hersys_id(&id)?).await, Word::Released, form)
                .await
        }
        Patients::Erase { hersys_id: id, form } => erase::run(client, &hersys_id(&id)?, form).await,
        Patients::Disclose { hersys_id: id } => {
            let disclosed = disclose_person(&client.context, &client.actor, &hersys_id(&id)?).await?;
            say_json(client, disclosed.file).await
        }
        Patients::Transfer(command) => transfer::offer(client, command).await,
        Patients::Accept(command) => transfer::accept(client, command).await,
        Patients::Decline(command) => transfer::decline(client, command).await,
        Patients::Withdraw { hersys_id: id, form } => transfer::withdraw(client, &id, form).await,
        Patients::List(list) => list::run(client, zone, list).await,
        Patients::Show { hersys_id: id, reveal, form } => {
            let id: HersysId = hersys_id(&id)?;
            let shown = found(show_patient(&client.context, &client.actor, &id, reveal.details()).await?);
            show::run(client, &shown, reveal.reveal, form).await
        }
    }
}

/// Reports the result of a change.
async fn done(client: &Client, outcome: Result<Changed, ServiceError>, word: Word, form: Form) -> anyhow::Result<()> {
    let changed = match outcome {
        Ok(changed) => changed,
        Err(ServiceError::Patient(PatientError::InvalidValues(findings))) => {
            let lines: Vec<String> = findings.iter().map(of_option).collect();
            return Err(usage(format!("{}\n{}", text!("patients-nothing-changed"), lines.join("\n"))));
        }
        Err(other) => return Err(other.into()),
    };
    if let Some(doubt) = changed.doubt {
        complain(&text!("patients-doubt", doubt = doubt.message()));
    }
    let id = changed.patient.hersys_id.expose();
    let result = if changed.changed { word.text(id) } else { text!("patients-same", id = id) };
    let text = format!("{result}\n{}\n", show::calling(&changed));
    form.tell(client, &text, show::changed_json(&changed, word.code())).await
}

/// What a command did to a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Added,
    Changed,
    Stopped,
    Released,
}

impl Word {
    /// The result in `--json`.
    const fn code(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Stopped => "stopped",
            Self::Released => "released",
        }
    }

    fn text(self, id: &str) -> String {
        match self {
            Self::Added => text!("patients-added", id = id),
            Self::Changed => text!("patients-changed", id = id),
            Self::Stopped => text!("patients-stopped", id = id),
            Self::Released => text!("patients-released", id = id),
        }
    }
}

/// Formats a finding with the option that it is about.
fn of_option(finding: &Finding) -> String {
    let fault = finding.fault.message().text(language::current());
    match finding.place {
        Place::Cell { column: Some(column), .. } => {
            format!("  --{}: {fault}", column.code().replace('_', "-"))
        }
        Place::Cell { column: None, .. } | Place::Row(_) | Place::File => format!("  {fault}"),
    }
}
