//! Long lists in the console: an import beside the same one by the command, exports, and a change of many patients,
//! each with what callers notice of it.

#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use super::super::import::Program;
use super::super::load::Crowd;
use super::super::server::Measured;
use super::browser::Browser;
use crate::commands::output::outln;
use crate::lab::SYNTHETIC_CENTRE;

/// The rows of each list.
const ROWS: u32 = 100_000;
/// One row in this many is changed together with others.
const CHANGED_EVERY: u32 = 10;
/// The first HER-SYS ID of the list that is uploaded, and of the one that the command imports. Nobody else has them.
const UPLOADED: u32 = 50_000_000;
const COMMANDED: u32 = 60_000_000;
/// The pause between two looks at work that goes on, as a page leaves it.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// The longest wait for such work.
const WAIT: Duration = Duration::from_secs(300);
/// How long callers are measured beside a change.
const LENGTH: Duration = Duration::from_secs(10);
const CALLERS: u32 = 100;

/// Measures lists in the console of `server`, whose database is `url`. `folder` takes the files.
pub(super) async fn run(
    server: &Arc<Measured>,
    token: &str,
    url: &str,
    folder: &Path,
    rate: u32,
) -> anyhow::Result<()> {
    outln!("lists of {ROWS} rows:");
    let mut browser = Browser::open(server.address, token).await?;
    let begun = Instant::now();
    let read = import(&mut browser, list(UPLOADED)?).await?;
    let uploaded = begun.elapsed().as_secs_f64();
    let file = folder.join("commanded.csv");
    std::fs::write(&file, list(COMMANDED)?).context("the list can't be written")?;
    let (program, file) = (Program { url: url.to_owned(), carrier: "twilio" }, file.display().to_string());
    let command = move || program.run(&["patients", "import", &file, "--centre", SYNTHETIC_CENTRE]);
    let commanded = tokio::task::spawn_blocking(command).await.context("the command broke")??;
    outln!(
        "  import: {uploaded:.1} s, {read:.1} s of them until the dry run; by the command {commanded:.1} s; × {:.1}",
        uploaded / commanded
    );
    exports(server, &mut browser).await?;
    let crowd = Crowd { server: Arc::clone(server), phones: CALLERS, rate: rate.into(), prefix: 'd', first: 0 };
    let callers = tokio::spawn(crowd.call_for(LENGTH));
    let (changed, preview, seconds) = change(&mut browser).await?;
    outln!("  a change of {changed} patients: preview {preview:.1} s, change {seconds:.1} s; the callers beside it:");
    callers.await.context("the callers broke")??.show();
    Ok(())
}

/// A list of new patients.
fn list(first: u32) -> anyhow::Result<String> {
    let mut list =
        "hersys_id,birth_date,family_name,given_name,phone_number,automated_call,call_times,language\n".to_owned();
    for nth in first..first + ROWS {
        let language = if nth.is_multiple_of(CHANGED_EVERY) { "zh-Hant" } else { "ja" };
        writeln!(list, "{nth:08},1980-04-01,見本,花子,090{nth:08},yes,09:00;18:00,{language}").context("the list")?;
    }
    Ok(list)
}

/// Uploads a list, imports it, and waits for the result. Returns the seconds until the dry run was shown.
async fn import(browser: &mut Browser, list: String) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let page = browser.page("/console/patients/imports").await?.body;
    let at = browser.upload("/console/patients/imports", &hidden(&page, "token")?, list.into_bytes()).await?;
    let read = wait_for(browser, &at, "/import\"").await?;
    let seconds = begun.elapsed().as_secs_f64();
    let fields = [("token", hidden(&read, "token")?), ("plan", hidden(&read, "plan")?)];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let at = browser.form(&format!("{at}/import"), &fields).await?;
    wait_for(browser, &at, "banner ok").await?;
    Ok(seconds)
}

/// Exports all patients of the health centre.
async fn exports(server: &Measured, browser: &mut Browser) -> anyhow::Result<()> {
    let mut rows = 0;
    for format in ["csv", "xlsx"] {
        let before = server.resident_megabytes().unwrap_or_default();
        let file = browser.page(&format!("/console/patients/export/{format}")).await?;
        let after = server.resident_megabytes().unwrap_or_default();
        if format == "csv" {
            rows = file.body.lines().count().saturating_sub(1);
        }
        let seconds = file.took / 1_000.0;
        outln!(
            "  export of {rows} rows as {format}: {seconds:.1} s, {:.0} rows/s; resident memory {before:.0} MB before, {after:.0} MB after",
            rows as f64 / seconds
        );
    }
    Ok(())
}

/// Changes the call times of everybody in a filter. Returns how many there are, and the seconds of preview and change.
async fn change(browser: &mut Browser) -> anyhow::Result<(u32, f64, f64)> {
    let filter = "?language=zh-Hant";
    let page = browser.page(&format!("/console/patients{filter}")).await?.body;
    let token = hidden(&page, "token")?;
    let fields = [("token", &*token), ("of", "all"), ("filter", filter), ("kind", "call_times"), ("times", "10:00")];
    let begun = Instant::now();
    let at = browser.form("/console/patients/bulk", &fields).await?;
    let preview = browser.page(&at).await?.body;
    let previewed = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    let at = browser.form(&format!("{at}/apply"), &[("token", &hidden(&preview, "token")?)]).await?;
    wait_for(browser, &at, "banner ok").await?;
    Ok((ROWS / CHANGED_EVERY, previewed, begun.elapsed().as_secs_f64()))
}

/// Looks at a page until it has a mark. Returns it.
async fn wait_for(browser: &mut Browser, path: &str, mark: &str) -> anyhow::Result<String> {
    let begun = Instant::now();
    while begun.elapsed() < WAIT {
        let page = browser.page(path).await?.body;
        if page.contains(mark) {
            return Ok(page);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    bail!("the work on a list doesn't end")
}

/// A hidden field of a page.
fn hidden(page: &str, name: &str) -> anyhow::Result<String> {
    let mark = format!("name=\"{name}\" value=\"");
    let value = page.split(&mark).nth(1).and_then(|rest| rest.split('"').next());
    value.map(str::to_owned).context("a form lacks its field")
}
