//! PostgreSQL with a streaming replica, in a temporary folder: a primary and a standby behind one address, which a
//! fail-over redirects to the other server.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

use super::postgres_server::{free_port, is_root, programs, run, run_as_postgres};

/// The time limit for the standby to follow the primary. It doesn't measure speed.
const PATIENCE: Duration = Duration::from_secs(60);

/// How commits reach the standby.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replication {
    /// A commit is acknowledged after the standby has it.
    Synchronous,
    /// A commit is acknowledged before the standby has it.
    Asynchronous,
}

pub struct Cluster {
    folder: tempfile::TempDir,
    programs: PathBuf,
    standby: u16,
    clients: Forwarder,
    replication: Forwarder,
}

impl Cluster {
    pub async fn start(replication: Replication) -> Self {
        let programs = programs();
        let folder = tempfile::tempdir().unwrap();
        let (primary, standby) = (free_port(), free_port());
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(folder.path()));
        }
        let cluster =
            Self { clients: Forwarder::to(primary), replication: Forwarder::to(primary), folder, programs, standby };
        let data = cluster.data("primary");
        cluster.program(
            "initdb",
            &["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D", &data],
        );
        cluster.begin("primary", primary);
        let mut connection = PgConnection::connect(&url(primary, "postgres")).await.unwrap();
        sqlx::raw_sql("CREATE DATABASE kenkocall").execute(&mut connection).await.unwrap();
        let from = format!("host=127.0.0.1 port={} user=postgres", cluster.replication.port);
        let copy = cluster.data("standby");
        cluster.program(
            "pg_basebackup",
            &["-d", &from, "-D", &copy, "-R", "-X", "stream", "--checkpoint=fast", "--no-sync"],
        );
        cluster.begin("standby", standby);
        let state = match replication {
            Replication::Asynchronous => "async",
            Replication::Synchronous => {
                let sql = "ALTER SYSTEM SET synchronous_standby_names = '*'";
                sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
                sqlx::raw_sql("SELECT pg_reload_conf()").execute(&mut connection).await.unwrap();
                "sync"
            }
        };
        let follows = async {
            let sql = format!(
                "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = '{state}'"
            );
            loop {
                let row = sqlx::query(AssertSqlSafe(sql.clone())).fetch_one(&mut connection).await.unwrap();
                if row.get::<i64, _>(0) == 1 {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, follows).await.expect("the standby follows");
        connection.close().await.unwrap();
        cluster
    }

    /// The address of the current primary.
    pub fn url(&self) -> String {
        url(self.clients.port, "kenkocall")
    }

    /// Disconnects the standby from the primary. Later commits are lost in a fail-over.
    pub fn cut_replication(&self) {
        self.replication.lead_to(None);
    }

    /// The primary stops, and the standby takes over.
    pub fn fail_over(&self) {
        self.clients.lead_to(None);
        self.program("pg_ctl", &["stop", "-D", &self.data("primary"), "--mode=immediate", "--silent"]);
        self.program("pg_ctl", &["promote", "-D", &self.data("standby"), "--wait", "--silent"]);
        self.clients.lead_to(Some(self.standby));
    }

    fn data(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn begin(&self, name: &str, port: u16) {
        let place = self.folder.path().display();
        let options = format!(
            "-p {port} -k '{place}' -c listen_addresses=127.0.0.1 -c max_connections=100 -c fsync=off -c hot_standby=on \
             -c wal_receiver_status_interval=1"
        );
        let log = self.data(&format!("{name}.log"));
        let data = self.data(name);
        self.program("pg_ctl", &["start", "-D", &data, "-l", &log, "--wait", "--silent", "-o", &options]);
    }

    fn program(&self, name: &str, arguments: &[&str]) {
        run_as_postgres(&self.programs.join(name), arguments, self.folder.path());
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for name in ["primary", "standby"] {
            let data = self.data(name);
            if Path::new(&data).join("postmaster.pid").exists() {
                self.program("pg_ctl", &["stop", "-D", &data, "--mode=immediate", "--silent"]);
            }
        }
    }
}

/// Forwards connections to a changeable port. It has threads of its own, because tests block theirs.
struct Forwarder {
    port: u16,
    state: Arc<Mutex<Leads>>,
}

struct Leads {
    to: Option<u16>,
    open: Vec<TcpStream>,
}

impl Forwarder {
    fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(Leads { to: Some(port), open: Vec::new() }));
        let leads = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let mut leads = leads.lock().unwrap();
                // If nothing listens, the connection is closed immediately.
                let Some(server) = leads.to.and_then(|port| TcpStream::connect(("127.0.0.1", port)).ok()) else {
                    continue;
                };
                for stream in [&client, &server] {
                    stream.set_nodelay(true).unwrap();
                    leads.open.push(stream.try_clone().unwrap());
                }
                let back = (server.try_clone().unwrap(), client.try_clone().unwrap());
                std::thread::spawn(move || copy(client, server));
                std::thread::spawn(move || copy(back.0, back.1));
            }
        });
        Self { port: own, state }
    }

    /// Closes all connections, and forwards new ones to `port`.
    fn lead_to(&self, port: Option<u16>) {
        let mut leads = self.state.lock().unwrap();
        leads.to = port;
        for stream in leads.open.drain(..) {
            // It may already be closed.
            let _closed = stream.shutdown(Shutdown::Both);
        }
    }
}

fn copy(mut from: TcpStream, mut to: TcpStream) {
    let mut part = [0_u8; 16_384];
    while let Ok(read @ 1..) = from.read(&mut part) {
        if to.write_all(&part[..read]).is_err() {
            break;
        }
    }
    let _closed = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}

fn url(port: u16, database: &str) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/{database}")
}
