//! Watches our own telephone line. Staff are told once if it can't take or place calls; calls under way go on.

use std::sync::Arc;
use std::time::Duration;

use tracing::{error, info};

use crate::carrier::sip::LineTrouble;
use crate::service::context::Context;
use crate::service::suspension::tell_staff;
use crate::store::StoreError;

/// What keeps our own line from taking or placing calls.
pub type LineHealth = Arc<dyn Fn() -> Option<LineTrouble> + Send + Sync>;

/// How often it is asked.
const EVERY: Duration = Duration::from_secs(5);
/// So many times in a row, and it isn't a hiccup any more.
const LASTING: u32 = 3;

/// Watches the line until its task is stopped.
pub async fn watch_line(context: Arc<Context>, health: LineHealth) {
    let (mut times, mut told) = (0_u32, false);
    let mut rhythm = tokio::time::interval(EVERY);
    rhythm.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        rhythm.tick().await;
        let Some(trouble) = health() else {
            if told {
                info!("our own telephone line takes and places calls again");
            }
            (times, told) = (0, false);
            continue;
        };
        times = times.saturating_add(1);
        if told || times < LASTING {
            continue;
        }
        error!(reason = trouble.sentence(), "our own telephone line can't take or place calls");
        match tell(&context).await {
            Ok(()) => told = true,
            Err(error) => error!(%error, "could not tell staff about the telephone line; retrying"),
        }
    }
}

async fn tell(context: &Context) -> Result<(), StoreError> {
    let mut tx = context.database.begin_write().await?;
    tell_staff(&mut tx, context.clock.now()).await?;
    tx.commit().await
}
