//! A person is called now from the console: once, however often the form is sent.

use kenkocall::domain::{Actor, Role, SlotOrigin};
use kenkocall::patient_import::Column;
use kenkocall::service::{change_patient, stop_patient};
use kenkocall::store::slots;

use crate::databases::Fresh;
use crate::site::{OTHER, Site};

crate::on_both_databases!(
    call_now_clicked_twice_or_sent_again_or_back_and_send_is_one_call,
    call_now_is_refused_for_who_is_stopped,
    call_now_of_another_centres_person_is_not_found,
);

/// The open calls that staff requested.
async fn requested(site: &Site) -> usize {
    let mut tx = site.context.database.begin_read().await.unwrap();
    let patients = [site.patient(0).await, site.patient(1).await];
    let open = slots::open_of(&mut tx, &patients).await.unwrap();
    open.iter().filter(|slot| slot.origin == SlotOrigin::Staff).count()
}

async fn called(site: &Site) -> usize {
    site.actions().await.iter().filter(|action| *action == "patient.called_now").count()
}

async fn call_now_clicked_twice_or_sent_again_or_back_and_send_is_one_call(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let mut visitor = site.logged_in(&site.nurse().await).await;
    let id = site.patient(0).await;
    let (person, path) = (format!("/console/patients/{id}"), format!("/console/patients/{id}/call-now"));
    assert!(visitor.get(&person).await.body.contains(&format!("href=\"{path}\"")), "the page leads there");
    let body = visitor.get(&path).await.body.clone();
    assert!(body.contains("いま(10:03)") && body.contains("10:18 まで") && body.contains("1件です"), "{body}");
    let slot = visitor.page.hidden("slot");
    let form = [("slot", slot.as_str())];
    assert_eq!(requested(&site).await, 0, "looking calls nobody");
    // At the same moment, then again.
    let (mut first, mut second) = (visitor.clone(), visitor.clone());
    let (one, two) = tokio::join!(first.post(&path, &form), second.post(&path, &form));
    let mut told = [one.location.clone().unwrap(), two.location.clone().unwrap()];
    told.sort();
    assert_eq!(told, [format!("{person}?done=call-requested"), format!("{person}?done=call-requested-before")]);
    assert_eq!((requested(&site).await, called(&site).await), (1, 1));
    assert!(visitor.get(&told[0]).await.body.contains("電話を受け付けました。まもなくかかります"));
    assert_eq!(visitor.post(&path, &form).await.location.as_ref(), Some(&told[1]));
    assert!(visitor.get(&told[1]).await.body.contains("かける電話は1件だけで、何も変えていません"));
    // A page that is opened again says that it is under way, and its form calls nobody besides.
    let body = visitor.get(&path).await.body.clone();
    assert!(body.contains("受け付け済みです") && !body.contains("name=\"slot\""), "{body}");
    let other = "0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04";
    assert_eq!(visitor.post(&path, &[("slot", other)]).await.location.as_ref(), Some(&told[1]));
    assert_eq!((requested(&site).await, called(&site).await), (1, 1));
    // Back and send when the call has ended.
    stop_patient(&site.context, &Actor::System, id).await.unwrap();
    change_patient(&site.context, &Actor::System, id, None, &[(Column::AutomatedCall, "yes")]).await.unwrap();
    visitor.get(&person).await;
    assert_eq!(visitor.post(&path, &form).await.location.as_ref(), Some(&told[1]));
    assert_eq!((requested(&site).await, called(&site).await), (0, 1));
    // The slot of one person calls nobody else, and a form without one calls nobody.
    let path = format!("/console/patients/{}/call-now", site.patient(1).await);
    visitor.get(&path).await;
    for slot in [slot.as_str(), "", "x"] {
        assert_eq!(visitor.post(&path, &[("slot", slot)]).await.status, 404, "{slot}");
        visitor.get(&path).await;
    }
    assert_eq!(requested(&site).await, 0);
}

async fn call_now_is_refused_for_who_is_stopped(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let mut visitor = site.logged_in(&site.nurse().await).await;
    let id = site.patient(0).await;
    let (person, path) = (format!("/console/patients/{id}"), format!("/console/patients/{id}/call-now"));
    visitor.get(&path).await;
    let slot = visitor.page.hidden("slot");
    // Stopped after the page was opened.
    stop_patient(&site.context, &Actor::System, id).await.unwrap();
    let page = visitor.post(&path, &[("slot", &slot)]).await;
    assert!(page.status == 409 && page.body.contains("今は電話をかけられません(停止したため)"), "{}", page.body);
    assert!(page.body.contains("新しい電話はかけません") && !page.body.contains("name=\"slot\""), "{}", page.body);
    assert_eq!((requested(&site).await, called(&site).await), (0, 0));
    assert!(!visitor.get(&person).await.body.contains("/call-now"), "the page doesn't lead there");
}

async fn call_now_of_another_centres_person_is_not_found(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let other = site.member("other@mihon.example", Role::Nurse, Some(OTHER)).await;
    let mut visitor = site.logged_in(&other).await;
    let path = format!("/console/patients/{}/call-now", site.patient(0).await);
    assert_eq!(visitor.get(&path).await.status, 404);
    visitor.get("/console/account").await;
    let slot = "0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04";
    assert_eq!(visitor.post(&path, &[("slot", slot)]).await.status, 404);
    let tries = site.actions().await.into_iter().filter(|action| action == "patient.not_found").count();
    assert!(tries >= 1, "both are in the trail");
    assert_eq!((requested(&site).await, called(&site).await), (0, 0));
}
