//! Callers on the health-call line, many at a time, while something else is measured: how long their turns wait.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use hdrhistogram::Histogram;
use secrecy::SecretString;
use tokio::task::JoinSet;

use super::phone::Phone;
use super::server::{Measured, TOKEN, free_address};
use crate::carrier::twilio::SigningKey;
use crate::lab::{FIRST_MADE_UP_ID, MADE_UP_BIRTH_DATE};

/// Longer than a call takes: after this long, every call has begun after what was measured before.
const CALL: Duration = Duration::from_secs(1);

/// Callers, who call until they are stopped.
pub(super) struct Callers {
    shared: Arc<Shared>,
    phones: JoinSet<anyhow::Result<()>>,
    /// Killed when dropped.
    _server: Measured,
}

struct Shared {
    stopped: AtomicBool,
    next: AtomicU32,
    patients: u32,
    times: Mutex<Histogram<u64>>,
}

impl Callers {
    /// Starts a server on a database that has made-up patients, and this many callers.
    pub(super) async fn start(database: &str, callers: u32, patients: u32) -> anyhow::Result<Self> {
        let server = Measured::start(&["serve"], Some(database), free_address()?)?;
        let times = Mutex::new(Histogram::new(3).context("the histogram")?);
        let shared = Arc::new(Shared { stopped: AtomicBool::new(false), next: AtomicU32::new(0), patients, times });
        let mut phones = JoinSet::new();
        for _ in 0..callers {
            let (shared, address) = (Arc::clone(&shared), server.address);
            phones.spawn(async move {
                let key = SigningKey::new(&SecretString::from(TOKEN)).context("the key")?;
                let mut phone = Phone::connect(address, &key).await?;
                while !shared.stopped.load(Ordering::Relaxed) {
                    let nth = shared.next.fetch_add(1, Ordering::Relaxed);
                    let id = FIRST_MADE_UP_ID + nth % shared.patients;
                    phone.call(&format!("CA{nth:032x}"), id, MADE_UP_BIRTH_DATE).await?;
                    shared.times().add(&phone.times).context("the histogram")?;
                    phone.times.reset();
                }
                anyhow::Ok(())
            });
        }
        Ok(Self { shared, phones, _server: server })
    }

    /// Runs `measured`. Returns its result, and how long turns took meanwhile, in microseconds.
    pub(super) async fn beside<T: Send + 'static>(
        &self,
        measured: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<(T, Histogram<u64>)> {
        tokio::time::sleep(CALL).await;
        self.shared.times().reset();
        let result = tokio::task::spawn_blocking(measured).await.context("the measurement broke")??;
        tokio::time::sleep(CALL).await;
        let times = self.shared.times().clone();
        Ok((result, times))
    }

    /// Lets the callers finish their calls.
    pub(super) async fn stop(mut self) -> anyhow::Result<()> {
        self.shared.stopped.store(true, Ordering::Relaxed);
        while let Some(phone) = self.phones.join_next().await {
            phone.context("a phone broke")??;
        }
        Ok(())
    }
}

impl Shared {
    fn times(&self) -> std::sync::MutexGuard<'_, Histogram<u64>> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
