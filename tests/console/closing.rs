//! Closing a line of Today: with a reason, once, and without losing what was typed.

use jiff::SignedDuration;
use kenkocall::domain::{AlertKind, Role};

use crate::databases::Fresh;
use crate::site::{OTHER, Site};

crate::on_both_databases!(
    a_line_is_closed_with_a_reason_and_once,
    a_note_survives_a_log_in_that_ended,
    what_a_form_cant_take_is_said_beside_the_field,
    counts_are_those_of_the_lists,
    a_request_of_somebody_with_a_red_alert_is_counted_and_listed_too,
    the_page_of_an_alert_has_the_last_reports,
);

async fn a_line_is_closed_with_a_reason_and_once(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let patient = site.patient(0).await;
    site.alert(AlertKind::Unanswered, Some(patient), 30).await;
    let newest = site.alert(AlertKind::RedAnswer, Some(patient), 2).await;
    let mut visitor = site.logged_in(&nurse).await;
    let path = format!("/console/alerts/{newest}/close");
    assert!(visitor.get("/console/today").await.body.contains(&format!("/console/alerts/{newest}/take")));
    let mut colleague = site.logged_in(&nurse).await;
    colleague.get(&path).await;
    visitor.get(&path).await;
    assert_eq!(visitor.page.hidden("others"), "1");
    assert!(visitor.page.body.contains("tel:+819010000001"));
    // A new alert arrives while the form is open.
    let later = site.alert(AlertKind::CallBack, Some(patient), 20).await;
    let fields = [("reason", "spoke"), ("note", "水分をとるように話した。"), ("others", "1")];
    visitor.post(&path, &fields).await;
    assert_eq!(visitor.page.status, 409, "{}", visitor.page.body);
    assert!(visitor.page.body.contains("新しい通知") && visitor.page.body.contains("水分をとるように話した。"));
    assert_eq!(visitor.page.hidden("others"), "2");
    let fields = [fields[0], fields[1], ("others", "2")];
    let closed = visitor.post(&path, &fields).await.location.clone().unwrap();
    assert_eq!(closed, format!("/console/today?closed={newest}"));
    let page = visitor.get(&closed).await;
    let told = "見本 花子 さんのことを記録して完了しました";
    assert!(page.body.contains(told) && page.body.contains("対応の要るものはありません"), "{}", page.body);
    // Nobody outside the health centre learns a name from an address.
    let elsewhere = site.member("far@mihon.example", Role::Nurse, Some(OTHER)).await;
    let page = site.logged_in(&elsewhere).await.get(&closed).await.body.clone();
    assert!(!page.contains("花子") && page.contains("記録して完了しました"), "{page}");
    // The same form again, by a colleague: nothing is done, and the page says who did it.
    assert_eq!(colleague.post(&path, &fields).await.location.as_deref(), Some(path.as_str()));
    assert!(colleague.get(&path).await.body.contains("見本 直子 さんが完了しました"));
    assert_eq!(colleague.get(&format!("/console/alerts/{later}/close")).await.status, 200);
    let actions = site.actions().await;
    assert_eq!(actions.iter().filter(|action| *action == "alert.closed").count(), 3);
    assert!(actions.iter().any(|action| action == "patient.alert_opened"), "{actions:?}");
}

async fn a_note_survives_a_log_in_that_ended(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let alert = site.alert(AlertKind::RedAnswer, Some(site.patient(0).await), 2).await;
    let path = format!("/console/alerts/{alert}/close");
    let mut visitor = site.logged_in(&nurse).await;
    visitor.get(&path).await;
    site.later(SignedDuration::from_mins(20));
    let fields = [("reason", "visited"), ("note", "訪問した。<b>熱</b>は下がった。"), ("others", "0")];
    let log_in = visitor.post(&path, &fields).await.location.clone().unwrap();
    assert_eq!(log_in, format!("/console/log-in?kept=1&next={path}"));
    assert!(visitor.get(&log_in).await.body.contains("書きかけのメモは残っています"));
    let next = visitor.page.hidden("next");
    let fields = [("email", nurse.email.as_str()), ("password", crate::site::PASSWORD), ("next", &next)];
    visitor.post("/console/log-in", &fields).await;
    let second = visitor.page.location.clone().unwrap();
    visitor.get(&second).await;
    let (next, code) = (visitor.page.hidden("next"), site.code(&nurse));
    visitor.post("/console/log-in/second-factor", &[("code", &code), ("next", &next)]).await;
    assert_eq!(visitor.page.location.as_deref(), Some(path.as_str()));
    let page = visitor.get(&path).await.body.clone();
    assert!(page.contains("書きかけのメモを戻しました") && page.contains("value=\"visited\" checked"), "{page}");
    assert!(page.contains("訪問した。&#60;b&#62;熱&#60;/b&#62;は下がった。"), "{page}");
    assert!(!site.actions().await.iter().any(|action| action == "alert.closed"), "nothing was closed yet");
    let fields = [("reason", "visited"), ("note", "訪問した。"), ("others", "0")];
    assert_eq!(visitor.post(&path, &fields).await.status, 303);
    assert!(!visitor.get(&path).await.body.contains("書きかけ"), "the draft is gone");
}

async fn what_a_form_cant_take_is_said_beside_the_field(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let alert = site.alert(AlertKind::RedAnswer, Some(site.patient(0).await), 2).await;
    let path = format!("/console/alerts/{alert}/close");
    let mut visitor = site.logged_in(&nurse).await;
    visitor.get(&path).await;
    let long = "あ".repeat(10_000);
    for (reason, note, field, sentence) in [
        ("", "メモ", "reason", "どうなったかを選んでください"),
        ("ended_by_magic", "メモ", "reason", "どうなったかを選んでください"),
        ("other", " ", "note", "メモに内容を書いてください"),
        ("spoke", "左\u{202e}右", "note", "U+202E"),
        ("spoke", long.as_str(), "note", "1000文字まで"),
    ] {
        let page = visitor.post(&path, &[("reason", reason), ("note", note), ("others", "0")]).await;
        assert_eq!(page.status, 422, "{reason} {sentence}");
        assert!(page.body.contains(&format!("href=\"#{field}\"")) && page.body.contains(&format!("{field}-error")));
        assert!(page.body.contains(sentence) && page.body.contains("<title>エラー:"), "{}", page.body);
        assert!(note.trim().is_empty() || page.body.contains(note), "what was typed is kept");
    }
    assert!(!site.actions().await.iter().any(|action| action == "alert.closed"));
}

async fn counts_are_those_of_the_lists(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let (one, two) = (site.patient(0).await, site.patient(1).await);
    for (kind, patient) in [
        (AlertKind::RedAnswer, Some(one)),
        (AlertKind::CallBack, Some(one)),
        (AlertKind::Unanswered, Some(two)),
        (AlertKind::AmberAnswer, Some(two)),
        (AlertKind::DayLimit, None),
        (AlertKind::Guessing, Some(two)),
    ] {
        site.alert(kind, patient, 5).await;
    }
    let mut visitor = site.logged_in(&nurse).await;
    let lines = |page: &str| page.matches("<td class=\"c-action\">").count();
    let all = visitor.get("/console/today").await.body.clone();
    assert_eq!(lines(&all), 4, "one line for each person");
    assert!(all.contains("対応の要るもの 4件(未着手 4件)"), "{all}");
    for (kind, count) in
        [("red", 1), ("amber", 1), ("unanswered", 0), ("lock", 1), ("call-back", 1), ("other", 1), ("stop-request", 0)]
    {
        let link = format!("/console/today?kind={kind}\"");
        let tile = all.split(&link).nth(1).unwrap().split("</a>").next().unwrap();
        assert!(tile.contains(&format!("<b class=\"num\">{count}</b>")), "{kind}: {tile}");
        let path = format!("/console/today?kind={kind}");
        assert_eq!(lines(&visitor.get(&path).await.body), count, "{kind}");
        let heading = all.split(&format!("<h2 id=\"{kind}\">")).nth(1).map(|rest| rest.split('<').next().unwrap());
        assert!(heading.is_none_or(|heading| heading.ends_with(&format!(" {count}件"))), "{kind}: {heading:?}");
    }
    let unanswered = visitor.get("/console/today?kind=unanswered").await.body.clone();
    assert!(unanswered.contains("ほかに、より重い見出しの下にこの種類もある人が1人います。"), "{unanswered}");
    let newest = all.split("/alerts/").nth(1).unwrap().split('/').next().unwrap();
    visitor.post(&format!("/console/alerts/{newest}/take"), &[]).await;
    let all = visitor.get("/console/today").await.body.clone();
    for (whose, count) in [("all", 4), ("untaken", 3), ("own", 1), ("others", 0)] {
        let link = format!("/console/today?whose={whose}\"");
        let tab = all.split(&link).last().unwrap().split("</a>").next().unwrap();
        assert!(tab.contains(&format!("<span class=\"num\">{count}</span>")), "{whose}: {tab}");
        let path = format!("/console/today?whose={whose}");
        assert_eq!(lines(&visitor.get(&path).await.body), count, "{whose}");
    }
    // Both filters at once.
    let own_red = visitor.get("/console/today?kind=red&whose=own").await.body.clone();
    let others = visitor.get("/console/today?kind=lock&whose=own").await.body.clone();
    assert_eq!((lines(&own_red), lines(&others)), (1, 0));
    assert!(others.contains("ここに当たるものはありません"), "{others}");
}

/// Nobody who asked to be left alone is overlooked because of a red answer.
async fn a_request_of_somebody_with_a_red_alert_is_counted_and_listed_too(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let (both, one) = (site.patient(0).await, site.patient(1).await);
    site.alert(AlertKind::StopRequest, Some(both), 9).await;
    site.alert(AlertKind::WrongNumber, Some(both), 8).await;
    let red = site.alert(AlertKind::RedAnswer, Some(both), 5).await;
    let asked = site.alert(AlertKind::StopRequest, Some(one), 3).await;
    let mut visitor = site.logged_in(&nurse).await;
    let tile = |body: &str, kind: &str| {
        let link = body.split(&format!("?kind={kind}\"")).nth(1).expect(kind);
        let count = link.split("<b class=\"num\">").nth(1).expect("a count");
        count.split('<').next().expect("a number").parse::<usize>().expect("a number")
    };
    let body = visitor.get("/console/today").await.body.clone();
    let lines = |body: &str| body.matches("class=\"c-severity\"").count();
    assert_eq!(lines(&body), 2, "one line for each person");
    for (kind, count) in [("red", 1), ("stop-request", 2), ("wrong-number", 1), ("amber", 0), ("other", 0)] {
        let list = visitor.get(&format!("/console/today?kind={kind}")).await.body.clone();
        assert_eq!((tile(&body, kind), lines(&list)), (count, count), "{kind}");
    }
    assert!(body.contains("ほかに1人は上の"), "{body}");
    let list = visitor.get("/console/today?kind=stop-request&whose=untaken").await.body.clone();
    assert!(list.contains(&format!("/alerts/{red}/")) || list.contains("badge red"), "{list}");
    assert!(list.contains(&format!("/console/alerts/{asked}/take")), "{list}");
}

async fn the_page_of_an_alert_has_the_last_reports(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let alert = site.alert(AlertKind::CallBack, Some(site.patient(0).await), 5).await;
    let mut visitor = site.logged_in(&nurse).await;
    let body = visitor.get(&format!("/console/alerts/{alert}/close")).await.body.clone();
    for part in ["最近の報告", "この人のページ", "090-1000-0001"] {
        assert!(body.contains(part), "{part} isn't in {body}");
    }
    let viewed = site.actions().await.iter().filter(|action| *action == "patient.alert_opened").count();
    assert_eq!(viewed, 1, "one view is one entry");
}
