//! Taking a line of Today: by one person at a time, of whom the others know; giving it back; notes.

use jiff::SignedDuration;
use kenkocall::domain::{AlertKind, Role};
use kenkocall::lab::SYNTHETIC_CENTRE;

use crate::databases::Fresh;
use crate::site::{Site, Visitor};

crate::on_both_databases!(
    of_two_nurses_at_the_same_moment_one_has_the_line,
    a_line_is_taken_over_and_given_back,
    a_new_red_alert_on_a_taken_line_is_new,
    red_answers_that_the_holder_enters_are_theirs,
    a_line_is_closed_by_whoever_has_it,
    a_note_is_added_once,
    a_note_that_cant_be_taken_is_refused_beside_its_field,
);

const JIRO: &str = "jiro@mihon.example";

/// Two nurses who are logged in. The second one's name is the first one's: names aren't unique.
async fn two_nurses(site: &Site) -> (Visitor, Visitor) {
    let one = site.nurse().await;
    let other = site.member(JIRO, Role::Nurse, Some(SYNTHETIC_CENTRE)).await;
    (site.logged_in(&one).await, site.logged_in(&other).await)
}

/// Follows the answer of a form.
async fn follow(visitor: &mut Visitor) -> String {
    assert_eq!(visitor.page.status, 303, "{}", visitor.page.body);
    let page = visitor.page.location.clone().unwrap();
    visitor.get(&page).await.body.clone()
}

async fn actions_of_claims(site: &Site) -> Vec<String> {
    let actions = site.actions().await;
    let of_claims = ["alert.taken", "alert.taken_over", "alert.given_back", "alert.noted", "alert.closed"];
    actions.into_iter().filter(|action| of_claims.contains(&action.as_str())).collect()
}

async fn of_two_nurses_at_the_same_moment_one_has_the_line(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let alert = site.alert(AlertKind::RedAnswer, Some(site.patient(0).await), 2).await;
    let (mut one, mut other) = two_nurses(&site).await;
    let path = format!("/console/alerts/{alert}/take");
    one.get("/console/today").await;
    assert!(one.page.body.contains(&path) && one.page.body.contains("<title>(緊急 1)"), "{}", one.page.body);
    other.get("/console/today").await;
    let (first, second) = tokio::join!(
        async {
            one.post(&path, &[]).await;
            follow(&mut one).await
        },
        async {
            other.post(&path, &[]).await;
            follow(&mut other).await
        }
    );
    let is_taken = |page: &str| page.contains("担当になりました") && page.contains("あなたが担当しています");
    let is_held = |page: &str| page.contains("見本 直子 さんが担当しています") && page.contains("さんから引き継ぐ");
    assert!(is_taken(&first) ^ is_taken(&second), "{first} {second}");
    assert!(is_held(&first) ^ is_held(&second), "{first} {second}");
    assert_eq!(actions_of_claims(&site).await, ["alert.taken"]);
    let (mut holder, mut colleague) = if is_taken(&first) { (one, other) } else { (other, one) };
    // Both see it on the list, and nobody is alarmed any more.
    let page = holder.get("/console/today").await.body.clone();
    assert!(page.contains("<b>自分</b>") && page.contains("記録・完了") && !page.contains(&path), "{page}");
    let page = colleague.get("/console/today").await.body.clone();
    assert!(page.contains("見本 直子 <span") && page.contains(">見る<") && !page.contains("<title>(緊急"), "{page}");
    assert!(page.contains("未着手 0"), "{page}");
    // The same form again does nothing.
    holder.get(&format!("/console/alerts/{alert}/close")).await;
    holder.post(&path, &[]).await;
    assert!(follow(&mut holder).await.contains("すでに担当しています。何も変えていません"));
    assert_eq!(actions_of_claims(&site).await, ["alert.taken"]);
}

async fn a_line_is_taken_over_and_given_back(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let alert = site.alert(AlertKind::RedAnswer, Some(site.patient(0).await), 2).await;
    let (mut one, mut other) = two_nurses(&site).await;
    let (take, give_back) = (format!("/console/alerts/{alert}/take"), format!("/console/alerts/{alert}/give-back"));
    one.get("/console/today").await;
    one.post(&take, &[]).await;
    let page = format!("/console/alerts/{alert}/close");
    other.get(&page).await;
    let known = other.page.hidden("from");
    // Who doesn't have a line can't give it back.
    other.post(&give_back, &[]).await;
    assert!(follow(&mut other).await.contains("何も変えていません"));
    other.post(&take, &[("from", &known)]).await;
    assert!(follow(&mut other).await.contains("引き継いで、担当になりました"));
    one.get(&page).await;
    assert!(one.page.body.contains("さんから引き継ぐ") && !one.page.body.contains("担当をやめる"));
    // The page from which it was taken over is old: nobody is robbed by it.
    one.post(&take, &[("from", &known)]).await;
    assert!(follow(&mut one).await.contains("何も変えていません"));
    other.get(&page).await;
    other.post(&give_back, &[]).await;
    assert!(follow(&mut other).await.contains("今は誰も担当していません"));
    other.post(&give_back, &[]).await;
    assert!(follow(&mut other).await.contains("誰も担当していませんでした"));
    assert!(one.get("/console/today").await.body.contains("<title>(緊急 1)"));
    assert_eq!(actions_of_claims(&site).await, ["alert.taken", "alert.taken_over", "alert.given_back"]);
}

async fn a_new_red_alert_on_a_taken_line_is_new(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let patient = Some(site.patient(0).await);
    let alert = site.alert(AlertKind::Unanswered, patient, 30).await;
    let (mut one, mut other) = two_nurses(&site).await;
    one.get("/console/today").await;
    one.post(&format!("/console/alerts/{alert}/take"), &[]).await;
    // Another amber one is covered.
    site.alert(AlertKind::CallBack, patient, 1).await;
    let page = other.get("/console/today").await.body.clone();
    assert!(page.contains(">見る<") && !page.contains("担当の後に新しい緊急"), "{page}");
    site.later(SignedDuration::from_mins(1));
    let red = site.alert(AlertKind::RedAnswer, patient, 0).await;
    let page = other.get("/console/today").await.body.clone();
    assert!(page.contains("担当の後に新しい緊急") && page.contains("<title>(緊急 1)"), "{page}");
    // Whoever has the line says that they deal with it, too.
    let page = one.get("/console/today").await.body.clone();
    let take = format!("/console/alerts/{red}/take");
    assert!(page.contains(&take), "{page}");
    one.post(&take, &[]).await;
    follow(&mut one).await;
    let page = other.get("/console/today").await.body.clone();
    assert!(!page.contains("担当の後に新しい緊急") && !page.contains("<title>(緊急"), "{page}");
}

async fn a_line_is_closed_by_whoever_has_it(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let patient = Some(site.patient(0).await);
    let alert = site.alert(AlertKind::RedAnswer, patient, 2).await;
    let (mut one, mut other) = two_nurses(&site).await;
    let page = format!("/console/alerts/{alert}/close");
    other.get(&page).await;
    one.get("/console/today").await;
    one.post(&format!("/console/alerts/{alert}/take"), &[]).await;
    // The form was open before.
    let fields = [("reason", "spoke"), ("note", "電話した。"), ("others", "0")];
    other.post(&page, &fields).await;
    let kept = follow(&mut other).await;
    assert!(kept.contains("まだ完了していません。書いたものは残してあり"), "{kept}");
    assert!(!kept.contains("name=\"reason\""), "who doesn't have the line can't close it");
    let known = other.page.hidden("from");
    other.post(&format!("/console/alerts/{alert}/take"), &[("from", &known)]).await;
    let page_now = follow(&mut other).await;
    assert!(page_now.contains("電話した。") && page_now.contains("value=\"spoke\" checked"), "{page_now}");
    other.post(&page, &fields).await;
    assert_eq!(other.page.location.as_deref(), Some(&*format!("/console/today?closed={alert}")));
    // A later alert is nobody's, and the note is there.
    let later = site.alert(AlertKind::CallBack, patient, 0).await;
    let today = one.get("/console/today").await.body.clone();
    assert!(today.contains(&format!("/alerts/{later}/take")) && today.contains("(いない)"), "{today}");
    let body = one.get(&format!("/console/alerts/{later}/close")).await.body.clone();
    assert!(body.contains("電話した。") && body.contains("本人と話した"), "{body}");
    assert_eq!(actions_of_claims(&site).await, ["alert.taken", "alert.taken_over", "alert.closed"]);
    // A closed alert can't be taken, not even for the later one.
    one.post(&format!("/console/alerts/{alert}/take"), &[]).await;
    assert!(follow(&mut one).await.contains("まだ誰も担当していません"));
    assert_eq!(actions_of_claims(&site).await.len(), 3);
}

async fn a_note_is_added_once(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (patient, nobody) = (Some(site.patient(0).await), None);
    let (mut one, mut other) = two_nurses(&site).await;
    for about in [patient, nobody] {
        let alert = site.alert(AlertKind::CallBack, about, 2).await;
        let page = format!("/console/alerts/{alert}/close");
        one.get(&page).await;
        let id = one.page.hidden("note_id");
        let fields = [("note_id", id.as_str()), ("line_note", "家族に <b>折り返す</b>。\r\n15時ごろ。")];
        one.post(&format!("/console/alerts/{alert}/notes"), &fields).await;
        assert!(follow(&mut one).await.contains("メモを残しました"));
        one.post(&format!("/console/alerts/{alert}/notes"), &fields).await;
        let body = follow(&mut one).await;
        assert!(body.contains("二重には残していません"), "{body}");
        assert_eq!(body.matches("家族に &#60;b&#62;折り返す&#60;/b&#62;。\n15時ごろ。").count(), 1, "{body}");
        assert!(other.get(&page).await.body.contains("見本 直子"), "colleagues see who wrote it");
    }
    assert_eq!(actions_of_claims(&site).await, ["alert.noted", "alert.noted"]);
}

async fn a_note_that_cant_be_taken_is_refused_beside_its_field(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let alert = site.alert(AlertKind::RedAnswer, Some(site.patient(0).await), 2).await;
    let mut visitor = site.logged_in(&nurse).await;
    visitor.get(&format!("/console/alerts/{alert}/close")).await;
    let id = visitor.page.hidden("note_id");
    let path = format!("/console/alerts/{alert}/notes");
    let long = "あ".repeat(1_001);
    for (note, sentence) in
        [(" \r\n", "メモを書いてください"), ("左\u{202e}右", "U+202E"), (long.as_str(), "1000文字まで")]
    {
        let page = visitor.post(&path, &[("note_id", &id), ("line_note", note)]).await;
        assert_eq!(page.status, 422, "{sentence}");
        assert!(page.body.contains("href=\"#line_note\"") && page.body.contains("line_note-error"), "{}", page.body);
        assert!(page.body.contains(sentence) && page.body.contains("<title>エラー:"), "{}", page.body);
        assert!(note.trim().is_empty() || page.body.contains(note), "what was typed is kept");
    }
    // The log-in ends while a note is typed.
    site.later(SignedDuration::from_mins(20));
    visitor.post(&path, &[("note_id", &id), ("line_note", "水分をとった。")]).await;
    assert_eq!(visitor.page.location.as_deref().map(|page| page.starts_with("/console/log-in?kept=1")), Some(true));
    let mut again = site.logged_in(&nurse).await;
    let body = again.get(&format!("/console/alerts/{alert}/close")).await.body.clone();
    assert!(body.contains("書きかけのメモを戻しました") && body.contains("水分をとった。</textarea>"), "{body}");
    assert_eq!(actions_of_claims(&site).await, [""; 0]);
}

async fn red_answers_that_the_holder_enters_are_theirs(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let patient = site.patient(0).await;
    let alert = site.alert(AlertKind::RedAnswer, Some(patient), 2).await;
    let (mut one, mut other) = two_nurses(&site).await;
    one.get("/console/today").await;
    one.post(&format!("/console/alerts/{alert}/take"), &[]).await;
    let path = format!("/console/patients/{patient}/report");
    let entered = async |visitor: &mut Visitor, answer: (&str, &str)| {
        visitor.get(&path).await;
        let entry = visitor.page.hidden("entry");
        let fields = [("entry", entry.as_str()), ("round", ""), ("step", "so-far"), answer];
        let page = visitor.post(&path, &fields).await;
        assert_eq!(page.status, 200, "{}", page.body);
    };
    entered(&mut one, ("spo2", "90")).await;
    let page = other.get("/console/today").await.body.clone();
    assert!(page.contains("SpO2 90") && page.contains("未着手 0") && !page.contains("<title>(緊急"), "{page}");
    // Those of a colleague are new to whoever has the line.
    entered(&mut other, ("complexion", "yes")).await;
    let page = one.get("/console/today").await.body.clone();
    assert!(page.contains("担当の後に新しい緊急"), "{page}");
}
