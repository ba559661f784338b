//! The health-call line under test: the real program in a process of its own, or, if the time of day matters, its
//! parts in the test with a fixed clock.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kenkocall::carrier::twilio::{SigningKey, Urls, Voices};
use kenkocall::domain::PhoneNumber;
use kenkocall::flow::FlowSet;
use kenkocall::policy::GuessingLimits;
use kenkocall::service::{Clock, Context, ConversationService, FlowSetCache, LegBook, LineSettings};
use kenkocall::store::Database;
use kenkocall::store::flow_sets::{self, FlowSetRow};
use kenkocall::web::{LastReadiness, Web, router_with_operations};
use metrics_exporter_prometheus::PrometheusBuilder;
use secrecy::SecretString;

use super::http_client::{Carrier, PUBLIC_URL, TOKEN};
use super::test_patients;

/// The number of the health-call line.
pub const HEALTH_CALL: &str = "+815031980214";
/// The time limit of every wait before the test fails. It doesn't measure speed.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub fn house() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The running program.
pub struct TestServer {
    child: Child,
    pub carrier: Carrier,
    /// The same client for the operations port.
    #[allow(dead_code, reason = "not every test that starts the program looks at it")]
    pub operations: Carrier,
    /// Its standard error.
    log: Arc<Mutex<String>>,
    settings: Vec<(String, String)>,
    environment: Vec<(String, String)>,
}

/// The exit of a program that refused to start.
pub struct Refusal {
    pub status: ExitStatus,
    pub sentence: String,
}

impl TestServer {
    /// Registers all people and starts the program.
    pub async fn with_people(database: &Database, url: &str) -> Self {
        Self::with_people_and(database, url, &[]).await
    }

    /// The same with more settings: `("HEALTH_CALL__GUESSING__PER_ID", "3")`.
    pub async fn with_people_and(database: &Database, url: &str, settings: &[(&str, &str)]) -> Self {
        let now = Timestamp::now();
        test_patients::register(database, now, &test_patients::noon_zone(now)).await;
        Self::start(url, settings)
    }

    pub fn start(url: &str, settings: &[(&str, &str)]) -> Self {
        Self::start_in(url, settings, Vec::new())
    }

    /// The same with environment variables that aren't settings.
    pub fn start_in(url: &str, settings: &[(&str, &str)], environment: Vec<(String, String)>) -> Self {
        let mut all = vec![("DATABASE__URL".to_owned(), url.to_owned())];
        all.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        match launch(&all, &environment) {
            Ok(Launched { child, main, operations, log }) => Self {
                child,
                carrier: Carrier::of(main),
                operations: Carrier::of(operations),
                log,
                settings: all,
                environment,
            },
            Err(refusal) => panic!("the program didn't start: {}", refusal.sentence),
        }
    }

    /// Starts the program with settings that it must refuse.
    pub fn refused(settings: &[(&str, &str)]) -> Refusal {
        let settings: Vec<_> = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        match launch(&settings, &[]) {
            Ok(Launched { mut child, .. }) => {
                child.kill().unwrap();
                child.wait().unwrap();
                panic!("the program started, with {settings:?}");
            }
            Err(refusal) => refusal,
        }
    }

    /// Its log until a line contains these words, and its exit status if it is then asked to stop.
    pub fn stopped_while_it_waits(settings: &[(&str, &str)], words: &str) -> (String, ExitStatus) {
        let settings: Vec<_> = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut child = command(&settings).spawn().expect("the program");
        let mut log = String::new();
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        while !log.contains(words) {
            assert!(errors.read_line(&mut log).unwrap() > 0, "it ended by itself: {log}");
        }
        assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
        errors.read_to_string(&mut log).unwrap();
        (log, child.wait().unwrap())
    }

    /// Kills the process without warning, like a power cut.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Restarts it on the same database and at the same public URL.
    pub fn restart(&mut self) {
        match launch(&self.settings, &self.environment) {
            Ok(Launched { child, main, operations, log }) => {
                (self.child, self.log) = (child, log);
                self.carrier.moved(main);
                self.operations.moved(operations);
            }
            Err(refusal) => panic!("the program didn't start again: {}", refusal.sentence),
        }
    }

    /// Changes a setting for the next start.
    pub fn set(&mut self, name: &str, value: &str) {
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.to_owned(), value.to_owned()));
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop.
    pub fn terminate(&self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
    }

    /// Waits until it has stopped.
    pub async fn stopped(&mut self) -> ExitStatus {
        let waiting = async {
            loop {
                if let Some(status) = self.child.try_wait().unwrap() {
                    return status;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("it stops")
    }

    /// The sum of a metric's values, whose name begins so.
    pub async fn measured(&self, name: &str) -> u64 {
        let metrics = self.operations.get("/metrics").await.unwrap().body;
        let value = |line: &str| line.strip_prefix(name)?.rsplit(' ').next()?.parse::<u64>().ok();
        metrics.lines().filter_map(value).sum()
    }

    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // The process may have exited already.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn command(settings: &[(String, String)]) -> Command {
    // With SIGXFSZ ignored, a write beyond the file size limit fails, as on a full disk, instead of ending the process.
    let mut command = Command::new("bash");
    command.args([
        "-c",
        "trap '' XFSZ; [ -z \"$OPEN_FILES\" ] || ulimit -n \"$OPEN_FILES\"; exec \"$0\" serve",
        env!("CARGO_BIN_EXE_kenkocall"),
    ]);
    command.current_dir(house()).env("RUST_BACKTRACE", "1");
    for name in std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("KENKOCALL_")) {
        command.env_remove(name);
    }
    command
        .env("KENKOCALL_CARRIER", "twilio")
        .env("KENKOCALL_TWILIO__AUTH_TOKEN", TOKEN)
        .env("KENKOCALL_SERVER__LISTEN", "127.0.0.1:0")
        .env("KENKOCALL_SERVER__OPERATIONS_LISTEN", "127.0.0.1:0")
        .env("KENKOCALL_SERVER__PUBLIC_URL", PUBLIC_URL)
        .env("KENKOCALL_LOG__LEVEL", "info,kenkocall=trace")
        .envs(settings.iter().map(|(name, value)| (format!("KENKOCALL_{name}"), value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

struct Launched {
    child: Child,
    main: SocketAddr,
    operations: SocketAddr,
    log: Arc<Mutex<String>>,
}

fn launch(settings: &[(String, String)], environment: &[(String, String)]) -> Result<Launched, Refusal> {
    let environment = environment.iter().cloned();
    let mut child = command(settings).envs(environment).spawn().expect("the program");
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut errors = child.stderr.take().unwrap();
    let log = Arc::new(Mutex::new(String::new()));
    let written = Arc::clone(&log);
    let reading = std::thread::spawn(move || {
        let mut part = [0_u8; 4096];
        while let Ok(read @ 1..) = errors.read(&mut part) {
            written.lock().unwrap().push_str(&String::from_utf8_lossy(&part[..read]));
        }
    });
    let mut line = String::new();
    output.read_line(&mut line).expect("its output");
    match line.trim().strip_prefix("kenkocall listens on http://") {
        Some(address) => {
            let main = address.parse().expect("an address");
            let mut line = String::new();
            output.read_line(&mut line).expect("its output");
            let operations = line.trim().strip_prefix("operations port: http://").expect("an operations port");
            let operations = operations.parse().expect("an address");
            Ok(Launched { child, main, operations, log })
        }
        None => {
            let status = child.wait().unwrap();
            reading.join().unwrap();
            let sentence = log.lock().unwrap().clone();
            Err(Refusal { status, sentence })
        }
    }
}

/// The built-in documents.
pub fn shipped() -> Arc<FlowSet> {
    let root = house().join("call_flows");
    let mut files = std::collections::BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    Arc::new(FlowSet::checked(files).expect("shipped documents"))
}

/// The parts of the program in the test, at a time that the test sets.
pub struct InProcessServer {
    pub carrier: Carrier,
    #[allow(dead_code, reason = "tests/privacy.rs reads it")]
    pub context: Arc<Context>,
    pub conversations: ConversationService,
    now: Arc<Mutex<Timestamp>>,
    serving: tokio::task::JoinHandle<()>,
}

impl InProcessServer {
    /// Registers all people at a centre in Japan and serves, at `now`.
    pub async fn at(database: &Database, now: &str) -> Self {
        let now: Timestamp = now.parse().unwrap();
        test_patients::register(database, now, "Asia/Tokyo").await;
        Self::serving(database, now).await
    }

    /// Serves whatever is in the database, at `now`.
    pub async fn serving(database: &Database, now: Timestamp) -> Self {
        let flow_set = shipped();
        let files = serde_json::to_string(&flow_set.files).unwrap();
        let mut tx = database.begin_write().await.unwrap();
        let set = FlowSetRow { digest: flow_set.digest.clone(), files, loaded_at: now };
        flow_sets::put(&mut tx, &set).await.unwrap();
        tx.commit().await.unwrap();
        let now = Arc::new(Mutex::new(now));
        let told = Arc::clone(&now);
        let lines = Arc::new(LineSettings {
            flow_sets: FlowSetCache::new(flow_set),
            guessing: GuessingLimits::default(),
            zone: TimeZone::get("Asia/Tokyo").unwrap(),
            fallback_centre: None,
            health_call_number: PhoneNumber::from_e164(HEALTH_CALL).ok(),
            call_back_number: None,
        });
        let context = Context::new(database.clone(), Clock::reading(move || *told.lock().unwrap()));
        let (conversations, _working) = ConversationService::start(Arc::clone(&context), lines);
        let web = Web {
            conversations: conversations.clone(),
            context: Arc::clone(&context),
            urls: Urls::new(PUBLIC_URL).unwrap(),
            twilio_key: Some(SigningKey::new(&SecretString::from(TOKEN)).unwrap()),
            account: None,
            legs: LegBook::default(),
            voices: Voices::default(),
            metrics: PrometheusBuilder::new().build_recorder().handle(),
            line: None,
            readiness: LastReadiness::default(),
            forged_told_at: std::sync::atomic::AtomicI64::new(0),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let carrier = Carrier::of(listener.local_addr().unwrap());
        let serving =
            tokio::spawn(async move { axum::serve(listener, router_with_operations(Arc::new(web))).await.unwrap() });
        Self { carrier, context, conversations, now, serving }
    }

    /// Sets the time to `now`.
    pub fn set_clock(&self, now: &str) {
        *self.now.lock().unwrap() = now.parse().unwrap();
    }
}

impl Drop for InProcessServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
