//! A server: opens everything, serves until it is told to stop, and then drains.

use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use anyhow::Context as _;
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::certificates::certificate_settings;
use super::fitting::{account, number, urls, voices};
use super::mail::{configured_mail_server, warn_of_unused_addresses};
use super::network::Network;
use super::ports::Ports;
use super::services::{dialling, open_services};
use super::used_flow_sets::used_otherwise;
use super::workers::{NOTICES_EVERY, Workers, start_bounces, start_mail, start_notices, start_workers};
use crate::carrier::twilio::SigningKey;
use crate::config::{Carrier, Config, Operations};
use crate::flow::{Finding, FlowSet};
use crate::mail::MailServer;
use crate::policy::PortalLines;
use crate::service::{
    Clock, Context, ConversationService, Dialer, EmailRule, Escalator, EscalatorSettings, LegBook, NoticePaces,
    Notifier, NotifierSettings, Post, PublicUrls, SealerTask, count_last_outside_lines, count_outside_lines,
    watch_line,
};
use crate::web::{
    CertificateSettings, ConsoleSettings, HelpSettings, LastReadiness, PortalMail, PortalSettings, SecondFactorRule,
    ServerPace, Web, console, portal, router, router_with_operations,
};

/// A server that has opened everything but doesn't listen yet.
pub(crate) struct Server {
    context: Arc<Context>,
    conversations: ConversationService,
    working: tokio::task::JoinHandle<()>,
    network: Option<Network>,
    dialer: Option<Arc<Dialer>>,
    escalator: Option<Arc<Escalator>>,
    mail: Option<Arc<dyn MailServer>>,
    web: Arc<Web>,
    app: axum::Router,
    console: ConsoleSettings,
    portal: PortalSettings,
    checkpoint_file: Option<PathBuf>,
    longest_call: SignedDuration,
    /// The pace of each channel of notices, and the folder into which mail comes back.
    notices: NoticeSettings,
}

impl Server {
    /// Opens and migrates the database, and starts the conversation service. `network` returns the phone network.
    pub(crate) async fn open(
        config: &Config,
        flow_set: Arc<FlowSet>,
        network: impl FnOnce(&Config, &Context) -> anyhow::Result<Option<Network>>,
    ) -> anyhow::Result<Self> {
        let database = super::database::awaited(config).await?;
        let (context, lines) = open_services(config, database, flow_set, Clock::system()).await?;
        if !context.database.waits_for_the_disk().await? {
            warn!("the database confirms commits before they are on disk: a power cut can lose answers and calls");
        }
        let (conversations, working) = ConversationService::start(Arc::clone(&context), lines);
        let urls = urls(config)?;
        let network = network(config, &context)?;
        let dialer = network.as_ref().zip(conversations.lines().call_back_number.clone()).map(|(network, from)| {
            let dialling = dialling(config, from);
            Dialer::new(Arc::clone(&context), conversations.clone(), network.carriers.clone(), dialling)
        });
        let mail = configured_mail_server(config)?;
        let email = if mail.is_some() { EmailRule::Sent } else { EmailRule::NoServer };
        if mail.is_none() {
            warn_of_unused_addresses(&context.database).await?;
        }
        let escalator = network.as_ref().zip(conversations.lines().call_back_number.clone()).map(|(network, from)| {
            let settings = EscalatorSettings { from, ring_seconds: config.ring_seconds(), email };
            Escalator::new(Arc::clone(&context), conversations.clone(), network.carriers.clone(), settings)
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
            metrics: super::metrics::metrics()?,
            line: network.as_ref().and_then(|network| network.line.clone()),
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
        let certificates = certificate_settings(config)?;
        let console = console_settings(config, &conversations, email, certificates.clone());
        let help = help_settings(config, &conversations)?;
        let portal = portal_settings(config, &conversations, email, (certificates, help));
        Ok(Self {
            context,
            conversations,
            working,
            network,
            dialer,
            escalator,
            mail,
            app,
            web,
            console,
            portal,
            checkpoint_file,
            longest_call,
            notices: NoticeSettings::of(config),
        })
    }

    /// Adds a status page at `/`.
    #[cfg(feature = "lab")]
    pub(crate) fn with_status_page(self) -> Self {
        let console = format!("{}/console", self.console.public_url);
        let app = self.app.merge(crate::web::status_page(Arc::clone(&self.web), console));
        Self { app, ..self }
    }

    /// Doesn't ask for the second factor of a log-in, in a demonstration.
    #[cfg(feature = "lab")]
    pub(crate) fn without_second_factor(self) -> Self {
        let console = ConsoleSettings { second_factor: SecondFactorRule::NotInThisDemonstration, ..self.console };
        Self { console, ..self }
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

    /// Finds differences between the flow documents and those of earlier calls, in flows with the same version.
    pub(crate) async fn used_otherwise(&self, flow_set: &FlowSet) -> anyhow::Result<Vec<Finding>> {
        used_otherwise(&self.context.database, flow_set).await
    }

    /// Serves until `stop`. Then takes no new calls, answers what was accepted, and closes the database.
    pub(crate) async fn run(
        self,
        ports: Ports,
        stop: impl Future<Output = ()> + Send + 'static,
        drain: Duration,
    ) -> anyhow::Result<()> {
        let Self {
            context, conversations, working, network, dialer, escalator, mail, app, web, checkpoint_file, ..
        } = self;
        let urls = PublicUrls::of(&self.console.public_url);
        let pages = console(&context, self.console).merge(portal(&context, self.portal));
        let (longest_call, app) = (self.longest_call, app.merge(pages));
        let operations = crate::web::operations(web);
        // Start this before the dialer: a database that lacks its last entries doesn't know whom it has called.
        let keeper = SealerTask::start(Arc::clone(&context), checkpoint_file).await;
        let notifier = network.as_ref().zip(conversations.lines().call_back_number.clone()).map(|(network, from)| {
            let (carriers, portal) = (network.carriers.clone(), urls.portal.clone());
            let paces = self.notices.paces;
            let settings = NotifierSettings { carriers, from, mail: mail.clone(), portal, paces, tick: NOTICES_EVERY };
            Notifier::new(Arc::clone(&context), settings)
        });
        let post = mail.map(|server| Post { server, console: urls.console.clone() });
        let mut network = network;
        let line = network.as_mut().and_then(|network| network.drain.take());
        let health = network.as_ref().and_then(|network| network.line.clone());
        let workers = start_workers(&context, &conversations, network, dialer, escalator, urls, longest_call);
        if let Some(notifier) = notifier {
            start_notices(&workers, notifier);
        }
        if let Some(post) = post {
            start_mail(&workers, &context, post);
        }
        if let Some(health) = health {
            workers.spawn(watch_line(Arc::clone(&context), health));
        }
        if let Some(folder) = self.notices.bounces_folder {
            start_bounces(&workers, &context, folder);
        }
        workers.spawn(keeper.run());
        let stopping = CancellationToken::new();
        let serving = Workers::default();
        serving.spawn(crate::web::serve(ports.main, app, stopping.clone().cancelled_owned()));
        if let Some(port) = ports.operations {
            serving.spawn(crate::web::serve(port, operations, stopping.clone().cancelled_owned()));
        }
        workers.spawn(count_outside_lines());
        stop.await;
        info!("draining: open requests are answered, new ones are refused");
        stopping.cancel();
        if tokio::time::timeout(drain, serving.finish()).await.is_err() {
            error!(
                seconds = drain.as_secs(),
                "some requests were not answered before the drain deadline; stopping anyway"
            );
        }
        if let Some(line) = line {
            line.await;
        }
        workers.stop().await;
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

/// What the settings say of notices.
struct NoticeSettings {
    paces: NoticePaces,
    bounces_folder: Option<PathBuf>,
}

impl NoticeSettings {
    fn of(config: &Config) -> Self {
        let paces = NoticePaces { sms: config.dialer.notices_per_second, email: config.email.notices_per_second };
        Self { paces, bounces_folder: config.email.bounces_folder.clone() }
    }
}

fn console_settings(
    config: &Config,
    conversations: &ConversationService,
    email: EmailRule,
    certificates: CertificateSettings,
) -> ConsoleSettings {
    let pace = ServerPace { per_second: config.dialer.calls_per_second, at_once: config.dialer.concurrent_calls };
    ConsoleSettings {
        pace,
        public_url: config.server.public_url(),
        proxies: config.server.trusted_proxies.clone(),
        zone: conversations.lines().zone.clone(),
        second_factor: SecondFactorRule::Asked,
        email,
        flow_set: Arc::clone(conversations.lines().flow_sets.current()),
        certificates,
    }
}

fn portal_settings(
    config: &Config,
    conversations: &ConversationService,
    email: EmailRule,
    (certificates, help): (CertificateSettings, HelpSettings),
) -> PortalSettings {
    PortalSettings {
        guessing: conversations.lines().guessing,
        mail: match email {
            EmailRule::Sent => PortalMail::Sent,
            EmailRule::NoServer => PortalMail::NoServer,
        },
        public_url: config.server.public_url(),
        proxies: config.server.trusted_proxies.clone(),
        zone: conversations.lines().zone.clone(),
        health_call_number: conversations.lines().health_call_number.clone(),
        help,
        certificates,
        lines: PortalLines::of_cores(std::thread::available_parallelism().map_or(1, NonZero::get)),
        flow_set: Arc::clone(conversations.lines().flow_sets.current()),
    }
}

fn help_settings(config: &Config, conversations: &ConversationService) -> anyhow::Result<HelpSettings> {
    Ok(HelpSettings {
        people_desk: number(config.help.people_desk.as_deref(), "help.people_desk")?,
        staff_desk: number(config.help.staff_desk.as_deref(), "help.staff_desk")?,
        caller_number: conversations.lines().call_back_number.clone(),
        mail_from: config.email.from().map(|from| from.expose().to_owned()),
    })
}
