//! Notices of a demonstration: the first patient is invited to the portal, and all patients get the daily notice a
//! minute later. What the simulated phones receive by SMS is written into a folder, as e-mails are.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::domain::{Actor, CallingHours, CentreCode, NoticeId};
use crate::lab::{SYNTHETIC_CENTRE, synthetic_identity};
use crate::service::{
    CentreChange, Context, Details, SimulatedCarrier, change_centre, new_id, send_invitation, show_patient,
};

/// How often the folder is brought up to date.
const EVERY: Duration = Duration::from_secs(1);
/// The daily notices go out this long after the demonstration begins.
const SOON: SignedDuration = SignedDuration::from_mins(1);

/// Switches the daily notice on, and invites the first patient. Returns the time of the daily notice.
pub(super) async fn add(context: &Context, now: Timestamp, zone: &TimeZone) -> anyhow::Result<String> {
    let soon = zone.to_datetime(now.checked_add(SOON).context("the next minute")?).time();
    let at = format!("{:02}:{:02}", soon.hour(), soon.minute());
    let change = CentreChange {
        daily_notice: Some(Some(at.parse()?)),
        notice_hours: Some("00:00-24:00".parse::<CallingHours>().context("hours")?),
        ..CentreChange::default()
    };
    let centre = CentreCode::parse(SYNTHETIC_CENTRE).context("a code")?;
    change_centre(context, &Actor::System, &centre, &change).await?;
    let (id, _) = synthetic_identity(0).context("an ID")?;
    let patient = show_patient(context, &Actor::System, &id, Details::Masked).await?.found.patient.id;
    send_invitation(context, &Actor::System, patient, NoticeId(new_id())).await?;
    Ok(at)
}

/// Writes each SMS that the simulated phones receive into a file, until it is dropped.
pub(super) async fn written(lines: SimulatedCarrier, folder: PathBuf) -> anyhow::Result<()> {
    std::fs::create_dir_all(&folder).context("a folder for SMS can't be made")?;
    let mut rhythm = tokio::time::interval(EVERY);
    let mut count = 0_usize;
    loop {
        rhythm.tick().await;
        let new: Vec<String> = lines.watch(|network, _| {
            let messages = network.messages().skip(count);
            messages.map(|sms| format!("To: {}\n\n{}\n", sms.to.as_written(), sms.text.expose())).collect()
        });
        for sms in new {
            count = count.saturating_add(1);
            write(&folder, count, &sms).context("an SMS can't be written")?;
        }
    }
}

fn write(folder: &Path, nth: usize, sms: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let mut file =
        options.write(true).create(true).truncate(true).mode(0o600).open(folder.join(format!("{nth:05}.txt")))?;
    file.write_all(sms.as_bytes())
}
