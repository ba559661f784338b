//! `kenkocall dialer`: shows the state of automated calls, and pauses and resumes them, on all nodes at once.

use std::time::Duration;

use anyhow::{Context, bail};
use clap::Subcommand;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::arguments::{Form, moment, rfc3339, shown};
use super::documents::Origin;
use super::exit::usage;
use super::output::print;
use super::serve::{network, open_services};
use super::signals::shutdown;
use crate::carrier::twilio::Urls;
use crate::config::{Carrier, Config};
use crate::domain::{ReasonText, escaped};
use crate::service::{
    Client, DialerState, PauseReason, Reconciled, ServiceError, SuspensionError, dialer_state, pause_dialling,
    reconcile_calls, resume_dialling,
};

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
            let reason = ReasonText::parse(&reason).map_err(|error| usage(format!(
                "say in 1 to 200 characters why dialling is paused, in one line; everybody at the desk reads it, so name no \
                 patient in it: {error}",
            )))?;
            let state = pause_dialling(&client.context, &client.actor, &reason, until).await?;
            let rest =
                "calls in progress continue; a slot whose calling window closes meanwhile is missed and listed\n";
            form.tell(client, &format!("{}{rest}", as_text(&state, zone)), as_json(&state, zone)).await
        }
        Dialer::Resume { anyway, form } => {
            let (state, ended) = resume_dialling(&client.context, &client.actor, anyway).await?;
            let before = if ended { "the pause has ended" } else { "nothing to change: dialling wasn't paused" };
            form.tell(client, &format!("{before}\n{}", as_text(&state, zone)), as_json(&state, zone)).await
        }
    }
}

async fn reconcile(config: &Config, client: &Client, zone: &TimeZone, wait: bool, form: Form) -> anyhow::Result<()> {
    match config.carrier {
        Some(Carrier::Twilio | Carrier::Sip) => {}
        None => bail!(
            "no carrier is set, so there is none to ask; run it with the settings of `kenkocall serve` (KENKOCALL_CARRIER=twilio and the account), or resume with `dialer resume --anyway`"
        ),
        Some(Carrier::Simulator) => bail!(
            "the settings name the simulated phone network, which only `kenkocall serve` itself could ask; run it with the settings of the carrier that placed the calls, or go on with `dialer resume --anyway`"
        ),
    }
    let flow_set = Origin::choose(config.flows.directory.as_deref()).flow_set()?;
    let digest = flow_set.digest.clone();
    let (context, _lines) =
        open_services(config, client.context.database.clone(), flow_set, client.context.clock.clone()).await?;
    let urls = Urls::new(&config.server.public_url()).context("server.public_url")?;
    let network = network(config, &urls, &context)?;
    let network = network.context(
        "twilio.caller_number isn't set, so this program has called nobody; use the settings that `kenkocall serve` runs with",
    )?;
    let lag = jiff::SignedDuration::from_secs(config.dialer.unknown_grace_seconds.into());
    let pass = async || reconcile_calls(&context, &client.actor, &digest, &network, lag).await;
    let done = if wait { passes(pass, client, zone, form).await } else { pass().await.map_err(Into::into) };
    let done = done?;
    let mut told = reconciled(&done);
    let complete = done.under_way == 0 && done.list_holds_at.is_none();
    if complete {
        told.push_str("every call is accounted for; `kenkocall dialer resume` goes on\n");
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
        bail!(
            "{} calls aren't over yet; run it again in a minute, or with --wait, with `kenkocall serve` running",
            done.under_way
        );
    }
    if let Some(at) = done.list_holds_at {
        bail!("the carrier's list may lag behind; run it again after {}, or with --wait", shown(at, zone));
    }
    Ok(())
}

/// Formats what one pass through the carrier's list found.
fn reconciled(done: &Reconciled) -> String {
    let mut told = format!(
        "calls of the last day that weren't known: {} belong to slots and are settled, {} to none that is open\n",
        done.settled, done.without_slot
    );
    if done.reports_lost > 0 {
        told.push_str(&format!(
            "calls that were known and answered, and whose report may be lost: {}; nobody is called again for them, and they are on \
             `kenkocall alerts list` as unanswered: phone these patients and ask for the report\n",
            done.reports_lost
        ));
    }
    if done.lines_lost > 0 {
        told.push_str(&format!(
            "calls to our lines that aren't known: {}; patients may have reported in them, and only the carrier's list has their \
             numbers\n",
            done.lines_lost
        ));
    }
    told
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
                    "could not read the carrier's call list to its end".to_owned()
                }
                Err(other) => return Err(other.into()),
            };
            if waits_for != shown_before && !form.json {
                print(&format!("waiting: {waits_for}\n"))?;
                shown_before = waits_for;
            }
            let left = all.list_holds_at.map(|at| at.duration_since(client.context.clock.now()));
            let left = left.and_then(|left| Duration::try_from(left).ok()).unwrap_or(ASK_EVERY);
            tokio::time::sleep(left.clamp(ASK_SOONEST, ASK_EVERY)).await;
        }
    };
    tokio::select! {
        done = passing => done,
        () = shutdown() => {
            bail!("stopped waiting; what is settled stays settled, nobody is dialled, and `dialer reconcile` can be run again")
        }
    }
}

/// Describes what isn't accounted for yet, as a sentence without its full stop.
fn waits_for(done: &Reconciled, zone: &TimeZone) -> String {
    let calls = match done.under_way {
        0 => None,
        1 => Some("1 call isn't over yet; `kenkocall serve` has to be running to hear of its end".to_owned()),
        many => Some(format!("{many} calls aren't over yet; `kenkocall serve` has to be running to hear of their end")),
    };
    let list = done.list_holds_at.map(|at| format!("the carrier's list may lag behind until {}", shown(at, zone)));
    [calls, list].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// Explains why dialling is stopped, as a sentence without its full stop.
pub(super) fn held(hold: &PauseReason, zone: &TimeZone) -> String {
    match hold {
        PauseReason::Paused(pause) => {
            let until = pause.until.map_or_else(|| "until `kenkocall dialer resume`".to_owned(), |at| until(at, zone));
            format!("dialling is paused {until}: {}", escaped(&pause.reason))
        }
        PauseReason::Lost { reconciled: false, .. } => {
            "recent data is missing from the database; dialling stopped; run `kenkocall dialer reconcile`, then `dialer resume`".to_owned()
        }
        PauseReason::Lost { reconciled: true, .. } => {
            "the database lacks its last entries; the carrier's calls are accounted for, and `kenkocall dialer resume` goes on".to_owned()
        }
        PauseReason::Maintenance(Some(end)) => format!("nothing is dialled during the maintenance, {}", until(*end, zone)),
        PauseReason::Maintenance(None) => {
            "nothing is dialled during the maintenance, until `kenkocall maintenance end`".to_owned()
        }
    }
}

fn until(at: jiff::Timestamp, zone: &TimeZone) -> String {
    format!("until {}", shown(at, zone))
}

fn as_text(state: &DialerState, zone: &TimeZone) -> String {
    let placed = || match state.told_at {
        None => "calls are placed".to_owned(),
        Some(at) => format!(
            "nobody was dialled when the alert of {} was raised: this machine's clock is wrong, or the carrier refuses our account; \
             close the alert when that is mended",
            shown(at, zone)
        ),
    };
    let waits = || match &state.waiting {
        Some(waiting) => format!(
            "a node that dials has started and dials nothing yet: {}; it goes on by itself when the list shows that no call is missing",
            waiting.reason
        ),
        None => placed(),
    };
    let first = state.hold.as_ref().map_or_else(waits, |hold| held(hold, zone));
    let mut text = format!("{first}\nslots due {}, calls under way {}\n", state.due, state.under_way);
    for (centre, at) in &state.limited {
        let at = shown(*at, zone);
        text.push_str(&format!(
            "{centre}: the day's limit is reached since {at}; nobody more of its patients is called\n"
        ));
    }
    if state.unknown > 0 {
        let unknown = state.unknown;
        text.push_str(&format!("calls of unknown outcome {unknown}: `kenkocall calls list --state unknown`\n"));
    }
    text
}

fn as_json(state: &DialerState, zone: &TimeZone) -> Value {
    let hold = state.hold.as_ref().map(|hold| match hold {
        PauseReason::Paused(pause) => {
            json!({ "why": "paused", "reason": pause.reason, "until": pause.until.map(|at| rfc3339(at, zone)) })
        }
        PauseReason::Lost { sign, reconciled } => {
            json!({ "why": "lost_entries", "reason": sign.code(), "until": null, "reconciled": reconciled })
        }
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
