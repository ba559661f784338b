//! `kenkocall demo --phone`: the health-call line at the terminal. Only the phone network is simulated.

use std::io::IsTerminal;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::sync::oneshot;

use crate::app::{Ports, Server, simulated_network};
use crate::carrier::simulator;
use crate::commands::arguments::found;
use crate::commands::calls::transcript::kept;
use crate::commands::documents::Origin;
use crate::commands::language::text;
use crate::commands::output::outln;
use crate::commands::terminal;
use crate::config::Config;
use crate::domain::{Actor, CallId, Disposition, Line, PhoneNumber};
use crate::lab::{FIRST_MADE_UP_ID, MADE_UP_BIRTH_DATE, add_synthetic};
use crate::service::{
    AlertQuery, Begin, CarrierEvent, Client, ConversationService, Details, Outcome, list_alerts, show_call,
};

/// The maximum number of calls in one demonstration.
const MAX_CALLS: u32 = 1_000;
/// The maximum number of alerts shown after a call.
const MOST_ALERTS: u32 = 1_000;
/// The keys pressed without a terminal: one whole report with one red answer.
const UNATTENDED: &str = "1\n1000001#\n19800401\n385\n1\n096\n1\n1\n2\n2\n2\n2\n2\n2\n2\n2\n2\n";

pub(super) async fn demonstrate(
    folder: &std::path::Path,
    patients: u32,
    seed: u64,
    named: &Config,
) -> anyhow::Result<()> {
    let mut config = super::settings(folder);
    let listener = super::listen(named).await?;
    let address = listener.local_addr().context("the listening address can't be read")?;
    config.server.listen = address;
    config.server.operations_listen = Some(address);
    if address.ip().is_loopback() {
        // An IP address can't have passkeys.
        config.server.public_url = Some(format!("http://localhost:{}", address.port()));
    }
    config.email.spool_folder = Some(folder.join("mail"));
    let people = simulator::Settings { seed, ..simulator::Settings::default() };
    let server = Server::open(&config, Origin::choose(None).flow_set()?, |_, context| {
        Ok(Some(simulated_network(people, context)))
    })
    .await?;
    let conversations = server.conversations();
    let context = server.context().clone();
    let client = Client { context: context.clone(), actor: Actor::System };
    add_synthetic(&context.database, &context.clock, patients).await?;

    outln!("健康コール — the health-call line, played at this terminal.\n");
    outln!("  database   {} (fresh, removed at the end)", config.database.url);
    outln!("  probes     http://{address}/healthz  http://{address}/metrics");
    outln!(
        "  patients   見本 花子 {}, made up:",
        if patients == 1 { "alone".to_owned() } else { format!("and {} others", patients - 1) }
    );
    outln!("             HER-SYS ID {FIRST_MADE_UP_ID} to {}", FIRST_MADE_UP_ID + patients - 1);
    outln!("             birth date {MADE_UP_BIRTH_DATE}, of all of them");
    super::live::say_where_the_portal_is(address.port(), folder);
    outln!("");

    let (stop, stopped) = oneshot::channel::<()>();
    let serving =
        tokio::spawn(server.run(Ports::one(&config, listener), async { drop(stopped.await) }, Duration::from_secs(5)));
    let calls = call_again_and_again(&conversations, &client).await;
    drop((conversations, context, client));
    drop(stop);
    serving.await.context("the server broke")??;
    calls
}

async fn call_again_and_again(conversations: &ConversationService, client: &Client) -> anyhow::Result<()> {
    if !std::io::stdin().is_terminal() {
        outln!("Nobody sits at the terminal, so one call is played.\n");
        let id = call(conversations, 0, &mut UNATTENDED.as_bytes()).await?;
        return show_kept(client, id).await;
    }
    outln!("{}", text!("phone-help"));
    for nth in 0..MAX_CALLS {
        let answer = terminal::ask(&mut std::io::stdin().lock(), "Enter calls, q ends:")?;
        match answer.as_deref() {
            None | Some("q") => break,
            Some(_) => {
                let id = call(conversations, nth, &mut std::io::stdin().lock()).await?;
                show_kept(client, id).await?;
            }
        }
    }
    Ok(())
}

/// Prints what the health centre now has of a call.
async fn show_kept(client: &Client, id: Option<CallId>) -> anyhow::Result<()> {
    let Some(id) = id else { return Ok(()) };
    let shown = found(show_call(&client.context, &client.actor, id, Details::Masked).await?);
    outln!("What the health centre has of it:\n");
    outln!("  call      {}", shown.call.disposition.map_or("open", Disposition::code));
    for answer in shown.turns.iter().flat_map(|turn| &turn.answers) {
        outln!("  answer    {}", kept(answer, shown.people.len() > 1));
    }
    let query = AlertQuery { limit: MOST_ALERTS, ..AlertQuery::default() };
    for alert in found(list_alerts(&client.context, &client.actor, &query).await?).alerts.items {
        let item = alert.alert.item.map_or(String::new(), |item| format!(": {}", item.code()));
        outln!("  alert     {}{item}", alert.alert.kind.code());
    }
    outln!("");
    Ok(())
}

/// Plays one call from its beginning to its end. Returns its id if at least one turn was taken.
async fn call(
    conversations: &ConversationService,
    nth: u32,
    input: &mut impl std::io::BufRead,
) -> anyhow::Result<Option<CallId>> {
    let begin = Begin {
        line: Line::HealthCall,
        carrier: "terminal",
        leg: format!("terminal-call-{nth:04}"),
        caller: PhoneNumber::from_e164("+815000000000").ok(),
        called: None,
    };
    let mut outcome = conversations.take(CarrierEvent::Begin(begin)).await?;
    let mut id = None;
    loop {
        match outcome {
            Outcome::Reply { call, turn, reply, flow_set, .. } => {
                id = Some(call);
                terminal::show(&flow_set, &reply);
                if reply.then == crate::engine::NextAction::HangUp {
                    outln!("");
                    return Ok(id);
                }
                let happening = terminal::next(input, &flow_set, &reply)?;
                outcome = conversations.take(CarrierEvent::Turn { call, turn, happening }).await?;
            }
            Outcome::Over | Outcome::CallAgain(_) | Outcome::Noted | Outcome::StaffUnknown => {
                outln!("  (the call is over; what was answered is kept as unanswered, 未回答)\n");
                return Ok(id);
            }
            Outcome::Unknown | Outcome::Ahead => bail!("the call was lost; this is a defect"),
        }
    }
}
