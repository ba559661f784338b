//! The header of each page: a search for people whose terms are in no address, and help for staff.

use kenkocall::domain::Role;

use crate::databases::Fresh;
use crate::site::Site;

crate::on_both_databases!(people_are_found_from_any_page, help_names_the_pages_of_the_readers_role);

async fn people_are_found_from_any_page(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let patient = site.patient(0).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    assert!(visitor.get("/console/handover").await.body.contains("id=\"find\""));
    let found = visitor.post("/console/patients", &[("text", "1000001")]).await;
    let at = found.location.clone().unwrap_or_default();
    assert!(at.starts_with("/console/patients?search=") && !at.contains("1000001"), "{at}");
    let page = visitor.get(&at).await.body.clone();
    assert!(page.contains(&patient.to_string()) && page.contains("<b class=\"num\">1人</b>"), "{page}");
    assert!(!page.contains("id=\"find\""), "the list has its own search");
    let desk = site.member("desk@mihon.example", Role::HelpDesk, None).await;
    let mut desk = site.logged_in(&desk).await;
    assert!(!desk.get("/console/account").await.body.contains("id=\"find\""), "the help desk sees no person");
}

async fn help_names_the_pages_of_the_readers_role(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let page = visitor.get("/console/today").await.body.clone();
    assert!(page.contains("href=\"/console/help\""));
    let page = visitor.get("/console/help").await.body.clone();
    assert!(page.contains("どの画面で何をするか") && page.contains("href=\"/console/round\">巡回</a>"), "{page}");
    assert!(page.contains("119番") && page.contains("href=\"tel:"), "whom to phone");
    assert!(!page.contains("/console/audit"), "a nurse has no such page");
    let desk = site.member("desk@mihon.example", Role::HelpDesk, None).await;
    let mut desk = site.logged_in(&desk).await;
    let page = desk.get("/console/help").await.body.clone();
    assert!(page.contains("/console/where-to-turn") && !page.contains("119番"), "{page}");
}
