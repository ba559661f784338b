//! Checks whether a carrier's leg belongs to a call. A request that names another call's leg is refused, whatever its
//! URL says.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::carrier::CarrierLegId;
use crate::domain::CallId;
use crate::service::context::Context;
use crate::store::{StoreError, legs};

/// The maximum number of calls in the cache. Above it, the cache is cleared.
const MOST_REMEMBERED: usize = 10_000;

/// A cache of legs that were found to belong to their calls. Each is looked up once, as a call keeps its leg.
#[derive(Debug, Default)]
pub struct LegBook {
    known: Mutex<HashMap<CallId, CarrierLegId>>,
}

/// Whether a leg belongs to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegOwner {
    /// It is a leg of the call, or the call's first leg.
    ThisCall,
    /// It belongs to another call, or the call has another leg.
    AnotherCall,
}

impl LegBook {
    /// Records the first leg of a new call.
    pub fn begun(&self, call: CallId, leg: &CarrierLegId) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_REMEMBERED {
            known.clear();
        }
        known.insert(call, leg.clone());
    }

    /// Returns whether `leg` of `carrier` belongs to `call`. The first leg of a call does, unless it is another
    /// call's: a callback can arrive before the reply to the request that placed the call (fault 27).
    ///
    /// # Errors
    /// Database errors.
    pub async fn speaks(
        &self,
        context: &Context,
        call: CallId,
        carrier: &'static str,
        leg: &CarrierLegId,
    ) -> Result<LegOwner, StoreError> {
        if self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&call) == Some(leg) {
            return Ok(LegOwner::ThisCall);
        }
        let mut tx = context.database.begin_read().await?;
        let mut of_call = legs::of_calls(&mut tx, &[call]).await?;
        of_call.retain(|row| row.carrier == carrier);
        if of_call.is_empty() {
            let found = legs::by_carrier_leg(&mut tx, carrier, &[leg.as_str()]).await?;
            let another = found.iter().any(|found| found.call != call);
            return Ok(if another { LegOwner::AnotherCall } else { LegOwner::ThisCall });
        }
        if !of_call.iter().any(|row| row.carrier_leg_id == leg.as_str()) {
            return Ok(LegOwner::AnotherCall);
        }
        self.begun(call, leg);
        Ok(LegOwner::ThisCall)
    }
}
