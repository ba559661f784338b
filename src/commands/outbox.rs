//! `kenkocall outbox`: jobs that wait or were given up.

use clap::Subcommand;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::arguments::{Form, rfc3339, say, say_json, shown, table};
use super::exit::usage;
use crate::domain::{JobFailure, JobId};
use crate::service::{Client, JobFilter, JobState, ShownJob, discard_job, list_jobs, retry_jobs};

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
                return say(client, if failed { "no job was given up\n" } else { "no open jobs\n" }).await;
            }
            let mut lines = vec![["job", "kind", "failed runs", "state"].map(str::to_owned).to_vec()];
            lines.extend(jobs.iter().map(|job| {
                vec![job.id.to_string(), job.kind.clone(), job.runs.to_string(), sentence(job.state, zone)]
            }));
            say(client, &table(&lines)).await
        }
        Outbox::Retry { job, all: _, form } => {
            let job = job.map(|job| job_id(&job)).transpose()?;
            let retried = retry_jobs(&client.context, &client.actor, job).await?;
            let text = match retried.len() {
                0 => "nothing to change: no job was given up\n".to_owned(),
                1 => "1 job runs again\n".to_owned(),
                many => format!("{many} jobs run again\n"),
            };
            let ids: Vec<String> = retried.iter().map(JobId::to_string).collect();
            form.tell(client, &text, json!({ "retried": ids })).await
        }
        Outbox::Discard { job, form } => {
            let job = job_id(&job)?;
            discard_job(&client.context, &client.actor, job).await?;
            form.tell(client, "the job is dropped\n", json!({ "discarded": job.to_string() })).await
        }
    }
}

fn job_id(text: &str) -> anyhow::Result<JobId> {
    text.trim().parse().map_err(|_| {
        usage("a job's id looks like 0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04; `kenkocall outbox list` shows them")
    })
}

fn sentence(state: JobState, zone: &TimeZone) -> String {
    match state {
        JobState::Due(at) => format!("due at {}", shown(at, zone)),
        JobState::Claimed(until) => format!("running; claimed until {}", shown(until, zone)),
        JobState::KindUnknown => "waits for a newer version of this program, which knows its kind".to_owned(),
        JobState::Failed { at, why } => format!("given up at {}: {}", shown(at, zone), cause(why)),
    }
}

const fn cause(why: Option<JobFailure>) -> &'static str {
    match why {
        Some(JobFailure::Unreadable) => "its content can't be read",
        Some(JobFailure::Interrupted) => "the program ended, or couldn't store the result, each time it ran",
        Some(JobFailure::Database) => "the database failed each time; the log says how",
        Some(JobFailure::Panicked) => "a fault of the program; the log has it",
        Some(JobFailure::TimedOut) => "it took too long each time",
        None => "for a reason that only a newer version of this program knows",
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
