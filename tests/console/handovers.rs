//! The page for the next shift: what is open, who is getting worse, and the moment of handing over.

use jiff::SignedDuration;
use kenkocall::domain::ReportOutcome::{self, Reported};
use kenkocall::domain::{AlertKind, AnswerOrigin, CentreCode, Channel, Item, PatientId, ReportId, Sensitive, Severity};
use kenkocall::lab::SYNTHETIC_CENTRE;
use kenkocall::store::answers::{self, AnswerRow};
use kenkocall::store::reports::{self, ReportRow};
use uuid::Uuid;

use crate::databases::Fresh;
use crate::site::{Site, Visitor};

crate::on_both_databases!(
    the_sheet_says_what_is_open_and_who_has_it,
    who_got_worse_since_the_last_handover_is_on_the_sheet,
    a_handover_is_recorded_once_with_its_message,
    a_message_that_cant_be_taken_is_refused_beside_its_field,
);

/// Adds a report of some hours ago.
pub async fn report(
    site: &Site,
    patient: PatientId,
    hours_ago: i64,
    outcome: ReportOutcome,
    given: &[(Item, &str, Severity)],
) -> ReportId {
    let at = site.clock.now().checked_sub(SignedDuration::from_hours(hours_ago)).unwrap();
    let id = ReportId(Uuid::now_v7());
    let row = ReportRow {
        id,
        patient,
        centre: CentreCode::parse(SYNTHETIC_CENTRE).unwrap(),
        report_date: at.to_zoned_datetime(jiff::tz::TimeZone::get("Asia/Tokyo").unwrap()).date(),
        slot_time: String::new(),
        channel: Channel::HealthCall,
        outcome,
        stopped_after: None,
        started_at: at,
        ended_at: Some(at),
        caller_number: None,
    };
    let answer = |(item, entry, severity): &(Item, &str, Severity)| AnswerRow {
        id: Uuid::now_v7(),
        report: id,
        origin: AnswerOrigin::Unrecorded,
        item: *item,
        entry: Sensitive::new(*entry),
        severity: *severity,
        at,
        late: false,
    };
    let mut tx = site.context.database.begin_write().await.unwrap();
    reports::open(&mut tx, &[row]).await.unwrap();
    answers::append(&mut tx, &given.iter().map(answer).collect::<Vec<_>>()).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn nurse(site: &Site) -> Visitor {
    let nurse = site.nurse().await;
    site.logged_in(&nurse).await
}

/// The part of a page between two headings.
fn part<'p>(page: &'p str, from: &str, to: &str) -> &'p str {
    page.split(from).nth(1).unwrap_or_else(|| panic!("{from}: {page}")).split(to).next().unwrap()
}

async fn the_sheet_says_what_is_open_and_who_has_it(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (one, two) = (site.patient(0).await, site.patient(1).await);
    let red = site.alert(AlertKind::RedAnswer, Some(one), 20).await;
    site.alert(AlertKind::StopRequest, Some(two), 50).await;
    let mut visitor = nurse(&site).await;
    visitor.get("/console/today").await;
    visitor.post(&format!("/console/alerts/{red}/take"), &[]).await;
    visitor.get(&format!("/console/alerts/{red}/close")).await;
    let id = visitor.page.hidden("note_id");
    let note = [("note_id", id.as_str()), ("line_note", "入院の連絡待ち。")];
    visitor.post(&format!("/console/alerts/{red}/notes"), &note).await;
    let page = visitor.get("/console/handover").await.body.clone();
    let open = part(&page, "id=\"open\"", "id=\"worse\"");
    assert!(open.contains("<small class=\"num\">2</small>") && open.contains("入院の連絡待ち。"), "{page}");
    assert!(open.contains("見本 直子") && open.contains("停止依頼") && open.contains("緊急"), "{open}");
    assert!(page.contains("前回の申し送りはありません"), "{page}");
    // Who asked to be called later.
    visitor.get(&format!("/console/patients/{two}/report")).await;
    let entry = visitor.page.hidden("entry");
    let later = [("entry", entry.as_str()), ("round", ""), ("step", "later"), ("later_at", "15:00")];
    visitor.post(&format!("/console/patients/{two}/report"), &later).await;
    let page = visitor.get("/console/handover").await.body.clone();
    assert!(part(&page, "id=\"promised\"", "id=\"calls\"").contains("15:00"), "{page}");
    let actions = site.actions().await;
    assert!(actions.contains(&"handover.shown".to_owned()), "{actions:?}");
}

async fn who_got_worse_since_the_last_handover_is_on_the_sheet(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (one, two) = (site.patient(0).await, site.patient(1).await);
    let well = [(Item::BodyTemperature, "366", Severity::None), (Item::Spo2, "098", Severity::None)];
    report(&site, one, 30, Reported, &[&well[..], &[(Item::Fatigue, "no", Severity::None)]].concat()).await;
    let worse = [(Item::BodyTemperature, "388", Severity::Amber), (Item::Spo2, "095", Severity::Amber)];
    report(&site, one, 1, Reported, &[&worse[..], &[(Item::Fatigue, "yes", Severity::Note)]].concat()).await;
    report(&site, two, 30, Reported, &worse).await;
    report(&site, two, 1, Reported, &worse).await;
    let mut visitor = nurse(&site).await;
    let page = visitor.get("/console/handover").await.body.clone();
    let found = part(&page, "id=\"worse\"", "id=\"promised\"");
    assert!(found.contains("<small class=\"num\">1</small>"), "only one is worse: {found}");
    assert!(found.contains("36.6 → 38.8") && found.contains("98 → 95") && found.contains("だるい"), "{found}");
    // From the handover on, people are compared with what was known then.
    let id = visitor.page.hidden("handover");
    visitor.post("/console/handover", &[("handover", &id), ("message", "")]).await;
    site.later(SignedDuration::from_mins(5));
    let page = visitor.get("/console/handover").await.body.clone();
    assert!(part(&page, "id=\"worse\"", "id=\"promised\"").contains("いません"), "{page}");
    // What was handed over can be seen and printed again.
    assert!(page.contains("/console/handover?again=1"), "{page}");
    let again = visitor.get("/console/handover?again=1").await.body.clone();
    let found = part(&again, "id=\"worse\"", "id=\"promised\"");
    assert!(found.contains("36.6 → 38.8") && !again.contains("name=\"handover\""), "{again}");
}

async fn a_handover_is_recorded_once_with_its_message(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    visitor.get("/console/handover").await;
    let id = visitor.page.hidden("handover");
    let fields = [("handover", id.as_str()), ("message", "健康コールは 22:00 から <b>メンテナンス</b>。")];
    visitor.post("/console/handover", &fields).await;
    assert_eq!(visitor.page.location.as_deref(), Some("/console/handover?told=now"));
    let body = visitor.get("/console/handover?told=now").await.body.clone();
    assert!(body.contains("申し送りを記録しました") && body.contains("前回 <span class=\"num\">"), "{body}");
    assert!(body.contains("22:00 から &#60;b&#62;メンテナンス&#60;/b&#62;。"), "{body}");
    visitor.post("/console/handover", &fields).await;
    assert_eq!(visitor.page.location.as_deref(), Some("/console/handover?told=before"));
    let done = site.actions().await.into_iter().filter(|action| action == "handover.done").count();
    assert_eq!(done, 1);
    // The log-in ends while the message is typed.
    site.later(SignedDuration::from_mins(20));
    visitor.get("/console/handover").await;
    let mut again = site.logged_in(&nurse).await;
    again.get("/console/handover").await;
    let id = again.page.hidden("handover");
    site.later(SignedDuration::from_mins(20));
    again.post("/console/handover", &[("handover", &id), ("message", "夜に電話があるかも。")]).await;
    assert_eq!(again.page.location.as_deref().map(|page| page.starts_with("/console/log-in?kept=1")), Some(true));
    let mut back = site.logged_in(&nurse).await;
    assert!(back.get("/console/handover").await.body.contains("夜に電話があるかも。</textarea>"));
}

async fn a_message_that_cant_be_taken_is_refused_beside_its_field(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let mut visitor = nurse(&site).await;
    visitor.get("/console/handover").await;
    let id = visitor.page.hidden("handover");
    let long = "あ".repeat(10_000);
    for message in ["左\u{202e}右", long.as_str()] {
        let page = visitor.post("/console/handover", &[("handover", &id), ("message", message)]).await;
        assert_eq!(page.status, 422);
        assert!(page.body.contains("href=\"#message\"") && page.body.contains("message-error"), "{}", page.body);
        assert!(page.body.contains(message), "what was typed is kept");
    }
    assert!(!site.actions().await.contains(&"handover.done".to_owned()));
}
