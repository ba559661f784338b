//! What keeps an account of the portal with its owner: letters about changes, forms of this browser only, and guesses
//! by strangers that don't delay the owner.

use axum::body::Body;
use axum::http::Request;
use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use jiff::SignedDuration;
use kenkocall::domain::{Item, ReportLinkId};
use kenkocall::service::{LinkAsked, delete_empty_accounts, send_report_link};
use kenkocall::web::{Peer, PortalSettings, portal};

use crate::databases::Fresh;
use crate::db_assertions::DatabaseAssertions;
use crate::portal_site::{BIRTH_DATE, HANAKO, Portal, hersys_id, settings};
use crate::simulated_day::{Day, Plan};
use crate::site::{Site, Visitor};

crate::on_both_databases!(
    the_owner_is_told_at_the_old_address_and_in_the_accounts_language,
    a_letter_that_no_server_takes_is_forgotten,
    a_log_in_has_forms_of_its_own,
    a_request_with_two_hosts_or_another_scheme_is_refused,
    strangers_guesses_dont_delay_who_has_the_registered_number,
    strangers_passwords_dont_delay_a_browser_that_was_logged_in,
    a_person_is_taken_out_of_an_account_on_a_second_page,
    a_mistyped_code_stays_in_the_field,
    an_account_that_used_a_link_reports_like_the_registered_number,
    the_advice_of_a_red_answer_stays_within_reach_that_day,
);

/// The usual answers, all but one.
fn well(but: (&str, &'static str)) -> Vec<(&'static str, &'static str)> {
    let usual = |item: Item| match item {
        Item::BodyTemperature => "36.5",
        Item::Spo2 => "98",
        _ => "no",
    };
    let asked = Item::ALL.into_iter().filter(|item| *item != Item::BreathlessnessSevere);
    asked.map(|item| (item.code(), if item.code() == but.0 { but.1 } else { usual(item) })).collect()
}

/// Sends the form with all questions on one page.
async fn report(visitor: &mut Visitor, answers: &[(&str, &str)]) -> u16 {
    let page = visitor.get("/portal/report?view=all").await.clone();
    let (form, questions) = (page.hidden("form"), page.hidden("questions"));
    let mut fields = vec![("form", form.as_str()), ("questions", questions.as_str())];
    fields.extend(answers);
    visitor.post("/portal/report", &fields).await.status
}

/// A day with one patient, and the portal beside it.
async fn with_a_day(fresh: &Fresh) -> (Day, Portal) {
    let day = Day::begin(fresh, Plan { patients: vec!["15:00"], ..Plan::default() }).await;
    day.until("08:00").await;
    let portal = Portal::of(Site::of_day(&day).await);
    (day, portal)
}

const PASSWORD: &str = "見本の長いパスワードです";

async fn choose_password(visitor: &mut Visitor, password: &str) {
    visitor.get("/portal/account/password").await;
    visitor.post("/portal/account/password", &[("password", password)]).await;
    assert_eq!(visitor.page.location.as_deref(), Some("/portal/account?done=password"), "{}", visitor.page.body);
}

async fn log_in(portal: &Portal, visitor: &mut Visitor, email: &str, password: &str) -> u16 {
    portal.site.later(SignedDuration::from_mins(20));
    visitor.get("/portal/log-in?again=1").await;
    visitor.post("/portal/log-in", &[("email", email), ("password", password), ("stay", "1")]).await.status
}

async fn the_owner_is_told_at_the_old_address_and_in_the_accounts_language(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.visitor();
    visitor.get("/portal/register?language=ko").await;
    visitor.post("/portal/register", &[("email", HANAKO), ("stay", "1")]).await;
    visitor.get("/portal/code").await;
    let code = portal.code().await;
    visitor.post("/portal/code", &[("code", &code)]).await;
    choose_password(&mut visitor, PASSWORD).await;
    assert!(portal.mail().await.is_empty(), "what belongs to the sign-up is no change");
    assert_eq!(log_in(&portal, &mut visitor, HANAKO, PASSWORD).await, 303, "{}", visitor.page.body);
    let other = format!("{PASSWORD}2");
    choose_password(&mut visitor, &other).await;
    let letters = portal.mail().await;
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert!(letters[0].0 == HANAKO && letters[0].1.contains("비밀번호가 변경되었습니다"), "{letters:?}");
    visitor.get("/portal/account/address").await;
    visitor.post("/portal/account/address", &[("email", "hana@mihon.example")]).await;
    visitor.get("/portal/code").await;
    let code = portal.code().await;
    visitor.post("/portal/code", &[("code", &code)]).await;
    assert_eq!(visitor.page.location.as_deref(), Some("/portal/account?done=address"), "{}", visitor.page.body);
    let letters = portal.mail().await;
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert!(letters[0].0 == HANAKO && letters[0].1.contains("이메일 주소가 변경되었습니다"), "{letters:?}");
    visitor.get("/portal/account/delete").await;
    visitor.post("/portal/account/delete", &[("step", "delete")]).await;
    let deleted = portal.mail().await;
    assert_eq!(deleted.len(), 1, "{deleted:?}");
    assert!(deleted[0].0 == "hana@mihon.example" && deleted[0].1.contains("삭제되었습니다"), "{deleted:?}");
    for (_, text) in letters.iter().chain(&deleted) {
        assert!(!text.contains('@') && !text.contains("http") && !text.contains("見本"), "no value: {text}");
    }
    let kept = DatabaseAssertions::at(&fresh.url);
    assert_eq!(kept.count("portal_letters").await, 0, "forgotten once they are sent");
    assert!(kept.column("SELECT job FROM outbox").await.iter().all(|job| !job.contains('@')));
}

async fn a_letter_that_no_server_takes_is_forgotten(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.signed_up(HANAKO).await;
    choose_password(&mut visitor, PASSWORD).await;
    assert_eq!(log_in(&portal, &mut visitor, HANAKO, PASSWORD).await, 303, "{}", visitor.page.body);
    choose_password(&mut visitor, &format!("{PASSWORD}2")).await;
    let kept = DatabaseAssertions::at(&fresh.url);
    assert_eq!(kept.count("portal_letters").await, 1);
    portal.site.later(SignedDuration::from_hours(49));
    delete_empty_accounts(&portal.site.context).await.unwrap();
    assert_eq!(kept.count("portal_letters").await, 0);
}

async fn a_log_in_has_forms_of_its_own(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.visitor();
    portal.ask(&mut visitor, HANAKO).await;
    let before = visitor.page.token();
    let code = portal.code().await;
    visitor.post("/portal/code", &[("code", &code)]).await;
    let after = visitor.get("/portal/account").await.token();
    assert_ne!(before, after);
    for path in ["/portal/log-out", "/portal/account/delete", "/portal/people/add"] {
        let page = visitor.post_only(path, &[("token", &before), ("step", "delete")]).await;
        assert_eq!(page.status, 403, "{path}");
    }
    // The form was sent twice: the first time has logged in.
    let page = visitor.post_only("/portal/code", &[("token", &before), ("code", &code)]).await;
    assert_eq!(page.location.as_deref(), Some("/portal"), "{}", page.body);
    // Who fills in the form of a link while another tab logs in loses nothing.
    let nowhere = format!("/portal/r/{}", "A".repeat(43));
    let page = visitor.post_only(&nowhere, &[("token", &before), ("birth_date", BIRTH_DATE)]).await;
    assert_eq!(page.status, 404, "it is taken, and there is no such link");
    // The page of a log-in that has ended leads to the log-in.
    portal.site.later(SignedDuration::from_hours(24 * 100));
    let page = visitor.post_only("/portal/people/add", &[("token", &after)]).await;
    assert_eq!(page.location.as_deref(), Some("/portal/log-in?next=/people/add"), "{}", page.body);
}

async fn a_request_with_two_hosts_or_another_scheme_is_refused(fresh: Fresh) {
    let there = Portal::open(&fresh).await;
    let https = PortalSettings { public_url: "https://kenko.example".to_owned(), ..settings() };
    let router = portal(&there.site.context, https);
    let ask = async |hosts: &[&str], origin: Option<&str>| {
        let method = if origin.is_some() { "POST" } else { "GET" };
        let mut request = Request::builder().method(method).uri("/portal/register");
        for host in hosts {
            request = request.header(HOST, *host);
        }
        if let Some(origin) = origin {
            request = request.header(ORIGIN, origin);
        }
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let mut request = request.body(Body::from("email=x")).unwrap();
        request.extensions_mut().insert(Peer("192.0.2.1".parse().unwrap()));
        let answer = TowerToHyperService::new(router.clone()).call(request).await.unwrap();
        let status = answer.status().as_u16();
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap().contains("another site"))
    };
    assert_eq!(ask(&["kenko.example"], None).await.0, 200);
    for hosts in [["kenko.example", "evil.example"], ["evil.example", "kenko.example"], ["kenko.example"; 2]] {
        assert_eq!(ask(&hosts, None).await.0, 400, "{hosts:?}");
    }
    for origin in ["http://kenko.example", "https://kenko.example:444", "null"] {
        assert_eq!(ask(&["kenko.example"], Some(origin)).await, (403, true), "{origin}");
    }
    let own = ask(&["kenko.example"], Some("https://kenko.example")).await;
    assert_eq!(own, (403, false), "only the form token is missing");
}

/// Opens the link that was sent to the registered number.
async fn open_a_link(day: &Day, visitor: &mut Visitor) {
    let patient = day.kept.column("SELECT id FROM patients").await.remove(0).parse().unwrap();
    let link = ReportLinkId(uuid::Uuid::from_u128(1));
    let asked = send_report_link(&day.client.context, &day.client.actor, patient, link).await.unwrap();
    assert_eq!(asked, LinkAsked::Now);
    day.until("08:01").await;
    let lines = &day.simulation.lines;
    let sent = lines.with(|network, _| network.messages().map(|sms| sms.text.expose().to_owned()).last()).unwrap();
    let path = sent.split("https://kenko.example").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    visitor.get(&path).await;
    let status = visitor.post(&path, &[("birth_date", BIRTH_DATE)]).await.status;
    assert_eq!(status, 303, "{}", visitor.page.body);
}

async fn strangers_guesses_dont_delay_who_has_the_registered_number(fresh: Fresh) {
    let (day, portal) = with_a_day(&fresh).await;
    let mut owner = portal.signed_up(HANAKO).await;
    let mut browser = portal.visitor();
    open_a_link(&day, &mut browser).await;
    let mut guesser = portal.signed_up("jiro@mihon.example").await;
    for day in 10..14 {
        assert!(!portal.add(&mut guesser, &hersys_id(0), &format!("1981-05-{day}")).await);
    }
    let mut stranger = portal.signed_up("goro@mihon.example").await;
    assert!(!portal.add(&mut stranger, &hersys_id(0), BIRTH_DATE).await, "the tries of strangers are used up");
    // The owner has opened the link in the same browser.
    owner.cookies.insert("kenko-portal-report".to_owned(), browser.cookies["kenko-portal-report"].clone());
    assert!(portal.add(&mut owner, &hersys_id(0), BIRTH_DATE).await, "{}", owner.page.body);
    let lanes = day.kept.column("SELECT lane FROM identifications WHERE outcome = 'matched'").await;
    assert_eq!(lanes, ["registered"]);
}

async fn strangers_passwords_dont_delay_a_browser_that_was_logged_in(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut owner = portal.signed_up(HANAKO).await;
    choose_password(&mut owner, PASSWORD).await;
    portal.site.later(SignedDuration::from_mins(20));
    let wrong = [("email", HANAKO), ("password", "not the password"), ("stay", "")];
    let mut stranger = portal.visitor();
    for _ in 0..8 {
        stranger.get("/portal/log-in").await;
        stranger.post("/portal/log-in", &wrong).await;
    }
    assert!(stranger.page.body.contains("秒待ってから"), "{}", stranger.page.body);
    // The same address, as behind one router: only the browser tells them apart.
    owner.get("/portal/log-in?again=1").await;
    let fields = [("email", HANAKO), ("password", PASSWORD), ("stay", "1")];
    let status = owner.post("/portal/log-in", &fields).await.status;
    assert_eq!(status, 303, "{}", owner.page.body);
}

async fn a_person_is_taken_out_of_an_account_on_a_second_page(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.signed_up(HANAKO).await;
    for nth in 0..2 {
        assert!(portal.add(&mut visitor, &hersys_id(nth), BIRTH_DATE).await);
    }
    let second = portal.site.patient(1).await.to_string();
    visitor.get("/portal/people").await;
    visitor.post("/portal/people/remove", &[("remove", &second)]).await;
    assert!(visitor.page.status == 200 && visitor.page.body.contains("保健所に残り"), "{}", visitor.page.body);
    let kept = DatabaseAssertions::at(&fresh.url);
    assert_eq!(kept.count("portal_people").await, 2, "not yet");
    // Another language is chosen on that page, and still nothing is done.
    let page = visitor.post("/portal/people/remove", &[("remove", &second), ("language", "en")]).await;
    assert!(page.body.contains("stays with the health centre"), "{}", page.body);
    visitor.post("/portal/people/remove", &[("remove", &second), ("step", "remove")]).await;
    assert_eq!(visitor.page.location.as_deref(), Some("/portal/people?done=removed"));
    assert_eq!((kept.count("portal_people").await, kept.count("patients").await), (1, 4));
    assert!(portal.site.actions().await.contains(&"portal.person_removed".to_owned()));
    assert!(visitor.get("/portal").await.body.contains("見本 花子"), "the other one is shown: {}", visitor.page.body);
    let fields = [("remove", second.as_str()), ("step", "remove")];
    assert_eq!(visitor.post("/portal/people/remove", &fields).await.status, 404, "not theirs any more");
    visitor.get("/portal/people?language=ja").await;
    assert!(portal.add(&mut visitor, &hersys_id(1), BIRTH_DATE).await, "added again: {}", visitor.page.body);
    for nth in 0..2 {
        let id = portal.site.patient(nth).await.to_string();
        visitor.get("/portal/people").await;
        visitor.post("/portal/people/remove", &[("remove", &id), ("step", "remove")]).await;
    }
    assert_eq!(visitor.page.location.as_deref(), Some("/portal"));
    assert_eq!(visitor.get("/portal").await.location.as_deref(), Some("/portal/people/add"));
}

async fn a_mistyped_code_stays_in_the_field(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.visitor();
    portal.ask(&mut visitor, HANAKO).await;
    for typed in ["12345", "12３456x"] {
        visitor.post("/portal/code", &[("code", typed)]).await;
        assert!(visitor.page.body.contains(&format!("value=\"{typed}\"")), "{}", visitor.page.body);
    }
    visitor.post("/portal/code", &[("code", "1234"), ("language", "en")]).await;
    assert!(visitor.page.body.contains("value=\"1234\""), "{}", visitor.page.body);
}

async fn an_account_that_used_a_link_reports_like_the_registered_number(fresh: Fresh) {
    let (day, portal) = with_a_day(&fresh).await;
    let mut visitor = portal.signed_up(HANAKO).await;
    assert!(portal.add(&mut visitor, &hersys_id(0), BIRTH_DATE).await);
    assert_eq!(day.kept.count("portal_people WHERE link_used_at IS NOT NULL").await, 0);
    open_a_link(&day, &mut visitor).await;
    let used = day.kept.column("SELECT CAST(link_used_at AS text) FROM portal_people").await;
    assert!(!used[0].is_empty(), "the account is known by it from then on");
    visitor.cookies.remove("kenko-portal-report");
    assert_eq!(report(&mut visitor, &well(("", ""))).await, 303, "{}", visitor.page.body);
    assert_eq!(day.kept.column("SELECT caller_number FROM reports").await, ["registered"]);
    assert_eq!(
        day.kept.column("SELECT CAST(link_used_at AS text) FROM portal_people").await,
        used,
        "the first time counts"
    );
}

async fn the_advice_of_a_red_answer_stays_within_reach_that_day(fresh: Fresh) {
    let (day, portal) = with_a_day(&fresh).await;
    let mut visitor = portal.signed_up(HANAKO).await;
    assert!(portal.add(&mut visitor, &hersys_id(0), BIRTH_DATE).await);
    assert_eq!(report(&mut visitor, &well(("", ""))).await, 303, "{}", visitor.page.body);
    assert!(!visitor.get("/portal").await.body.contains("/portal/report/urgent"), "nothing is red");
    day.until("08:05").await;
    // Another report, which stops after a red answer.
    visitor.get("/portal/report/done").await;
    let form = visitor.page.hidden("form");
    visitor.post("/portal/report/again", &[("form", &form)]).await;
    visitor.get("/portal/report?view=one").await;
    let form = visitor.page.hidden("form");
    let fields = [("form", form.as_str()), ("questions", "complexion"), ("complexion", "yes")];
    visitor.post("/portal/report", &fields).await;
    assert_eq!(visitor.page.location.as_deref(), Some("/portal/report/urgent"), "{}", visitor.page.body);
    let home = visitor.get("/portal").await.body.clone();
    for said in ["もう一度の報告は途中まで", "続きから入力する", "/portal/report/urgent", "すぐに対応が必要なもの"]
    {
        assert!(home.contains(said), "{said}: {home}");
    }
    // Once it is finished, and after yet another one, the advice is still there.
    assert_eq!(report(&mut visitor, &well(("complexion", "yes"))).await, 303, "{}", visitor.page.body);
    let done = visitor.get("/portal/report/done").await.body.clone();
    assert!(done.contains("/portal/report/urgent"), "{done}");
    let form = visitor.page.hidden("form");
    visitor.post("/portal/report/again", &[("form", &form)]).await;
    assert_eq!(report(&mut visitor, &well(("", ""))).await, 303, "{}", visitor.page.body);
    let urgent = visitor.get("/portal/report/urgent").await.clone();
    assert!(urgent.status == 200 && urgent.body.contains("tel:119"), "{}", urgent.body);
    day.until_moment("2026-11-25T00:00:01+09:00").await;
    assert!(!visitor.get("/portal").await.body.contains("/portal/report/urgent"), "the day is over");
}

/// Of the table of bad input: nothing is called saved that isn't, and the page offers the phone line.
#[tokio::test]
async fn bad_input_a_database_that_takes_nothing() {
    crate::databases::on_sqlite(|fresh| async move {
        let (day, portal) = with_a_day(&fresh).await;
        let mut visitor = portal.signed_up(HANAKO).await;
        assert!(portal.add(&mut visitor, &hersys_id(0), BIRTH_DATE).await);
        let full = "CREATE TRIGGER full BEFORE INSERT ON answers BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
        day.kept.rows(full).await;
        assert_eq!(report(&mut visitor, &well(("", ""))).await, 503);
        let body = visitor.page.body.clone();
        assert!(body.contains("健康コールか保健所にお電話ください") && !body.contains("受け付けました"), "{body}");
        assert_eq!(day.kept.count("answers").await + day.kept.count("reports").await, 0);
        day.kept.rows("DROP TRIGGER full").await;
        assert_eq!(report(&mut visitor, &well(("", ""))).await, 303, "{}", visitor.page.body);
        assert_eq!(day.kept.count("reports WHERE outcome = 'reported'").await, 1);
    })
    .await;
}
