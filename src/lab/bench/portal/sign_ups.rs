//! Very many people who sign up: each asks for a code, enters it, and chooses a password; who must wait presses the
//! button until it is done. Meanwhile others report and call.

#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

use super::super::server::{Measured, sample};
use super::browser::{Answer, Browser, Person};
use crate::domain::MailCode;
use crate::service::SecretToken;
use crate::store::Database;
use crate::store::portal::codes;

/// Connections that the people share.
const CONNECTIONS: usize = 64;
/// The shortest and the longest wait before somebody presses the button again.
const PRESSES: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(60));
/// Hashes of a core in a second, by which people guess how long they wait.
const A_SECOND: u64 = 40;
/// Chosen by everybody.
const PASSWORD: &str = "mihon-kenko-call";
/// The first person's number, after those who have an account.
const FIRST: u32 = 2_000_000;

/// Connections that are handed out in turn.
struct Lent {
    free: Mutex<mpsc::Receiver<Browser>>,
    back: mpsc::Sender<Browser>,
}

impl Lent {
    async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let (back, free) = mpsc::channel(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            back.send(Browser::open(address).await?).await.context("a connection")?;
        }
        Ok(Self { free: Mutex::new(free), back })
    }

    async fn page(&self, person: &mut Person, path: &str) -> anyhow::Result<Answer> {
        let mut browser = self.free.lock().await.recv().await.context("no connection is left")?;
        let answer = browser.page(person, path).await;
        self.back.send(browser).await.context("a connection")?;
        answer
    }

    async fn form(&self, person: &mut Person, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<Answer> {
        let mut browser = self.free.lock().await.recv().await.context("no connection is left")?;
        let answer = browser.form(person, path, fields).await;
        self.back.send(browser).await.context("a connection")?;
        answer
    }
}

/// People who sign up.
pub(super) struct Crowd {
    lent: Lent,
    database: Database,
}

/// What became of them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SignedUp {
    pub(super) people: u32,
    /// Who got the page of those who wait.
    pub(super) waited: u32,
    /// Whom a full line has turned away at first.
    pub(super) turned_away: u32,
    /// From the first one until the last one is in.
    pub(super) took: Duration,
}

/// One of them.
#[derive(Debug, Clone, Copy, Default)]
struct One {
    waited: bool,
    turned_away: bool,
}

impl Crowd {
    pub(super) async fn new(address: SocketAddr, database: &str) -> anyhow::Result<Arc<Self>> {
        let (lent, database) = (Lent::open(address).await?, Database::open(database, 4).await?);
        Ok(Arc::new(Self { lent, database }))
    }

    /// So many begin each second. Ends when the last one is in.
    pub(super) async fn sign_up(self: Arc<Self>, rate: u32, length: Duration) -> anyhow::Result<SignedUp> {
        let begun = Instant::now();
        let count = rate * u32::try_from(length.as_secs()).unwrap_or(0);
        let mut people = JoinSet::new();
        for nth in 0..count {
            let crowd = Arc::clone(&self);
            tokio::time::sleep_until((begun + Duration::from_secs_f64(f64::from(nth) / f64::from(rate))).into()).await;
            people.spawn(async move { crowd.one(nth).await });
        }
        let mut all = SignedUp { people: count, ..SignedUp::default() };
        while let Some(one) = people.join_next().await {
            let one = one.context("somebody broke")??;
            all.waited += u32::from(one.waited);
            all.turned_away += u32::from(one.turned_away);
        }
        all.took = begun.elapsed();
        Ok(all)
    }

    async fn one(&self, nth: u32) -> anyhow::Result<One> {
        let (mut person, mut one) = (Person::new(FIRST + nth, None)?, One::default());
        let email = format!("neu{nth:07}@mihon.example");
        let page = self.get_in(&mut person, &mut one, "/portal/register", &[("email", &email), ("stay", "1")]).await?;
        expect(&page, "/portal/code")?;
        let token = person.code_token().context("nobody waits for a code")?;
        let code = self.code(&token).await?;
        let page = self.get_in(&mut person, &mut one, "/portal/code", &[("code", code.expose())]).await?;
        expect(&page, "/portal/account/password?new=1")?;
        let fields = [("password", PASSWORD), ("new", "1")];
        let page = self.get_in(&mut person, &mut one, "/portal/account/password", &fields).await?;
        expect(&page, "/portal/people/add")?;
        Ok(one)
    }

    /// The code that would be sent.
    async fn code(&self, token: &SecretToken) -> anyhow::Result<MailCode> {
        let mut tx = self.database.begin_read().await?;
        let row = codes::last_of_browser(&mut tx, &token.hash()).await?.context("no code was made")?;
        row.code.context("the code was sent")
    }

    /// Sends a form, and waits until it is one's turn. Returns the answer.
    async fn get_in(
        &self,
        person: &mut Person,
        one: &mut One,
        path: &str,
        fields: &[(&str, &str)],
    ) -> anyhow::Result<Answer> {
        let mut answer = self.lent.form(person, path, fields).await?;
        loop {
            // The line is full, or the server serves as many as it can.
            if answer.status == 503 {
                one.turned_away = true;
                tokio::time::sleep(PRESSES.1).await;
                answer = self.lent.form(person, path, fields).await?;
                continue;
            }
            let Some(waiting) = answer.location.clone().filter(|page| page.starts_with("/portal/waiting")) else {
                return Ok(answer);
            };
            one.waited = true;
            let page = self.lent.page(person, &waiting).await?;
            let place = page.between("class=\"place-in-line\">あなたは ", " ").and_then(|place| place.parse().ok());
            let wait = Duration::from_secs(place.unwrap_or(0_u64) / A_SECOND);
            tokio::time::sleep(wait.clamp(PRESSES.0, PRESSES.1)).await;
            answer = self.lent.form(person, &waiting, &[]).await?;
        }
    }
}

fn expect(answer: &Answer, page: &str) -> anyhow::Result<()> {
    if answer.location.as_deref() != Some(page) {
        bail!("{page} was expected: {} {:?}", answer.status, answer.location);
    }
    Ok(())
}

/// The milliseconds that the server has hashed passwords.
pub(super) async fn hashed(server: &Measured) -> anyhow::Result<u64> {
    Ok(sample(&server.metrics().await?, "kenkocall_password_hashing_milliseconds_total").unwrap_or_default())
}

/// The highest numbers of people who wait for a hash and for a code, until it is stopped.
pub(super) async fn watch(server: Arc<Measured>, most: Arc<Mutex<(u64, u64)>>) {
    loop {
        if let Ok(metrics) = server.metrics().await {
            let waiting = |line: &str| {
                sample(&metrics, &format!("kenkocall_bulkhead_waiting{{bulkhead=\"{line}\"}}")).unwrap_or_default()
            };
            let mut most = most.lock().await;
            *most = (most.0.max(waiting("portal_passwords")), most.1.max(waiting("portal_codes")));
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
