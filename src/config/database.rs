//! `[database]`: the database.

use serde::Deserialize;

use crate::domain::number;

/// The database.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/NAME`. Default `sqlite://kenkocall.db`.
    pub url: String,
    /// The number of connections to PostgreSQL. Default 8. SQLite always has one writer.
    #[serde(deserialize_with = "number")]
    pub connections: u32,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: "sqlite://kenkocall.db".to_owned(), connections: 8 }
    }
}

/// The URL of a PostgreSQL server contains a password.
impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = self.url.split(':').next().unwrap_or_default();
        f.debug_struct("Database").field("scheme", &scheme).field("connections", &self.connections).finish()
    }
}
