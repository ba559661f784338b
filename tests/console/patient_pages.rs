//! A person's page and a call as it was spoken: what is wrong, whom to ring, how answers look, who looked.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::ToSpan as _;
use jiff::civil::Date;
use kenkocall::carrier::simulator::{Health, Script};
use kenkocall::domain::{
    AlertKind, AnswerOrigin, CentreCode, Channel, Item, PatientId, ReportId, ReportOutcome, Role, Sensitive, Severity,
    YesNo,
};
use kenkocall::lab::SYNTHETIC_CENTRE;
use kenkocall::store::answers::{self, AnswerRow};
use kenkocall::store::reports::{self, ReportRow};
use uuid::Uuid;

use crate::databases::Fresh;
use crate::simulated_day::{Day, Plan};
use crate::site::{OTHER, PUBLIC_URL, Site, Visitor};

crate::on_both_databases!(
    the_page_says_what_is_wrong_and_whom_to_ring,
    answers_that_differ_look_different,
    a_call_is_shown_as_it_was_spoken,
    who_looked_is_told,
);

/// Adds a report of some days ago with these answers.
async fn report(
    site: &Site,
    patient: PatientId,
    days_ago: i64,
    outcome: ReportOutcome,
    given: &[(Item, &str, Severity)],
) {
    let now = site.clock.now();
    let today: Date = now.to_zoned_datetime(jiff::tz::TimeZone::get("Asia/Tokyo").unwrap()).date();
    let at = now.checked_sub((days_ago * 24).hours()).unwrap();
    let id = ReportId(Uuid::now_v7());
    let row = ReportRow {
        id,
        patient,
        centre: CentreCode::parse(SYNTHETIC_CENTRE).unwrap(),
        report_date: today.checked_sub(days_ago.days()).unwrap(),
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
}

/// The cells of an item's row.
fn cells<'p>(page: &'p str, item: &str) -> Vec<&'p str> {
    let row =
        page.split(&format!("<th scope=\"row\">{item}</th>")).nth(1).expect("a row").split("</tr>").next().unwrap();
    row.split("<td class=\"a-").skip(1).map(|cell| cell.split('"').next().unwrap()).collect()
}

async fn the_page_says_what_is_wrong_and_whom_to_ring(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let patient = site.patient(0).await;
    site.alert(AlertKind::RedAnswer, Some(patient), 14).await;
    let mut visitor = site.logged_in(&nurse).await;
    let path = format!("/console/patients/{patient}");
    assert!(visitor.get("/console/today").await.body.contains(&format!("href=\"{path}\"")), "Today leads to the page");
    let page = visitor.get(&path).await;
    assert_eq!(page.status, 200);
    for part in [
        "見本 花子",
        "tel:+819010000001",
        "090-1000-0001",
        "badge red",
        "1980年(昭和55年)4月1日",
        "観察中",
        "次の電話",
        "観察を解除する",
        "架電を停止する",
        "/change\"",
    ] {
        assert!(page.body.contains(part), "{part} isn't in {}", page.body);
    }
    // The address and the title name nobody.
    assert!(!page.body.split("</title>").next().unwrap().contains("見本 花子"));
    let other = visitor.get(&format!("/console/patients/{}", site.patient(1).await)).await;
    assert!(other.status == 200 && other.body.contains("対応の要ることはありません"));
    assert_eq!(visitor.get("/console/patients/1000001").await.status, 404);
}

async fn answers_that_differ_look_different(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let patient = site.patient(0).await;
    let first = [
        (Item::BodyTemperature, "386", Severity::Amber),
        (Item::Spo2, "097", Severity::None),
        (Item::Complexion, "no", Severity::None),
        (Item::CoughOrRunnyNose, "yes", Severity::Note),
        (Item::Drowsiness, "unknown", Severity::Amber),
    ];
    report(&site, patient, 2, ReportOutcome::Reported, &first).await;
    let today = [(Item::BodyTemperature, "000", Severity::None), (Item::Spo2, "091", Severity::Red)];
    report(&site, patient, 0, ReportOutcome::Unanswered, &today).await;
    let mut visitor = site.logged_in(&nurse).await;
    let page = visitor.get(&format!("/console/patients/{patient}")).await.body.clone();
    let none = ["no-report"; 4];
    let of = |earlier: &'static str, today: &'static str| {
        none.into_iter().chain([earlier, "no-report", today]).collect::<Vec<_>>()
    };
    assert_eq!(cells(&page, "体温"), of("value", "not-measured"));
    assert_eq!(cells(&page, "SpO2"), of("value", "value"));
    assert_eq!(cells(&page, "顔・唇の色が悪い"), of("no", "not-asked"));
    assert_eq!(cells(&page, "せき・鼻水"), of("yes", "not-asked"));
    assert_eq!(cells(&page, "うとうと・ぼんやり"), of("unknown", "not-asked"));
    assert!(page.contains("一部回答"), "today's report isn't finished");
    // The chart has the values and names the gaps.
    let chart = page.split("<svg class=\"chart\"").nth(1).expect("a chart").split("</svg>").next().unwrap();
    for text in [">38.6<", ">97<", ">91<", ">報告なし<", ">38.5 注意<", ">93 緊急<"] {
        assert!(chart.contains(text), "{text} isn't in {chart}");
    }
    assert_eq!(chart.matches("<circle").count(), 1);
    let listed = visitor.get("/console/patients").await.body.clone();
    assert!(listed.contains("answer value red") && listed.contains("一部回答"), "{listed}");
}

/// A day in which one patient has a red answer, seen from the console.
async fn eventful(fresh: &Fresh) -> (Day, Site) {
    let mut ill = Health::well();
    ill.symptoms = BTreeMap::from([(Item::Complexion, YesNo::Yes)]);
    let second = Duration::from_secs(1);
    let people = vec![(0, vec![Script::answers(second).health(ill).into()]), (1, vec![Script::rings_out().into()])];
    let day = Day::begin(fresh, Plan { patients: vec!["09:00"; 2], people, ..Plan::default() }).await;
    day.until("09:10").await;
    let context = std::sync::Arc::clone(&day.client.context);
    let router = Site::router_of(&context, PUBLIC_URL, "");
    let site = Site { clock: day.simulation.clock.clone(), context, router };
    (day, site)
}

async fn a_call_is_shown_as_it_was_spoken(fresh: Fresh) {
    let (_day, site) = eventful(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let (one, two) = (site.patient(0).await, site.patient(1).await);
    let page = visitor.get(&format!("/console/patients/{one}")).await.body.clone();
    assert!(page.contains("badge red") && page.contains("顔・唇の色が悪い: はい"), "{page}");
    let call =
        page.split(&format!("/console/patients/{one}/calls/")).nth(1).expect("a call").split('"').next().unwrap();
    let path = format!("/console/patients/{one}/calls/{call}");
    let page = visitor.get(&path).await;
    assert_eq!(page.status, 200);
    for part in ["自動架電", "電話に出た", "<kbd>1</kbd>", "顔・唇の色が悪い: はい", "badge red", "機械"]
    {
        assert!(page.body.contains(part), "{part} isn't in {}", page.body);
    }
    let actions = site.actions().await;
    assert_eq!(actions.iter().filter(|action| *action == "patient.call_shown").count(), 1, "{actions:?}");
    // The call is that person's, and nobody else's.
    assert_eq!(visitor.get(&format!("/console/patients/{two}/calls/{call}")).await.status, 404);
    assert_eq!(visitor.get(&format!("/console/patients/{one}/calls/nonsense")).await.status, 404);
    let rang_out = visitor.get(&format!("/console/patients/{two}")).await.body.clone();
    assert!(rang_out.contains("応答なし"), "{rang_out}");
}

async fn who_looked_is_told(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let patient = site.patient(0).await;
    let mut visitor = site.logged_in(&nurse).await;
    let path = format!("/console/patients/{patient}");
    assert!(visitor.get(&path).await.body.contains("まだいません"));
    assert!(visitor.get("/console/patients").await.status == 200);
    let page = visitor.get(&path).await.body.clone();
    let looks = page.split("<ol class=\"looks\">").nth(1).expect("looks").split("</ol>").next().unwrap().to_owned();
    assert!(looks.contains("見本 直子") && looks.contains("コンソールで、一覧も含めて2回"), "{looks}");
    // Each view is one entry.
    let actions = site.actions().await;
    assert_eq!(actions.iter().filter(|action| *action == "patient.shown").count(), 2);
    // A colleague of another centre learns nothing, and the try is in the trail.
    let theirs = site.member("other@mihon.example", Role::Nurse, Some(OTHER)).await;
    let mut stranger: Visitor = site.logged_in(&theirs).await;
    assert_eq!(stranger.get(&path).await.status, 404);
    assert!(site.actions().await.contains(&"patient.not_found".to_owned()));
}
