//! A report by any channel cancels the day's remaining calls, by day or by slot (A9).

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kenkocall::carrier::simulator::Script;
use kenkocall::domain::PhoneNumber;
use kenkocall::service::{CentreChange, seal_trail, walk_trail};

use super::databases::Fresh;
use super::simulated_day::{Day, Plan, answers_after};
use crate::on_both_databases;

on_both_databases!(
    a9_a_health_call_in_the_morning_cancels_the_days_calls,
    a9_fault_22_a_report_while_we_wait_to_call_again,
    a9_by_slot_each_call_wants_a_report_of_its_own,
    by_slot_a_report_is_continued_within_its_slot_only,
    fault_23_an_inbound_and_an_outbound_call_make_one_report,
    a_report_takes_the_patient_off_the_nurses_list,
    a9_a_report_from_another_number_cancels_the_days_calls_by_default,
    a9_a_centre_keeps_the_calls_after_a_report_from_another_number,
    a9_what_a_report_from_another_number_does_is_switched_while_calls_wait,
    a9_a_report_from_another_number_while_our_call_rings,
);

/// A number that isn't registered for any patient.
fn another_number() -> Option<PhoneNumber> {
    Some(PhoneNumber::from_e164("+818055550123").unwrap())
}

async fn unregistered_reports(day: &Day, what: &str) {
    let change = CentreChange { unregistered_reports: Some(what.parse().unwrap()), ..CentreChange::default() };
    day.centre(change).await;
}

async fn a9_a_report_from_another_number_cancels_the_days_calls_by_default(fresh: Fresh) {
    let plan = Plan { patients: vec!["09:00;15:00", "09:00"], ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("08:30").await;
    day.rings_in_from(0, another_number());
    day.rings_in_from(1, None);
    day.until("20:30").await;
    assert!(day.rang().is_empty(), "{:?}", day.rang());
    let numbers = day.kept.column("SELECT caller_number FROM reports ORDER BY caller_number").await;
    assert_eq!(numbers, ["hidden", "unregistered"]);
    assert_eq!(day.kept.count("slots WHERE reason = 'reported'").await, 3);
}

async fn a9_a_centre_keeps_the_calls_after_a_report_from_another_number(fresh: Fresh) {
    let plan = Plan { patients: vec!["09:00;15:00", "09:00", "09:00"], ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    unregistered_reports(&day, "keep").await;
    day.until("08:30").await;
    day.rings_in_from(0, another_number());
    day.rings_in_from(1, None);
    day.rings_in(2);
    day.until("20:30").await;
    // The report of the automated call counts, as does the one from the registered number.
    let expected = ["09:00 reported 1", "09:00 reported 1", "09:00 cancelled reported 0", "15:00 cancelled reported 0"];
    let mut slots = day.slots().await;
    slots.sort_by_key(|slot| (slot[..5].to_owned(), !slot.contains(" reported 1")));
    assert_eq!(slots, expected);
    assert_eq!(day.rang().len(), 2);
    let kept = "settings LIKE '%\"unregistered_reports\":\"keep\"%'";
    assert_eq!(day.kept.count(&format!("centres WHERE {kept}")).await, 1);
    let noted = "audit WHERE action = 'centre.changed' AND details LIKE '%unregistered_reports%keep%'";
    assert_eq!(day.kept.count(noted).await, 1);
}

async fn a9_what_a_report_from_another_number_does_is_switched_while_calls_wait(fresh: Fresh) {
    let busy = || vec![Script::busy().into(), answers_after(1)];
    let plan = Plan { patients: vec!["09:00", "09:00"], people: vec![(0, busy()), (1, busy())], ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    unregistered_reports(&day, "keep").await;
    day.until("09:10").await;
    assert_eq!(day.slots().await, ["09:00 waiting 1"; 2]);
    day.rings_in_from(0, another_number());
    day.until("09:20").await;
    assert_eq!(day.slots().await, ["09:00 waiting 1"; 2], "it is kept");
    // From now on a report cancels calls, including those that wait.
    unregistered_reports(&day, "cancel").await;
    day.until("12:00").await;
    let mut slots = day.slots().await;
    slots.sort();
    assert_eq!(slots, ["09:00 cancelled reported 1", "09:00 reported 2"]);
    assert_eq!(day.rang().len(), 3);
}

async fn a9_a_health_call_in_the_morning_cancels_the_days_calls(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00;15:00"], ..Plan::default() }).await;
    day.until("08:30").await;
    day.rings_in(0);
    day.until("20:30").await;
    assert_eq!(day.kept.column("SELECT outcome FROM reports").await, ["reported"]);
    assert!(day.rang().is_empty(), "{:?}", day.rang());
    assert_eq!(day.slots().await, ["09:00 cancelled reported 0", "15:00 cancelled reported 0"]);
}

async fn a9_fault_22_a_report_while_we_wait_to_call_again(fresh: Fresh) {
    let plan = Plan { people: vec![(0, vec![Script::busy().into(), answers_after(1)])], ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("09:10").await;
    assert_eq!(day.slots().await, ["09:00 waiting 1"]);
    day.rings_in(0);
    day.until("12:00").await;
    assert_eq!(day.slots().await, ["09:00 cancelled reported 1"]);
    assert_eq!(day.rang().len(), 1);
}

async fn a9_by_slot_each_call_wants_a_report_of_its_own(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00;15:00"], ..Plan::default() }).await;
    let by_slot = Some("slot".parse().unwrap());
    day.centre(CentreChange { report_covers: by_slot, ..CentreChange::default() }).await;
    day.until("08:30").await;
    day.rings_in(0);
    day.until("20:30").await;
    assert_eq!(day.slots().await, ["09:00 cancelled reported 0", "15:00 reported 1"]);
    let reports = "SELECT slot_time || ' ' || channel || ' ' || outcome FROM reports ORDER BY slot_time";
    assert_eq!(day.kept.column(reports).await, ["09:00 health_call reported", "15:00 automated_call reported"]);
}

async fn by_slot_a_report_is_continued_within_its_slot_only(fresh: Fresh) {
    let drops = || Script::answers(Duration::from_secs(2)).hangs_up_at_question(4).into();
    let retried = vec![drops(), answers_after(1), drops(), drops(), drops(), answers_after(1)];
    let plan = Plan { patients: vec!["09:00;12:00;15:00"], people: vec![(0, retried)], ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    let by_slot = Some("slot".parse().unwrap());
    day.centre(CentreChange { report_covers: by_slot, ..CentreChange::default() }).await;
    day.until("20:30").await;
    assert_eq!(
        day.attempts().await,
        ["01 dropped", "01 reported", "01 dropped", "01 dropped", "01 dropped", "01 reported"]
    );
    let reports = "SELECT slot_time || ' ' || outcome FROM reports ORDER BY slot_time";
    assert_eq!(day.kept.column(reports).await, ["09:00 reported", "12:00 unanswered", "15:00 reported"]);
    let answers = "SELECT CAST(count(*) AS text) FROM answers a JOIN reports r ON r.id = a.report_id
                   WHERE r.slot_time = '15:00'";
    assert_eq!(day.kept.column(answers).await, ["11"], "nothing of noon is taken for the afternoon");
    seal_trail(&day.client.context.database).await.unwrap();
    let (context, actor) = (&day.client.context, &day.client.actor);
    let walked = walk_trail(context, actor, None, Duration::ZERO).await.unwrap();
    assert_eq!((walked.chain_error, walked.rows.unsealed, walked.rows.bad.len()), (None, 0, 0));
    day.kept.rows("UPDATE reports SET slot_time = '' WHERE slot_time = '15:00'").await;
    let walked = walk_trail(context, actor, None, Duration::ZERO).await.unwrap();
    assert_eq!(walked.rows.bad.len(), 1, "the slot is sealed, too");
}

async fn fault_23_an_inbound_and_an_outbound_call_make_one_report(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { people: vec![(0, vec![answers_after(1)])], ..Plan::default() }).await;
    day.until("08:59:30").await;
    day.rings_in(0);
    day.until("09:20").await;
    assert_eq!(day.kept.column("SELECT outcome FROM reports").await, ["reported"], "one report of both calls");
    assert_eq!(day.kept.count("calls").await, 2);
    assert_eq!(day.kept.count("slots WHERE ended_at IS NULL").await, 0);
    assert_eq!(day.rang().len(), 1);
}

async fn a_report_takes_the_patient_off_the_nurses_list(fresh: Fresh) {
    let plan = Plan { people: vec![(0, vec![Script::rings_out().into()])], ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.centre(CentreChange { retry: Some("no_answer=1x30".parse().unwrap()), ..CentreChange::default() }).await;
    day.until("09:10").await;
    assert_eq!(day.alerts().await, ["unanswered"]);
    day.rings_in(0);
    day.until("09:20").await;
    assert!(day.alerts().await.is_empty(), "{:?}", day.alerts().await);
}

const FINISHED: &str = "reports WHERE outcome = 'reported'";

/// Another person's report is finished while the patient's phone rings: `--unregistered-reports` decides at that
/// time.
async fn a9_a_report_from_another_number_while_our_call_rings(fresh: Fresh) {
    let people = vec![(0, vec![answers_after(25)]), (1, vec![answers_after(25)])];
    let plan = Plan { patients: vec!["09:00;15:00", "10:00;15:00", "19:00"], people, ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    let at = |time: &str| format!("2026-11-24T{time}+09:00").parse::<Timestamp>().unwrap();
    // How long such a call takes until its report is finished.
    let (begins, mut ends) = (at("08:00:00"), at("08:00:00"));
    day.until("08:00").await;
    day.rings_in_from(2, another_number());
    while day.kept.count(FINISHED).await == 0 {
        ends += SignedDuration::from_secs(1);
        day.until_moment(&ends.to_string()).await;
    }
    for (nth, what, rings) in [(0, "keep", "09:00:00"), (1, "cancel", "10:00:00")] {
        unregistered_reports(&day, what).await;
        let finishes = at(rings) + SignedDuration::from_secs(12);
        day.until_moment(&(finishes - (ends - begins)).to_string()).await;
        day.rings_in_from(nth, another_number());
        day.until_moment(&(at(rings) + SignedDuration::from_secs(6)).to_string()).await;
        let nth = nth as usize;
        let ringing = format!("0{} placed", nth + 1);
        assert_eq!(day.attempts().await[nth], ringing, "it rings");
        let before = day.kept.count(FINISHED).await;
        day.until_moment(&(finishes + SignedDuration::from_secs(6)).to_string()).await;
        assert_eq!(day.kept.count(FINISHED).await, before + 1, "while it rings");
        let withdrawn = format!("0{} withdrawn", nth + 1);
        assert_eq!(day.attempts().await[nth], if what == "keep" { ringing } else { withdrawn });
        day.until_moment(&(finishes + SignedDuration::from_mins(20)).to_string()).await;
    }
    day.until("20:30").await;
    let slots = day.slots().await;
    let of = |time: &str| slots.iter().filter(|slot| slot.starts_with(time)).cloned().collect::<Vec<_>>();
    assert_eq!(of("09:00"), ["09:00 reported 1"], "the patient was called all the same");
    assert_eq!(of("10:00"), ["10:00 cancelled reported 0"], "the call was taken back");
    assert_eq!(day.rang().len(), 2);
}
