//! A patient guesser of codes reaches a limit, and the help desk ends it, without seeing whose address it is.

use jiff::SignedDuration;
use kenkocall::domain::Role;
use kenkocall::lab::SYNTHETIC_CENTRE;

use crate::databases::Fresh;
use crate::portal_site::{HANAKO, Portal};
use crate::site::Visitor;

crate::on_both_databases!(
    m2_a_patient_guesser_is_locked_out_and_the_owners_password_isnt,
    the_help_desk_unlocks_and_sees_nobody,
    a_known_and_an_unknown_address_are_unlocked_alike,
    only_the_help_desk_and_system_administrators_unlock,
    accounts_without_people_are_deleted_after_a_month,
);

const LOCKED: &str = "1日ほど確認コードを使えません";
const PASSWORD: &str = "kazahana no yama 27";

/// Enters wrong codes with ever new codes until the address is locked. Returns how many were tried.
async fn guess(portal: &Portal, address: &str) -> u32 {
    let mut guesser = portal.visitor();
    for tried in 0..200 {
        if tried % 5 == 0 {
            portal.site.later(SignedDuration::from_mins(13));
            guesser.get("/portal/register").await;
            let page = guesser.post("/portal/register", &[("email", address)]).await;
            if page.body.contains(LOCKED) {
                return tried;
            }
            assert_eq!(page.status, 303, "{}", page.body);
            let _right = portal.mail().await;
            guesser.get("/portal/code").await;
        }
        let page = guesser.post("/portal/code", &[("code", "000000")]).await;
        if page.body.contains(LOCKED) {
            return tried;
        }
        assert!(page.body.contains("コードが正しくありません"), "{}", page.body);
    }
    panic!("a guesser goes on for ever");
}

/// Whether a code is sent to the address.
async fn gets_a_code(portal: &Portal, address: &str) -> bool {
    let mut visitor = portal.visitor();
    visitor.get("/portal/log-in").await;
    let page = visitor.post("/portal/log-in", &[("email", address), ("step", "code")]).await;
    assert!(page.status == 303 || page.body.contains(LOCKED), "{}", page.body);
    page.status == 303
}

async fn help_desk(portal: &Portal) -> Visitor {
    let member = portal.site.member("desk@mihon.example", Role::HelpDesk, None).await;
    portal.site.logged_in(&member).await
}

async fn m2_a_patient_guesser_is_locked_out_and_the_owners_password_isnt(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut owner = portal.signed_up(HANAKO).await;
    owner.get("/portal/account/password?new=1").await;
    owner.post("/portal/account/password", &[("password", PASSWORD), ("new", "1")]).await;
    assert_eq!(owner.page.status, 303, "{}", owner.page.body);
    let tried = guess(&portal, HANAKO).await;
    assert!((20..=40).contains(&tried), "{tried}");
    assert!(!gets_a_code(&portal, HANAKO).await);
    assert!(gets_a_code(&portal, "taro@mihon.example").await, "others aren't slowed");
    let mut other = portal.visitor();
    other.get("/portal/log-in").await;
    let page = other.post("/portal/log-in", &[("email", HANAKO), ("password", PASSWORD)]).await;
    assert_eq!(page.status, 303, "who has the password gets in: {}", page.body);
    portal.site.later(SignedDuration::from_hours(25));
    assert!(gets_a_code(&portal, HANAKO).await, "a day later it is over");
}

async fn the_help_desk_unlocks_and_sees_nobody(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    drop(portal.signed_up(HANAKO).await);
    guess(&portal, HANAKO).await;
    let mut desk = help_desk(&portal).await;
    let page = desk.get("/console/portal-unlock").await.body.clone();
    assert!(page.contains("ポータルのロック解除"), "{page}");
    // As it is typed, in other letters.
    let page = desk.post("/console/portal-unlock", &[("email", "Hanako@mihon.example")]).await.clone();
    assert!(page.status == 200 && page.body.contains("ロックを解除しました"), "{}", page.body);
    assert!(gets_a_code(&portal, HANAKO).await);
    let page = desk.post("/console/portal-unlock", &[("email", "<b>")]).await.clone();
    assert!(page.status == 422 && page.body.contains("value=\"&#60;b&#62;\""), "{}", page.body);
    assert!(portal.site.actions().await.contains(&"portal.unlocked".to_owned()));
}

async fn a_known_and_an_unknown_address_are_unlocked_alike(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    drop(portal.signed_up(HANAKO).await);
    let mut desk = help_desk(&portal).await;
    let mut pages = Vec::new();
    for address in [HANAKO, "nobody@mihon.example"] {
        desk.get("/console/portal-unlock").await;
        let page = desk.post("/console/portal-unlock", &[("email", address)]).await;
        pages.push((page.status, page.body.replace(&page.token(), "TOKEN").replace(address, "ADDRESS")));
    }
    assert_eq!(pages[0], pages[1]);
    let trail = portal.site.actions().await;
    assert_eq!(trail.iter().filter(|action| *action == "portal.unlocked").count(), 2, "{trail:?}");
}

async fn only_the_help_desk_and_system_administrators_unlock(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let nurse = portal.site.member("nurse@mihon.example", Role::Nurse, Some(SYNTHETIC_CENTRE)).await;
    let mut nurse = portal.site.logged_in(&nurse).await;
    assert_eq!(nurse.get("/console/portal-unlock").await.status, 404);
    nurse.get("/console/today").await;
    assert_eq!(nurse.post("/console/portal-unlock", &[("email", HANAKO)]).await.status, 404);
    assert!(!portal.site.actions().await.contains(&"portal.unlocked".to_owned()));
}

async fn accounts_without_people_are_deleted_after_a_month(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    drop(portal.signed_up(HANAKO).await);
    let mut family = portal.signed_up("taro@mihon.example").await;
    assert!(portal.add(&mut family, &crate::portal_site::hersys_id(0), crate::portal_site::BIRTH_DATE).await);
    let kept = crate::db_assertions::DatabaseAssertions::at(&fresh.url);
    portal.site.later(SignedDuration::from_hours(29 * 24));
    let context = &portal.site.context;
    assert_eq!(kenkocall::service::delete_empty_accounts(context).await.unwrap(), 0, "a HER-SYS ID may come late");
    portal.site.later(SignedDuration::from_hours(2 * 24));
    assert_eq!(kenkocall::service::delete_empty_accounts(context).await.unwrap(), 1);
    assert_eq!(kept.column("SELECT folded_address FROM portal_accounts").await, ["taro@mihon.example"]);
    assert!(portal.site.actions().await.contains(&"portal.account_deleted".to_owned()));
}
