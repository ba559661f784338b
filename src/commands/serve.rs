//! `kenkocall serve`: all roles on one port.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::serve::ListenerExt;
use jiff::tz::TimeZone;
use tokio::net::TcpListener;
use tracing::{error, info, warn};

use super::documents::Origin;
use crate::call::{CentreCode, PhoneNumber};
use crate::carrier::twilio::{SigningKey, Voice, Voices};
use crate::config::{Carrier, Config};
use crate::flow::Library;
use crate::service::{Clock, Desk, Libraries, Switchboard, run_errands, sweep};
use crate::store::flow_sets::{self, FlowSetRow};
use crate::store::{Database, centres};
use crate::web::{Web, router};

/// How often lost calls are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(30);
/// How often errands are looked for.
const ERRANDS_EVERY: Duration = Duration::from_millis(500);

pub(super) async fn serve(config: Config) -> anyhow::Result<()> {
    let library = Origin::choose(config.flows.directory.as_deref()).library()?;
    let server = Server::open(&config, library).await?;
    let listener = TcpListener::bind(config.server.listen).await.with_context(|| {
        format!("the address {} can't be listened on; choose another server.listen", config.server.listen)
    })?;
    let address = listener.local_addr().context("the listening address can't be read")?;
    info!(%address, public_url = config.server.public_url(), "taking calls");
    println!("kenkocall listens on http://{address}");
    server.run(listener, shutdown(), Duration::from_secs(config.server.drain_seconds)).await
}

/// A server with everything open, before it listens.
pub(super) struct Server {
    desk: Arc<Desk>,
    switchboard: Switchboard,
    working: tokio::task::JoinHandle<()>,
    app: axum::Router,
}

impl Server {
    /// Opens the database, brings it up to date and starts the switchboard.
    pub(super) async fn open(config: &Config, library: Arc<Library>) -> anyhow::Result<Self> {
        let database = super::open_database(config).await?;
        database.migrate().await?;
        let clock = Clock::system();
        let mut tx = database.begin().await?;
        let files = serde_json::to_string(&library.files).context("the flow documents can't be kept")?;
        flow_sets::put(&mut tx, &FlowSetRow { digest: library.digest.clone(), files, loaded_at: clock.now() }).await?;
        tx.commit().await?;

        let number = |text: &Option<String>, name: &str| match text.as_deref() {
            None | Some("") => Ok(None),
            Some(text) => PhoneNumber::parse(text).map(Some).with_context(|| format!("{name} isn't a phone number")),
        };
        let desk_centre = config.health_call.desk_centre.as_deref().map(CentreCode::parse).transpose();
        let desk_centre = desk_centre.context("health_call.desk_centre")?;
        check_desk(&database, desk_centre.as_ref()).await?;
        let desk = Arc::new(Desk {
            database,
            libraries: Libraries::new(library),
            clock,
            guessing: config.health_call.guessing,
            zone: TimeZone::get(&config.health_call.time_zone).context("health_call.time_zone")?,
            desk_centre,
            call_back_number: number(&config.twilio.caller_number, "twilio.caller_number")?,
        });
        let (switchboard, working) = Switchboard::start(Arc::clone(&desk));
        let web = Web {
            switchboard: switchboard.clone(),
            desk: Arc::clone(&desk),
            public_url: config.server.public_url(),
            twilio_key: match config.carrier {
                Carrier::Twilio => Some(SigningKey::new(&config.twilio.auth_token).context("twilio.auth_token")?),
                Carrier::Simulator | Carrier::Sip => None,
            },
            voices: voices(config)?,
            metrics: super::logging::metrics()?,
        };
        Ok(Self { desk, switchboard, working, app: router(Arc::new(web)) })
    }

    /// Where turns are taken.
    pub(super) fn switchboard(&self) -> Switchboard {
        self.switchboard.clone()
    }

    /// Where everything is kept.
    pub(super) fn desk(&self) -> &Arc<Desk> {
        &self.desk
    }

    /// Serves until `stop`, then takes no new calls, answers what was taken and closes the database.
    pub(super) async fn run(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
        drain: Duration,
    ) -> anyhow::Result<()> {
        let Self { desk, switchboard, working, app } = self;
        let sweeping = tokio::spawn(sweep_on(Arc::clone(&desk), switchboard.clone()));
        let errands = tokio::spawn(errands_on(Arc::clone(&desk)));
        let listener = listener.tap_io(|connection| {
            // Small answers to a waiting caller: without this some wait 40 ms for the peer's acknowledgement.
            if let Err(error) = connection.set_nodelay(true) {
                tracing::debug!(%error, "a connection is gone already");
            }
        });
        let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
        let serving = axum::serve(listener, app).with_graceful_shutdown(async move {
            stop.await;
            info!("draining: requests under way are answered, no new ones are taken");
            // The receiver lives until the server has ended.
            let _ended = stopping.send(());
        });
        let serving = tokio::spawn(serving.into_future());
        // Told to stop, or the server ended by itself.
        let _either = stopped.await;
        if tokio::time::timeout(drain, serving).await.is_err() {
            error!(seconds = drain.as_secs(), "some requests weren't answered in time; stopping all the same");
        }
        sweeping.abort();
        errands.abort();
        drop(switchboard);
        if tokio::time::timeout(drain, working).await.is_err() {
            error!("some turns weren't kept in time; their callers weren't answered");
        }
        desk.database.close().await;
        info!("stopped");
        Ok(())
    }
}

/// Callers who aren't identified need a centre that takes them: a named one exists; of several, one should be named.
async fn check_desk(database: &Database, named: Option<&CentreCode>) -> anyhow::Result<()> {
    let mut tx = database.read().await?;
    let centres = centres::list(&mut tx).await?;
    match named {
        Some(code) if !centres.iter().any(|centre| centre.code == *code) => bail!(
            "health_call.desk_centre names {code}, and there is no such centre; `kenkocall centres list` shows those there are"
        ),
        None if centres.len() > 1 => warn!(
            "there are several centres and health_call.desk_centre names none: whoever wants a person before being identified \
             is asked to phone their own centre, and a lock after guessing at unknown IDs stands on no centre's list"
        ),
        _ => {}
    }
    Ok(())
}

fn voices(config: &Config) -> anyhow::Result<Voices> {
    let mut voices = Voices::default();
    for (language, name) in &config.twilio.voices {
        let voice = Voice::new(voices.of(*language).language(), name);
        voices = voices.with(*language, voice.with_context(|| format!("twilio.voices.{language}"))?);
    }
    Ok(voices)
}

async fn sweep_on(desk: Arc<Desk>, switchboard: Switchboard) {
    let mut rhythm = tokio::time::interval(SWEEP_EVERY);
    loop {
        rhythm.tick().await;
        if let Err(error) = sweep(&desk, &switchboard).await {
            error!(%error, "lost calls couldn't be looked for; they are looked for again soon");
        }
    }
}

async fn errands_on(desk: Arc<Desk>) {
    let mut rhythm = tokio::time::interval(ERRANDS_EVERY);
    rhythm.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        rhythm.tick().await;
        if let Err(error) = run_errands(&desk).await {
            error!(%error, "errands couldn't be done; they are tried again soon");
        }
    }
}

/// SIGTERM or Ctrl-C.
pub(super) async fn shutdown() {
    let interrupt = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            error!(%error, "Ctrl-C can't be heard");
            std::future::pending::<()>().await;
        }
    };
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                error!(%error, "SIGTERM can't be heard");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
