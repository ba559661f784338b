//! Calls to staff in the console: in the log of calls, and on the page of the person whose red answer waits.

use jiff::SignedDuration;
use kenkocall::domain::{
    AlertKind, CallId, CentreCode, ContactId, Disposition, EscalationId, Language, Line, NoticeOutcome, PhoneNumber,
    Role, StaffName, StepOutcome, StepRole, StepState,
};
use kenkocall::lab::SYNTHETIC_CENTRE;
use kenkocall::store::calls::{self, CallEnd, CallRow};
use kenkocall::store::escalations::{self, StepRow};
use kenkocall::store::flow_sets::{self, FlowSetRow};
use uuid::Uuid;

use crate::databases::Fresh;
use crate::simulated_day::{Day, Plan, shipped};
use crate::site::{OTHER, Site};

crate::on_both_databases!(
    calls_to_staff_are_in_the_log_of_their_own_centre_only,
    a_persons_page_says_who_of_the_staff_was_told_of_a_red_answer,
);

/// Rings a member of staff, who doesn't answer, if `outcome` says so.
async fn ring(site: &Site, centre: &str, name: &str, outcome: Option<StepOutcome>) -> CallId {
    let centre = CentreCode::parse(centre).unwrap();
    let (call, now) = (CallId(Uuid::now_v7()), site.clock.now());
    let mut tx = site.context.database.begin_write().await.unwrap();
    let escalation = match escalations::open_of(&mut tx, &centre).await.unwrap() {
        Some(escalation) => escalation.id,
        None => {
            let id = EscalationId(Uuid::now_v7());
            assert!(escalations::begin(&mut tx, id, &centre, now).await.unwrap());
            id
        }
    };
    let number = u32::try_from(escalations::steps_of(&mut tx, escalation).await.unwrap().len()).unwrap() + 1;
    let shipped = shipped();
    let files = serde_json::to_string(&shipped.files).unwrap();
    flow_sets::put(&mut tx, &FlowSetRow { digest: shipped.digest.clone(), files, loaded_at: now }).await.unwrap();
    let flow_set = shipped.digest.clone();
    let row =
        CallRow { id: call, line: Line::StaffAlert, flow_set, started_at: now, ended_at: None, disposition: None };
    calls::insert(&mut tx, &[row]).await.unwrap();
    let step = StepRow {
        call,
        escalation,
        number,
        round: 1,
        role: StepRole::OnDuty,
        contact: ContactId(Uuid::from_u128(number.into())),
        name: StaffName::parse(name).unwrap(),
        phone_number: PhoneNumber::from_e164("+819012345678").unwrap(),
        language: Language::Japanese,
        email: None,
        state: StepState::Placed,
        intended_at: now,
        moved_at: now,
        ended: None,
        sms: None,
        mail: None,
    };
    assert!(escalations::add_step(&mut tx, &step).await.unwrap());
    escalations::sms(&mut tx, call, NoticeOutcome::Sent).await.unwrap();
    if let Some(outcome) = outcome {
        escalations::end_step(&mut tx, call, outcome, now).await.unwrap();
        let end = CallEnd { call, ended_at: now, disposition: Disposition::NotAnswered };
        calls::end(&mut tx, &[end]).await.unwrap();
    }
    tx.commit().await.unwrap();
    site.later(SignedDuration::from_secs(30));
    call
}

async fn calls_to_staff_are_in_the_log_of_their_own_centre_only(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00"], ..Plan::default() }).await;
    day.until("09:10").await;
    let site = Site::of_day(&day).await;
    let first = ring(&site, SYNTHETIC_CENTRE, "見本 直子", Some(StepOutcome::NoAnswer)).await;
    let second = ring(&site, SYNTHETIC_CENTRE, "見本 一郎", None).await;
    let elsewhere = ring(&site, OTHER, "架空 太郎", None).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let calls = |page: &str| page.matches("<th scope=\"row\"><a class=\"num\"").count();
    let log = visitor.get("/console/calls").await.body.clone();
    assert_eq!(calls(&log), 3, "two to staff and one to a patient: {log}");
    assert!(log.contains("見本 直子") && log.contains("見本 一郎") && !log.contains("架空 太郎"), "{log}");
    let to_staff = visitor.get("/console/calls?line=staff_alert").await.body.clone();
    assert_eq!(calls(&to_staff), 2, "{to_staff}");
    for call in [first, second] {
        assert!(to_staff.contains(&format!("/console/calls/{call}\"")), "{to_staff}");
        let page = visitor.get(&format!("/console/calls/{call}")).await;
        assert_eq!(page.status, 200, "{}", page.body);
    }
    assert_eq!(calls(&visitor.get("/console/calls?line=automated_call").await.body), 1);
    // The number of calls in progress is that of its list.
    let open = log.split("/console/calls?result=open\"").nth(1).unwrap().split("</a>").next().unwrap().to_owned();
    assert!(open.contains("<b class=\"num\">1</b>"), "{open}");
    assert_eq!(calls(&visitor.get("/console/calls?result=open").await.body), 1);
    assert_eq!(visitor.get(&format!("/console/calls/{elsewhere}")).await.status, 404);
    assert!(site.actions().await.iter().any(|action| action == "call.not_found"));
    let other = site.member("other@mihon.example", Role::Nurse, Some(OTHER)).await;
    let mut other = site.logged_in(&other).await;
    assert_eq!(calls(&other.get("/console/calls?line=staff_alert").await.body), 1);
    assert_eq!(other.get(&format!("/console/calls/{first}")).await.status, 404);
}

async fn a_persons_page_says_who_of_the_staff_was_told_of_a_red_answer(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    ring(&site, SYNTHETIC_CENTRE, "以前 花子", Some(StepOutcome::NoAnswer)).await;
    let (red, other) = (site.patient(0).await, site.patient(1).await);
    site.alert(AlertKind::RedAnswer, Some(red), 0).await;
    site.alert(AlertKind::Unanswered, Some(other), 0).await;
    ring(&site, SYNTHETIC_CENTRE, "見本 直子", Some(StepOutcome::NoAnswer)).await;
    ring(&site, SYNTHETIC_CENTRE, "見本 一郎", None).await;
    let mut visitor = site.logged_in(&nurse).await;
    let page = visitor.get(&format!("/console/patients/{red}")).await.body.clone();
    let told = page.split("職員への連絡").nth(1).expect(&page).split("</section>").next().unwrap();
    let (first, second) = (told.find("見本 直子").expect(told), told.find("見本 一郎").expect(told));
    assert!(first < second && told.contains("出ませんでした") && told.contains("SMS"), "{told}");
    assert!(!page.contains("以前 花子"), "that was before: {page}");
    let page = visitor.get(&format!("/console/patients/{other}")).await.body.clone();
    assert!(!page.contains("職員への連絡"), "nobody was rung about an alert that isn't red: {page}");
}
