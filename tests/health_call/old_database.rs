//! A database of the program before services had actors, with calls half done, as its server was killed: this program
//! migrates it and continues the calls. The dumps in `tests/fixtures/old_database` were made by that program: two
//! callers in the questionnaire, one choosing a language, a patient on the phone in an automated call, and then a stop
//! of that patient, whose job waits in the outbox.

use jiff::{SignedDuration, Timestamp};
use kenkocall::domain::{Actor, DataOrigin};
use kenkocall::service::{Clock, Context, walk_trail};
use kenkocall::store::{Database, StoreError};

use super::databases::{on_postgres_dump, on_sqlite_dump};
use super::db_assertions::DatabaseAssertions;
use super::http_client::PUBLIC_URL;
use super::phone::{Next, Phone, WELL};

/// What the documents of that commit say when the report is complete. Its calls end with them.
const OLD_RECEIVED: &str = "本日のご報告を受け付けました";
use super::server::InProcessServer;

const OF_SQLITE: &str = include_str!("../fixtures/old_database/sqlite.sql");
const OF_POSTGRES: &str = include_str!("../fixtures/old_database/postgres.sql");

#[tokio::test]
async fn an_old_sqlite_database_opens_and_its_calls_continue() {
    on_sqlite_dump(OF_SQLITE, continues).await;
}

#[tokio::test]
async fn an_old_postgresql_database_opens_and_its_calls_continue() {
    on_postgres_dump(OF_POSTGRES, continues).await;
}

async fn continues(url: String) {
    assert!(matches!(Database::open_existing(&url, 2).await, Err(StoreError::Older)));
    let database = Database::open(&url, 2).await.unwrap();
    database.migrate(DataOrigin::Real).await.unwrap();
    let stored = DatabaseAssertions::at(&url);
    let roles = stored.column("SELECT role FROM call_people ORDER BY role").await;
    assert_eq!(roles, ["called", "identified", "identified"], "of the old program's calls");
    let last = stored.column("SELECT CAST(max(at) AS TEXT) FROM turns").await[0].parse().unwrap();
    let now = Timestamp::from_millisecond(last).unwrap() + SignedDuration::from_secs(5);
    let server = InProcessServer::serving(&database, now).await;
    let sessions = "SELECT l.carrier_leg_id, s.call_id, CAST(s.turn + 1 AS TEXT) FROM sessions s
                    JOIN legs l ON l.call_id = s.call_id ORDER BY l.carrier_leg_id";
    let phone = |row: &Vec<String>| {
        let mut phone = Phone::new(&server.carrier, Some("+819011110001"));
        phone.leg = row[0].clone();
        let action = format!("{PUBLIC_URL}/twilio/voice/calls/{}/turns/{}", row[1], row[2]);
        phone.next = Next::Keys { action, max_keys: 3 };
        phone
    };
    let rows = stored.rows(sessions).await;
    let mut phones: Vec<Phone> = rows.iter().map(phone).collect();
    let [at_temperature, at_oxygen, at_language, called] = &mut phones[..] else { panic!("{} calls", rows.len()) };

    at_temperature.keys(&WELL).await.hears(OLD_RECEIVED);
    at_oxygen.keys(&WELL[2..]).await.hears(OLD_RECEIVED);
    at_language.keys(&["1", "1000004", "19800404"]).await.hears("たいおん");
    at_language.hang_up().await;
    called.key("1").await;

    let finished = "reports WHERE outcome = 'reported'";
    assert_eq!(stored.count(finished).await, 2);
    let temperatures = "SELECT entry FROM answers WHERE item = 'body_temperature' ORDER BY at";
    assert_eq!(stored.column(temperatures).await, ["365", "365"]);
    let kinds = stored.column("SELECT kind FROM outbox WHERE done_at IS NULL AND failed_at IS NULL").await;
    assert!(kinds.contains(&"withdraw".to_owned()), "{kinds:?}");
    let context = Context::new(database.clone(), Clock::reading(move || now));
    let walked = walk_trail(&context, &Actor::System, None, std::time::Duration::ZERO).await.unwrap();
    assert!(walked.chain_error.is_none() && walked.rows.bad.is_empty() && walked.entries > 0);
    database.close().await;
}
