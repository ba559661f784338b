//! Measures notices: how long a day takes to plan, and how fast a mail server gets them.

#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use jiff::Timestamp;

use super::TempDir;
use super::smtp_sink::Sink;
use crate::carrier::Carriers;
use crate::carrier::simulator::{self, Network};
use crate::commands::output::outln;
use crate::config::{Email, EmailSecurity};
use crate::domain::{
    AccountId, Actor, CentreCode, CentreName, DataOrigin, EmailAddress, EnteredName, Language, Oximeter, PageLanguage,
    PatientId, PhoneNumber, Sensitive,
};
use crate::lab::{SYNTHETIC_CENTRE, synthetic_identity, synthetic_number};
use crate::mail::Smtp;
use crate::service::{
    CentreChange, Clock, Context, NoticePaces, Notifier, NotifierSettings, SimulatedCarrier, add_centre, new_id,
    plan_notices,
};
use crate::store::Database;
use crate::store::patients::{self, Calling, PatientRow};
use crate::store::portal::{accounts, people};

/// Patients written in one commit.
const PART: u32 = 20_000;
/// Faster than any mail server is asked for: what is measured is what the program can do.
const PER_SECOND: f64 = 100_000.0;
/// How often the notifier runs in a server.
const TICK: Duration = Duration::from_secs(1);

/// What to measure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    /// All patients.
    pub(super) patients: u32,
    /// Those under observation, who get a notice.
    pub(super) due: u32,
    /// The messages to a mail server.
    pub(super) mails: u32,
}

/// To whom the notices of a measurement go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reached {
    BySms,
    ByEmail,
}

pub(super) async fn run(plan: Plan) -> anyhow::Result<()> {
    let due = plan.due.min(plan.patients);
    let alone = planned(due, due).await?;
    outln!("daily notices on sqlite, planned for {due} people under observation:");
    shown(due, due, alone, 1.0);
    if due < plan.patients {
        let of_all = planned(plan.patients, due).await?;
        shown(plan.patients, due, of_all, of_all.as_secs_f64() / alone.as_secs_f64());
    }
    sent(plan.mails).await
}

fn shown(registered: u32, due: u32, took: Duration, ratio: f64) {
    let (seconds, each) = (took.as_secs_f64(), f64::from(due) / took.as_secs_f64());
    outln!("  {registered:>9} registered   {seconds:>6.1} s   {each:>8.0} a second   × {ratio:.2}");
}

/// Plans a day. Returns how long it took.
async fn planned(registered: u32, due: u32) -> anyhow::Result<Duration> {
    let folder = TempDir::new(&format!("notices-{registered}"))?;
    let context = opened(&folder, registered, due, Reached::BySms).await?;
    let begun = Instant::now();
    let planned = plan_notices(&context).await?;
    let took = begun.elapsed();
    if planned != u64::from(due) {
        bail!("{planned} notices were planned instead of {due}");
    }
    context.database.close().await;
    Ok(took)
}

/// Sends a day's notices to a mail server on this machine, which takes all of them.
async fn sent(mails: u32) -> anyhow::Result<()> {
    let folder = TempDir::new("notices-mail")?;
    let context = opened(&folder, mails, mails, Reached::ByEmail).await?;
    let sink = Sink::start().await?;
    let email = Email {
        server: Some("127.0.0.1".to_owned()),
        port: Some(sink.port),
        security: EmailSecurity::None,
        from: Some("kenko@mihon.example".to_owned()),
        ..Email::default()
    };
    let server = Smtp::configured(&email)?.context("a mail server")?;
    let lines = SimulatedCarrier::new(Network::new(simulator::Settings::default()), context.clock.clone());
    let settings = NotifierSettings {
        carriers: Carriers::only(Arc::new(lines)),
        from: PhoneNumber::from_e164("+815031980214").context("a number")?,
        mail: Some(Arc::new(server)),
        portal: "https://kenko.example/portal".to_owned(),
        paces: NoticePaces { sms: PER_SECOND, email: PER_SECOND },
        tick: TICK,
    };
    let notifier = Notifier::new(Arc::clone(&context), settings);
    plan_notices(&context).await?;
    let (before, begun) = (memory(), Instant::now());
    while notifier.tick().await?.handed_over > 0 {}
    let took = begun.elapsed().as_secs_f64();
    let taken = sink.taken();
    if taken != u64::from(mails) {
        bail!("the mail server took {taken} messages instead of {mails}");
    }
    outln!(
        "sent to a mail server on this machine: {mails} in {took:.1} s, {:.0} a second, over {} connections; memory {} to {} MB",
        f64::from(mails) / took,
        sink.connections(),
        before,
        memory()
    );
    context.database.close().await;
    Ok(())
}

/// A new database with so many patients. `due` of them are under observation, and the others are released.
async fn opened(folder: &TempDir, registered: u32, due: u32, reached: Reached) -> anyhow::Result<Arc<Context>> {
    let database = Database::open(&folder.database(), 4).await?;
    database.migrate(DataOrigin::Real).await?;
    let context = Context::new(database, Clock::system());
    let centre = CentreCode::parse(SYNTHETIC_CENTRE).context("the code of a health centre")?;
    let name = CentreName::parse("見本保健所").context("the name of a health centre")?;
    let phone = PhoneNumber::from_e164("+81352113641").context("the number of a health centre")?;
    // At any hour that somebody measures.
    let change = CentreChange {
        daily_notice: Some(Some("00:00".parse()?)),
        notice_hours: Some("00:00-24:00".parse().context("hours")?),
        ..CentreChange::default()
    };
    add_centre(&context, &Actor::System, centre.clone(), name, phone, &change).await?;
    let now = context.clock.now();
    for first in (0..registered).step_by(PART as usize) {
        let part = first..registered.min(first.saturating_add(PART));
        let rows =
            part.map(|nth| patient(nth, &centre, nth < due, reached, now)).collect::<anyhow::Result<Vec<_>>>()?;
        let mut tx = context.database.begin_write().await?;
        patients::insert(&mut tx, &rows).await?;
        for row in rows.iter().filter(|_| reached == Reached::ByEmail) {
            let account = account(row.id, now)?;
            accounts::insert(&mut tx, &account).await?;
            people::insert(&mut tx, &person(row.id, account.id, now)?).await?;
        }
        tx.commit().await?;
    }
    Ok(context)
}

fn patient(
    nth: u32,
    centre: &CentreCode,
    is_due: bool,
    reached: Reached,
    now: Timestamp,
) -> anyhow::Result<PatientRow> {
    let (hersys_id, birth_date) = synthetic_identity(nth).context("a made-up patient")?;
    Ok(PatientRow {
        id: PatientId(new_id()),
        centre: centre.clone(),
        hersys_id,
        birth_date,
        family_name: Sensitive::new("見本"),
        given_name: Sensitive::new("花子"),
        phone_number: synthetic_number(nth).filter(|_| reached == Reached::BySms),
        automated_call: false,
        call_times: String::new(),
        language: Language::Japanese,
        diagnosis_date: None,
        monitoring_start: None,
        stopped_at: None,
        released_at: (!is_due).then_some(now),
        created_at: now,
        updated_at: now,
        revision: 1,
        calling: Calling::default(),
        known_in: Vec::new(),
        oximeter: Oximeter::Unknown,
        spo2_asked_at: None,
    })
}

fn account(patient: PatientId, now: Timestamp) -> anyhow::Result<accounts::PortalAccountRow> {
    Ok(accounts::PortalAccountRow {
        id: AccountId(new_id()),
        address: EmailAddress::parse(&format!("{}@mihon.example", patient.0)).context("an address")?,
        language: PageLanguage::Of(Language::Japanese),
        password_hash: None,
        created_at: now,
    })
}

fn person(patient: PatientId, account: AccountId, now: Timestamp) -> anyhow::Result<people::PortalPersonRow> {
    Ok(people::PortalPersonRow {
        patient,
        account,
        family_name: EnteredName::parse("見本").context("a name")?,
        given_name: EnteredName::parse("花子").context("a name")?,
        label: None,
        added_at: now,
    })
}

/// The memory of this process in MB. 0 if the system doesn't say.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse::<u64>().ok());
    kilobytes.unwrap_or_default() / 1024
}
