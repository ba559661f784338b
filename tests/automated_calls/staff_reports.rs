//! Reports that staff enter for a patient (A5): graded, recorded and followed like reports by phone.

use jiff::{SignedDuration, Timestamp};
use kenkocall::carrier::simulator::Script;
use kenkocall::domain::{AlertKind, Item, Language, Severity};
use kenkocall::patient_import::Column;
use kenkocall::service::{
    Details, EnteredReport, Export, ReportEntry, ReportError, ReportStanding, ServiceError, add_report,
    release_patient, seal_trail, show_patient, walk_trail,
};

use crate::databases::Fresh;
use crate::simulated_day::{Day, Plan, answers_after, id, shipped};

crate::on_both_databases!(
    a9_a_report_by_staff_cancels_the_days_calls,
    a9_a_report_by_staff_while_our_call_rings,
    a5_staff_finish_what_a_caller_began,
    a_later_report_of_the_day_is_a_version_and_both_alert,
    a_report_by_staff_is_stored_with_its_origin_and_sealed,
    nothing_is_recorded_of_a_report_that_is_refused,
);

/// Answers without a symptom, with the differences.
fn answers(differences: &[(&str, &str)]) -> Vec<(String, String)> {
    let usual = |item: Item| match item {
        Item::BodyTemperature => "36.5",
        Item::Spo2 => "98",
        _ => "no",
    };
    let asked = Item::ALL.into_iter().filter(|item| *item != Item::BreathlessnessSevere);
    let mut answers: Vec<(String, String)> =
        asked.map(|item| (item.code().to_owned(), usual(item).to_owned())).collect();
    for (field, value) in differences {
        answers.retain(|(known, _)| known != field);
        answers.push(((*field).to_owned(), (*value).to_owned()));
    }
    answers
}

async fn enter(day: &Day, nth: u32, differences: &[(&str, &str)]) -> Result<EnteredReport, ServiceError> {
    let flow_set = shipped();
    let entry = ReportEntry { flow_set: &flow_set, answers: answers(differences), language: Language::English };
    add_report(&day.client.context, &day.client.actor, &id(nth), entry).await
}

async fn a9_a_report_by_staff_cancels_the_days_calls(fresh: Fresh) {
    let plan = Plan { patients: vec!["09:00;15:00", "09:00;15:00"], ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("08:30").await;
    let entered = enter(&day, 0, &[("body_temperature", "37.6"), ("complexion", "yes")]).await.unwrap();
    assert_eq!((entered.severity, &entered.alerts[..]), (Severity::Red, &[AlertKind::RedAnswer][..]));
    assert!(entered.advice.iter().any(|words| words.contains("119")), "{:?}", entered.advice);
    assert_eq!(day.alerts().await, ["red_answer"], "at once");
    let told = day.kept.column("SELECT job FROM outbox WHERE kind = 'tell_centre'").await;
    assert_eq!(told.len(), 1, "{told:?}");
    day.until("20:30").await;
    let slots = day.slots().await;
    assert_eq!(slots.iter().filter(|slot| slot.ends_with("cancelled reported 0")).count(), 3, "{slots:?}");
    assert_eq!(day.rang().len(), 1, "only the other patient was called: {:?}", day.rang());
    assert_eq!(day.alerts().await, ["red_answer"]);
}

async fn a9_a_report_by_staff_while_our_call_rings(fresh: Fresh) {
    let plan = Plan { people: vec![(0, vec![answers_after(25)])], ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    let rings: Timestamp = "2026-11-24T09:00:10+09:00".parse().unwrap();
    day.until_moment(&rings.to_string()).await;
    assert_eq!(day.attempts().await, ["01 placed"]);
    enter(&day, 0, &[]).await.unwrap();
    day.until_moment(&(rings + SignedDuration::from_secs(10)).to_string()).await;
    assert_eq!(day.attempts().await, ["01 withdrawn"], "it rang for nothing more");
    day.until("20:30").await;
    assert_eq!(day.slots().await, ["09:00 cancelled reported 0"]);
    assert_eq!(day.said().await, "");
}

async fn a5_staff_finish_what_a_caller_began(fresh: Fresh) {
    let drops = Script::answers(std::time::Duration::from_secs(2)).hangs_up_at_question(4);
    let plan = Plan { people: vec![(0, vec![drops.into(); 3])], ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("12:00").await;
    assert_eq!(day.alerts().await, ["unanswered"]);
    let begun = day.kept.count("answers").await;
    enter(&day, 0, &[]).await.unwrap();
    let reports = day.kept.column("SELECT channel || ' ' || outcome FROM reports ORDER BY started_at").await;
    assert_eq!(reports, ["automated_call unanswered", "staff reported"]);
    assert_eq!(day.kept.count("answers").await, begun + 11);
    assert_eq!(day.alerts().await, [""; 0], "the nurses' list no longer has the patient");
}

async fn a_report_by_staff_is_stored_with_its_origin_and_sealed(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00", "09:00"], ..Plan::default() }).await;
    day.until("09:30").await;
    enter(&day, 0, &[]).await.unwrap();
    let sql = "SELECT DISTINCT COALESCE(entered_by, 'a call') FROM answers ORDER BY 1";
    assert_eq!(day.kept.column(sql).await, ["a call", "staff:nurse"]);
    assert_eq!(day.kept.count("answers WHERE (entered_by IS NULL) = (call_id IS NULL)").await, 0);
    assert_eq!(day.kept.count("audit WHERE action = 'report.added' AND actor = 'nurse'").await, 1);
    let chain_errors = async || {
        seal_trail(&day.client.context.database).await.unwrap();
        let (context, actor) = (&day.client.context, &day.client.actor);
        let walked = walk_trail(context, actor, None, std::time::Duration::ZERO).await.unwrap();
        assert_eq!((walked.chain_error, walked.rows.unsealed), (None, 0));
        walked.rows.bad.len()
    };
    assert_eq!(chain_errors().await, 0);
    day.kept.rows("UPDATE answers SET entered_by = 'staff:somebody else' WHERE entered_by IS NOT NULL").await;
    assert_eq!(chain_errors().await, 11);
}

async fn nothing_is_recorded_of_a_report_that_is_refused(fresh: Fresh) {
    let plan = Plan { patients: vec!["09:00", "09:00", "09:00"], ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("08:00").await;
    let refused = enter(&day, 0, &[("body_temperature", "50"), ("spo2", ""), ("shoe_size", "26")]).await;
    let Err(ServiceError::Report(ReportError::Fields(errors))) = refused else { panic!("{refused:?}") };
    let errors: Vec<String> = errors.iter().map(|error| format!("{} {}", error.field, error.problem.code())).collect();
    assert_eq!(errors, ["body_temperature out_of_range", "spo2 missing", "shoe_size unknown_field"]);
    release_patient(&day.client.context, &day.client.actor, &id(1)).await.unwrap();
    day.set(2, &[(Column::MonitoringStart, "2026-11-25")]).await;
    for nth in [1, 2] {
        let refused = enter(&day, nth, &[]).await;
        assert!(matches!(refused, Err(ServiceError::Report(ReportError::NotObserved))), "{nth} {refused:?}");
    }
    for table in ["reports", "answers", "alerts"] {
        assert_eq!(day.kept.count(table).await, 0, "{table}");
    }
}

async fn a_later_report_of_the_day_is_a_version_and_both_alert(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00"], ..Plan::default() }).await;
    day.until("08:30").await;
    enter(&day, 0, &[("complexion", "yes"), ("body_temperature", "37.1")]).await.unwrap();
    day.until("08:40").await;
    enter(&day, 0, &[("complexion", "yes"), ("body_temperature", "38.2")]).await.unwrap();
    day.rings_in(0);
    day.until("20:30").await;
    assert_eq!(day.alerts().await, ["red_answer", "red_answer"], "each red answer");
    let (context, actor) = (&day.client.context, &day.client.actor);
    let shown = show_patient(context, actor, &id(0), Details::Masked).await.unwrap().found;
    let reports: Vec<_> = shown.reports.iter().map(|report| (report.channel.code(), report.standing)).collect();
    let expected = [
        ("health_call", ReportStanding::Current),
        ("staff", ReportStanding::Current),
        ("staff", ReportStanding::Earlier),
    ];
    assert_eq!(reports, expected, "latest first");
    assert_eq!(
        shown.reports[2].answers[0].answer.map(kenkocall::domain::Answer::exported).as_deref(),
        Some("37.1"),
        "it is kept"
    );
    let date = "2026-11-24".parse().unwrap();
    let mut export = Export::begin(context, actor, date, date, None).await.unwrap().found;
    let rows: Vec<_> = export.next().await.unwrap().into_iter().map(|row| (row[2].clone(), row[4].clone())).collect();
    let rows: Vec<_> = rows.iter().map(|(channel, temperature)| (channel.as_str(), temperature.as_str())).collect();
    assert_eq!(rows, [("staff", "38.2"), ("health_call", "36.0")], "one row a channel");
}
