//! While very many log in or sign up: a place in the line for them, and none before reports (issue 16, part 11).

use jiff::SignedDuration;
use kenkocall::policy::{LineLimits, PortalLines};
use kenkocall::service::hold_hashing;

use crate::databases::Fresh;
use crate::portal_site::{BIRTH_DATE, HANAKO, Portal, hersys_id};
use crate::site::Visitor;

crate::on_both_databases!(
    who_waits_has_a_place_that_counts_down_and_gets_in,
    a_report_goes_through_meanwhile,
    a_place_is_nobody_elses_and_counts_once,
    a_known_and_an_unknown_address_wait_alike,
    nothing_typed_is_lost_by_waiting,
    a_full_line_says_so_and_takes_the_form_later,
    a_restart_loses_no_place,
    a_forged_or_an_old_ticket_goes_to_the_end,
);

const PASSWORD: &str = "見本の長いパスワードです";
const WAITING: &str = "/portal/waiting?line=passwords";
/// One is served at a time, and nobody waits without noticing.
const ONE: LineLimits = LineLimits { at_once: 1, unnoticed: 0, most: 4, of_an_address: 4 };

fn lines() -> PortalLines {
    PortalLines { passwords: ONE, ..PortalLines::of_cores(2) }
}

async fn typed(portal: &Portal, email: &str, password: &str) -> Visitor {
    let mut visitor = portal.visitor();
    visitor.get("/portal/log-in").await;
    visitor.post("/portal/log-in", &[("email", email), ("password", password), ("stay", "1")]).await;
    visitor
}

/// A portal with an account, and one log-in that is being hashed for as long as the test likes.
async fn busy(fresh: &Fresh) -> (Portal, impl Drop, tokio::task::JoinHandle<Visitor>) {
    let portal = Portal::open(fresh).await.with_lines(lines());
    let mut visitor = portal.signed_up(HANAKO).await;
    visitor.get("/portal/account/password?new=1").await;
    visitor.post("/portal/account/password", &[("password", PASSWORD), ("new", "1")]).await;
    assert_eq!(visitor.page.status, 303, "{}", visitor.page.body);
    let held = hold_hashing().await.unwrap();
    let posted = hashed(&portal).await;
    (portal, held, posted)
}

/// A log-in that is being hashed.
async fn hashed(portal: &Portal) -> tokio::task::JoinHandle<Visitor> {
    let mut first = portal.visitor();
    first.get("/portal/log-in").await;
    let posted = tokio::spawn(async move {
        first.post("/portal/log-in", &[("email", HANAKO), ("password", PASSWORD)]).await;
        first
    });
    // Its request waits: it has been let in, or will be as the first one.
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    posted
}

/// Presses the button until something else is shown.
async fn wait_for(visitor: &mut Visitor) {
    for _ in 0..2_000 {
        visitor.get(WAITING).await;
        visitor.post(WAITING, &[]).await;
        if visitor.page.location.as_deref() != Some(WAITING) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("it never came to an end: {}", visitor.page.body);
}

async fn who_waits_has_a_place_that_counts_down_and_gets_in(fresh: Fresh) {
    let (portal, held, first) = busy(&fresh).await;
    let mut second = typed(&portal, HANAKO, PASSWORD).await;
    assert_eq!(second.page.location.as_deref(), Some(WAITING), "{}", second.page.body);
    let mut third = typed(&portal, HANAKO, PASSWORD).await;
    assert!(second.get(WAITING).await.body.contains("あなたは 1 番目です"), "{}", second.page.body);
    assert!(third.get(WAITING).await.body.contains("あなたは 2 番目です"), "{}", third.page.body);
    assert!(!third.page.body.contains("http-equiv"), "no page refreshes itself");
    assert_eq!(third.post(WAITING, &[]).await.location.as_deref(), Some(WAITING), "it isn't its turn");
    drop(held);
    assert_eq!(first.await.unwrap().page.location.as_deref(), Some("/portal"), "who was first needed no page");
    for visitor in [&mut second, &mut third] {
        wait_for(visitor).await;
        assert_eq!(visitor.page.location.as_deref(), Some("/portal"), "{}", visitor.page.body);
        assert_eq!(visitor.get("/portal/account").await.status, 200);
    }
}

async fn a_report_goes_through_meanwhile(fresh: Fresh) {
    let portal = Portal::open(&fresh).await.with_lines(lines());
    let mut reporting = portal.signed_up(HANAKO).await;
    assert!(portal.add(&mut reporting, &hersys_id(0), BIRTH_DATE).await);
    let held = hold_hashing().await.unwrap();
    let mut first = portal.visitor();
    first.get("/portal/log-in").await;
    let posted = tokio::spawn(async move {
        first.post("/portal/log-in", &[("email", HANAKO), ("password", PASSWORD)]).await;
    });
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    let waiting = typed(&portal, HANAKO, PASSWORD).await;
    assert_eq!(waiting.page.location.as_deref(), Some(WAITING));
    reporting.get("/portal/report").await;
    let (form, question) = (reporting.page.hidden("form"), reporting.page.hidden("questions"));
    let fields = [("form", form.as_str()), ("questions", &question), (&question, "36.5")];
    reporting.post("/portal/report", &fields).await;
    assert!(reporting.page.status == 303, "{}", reporting.page.body);
    drop(held);
    posted.await.unwrap();
}

async fn a_place_is_nobody_elses_and_counts_once(fresh: Fresh) {
    let (portal, held, first) = busy(&fresh).await;
    let mut second = typed(&portal, HANAKO, "not the password").await;
    // The form once more, with the right password: the same place.
    second.get("/portal/log-in").await;
    second.post("/portal/log-in", &[("email", HANAKO), ("password", PASSWORD)]).await;
    let mut third = typed(&portal, HANAKO, PASSWORD).await;
    assert!(second.get(WAITING).await.body.contains("あなたは 1 番目です"));
    assert!(third.get(WAITING).await.body.contains("あなたは 2 番目です"), "{}", third.page.body);
    // Another browser has no place, whatever it asks for.
    let mut stranger = portal.visitor();
    stranger.get("/portal/log-in").await;
    assert_eq!(stranger.get(WAITING).await.location.as_deref(), Some("/portal/log-in?out=waited"));
    assert!(stranger.get("/portal/log-in?out=waited").await.body.contains("順番が見つかりません"));
    stranger.post(WAITING, &[]).await;
    assert_eq!(stranger.get("/portal/account").await.status, 303, "it isn't logged in");
    drop(held);
    first.await.unwrap();
    wait_for(&mut second).await;
    assert_eq!(second.page.location.as_deref(), Some("/portal"), "what was sent last counts");
    let mut again = second.clone();
    again.get("/portal/log-in").await;
    assert_eq!(again.get(WAITING).await.location.as_deref(), Some("/portal/log-in?out=waited"), "fetched once");
    wait_for(&mut third).await;
    assert_eq!(third.page.location.as_deref(), Some("/portal"));
}

async fn a_known_and_an_unknown_address_wait_alike(fresh: Fresh) {
    let (portal, held, first) = busy(&fresh).await;
    let (known, unknown) = (HANAKO, "nobody@mihon.example");
    let mut pages = Vec::new();
    let mut visitors = Vec::new();
    for email in [known, unknown] {
        let mut visitor = typed(&portal, email, "not the password").await;
        assert_eq!(visitor.page.location.as_deref(), Some(WAITING));
        let page = visitor.get(WAITING).await.clone();
        pages.push(page.body.replace(&page.token(), "TOKEN").replace("2 番目", "1 番目"));
        visitors.push((visitor, email));
    }
    assert_eq!(pages[0], pages[1]);
    drop(held);
    first.await.unwrap();
    let mut answers = Vec::new();
    for (mut visitor, email) in visitors {
        wait_for(&mut visitor).await;
        assert_eq!(visitor.page.status, 422);
        answers.push(visitor.page.body.replace(&visitor.page.token(), "TOKEN").replace(email, "ADDRESS"));
    }
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0].contains("メールアドレスかパスワードが違います"));
}

async fn nothing_typed_is_lost_by_waiting(fresh: Fresh) {
    let (portal, held, first) = busy(&fresh).await;
    let mut visitor = typed(&portal, HANAKO, "not the password").await;
    drop(held);
    first.await.unwrap();
    // The answer is in the language in which it is fetched.
    visitor.get(&format!("{WAITING}&language=en")).await;
    assert!(visitor.page.body.contains("<html lang=\"en\">"), "{}", visitor.page.body);
    wait_for(&mut visitor).await;
    assert!(visitor.page.body.contains(&format!("value=\"{HANAKO}\"")), "{}", visitor.page.body);
    assert!(
        visitor.page.body.contains("<html lang=\"en\">")
            && visitor.page.body.contains("name=\"stay\" value=\"1\" checked")
    );
    visitor.post("/portal/log-in", &[("email", HANAKO), ("password", PASSWORD)]).await;
    assert_eq!(visitor.page.location.as_deref(), Some("/portal"));
}

async fn a_full_line_says_so_and_takes_the_form_later(fresh: Fresh) {
    let (portal, held, first) = busy(&fresh).await;
    let mut waiting = Vec::new();
    for _ in 0..4 {
        waiting.push(typed(&portal, "nobody@mihon.example", PASSWORD).await);
    }
    let mut last = typed(&portal, HANAKO, PASSWORD).await;
    assert_eq!(last.page.status, 503);
    assert!(last.page.body.contains("いま混み合っています"), "{}", last.page.body);
    assert!(last.page.body.contains(&format!("value=\"{HANAKO}\"")), "what was typed is kept");
    drop(held);
    first.await.unwrap();
    for visitor in &mut waiting {
        wait_for(visitor).await;
        assert_eq!(visitor.page.status, 422, "{}", visitor.page.body);
    }
    last.post("/portal/log-in", &[("email", HANAKO), ("password", PASSWORD)]).await;
    assert_eq!(last.page.location.as_deref(), Some("/portal"));
}

const PLACE: &str = "kenko-portal-place";

/// The portal of a new process, which is busy again.
async fn restarted(portal: Portal) -> (Portal, tokio::task::JoinHandle<Visitor>) {
    portal.site.later(SignedDuration::from_secs(5));
    let portal = portal.with_lines(lines());
    let first = hashed(&portal).await;
    (portal, first)
}

async fn typed_again(visitor: &mut Visitor) {
    visitor.get("/portal/log-in").await;
    visitor.post("/portal/log-in", &[("email", HANAKO), ("password", PASSWORD), ("stay", "1")]).await;
    assert_eq!(visitor.page.location.as_deref(), Some(WAITING), "{}", visitor.page.body);
}

async fn is_nth(visitor: &mut Visitor, place: u64) {
    let page = visitor.get(WAITING).await.body.clone();
    assert!(page.contains(&format!("あなたは {place} 番目です")), "not {place}: {page}");
}

/// Passwords that were typed are stored nowhere, so they are asked for again; the order stays.
async fn a_restart_loses_no_place(fresh: Fresh) {
    let (portal, held, first) = busy(&fresh).await;
    let mut second = typed(&portal, HANAKO, PASSWORD).await;
    let mut third = typed(&portal, HANAKO, PASSWORD).await;
    assert!(second.cookies.contains_key(PLACE) && third.cookies.contains_key(PLACE));
    let (portal, again) = restarted(portal).await;
    let mut new = typed(&portal, HANAKO, PASSWORD).await;
    is_nth(&mut new, 1).await;
    for visitor in [&mut second, &mut third] {
        visitor.moved_to(&portal.router);
        assert_eq!(visitor.get(WAITING).await.location.as_deref(), Some("/portal/log-in?out=kept"));
        assert!(visitor.get("/portal/log-in?out=kept").await.body.contains("順番はそのままです"));
    }
    // The later one is quicker.
    typed_again(&mut third).await;
    is_nth(&mut third, 1).await;
    typed_again(&mut second).await;
    is_nth(&mut second, 1).await;
    is_nth(&mut third, 2).await;
    is_nth(&mut new, 3).await;
    drop(held);
    first.await.unwrap();
    again.await.unwrap();
    for visitor in [&mut second, &mut third, &mut new] {
        wait_for(visitor).await;
        assert_eq!(visitor.page.location.as_deref(), Some("/portal"), "{}", visitor.page.body);
        assert!(!visitor.cookies.contains_key(PLACE), "it was used");
    }
}

async fn a_forged_or_an_old_ticket_goes_to_the_end(fresh: Fresh) {
    let (portal, held, first) = busy(&fresh).await;
    let mut second = typed(&portal, HANAKO, PASSWORD).await;
    let mut thief = typed(&portal, HANAKO, PASSWORD).await;
    let ticket = second.cookies[PLACE].clone();
    let (portal, again) = restarted(portal).await;
    let mut new = typed(&portal, HANAKO, PASSWORD).await;
    thief.moved_to(&portal.router);
    let (since, rest) = ticket.split_once('.').unwrap();
    let earlier = format!("{}.{rest}", since.parse::<i128>().unwrap() - 1_000_000_000);
    for forged in [ticket.clone(), earlier, "x".to_owned(), "1.1.00".to_owned()] {
        thief.cookies.insert(PLACE.to_owned(), forged.clone());
        assert_eq!(thief.get(WAITING).await.location.as_deref(), Some("/portal/log-in?out=waited"), "{forged}");
    }
    thief.cookies.insert(PLACE.to_owned(), ticket.clone());
    typed_again(&mut thief).await;
    is_nth(&mut thief, 2).await;
    // Its own, and once: the same place isn't taken again after it was served.
    second.moved_to(&portal.router);
    typed_again(&mut second).await;
    is_nth(&mut second, 1).await;
    is_nth(&mut thief, 3).await;
    drop(held);
    first.await.unwrap();
    again.await.unwrap();
    for visitor in [&mut second, &mut new, &mut thief] {
        wait_for(visitor).await;
    }
    let held = hold_hashing().await.unwrap();
    let again = hashed(&portal).await;
    let mut new = typed(&portal, HANAKO, PASSWORD).await;
    second.cookies.insert(PLACE.to_owned(), ticket.clone());
    second.cookies.remove("kenko-portal");
    typed_again(&mut second).await;
    is_nth(&mut second, 2).await;
    is_nth(&mut new, 1).await;
    // Hours later it is too old, also after a restart.
    portal.site.later(SignedDuration::from_hours(4));
    let portal = portal.with_lines(lines());
    second.moved_to(&portal.router);
    second.cookies.insert(PLACE.to_owned(), ticket);
    assert_eq!(second.get(WAITING).await.location.as_deref(), Some("/portal/log-in?out=waited"));
    drop(held);
    again.await.unwrap();
}
