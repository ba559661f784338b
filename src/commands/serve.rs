//! `kenkocall serve`: all roles on one port.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use anyhow::{Context as _, bail};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use tokio::task::JoinSet;
use tracing::{error, info, warn};

use super::documents::{self, Origin};
use super::fitting::{account, fallback_centre, fits, number, places_calls, voices};
use super::ports::Ports;
use super::signals::shutdown;
use crate::carrier::twilio::rest::RestClient;
use crate::carrier::twilio::{SigningKey, Urls};
use crate::carrier::{Carriers, Pending};
use crate::config::{Carrier, Config, Operations};
use crate::domain::PhoneNumber;
use crate::flow::FlowSet;
use crate::service::{
    Clock, Context, ConversationService, Dialer, DialerSettings, FlowSetCache, JobRunner, LegBook, LineSettings,
    Outside, SealerTask, TICK, count_last_outside_lines, count_outside_lines, sweep, wait_after,
};
#[cfg(feature = "lab")]
use crate::service::{SimulatedCarrier, run_simulated_gateway};
use crate::store::Database;
use crate::store::flow_sets::{self, FlowSetRow};
use crate::translations::{Said, message};
use crate::web::{LastReadiness, Web, router, router_with_operations};

/// The interval between searches for lost calls.
const SWEEP_EVERY: Duration = Duration::from_secs(30);
/// The number that simulated calls come from. Nobody can have this number.
const SIMULATED_CALLER: &str = "+815000000000";
/// The interval between runs of the outbox.
const JOBS_EVERY: Duration = Duration::from_millis(500);

pub(crate) async fn serve(config: Config) -> anyhow::Result<()> {
    if config.carrier.is_none() {
        bail!(Said(message!("serve-no-carrier")));
    }
    super::logging::limit_panics();
    let origin = Origin::choose(config.flows.directory.as_deref());
    let flow_set = origin.flow_set()?;
    let opening = Server::open(&config, Arc::clone(&flow_set), network);
    // Create the future once and use it throughout: a signal between two futures would be lost.
    let mut stop = Box::pin(shutdown());
    let server = tokio::select! {
        server = opening => server?,
        () = &mut stop => {
            info!("stopped before the database became available");
            return Ok(());
        }
    };
    origin.log(&flow_set);
    origin.log_warnings(&documents::used_otherwise(&server.context.database, &flow_set).await?);
    let ports = Ports::open(&config).await?;
    crate::config::warnings(&config).iter().for_each(|warning| warn!("{warning}"));
    ports.announce(&config.server)?;
    server.run(ports, stop, Duration::from_secs(config.server.drain_seconds)).await
}

/// The carriers in use, and what connects those of them that are in this process.
pub(crate) struct Network {
    pub(crate) carriers: Carriers,
    /// One for each carrier whose events don't arrive as requests to the web server.
    pub(crate) gateways: Vec<Gateway>,
}

/// Hands what happens on a carrier's lines to the conversations until its task is aborted.
pub(crate) type Gateway = Box<dyn FnOnce(ConversationService) -> Pending<'static, ()> + Send>;

/// A server that has opened everything but doesn't listen yet.
pub(crate) struct Server {
    context: Arc<Context>,
    conversations: ConversationService,
    working: tokio::task::JoinHandle<()>,
    network: Option<Network>,
    dialer: Option<Arc<Dialer>>,
    web: Arc<Web>,
    app: axum::Router,
    checkpoint_file: Option<PathBuf>,
    longest_call: SignedDuration,
}

impl Server {
    /// Opens and migrates the database, and starts the conversation service. `network` returns the phone network.
    pub(crate) async fn open(
        config: &Config,
        flow_set: Arc<FlowSet>,
        network: impl FnOnce(&Config, &Urls, &Context) -> anyhow::Result<Option<Network>>,
    ) -> anyhow::Result<Self> {
        let database = super::database::awaited(config).await?;
        let (context, lines) = open_services(config, database, flow_set, Clock::system()).await?;
        if !context.database.waits_for_the_disk().await? {
            warn!("the database confirms commits before they are on disk: a power cut can lose answers and calls");
        }
        let (conversations, working) = ConversationService::start(Arc::clone(&context), lines);
        let urls = Urls::new(&config.server.public_url()).context("server.public_url")?;
        let network = network(config, &urls, &context)?;
        let dialer = network.as_ref().zip(conversations.lines().call_back_number.clone()).map(|(network, from)| {
            let dialling = dialling(config, from);
            Dialer::new(Arc::clone(&context), conversations.clone(), network.carriers.clone(), dialling)
        });
        let web = Web {
            conversations: conversations.clone(),
            context: Arc::clone(&context),
            urls,
            twilio_key: match config.carrier {
                Some(Carrier::Twilio) => Some(SigningKey::new(&config.twilio.auth_token).context("twilio.auth_token")?),
                Some(Carrier::Simulator | Carrier::Sip) | None => None,
            },
            account: account(config)?,
            legs: LegBook::default(),
            voices: voices(config)?,
            metrics: super::logging::metrics()?,
            readiness: LastReadiness::default(),
            forged_told_at: AtomicI64::new(0),
        };
        let web = Arc::new(web);
        let checkpoint_file = config.audit.checkpoint_file.clone();
        let app = match config.server.operations() {
            Operations::OnMainPort => router_with_operations(Arc::clone(&web)),
            Operations::At(_) | Operations::AtDefault(_) => router(Arc::clone(&web)),
        };
        let longest_call = SignedDuration::from_mins(config.dialer.longest_call_minutes.into());
        Ok(Self { context, conversations, working, network, dialer, app, web, checkpoint_file, longest_call })
    }

    /// Adds a status page at `/`.
    #[cfg(feature = "lab")]
    pub(crate) fn with_status_page(self) -> Self {
        let app = self.app.merge(crate::web::status_page(Arc::clone(&self.web)));
        Self { app, ..self }
    }

    /// The conversation service, which takes turns.
    #[cfg(feature = "lab")]
    pub(crate) fn conversations(&self) -> ConversationService {
        self.conversations.clone()
    }

    /// The server's context, with the database.
    #[cfg(feature = "lab")]
    pub(crate) fn context(&self) -> &Arc<Context> {
        &self.context
    }

    /// Serves until `stop`. Then takes no new calls, answers what was accepted, and closes the database.
    pub(crate) async fn run(
        self,
        ports: Ports,
        stop: impl Future<Output = ()> + Send + 'static,
        drain: Duration,
    ) -> anyhow::Result<()> {
        let Self { context, conversations, working, network, dialer, app, web, checkpoint_file, longest_call } = self;
        let operations = crate::web::operations(web);
        // Start this before the dialer: a database that lacks its last entries doesn't know whom it has called.
        let keeper = SealerTask::start(Arc::clone(&context), checkpoint_file).await;
        let mut workers = start_workers(&context, &conversations, network, dialer, longest_call);
        workers.spawn(keeper.run());
        let (stopping, stopped) = tokio::sync::watch::channel(false);
        // The sender lives until the servers have ended.
        let told = |mut stopped: tokio::sync::watch::Receiver<bool>| async move {
            let _told = stopped.wait_for(|stopped| *stopped).await;
        };
        let mut serving = JoinSet::new();
        serving.spawn(crate::web::serve(ports.main, app, told(stopped.clone())));
        if let Some(port) = ports.operations {
            serving.spawn(crate::web::serve(port, operations, told(stopped)));
        }
        workers.spawn(count_outside_lines());
        stop.await;
        info!("draining: open requests are answered, new ones are refused");
        stopping.send_replace(true);
        if tokio::time::timeout(drain, async { while serving.join_next().await.is_some() {} }).await.is_err() {
            error!(
                seconds = drain.as_secs(),
                "some requests were not answered before the drain deadline; stopping anyway"
            );
        }
        workers.shutdown().await;
        drop(conversations);
        if tokio::time::timeout(drain, working).await.is_err() {
            error!("some turns were not stored before the drain deadline; their callers got no reply");
        }
        context.database.close().await;
        count_last_outside_lines();
        info!("stopped");
        Ok(())
    }
}

/// Starts all background tasks except the conversation service.
pub(crate) fn start_workers(
    context: &Arc<Context>,
    conversations: &ConversationService,
    network: Option<Network>,
    dialer: Option<Arc<Dialer>>,
    longest_call: SignedDuration,
) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    let (carriers, gateways) = network.map_or((None, Vec::new()), |network| (Some(network.carriers), network.gateways));
    workers.spawn(sweep_on(Arc::clone(context), conversations.clone(), carriers.clone(), longest_call));
    // Without a number to call from, leave jobs that need the network to another node.
    let outside = carriers.filter(|_| conversations.lines().call_back_number.is_some());
    let outside = outside.map(|carriers| Outside { carriers, conversations: conversations.clone() });
    workers.spawn(run_jobs_on(JobRunner::new(Arc::clone(context), outside)));
    if let Some(dialer) = dialer {
        workers.spawn(Arc::clone(&dialer).run());
        workers.spawn(dialer.run_looks());
    }
    for gateway in gateways {
        workers.spawn(gateway(conversations.clone()));
    }
    workers
}

/// Creates the context and the settings of the lines, and stores the flow documents that calls begin with from now on.
/// Fails if the database doesn't suit the carrier: simulated answers are never stored among real patients, and no real
/// calls are placed for simulated patients.
pub(crate) async fn open_services(
    config: &Config,
    database: Database,
    flow_set: Arc<FlowSet>,
    clock: Clock,
) -> anyhow::Result<(Arc<Context>, Arc<LineSettings>)> {
    if let Err(error) = fits(config, &database).await {
        database.close().await;
        return Err(error);
    }
    let files = serde_json::to_string(&flow_set.files).context("the flow documents can't be kept")?;
    let set = FlowSetRow { digest: flow_set.digest.clone(), files, loaded_at: clock.now() };
    let keep = async {
        let mut tx = database.begin_write().await?;
        flow_sets::put(&mut tx, &set).await?;
        tx.commit().await
    };
    keep.await.map_err(|error| super::database::located(config, error))?;

    let mut caller_number = number(config.twilio.caller_number.as_deref(), "twilio.caller_number")?;
    if config.carrier == Some(Carrier::Simulator) {
        caller_number = caller_number.or(PhoneNumber::from_e164(SIMULATED_CALLER).ok());
    }
    let lines = LineSettings {
        flow_sets: FlowSetCache::new(flow_set),
        guessing: config.health_call.guessing,
        zone: TimeZone::get(&config.health_call.time_zone).context("health_call.time_zone")?,
        fallback_centre: fallback_centre(config)?,
        call_back_number: caller_number,
    };
    Ok((Context::new(database, clock), Arc::new(lines)))
}

/// Returns the configured phone network. `None` if there is no account to query it with. Without a number to call from,
/// it is used only for lookups.
pub(crate) fn network(
    config: &Config,
    urls: &Urls,
    #[cfg_attr(not(feature = "lab"), expect(unused_variables, reason = "only the simulated network has a clock"))]
    context: &Context,
) -> anyhow::Result<Option<Network>> {
    match config.carrier {
        Some(Carrier::Twilio) if !places_calls(config) && config.twilio.account_sid.is_empty() => {
            info!("no automated calls are placed: twilio.caller_number isn't set");
            Ok(None)
        }
        Some(Carrier::Twilio) => {
            if !places_calls(config) {
                info!(
                    "no automated calls are placed: twilio.caller_number isn't set; the carrier is only asked about calls"
                );
            }
            let client = RestClient::new(&config.twilio, urls.clone())?;
            Ok(Some(Network { carriers: Carriers::only(Arc::new(client)), gateways: Vec::new() }))
        }
        #[cfg(feature = "lab")]
        Some(Carrier::Simulator) => Ok(Some(simulated_network(Default::default(), context))),
        #[cfg(not(feature = "lab"))]
        Some(Carrier::Simulator) => Ok(None), // The settings were refused.
        Some(Carrier::Sip) | None => Ok(None),
    }
}

/// Returns the simulated phone network.
#[cfg(feature = "lab")]
pub(crate) fn simulated_network(settings: crate::carrier::simulator::Settings, context: &Context) -> Network {
    warn!("the phone network is simulated: no phone rings, and every answer to an automated call is made up");
    let network = crate::carrier::simulator::Network::new(settings);
    on_simulated_lines(SimulatedCarrier::new(network, context.clock.clone()))
}

/// The simulated carrier as the only one, with its gateway.
#[cfg(feature = "lab")]
pub(crate) fn on_simulated_lines(lines: SimulatedCarrier) -> Network {
    let carriers = Carriers::only(Arc::new(lines.clone()));
    let gateway: Gateway = Box::new(|conversations| Box::pin(run_simulated_gateway(conversations, lines)));
    Network { carriers, gateways: vec![gateway] }
}

pub(crate) fn dialling(config: &Config, from: PhoneNumber) -> DialerSettings {
    DialerSettings {
        from,
        ring_seconds: config.twilio.ring_seconds,
        calls_per_second: config.dialer.calls_per_second,
        concurrent_calls: config.dialer.concurrent_calls,
        unknown_grace: SignedDuration::from_secs(config.dialer.unknown_grace_seconds.into()),
        silence: SignedDuration::from_secs(config.dialer.silence_seconds.into()),
        tick: TICK,
        day_limits: config.dialer.day_limits(),
        price: config.dialer.price(),
    }
}

async fn sweep_on(
    context: Arc<Context>,
    conversations: ConversationService,
    carriers: Option<Carriers>,
    longest_call: SignedDuration,
) {
    let mut rhythm = tokio::time::interval(SWEEP_EVERY);
    loop {
        rhythm.tick().await;
        match sweep(&context, &conversations, carriers.as_ref(), longest_call).await {
            Ok(_) => {}
            Err(error) if error.is_conflict() => {
                warn!(%error, "another node ended lost calls at the same time; retrying");
            }
            Err(error) => error!(%error, "could not look for lost calls; retrying"),
        }
    }
}

async fn run_jobs_on(runner: JobRunner) {
    let mut rhythm = tokio::time::interval(JOBS_EVERY);
    rhythm.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        rhythm.tick().await;
        match runner.run().await {
            Ok(_) => {}
            Err(error) if error.is_conflict() => {
                warn!(%error, "another node ran outbox jobs at the same time; retrying the rest");
            }
            Err(error) => {
                error!(%error, "could not run outbox jobs; retrying");
                // Requests already sent to the carrier are repeated, because their completion couldn't be stored.
                tokio::time::sleep(wait_after(&error, Duration::ZERO)).await;
            }
        }
    }
}
