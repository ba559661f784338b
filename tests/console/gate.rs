//! What an attacker with an account, or at the same address, can't do: hold streams, lock colleagues out, hide behind a
//! name, or find out what exists from the answers to forms.

use std::time::Duration;

use axum::http::Method;
use kenkocall::domain::{AlertKind, Role};
use kenkocall::lab::SYNTHETIC_CENTRE;
use kenkocall::service::{Details, TrailQuery, list_trail};
use tokio_util::sync::CancellationToken;

use crate::databases::Fresh;
use crate::site::{Member, OTHER, PASSWORD, Site, Visitor};

crate::on_both_databases!(
    seven_tabs_open_and_laptop_asleep_for_an_hour,
    a_new_browser_gets_in_where_somebody_guesses,
    guessing_both_factors_tells_nothing,
    two_people_of_one_name_are_told_apart,
    tries_at_what_isnt_theirs_are_seen_by_both_administrators,
    who_may_not_learns_nothing_from_a_form,
);

async fn event(stream: &mut axum::body::BodyDataStream) -> String {
    tokio::time::timeout(Duration::from_secs(60), Visitor::next_event(stream)).await.expect("an event")
}

/// All live or plainly marked stale; other requests aren't starved. Without the script's help, each tab has a stream.
async fn seven_tabs_open_and_laptop_asleep_for_an_hour(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let stopping = CancellationToken::new();
    let mut tabs = Vec::new();
    for _ in 0..7 {
        let mut stream = visitor.stream(&stopping).await;
        assert!(event(&mut stream).await.starts_with("event: pulse\n"));
        tabs.push(stream);
    }
    // The oldest are told, and ask from then on; the newest four stay live.
    for stream in &mut tabs[..3] {
        assert!(event(stream).await.starts_with("event: replaced\n"));
        assert_eq!(event(stream).await, "", "nothing follows");
    }
    let asked = visitor.get("/console/live?once=1").await.clone();
    assert_eq!((asked.status, asked.body.contains("\"red\":0")), (200, true), "{}", asked.body);
    let page = visitor.get("/console/today").await.body.clone();
    assert!(page.contains("data-asks=\"ほかの画面が多いので、30秒ごとに確かめています(# 現在)\""), "{page}");
    // An hour later the log-in has ended: the pages lock, and still count.
    site.later(jiff::SignedDuration::from_hours(1));
    site.alert(AlertKind::RedAnswer, Some(site.patient(0).await), 1).await;
    for stream in &mut tabs[3..] {
        let mut news = String::new();
        while !(news.contains("\"locked\":true") && news.contains("\"red\":1")) {
            news = event(stream).await;
            assert!(news.starts_with("event: pulse\n"), "{news}");
        }
    }
    let asked = visitor.get("/console/live?once=1").await.clone();
    assert!(asked.body.contains("\"locked\":true") && asked.body.contains("\"red\":1"), "{}", asked.body);
    // Asking doesn't keep the log-in from ending, and nobody else is starved.
    assert_eq!(visitor.get("/console/today").await.status, 303);
    let mut colleague = site.logged_in(&nurse).await;
    assert_eq!(colleague.get("/console/today").await.status, 200);
    assert!(event(&mut colleague.stream(&stopping).await).await.contains("\"red\":1"));
}

/// Gives the password and the code at once.
async fn give_both(visitor: &mut Visitor, email: &str, password: &str, code: &str) -> u16 {
    visitor.get("/console/log-in").await;
    let fields = [("email", email), ("password", password), ("code", code), ("next", "")];
    visitor.post("/console/log-in", &fields).await.status
}

async fn a_new_browser_gets_in_where_somebody_guesses(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut guesser = site.visitor();
    for _ in 0..12 {
        guesser.give_password(&nurse.email, "not the password").await;
    }
    assert_eq!(guesser.page.status, 429);
    // A browser that has never logged in, at the same address.
    let mut newcomer = site.visitor();
    let page = newcomer.give_password(&nurse.email, PASSWORD).await.clone();
    assert_eq!(page.status, 429);
    assert!(page.body.contains("待たずにログインする") && page.body.contains("id=\"code\""), "{}", page.body);
    assert_eq!(
        give_both(&mut newcomer, &nurse.email, PASSWORD, &site.code(&nurse)).await,
        303,
        "{}",
        newcomer.page.body
    );
    assert!(newcomer.is_in().await);
    assert!(newcomer.cookies.len() >= 2, "the browser is known from now on");
    // A code works once, here too; a recovery code does as well.
    let mut again = site.visitor();
    assert_eq!(give_both(&mut again, &nurse.email, PASSWORD, &site.code(&nurse)).await, 422);
    assert_eq!(give_both(&mut again, &nurse.email, PASSWORD, &nurse.recovery[0]).await, 303, "{}", again.page.body);
    // Somebody at the second step isn't held up by guessers either.
    site.later(jiff::SignedDuration::from_mins(16));
    let mut slow = site.visitor();
    slow.give_password(&nurse.email, PASSWORD).await;
    for _ in 0..12 {
        guesser.give_password(&nurse.email, "not the password").await;
    }
    slow.give_code(&site.code(&nurse)).await;
    assert_eq!(slow.page.status, 303, "{}", slow.page.body);
}

async fn guessing_both_factors_tells_nothing(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut guesser = site.visitor();
    let mut answers = Vec::new();
    for (email, password) in
        [(nurse.email.as_str(), "not the password"), (&nurse.email, PASSWORD), ("nobody@mihon.example", PASSWORD)]
    {
        let status = give_both(&mut guesser, email, password, "000000").await;
        let body = guesser.page.body.replace(email, "WHO").replace(&guesser.page.token(), "TOKEN");
        answers.push((status, body));
    }
    assert_eq!(answers[0].0, 422);
    assert!(answers[0].1.contains("どれかが違います"), "{}", answers[0].1);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "whatever is wrong, the answer is the same");
    // Who has the password guesses codes as slowly as before, and isn't told that the password is right.
    for _ in 0..30 {
        assert_eq!(give_both(&mut guesser, &nurse.email, PASSWORD, "000000").await, 422);
    }
    let tried = |actions: &[String]| actions.iter().filter(|action| *action == "log_in.second_factor_refused").count();
    assert_eq!(tried(&site.actions().await), 5, "the others weren't tried");
    assert_eq!(
        give_both(&mut guesser, &nurse.email, PASSWORD, &site.code(&nurse)).await,
        422,
        "not even the right one"
    );
    let mut elsewhere = Visitor::at(&site.router, "192.0.2.2");
    assert_eq!(give_both(&mut elsewhere, &nurse.email, PASSWORD, &site.code(&nurse)).await, 303);
}

async fn administrator(site: &Site, centre: &str) -> (Member, Visitor) {
    let email = format!("admin{centre}@mihon.example");
    let admin = site.member(&email, Role::CentreAdministrator, Some(centre)).await;
    let visitor = site.logged_in(&admin).await;
    (admin, visitor)
}

async fn two_people_of_one_name_are_told_apart(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    // Everybody of these tests is called 見本 直子.
    let one = site.member("one@mihon.example", Role::Nurse, Some(SYNTHETIC_CENTRE)).await;
    let two = site.member("two@mihon.example", Role::Nurse, Some(SYNTHETIC_CENTRE)).await;
    let patient = site.patient(0).await;
    for (member, path) in [(&one, format!("/console/patients/{patient}")), (&two, "/console/patients".to_owned())] {
        assert_eq!(site.logged_in(member).await.get(&path).await.status, 200);
    }
    let (_, mut admin) = administrator(&site, SYNTHETIC_CENTRE).await;
    let page = admin.get("/console/audit").await.body.clone();
    let option =
        page.split("<option value=\"").find(|option| option.contains("one@mihon.example")).expect("an account");
    let account = option.split('"').next().unwrap().to_owned();
    assert_eq!(account.len(), 36, "{option}");
    assert!(page.contains("対象者を見た") && page.contains("対象者一覧を見た"), "{page}");
    assert!(!page.contains("patient.shown"), "no codes: {page}");
    let page = admin.post("/console/audit", &[("account", &account)]).await.body.clone();
    let rows = page.split("<tbody>").nth(1).unwrap();
    assert!(rows.contains("対象者を見た") && rows.contains("one@mihon.example"), "{page}");
    assert!(!rows.contains("対象者一覧を見た") && !rows.contains("two@mihon.example"), "{page}");
    admin.get("/console/language/en").await;
    let page = admin.get("/console/audit").await.body.clone();
    assert!(page.contains("Viewed a patient") && page.contains("two@mihon.example"), "{page}");
    // Exports keep the codes, and name the account.
    let query = TrailQuery { limit: 100, account: account.parse().ok(), ..TrailQuery::default() };
    let listed = list_trail(&site.context, &kenkocall::domain::Actor::System, &query, Details::Masked).await.unwrap();
    let actions: Vec<&str> = listed.found.items.iter().map(|entry| entry.row.action.as_str()).collect();
    assert!(actions.contains(&"patient.shown") && !actions.contains(&"patients.listed"), "{actions:?}");
    assert!(listed.found.items.iter().all(|entry| entry.account == account.parse().ok()));
    assert!(listed.found.items.iter().all(|entry| !entry.fields.contains_key("account")));
}

async fn tries_at_what_isnt_theirs_are_seen_by_both_administrators(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let patient = site.patient(0).await;
    let alert = site.alert(AlertKind::RedAnswer, Some(patient), 5).await;
    let other = site.member("curious@mihon.example", Role::Nurse, Some(OTHER)).await;
    let mut curious = site.logged_in(&other).await;
    for path in [format!("/console/patients/{patient}"), format!("/console/alerts/{alert}/close")] {
        assert_eq!(curious.get(&path).await.status, 404);
    }
    let nothing = "0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04";
    assert_eq!(curious.get(&format!("/console/patients/{nothing}")).await.status, 404);
    let (try_one, try_two) =
        ("いない、または見られない対象者を開こうとした", "ない、または見られない対応を開こうとした");
    // The health centre that was asked for sees whom, and by which centre, but no name of its staff.
    let (_, mut asked) = administrator(&site, SYNTHETIC_CENTRE).await;
    let page = asked.get("/console/audit").await.body.clone();
    let rows = page.split("<tbody>").nth(1).unwrap();
    assert!(rows.contains(try_one) && rows.contains(try_two), "{page}");
    assert!(rows.contains("架空区保健所 の職員") && rows.contains("ID 1000001"), "{page}");
    assert!(!page.contains("curious@mihon.example") && !rows.contains(nothing), "{page}");
    // The health centre whose staff asked sees who, but nothing about the patient.
    let (_, mut own) = administrator(&site, OTHER).await;
    let page = own.get("/console/audit").await.body.clone();
    let rows = page.split("<tbody>").nth(1).unwrap();
    assert!(rows.contains(try_one) && rows.contains(try_two) && rows.contains("curious@mihon.example"), "{page}");
    assert!(!rows.contains("1000001") && !rows.contains("花子"), "{page}");
    // What exists and what doesn't look alike.
    let of = |id: &str| rows.split("<tr>").find(|row| row.contains(id)).unwrap_or_default().replace(id, "ID");
    let without_time = |row: String| row.split("</th>").nth(1).unwrap_or_default().to_owned();
    assert_eq!(without_time(of(&patient.to_string())), without_time(of(nothing)));
}

/// Routes without a page of their own, with how many of the visitors may send them, in the order of the table.
const FORMS: [(&str, [bool; 6]); 23] = {
    const OWN: [bool; 6] = [true, true, false, false, false, false];
    const STAFF: [bool; 6] = [true, true, true, true, false, false];
    const NOBODY: [bool; 6] = [false; 6];
    [
        ("/alerts/{alert}/take", OWN),
        ("/alerts/{alert}/give-back", OWN),
        ("/alerts/{alert}/notes", OWN),
        ("/alerts/{alert}/stop-request", OWN),
        ("/alerts/{alert}/close", OWN),
        ("/patients/{patient}/notes", OWN),
        ("/patients/{patient}/call", OWN),
        ("/patients/bulk", STAFF),
        ("/patients/columns", STAFF),
        ("/patients/filters", STAFF),
        ("/patients/bulk/x/apply", NOBODY),
        ("/patients/bulk/x/undo", NOBODY),
        ("/patients/imports/x/import", NOBODY),
        ("/patients/imports/x/discard", NOBODY),
        ("/patients/imports/x/sheet", NOBODY),
        ("/patients/filters/x", NOBODY),
        ("/patients/filters/x/delete", NOBODY),
        ("/calls/x/resolve", NOBODY),
        ("/transfers/x", NOBODY),
        ("/staff/x/unlock", NOBODY),
        ("/round/next", STAFF),
        ("/rota/trial", STAFF),
        ("/settings/history/x", NOBODY),
    ]
};

/// Permission comes before what a form has: every form, empty and with rubbish, for everybody who may not send it.
async fn who_may_not_learns_nothing_from_a_form(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let patient = site.patient(0).await.to_string();
    let alert = site.alert(AlertKind::RedAnswer, Some(site.patient(0).await), 5).await.to_string();
    let mut visitors = Vec::new();
    for (nth, (role, centre)) in [
        (Role::Nurse, Some(SYNTHETIC_CENTRE)),
        (Role::CentreAdministrator, Some(SYNTHETIC_CENTRE)),
        (Role::Nurse, Some(OTHER)),
        (Role::CentreAdministrator, Some(OTHER)),
        (Role::HelpDesk, None),
        (Role::SystemAdministrator, None),
    ]
    .into_iter()
    .enumerate()
    {
        let member = site.member(&format!("staff{nth}@mihon.example"), role, centre).await;
        let mut visitor = site.logged_in(&member).await;
        visitor.get("/console/account").await;
        visitors.push(visitor);
    }
    // Who may not see a page may not send its form.
    let of_pages = crate::access::all_routes().filter_map(|(route, expected)| {
        let path = route.strip_prefix("GET ")?;
        let may: Vec<bool> = expected[1..].iter().map(|status| *status != 404).collect();
        // A list is a form of another kind: without a file it is nobody's form.
        let without_log_in = ["/log-in", "/invitation", "/language", "/static", "/live", "/patients/imports"];
        (!without_log_in.iter().any(|start| path.starts_with(start))).then(|| (path.to_owned(), may))
    });
    let forms = FORMS.iter().map(|(path, may)| ((*path).to_owned(), may.to_vec()));
    let mut wrong = Vec::new();
    for (path, may) in of_pages.chain(forms) {
        let path = path.replace("{patient}", &patient).replace("{alert}", &alert).replace("{decision}", "stop");
        let path = path.replace("{group}", "hours").replace("{report}", &patient);
        let path = path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect::<Vec<_>>();
        let path = format!("/console{}", path.join("/"));
        for (nth, visitor) in visitors.iter().enumerate().filter(|(nth, _)| !may[*nth]) {
            let token = visitor.page.token();
            for body in
                [format!("token={token}"), format!("token={token}&decision=%00&revision=zz&step=x&role=x&a=%ff")]
            {
                let mut visitor = visitor.clone();
                let headers = visitor.form_headers.clone();
                let page = visitor.send(Method::POST, path.trim_end_matches('/'), headers, body.clone()).await;
                if page.status != 404 {
                    wrong.push(format!("{path} gives {} to visitor {nth} with {body:.0}", page.status));
                }
            }
        }
    }
    for visitor in &visitors[4..] {
        let status = visitor.clone().upload("/console/patients/imports", "list.csv", b"x\n").await.status;
        assert_eq!(status, 404, "a list");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
