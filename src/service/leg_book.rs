//! Whether a carrier's leg speaks for a call: a request that names another call's leg is refused, whatever its URL
//! says.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::conversation::Context;
use crate::carrier::CarrierLegId;
use crate::domain::CallId;
use crate::store::{StoreError, legs};

/// The most calls remembered; when there are more, all are looked up again.
const MOST_REMEMBERED: usize = 10_000;

/// The legs that were found to speak for their calls. Looked up once: a call keeps its leg.
#[derive(Debug, Default)]
pub struct LegBook {
    known: Mutex<HashMap<CallId, CarrierLegId>>,
}

/// Whether a leg speaks for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    /// It is a leg of the call, or the first one that is heard of.
    ForTheCall,
    /// It belongs to another call, or the call is known under another leg.
    ForAnother,
}

impl LegBook {
    /// A call has begun with this leg.
    pub fn begun(&self, call: CallId, leg: &CarrierLegId) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_REMEMBERED {
            known.clear();
        }
        known.insert(call, leg.clone());
    }

    /// Whether `leg` of `carrier` speaks for `call`. The first leg of a call does, unless it is another call's: a
    /// callback can come before the reply to the request that placed the call (fault 27).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn speaks(
        &self,
        context: &Context,
        call: CallId,
        carrier: &'static str,
        leg: &CarrierLegId,
    ) -> Result<Speaks, StoreError> {
        if self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&call) == Some(leg) {
            return Ok(Speaks::ForTheCall);
        }
        let mut tx = context.database.begin_read().await?;
        let mut of_call = legs::of_calls(&mut tx, &[call]).await?;
        of_call.retain(|row| row.carrier == carrier);
        if of_call.is_empty() {
            let found = legs::by_carrier_leg(&mut tx, carrier, &[leg.as_str()]).await?;
            let another = found.iter().any(|found| found.call != call);
            return Ok(if another { Speaks::ForAnother } else { Speaks::ForTheCall });
        }
        if !of_call.iter().any(|row| row.carrier_leg_id == leg.as_str()) {
            return Ok(Speaks::ForAnother);
        }
        self.begun(call, leg);
        Ok(Speaks::ForTheCall)
    }
}
