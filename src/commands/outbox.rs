//! `kenkocall outbox`: jobs that wait or were given up.

use clap::Subcommand;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::arguments::{Form, rfc3339, say, say_json, shown, table};
use super::exit::usage;
use super::language::text;
use crate::domain::{JobFailure, JobId};
use crate::service::{Client, JobFilter, JobState, ShownJob, discard_job, list_jobs, retry_jobs};
use crate::translations::{Message, message};

#[derive(Debug, Subcommand)]
pub(super) enum Outbox {
    /// List the jobs that aren't done: first those that were given up. Jobs name no patient.
    List {
        /// Only jobs that were given up.
        #[arg(long)]
        failed: bool,
        #[command(flatten)]
        form: Form,
    },
    /// Run a job again that was given up, or all of them, once the cause is corrected.
    Retry {
        /// The job as `outbox list` shows it.
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        job: Option<String>,
        /// All jobs that were given up.
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        form: Form,
    },
    /// Drop a job that was given up: it never runs.
    Discard {
        /// The job as `outbox list` shows it.
        job: String,
        #[command(flatten)]
        form: Form,
    },
}

pub(super) async fn run(client: &Client, zone: &TimeZone, command: Outbox) -> anyhow::Result<()> {
    match command {
        Outbox::List { failed, form } => {
            let filter = if failed { JobFilter::Failed } else { JobFilter::Open };
            let jobs = list_jobs(&client.context, &client.actor, filter).await?;
            if form.json {
                return say_json(client, jobs.iter().map(|job| as_json(job, zone)).collect()).await;
            }
            if jobs.is_empty() {
                let none = if failed { text!("outbox-none-failed") } else { text!("outbox-none") };
                return say(client, &format!("{none}\n")).await;
            }
            let mut lines =
                vec![vec![text!("head-job"), text!("head-kind"), text!("head-failed-runs"), text!("head-state")]];
            lines.extend(jobs.iter().map(|job| {
                vec![job.id.to_string(), job.kind.clone(), job.runs.to_string(), sentence(job.state, zone)]
            }));
            say(client, &table(&lines)).await
        }
        Outbox::Retry { job, all: _, form } => {
            let job = job.map(|job| job_id(&job)).transpose()?;
            let retried = retry_jobs(&client.context, &client.actor, job).await?;
            let text = match retried.len() {
                0 => text!("outbox-same"),
                count => text!("outbox-retried", count = count),
            };
            let ids: Vec<String> = retried.iter().map(JobId::to_string).collect();
            form.tell(client, &format!("{text}\n"), json!({ "retried": ids })).await
        }
        Outbox::Discard { job, form } => {
            let job = job_id(&job)?;
            discard_job(&client.context, &client.actor, job).await?;
            let text = format!("{}\n", text!("outbox-discarded"));
            form.tell(client, &text, json!({ "discarded": job.to_string() })).await
        }
    }
}

fn job_id(text: &str) -> anyhow::Result<JobId> {
    text.trim().parse().map_err(|_| usage(text!("outbox-id")))
}

fn sentence(state: JobState, zone: &TimeZone) -> String {
    match state {
        JobState::Due(at) => text!("job-due", at = shown(at, zone)),
        JobState::Claimed(until) => text!("job-claimed", until = shown(until, zone)),
        JobState::KindUnknown => text!("job-kind-unknown"),
        JobState::Failed { at, why } => text!("job-failed", at = shown(at, zone), why = cause(why)),
    }
}

fn cause(why: Option<JobFailure>) -> Message {
    match why {
        Some(JobFailure::Unreadable) => message!("job-unreadable"),
        Some(JobFailure::Interrupted) => message!("job-interrupted"),
        Some(JobFailure::Database) => message!("job-database"),
        Some(JobFailure::Panicked) => message!("job-panicked"),
        Some(JobFailure::TimedOut) => message!("job-timed-out"),
        Some(JobFailure::NoCarrier) => message!("job-no-carrier"),
        Some(JobFailure::MailServer) => message!("job-mail-server"),
        None => message!("job-unknown-failure"),
    }
}

fn as_json(job: &ShownJob, zone: &TimeZone) -> Value {
    let (state, at, why) = match job.state {
        JobState::Due(at) => ("due", Some(at), None),
        JobState::Claimed(until) => ("claimed", Some(until), None),
        JobState::KindUnknown => ("kind_unknown", None, None),
        JobState::Failed { at, why } => ("failed", Some(at), why),
    };
    json!({
        "id": job.id.to_string(),
        "kind": job.kind,
        "failed_runs": job.runs,
        "state": state,
        "at": at.map(|at| rfc3339(at, zone)),
        "failure": why.map(JobFailure::code),
    })
}
