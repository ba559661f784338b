//! Transfers in the console: an offer, its effect, the answers of both sides, forms sent twice, and bad input.

use kenkocall::domain::Role;
use kenkocall::lab::SYNTHETIC_CENTRE;

use crate::databases::Fresh;
use crate::site::{OTHER, Site, Visitor};

crate::on_both_databases!(
    an_offer_is_made_shown_on_today_and_accepted,
    an_offer_is_declined_or_withdrawn_and_the_other_side_is_told,
    what_an_offer_cant_take_is_said_beside_the_field,
    times_that_dont_fit_are_chosen_beside_the_field,
    a_typed_offer_survives_a_log_in_that_ended,
    a_persons_data_are_had_as_a_file,
    a_retention_is_saved_after_its_effect_was_shown,
);

/// A nurse of the patient's health centre, and one of the other.
async fn two_nurses(site: &Site) -> (Visitor, Visitor) {
    let own = site.logged_in(&site.nurse().await).await;
    let other = site.member("hanako@mihon.example", Role::Nurse, Some(OTHER)).await;
    (own, site.logged_in(&other).await)
}

/// Offers the first patient. Returns the transfer's page.
async fn offered(site: &Site, own: &mut Visitor) -> String {
    let path = format!("/console/patients/{}/transfer", site.patient(0).await);
    let transfer = own.get(&path).await.hidden("transfer");
    let fields = [("transfer", &*transfer), ("to", OTHER), ("reason", "moved"), ("note", "長女宅へ移りました。")];
    let answer = own.post(&path, &fields).await;
    let location = answer.location.clone().expect(&answer.body);
    assert!(location.ends_with("?told=offered"), "{location}");
    location.split('?').next().unwrap().to_owned()
}

async fn an_offer_is_made_shown_on_today_and_accepted(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let patient = site.patient(0).await;
    let (mut own, mut other) = two_nurses(&site).await;
    let person = format!("/console/patients/{patient}");
    assert!(own.get(&person).await.body.contains(&format!("{person}/transfer")), "the person's page leads to the form");
    let form = own.get(&format!("{person}/transfer")).await.clone();
    for part in ["引き受けられるまでは何も変わりません", "架空区保健所 (27100)", "次の電話は"]
    {
        assert!(form.body.contains(part), "{part} isn't in {}", form.body);
    }
    let page = offered(&site, &mut own).await;
    assert!(own.get(&page).await.body.contains("返事待ち"));
    assert!(own.get(&person).await.body.contains("架空区保健所 に申し出ています"));
    // Today of the receiving side names nobody.
    let today = other.get("/console/today").await.body.clone();
    assert!(
        today.contains("対象者の移管を申し出ています") && today.contains(&page) && !today.contains("見本 花子"),
        "{today}"
    );
    // The total counts it, and each tab counts its list.
    assert!(today.contains("対応の要るもの 1件(未着手 1件)"), "{today}");
    for (whose, count) in [("all", 1), ("untaken", 1), ("own", 0), ("others", 0)] {
        let tab = today.split(&format!("/console/today?whose={whose}\"")).last().unwrap();
        let tab = tab.split("</a>").next().unwrap();
        assert!(tab.contains(&format!("<span class=\"num\">{count}</span>")), "{whose}: {tab}");
        let list = other.get(&format!("/console/today?whose={whose}")).await.body.clone();
        assert_eq!(list.matches("<td class=\"c-action\">").count(), count, "{whose}: {list}");
    }
    let red = other.get("/console/today?kind=red").await.body.clone();
    assert!(!red.contains("<td class=\"c-action\">"), "a filter by kind filters transfers out: {red}");
    let list = other.get("/console/transfers").await.body.clone();
    assert!(list.contains("見本 花子") && list.contains("返事をしてください"), "{list}");
    let shown = other.get(&page).await.body.clone();
    for part in ["見本 花子", "転居した", "長女宅へ移りました。", "9:00", "引き受けると、こちらの最初の電話は"]
    {
        assert!(shown.contains(part), "{part} isn't in {shown}");
    }
    for hidden in ["1000000", "1980年", "昭和55", "090-1000-0001", "9010000001"] {
        assert!(!shown.contains(hidden), "{hidden} isn't theirs yet");
    }
    assert_eq!(other.get(&person).await.status, 404);
    let mut again = other.clone();
    other.get(&page).await;
    let accepted = other.post(&page, &[("decision", "accept"), ("times", "kept")]).await;
    assert_eq!(accepted.location.as_deref(), Some(&*format!("{person}?done=transferred")), "{}", accepted.body);
    let theirs = other.get(&format!("{person}?done=transferred")).await.body.clone();
    assert!(theirs.contains("ここからはこちらの対象者です") && theirs.contains("見本 花子"), "{theirs}");
    // The same form again, and the other side's.
    again.get(&page).await;
    let sent = again.post(&page, &[("decision", "accept"), ("times", "kept")]).await;
    assert_eq!(sent.location.as_deref(), Some(&*format!("{person}?done=same")));
    assert_eq!(own.get(&person).await.status, 404);
    let today = own.get("/console/today").await.body.clone();
    assert!(today.contains("移管を引き受けました"), "{today}");
    let told = own.get(&page).await.body.clone();
    assert!(told.contains("引き受けられました") && !told.contains(&format!("href=\"{person}\"")), "{told}");
    own.post(&page, &[("decision", "withdraw")]).await;
    assert!(own.page.location.as_deref().unwrap().ends_with("?told=otherwise"));
    own.get(&page).await;
    own.post(&page, &[("decision", "notice")]).await;
    assert!(!own.get("/console/today").await.body.contains("移管を引き受けました"));
    let actions = site.actions().await;
    for action in
        ["patient.transfer_offered", "patient.transfer_accepted", "patient.transfer_shown", "transfer.noticed"]
    {
        assert!(actions.iter().any(|found| found == action), "{action} isn't in {actions:?}");
    }
}

async fn an_offer_is_declined_or_withdrawn_and_the_other_side_is_told(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (mut own, mut other) = two_nurses(&site).await;
    let page = offered(&site, &mut own).await;
    other.get(&page).await;
    other.post(&page, &[("decision", "decline"), ("reply", "こちらの管轄ではありません。")]).await;
    assert!(other.page.location.as_deref().unwrap().ends_with("?told=declined"), "{}", other.page.body);
    assert!(own.get("/console/today").await.body.contains("移管を断りました"));
    assert!(own.get(&page).await.body.contains("こちらの管轄ではありません。"));
    let page = offered(&site, &mut own).await;
    own.get(&page).await;
    own.post(&page, &[("decision", "withdraw")]).await;
    assert!(own.page.location.as_deref().unwrap().ends_with("?told=withdrawn"));
    assert!(!other.get("/console/today").await.body.contains("申し出ています"));
    other.get(&page).await;
    // What isn't theirs is the same 404 as what doesn't exist.
    for path in ["/console/transfers/x", "/console/transfers/0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04"] {
        assert_eq!(own.get(path).await.status, 404);
    }
    let third = site.member("third@mihon.example", Role::Nurse, Some(SYNTHETIC_CENTRE)).await;
    assert_eq!(site.logged_in(&third).await.get(&page).await.status, 200, "a colleague sees it");
}

async fn what_an_offer_cant_take_is_said_beside_the_field(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (mut own, _) = two_nurses(&site).await;
    let path = format!("/console/patients/{}/transfer", site.patient(0).await);
    let long = "あ".repeat(10_000);
    for (to, reason, note, sentence) in [
        ("", "moved", "", "移管先の保健所を選んでください"),
        ("99999", "moved", "", "移管先の保健所を選んでください"),
        ("<script>", "moved", "", "移管先の保健所を選んでください"),
        (OTHER, "", "", "理由を選んでください"),
        (OTHER, "shoes", "", "理由を選んでください"),
        (OTHER, "other", "", "その他の理由をメモに書いてください"),
        (OTHER, "moved", "左\u{202e}右", "U+202E"),
        (OTHER, "moved", &long, "1000"),
    ] {
        let transfer = own.get(&path).await.hidden("transfer");
        let page = own.post(&path, &[("transfer", &*transfer), ("to", to), ("reason", reason), ("note", note)]).await;
        assert_eq!(page.status, 422, "{to} {reason}");
        assert!(page.body.contains(sentence) && page.body.contains("href=\"#"), "{sentence}: {}", page.body);
        assert!(page.body.contains("<title>エラー:") && !page.body.contains("<script>alert"));
        assert_eq!(page.hidden("transfer"), transfer, "the same offer");
    }
}

async fn times_that_dont_fit_are_chosen_beside_the_field(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (mut own, mut other) = two_nurses(&site).await;
    let page = offered(&site, &mut own).await;
    for (times, typed, sentence) in [
        ("", "", "電話の時刻を選んでください"),
        ("typed", "", "時刻を書いてください"),
        ("typed", "朝", "時刻を読み取れませんでした"),
        ("typed", "3:00", "時間帯の外"),
        ("typed", "8 9 10 11 12", "1日4回まで"),
    ] {
        other.get(&page).await;
        let fields = [("decision", "accept"), ("times", times), ("call_times", typed)];
        let answer = other.post(&page, &fields).await;
        assert_eq!(answer.status, 422, "{typed}: {}", answer.body);
        assert!(answer.body.contains(sentence), "{sentence}: {}", answer.body);
    }
    other.get(&page).await;
    let fields = [("decision", "accept"), ("times", "typed"), ("call_times", "９時半、13時")];
    let patient = site.patient(0).await;
    let answer = other.post(&page, &fields).await;
    assert_eq!(answer.location.as_deref(), Some(&*format!("/console/patients/{patient}?done=transferred")));
    assert!(other.get(&format!("/console/patients/{patient}")).await.body.contains("9:30 13:00"));
}

async fn a_typed_offer_survives_a_log_in_that_ended(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut own = site.logged_in(&nurse).await;
    let path = format!("/console/patients/{}/transfer", site.patient(0).await);
    let transfer = own.get(&path).await.hidden("transfer");
    site.later(jiff::SignedDuration::from_mins(16));
    own.post(&path, &[("transfer", &*transfer), ("to", OTHER), ("reason", "moved"), ("note", "長女宅。")]).await;
    assert!(own.page.location.as_deref().unwrap().starts_with("/console/log-in?kept=1"));
    let mut back = site.logged_in(&nurse).await;
    let page = back.get(&path).await.body.clone();
    assert!(
        page.contains("長女宅。") && page.contains("selected") && page.contains("書きかけの内容を戻しました"),
        "{page}"
    );
}

async fn a_persons_data_are_had_as_a_file(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let (mut own, mut other) = two_nurses(&site).await;
    let path = format!("/console/patients/{}/disclosure", site.patient(0).await);
    assert!(own.get(&path).await.body.contains("開示用ファイル"));
    let file = own.post(&path, &[]).await;
    assert_eq!(file.status, 200);
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"disclosure.json\"");
    assert!(file.headers["content-type"].to_str().unwrap().starts_with("application/json"));
    let file: serde_json::Value = serde_json::from_str(&file.body).unwrap();
    assert_eq!(file["person"]["family_name"], "見本");
    other.get("/console/account").await;
    assert_eq!(other.post(&path, &[]).await.status, 404);
    let actions = site.actions().await;
    assert!(actions.iter().any(|action| action == "patient.disclosure_shown"), "{actions:?}");
}

async fn a_retention_is_saved_after_its_effect_was_shown(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let path = "/console/patients/retention";
    let admin = site.member("kenji@mihon.example", Role::CentreAdministrator, Some(SYNTHETIC_CENTRE)).await;
    let mut admin = site.logged_in(&admin).await;
    assert!(admin.get(path).await.body.contains("自動では消去しない"));
    for wrong in ["0", "121", "一年", "-1", "<script>"] {
        let page = admin.post(path, &[("months", wrong), ("step", "preview")]).await;
        assert_eq!(page.status, 422, "{wrong}");
        assert!(page.body.contains("1から120まで") && page.body.contains("href=\"#months\""), "{}", page.body);
    }
    let page = admin.post(path, &[("months", "１２"), ("step", "preview")]).await;
    assert!(page.body.contains("解除から 12か月") && page.body.contains("まだ保存していません"), "{}", page.body);
    // What wasn't shown isn't saved.
    let page = admin.post(path, &[("months", "6"), ("previewed", "１２"), ("step", "save")]).await;
    assert!(!page.body.contains("<h2>保存しました</h2>"), "{}", page.body);
    let page = admin.post(path, &[("months", "１２"), ("previewed", "１２"), ("step", "save")]).await;
    assert!(page.body.contains("<h2>保存しました</h2>"), "{}", page.body);
    let page = admin.post(path, &[("months", "12"), ("previewed", "12"), ("step", "save")]).await;
    assert!(page.body.contains("新しく変えたものはありません"), "{}", page.body);
    assert!(admin.get("/console/audit").await.body.contains("まだ一度も検証されていません"));
    let actions = site.actions().await;
    assert_eq!(actions.iter().filter(|action| *action == "centre.retention_changed").count(), 1);
    // The history, and undoing: the effect first, as with every other setting.
    let page = admin.get(path).await.body.clone();
    let past = page.split("id=\"past\"").nth(1).unwrap();
    assert!(past.contains("自動では消去しない → 解除から 12か月") && past.contains("見本 直子"), "{page}");
    let page = admin.post(path, &[("months", ""), ("step", "preview")]).await.body.clone();
    assert!(page.contains("だれも自動では消去されなくなります"), "{page}");
    let page = admin.post(path, &[("months", ""), ("previewed", ""), ("step", "save")]).await.body.clone();
    let past = page.split("id=\"past\"").nth(1).unwrap();
    assert!(past.contains("解除から 12か月 → 自動では消去しない"), "{page}");
    assert!(past.contains("name=\"months\" value=\"12\"") && past.contains("今の設定と同じ"), "{page}");
}
