//! Asking that notices stop (M13): in the portal and by SMS, for one person or all; decided in the console, and sent
//! back.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use kenkocall::domain::{NoticeId, NoticeState, PhoneNumber};
use kenkocall::lab::synthetic_number;
use kenkocall::mail::{Letter, MailOutcome, MailServer, Sending};
use kenkocall::patient_import::Column;
use kenkocall::service::{
    DeliveryNews, NoticePaces, Notifier, NotifierSettings, notice_delivered, release_patient, take_sms,
};
use kenkocall::store::notices;
use uuid::Uuid;

use crate::databases::Fresh;
use crate::notices::{daily, kept, messages, plan, record, tick_at};
use crate::portal_site::{BIRTH_DATE, HANAKO, Portal, hersys_id};
use crate::simulated_day::{Day, id};
use crate::site::{Site, Visitor};

crate::on_both_databases!(
    m13_who_asks_in_the_portal_gets_no_notice_until_the_centre_decides,
    m13_all_at_once_and_taken_back,
    m13_a_word_by_sms_is_a_request,
    deliveries_are_recorded_in_any_order_and_dead_numbers_rest,
    m13_who_asked_the_carrier_asks_the_centre_and_staff_let_notices_go_on,
    m13_a_mail_program_unsubscribes_without_a_form_and_a_person_by_a_page,
);

/// Keeps what is sent.
#[derive(Clone, Default)]
struct Letters(Arc<Mutex<Vec<Letter>>>);

impl MailServer for Letters {
    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
        self.0.lock().unwrap().push(letter.clone());
        Box::pin(async { MailOutcome::Accepted })
    }
}

/// An account with so many people.
async fn family(day: &Day, people: u32) -> (Portal, Visitor) {
    let portal = Portal::of(Site::of_day(day).await);
    let mut visitor = portal.signed_up(HANAKO).await;
    for nth in 0..people {
        assert!(portal.add(&mut visitor, &hersys_id(nth), BIRTH_DATE).await);
    }
    (portal, visitor)
}

async fn m13_who_asks_in_the_portal_gets_no_notice_until_the_centre_decides(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(3)).await;
    day.centre(daily("08:30")).await;
    let (portal, mut visitor) = family(&day, 2).await;
    let (mine, others) = (record(&day, 0).await, record(&day, 2).await);
    let body = visitor.get("/portal/notices").await.body.clone();
    assert_eq!(body.matches("type=\"checkbox\"").count(), 2, "{body}");
    assert!(body.contains("停止を希望する方") && body.contains("自動音声の電話は続きます"), "{body}");
    visitor.post("/portal/notices", &[("step", "chosen")]).await;
    assert_eq!(visitor.page.status, 422);
    assert!(visitor.page.body.contains("停止を希望する方を選んでください"), "{}", visitor.page.body);
    // Somebody else's person is as nobody.
    visitor.post("/portal/notices", &[("step", "chosen"), (&format!("person-{others}"), "1")]).await;
    assert_eq!(visitor.page.status, 422);
    for _ in 0..2 {
        visitor.get("/portal/notices").await;
        visitor.post("/portal/notices", &[("step", "chosen"), (&format!("person-{mine}"), "1")]).await;
        assert_eq!(visitor.page.status, 303, "{}", visitor.page.body);
    }
    let body = visitor.get("/portal/notices?done=asked").await.body.clone();
    assert!(body.contains("停止を依頼しました") && body.contains("停止を依頼中("), "{body}");
    assert_eq!(body.matches("type=\"checkbox\"").count(), 1, "who has asked can't be ticked: {body}");
    assert_eq!(day.kept.count("alerts WHERE kind = 'notice_stop'").await, 1, "sent twice, one request");
    assert_eq!(tick_at(&day, "2026-11-25T08:30:00").await.handed_over, 2);

    let nurse = portal.site.nurse().await;
    let mut staff = portal.site.logged_in(&nurse).await;
    let alert = &day.kept.column("SELECT id FROM alerts WHERE kind = 'notice_stop'").await[0];
    let page = staff.get(&format!("/console/alerts/{alert}/close")).await.body.clone();
    assert!(page.contains("通知の停止依頼") && page.contains("認める(通知を止める)"), "{page}");
    let note = staff.page.hidden("note_id");
    let fields = [("note_id", note.as_str()), ("decision", "grant"), ("patient_note", "またいつでもどうぞ")];
    staff.post(&format!("/console/alerts/{alert}/stop-request"), &fields).await;
    let told = staff.page.location.clone().unwrap();
    assert!(staff.get(&told).await.body.contains("通知を止めました"), "{}", staff.page.body);
    let body = visitor.get("/portal/notices").await.body.clone();
    assert!(body.contains("停止済み(") && body.contains("保健所から: またいつでもどうぞ"), "{body}");
    assert_eq!(tick_at(&day, "2026-11-26T08:30:00").await.handed_over, 2);
    assert_eq!(day.kept.count("patients WHERE stopped_at IS NULL").await, 3, "calls go on");
}

async fn m13_all_at_once_and_taken_back(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(3)).await;
    day.centre(daily("08:30")).await;
    let (_portal, mut visitor) = family(&day, 3).await;
    release_patient(&day.client.context, &day.client.actor, &id(2)).await.unwrap();
    visitor.get("/portal/notices").await;
    visitor.post("/portal/notices", &[("step", "all")]).await;
    assert_eq!(visitor.page.status, 303, "{}", visitor.page.body);
    assert_eq!(tick_at(&day, "2026-11-25T08:30:00").await.planned, 0);
    let mine = record(&day, 0).await.to_string();
    visitor.get("/portal/notices").await;
    visitor.post("/portal/notices", &[("take-back", &mine)]).await;
    let body = visitor.get("/portal/notices").await.body.clone();
    assert_eq!(body.matches("type=\"checkbox\"").count(), 1, "{body}");
    assert!(body.contains("療養が終わったので"), "{body}");
    assert_eq!(tick_at(&day, "2026-11-26T08:30:00").await.handed_over, 1);
    assert_eq!(day.kept.count("alerts WHERE kind = 'notice_stop' AND closed_at IS NULL").await, 1);
}

async fn m13_a_word_by_sms_is_a_request(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(2)).await;
    day.centre(daily("08:30")).await;
    let context = &day.client.context;
    let number = synthetic_number(0).unwrap();
    assert_eq!(take_sms(context, &number, "熱が下がりました").await.unwrap(), 0);
    assert_eq!(take_sms(context, &number, " 停止。").await.unwrap(), 1);
    assert_eq!(take_sms(context, &number, "STOP").await.unwrap(), 0, "asked before");
    assert_eq!(take_sms(context, &synthetic_number(9).unwrap(), "STOP").await.unwrap(), 0, "nobody's number");
    assert_eq!(tick_at(&day, "2026-11-25T08:30:00").await.handed_over, 1);
    assert_eq!(day.kept.count("alerts WHERE kind = 'notice_stop'").await, 1);
}

async fn deliveries_are_recorded_in_any_order_and_dead_numbers_rest(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(2)).await;
    day.centre(daily("08:30")).await;
    let context = &day.client.context;
    assert_eq!(tick_at(&day, "2026-11-25T08:30:00").await.handed_over, 2);
    let patients = [record(&day, 0).await, record(&day, 1).await];
    let mut sent = Vec::new();
    let mut tx = context.database.begin_read().await.unwrap();
    for patient in patients {
        sent.push(notices::of_patient(&mut tx, patient, 1).await.unwrap().remove(0).id);
    }
    drop(tx);
    for news in [DeliveryNews::Delivered, DeliveryNews::Sent, DeliveryNews::Bounced, DeliveryNews::Delivered] {
        notice_delivered(context, sent[0], news).await.unwrap();
    }
    notice_delivered(context, sent[1], DeliveryNews::DeadNumber).await.unwrap();
    notice_delivered(context, NoticeId(Uuid::nil()), DeliveryNews::Delivered).await.unwrap();
    let mut states = kept(&day).await;
    states.sort();
    assert_eq!(states, ["2026-11-25 daily bounced", "2026-11-25 daily delivered"]);
    assert!(!NoticeState::Delivered.may_become(NoticeState::Bounced));
    assert_eq!(tick_at(&day, "2026-11-26T08:30:00").await.handed_over, 1, "the dead number rests");
    assert_eq!(messages(&day).len(), 3);
    let site = Site::of_day(&day).await;
    let nurse = site.nurse().await;
    let mut staff = site.logged_in(&nurse).await;
    let body = staff.get("/console/notices").await.body.clone();
    assert!(body.contains(&hersys_id(1)) && !body.contains(&hersys_id(0)), "{body}");
    assert!(site.actions().await.contains(&"notices.shown".to_owned()));
}

/// Twilio 21610: the person has sent the carrier a word such as STOP. Staff see the request, grant it, and later let
/// the notices go on, as the person wants them again.
async fn m13_who_asked_the_carrier_asks_the_centre_and_staff_let_notices_go_on(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(2)).await;
    day.centre(daily("08:30")).await;
    let context = &day.client.context;
    assert_eq!(tick_at(&day, "2026-11-25T08:30:00").await.handed_over, 2);
    let patient = record(&day, 0).await;
    let mut tx = context.database.begin_read().await.unwrap();
    let notice = notices::of_patient(&mut tx, patient, 1).await.unwrap().remove(0).id;
    drop(tx);
    for _ in 0..2 {
        notice_delivered(context, notice, DeliveryNews::OptedOut).await.unwrap();
    }
    assert_eq!(day.kept.count("alerts WHERE kind = 'notice_stop'").await, 1);
    assert_eq!(day.kept.count("dead_addresses").await, 0, "the number takes messages");
    assert_eq!(tick_at(&day, "2026-11-26T08:30:00").await.handed_over, 1);
    let site = Site::of_day(&day).await;
    let nurse = site.nurse().await;
    let mut staff = site.logged_in(&nurse).await;
    let page = format!("/console/patients/{patient}");
    assert!(staff.get(&page).await.body.contains("通知の停止を依頼しています"), "{}", staff.page.body);
    let alert = &day.kept.column("SELECT id FROM alerts WHERE kind = 'notice_stop'").await[0];
    staff.get(&format!("/console/alerts/{alert}/close")).await;
    let note = staff.page.hidden("note_id");
    let fields = [("note_id", note.as_str()), ("decision", "grant"), ("patient_note", "")];
    staff.post(&format!("/console/alerts/{alert}/stop-request"), &fields).await;
    assert!(staff.get(&page).await.body.contains("通知を停止しています"), "{}", staff.page.body);
    for told in ["通知を再開しました", "前から同じ内容です"] {
        staff.get(&page).await;
        staff.post(&format!("{page}/notices"), &[]).await;
        let to = staff.page.location.clone().unwrap();
        let body = staff.get(&to).await.body.clone();
        assert!(body.contains(told), "{told}: {body}");
    }
    assert!(site.actions().await.contains(&"notice.resumed".to_owned()));
    staff.get(&page).await;
    let other = format!("/console/patients/{}/notices", Uuid::from_u128(7));
    assert_eq!(staff.post(&other, &[]).await.status, 404);
    assert_eq!(tick_at(&day, "2026-11-27T08:30:00").await.handed_over, 2);
}

/// RFC 8058. Whoever looks through links on the reader's behalf doesn't unsubscribe.
async fn m13_a_mail_program_unsubscribes_without_a_form_and_a_person_by_a_page(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(2)).await;
    day.centre(daily("08:30")).await;
    let (portal, _) = family(&day, 2).await;
    for (nth, number) in [(0, "03-5211-3642"), (1, "03-5211-3644")] {
        day.set(nth, &[(Column::PhoneNumber, number)]).await;
    }
    day.down_until("2026-11-25T08:30:00+09:00");
    let letters = Letters::default();
    let settings = NotifierSettings {
        carriers: day.simulation.carriers.clone(),
        from: PhoneNumber::from_e164("+815000000000").unwrap(),
        mail: Some(Arc::new(letters.clone())),
        portal: "https://kenko.example/portal".to_owned(),
        paces: NoticePaces { sms: 1_000.0, email: 1_000.0 },
        tick: Duration::from_secs(1),
    };
    assert_eq!(Notifier::new(Arc::clone(&day.client.context), settings).tick().await.unwrap().handed_over, 2);
    let links: Vec<String> = letters.0.lock().unwrap().iter().filter_map(|letter| letter.unsubscribe.clone()).collect();
    let paths: Vec<&str> = links.iter().map(|link| link.strip_prefix("https://kenko.example").unwrap()).collect();
    let mut anybody = portal.visitor();
    // A mail program says nothing about where a form was.
    anybody.form_headers.clear();
    let asked = "notice_stops WHERE state = 'requested' AND asked_in = 'email'";
    for (nth, path) in (1..).zip(&paths) {
        assert_eq!(anybody.get(path).await.status, 200, "{path}");
        assert_eq!(day.kept.count(asked).await, nth - 1);
        for _ in 0..2 {
            assert_eq!(anybody.post_only(path, &[("List-Unsubscribe", "One-Click")]).await.status, 200);
            assert_eq!(day.kept.count(asked).await, nth);
        }
    }
    assert_eq!(day.kept.count("alerts WHERE kind = 'notice_stop'").await, 2);
    assert_eq!(tick_at(&day, "2026-11-26T08:30:00").await.planned, 0);
    let unknown = format!("/portal/unsubscribe/{}", "A".repeat(43));
    assert_eq!(anybody.get("/portal/unsubscribe/x").await.status, 404);
    assert_eq!(anybody.post_only(&unknown, &[]).await.status, 404);
}
