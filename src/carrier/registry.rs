//! The carriers that are in use at the same time, by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::network::Carrier;

/// The carriers in use. Automated calls are placed with the default one; whatever concerns an existing leg goes to the
/// carrier that the leg names.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "connections have no useful `Debug` output")]
pub struct Carriers {
    default: Arc<dyn Carrier>,
    by_name: BTreeMap<&'static str, Arc<dyn Carrier>>,
}

/// Two carriers have the same name, so a leg wouldn't say which one has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("two carriers are named {0}")]
pub struct NameTaken(pub &'static str);

impl Carriers {
    /// One carrier for everything.
    pub fn only(default: Arc<dyn Carrier>) -> Self {
        Self { by_name: BTreeMap::from([(default.name(), Arc::clone(&default))]), default }
    }

    /// The same carriers and another one, which places no automated calls.
    ///
    /// # Errors
    /// [`NameTaken`] if a carrier of this name is in use already.
    pub fn and(mut self, carrier: Arc<dyn Carrier>) -> Result<Self, NameTaken> {
        let name = carrier.name();
        match self.by_name.insert(name, carrier) {
            None => Ok(self),
            Some(_) => Err(NameTaken(name)),
        }
    }

    /// The carrier with which automated calls are placed.
    pub fn default(&self) -> &dyn Carrier {
        &*self.default
    }

    /// The carrier that a leg names. `None` if it is no longer configured.
    pub fn named(&self, name: &str) -> Option<&dyn Carrier> {
        self.by_name.get(name).map(|carrier| &**carrier)
    }

    /// All of them, in the order of their names.
    pub fn all(&self) -> impl Iterator<Item = &dyn Carrier> {
        self.by_name.values().map(|carrier| &**carrier)
    }
}
