//! `kenkocall dialer`: shows the state of automated calls, and pauses and resumes them, on all nodes at once.

use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::arguments::{Form, moment, rfc3339, shown};
use super::documents::Origin;
use super::exit::usage;
use super::language::{current, text};
use super::messages::ToMessage as _;
use super::output::print;
use crate::app::{configured_network, open_services, shutdown_signal};
use crate::config::{Carrier, Config};
use crate::domain::{ReasonText, escaped};
use crate::service::{
    Client, DialerState, PauseReason, Reconciled, ServiceError, SuspensionError, dialer_state, pause_dialling,
    reconcile_calls, resume_dialling,
};
use crate::translations::{Argument, Message, Separator, message};

#[derive(Debug, Subcommand)]
pub(super) enum Dialer {
    /// Show whether automated calls are placed, and what is waiting.
    Show {
        #[command(flatten)]
        form: Form,
    },
    /// Place no automated calls from now on; calls in progress continue. After restoring a backup, pause before
    /// `kenkocall serve`: the backup lacks later calls. Pausing again replaces the reason and the end.
    Pause {
        /// Why, in a few words. All staff can read it: name no patient.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// When the pause ends by itself: "2026-12-01 05:00" in health_call.time_zone, or RFC 3339. Without it, the
        /// pause lasts until `dialer resume`.
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
        #[command(flatten)]
        form: Form,
    },
    /// Place automated calls again, within windows that haven't ended.
    Resume {
        /// Resume even if the database lacks its last entries and `dialer reconcile` isn't possible. Patients may be
        /// called twice.
        #[arg(long)]
        anyway: bool,
        #[command(flatten)]
        form: Form,
    },
    /// Reconcile after a restored backup or a fail-over that lost entries: ask the carrier which calls were placed
    /// within a day, and settle their slots, so that nobody is called again for them. Then run `dialer resume`.
    Reconcile {
        /// Wait until the carrier's list is reliable and all calls are over, and show what is waited for. Ctrl-C ends
        /// the waiting; slots settled by then stay settled.
        #[arg(long)]
        wait: bool,
        #[command(flatten)]
        form: Form,
    },
}

/// How often a waiting reconciliation queries the carrier.
const ASK_EVERY: Duration = Duration::from_secs(5);
/// The shortest wait before the next query.
const ASK_SOONEST: Duration = Duration::from_millis(200);

pub(super) async fn run(config: &Config, client: &Client, zone: &TimeZone, command: Dialer) -> anyhow::Result<()> {
    match command {
        Dialer::Reconcile { wait, form } => reconcile(config, client, zone, wait, form).await,
        Dialer::Show { form } => {
            let state = dialer_state(&client.context, &client.actor).await?;
            form.tell(client, &as_text(&state, zone), as_json(&state, zone)).await
        }
        Dialer::Pause { reason, until, form } => {
            let until = until.map(|text| moment(&text, client, zone)).transpose()?;
            let reason =
                ReasonText::parse(&reason).map_err(|error| usage(text!("dialer-reason", why = error.message())))?;
            let state = pause_dialling(&client.context, &client.actor, &reason, until).await?;
            let rest = text!("dialer-paused");
            form.tell(client, &format!("{}{rest}\n", as_text(&state, zone)), as_json(&state, zone)).await
        }
        Dialer::Resume { anyway, form } => {
            let (state, ended) = resume_dialling(&client.context, &client.actor, anyway).await?;
            let before = if ended { text!("dialer-resumed") } else { text!("dialer-not-paused") };
            form.tell(client, &format!("{before}\n{}", as_text(&state, zone)), as_json(&state, zone)).await
        }
    }
}

async fn reconcile(config: &Config, client: &Client, zone: &TimeZone, wait: bool, form: Form) -> anyhow::Result<()> {
    match config.carrier {
        Some(Carrier::Twilio | Carrier::Sip) => {}
        None => bail!(text!("dialer-no-carrier")),
        Some(Carrier::Simulator) => bail!(text!("dialer-simulated-carrier")),
    }
    let flow_set = Origin::choose(config.flows.directory.as_deref()).flow_set()?;
    let digest = flow_set.digest.clone();
    let (context, _lines) =
        open_services(config, client.context.database.clone(), flow_set, client.context.clock.clone()).await?;
    let network = configured_network(config, &context)?.with_context(|| text!("dialer-no-caller-number"))?;
    let lag = jiff::SignedDuration::from_secs(config.dialer.unknown_grace_seconds.into());
    let pass = async || reconcile_calls(&context, &client.actor, &digest, network.carriers.default(), lag).await;
    let done = if wait { passes(pass, client, zone, form).await } else { pass().await.map_err(Into::into) };
    let done = done?;
    let mut told = reconciled(&done);
    let complete = done.under_way == 0 && done.list_holds_at.is_none();
    if complete {
        told.push_str(&format!("{}\n", text!("reconciled-all")));
    }
    let value = json!({
        "settled": done.settled,
        "without_slot": done.without_slot,
        "reports_lost": done.reports_lost,
        "line_calls_lost": done.lines_lost,
        "under_way": done.under_way,
        "list_holds_at": done.list_holds_at.map(|at| rfc3339(at, zone)),
        "complete": complete,
    });
    form.say(&told, value)?;
    if done.under_way > 0 {
        bail!(text!("reconcile-under-way", count = done.under_way));
    }
    if let Some(at) = done.list_holds_at {
        bail!(text!("reconcile-list-lags", at = shown(at, zone)));
    }
    Ok(())
}

/// Formats what one pass through the carrier's list found.
fn reconciled(done: &Reconciled) -> String {
    let mut lines = vec![text!("reconciled", settled = done.settled, others = done.without_slot)];
    if done.reports_lost > 0 {
        lines.push(text!("reconciled-reports-lost", count = done.reports_lost));
    }
    if done.lines_lost > 0 {
        lines.push(text!("reconciled-lines-lost", count = done.lines_lost));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Repeats passes through the carrier's list until every call is accounted for, or the command is interrupted.
async fn passes(
    pass: impl AsyncFn() -> Result<Reconciled, ServiceError>,
    client: &Client,
    zone: &TimeZone,
    form: Form,
) -> anyhow::Result<Reconciled> {
    let passing = async {
        let mut all = Reconciled::default();
        let mut shown_before = String::new();
        loop {
            let waits_for = match pass().await {
                Ok(done) => {
                    all = Reconciled {
                        settled: all.settled + done.settled,
                        without_slot: all.without_slot + done.without_slot,
                        reports_lost: all.reports_lost + done.reports_lost,
                        ..done
                    };
                    if all.is_complete() {
                        return Ok(all);
                    }
                    waits_for(&all, zone)
                }
                Err(ServiceError::Suspension(SuspensionError::CallListUnavailable)) => {
                    text!("waiting-call-list")
                }
                Err(other) => return Err(other.into()),
            };
            if waits_for != shown_before && !form.json {
                print(&format!("{}\n", text!("waiting", what = waits_for.clone())))?;
                shown_before = waits_for;
            }
            let left = all.list_holds_at.map(|at| at.duration_since(client.context.clock.now()));
            let left = left.and_then(|left| Duration::try_from(left).ok()).unwrap_or(ASK_EVERY);
            tokio::time::sleep(left.clamp(ASK_SOONEST, ASK_EVERY)).await;
        }
    };
    tokio::select! {
        done = passing => done,
        () = shutdown_signal() => {
            bail!(text!("waiting-stopped"))
        }
    }
}

/// Describes what isn't accounted for yet, as a sentence without its full stop.
fn waits_for(done: &Reconciled, zone: &TimeZone) -> String {
    let calls = (done.under_way > 0).then(|| message!("waiting-calls", count = done.under_way));
    let list = done.list_holds_at.map(|at| message!("waiting-list-lags", at = shown(at, zone)));
    let both = [calls, list].into_iter().flatten().collect();
    text!("joined", sentences = Argument::Joined(Separator::Sentences, both))
}

/// Explains why dialling is stopped, as a sentence without its full stop.
pub(super) fn held(hold: &PauseReason, zone: &TimeZone) -> Message {
    match hold {
        PauseReason::Paused(pause) => {
            let reason = escaped(&pause.reason).into_owned();
            match pause.until {
                Some(at) => message!("held-paused-until", until = shown(at, zone), reason = reason),
                None => message!("held-paused", reason = reason),
            }
        }
        PauseReason::Lost { reconciled: false, .. } => message!("held-lost"),
        PauseReason::Lost { reconciled: true, .. } => message!("held-lost-reconciled"),
        PauseReason::Maintenance(Some(end)) => message!("held-maintenance-until", until = shown(*end, zone)),
        PauseReason::Maintenance(None) => message!("held-maintenance"),
        PauseReason::Centre => message!("held-centre"),
    }
}

fn as_text(state: &DialerState, zone: &TimeZone) -> String {
    let first = match (&state.hold, &state.waiting, state.told_at) {
        (Some(hold), ..) => held(hold, zone).text(current()),
        (None, Some(waiting), _) => text!("dialer-waiting", reason = waiting.reason.to_string()),
        (None, None, Some(at)) => text!("dialer-nobody-dialled", at = shown(at, zone)),
        (None, None, None) => text!("dialer-placing"),
    };
    let mut lines = vec![first, text!("dialer-counts", due = state.due, under_way = state.under_way)];
    for (centre, at) in &state.limited {
        lines.push(text!("dialer-limited", centre = centre.as_str(), at = shown(*at, zone)));
    }
    if state.unknown > 0 {
        lines.push(text!("dialer-unknown", count = state.unknown));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn as_json(state: &DialerState, zone: &TimeZone) -> Value {
    let hold = state.hold.as_ref().map(|hold| match hold {
        PauseReason::Paused(pause) => {
            json!({ "why": "paused", "reason": pause.reason, "until": pause.until.map(|at| rfc3339(at, zone)) })
        }
        PauseReason::Lost { sign, reconciled } => {
            json!({ "why": "lost_entries", "reason": sign.code(), "until": null, "reconciled": reconciled })
        }
        PauseReason::Centre => json!({ "why": "centre", "reason": null, "until": null }),
        PauseReason::Maintenance(until) => {
            json!({ "why": "maintenance", "reason": null, "until": until.map(|at| rfc3339(at, zone)) })
        }
    });
    let limited: Vec<Value> = (state.limited.iter())
        .map(|(centre, at)| json!({ "centre": centre.as_str(), "since": rfc3339(*at, zone) }))
        .collect();
    json!({
        "hold": hold, "due": state.due, "under_way": state.under_way, "unknown": state.unknown, "limited": limited,
        "waiting": state.waiting.as_ref().map(|waiting| json!({
            "reason": waiting.reason, "until": rfc3339(waiting.until, zone),
        })),
        "told_at": state.told_at.map(|at| rfc3339(at, zone)),
    })
}
