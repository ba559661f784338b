//! The records behind the measured portal: made-up patients, and accounts that are logged in, each with one of them.

use anyhow::Context as _;
use jiff::{Timestamp, ToSpan as _};

use crate::domain::{
    AccountId, Actor, DeviceName, Diagnosis, DiagnosisBasis, DiseaseName, EmailAddress, EnteredName,
    NotificationReason, PageLanguage, PatientId, PortalSessionId, RegisteredName, Revision, Stay,
};
use crate::lab::{add_synthetic, synthetic_identity};
use crate::service::{Context, SecretToken, new_id, write_diagnosis};
use crate::store::patients;
use crate::store::portal::accounts::{self, PortalAccountRow};
use crate::store::portal::people::{self, PortalPersonRow};
use crate::store::portal::sessions::{self, PortalSessionRow};

/// Accounts written in one commit.
const PART: u32 = 1_000;
/// The password's hash of every account. No password has it, and comparing one costs what it always does.
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE";

/// The address of the nth account. All have as many characters.
pub(super) fn address(nth: u32) -> String {
    format!("mihon{nth:07}@mihon.example")
}

/// A log-in of an account with one person.
pub(super) struct LogIn {
    pub(super) token: SecretToken,
    pub(super) patient: PatientId,
}

/// Adds patients, and accounts for some of them. Returns their log-ins.
pub(super) async fn add(
    context: &Context,
    count: u32,
    of_accounts: std::ops::Range<u32>,
) -> anyhow::Result<Vec<LogIn>> {
    add_synthetic(&context.database, &context.clock, count).await?;
    let now = context.clock.now();
    let mut tokens = Vec::new();
    for first in of_accounts.clone().step_by(PART as usize) {
        let part = first..of_accounts.end.min(first + PART);
        let ids = part.clone().map(|nth| Some(synthetic_identity(nth)?.0)).collect::<Option<Vec<_>>>();
        let ids = ids.context("a made-up patient")?;
        let mut tx = context.database.begin_write().await?;
        let mut found = patients::by_hersys_ids(&mut tx, &ids).await?;
        found.sort_by(|one, other| one.hersys_id.expose().cmp(other.hersys_id.expose()));
        for (nth, patient) in part.zip(found) {
            tokens.push(LogIn { token: account(&mut tx, nth, patient.id, now).await?, patient: patient.id });
        }
        tx.commit().await?;
    }
    diagnosis(context, of_accounts.start, now).await?;
    Ok(tokens)
}

async fn account(
    tx: &mut crate::store::Tx,
    nth: u32,
    patient: PatientId,
    now: Timestamp,
) -> anyhow::Result<SecretToken> {
    let id = AccountId(new_id());
    let row = PortalAccountRow {
        id,
        address: EmailAddress::parse(&address(nth)).context("an address")?,
        language: PageLanguage::default(),
        password_hash: Some(HASH.to_owned()),
        created_at: now,
    };
    accounts::insert(tx, &row).await?;
    let person = PortalPersonRow {
        patient,
        account: id,
        family_name: EnteredName::parse("見本").context("a name")?,
        given_name: EnteredName::parse("花子").context("a name")?,
        label: None,
        added_at: now,
    };
    people::insert(tx, &person).await?;
    let token = SecretToken::random()?;
    let session = PortalSessionRow {
        id: PortalSessionId(new_id()),
        account: id,
        stay: Stay::UntilRelease,
        device: DeviceName::parse("Chromium").context("a device")?,
        patient: Some(patient),
        created_at: now,
        seen_at: now,
    };
    sessions::insert(tx, &session, &token.hash(), Timestamp::MIN).await?;
    Ok(token)
}

/// The first account's patient is entitled to a certificate.
async fn diagnosis(context: &Context, nth: u32, now: Timestamp) -> anyhow::Result<()> {
    let today = jiff::tz::TimeZone::get("Asia/Tokyo").context("the time zone")?.to_datetime(now).date();
    let (id, _) = synthetic_identity(nth).context("a made-up patient")?;
    let found = patients::by_hersys_ids(&mut context.database.begin_read().await?, &[id]).await?;
    let patient = found.into_iter().next().context("the patient isn't there")?.id;
    let diagnosis = Diagnosis {
        disease: DiseaseName::parse("見本感染症").context("a disease")?,
        diagnosed_on: today.saturating_sub(3.days()),
        basis: DiagnosisBasis::Doctor,
        reason: NotificationReason::EveryCase,
        registered_name: RegisteredName::parse("見本 花子").context("a name")?,
        entered_on: today,
        arrived_on: None,
    };
    write_diagnosis(context, &Actor::System, patient, Revision(0), diagnosis).await?;
    Ok(())
}
