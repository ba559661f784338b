//! What the two processes and the machine used.

use crate::commands::output::outln;

/// CPU times at one moment, in ticks of the system.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Moment {
    own: f64,
    partner: f64,
    /// All work of the machine, what others took from it, and all time.
    busy: f64,
    stolen: f64,
    all: f64,
    resident_megabytes: f64,
}

impl Moment {
    /// Reads them; what the system doesn't tell is zero.
    pub(super) fn read(partner: u32) -> Self {
        let (busy, stolen, all) = machine().unwrap_or_default();
        Self {
            own: process("self").unwrap_or_default(),
            partner: process(&partner.to_string()).unwrap_or_default(),
            busy,
            stolen,
            all,
            resident_megabytes: resident().unwrap_or_default(),
        }
    }
}

/// Prints what was used between two moments.
pub(super) fn show(before: &Moment, after: &Moment, calls: u16) {
    let all = (after.all - before.all).max(1.0);
    let share = |used: f64| 100.0 * used / all;
    let (own, partner) = (after.own - before.own, after.partner - before.partner);
    let others = (after.busy - before.busy - own - partner).max(0.0);
    let cores = std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64);
    outln!(
        "  CPU of the machine's {cores}: calls {:.1} % ({:.3} % of a core for a call), the other side {:.1} %, other processes and the network {:.1} %, lost to other machines {:.1} %",
        share(own),
        share(own) * cores / f64::from(calls),
        share(partner),
        share(others),
        share(after.stolen - before.stolen),
    );
    outln!("  resident memory {:.0} MB", after.resident_megabytes);
}

/// User and system time of a process.
fn process(id: &str) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name in brackets may contain spaces. The 14th and 15th fields are user and system time (proc(5)).
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    Some(fields.next()?.parse::<f64>().ok()? + fields.next()?.parse::<f64>().ok()?)
}

/// Busy, stolen and all time of the machine.
fn machine() -> Option<(f64, f64, f64)> {
    let stat = std::fs::read_to_string("/proc/stat").ok()?;
    let fields = stat.lines().next()?.split_whitespace().skip(1);
    let times: Vec<f64> = fields.map_while(|field| field.parse().ok()).take(8).collect();
    let [user, nice, system, idle, waiting, interrupts, soft, stolen] = times[..] else { return None };
    let busy = user + nice + system + interrupts + soft;
    Some((busy, stolen, busy + idle + waiting + stolen))
}

fn resident() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}
