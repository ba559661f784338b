//! `kenkocall simulate carrier`: a fake carrier in a process of its own. It speaks the Twilio protocol over HTTP on
//! loopback: calls and SMS by REST, signed webhooks, status callbacks, TwiML. It simulates the people called. Users
//! rehearse with it, and tests of faults and kills count by its log.
//!
//! Times are simulated: with `--speed 50`, a minute of ringing takes 1.2 seconds. HTTP runs in real time (a webhook's
//! 15 seconds, a fault's delay), and the list of calls has real times.
//!
//! The control API; docs/operations.md describes it with examples:
//!
//! - `GET /_fake/log?from=N`: the log from entry N on, `{"entries": […], "next": M}`. Its events are [`log::Event`].
//! - `GET /_fake/phones`: for each called number, how often calls were placed, rang and were answered, and for which
//!   URL.
//! - `POST /_fake/people`: how a number's phone behaves: `number`, `behaviour`, and to override the behaviour `keys`,
//!   `hang_up_at`, `answer_seconds`, `answered_by`. For people to whom calls are transferred also `talk_seconds` and
//!   `hangs_up_first` (`caller`, `staff`).
//! - `POST /_fake/faults`: a fault for later requests: `fault` (a [`faults::Name`]), and optionally `on`, `done`,
//!   `seconds`, `digits`, `number`, `count`, `probability`. `DELETE` ends all faults.
//! - `POST /_fake/ring-in`: an incoming call: `from`, `to` (any text), `url`, `keys`; also `fallback_url`,
//!   `status_callback`, `hang_up_at`, and `fields`: odd fields, as below, of this call only.
//! - `POST /_fake/odd`: odd fields in the webhooks of a `number`: `fields`, form-encoded, which can hold any bytes, and
//!   `on` (`voice` or `status`; the default is both). See [`odd_fields::Asked`].
//! - `POST /_fake/deliver-to`: sends all webhooks to one `address`, whatever host their URL names; `null` ends it.
//! - `POST /_fake/reset`: clears calls, people, faults and the log in memory.
//!
//! People and faults may be posted one at a time or as an array.

mod call_registry;
mod callbacks;
mod control;
mod dialled;
mod faults;
mod gather;
mod http_server;
mod leg;
mod log;
mod odd_fields;
mod overrides;
mod people;
mod rest;
mod sid;
mod state;
mod twiml_runner;
mod webhook;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use jiff::Timestamp;
use secrecy::SecretString;
use tokio::net::TcpListener;

use self::faults::Faults;
use self::log::Log;
use self::odd_fields::OddFields;
use self::people::{BY_LAST_DIGITS, Behaviour, People};
use self::state::{SharedState, State};
use crate::carrier::twilio::SigningKey;
use crate::commands::output::outln;
use crate::service::Clock;

/// The maximum speed. Above it, the timers are too coarse.
const FASTEST: f64 = 10_000.0;

#[derive(Debug, Args)]
pub struct Carrier {
    /// The port to listen on, on 127.0.0.1; 0 chooses a free one.
    #[arg(long, default_value_t = 4010)]
    port: u16,
    /// The account that places calls.
    #[arg(long, default_value = "AC00000000000000000000000000000000", value_name = "SID")]
    account_sid: String,
    /// The account's secret, which signs webhooks.
    #[arg(long, default_value = "rehearsal", value_name = "TOKEN")]
    auth_token: String,
    /// How all phones behave. Default: they answer, except by the last two digits of the number: 91 busy, 92 no-answer,
    /// 93 failed, 94 voicemail, 95 hangs-up, 96 silent, 97 wrong-number.
    #[arg(long, value_name = "BEHAVIOUR")]
    behaviour: Option<Behaviour>,
    /// How numbers with these last digits behave, as 12=busy; may be repeated.
    #[arg(long = "last-digits", value_name = "DIGITS=BEHAVIOUR", value_parser = people::by_last_digits)]
    last_digits: Vec<(String, Behaviour)>,
    /// Simulated seconds per second.
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// Calls that begin to ring per simulated second; the others wait in the carrier's queue. Default: no limit.
    #[arg(long, value_name = "NUMBER")]
    calls_per_second: Option<f64>,
    /// The seed of all random choices. Default: a new one each time; it is printed.
    #[arg(long)]
    seed: Option<u64>,
    /// Also append the log to this file, one JSON object per line.
    #[arg(long, value_name = "FILE")]
    log_file: Option<PathBuf>,
    /// Send all webhooks to this address, whatever host their URL names.
    #[arg(long, value_name = "ADDRESS:PORT")]
    deliver_to: Option<SocketAddr>,
    /// The maximum duration of a webhook, in seconds of real time.
    #[arg(long, default_value_t = 15.0, value_name = "SECONDS")]
    webhook_seconds: f64,
    /// Print only the address.
    #[arg(long)]
    quiet: bool,
}

/// Takes calls until SIGTERM or Ctrl-C.
pub(super) async fn run(carrier: Carrier) -> anyhow::Result<()> {
    let port = carrier.port;
    let quiet = carrier.quiet;
    let seed = carrier.seed.unwrap_or_else(|| fastrand::u64(..));
    let office = Arc::new(open(carrier, seed)?);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .with_context(|| format!("port {port} of 127.0.0.1 can't be listened on; choose another --port"))?;
    let address = listener.local_addr().context("the listening address can't be read")?;
    outln!("fake carrier listens on http://{address}");
    if !quiet {
        outln!("account {}, seed {seed}", office.account);
    }
    let app = rest::routes().merge(control::routes()).with_state(office);
    http_server::serve(listener, app, crate::app::shutdown_signal()).await;
    Ok(())
}

fn open(carrier: Carrier, seed: u64) -> anyhow::Result<SharedState> {
    let Carrier { account_sid, auth_token, behaviour, last_digits, speed, calls_per_second, .. } = carrier;
    let is_sid = account_sid
        .strip_prefix("AC")
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|b| b.is_ascii_hexdigit()));
    if !is_sid {
        bail!("--account-sid is AC and 32 hexadecimal digits, as the real carrier writes it");
    }
    if !(speed > 0.0 && speed <= FASTEST) {
        bail!("--speed is above 0 and at most {FASTEST}");
    }
    if !calls_per_second.is_none_or(|number| number.is_finite() && number > 0.0) {
        bail!("--calls-per-second is above 0");
    }
    let webhook_limit = Duration::try_from_secs_f64(carrier.webhook_seconds).context("--webhook-seconds")?;
    let file = carrier.log_file.map(|path| {
        let opened = std::fs::OpenOptions::new().create(true).append(true).open(&path);
        opened.with_context(|| format!("the log file {} can't be written", path.display()))
    });
    // An explicit default behaviour replaces the built-in last digits.
    let by_themselves = BY_LAST_DIGITS.map(|(digits, behaviour)| (digits.to_owned(), behaviour));
    let by_themselves = by_themselves.into_iter().filter(|_| behaviour.is_none());
    let by_last_digits = last_digits.into_iter().chain(by_themselves).collect();
    let key = |token: &str| SigningKey::new(&SecretString::from(token)).context("--auth-token");
    Ok(SharedState {
        account: account_sid,
        key: key(&auth_token)?,
        forged_key: key(&format!("not {auth_token}"))?,
        token: auth_token,
        clock: Clock::system(),
        speed,
        webhook_limit,
        calls_per_second,
        seed,
        log: Log::new(file.transpose()?, carrier.quiet),
        state: Mutex::new(State {
            book: call_registry::CallRegistry::default(),
            people: People::new(by_last_digits, behaviour.unwrap_or(Behaviour::Answers)),
            faults: Faults::default(),
            odd: OddFields::default(),
            deliver_to: carrier.deliver_to,
            next_dial: Timestamp::UNIX_EPOCH,
            messages: 0,
            webhooks: 0,
        }),
    })
}
