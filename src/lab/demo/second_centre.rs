//! A second made-up health centre, so that transfers can be tried, and that nobody sees the other's patients: some
//! patients, a rota, and an offer to the first one.

use anyhow::Context as _;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::rota::Duty;
use crate::domain::{Actor, CallingHours, CentreCode, CentreName, HersysId, NoteText, TransferReason};
use crate::lab::{SYNTHETIC_CENTRE, synthetic_number};
use crate::service::{
    CentreChange, Column, Context, Offer, add_centre, add_patient, change_centre, list_staff, offer_transfer,
};

/// Its rota.
pub(super) const DUTY: Duty =
    Duty { centre: SECOND_CENTRE, names: ["見本 緑", "見本 望", "見本 実"], others: 3 };
/// The code of the second made-up health centre.
pub(super) const SECOND_CENTRE: &str = "00001";
/// The HER-SYS ID of its first patient, after those of the first health centre.
const FIRST_ID: u32 = 1_900_001;
/// The number of its first patient, counted from 0.
const FIRST_NUMBER: u32 = 8_999_900;
/// The health centre's own number, among those of made-up patients, too.
const OWN_NUMBER: u32 = 8_999_980;
/// Its patients: given name and birth date.
const PATIENTS: [(&str, &str); 8] = [
    ("春子", "1941-03-03"),
    ("夏夫", "1952-07-21"),
    ("秋江", "1948-10-05"),
    ("冬樹", "1966-12-24"),
    ("小百合", "1979-05-30"),
    ("健太", "1993-08-11"),
    ("由美", "1958-01-17"),
    ("勇", "1936-11-02"),
];
/// Its patients are called this long after the demonstration begins: later than anybody watches.
const LATER: SignedDuration = SignedDuration::from_hours(6);

/// Adds the health centre and its patients.
pub(super) async fn add(context: &Context, now: Timestamp, zone: &TimeZone) -> anyhow::Result<()> {
    let code = CentreCode::parse(SECOND_CENTRE).context("a code")?;
    let name = CentreName::parse("見本市第二保健所").context("a name")?;
    let phone = synthetic_number(OWN_NUMBER).context("a number")?;
    let change = CentreChange {
        calling_hours: Some("00:00-24:00".parse::<CallingHours>().context("calling hours")?),
        municipalities: Some("見本県見本町、見本県見本村".parse().context("municipalities")?),
        ..CentreChange::default()
    };
    add_centre(context, &Actor::System, code.clone(), name, phone, &change).await?;
    let first = CentreCode::parse(SYNTHETIC_CENTRE).context("a code")?;
    let municipalities = Some("見本県見本市".parse().context("municipalities")?);
    change_centre(context, &Actor::System, &first, &CentreChange { municipalities, ..CentreChange::default() }).await?;
    let later = zone.to_datetime(now.checked_add(LATER).unwrap_or(now)).time();
    let times = format!("{:02}:{:02}", later.hour(), later.minute());
    for (nth, (given_name, birth_date)) in (0..).zip(PATIENTS) {
        let number = synthetic_number(FIRST_NUMBER + nth).context("a number")?.as_written();
        let values = [
            (Column::HersysId, &*(FIRST_ID + nth).to_string()),
            (Column::BirthDate, birth_date),
            (Column::FamilyName, "見本"),
            (Column::GivenName, given_name),
            (Column::PhoneNumber, &*number),
            (Column::AutomatedCall, "yes"),
            (Column::CallTimes, &*times),
        ];
        add_patient(context, &Actor::System, &code, &values).await?;
    }
    Ok(())
}

/// Its nurse offers a patient to the first health centre, where the offer waits on Today.
pub(super) async fn offer(context: &Context) -> anyhow::Result<()> {
    let code = CentreCode::parse(SECOND_CENTRE).context("a code")?;
    let staff = list_staff(context, &Actor::System).await?;
    let nurse = staff.iter().find(|member| member.centre.as_ref() == Some(&code)).context("a nurse")?;
    let to = CentreCode::parse(SYNTHETIC_CENTRE).context("a code")?;
    let note = NoteText::parse("長女宅へ移りました。夕方の電話を希望しています。").context("a note")?;
    let offered = Offer { id: None, to: &to, reason: TransferReason::Moved, note: note.as_ref() };
    let patient = HersysId::parse(&FIRST_ID.to_string()).context("an ID")?;
    offer_transfer(context, &nurse.actor(), &patient, offered).await?;
    Ok(())
}
