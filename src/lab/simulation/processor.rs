//! Where the threads of a simulated day run.

/// Pins this thread, and the threads that its databases start, to the processor of this number, counted round. They
/// wait for each other at every statement, and waking a thread on another processor takes longer than most statements.
/// Also, which of two commits at the same time comes first then doesn't depend on the machine.
#[cfg(target_os = "linux")]
pub fn stay_on_processor(nth: usize) {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
    let Ok(allowed) = sched_getaffinity(None) else { return };
    let usable = (0..CpuSet::MAX_CPU).filter(|cpu| allowed.is_set(*cpu));
    let Some(cpu) = usable.cycle().nth(nth) else { return };
    let mut one = CpuSet::new();
    one.set(cpu);
    // If it isn't allowed, days only take longer.
    let _elsewhere = sched_setaffinity(None, &one);
}

/// Other systems keep their threads where they like.
#[cfg(not(target_os = "linux"))]
pub fn stay_on_processor(_nth: usize) {}
