//! The network's faults on a simulated day: usually a few, sometimes a total failure.

use std::time::Duration;

use fastrand::Rng;

use super::generators::{LATE, MOST_STALE, VERY_STALE, one_of, sometimes};
use crate::carrier::simulator::NetworkFaults;

/// Draws the faults of a day. One day in four has none; on the others, several faults occur now and then.
pub(super) fn drawn(rng: &mut Rng) -> NetworkFaults {
    if sometimes(rng, 0.25) {
        return NetworkFaults::FAIR;
    }
    let mut knob = |most: f64| if rng.bool() { rng.f64() * rng.f64() * most } else { 0.0 };
    let [lost, repeated, late] = [knob(0.6), knob(0.6), knob(0.6)];
    let dials = [knob(0.3), knob(0.2), knob(0.4), knob(0.4)];
    let [orders, unavailable, stale, messages] = [knob(0.8), knob(0.9), knob(0.9), knob(0.8)];
    let stale_by = Duration::from_secs(rng.u64(5..=MOST_STALE.as_secs()));
    let list_stale_by = if stale_by.as_secs().is_multiple_of(4) { stale_by * VERY_STALE } else { stale_by };
    NetworkFaults {
        statuses_lost: lost,
        statuses_repeated: repeated,
        statuses_late: late,
        late_by: one_of(rng, &LATE),
        dial_too_many: dials[0],
        dial_no_connection: dials[1],
        dial_unheard_placed: dials[2],
        dial_unheard_not_placed: dials[3],
        orders_unheard: orders,
        looks_unavailable: unavailable,
        looks_stale: stale,
        stale_by,
        list_stale_by,
        messages_unheard: messages,
    }
}

/// Draws a total failure: the carrier is unreachable, or its answers are lost, or its list doesn't work.
pub(super) fn storm(rng: &mut Rng) -> NetworkFaults {
    let network_faults = drawn(rng);
    match rng.u8(0..6) {
        0 => NetworkFaults { dial_no_connection: 1.0, looks_unavailable: 1.0, orders_unheard: 1.0, ..network_faults },
        1 => NetworkFaults { dial_unheard_placed: 1.0, ..network_faults },
        2 => NetworkFaults { dial_unheard_not_placed: 1.0, ..network_faults },
        3 => NetworkFaults { dial_unheard_placed: 0.5, looks_unavailable: 1.0, ..network_faults },
        4 => NetworkFaults { statuses_lost: 1.0, ..network_faults },
        _ => NetworkFaults { dial_too_many: 1.0, ..network_faults },
    }
}
