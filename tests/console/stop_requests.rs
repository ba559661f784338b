//! A request to stop automated calls is granted or declined on its line.

use kenkocall::domain::AlertKind;
use kenkocall::lab::synthetic_identity;
use kenkocall::service::{Decided, Details, StopDecision, decide_stop, show_patient};

use crate::databases::Fresh;
use crate::site::Site;

crate::on_both_databases!(
    a_stop_request_is_granted_or_declined_once,
    a_decision_needs_a_choice,
    of_two_decisions_at_the_same_moment_one_counts,
);

async fn a_stop_request_is_granted_or_declined_once(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    for (nth, decision, sentence, stopped) in
        [(0, "grant", "停止依頼を認めました", true), (1, "decline", "停止依頼を断りました", false)]
    {
        let request = site.alert(AlertKind::StopUnconfirmed, Some(site.patient(nth).await), 5).await;
        let page = format!("/console/alerts/{request}/close");
        let path = format!("/console/alerts/{request}/stop-request");
        let body = visitor.get(&page).await.body.clone();
        assert!(body.contains("決めると(まだ決めていません)") && body.contains("待っている電話"), "{body}");
        let id = visitor.page.hidden("note_id");
        // Closing isn't deciding.
        let closed = visitor.post(&page, &[("reason", "other"), ("note", "見本"), ("others", "0")]).await;
        assert!(closed.status == 422 && closed.body.contains("認めるか断るかを決めて"), "{}", closed.body);
        let fields = [("note_id", id.as_str()), ("decision", decision), ("patient_note", "承知しました。お大事に。")];
        visitor.post(&path, &fields).await;
        let told = visitor.page.location.clone().unwrap();
        let body = visitor.get(&told).await.body.clone();
        assert!(body.contains(sentence) && body.contains("見本 直子 さんが完了しました"), "{body}");
        assert!(body.contains("承知しました。お大事に。") && body.contains("本人にも伝える"), "{body}");
        // Back and send.
        visitor.post(&path, &fields).await;
        let told = visitor.page.location.clone().unwrap();
        let body = visitor.get(&told).await.body.clone();
        assert!(body.contains("何も変えていません"), "{body}");
        assert_eq!(body.matches("承知しました。").count(), 1, "{body}");
        let actor = kenkocall::domain::Actor::System;
        let hersys_id = synthetic_identity(nth).unwrap().0;
        let patient = show_patient(&site.context, &actor, &hersys_id, Details::Masked).await.unwrap().found.patient;
        assert_eq!(patient.stopped_at.is_some(), stopped, "{decision}");
    }
    let actions = site.actions().await;
    assert_eq!(actions.iter().filter(|action| *action == "patient.stopped").count(), 1, "{actions:?}");
    // Another kind of alert isn't decided this way.
    let other = site.alert(AlertKind::CallBack, Some(site.patient(0).await), 5).await;
    visitor.get(&format!("/console/alerts/{other}/close")).await;
    assert!(!visitor.page.body.contains("stop-request"));
    let path = format!("/console/alerts/{other}/stop-request");
    assert_eq!(visitor.post(&path, &[("decision", "grant")]).await.status, 404);
}

async fn a_decision_needs_a_choice(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let request = site.alert(AlertKind::StopRequest, Some(site.patient(0).await), 5).await;
    let path = format!("/console/alerts/{request}/stop-request");
    visitor.get(&format!("/console/alerts/{request}/close")).await;
    for (decision, note, field, sentence) in [
        ("", "お大事に。", "decision", "認めるか断るかを選んでください"),
        ("maybe", "お大事に。", "decision", "認めるか断るかを選んでください"),
        ("grant", "左\u{202e}右", "patient_note", "U+202E"),
    ] {
        let page = visitor.post(&path, &[("decision", decision), ("patient_note", note)]).await;
        assert_eq!(page.status, 422, "{sentence}");
        assert!(page.body.contains(&format!("href=\"#{field}\"")) && page.body.contains(sentence), "{}", page.body);
        assert!(page.body.contains(note), "what was typed is kept");
    }
    assert!(!site.actions().await.iter().any(|action| action == "patient.stopped"));
}

async fn of_two_decisions_at_the_same_moment_one_counts(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (context, actor, patient) = (&site.context, kenkocall::domain::Actor::System, site.patient(0).await);
    for _ in 0..8 {
        let request = site.alert(AlertKind::StopUnconfirmed, Some(patient), 5).await;
        let decided = |decision| decide_stop(context, &actor, request, decision, None);
        let (granted, declined) = tokio::join!(decided(StopDecision::Grant), decided(StopDecision::Decline));
        let counts = |decided: &Result<Decided, _>| matches!(decided, Ok(Decided::Now));
        assert!(counts(&granted) != counts(&declined), "{granted:?} {declined:?}");
        let hersys_id = synthetic_identity(0).unwrap().0;
        let shown = show_patient(context, &actor, &hersys_id, Details::Masked).await.unwrap().found.patient;
        assert_eq!(shown.stopped_at.is_some(), counts(&granted));
    }
}
