//! Made-up staff on duty: a red alert that nobody takes rings them on the simulated network while you watch.

use std::time::Duration;

use anyhow::Context as _;
use uuid::Uuid;

use crate::carrier::simulator::{Population, Script};
use crate::domain::{
    Actor, CallableNumber, CentreCode, Contact, ContactId, Keys, Language, Revision, Rota, RotaParts, Shift, ShiftId,
    SmsToo, StaffName, WaitMinutes,
};
use crate::lab::{SYNTHETIC_CENTRE, synthetic_number};
use crate::service::{AccountView, Context, change_rota, list_staff};

/// The first of the staff's numbers, after those of all made-up patients.
const FIRST_NUMBER: u32 = 8_999_990;

/// The people of a health centre's rota.
pub(super) struct Duty {
    pub(super) centre: &'static str,
    /// Who is on duty, in order, and who is rung at last.
    pub(super) names: [&'static str; 3],
    /// How many people other rotas have: their ids and numbers are others.
    pub(super) others: u32,
}

/// The first health centre's.
pub(super) const FIRST: Duty =
    Duty { centre: SYNTHETIC_CENTRE, names: ["見本 健二", "見本 一郎", "見本 直子"], others: 0 };

/// Puts the people at their numbers: the first doesn't answer, the second passes the alerts on, the third takes them.
pub(super) fn people(population: &mut Population) {
    let answers = || Script::answers(Duration::from_secs(6));
    let passes_on = Keys::parse("2").map(|keys| answers().keys_at("staff_alert.ask", keys));
    let second = passes_on.unwrap_or_else(|_| answers());
    for (nth, script) in [Script::rings_out(), second, answers()].into_iter().enumerate() {
        let number = u32::try_from(nth).ok().and_then(|nth| synthetic_number(FIRST_NUMBER.saturating_add(nth)));
        if let Some(number) = number {
            population.put(number, vec![script.into()]);
        }
    }
}

/// Gives a made-up health centre a rota, whose people have their accounts if they are among its staff. Two minutes
/// are for those at the console, and two for each person who answers.
pub(super) async fn add(context: &Context, duty: &Duty) -> anyhow::Result<()> {
    let id = |nth: usize| ContactId(Uuid::from_u128(nth as u128 + u128::from(duty.others) + 1));
    let centre = CentreCode::parse(duty.centre).context("the made-up health centre")?;
    let accounts = list_staff(context, &Actor::System).await?;
    let account_of = |name: &str| {
        let own = |account: &&AccountView| account.name.as_str() == name && account.centre.as_ref() == Some(&centre);
        accounts.iter().find(own).map(|account| account.id)
    };
    let contact = |(nth, name): (usize, &&str)| -> anyhow::Result<Contact> {
        let nth_number = FIRST_NUMBER.saturating_add(duty.others).saturating_add(u32::try_from(nth)?);
        let number = synthetic_number(nth_number).context("a number")?;
        Ok(Contact {
            id: id(nth),
            name: StaffName::parse(name).context("a name")?,
            phone: CallableNumber::new(number).map_err(|_| anyhow::anyhow!("a number that can be called"))?,
            language: Language::Japanese,
            email: None,
            sms: SmsToo::Yes,
            account: account_of(name),
        })
    };
    let shift = |nth: u128, days: &str, hours: &str, people: &[usize]| -> anyhow::Result<Shift> {
        let (days, hours) = (days.parse().context("days")?, hours.parse().context("hours")?);
        let contacts = people.iter().copied().map(id).collect();
        Ok(Shift { id: ShiftId(Uuid::from_u128(nth + u128::from(duty.others))), days, hours, contacts })
    };
    let week = "mon;tue;wed;thu;fri;sat;sun";
    let rota = Rota::new(RotaParts {
        contacts: duty.names.iter().enumerate().map(contact).collect::<anyhow::Result<_>>()?,
        shifts: vec![
            shift(1, week, "08:30-17:15", &[0, 1])?,
            shift(2, "mon;tue;wed;thu;fri;sat", "17:15-08:30", &[1, 0])?,
        ],
        first: WaitMinutes::FIRST,
        between: WaitMinutes::try_from(2).context("a wait")?,
        fallback: Some(id(2)),
    })
    .context("a rota")?;
    change_rota(context, &Actor::System, &centre, Revision(0), &rota).await?;
    Ok(())
}
