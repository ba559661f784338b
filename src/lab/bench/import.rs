//! Measures the import of a long patient list: first with only new patients, each with a number for automated calls,
//! then the same list again.

#![allow(clippy::disallowed_methods, reason = "it measures time and finds its own program")]

use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, bail};

use super::TempDir;
use crate::commands::output::outln;

pub(super) fn run(patients: u32) -> anyhow::Result<()> {
    let scratch = TempDir::new("import")?;
    measure(&scratch, patients)
}

fn measure(scratch: &TempDir, patients: u32) -> anyhow::Result<()> {
    let mut list = "hersys_id,birth_date,family_name,given_name,phone_number,automated_call,call_times\n".to_owned();
    for nth in 0..patients {
        writeln!(list, "{:08},1980-04-01,見本,花子,090{:08},yes,09:00;18:00", 10_000_000 + nth, 10_000_000 + nth)
            .context("the list")?;
    }
    let file = scratch.path().join("patients.csv");
    std::fs::write(&file, list).context("the list can't be written")?;
    let file = file.display().to_string();
    kenkocall(scratch, &["centres", "add", "--code", "00000", "--name", "見本保健所", "--phone", "0352113641"])?;
    let import = ["patients", "import", &file, "--centre", "00000"];
    let new = kenkocall(scratch, &import)?;
    let again = kenkocall(scratch, &import)?;
    outln!(
        "import of {patients} patients on sqlite: all new {new:.1} s; the same list again, nothing changes, {again:.1} s"
    );
    Ok(())
}

/// Runs this program. Returns its run time in seconds.
fn kenkocall(scratch: &TempDir, arguments: &[&str]) -> anyhow::Result<f64> {
    let program = std::env::current_exe().context("this program can't be found")?;
    let begun = Instant::now();
    let output = Command::new(program)
        .args(arguments)
        .env("KENKOCALL_DATABASE__URL", scratch.database())
        .env("KENKOCALL_CARRIER", "simulator")
        .stdin(Stdio::null())
        .output()
        .context("the program can't be started")?;
    if !output.status.success() {
        bail!("{} failed: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    Ok(begun.elapsed().as_secs_f64())
}
