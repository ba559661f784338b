//! Reports, answers, their export, and alerts.

use jiff::civil::date;
use kenkocall::{
    domain::{
        AlertId, AlertKind, AnswerOrigin, CallId, CentreCode, Channel, Item, PatientId, ReportId, ReportOutcome,
        Severity,
    },
    store::{
        StoreError, Tx, Unique,
        alerts::{self, AlertRow, Repeats},
        answers::{self, AnswerRow},
        patients,
        reports::{self, ExportPage, ReportClose},
    },
};

use crate::{
    databases::Fresh,
    sample_rows::{answer, at, centre, ground, id, patient, report},
};

crate::on_both_databases!(
    a_person_has_one_open_report_a_day,
    an_open_report_comes_with_its_answers,
    what_was_committed_last_is_valid_whatever_the_clock_showed,
    the_places_of_answers_rise_over_many_rows,
    a_later_answer_of_another_call_is_valid_although_the_clock_was_set_back,
    a_finished_report_stays_finished,
    a_late_answer_is_kept_beside_its_report,
    an_answer_locks_the_report_until_it_is_stored,
    the_export_folds_corrections,
    the_export_has_the_newest_complete_version,
    a_call_in_which_nobody_said_who_they_are_is_no_report,
    where_a_report_stopped_is_kept_until_a_later_version_is_complete,
    of_two_ends_in_one_commit_the_first_complete_one_stands,
    the_export_is_read_page_by_page,
    alerts_are_raised_listed_and_closed,
);

async fn people(fresh: &Fresh, count: u64) -> Tx {
    ground(&fresh.database, 2).await.unwrap();
    let mut tx = fresh.database.begin_write().await.unwrap();
    patients::insert(&mut tx, &(1..=count).map(patient).collect::<Vec<_>>()).await.unwrap();
    tx
}

fn close(number: u64, outcome: ReportOutcome) -> ReportClose {
    ReportClose {
        report: ReportId(id(number)),
        outcome,
        stopped_after: None,
        ended_at: at(90),
        channel: Channel::HealthCall,
    }
}

async fn closed(tx: &mut Tx, number: u64, outcome: ReportOutcome) -> Result<(), StoreError> {
    let held = reports::hold(tx, &[ReportId(id(number))]).await?;
    reports::close(tx, &held, &[close(number, outcome)]).await
}

async fn a_person_has_one_open_report_a_day(fresh: Fresh) {
    let mut tx = people(&fresh, 2).await;
    let mut tomorrow = report(2, 1);
    tomorrow.report_date = date(2026, 11, 24);
    reports::open(&mut tx, &[report(1, 1), tomorrow, report(3, 2)]).await.unwrap();
    closed(&mut tx, 3, ReportOutcome::Reported).await.unwrap();
    reports::open(&mut tx, &[report(4, 2)]).await.unwrap();
    let second = async {
        reports::open(&mut tx, &[report(5, 1)]).await?;
        tx.commit().await
    };
    assert!(matches!(second.await, Err(StoreError::Taken(Unique::OpenReport))));
}

async fn an_open_report_comes_with_its_answers(fresh: Fresh) {
    let mut tx = people(&fresh, 3).await;
    reports::open(&mut tx, &[report(1, 1), report(2, 2), report(3, 3)]).await.unwrap();
    let mut by_phone = answer(10, 1, Item::BodyTemperature, "375", Severity::Note);
    by_phone.origin = AnswerOrigin::Turn { call: CallId(id(0)), turn: 4 };
    let corrected = answer(11, 1, Item::BodyTemperature, "365", Severity::None);
    answers::append(&mut tx, &[by_phone.clone(), corrected.clone()]).await.unwrap();
    closed(&mut tx, 3, ReportOutcome::Reported).await.unwrap();
    let day = date(2026, 11, 23);
    let days: Vec<_> = (1..=3).map(|number| (PatientId(id(number)), day)).collect();
    let mut open = reports::open_of(&mut tx, &days).await.unwrap();
    open.sort_by_key(|open| open.report.id);
    assert_eq!(open.len(), 2);
    assert_eq!((&open[0].report, &open[0].answers), (&report(1, 1), &vec![by_phone, corrected]));
    assert_eq!((&open[1].report, &open[1].answers), (&report(2, 2), &vec![]));
    assert_eq!(reports::of_days(&mut tx, &days).await.unwrap().len(), 3);
    assert_eq!(reports::open_of(&mut tx, &[(PatientId(id(1)), date(2026, 11, 22))]).await.unwrap(), []);
}

async fn what_was_committed_last_is_valid_whatever_the_clock_showed(fresh: Fresh) {
    let mut tx = people(&fresh, 6).await;
    reports::open(&mut tx, &(1..=6).map(|number| report(number, number)).collect::<Vec<_>>()).await.unwrap();
    tx.commit().await.unwrap();
    // The numbers and times of three answers, each in a call of its own, in every order that clocks can give them.
    let orders = [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]];
    for (number, order) in (1_u64..).zip(orders) {
        for (call, (clock, entry)) in order.into_iter().zip(["375", "384", "365"]).enumerate() {
            let origin = AnswerOrigin::Turn { call: CallId(id(call as u64 % 2)), turn: clock as i64 };
            let row = answer(10 * number + clock, number, Item::BodyTemperature, entry, Severity::None);
            let mut tx = fresh.database.begin_write().await.unwrap();
            answers::append(&mut tx, &[AnswerRow { origin, ..row }]).await.unwrap();
            tx.commit().await.unwrap();
        }
    }
    let mut tx = fresh.database.begin_read().await.unwrap();
    for number in 1..=6 {
        let report = ReportId(id(number));
        let given = answers::of_reports(&mut tx, &[report]).await.unwrap();
        let given: Vec<_> = given.iter().map(|answer| answer.entry.expose()).collect();
        assert_eq!(given, ["375", "384", "365"], "order {number}");
        assert_eq!(answers::latest(&mut tx, &[report]).await.unwrap()[&report][0].entry.expose(), "365");
    }
}

async fn the_places_of_answers_rise_over_many_rows(fresh: Fresh) {
    let mut tx = people(&fresh, 1).await;
    reports::open(&mut tx, &[report(1, 1)]).await.unwrap();
    // PostgreSQL writes them by several statements.
    let many: Vec<_> = (0..77).map(|number| answer(200 - number, 1, Item::Spo2, "097", Severity::None)).collect();
    answers::append(&mut tx, &many).await.unwrap();
    answers::append(&mut tx, &[answer(1, 1, Item::Spo2, "095", Severity::None)]).await.unwrap();
    let given = answers::of_reports(&mut tx, &[ReportId(id(1))]).await.unwrap();
    assert!(given.iter().map(|answer| answer.id).eq((124..=200).rev().chain([1]).map(id)));
}

async fn a_later_answer_of_another_call_is_valid_although_the_clock_was_set_back(fresh: Fresh) {
    let mut tx = people(&fresh, 1).await;
    reports::open(&mut tx, &[report(1, 1)]).await.unwrap();
    let given = |number: u64, call: u64, turn: i64, item, entry: &str| AnswerRow {
        origin: AnswerOrigin::Turn { call: CallId(id(call)), turn },
        ..answer(number, 1, item, entry, Severity::None)
    };
    let earlier = given(20, 0, 4, Item::BodyTemperature, "359");
    let later = given(21, 1, 4, Item::BodyTemperature, "384");
    // The clock is set back before the next question of the second call.
    let after = given(12, 1, 5, Item::Spo2, "097");
    answers::append(&mut tx, &[earlier, later, after]).await.unwrap();
    let stands = answers::latest(&mut tx, &[ReportId(id(1))]).await.unwrap();
    let stands: Vec<_> = stands[&ReportId(id(1))].iter().map(|one| one.entry.expose()).collect();
    assert_eq!(stands, ["384", "097"]);
}

async fn a_finished_report_stays_finished(fresh: Fresh) {
    let mut tx = people(&fresh, 1).await;
    reports::open(&mut tx, &[report(1, 1)]).await.unwrap();
    closed(&mut tx, 1, ReportOutcome::Unanswered).await.unwrap();
    let day = [(PatientId(id(1)), date(2026, 11, 23))];
    assert_eq!(reports::open_of(&mut tx, &day).await.unwrap().len(), 1, "left, but open for the day");
    closed(&mut tx, 1, ReportOutcome::Reported).await.unwrap();
    closed(&mut tx, 1, ReportOutcome::Unanswered).await.unwrap();
    let kept = &reports::of_days(&mut tx, &day).await.unwrap()[0];
    assert_eq!((kept.outcome, kept.ended_at), (ReportOutcome::Reported, Some(at(90))));
}

async fn the_export_folds_corrections(fresh: Fresh) {
    let mut tx = people(&fresh, 2).await;
    let mut earlier = report(2, 2);
    earlier.report_date = date(2026, 11, 22);
    reports::open(&mut tx, &[report(1, 1), earlier]).await.unwrap();
    let given = [
        answer(13, 1, Item::Fatigue, "yes", Severity::Amber),
        answer(10, 1, Item::BodyTemperature, "399", Severity::Red),
        answer(11, 1, Item::Spo2, "097", Severity::None),
        answer(12, 1, Item::BodyTemperature, "369", Severity::None),
    ];
    answers::append(&mut tx, &given).await.unwrap();
    closed(&mut tx, 1, ReportOutcome::Reported).await.unwrap();
    let page = ExportPage { from: date(2026, 11, 22), to: date(2026, 11, 23), centres: None, after: None, limit: 10 };
    let rows = reports::export(&mut tx, &page).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.report_date).collect::<Vec<_>>(), [page.from, page.to]);
    assert_eq!(
        (rows[0].severity, rows[0].outcome, rows[0].answers.len()),
        (Severity::None, ReportOutcome::Unanswered, 0)
    );
    assert_eq!((rows[1].severity, &rows[1].hersys_id), (Severity::Amber, &patient(1).hersys_id));
    let answers: Vec<_> = rows[1].answers.iter().map(|one| (one.item, one.entry.expose(), one.severity)).collect();
    let expected = [
        (Item::BodyTemperature, "369", Severity::None),
        (Item::Spo2, "097", Severity::None),
        (Item::Fatigue, "yes", Severity::Amber),
    ];
    assert_eq!(answers, expected);
    assert_eq!((rows[1].started_at, rows[1].ended_at), (at(1), Some(at(90))));
    let none = ExportPage { from: date(2026, 11, 24), to: date(2026, 12, 24), ..page };
    assert_eq!(reports::export(&mut tx, &none).await.unwrap(), []);
}

async fn the_export_is_read_page_by_page(fresh: Fresh) {
    let mut tx = people(&fresh, 25).await;
    let opened: Vec<_> = (1..=25)
        .map(|number| {
            let mut report = report(number, number);
            report.report_date = date(2026, 11, 20 + (number % 3) as i8);
            report.started_at = at((number % 2) as i64);
            report
        })
        .collect();
    reports::open(&mut tx, &opened).await.unwrap();
    let mut page =
        ExportPage { from: date(2026, 11, 1), to: date(2026, 11, 30), centres: None, after: None, limit: 10 };
    let (mut places, mut sizes) = (Vec::new(), Vec::new());
    loop {
        let rows = reports::export(&mut tx, &page).await.unwrap();
        let Some(last) = rows.last() else { break };
        page.after = Some(last.place());
        sizes.push(rows.len());
        places.extend(rows.iter().map(|row| row.place()));
    }
    assert_eq!(sizes, [10, 10, 5]);
    assert!(places.is_sorted());
    places.dedup();
    assert_eq!(places.len(), 25);
}

async fn alerts_are_raised_listed_and_closed(fresh: Fresh) {
    let mut tx = people(&fresh, 1).await;
    reports::open(&mut tx, &[report(1, 1)]).await.unwrap();
    let red = AlertRow {
        id: AlertId(id(1)),
        kind: AlertKind::RedAnswer,
        centre: Some(centre().code),
        patient: Some(PatientId(id(1))),
        report: Some(ReportId(id(1))),
        call: Some(CallId(id(0))),
        item: Some(Item::Spo2),
        raised_at: at(2),
        closed_at: None,
        closed_by: None,
        repeats: Repeats::default(),
    };
    let everywhere = AlertRow {
        id: AlertId(id(2)),
        kind: AlertKind::Guessing,
        centre: None,
        patient: None,
        report: None,
        call: None,
        item: None,
        raised_at: at(1),
        ..red.clone()
    };
    alerts::raise(&mut tx, &[red.clone(), everywhere.clone()]).await.unwrap();
    let listed = [everywhere.clone(), red.clone()];
    assert_eq!(alerts::open(&mut tx, None, 10).await.unwrap(), listed);
    assert_eq!(alerts::open(&mut tx, Some(&centre().code), 10).await.unwrap(), listed);
    let elsewhere = CentreCode::parse("01").unwrap();
    assert_eq!(alerts::open(&mut tx, Some(&elsewhere), 10).await.unwrap(), [everywhere]);
    assert!(alerts::close(&mut tx, red.id, at(9), "nurse").await.unwrap());
    assert!(!alerts::close(&mut tx, red.id, at(9), "another").await.unwrap());
    assert_eq!(alerts::open(&mut tx, None, 10).await.unwrap().len(), 1);
}

async fn a_late_answer_is_kept_beside_its_report(fresh: Fresh) {
    let mut tx = people(&fresh, 1).await;
    reports::open(&mut tx, &[report(1, 1)]).await.unwrap();
    let on_time = answer(1, 1, Item::Spo2, "098", Severity::None);
    let late = AnswerRow { late: true, ..answer(2, 1, Item::Spo2, "088", Severity::Red) };
    answers::append(&mut tx, &[on_time.clone(), late.clone()]).await.unwrap();
    let report = ReportId(id(1));
    assert_eq!(answers::of_reports(&mut tx, &[report]).await.unwrap(), [on_time, late], "nothing is lost");
    assert_eq!(answers::latest(&mut tx, &[report]).await.unwrap()[&report][0].entry.expose(), "098");
    assert_eq!(answers::late(&mut tx, &[report]).await.unwrap()[&report][0].entry.expose(), "088");
    let page = ExportPage { from: date(2026, 11, 23), to: date(2026, 11, 23), centres: None, after: None, limit: 9 };
    assert_eq!(reports::export(&mut tx, &page).await.unwrap()[0].severity, Severity::None);
}

async fn an_answer_locks_the_report_until_it_is_stored(fresh: Fresh) {
    let mut tx = people(&fresh, 1).await;
    reports::open(&mut tx, &[report(1, 1)]).await.unwrap();
    tx.commit().await.unwrap();
    let mut answering = fresh.database.begin_write().await.unwrap();
    let held = reports::hold(&mut answering, &[ReportId(id(1))]).await.unwrap();
    assert_eq!(held[0].outcome, ReportOutcome::Unanswered, "it is open");
    let database = fresh.database.clone();
    let finishing = tokio::spawn(async move {
        let mut tx = database.begin_write().await.unwrap();
        closed(&mut tx, 1, ReportOutcome::Reported).await.unwrap();
        tx.commit().await.unwrap();
    });
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!finishing.is_finished(), "the report isn't finished before the answer is kept");
    answering.commit().await.unwrap();
    finishing.await.unwrap();
    let mut tx = fresh.database.begin_write().await.unwrap();
    let held = reports::hold(&mut tx, &[ReportId(id(1))]).await.unwrap();
    assert_eq!(held[0].outcome, ReportOutcome::Reported);
}

async fn exported(tx: &mut Tx) -> Vec<(ReportId, ReportOutcome)> {
    let page = ExportPage { from: date(2026, 11, 23), to: date(2026, 11, 23), centres: None, after: None, limit: 10 };
    reports::export(tx, &page).await.unwrap().into_iter().map(|row| (row.id, row.outcome)).collect()
}

async fn the_export_has_the_newest_complete_version(fresh: Fresh) {
    use ReportOutcome::{Reported, Unanswered};
    let mut tx = people(&fresh, 2).await;
    let one = |number: u64, outcome| (ReportId(id(number)), outcome);
    reports::open(&mut tx, &[report(1, 1)]).await.unwrap();
    assert_eq!(exported(&mut tx).await, [one(1, Unanswered)], "nothing is complete yet");
    closed(&mut tx, 1, Reported).await.unwrap();
    reports::open(&mut tx, &[report(2, 1)]).await.unwrap();
    assert_eq!(exported(&mut tx).await, [one(1, Reported)], "the complete one stands while another is given");
    closed(&mut tx, 2, Unanswered).await.unwrap();
    assert_eq!(exported(&mut tx).await, [one(1, Reported)]);
    closed(&mut tx, 2, Reported).await.unwrap();
    assert_eq!(exported(&mut tx).await, [one(2, Reported)]);
    let mut by_staff = report(3, 1);
    (by_staff.channel, by_staff.outcome) = (kenkocall::domain::Channel::Staff, Reported);
    let mut of_slot = report(4, 1);
    (of_slot.slot_time, of_slot.outcome) = ("15:00".to_owned(), Reported);
    let mut of_another = report(5, 2);
    of_another.outcome = Reported;
    reports::open(&mut tx, &[by_staff, of_slot, of_another]).await.unwrap();
    let expected = [one(2, Reported), one(3, Reported), one(4, Reported), one(5, Reported)];
    assert_eq!(exported(&mut tx).await, expected, "another channel, slot or person has a report of its own");
}

async fn a_call_in_which_nobody_said_who_they_are_is_no_report(fresh: Fresh) {
    use ReportOutcome::{NotBegun, Unanswered};
    let mut tx = people(&fresh, 1).await;
    let day = [(PatientId(id(1)), date(2026, 11, 23))];
    reports::open(&mut tx, &[report(1, 1)]).await.unwrap();
    closed(&mut tx, 1, NotBegun).await.unwrap();
    assert_eq!(exported(&mut tx).await, []);
    assert_eq!(reports::open_of(&mut tx, &day).await.unwrap().len(), 1, "a later call begins it");
    closed(&mut tx, 1, Unanswered).await.unwrap();
    closed(&mut tx, 1, NotBegun).await.unwrap();
    assert_eq!(exported(&mut tx).await, [(ReportId(id(1)), Unanswered)], "questions were asked in it");
}

fn stopped(number: u64, item: Item, ended: i64) -> ReportClose {
    ReportClose { stopped_after: Some(item), ended_at: at(ended), ..close(number, ReportOutcome::Reported) }
}

async fn where_a_report_stopped_is_kept_until_a_later_version_is_complete(fresh: Fresh) {
    let mut tx = people(&fresh, 1).await;
    let day = [(PatientId(id(1)), date(2026, 11, 23))];
    let page = ExportPage { from: day[0].1, to: day[0].1, centres: None, after: None, limit: 9 };
    reports::open(&mut tx, &[report(1, 1)]).await.unwrap();
    closed(&mut tx, 1, ReportOutcome::Unanswered).await.unwrap();
    let held = reports::hold(&mut tx, &[ReportId(id(1))]).await.unwrap();
    reports::close(&mut tx, &held, &[stopped(1, Item::Spo2, 91)]).await.unwrap();
    let kept = &reports::of_days(&mut tx, &day).await.unwrap()[0];
    let end = (kept.outcome, kept.stopped_after, kept.ended_at);
    assert_eq!(end, (ReportOutcome::Reported, Some(Item::Spo2), Some(at(91))), "continued, and then stopped");
    // Once reported, no other call changes its end.
    closed(&mut tx, 1, ReportOutcome::Reported).await.unwrap();
    assert_eq!(reports::by_ids(&mut tx, &[ReportId(id(1))]).await.unwrap()[0].stopped_after, Some(Item::Spo2));
    assert_eq!(reports::export(&mut tx, &page).await.unwrap()[0].stopped_after, Some(Item::Spo2));
    reports::open(&mut tx, &[report(2, 1)]).await.unwrap();
    assert_eq!(reports::export(&mut tx, &page).await.unwrap()[0].stopped_after, Some(Item::Spo2), "it still counts");
    closed(&mut tx, 2, ReportOutcome::Reported).await.unwrap();
    let rows = reports::export(&mut tx, &page).await.unwrap();
    assert_eq!((rows.len(), rows[0].id, rows[0].stopped_after), (1, ReportId(id(2)), None));
    // As if it were opened and stopped in one commit.
    let mut at_once = report(3, 1);
    (at_once.outcome, at_once.stopped_after, at_once.ended_at) =
        (ReportOutcome::Reported, Some(Item::Drowsiness), Some(at(92)));
    reports::open(&mut tx, &[at_once.clone()]).await.unwrap();
    assert_eq!(reports::by_ids(&mut tx, &[at_once.id]).await.unwrap(), [at_once]);
}

async fn of_two_ends_in_one_commit_the_first_complete_one_stands(fresh: Fresh) {
    let mut tx = people(&fresh, 1).await;
    reports::open(&mut tx, &[report(1, 1)]).await.unwrap();
    let held = reports::hold(&mut tx, &[ReportId(id(1))]).await.unwrap();
    let left = close(1, ReportOutcome::Unanswered);
    let ends = [left, stopped(1, Item::Spo2, 91), close(1, ReportOutcome::Reported), left];
    reports::close(&mut tx, &held, &ends).await.unwrap();
    let kept = &reports::by_ids(&mut tx, &[ReportId(id(1))]).await.unwrap()[0];
    assert_eq!((kept.stopped_after, kept.ended_at), (Some(Item::Spo2), Some(at(91))));
}
