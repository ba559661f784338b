//! Which PostgreSQL server the connections lead to. After a fail-over they lead to another one, which may lack the last
//! commits.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, PgPool};

use super::error::{DriverError, cannot_open};
use super::open_error::{NoDatabase, OpenFault, ServerFault};
use super::writer::PATIENCE;
use super::{StoreError, encryption};

/// Prepared statements cached per connection. Each statement over many rows has up to seven sizes.
const STATEMENTS: usize = 256;
/// The query for a server's identity: the start time of its process, to the microsecond. It tells a promoted standby, a
/// restored backup and a restarted server apart from the previous server.
const IDENTITY: &str = "SELECT CAST(extract(epoch FROM pg_postmaster_start_time()) AS text)";

/// A server to which a connection was opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Server {
    /// Its identity. `None` for SQLite, and before the first connection.
    pub identity: Option<String>,
    /// Its number among the servers of this process, from 1. 0 without an identity.
    pub nth: u64,
}

/// Remembers the server of the most recently opened connection.
#[derive(Debug, Clone, Default)]
pub(super) struct ServerWatch(Arc<Mutex<Server>>);

impl ServerWatch {
    /// Records the server of a new connection. The connection isn't used until this is done, so the change is seen
    /// before anything is read through it.
    async fn met(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        // A server that doesn't report its start time counts as the previous one.
        let Ok(identity) = sqlx::query_scalar::<_, String>(IDENTITY).fetch_one(connection).await else { return Ok(()) };
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.identity.as_ref() != Some(&identity) {
            *last = Server { identity: Some(identity), nth: last.nth + 1 };
        }
        Ok(())
    }

    pub(super) fn last(&self) -> Server {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Opens a server's database with a limited number of connections.
pub(super) async fn open(options: PgConnectOptions, connections: u32) -> Result<(PgPool, ServerWatch), StoreError> {
    let server = address(&options);
    let options =
        options.statement_cache_capacity(STATEMENTS).application_name("kenkocall").disable_statement_logging();
    // Connect once outside the pool, which would retry for all of its patience.
    let greeting = async { options.connect().await?.close().await };
    match tokio::time::timeout(PATIENCE, greeting).await {
        Ok(Ok(())) => Ok(watched_pool(options, connections, PATIENCE)),
        Ok(Err(error)) if is_about_encryption(&error) => {
            cannot_open(OpenFault::Server { server, fault: encryption::not_encrypted(error) })
        }
        Ok(Err(error)) if may_answer_later(&error) => {
            Err(StoreError::Unreachable { server, why: Some(DriverError::new(error).to_string()) })
        }
        Ok(Err(error)) => {
            let fault = ServerFault::Refused(DriverError::new(error).to_string());
            cannot_open(OpenFault::Server { server, fault })
        }
        Err(_) => Err(StoreError::Unreachable { server, why: None }),
    }
}

/// Returns `true` if the server offers no TLS or its certificate isn't trusted.
fn is_about_encryption(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Tls(_) => true,
        sqlx::Error::Io(error) => error.kind() == std::io::ErrorKind::InvalidData,
        _ => false,
    }
}

/// Returns `true` if the server may accept the same connection later: it is starting, stopping, at its limit or
/// unreachable. A wrong password or a missing database needs a person.
fn may_answer_later(error: &sqlx::Error) -> bool {
    /// SQLSTATEs: too many connections, an administrator's shutdown, a crash shutdown, and a server that can't accept
    /// connections yet.
    const LATER: [&str; 4] = ["53300", "57P01", "57P02", "57P03"];
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| LATER.contains(&&*code)),
        _ => false,
    }
}

/// A pool whose new connections report their server.
fn watched_pool(options: PgConnectOptions, connections: u32, patience: Duration) -> (PgPool, ServerWatch) {
    let watch = ServerWatch::default();
    let met = watch.clone();
    let pool = PgPoolOptions::new().max_connections(connections.max(1)).acquire_timeout(patience);
    let pool = pool.after_connect(move |connection, _| {
        let met = met.clone();
        Box::pin(async move { met.met(connection).await })
    });
    (pool.connect_lazy_with(options), watch)
}

/// Host and port.
fn address(options: &PgConnectOptions) -> String {
    format!("{}:{}", options.get_host(), options.get_port())
}

/// The error for a database without our tables.
pub(super) fn no_tables(options: &PgConnectOptions) -> StoreError {
    let name = options.get_database().unwrap_or_else(|| options.get_username()).to_owned();
    StoreError::NoDatabase(NoDatabase::NoTables { name, server: address(options) })
}
