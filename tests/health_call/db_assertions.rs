//! The content of the database, read by the test's own SQL rather than by the code under test.

use std::collections::BTreeMap;
use std::str::FromStr as _;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, Row as _, SqliteConnection};

/// A database to inspect.
pub struct DatabaseAssertions {
    url: String,
}

/// The tables that calls write.
const TABLES: [&str; 11] = [
    "calls",
    "legs",
    "leg_statuses",
    "sessions",
    "turns",
    "reports",
    "answers",
    "alerts",
    "identifications",
    "outbox",
    "audit",
];

impl DatabaseAssertions {
    pub fn at(url: &str) -> Self {
        Self { url: url.to_owned() }
    }

    /// Rows of texts.
    pub async fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        let text = |value: Option<String>| value.unwrap_or_default();
        if self.url.starts_with("sqlite") {
            let mut connection =
                SqliteConnectOptions::from_str(&self.url).unwrap().disable_statement_logging().connect().await.unwrap();
            let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection).await.unwrap();
            let rows = rows.iter().map(|row| (0..row.len()).map(|nth| text(row.get(nth))).collect()).collect();
            connection.close().await.unwrap();
            rows
        } else {
            let mut connection =
                PgConnectOptions::from_str(&self.url).unwrap().disable_statement_logging().connect().await.unwrap();
            let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection).await.unwrap();
            let rows = rows.iter().map(|row| (0..row.len()).map(|nth| text(row.get(nth))).collect()).collect();
            connection.close().await.unwrap();
            rows
        }
    }

    /// The first column.
    pub async fn column(&self, sql: &str) -> Vec<String> {
        self.rows(sql).await.into_iter().map(|mut row| row.swap_remove(0)).collect()
    }

    /// The number of rows in each table of calls.
    pub async fn counts(&self) -> BTreeMap<&'static str, u64> {
        let mut counts = BTreeMap::new();
        for table in TABLES {
            // Rows are sealed in the trail shortly after they are written.
            let rows = if table == "audit" { "audit WHERE action NOT LIKE 'rows.%'" } else { table };
            counts.insert(table, self.count(rows).await);
        }
        counts
    }

    pub async fn count(&self, table_and_condition: &str) -> u64 {
        let sql = format!("SELECT CAST(count(*) AS text) FROM {table_and_condition}");
        self.column(&sql).await[0].parse().unwrap()
    }

    /// A person's current answers, in the order in which they were given: `item=entry`.
    pub async fn answers(&self, hersys_id: &str) -> Vec<String> {
        let sql = format!(
            "SELECT a.item, a.entry FROM answers a JOIN reports r ON r.id = a.report_id
             JOIN patients p ON p.id = r.patient_id WHERE p.hersys_id = '{hersys_id}' ORDER BY a.id"
        );
        self.rows(&sql).await.into_iter().map(|row| format!("{}={}", row[0], row[1])).collect()
    }

    /// The outcomes of a person's reports, in order.
    pub async fn reports(&self, hersys_id: &str) -> Vec<String> {
        let sql = format!(
            "SELECT r.outcome FROM reports r JOIN patients p ON p.id = r.patient_id
             WHERE p.hersys_id = '{hersys_id}' ORDER BY r.started_at, r.id"
        );
        self.column(&sql).await
    }

    /// The dispositions of all calls, in order of their start; empty for a call in progress.
    pub async fn dispositions(&self) -> Vec<String> {
        self.column("SELECT disposition FROM calls ORDER BY started_at, id").await
    }

    /// The open alerts, oldest first: `kind centre item`.
    pub async fn alerts(&self) -> Vec<String> {
        let rows = self.rows("SELECT kind, centre_code, item FROM alerts ORDER BY raised_at, id").await;
        rows.into_iter().map(|row| row.join(" ").trim_end().to_owned()).collect()
    }
}

/// A database that blocks all other writers.
pub enum Held {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl DatabaseAssertions {
    /// Blocks all other writers.
    pub async fn hold(&self) -> Held {
        if self.url.starts_with("sqlite") {
            let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut connection).await.unwrap();
            Held::Sqlite(connection)
        } else {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql("BEGIN; LOCK TABLE turns").execute(&mut connection).await.unwrap();
            Held::Postgres(connection)
        }
    }
}

impl Held {
    pub async fn release(self) {
        match self {
            Self::Sqlite(connection) => connection.close().await.unwrap(),
            Self::Postgres(connection) => connection.close().await.unwrap(),
        }
    }
}
