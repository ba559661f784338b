//! Red alerts that nobody takes ring those on duty, one after the other, until somebody takes them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kenkocall::carrier::simulator::{Behaviour, NetworkFaults, Script};
use kenkocall::domain::{
    Actor, AlertId, AlertKind, CallableNumber, CentreCode, Contact, ContactId, Keys, Language, LogInName, PatientId,
    PhoneNumber, ReasonText, Revision, Role, Rota, RotaParts, Shift, ShiftId, SmsToo, Staff, StaffAccess,
    StaffAccountId, StaffName,
};
use kenkocall::lab::{SYNTHETIC_CENTRE, synthetic_number};
use kenkocall::service::{
    AccountError, EmailRule, Escalator, EscalatorSettings, NewAccount, ServiceError, TakeFrom, change_rota,
    invite_staff, list_staff, pause_dialling, show_alert_line, start_maintenance, take_line,
};
use kenkocall::store::alerts::{self, AlertRow};
use uuid::Uuid;

use crate::databases::Fresh;
use crate::simulated_day::{Day, Plan};

crate::on_both_databases!(
    a_red_alert_rings_those_on_duty_until_somebody_takes_it,
    an_alert_that_is_taken_by_phone_and_not_opened_escalates_again,
    an_alert_that_is_taken_by_phone_and_opened_rings_nobody_again,
    an_alert_that_is_taken_by_phone_is_the_account_holders_own_in_the_console,
    a_gap_rings_the_fallback_and_then_the_list_again_and_each_minute_it_is_said,
    neither_night_nor_pause_nor_maintenance_stops_calls_to_staff,
    an_alert_that_is_taken_in_the_console_ends_the_ringing,
    another_node_goes_on_where_one_was_killed,
    a_call_to_staff_of_unknown_outcome_moves_on_and_its_phone_still_takes_the_alerts,
    callbacks_of_a_call_to_staff_that_never_come_move_on,
);

/// The first of the staff's numbers among the made-up ones: its last digits are 11, then 12, then 13.
const FIRST: u32 = 10;

fn contact_id(nth: u32) -> ContactId {
    ContactId(Uuid::from_u128(nth.into()))
}

/// A rota of three people. The shifts: days, hours, people.
fn rota(shifts: &[(&str, &str, &[u32])]) -> Rota {
    let contact = |nth: u32| Contact {
        id: contact_id(nth),
        name: StaffName::parse(["見本 直子", "見本 一郎", "見本 管理"][nth as usize]).unwrap(),
        phone: CallableNumber::new(synthetic_number(FIRST + nth).unwrap()).unwrap(),
        language: Language::Japanese,
        email: None,
        sms: SmsToo::Yes,
        account: None,
    };
    let shift = |(nth, (days, hours, people)): (usize, &(&str, &str, &[u32]))| Shift {
        id: ShiftId(Uuid::from_u128(nth as u128)),
        days: days.parse().unwrap(),
        hours: hours.parse().unwrap(),
        contacts: people.iter().map(|nth| contact_id(*nth)).collect(),
    };
    Rota::new(RotaParts {
        contacts: (0..3).map(contact).collect(),
        shifts: shifts.iter().enumerate().map(shift).collect(),
        fallback: Some(contact_id(2)),
        ..RotaParts::default()
    })
    .unwrap()
}

const ALWAYS: &str = "mon;tue;wed;thu;fri;sat;sun";

fn presses(key: &str) -> Behaviour {
    Script::answers(Duration::from_secs(4)).keys_at("staff_alert.ask", Keys::parse(key).unwrap()).into()
}

fn centre() -> CentreCode {
    CentreCode::parse(SYNTHETIC_CENTRE).unwrap()
}

/// A day on which these people are at the numbers of the rota.
async fn day(fresh: &Fresh, start: &'static str, people: [Behaviour; 3], rota: Rota) -> Day {
    let people = people.into_iter().enumerate().map(|(nth, one)| (FIRST + u32::try_from(nth).unwrap(), vec![one]));
    let plan = Plan { start, patients: vec!["23:00"], people: people.collect(), ..Plan::default() };
    let day = Day::begin(fresh, plan).await;
    change_rota(&day.client.context, &day.client.actor, &centre(), Revision(0), &rota).await.unwrap();
    day
}

fn escalator(day: &Day) -> Arc<Escalator> {
    let simulation = &day.simulation;
    let from = PhoneNumber::from_e164("+815000000000").unwrap();
    let settings = EscalatorSettings { from, ring_seconds: 25, email: EmailRule::Sent };
    Escalator::new(
        Arc::clone(&simulation.context),
        simulation.conversations.clone(),
        simulation.carriers.clone(),
        settings,
    )
}

/// Goes on for some seconds, with these nodes.
async fn pass(day: &Day, nodes: &[Arc<Escalator>], seconds: i64) {
    let end = day.simulation.clock.now() + SignedDuration::from_secs(seconds);
    while day.simulation.clock.now() < end {
        for node in nodes {
            node.tick_and_wait().await.unwrap();
        }
        let next = (day.simulation.clock.now() + SignedDuration::from_secs(5)).min(end);
        day.simulation.run_until(next).await.unwrap();
    }
}

/// Raises a red alert about the patient now.
async fn red(day: &Day) -> (AlertId, PatientId) {
    let patient = PatientId(day.kept.column("SELECT id FROM patients").await[0].parse().unwrap());
    let id = AlertId(Uuid::now_v7());
    let at: Timestamp = day.simulation.clock.now();
    let row =
        AlertRow { centre: Some(centre()), patient: Some(patient), ..AlertRow::of_all(id, AlertKind::RedAnswer, at) };
    let mut tx = day.simulation.context.database.begin_write().await.unwrap();
    alerts::raise(&mut tx, &[row]).await.unwrap();
    tx.commit().await.unwrap();
    (id, patient)
}

/// The steps in order: `round name outcome sms`.
async fn steps(day: &Day) -> Vec<String> {
    let sql = "SELECT CAST(s.round AS text), s.name, s.outcome, s.sms FROM escalation_steps s
               JOIN escalations e ON e.id = s.escalation_id ORDER BY e.began_at, s.number";
    day.kept.rows(sql).await.into_iter().map(|row| row.join(" ").trim().to_owned()).collect()
}

/// Whose phones rang, by the last two digits, from the network's own record.
fn rang(day: &Day) -> Vec<String> {
    day.rang().iter().map(|line| line[line.len() - 2..].to_owned()).collect()
}

async fn actions(day: &Day, action: &str) -> usize {
    day.kept.column(&format!("SELECT id FROM audit WHERE action = '{action}'")).await.len()
}

async fn a_red_alert_rings_those_on_duty_until_somebody_takes_it(fresh: Fresh) {
    let people = [Script::rings_out().into(), presses("2"), presses("1")];
    let day = day(&fresh, "2026-11-28T10:00:00+09:00", people, rota(&[(ALWAYS, "00:00-24:00", &[0, 1])])).await;
    let nodes = [escalator(&day)];
    red(&day).await;
    pass(&day, &nodes, 110).await;
    assert_eq!(rang(&day), Vec::<String>::new(), "two minutes for those at the console");
    pass(&day, &nodes, 240).await;
    assert_eq!(rang(&day), ["11", "12", "13"]);
    let expected = ["1 見本 直子 no_answer sent", "1 見本 一郎 passed_on sent", "1 見本 管理 taken sent"];
    assert_eq!(steps(&day).await, expected);
    assert_eq!(day.kept.column("SELECT name FROM alert_claims WHERE call_id IS NOT NULL").await, ["見本 管理"]);
    assert_eq!(day.kept.column("SELECT reason FROM escalations").await, ["by_phone"]);
    for (action, times) in
        [("alert.staff_rung", 3), ("alert.staff_call_ended", 3), ("alert.taken", 1), ("alert.escalation_ended", 1)]
    {
        assert_eq!(actions(&day, action).await, times, "{action}");
    }
    // No patient is named, and no attempt or report is made.
    let said = day.kept.column("SELECT t.reply FROM turns t JOIN escalation_steps s ON s.call_id = t.call_id").await;
    assert!(said.iter().all(|reply| !reply.contains("花子") && !reply.contains("1000001")), "{said:?}");
    assert!(said.iter().any(|reply| reply.contains("\"open_alerts\":1")), "{said:?}");
    assert_eq!(day.attempts().await, Vec::<String>::new());
    assert_eq!(day.kept.column("SELECT id FROM reports").await, Vec::<String>::new());
    let lines = day.kept.column("SELECT disposition FROM calls WHERE line = 'staff_alert' ORDER BY started_at").await;
    assert_eq!(lines.iter().filter(|how| !how.is_empty()).collect::<Vec<_>>(), ["alerts_passed_on", "alerts_taken"]);
}

async fn an_alert_that_is_taken_by_phone_and_not_opened_escalates_again(fresh: Fresh) {
    let people = [presses("1"), presses("1"), presses("1")];
    let day = day(&fresh, "2026-11-28T10:00:00+09:00", people, rota(&[(ALWAYS, "00:00-24:00", &[0, 1])])).await;
    let nodes = [escalator(&day)];
    red(&day).await;
    pass(&day, &nodes, 15 * 60).await;
    assert_eq!(rang(&day), ["11"]);
    pass(&day, &nodes, 4 * 60).await;
    assert_eq!(rang(&day), ["11", "11"], "nobody has opened it within 15 minutes");
    assert_eq!(actions(&day, "alert.given_back").await, 1);
    assert_eq!(day.kept.column("SELECT id FROM escalations").await.len(), 2);
}

async fn an_alert_that_is_taken_by_phone_and_opened_rings_nobody_again(fresh: Fresh) {
    let people = [presses("1"), presses("1"), presses("1")];
    let day = day(&fresh, "2026-11-28T10:00:00+09:00", people, rota(&[(ALWAYS, "00:00-24:00", &[0, 1])])).await;
    let nodes = [escalator(&day)];
    let (alert, _) = red(&day).await;
    pass(&day, &nodes, 5 * 60).await;
    let nurse = Actor::Staff(Staff {
        account: StaffAccountId(Uuid::nil()),
        name: StaffName::parse("見本 直子").unwrap(),
        role: Some(Role::Nurse),
        centres: BTreeSet::from([centre()]),
        via: StaffAccess::Console,
    });
    show_alert_line(&day.client.context, &nurse, alert).await.unwrap();
    pass(&day, &nodes, 25 * 60).await;
    assert_eq!(rang(&day), ["11"]);
    assert_eq!(actions(&day, "alert.given_back").await, 0);
}

async fn an_alert_that_is_taken_by_phone_is_the_account_holders_own_in_the_console(fresh: Fresh) {
    let people = [presses("1"), presses("1"), presses("1")];
    let plain = rota(&[(ALWAYS, "00:00-24:00", &[0, 1])]);
    let day = day(&fresh, "2026-11-28T10:00:00+09:00", people, plain.clone()).await;
    let (context, actor) = (&day.client.context, &day.client.actor);
    for (email, role, of) in
        [("naoko@mihon.example", Role::Nurse, Some(centre())), ("madoka@mihon.example", Role::HelpDesk, None)]
    {
        let (log_in_name, name) = (LogInName::parse(email).unwrap(), StaffName::parse("見本 直子").unwrap());
        invite_staff(context, actor, NewAccount { log_in_name, name, role, centre: of }).await.unwrap();
    }
    day.kept.rows("UPDATE staff_accounts SET state = 'active'").await;
    let staff = list_staff(context, actor).await.unwrap();
    let of = |role| staff.iter().find(|account| account.role == Some(role)).unwrap();
    let with = |account| {
        let mut parts = plain.parts().clone();
        parts.contacts[0].account = Some(account);
        Rota::new(parts).unwrap()
    };
    let refused = change_rota(context, actor, &centre(), Revision(1), &with(of(Role::HelpDesk).id)).await;
    assert!(matches!(refused, Err(ServiceError::Account(AccountError::NotFound))), "{refused:?}");
    let nurse = of(Role::Nurse);
    change_rota(context, actor, &centre(), Revision(1), &with(nurse.id)).await.unwrap();
    let (alert, _) = red(&day).await;
    pass(&day, &[escalator(&day)], 5 * 60).await;
    assert_eq!(rang(&day), ["11"]);
    let claim = show_alert_line(context, &nurse.actor(), alert).await.unwrap().found.claim.unwrap();
    assert!(claim.is_own && claim.is_unopened, "{claim:?}");
}

/// "the rota has a gap, or nobody on it answers → the centre's fallback contact is rung, then the list starts again";
/// "red answer while nobody is logged in and SMTP and SMS are down → the rota is rung; if that fails, log and metric
/// say so each minute".
async fn a_gap_rings_the_fallback_and_then_the_list_again_and_each_minute_it_is_said(fresh: Fresh) {
    let people = [Script::busy().into(), presses("1"), Script::rings_out().into()];
    // On Saturdays from 10:06 on only.
    let day = day(&fresh, "2026-11-28T10:00:00+09:00", people, rota(&[("sat", "10:06-12:00", &[0])])).await;
    let nodes = [escalator(&day)];
    red(&day).await;
    let is_said = async || day.kept.column("SELECT id FROM escalations WHERE said_at IS NOT NULL").await.len();
    pass(&day, &nodes, 135).await;
    assert_eq!((rang(&day), is_said().await), (vec!["13".to_owned()], 0), "a gap: the phone rings");
    pass(&day, &nodes, 225).await;
    assert_eq!((rang(&day).len(), is_said().await), (1, 1), "nobody is on duty, and the last one hasn't answered");
    // The shift begins, and its first person is busy. Everybody was rung, so the list starts again after five minutes.
    pass(&day, &nodes, 6 * 60).await;
    assert_eq!(rang(&day), ["13", "11", "11", "13"], "the list starts again");
    let said =
        async || day.kept.column("SELECT CAST(said_at AS text) FROM escalations").await[0].parse::<i64>().unwrap();
    let first = said().await;
    pass(&day, &nodes, 70).await;
    let second = said().await;
    assert!((60_000..=75_000).contains(&(second - first)), "each minute: {}", second - first);
}

async fn neither_night_nor_pause_nor_maintenance_stops_calls_to_staff(fresh: Fresh) {
    let people = [presses("1"), presses("1"), presses("1")];
    let day = day(&fresh, "2026-11-28T02:00:00+09:00", people, rota(&[(ALWAYS, "22:00-08:30", &[0])])).await;
    let (context, actor) = (&day.client.context, &day.client.actor);
    pause_dialling(context, actor, &ReasonText::parse("test").unwrap(), None).await.unwrap();
    start_maintenance(context, actor, None).await.unwrap();
    red(&day).await;
    pass(&day, &[escalator(&day)], 200).await;
    assert_eq!(rang(&day), ["11"]);
    assert_eq!(steps(&day).await, ["1 見本 直子 taken sent"]);
}

async fn an_alert_that_is_taken_in_the_console_ends_the_ringing(fresh: Fresh) {
    let people = [Script::rings_out().into(), presses("1"), presses("1")];
    let day = day(&fresh, "2026-11-28T10:00:00+09:00", people, rota(&[(ALWAYS, "00:00-24:00", &[0, 1])])).await;
    let nodes = [escalator(&day)];
    let (alert, _) = red(&day).await;
    pass(&day, &nodes, 130).await;
    assert_eq!(rang(&day), ["11"], "it rings");
    take_line(&day.client.context, &day.client.actor, alert, TakeFrom::Nobody).await.unwrap();
    pass(&day, &nodes, 600).await;
    assert_eq!(rang(&day), ["11"]);
    assert_eq!(day.kept.column("SELECT outcome FROM escalation_steps").await, ["withdrawn"]);
    assert_eq!(day.kept.column("SELECT reason FROM escalations").await, ["by_staff"]);
}

/// A killed server in the middle of an escalation: it continues, and nobody is rung twice for one step.
async fn another_node_goes_on_where_one_was_killed(fresh: Fresh) {
    let people = [Script::rings_out().into(), Script::rings_out().into(), presses("1")];
    let day = day(&fresh, "2026-11-28T10:00:00+09:00", people, rota(&[(ALWAYS, "00:00-24:00", &[0, 1])])).await;
    red(&day).await;
    // Two nodes at once ring one person.
    pass(&day, &[escalator(&day), escalator(&day)], 130).await;
    assert_eq!(rang(&day), ["11"]);
    // Both are killed while it rings, and another one after it had committed a step and before it asked the carrier.
    pass(&day, &[escalator(&day)], 20).await;
    let now = day.simulation.clock.now().as_millisecond();
    let killed = Uuid::now_v7();
    day.kept
        .rows(
            "UPDATE escalation_steps SET state = 'ended', outcome = 'no_answer', ended_at = moved_at WHERE number = 1",
        )
        .await;
    day.kept.rows("DELETE FROM escalation_steps WHERE number > 1").await;
    day.kept
        .rows(&format!(
            "INSERT INTO calls (id, line, flow_set, started_at) SELECT '{killed}', line, flow_set, {now} FROM calls
             WHERE line = 'staff_alert' ORDER BY started_at LIMIT 1"
        ))
        .await;
    day.kept
        .rows(&format!(
            "INSERT INTO escalation_steps (call_id, escalation_id, number, round, role, contact_id, name, phone_number,
                 language, state, intended_at, moved_at)
             SELECT '{killed}', escalation_id, 2, 1, 'on_duty', '{}', '見本 一郎', phone_number, language, 'intended',
                 {now}, {now} FROM escalation_steps WHERE number = 1",
            contact_id(1)
        ))
        .await;
    let before = rang(&day).iter().filter(|ends| *ends == "12").count();
    pass(&day, &[escalator(&day)], 60).await;
    let after = rang(&day).iter().filter(|ends| *ends == "12").count();
    assert_eq!(after, before, "whether that phone rang is unknown, so it isn't rung for this step");
    assert_eq!(steps(&day).await[1..], ["1 見本 一郎 unknown", "1 見本 管理 taken sent"]);
}

async fn a_call_to_staff_of_unknown_outcome_moves_on_and_its_phone_still_takes_the_alerts(fresh: Fresh) {
    let people = [presses("1"), Script::rings_out().into(), Script::rings_out().into()];
    let day = day(&fresh, "2026-11-28T10:00:00+09:00", people, rota(&[(ALWAYS, "00:00-24:00", &[0, 1])])).await;
    let nodes = [escalator(&day)];
    red(&day).await;
    pass(&day, &nodes, 115).await;
    let unheard = NetworkFaults { dial_unheard_placed: 1.0, ..NetworkFaults::FAIR };
    day.simulation.lines.with(|network, _| network.settings().network_faults = unheard);
    // The carrier has the call, and its reply is lost.
    while day.kept.count("escalation_steps").await == 0 {
        nodes[0].tick_and_wait().await.unwrap();
        let next = day.simulation.clock.now() + SignedDuration::from_secs(1);
        day.simulation.run_until(next).await.unwrap();
    }
    assert_eq!(steps(&day).await, ["1 見本 直子 unknown sent"]);
    day.simulation.lines.with(|network, _| network.settings().network_faults = NetworkFaults::FAIR);
    pass(&day, &nodes, 120).await;
    assert_eq!(rang(&day)[..2], ["11", "12"], "the next one is rung at once, and nobody twice");
    assert_eq!(steps(&day).await[0], "1 見本 直子 taken sent", "the answer counts whatever the step says");
    assert_eq!(day.kept.column("SELECT name FROM alert_claims WHERE call_id IS NOT NULL").await, ["見本 直子"]);
    assert_eq!(day.kept.column("SELECT reason FROM escalations").await, ["by_phone"]);
}

async fn callbacks_of_a_call_to_staff_that_never_come_move_on(fresh: Fresh) {
    let people = [Script::rings_out().into(), presses("1"), Script::rings_out().into()];
    let day = day(&fresh, "2026-11-28T10:00:00+09:00", people, rota(&[(ALWAYS, "00:00-24:00", &[0, 1])])).await;
    day.simulation.lines.with(|network, _| network.settings().network_faults.statuses_lost = 1.0);
    red(&day).await;
    pass(&day, &[escalator(&day)], 260).await;
    assert_eq!(rang(&day), ["11", "12"]);
    assert_eq!(steps(&day).await, ["1 見本 直子 unknown sent", "1 見本 一郎 taken sent"]);
}
