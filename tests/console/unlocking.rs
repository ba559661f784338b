//! A lost second factor: the help desk's code, and where callers turn.

use jiff::SignedDuration;
use kenkocall::domain::{Actor, CentreCode, Role};
use kenkocall::lab::SYNTHETIC_CENTRE;
use kenkocall::service::{CentreChange, code_at, list_staff};

use crate::databases::Fresh;
use crate::passkeys::{Device, add};
use crate::site::{Member, OTHER, PASSWORD, Page, Site, Visitor};

crate::on_both_databases!(
    the_help_desk_replaces_a_lost_second_factor,
    a_code_locks_nobody_out_and_takes_over_nothing,
    the_help_desk_says_where_to_turn,
);

/// The text of the first element with a class.
fn text_of(page: &Page, class: &str) -> String {
    let after = page.body.split(&format!("{class}\" lang=\"en\">")).nth(1).expect("an element");
    after.split('<').next().unwrap().to_owned()
}

async fn help_desk(site: &Site) -> Visitor {
    let member = site.member("help@mihon.example", Role::HelpDesk, None).await;
    site.logged_in(&member).await
}

async fn id_of(site: &Site, member: &Member) -> String {
    let accounts = list_staff(&site.context, &Actor::System).await.unwrap();
    accounts.into_iter().find(|one| one.log_in_name.typed() == member.email).unwrap().id.to_string()
}

/// Has a code shown.
async fn code_for(visitor: &mut Visitor, account: &str) -> String {
    let path = format!("/console/staff/{account}/unlock");
    assert_eq!(visitor.get(&path).await.status, 200);
    assert_eq!(visitor.post(&path, &[]).await.status, 200);
    text_of(&visitor.page, "unlock-code")
}

/// Gives the password and a code.
async fn enter(site: &Site, email: &str, code: &str) -> (Visitor, u16) {
    let mut visitor = site.visitor();
    visitor.give_password(email, PASSWORD).await;
    visitor.get("/console/log-in/unlock").await;
    let status = visitor.post("/console/log-in/unlock", &[("code", code)]).await.status;
    (visitor, status)
}

async fn the_help_desk_replaces_a_lost_second_factor(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut old = site.logged_in(&nurse).await;
    assert_eq!(add(&mut old, &Device::new(1), "x").await, 303);
    let mut desk = help_desk(&site).await;
    let list = desk.get("/console/staff").await.body.clone();
    assert!(list.contains(&nurse.email) && !list.contains("/deactivate") && !list.contains("/staff/invite"), "{list}");
    let code = code_for(&mut desk, &id_of(&site, &nurse).await).await;
    assert!(desk.get("/console/staff").await.body.contains("番号の期限"));
    assert!(!desk.page.body.contains(&code), "a code is shown once");

    let (mut visitor, status) = enter(&site, &nurse.email, &code.to_lowercase().replace('-', " ")).await;
    assert_eq!(status, 303, "{}", visitor.page.body);
    let secret = text_of(visitor.get("/console/log-in/unlock").await, "secret").replace(' ', "");
    assert_ne!(secret, nurse.secret);
    assert!(old.is_in().await, "nothing has changed yet");
    let fields = [("step", "authenticator"), ("code", "000000")];
    assert_eq!(visitor.post("/console/log-in/unlock", &fields).await.status, 422);
    let first = code_at(&secret, site.clock.now()).unwrap();
    let fields = [("step", "authenticator"), ("code", first.as_str())];
    let done = visitor.post("/console/log-in/unlock", &fields).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert_eq!(done.body.matches("<li>").count(), 10, "ten recovery codes");
    assert!(!visitor.is_in().await && !old.is_in().await, "every log-in has ended");

    site.later(SignedDuration::from_hours(1));
    let renewed = Member { secret, ..nurse.clone() };
    let old = [nurse.recovery[0].clone(), site.code(&nurse), first];
    let given = old.into_iter().map(|code| (code, 422)).chain([(site.code(&renewed), 303)]);
    for (code, status) in given {
        let mut visitor = site.visitor();
        visitor.give_password(&nurse.email, PASSWORD).await;
        assert!(!visitor.get("/console/log-in/second-factor").await.body.contains("data-passkey"));
        assert_eq!(visitor.give_code(&code).await.status, status, "{code}");
    }
    assert_eq!(enter(&site, &nurse.email, &code).await.1, 422, "a code works once");

    let mut administrator = {
        let member = site.member("admin@mihon.example", Role::CentreAdministrator, Some(SYNTHETIC_CENTRE)).await;
        site.logged_in(&member).await
    };
    administrator.get("/console/audit").await;
    let fields = [("kind", "accounts"), ("from", ""), ("to", ""), ("actor", ""), ("person", "")];
    let trail = administrator.post("/console/audit", &fields).await.body.clone();
    for action in ["ロック解除のコードを渡した", "ロック解除のコードを入れた", "認証アプリを替えた"]
    {
        assert!(trail.contains(action), "{action} isn't in {trail}");
    }
    assert!(!trail.contains(&code));
}

async fn a_code_locks_nobody_out_and_takes_over_nothing(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let other = site.member("other@mihon.example", Role::Nurse, Some(OTHER)).await;
    let mut desk = help_desk(&site).await;
    let id = id_of(&site, &nurse).await;
    let code = code_for(&mut desk, &id).await;
    // Without the password there is no page for the code.
    let mut thief = site.visitor();
    assert_eq!(thief.get("/console/log-in/unlock").await.status, 303);
    // The code of one account is none of another.
    assert_eq!(enter(&site, &other.email, &code).await.1, 422);
    // A new code replaces the old one, and holds for an hour.
    let newer = code_for(&mut desk, &id).await;
    assert_eq!(enter(&site, &nurse.email, &code).await.1, 422);
    assert_eq!(enter(&site, &nurse.email, &newer).await.1, 303);
    // What one log-in has entered, another one with the same password hasn't.
    let mut second = site.visitor();
    second.give_password(&nurse.email, PASSWORD).await;
    assert!(!second.get("/console/log-in/unlock").await.body.contains("class=\"qr\""));
    let mut as_before = site.logged_in(&nurse).await;
    assert!(as_before.is_in().await, "the old second factor works");
    site.later(SignedDuration::from_mins(61));
    assert_eq!(enter(&site, &nurse.email, &newer).await.1, 422);

    // Who may unlock whom.
    for (role, centre, status) in [
        (Role::Nurse, Some(SYNTHETIC_CENTRE), 404),
        (Role::CentreAdministrator, Some(OTHER), 404),
        (Role::CentreAdministrator, Some(SYNTHETIC_CENTRE), 200),
        (Role::SystemAdministrator, None, 200),
    ] {
        let member = site.member(&format!("{}{status}@mihon.example", role.code()), role, centre).await;
        let mut visitor = site.logged_in(&member).await;
        assert_eq!(visitor.get(&format!("/console/staff/{id}/unlock")).await.status, status, "{role:?}");
        visitor.get("/console/account").await;
        assert_eq!(visitor.post(&format!("/console/staff/{id}/unlock"), &[]).await.status, status, "{role:?}");
        let own = id_of(&site, &member).await;
        assert_eq!(visitor.get(&format!("/console/staff/{own}/unlock")).await.status, 404, "not the own one");
    }
    let invited = site.invited("invited@mihon.example", Role::Nurse, Some(SYNTHETIC_CENTRE)).await;
    drop(invited);
    let accounts = list_staff(&site.context, &Actor::System).await.unwrap();
    let invited = accounts.iter().find(|one| one.log_in_name.typed() == "invited@mihon.example").unwrap();
    let path = format!("/console/staff/{}/unlock", invited.id);
    let desk = site.member("desk@mihon.example", Role::HelpDesk, None).await;
    let mut desk = site.logged_in(&desk).await;
    assert!(desk.get(&path).await.body.contains("有効なアカウントだけ"));
    assert_eq!(desk.post(&path, &[]).await.status, 303);
    let issued = site.actions().await.iter().filter(|action| *action == "account.unlock_issued").count();
    assert_eq!(issued, 4, "two by the help desk, one by each administrator");
}

async fn the_help_desk_says_where_to_turn(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let centre = CentreCode::parse(OTHER).unwrap();
    let change = CentreChange {
        municipalities: Some("見本県架空市、架空町".parse().unwrap()),
        ..CentreChange::default()
    };
    kenkocall::service::change_centre(&site.context, &Actor::System, &centre, &change).await.unwrap();
    let mut desk = help_desk(&site).await;
    let all = desk.get("/console/where-to-turn").await.body.clone();
    assert!(all.contains("架空区保健所") && all.contains("03-5211-3642") && all.contains(SYNTHETIC_CENTRE), "{all}");
    for (place, is_found) in [("架空", true), ("見本県 架空市 1-2-3", true), ("匝瑳", false)] {
        let page = desk.post("/console/where-to-turn", &[("place", place)]).await;
        assert_eq!((page.status, page.body.contains("03-5211-3642")), (200, is_found), "{place}");
        assert!(!page.body.contains(&format!(">{SYNTHETIC_CENTRE}<")), "{place}");
    }
    // 10:02 on a Saturday.
    assert!(all.contains("ただ今、時間外") && all.contains("08:30〜17:15"), "{all}");
}
