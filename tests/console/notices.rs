//! Notices to patients (M13, M14): one a day, none to whom they mustn't go, and what staff see of them.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kenkocall::carrier::simulator::NetworkFaults;
use kenkocall::domain::{
    Actor, CentreCode, CentreName, Language, NoticeChannel, NoticeId, NoticeState, Operator, PatientId, PhoneNumber,
    Role, Sensitive, StaffName, StopAskedIn, SystemUser, TransferReason,
};
use kenkocall::lab::{SYNTHETIC_CENTRE, synthetic_number};
use kenkocall::patient_import::Column;
use kenkocall::policy::{Invitations, ReportLinks};
use kenkocall::service::{
    AcceptedTimes, CentreChange, ImportMode, Invited, NoticePaces, Notifier, NotifierSettings, Offer, Offered,
    SentNotices, TransferAnswer, WhyNoInvitation, add_centre, add_patient, decide_transfer, import_patients,
    offer_transfer, release_patient, send_invitation, stop_patient,
};
use kenkocall::store::notices::{self, DeadAddress};
use kenkocall::store::{notice_stops, patients};
use uuid::Uuid;

use crate::databases::Fresh;
use crate::simulated_day::{Day, Plan, id};
use crate::site::Site;

crate::on_both_databases!(
    m13_everybody_observed_gets_one_notice_a_day_whatever_restarts,
    m13_nobody_released_stopped_or_asking_to_be_left_alone_gets_one,
    m13_who_is_released_while_a_notice_waits_gets_none,
    m13_after_a_move_the_new_centre_sends_it_and_only_one_does,
    m13_quiet_hours_and_downtime,
    m13_a_clock_that_is_set_back_or_ahead_repeats_nothing,
    killed_between_handing_over_and_storing_is_unknown_and_not_sent_again,
    the_pace_is_kept_and_nothing_is_lost,
    a_notice_is_in_the_patients_language_with_a_personal_link_or_without,
    a_dead_number_is_no_longer_used_until_it_changes,
    m14_an_invitation_at_registration_at_import_and_again,
    staff_see_notices_and_send_the_invitation_again,
    a_centre_that_switches_notices_on_again_gets_todays_and_nobody_gets_two,
    bad_input_a_notice_due_for_somebody_who_has_since_reported_been_released_asked_or_moved,
);

const NEW: &str = "27100";

pub fn plan(patients: usize) -> Plan {
    Plan { patients: vec!["15:00"; patients], ..Plan::default() }
}

pub fn daily(at: &str) -> CentreChange {
    CentreChange { daily_notice: Some(Some(at.parse().unwrap())), ..CentreChange::default() }
}

fn code(code: &str) -> CentreCode {
    CentreCode::parse(code).unwrap()
}

fn of(centre: &str) -> Actor {
    Actor::Operator(Operator {
        name: StaffName::parse("nurse").unwrap(),
        system_user: SystemUser::new(0, Some("root")),
        centre: Some(code(centre)),
    })
}

fn notifier(day: &Day, per_second: f64) -> Notifier {
    let settings = NotifierSettings {
        carriers: day.simulation.carriers.clone(),
        from: PhoneNumber::from_e164("+815000000000").unwrap(),
        mail: None,
        portal: "https://kenko.example/portal".to_owned(),
        paces: NoticePaces { sms: per_second, email: per_second },
        tick: Duration::from_secs(1),
    };
    Notifier::new(Arc::clone(&day.client.context), settings)
}

/// A new process at this time, as after a restart.
pub async fn tick_at(day: &Day, moment: &str) -> SentNotices {
    day.down_until(&format!("{moment}+09:00"));
    notifier(day, 1_000.0).tick().await.unwrap()
}

pub fn messages(day: &Day) -> Vec<String> {
    day.simulation.lines.with(|network, _| network.messages().map(|message| message.text.expose().to_owned()).collect())
}

/// The notices: `day kind state reason`.
pub async fn kept(day: &Day) -> Vec<String> {
    let sql = "SELECT notice_day, kind, state, COALESCE(reason, '') FROM notices ORDER BY notice_day, kind, state, id";
    day.kept.rows(sql).await.into_iter().map(|row| row.join(" ").trim_end().to_owned()).collect()
}

pub async fn record(day: &Day, nth: u32) -> PatientId {
    let mut tx = day.client.context.database.begin_read().await.unwrap();
    patients::by_hersys_ids(&mut tx, &[id(nth)]).await.unwrap()[0].id
}

async fn m13_everybody_observed_gets_one_notice_a_day_whatever_restarts(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(3)).await;
    assert_eq!(tick_at(&day, "2026-11-24T09:00:00").await, SentNotices::default(), "off by default");
    day.centre(daily("08:30")).await;
    assert_eq!(tick_at(&day, "2026-11-25T08:29:59").await, SentNotices::default());
    assert_eq!(tick_at(&day, "2026-11-25T08:30:00").await, SentNotices { planned: 3, handed_over: 3 });
    for again in ["2026-11-25T08:30:01", "2026-11-25T08:45:00", "2026-11-25T19:59:59", "2026-11-26T08:29:59"] {
        assert_eq!(tick_at(&day, again).await, SentNotices::default(), "{again}");
    }
    assert_eq!(tick_at(&day, "2026-11-26T08:31:00").await.handed_over, 3);
    assert_eq!(messages(&day).len(), 6);
    assert_eq!(kept(&day).await, [["2026-11-25 daily sent"; 3], ["2026-11-26 daily sent"; 3]].concat());
    // Two processes at once.
    day.down_until("2026-11-27T08:30:00+09:00");
    let (one, other) = (notifier(&day, 1_000.0), notifier(&day, 1_000.0));
    let _either = tokio::join!(one.tick(), other.tick());
    day.down_until("2026-11-27T08:32:00+09:00");
    one.tick().await.unwrap();
    assert_eq!(messages(&day).len(), 9);
}

async fn m13_nobody_released_stopped_or_asking_to_be_left_alone_gets_one(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(6)).await;
    let (context, actor) = (&day.client.context, &day.client.actor);
    day.centre(daily("08:30")).await;
    release_patient(context, actor, &id(0)).await.unwrap();
    stop_patient(context, actor, &id(1)).await.unwrap();
    day.set(2, &[(Column::MonitoringStart, "2026-11-30")]).await;
    let (by_key, by_portal) = (record(&day, 3).await, record(&day, 4).await);
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await.unwrap();
    patients::request_stop(&mut tx, &[by_key], now).await.unwrap();
    assert!(notice_stops::request(&mut tx, by_portal, StopAskedIn::Portal, now).await.unwrap());
    assert!(!notice_stops::request(&mut tx, by_portal, StopAskedIn::Sms, now).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(tick_at(&day, "2026-11-25T09:00:00").await, SentNotices { planned: 1, handed_over: 1 });
    assert_eq!(messages(&day).len(), 1);
    let mut tx = context.database.begin_write().await.unwrap();
    assert!(notice_stops::resume(&mut tx, by_portal, now).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(tick_at(&day, "2026-11-26T09:00:00").await.handed_over, 2, "the centre declined");
}

async fn m13_who_is_released_while_a_notice_waits_gets_none(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(3)).await;
    let (context, actor) = (&day.client.context, &day.client.actor);
    day.centre(daily("08:30")).await;
    day.down_until("2026-11-25T08:30:00+09:00");
    assert_eq!(notifier(&day, 1.0).tick().await.unwrap(), SentNotices { planned: 3, handed_over: 1 });
    for nth in 0..3 {
        release_patient(context, actor, &id(nth)).await.unwrap();
    }
    assert_eq!(tick_at(&day, "2026-11-25T08:31:00").await.handed_over, 0);
    let ended = "2026-11-25 daily not_sent released";
    assert_eq!(kept(&day).await, [ended, ended, "2026-11-25 daily sent"]);
}

async fn m13_after_a_move_the_new_centre_sends_it_and_only_one_does(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(3)).await;
    let (context, actor) = (&day.client.context, &day.client.actor);
    let (name, phone) = (CentreName::parse("架空区保健所").unwrap(), PhoneNumber::from_e164("+81352113642").unwrap());
    add_centre(context, actor, code(NEW), name, phone, &daily("08:30")).await.unwrap();
    day.centre(daily("10:00")).await;
    let moves = async |nth: u32| {
        let to = code(NEW);
        let offer = Offer { id: None, to: &to, reason: TransferReason::Moved, note: None };
        let Offered::Now(transfer) = offer_transfer(context, &of(SYNTHETIC_CENTRE), &id(nth), offer).await.unwrap()
        else {
            panic!("offered before")
        };
        let kept = TransferAnswer::Accept(AcceptedTimes::Kept);
        decide_transfer(context, &of(NEW), transfer, kept).await.unwrap();
    };
    assert_eq!(tick_at(&day, "2026-11-25T08:30:00").await, SentNotices::default(), "nobody is there yet");
    day.down_until("2026-11-25T09:00:00+09:00");
    moves(0).await;
    assert_eq!(tick_at(&day, "2026-11-25T09:00:01").await.handed_over, 1, "after the new one's time");
    assert!(messages(&day)[0].starts_with("架空区保健所"), "{:?}", messages(&day));
    day.down_until("2026-11-25T10:00:00+09:00");
    assert_eq!(notifier(&day, 1.0).tick().await.unwrap(), SentNotices { planned: 2, handed_over: 1 });
    moves(1).await;
    moves(2).await;
    tick_at(&day, "2026-11-25T10:00:05").await;
    tick_at(&day, "2026-11-25T10:05:00").await;
    let sent = messages(&day);
    assert_eq!(sent.len(), 3, "{sent:?}");
    assert!(sent[1].starts_with("見本保健所") && sent[2].starts_with("架空区保健所"), "{sent:?}");
}

async fn m13_quiet_hours_and_downtime(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(2)).await;
    day.centre(daily("08:30")).await;
    // Down all day.
    assert_eq!(tick_at(&day, "2026-11-25T20:00:00").await, SentNotices::default());
    assert_eq!(tick_at(&day, "2026-11-26T19:59:59").await.handed_over, 2, "late, and still that day");
    // Planned, and then down until night.
    day.down_until("2026-11-27T19:59:59+09:00");
    assert_eq!(notifier(&day, 1.0).tick().await.unwrap().handed_over, 1);
    assert_eq!(tick_at(&day, "2026-11-27T20:00:00").await.handed_over, 0);
    assert_eq!(kept(&day).await.last().map(String::as_str), Some("2026-11-27 daily sent"));
    assert!(kept(&day).await.contains(&"2026-11-27 daily not_sent late".to_owned()));
    assert_eq!(messages(&day).len(), 3);
}

async fn m13_a_clock_that_is_set_back_or_ahead_repeats_nothing(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(2)).await;
    day.centre(daily("08:30")).await;
    assert_eq!(tick_at(&day, "2026-11-25T09:00:00").await.handed_over, 2);
    for moment in ["2026-11-25T08:00:00", "2026-11-25T08:30:00", "2026-11-24T23:59:59", "2026-11-25T09:10:00"] {
        assert_eq!(tick_at(&day, moment).await.handed_over, 0, "{moment}");
    }
    assert_eq!(tick_at(&day, "2026-11-27T09:00:00").await.handed_over, 2, "two days ahead");
    assert_eq!(tick_at(&day, "2026-11-26T09:00:00").await.handed_over, 2);
    assert_eq!(tick_at(&day, "2026-11-27T09:00:00").await.handed_over, 0, "that day had its own");
}

async fn killed_between_handing_over_and_storing_is_unknown_and_not_sent_again(fresh: Fresh) {
    let faults = NetworkFaults { messages_unheard: 1.0, ..NetworkFaults::FAIR };
    let day = Day::begin(&fresh, Plan { network_faults: faults, ..plan(2) }).await;
    day.centre(daily("08:30")).await;
    assert_eq!(tick_at(&day, "2026-11-25T08:30:00").await.handed_over, 2);
    assert_eq!(kept(&day).await, ["2026-11-25 daily unknown"; 2], "the carrier's answer was lost");
    let sent = messages(&day).len();
    // Killed after the commit of the intent: what was handed over isn't known.
    let context = &day.client.context;
    let now: Timestamp = "2026-11-26T08:30:00+09:00".parse().unwrap();
    day.down_until("2026-11-26T08:30:00+09:00");
    kenkocall::service::plan_notices(context).await.unwrap();
    let mut tx = context.database.begin_write().await.unwrap();
    let due = notices::due(&mut tx, NoticeChannel::Sms, now, 10).await.unwrap();
    let claims: Vec<_> = due.into_iter().map(|due| (due.id, due.centre, NoticeChannel::Sms)).collect();
    assert_eq!(notices::intend(&mut tx, &claims, now).await.unwrap().len(), 2);
    assert_eq!(notices::intend(&mut tx, &claims, now).await.unwrap().len(), 0, "once");
    tx.commit().await.unwrap();
    for moment in ["2026-11-26T08:30:30", "2026-11-26T08:31:01", "2026-11-26T09:00:00"] {
        assert_eq!(tick_at(&day, moment).await.handed_over, 0, "{moment}");
    }
    assert_eq!(kept(&day).await[2..], ["2026-11-26 daily unknown"; 2]);
    assert_eq!(messages(&day).len(), sent);
}

async fn the_pace_is_kept_and_nothing_is_lost(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(7)).await;
    day.centre(daily("08:30")).await;
    let mut each = Vec::new();
    for second in 0..5 {
        day.down_until(&format!("2026-11-25T08:30:0{second}.001+09:00"));
        each.push(notifier(&day, 2.0).tick().await.unwrap().handed_over);
    }
    assert_eq!(each, [2, 2, 2, 1, 0]);
    assert_eq!(messages(&day).len(), 7);
}

async fn a_notice_is_in_the_patients_language_with_a_personal_link_or_without(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(2)).await;
    day.set(1, &[(Column::Language, "ko")]).await;
    day.centre(daily("08:30")).await;
    assert_eq!(tick_at(&day, "2026-11-25T08:30:00").await.handed_over, 2);
    let sent = messages(&day);
    let korean = sent.iter().find(|text| text.contains("오늘의 건강 상태")).expect("Korean");
    let japanese = sent.iter().find(|text| text.contains("今日の健康状態")).expect("Japanese");
    for text in [korean, japanese] {
        assert!(text.contains("https://kenko.example/portal/r/") && text.contains("見本保健所"), "{text}");
    }
    assert_eq!(day.kept.count("report_links WHERE outcome = 'sent' AND token_hash IS NOT NULL").await, 2);
    let own = CentreChange {
        notice_texts: [(Language::Korean, Some("{link} 입력".parse().unwrap()))].into(),
        report_links: Some(ReportLinks::Off),
        ..CentreChange::default()
    };
    day.centre(own).await;
    assert_eq!(tick_at(&day, "2026-11-26T08:30:00").await.handed_over, 2);
    assert!(messages(&day)[2..].contains(&"https://kenko.example/portal 입력".to_owned()), "{:?}", messages(&day));
}

async fn a_dead_number_is_no_longer_used_until_it_changes(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(2)).await;
    day.centre(daily("08:30")).await;
    let context = &day.client.context;
    assert_eq!(tick_at(&day, "2026-11-25T08:30:00").await.handed_over, 2);
    let patient = record(&day, 0).await;
    let mut tx = context.database.begin_write().await.unwrap();
    let notice = notices::of_patient(&mut tx, patient, 1).await.unwrap().remove(0).id;
    assert!(notices::became(&mut tx, notice, NoticeState::Bounced, context.clock.now()).await.unwrap());
    let address = Sensitive::new(synthetic_number(0).unwrap().expose());
    let found_at = context.clock.now();
    let dead = DeadAddress { patient, channel: NoticeChannel::Sms, address, notice, found_at };
    notices::found_dead(&mut tx, &dead).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(tick_at(&day, "2026-11-26T08:30:00").await.handed_over, 1);
    assert!(kept(&day).await.contains(&"2026-11-26 daily not_sent no_address".to_owned()));
    day.set(0, &[(Column::PhoneNumber, "090-1000-9999")]).await;
    assert_eq!(tick_at(&day, "2026-11-27T08:30:00").await.handed_over, 2, "another number");
    // The same number, once staff have confirmed it.
    day.set(0, &[(Column::PhoneNumber, synthetic_number(0).unwrap().expose())]).await;
    assert_eq!(tick_at(&day, "2026-11-28T08:30:00").await.handed_over, 1, "still known as dead");
    let site = Site::of_day(&day).await;
    let member = site.member("naoko@mihon.example", Role::Nurse, Some(SYNTHETIC_CENTRE)).await;
    let mut nurse = site.logged_in(&member).await;
    let page = format!("/console/patients/{patient}");
    assert!(nurse.get(&page).await.body.contains("番号を確かめたので、また使う"), "{}", nurse.page.body);
    for done in ["address-confirmed", "same"] {
        nurse.get(&page).await;
        nurse.post(&format!("{page}/notices"), &[("again", "sms")]).await;
        assert!(
            nurse.page.location.as_deref().unwrap().ends_with(&format!("done={done}")),
            "{:?}",
            nurse.page.location
        );
    }
    assert_eq!(tick_at(&day, "2026-11-29T08:30:00").await.handed_over, 2);
}

async fn m14_an_invitation_at_registration_at_import_and_again(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(1)).await;
    let (context, actor) = (&day.client.context, &day.client.actor);
    let invite = CentreChange {
        invitations: Some(Invitations::AtRegistration),
        leaflet: Some(Some("https://leaflet.example/a".parse().unwrap())),
        invitation_words: Some(Some("お大事に".parse().unwrap())),
        ..CentreChange::default()
    };
    day.centre(invite).await;
    day.down_until("2026-11-24T23:00:00+09:00");
    let values = [
        (Column::HersysId, "0765432"),
        (Column::BirthDate, "1971-12-31"),
        (Column::FamilyName, "見本"),
        (Column::GivenName, "花子"),
        (Column::PhoneNumber, "090-1000-7777"),
    ];
    add_patient(context, actor, &code(SYNTHETIC_CENTRE), &values).await.unwrap();
    let list = "HER-SYS ID,生年月日,姓,名,電話番号\n0765433,1971-12-31,見本,一郎,090-1000-7778\n0765434,1971-12-31,見本,二郎,\n";
    let centre = code(SYNTHETIC_CENTRE);
    import_patients(context, actor, &centre, list.as_bytes(), ImportMode::Write, |_, _| ()).await.unwrap();
    assert_eq!(tick_at(&day, "2026-11-24T23:00:05").await.handed_over, 0, "quiet hours");
    assert_eq!(tick_at(&day, "2026-11-25T08:00:00").await.handed_over, 2);
    let text = messages(&day).into_iter().find(|text| text.contains("0765432")).expect("an invitation");
    for part in [
        "見本保健所 My HER-SYS（健康状態入力フォーム）のご案内",
        "URL: https://kenko.example/portal",
        "HER-SYS ID: 0765432",
        "リーフレット: https://leaflet.example/a",
        "本システムは厚生労働省の提供です",
        "※保健所からのメッセージ\nお大事に",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let patient = record(&day, 0).await;
    let notice = |nth: u128| NoticeId(Uuid::from_u128(nth));
    let ask = async |nth: u128| send_invitation(context, actor, patient, notice(nth)).await.unwrap();
    assert_eq!(ask(1).await, Invited::Now);
    assert_eq!((ask(1).await, ask(2).await), (Invited::Before, Invited::Before), "sent twice, or still waiting");
    assert_eq!(tick_at(&day, "2026-11-25T08:01:00").await.handed_over, 1);
    assert_eq!(ask(1).await, Invited::Before);
    stop_patient(context, actor, &id(0)).await.unwrap();
    assert_eq!(ask(3).await, Invited::NotSent(WhyNoInvitation::LeftAlone));
    assert_eq!(day.kept.count("audit WHERE action = 'notice.invited'").await, 1);
}

async fn staff_see_notices_and_send_the_invitation_again(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(2)).await;
    day.centre(daily("08:30")).await;
    tick_at(&day, "2026-11-25T08:30:00").await;
    let site = Site::of_day(&day).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let patient = record(&day, 0).await;
    let page = format!("/console/patients/{patient}");
    let body = visitor.get(&page).await.body.clone();
    assert!(body.contains("毎日の通知") && body.contains("送信済み") && body.contains("案内を送る"), "{body}");
    let notice = visitor.page.hidden("notice");
    for told in ["案内を SMS で送ります", "案内は、すでに送っているか、送信を待っています"]
    {
        visitor.post(&format!("{page}/invitation"), &[("notice", &notice)]).await;
        let to = visitor.page.location.clone().unwrap();
        assert!(visitor.get(&to).await.body.contains(told), "{told}");
    }
    let other = format!("/console/patients/{}/invitation", Uuid::from_u128(7));
    assert_eq!(visitor.post(&other, &[("notice", &notice)]).await.status, 404);
    let body = visitor.get("/console/notices").await.body.clone();
    assert!(body.contains("送信済み") && body.contains("届かない番号"), "{body}");
    assert!(site.actions().await.contains(&"notice.invited".to_owned()));
}

async fn a_centre_that_switches_notices_on_again_gets_todays_and_nobody_gets_two(fresh: Fresh) {
    let day = Day::begin(&fresh, plan(3)).await;
    let off = CentreChange { daily_notice: Some(None), ..CentreChange::default() };
    day.centre(daily("08:30")).await;
    day.down_until("2026-11-25T08:30:00+09:00");
    assert_eq!(notifier(&day, 1.0).tick().await.unwrap(), SentNotices { planned: 3, handed_over: 1 });
    day.centre(off.clone()).await;
    assert_eq!(tick_at(&day, "2026-11-25T08:31:00").await, SentNotices::default());
    let ended = "2026-11-25 daily not_sent off";
    assert_eq!(kept(&day).await, [ended, ended, "2026-11-25 daily sent"]);
    // At a time that hasn't come.
    day.centre(daily("15:00")).await;
    assert_eq!(tick_at(&day, "2026-11-25T14:59:59").await, SentNotices::default());
    assert_eq!(tick_at(&day, "2026-11-25T15:00:00").await, SentNotices { planned: 2, handed_over: 2 });
    for at in ["16:00", "08:30", "17:00"] {
        day.centre(off.clone()).await;
        day.centre(daily(at)).await;
        assert_eq!(tick_at(&day, "2026-11-25T17:00:00").await, SentNotices::default(), "{at}");
    }
    assert_eq!(kept(&day).await, ["2026-11-25 daily sent"; 3]);
    assert_eq!(messages(&day).len(), 3);
    // Staff paused and resumed notices before they were planned.
    day.centre(off).await;
    day.centre(daily("09:00")).await;
    assert_eq!(tick_at(&day, "2026-11-26T09:00:00").await.handed_over, 3);
}

/// After a report the notice is sent (M13); after a move the new centre sends it; after release or a request, none.
async fn bad_input_a_notice_due_for_somebody_who_has_since_reported_been_released_asked_or_moved(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { patients: vec!["08:00"; 5], ..Plan::default() }).await;
    let (context, actor) = (&day.client.context, &day.client.actor);
    let (name, phone) = (CentreName::parse("架空区保健所").unwrap(), PhoneNumber::from_e164("+81352113642").unwrap());
    add_centre(context, actor, code(NEW), name, phone, &daily("12:00")).await.unwrap();
    day.centre(daily("10:00")).await;
    day.until("09:59").await;
    assert_eq!(day.kept.count("reports WHERE outcome = 'reported'").await, 5, "everybody has reported by phone");
    day.down_until("2026-11-24T10:00:00+09:00");
    kenkocall::service::plan_notices(context).await.unwrap();
    release_patient(context, actor, &id(0)).await.unwrap();
    let asking = record(&day, 1).await;
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await.unwrap();
    assert!(notice_stops::request(&mut tx, asking, StopAskedIn::Portal, now).await.unwrap());
    tx.commit().await.unwrap();
    let to = code(NEW);
    let offer = Offer { id: None, to: &to, reason: TransferReason::Moved, note: None };
    let Offered::Now(transfer) = offer_transfer(context, &of(SYNTHETIC_CENTRE), &id(2), offer).await.unwrap() else {
        panic!("offered before")
    };
    decide_transfer(context, &of(NEW), transfer, TransferAnswer::Accept(AcceptedTimes::Kept)).await.unwrap();
    let before = messages(&day).len();
    assert_eq!(tick_at(&day, "2026-11-24T10:00:01").await.handed_over, 2, "those who have reported");
    assert_eq!(tick_at(&day, "2026-11-24T12:00:00").await.handed_over, 1, "the new health centre's");
    let sent = messages(&day)[before..].to_vec();
    assert!(sent[..2].iter().all(|text| text.starts_with("見本保健所")), "{sent:?}");
    assert!(sent[2].starts_with("架空区保健所"), "{sent:?}");
    let (released, asked) = ("2026-11-24 daily not_sent released", "2026-11-24 daily not_sent notices_stopped");
    let sent = "2026-11-24 daily sent";
    let mut kept = kept(&day).await;
    kept.sort();
    assert_eq!(kept, [asked, released, sent, sent, sent]);
}
