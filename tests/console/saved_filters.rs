//! Saved filters of the list: whose they are, what is never in them, and where they lead; and the columns that each
//! member of staff has chosen.

use jiff::SignedDuration;
use kenkocall::domain::Role;
use kenkocall::lab::SYNTHETIC_CENTRE;

use crate::databases::Fresh;
use crate::site::{OTHER, Site, Visitor};

crate::on_both_databases!(
    a_filter_is_saved_used_renamed_and_deleted,
    a_shared_filter_is_changed_by_its_owner_and_administrators_alone,
    what_is_searched_for_is_never_saved,
    a_wrong_name_is_named_beside_its_field_and_all_else_is_kept,
    a_saved_filter_leads_to_a_round_and_to_a_change_of_many,
    what_was_typed_is_there_after_logging_in_again,
    columns_are_chosen_for_one_account,
);

const PAGE: &str = "/console/patients/filters";
const STOPPED: &str = "?status=stopped&language=zh-Hans";

async fn saved(visitor: &mut Visitor, name: &str, sharing: &str, filter: &str) {
    visitor.get(&format!("{PAGE}{filter}")).await;
    let fields = [("name", name), ("sharing", sharing), ("filter", filter)];
    let page = visitor.post(PAGE, &fields).await;
    assert_eq!(page.location.as_deref(), Some("/console/patients/filters?done=saved"), "{}", page.body);
}

/// The page on which the only filter is changed.
async fn change_page(visitor: &mut Visitor) -> String {
    let body = visitor.get(PAGE).await.body.clone();
    let id = body.split("/console/patients/filters/").nth(1).expect("a filter").split('"').next().unwrap();
    format!("{PAGE}/{id}")
}

async fn a_filter_is_saved_used_renamed_and_deleted(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let plain = visitor.get("/console/patients").await.body.clone();
    assert!(!plain.contains("この絞り込みを保存"), "the usual list needs no name");
    let list = visitor.get(&format!("/console/patients{STOPPED}")).await.body.clone();
    assert!(list.contains("この絞り込みを保存"), "{list}");
    saved(&mut visitor, "停止中の中国語", "own", STOPPED).await;
    // The form sent again is one filter.
    saved(&mut visitor, "停止中の中国語", "own", STOPPED).await;
    let listed = visitor.get(PAGE).await.body.clone();
    assert_eq!(listed.matches("<th scope=\"row\">").count(), 1, "{listed}");
    assert!(listed.contains("/console/patients?status=stopped&#38;language=zh-Hans"), "{listed}");
    let list = visitor.get(&format!("/console/patients{STOPPED}")).await.body.clone();
    assert!(list.contains("aria-current=\"true\">停止中の中国語</a>"), "{list}");
    let change = change_page(&mut visitor).await;
    visitor.get(&change).await;
    let page = visitor.post(&change, &[("name", "停止・中国語"), ("sharing", "shared")]).await;
    assert_eq!(page.location.as_deref(), Some("/console/patients/filters?done=changed"));
    let listed = visitor.get(PAGE).await.body.clone();
    assert!(listed.contains("停止・中国語") && listed.contains("保健所の全員"), "{listed}");
    visitor.get(&change).await;
    let page = visitor.post(&format!("{change}/delete"), &[]).await;
    assert_eq!(page.location.as_deref(), Some("/console/patients/filters?done=deleted"));
    assert!(visitor.get(PAGE).await.body.contains("保存した絞り込みはまだありません"));
    let actions = site.actions().await;
    for action in ["filter.saved", "filter.changed", "filter.deleted"] {
        assert_eq!(actions.iter().filter(|found| *found == action).count(), 1, "{action}: {actions:?}");
    }
}

async fn a_shared_filter_is_changed_by_its_owner_and_administrators_alone(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut owner = site.logged_in(&nurse).await;
    saved(&mut owner, "共有", "shared", STOPPED).await;
    let change = change_page(&mut owner).await;
    let colleague = site.member("b@mihon.example", Role::Nurse, Some(SYNTHETIC_CENTRE)).await;
    let administrator = site.member("c@mihon.example", Role::CentreAdministrator, Some(SYNTHETIC_CENTRE)).await;
    let stranger = site.member("d@mihon.example", Role::CentreAdministrator, Some(OTHER)).await;
    let mut colleague = site.logged_in(&colleague).await;
    let seen = colleague.get(PAGE).await.body.clone();
    assert!(seen.contains("共有") && !seen.contains("変更・削除"), "{seen}");
    // Another centre's id in an address: 404, and an entry in the audit trail.
    let mut stranger = site.logged_in(&stranger).await;
    assert!(!stranger.get(PAGE).await.body.contains("共有"));
    for visitor in [&mut colleague, &mut stranger] {
        assert_eq!(visitor.get(&change).await.status, 404);
        for path in [change.clone(), format!("{change}/delete")] {
            visitor.get("/console/account").await;
            assert_eq!(visitor.post(&path, &[("name", "x"), ("sharing", "own")]).await.status, 404);
        }
    }
    assert_eq!(site.actions().await.iter().filter(|action| *action == "filter.not_found").count(), 6);
    assert_eq!(owner.get(&change).await.status, 200);
    let mut administrator = site.logged_in(&administrator).await;
    administrator.get(&change).await;
    assert_eq!(administrator.post(&format!("{change}/delete"), &[]).await.status, 303);
    // One's own is one's own: not even an administrator sees it.
    saved(&mut owner, "自分", "own", STOPPED).await;
    let change = change_page(&mut owner).await;
    assert!(!administrator.get(PAGE).await.body.contains("自分</a>"));
    assert_eq!(administrator.get(&change).await.status, 404);
}

async fn what_is_searched_for_is_never_saved(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    visitor.get("/console/patients").await;
    let found = visitor.post("/console/patients", &[("text", "見本 花子")]).await.location.clone().unwrap();
    let query = found.split_once('?').unwrap().1.to_owned();
    let page = visitor.get(&format!("{PAGE}?{query}")).await.body.clone();
    assert!(page.contains("検索した言葉は個人の情報なので、保存しません。") && !page.contains("見本 花子"), "{page}");
    let fields = [("name", "検索"), ("sharing", "own"), ("filter", &*format!("?{query}"))];
    assert_eq!(visitor.post(PAGE, &fields).await.status, 303);
    let listed = visitor.get(PAGE).await.body.clone();
    assert!(listed.contains("/console/patients?status=all\""), "{listed}");
    assert!(!listed.contains("search="), "{listed}");
}

async fn a_wrong_name_is_named_beside_its_field_and_all_else_is_kept(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    saved(&mut visitor, "停止中", "own", STOPPED).await;
    let long = "長".repeat(41);
    for (name, sentence) in [
        ("", "名前を書いてください"),
        (long.as_str(), "名前は40文字までにしてください"),
        ("花\u{202e}子", "見えない文字や改行が入っています"),
        ("停止中", "同じ名前の絞り込みがあります"),
    ] {
        visitor.get(&format!("{PAGE}?status=off")).await;
        let fields = [("name", name), ("sharing", "shared"), ("filter", "?status=off")];
        let page = visitor.post(PAGE, &fields).await;
        assert_eq!(page.status, 422, "{name}");
        assert!(page.body.contains("href=\"#name\"") && page.body.contains("id=\"name-error\""), "{}", page.body);
        assert!(page.body.contains(sentence), "{name}: {}", page.body);
        assert!(page.body.contains("value=\"shared\" checked") && page.body.contains("value=\"?status=off\""));
    }
    // A script in a name is shown harmlessly.
    saved(&mut visitor, "<script>x", "own", "?status=off").await;
    let page = visitor.get("/console/patients").await.body.clone();
    assert!(page.contains("&#60;script&#62;x") && !page.contains("<script>x"), "{page}");
}

async fn a_saved_filter_leads_to_a_round_and_to_a_change_of_many(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    saved(&mut visitor, "かける人", "own", "?status=called").await;
    let round = visitor.get("/console/round").await.body.clone();
    assert!(round.contains("href=\"/console/round?status=called\""), "{round}");
    let round = visitor.get("/console/round?status=called").await.body.clone();
    assert!(round.contains("value=\"round=1&#38;status=called\""), "{round}");
    let list = visitor.get("/console/patients?status=called").await.body.clone();
    assert!(list.contains("name=\"filter\" value=\"?status=called\""), "{list}");
    let fields = [("of", "all"), ("kind", "call_times"), ("times", "10:30"), ("filter", "?status=called")];
    let page = visitor.post("/console/patients/bulk", &fields).await;
    assert_eq!(page.status, 303, "{}", page.body);
}

async fn what_was_typed_is_there_after_logging_in_again(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    visitor.get(&format!("{PAGE}{STOPPED}")).await;
    site.later(SignedDuration::from_mins(16));
    let fields = [("name", "停止中の人"), ("sharing", "shared"), ("filter", STOPPED)];
    let page = visitor.post(PAGE, &fields).await;
    assert!(page.location.as_deref().unwrap_or_default().contains("/log-in?kept=1"), "{:?}", page.location);
    visitor.log_in(&site, &nurse).await;
    let page = visitor.get(PAGE).await.body.clone();
    assert!(page.contains("value=\"停止中の人\"") && page.contains("value=\"shared\" checked"), "{page}");
}

async fn columns_are_chosen_for_one_account(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let colleague = site.member("b@mihon.example", Role::Nurse, Some(SYNTHETIC_CENTRE)).await;
    let (mut visitor, mut other) = (site.logged_in(&nurse).await, site.logged_in(&colleague).await);
    let usual = visitor.get("/console/patients").await.body.clone();
    assert!(usual.contains("生年月日</th>") && !usual.contains("観察開始日</th>"), "{usual}");
    visitor.get("/console/patients/columns").await;
    let chosen = [("column[]", "monitoring_start"), ("column[]", "spo2"), ("column[]", "nonsense")];
    assert_eq!(visitor.post("/console/patients/columns", &chosen).await.status, 303);
    let list = visitor.get("/console/patients").await.body.clone();
    assert!(list.contains("観察開始日</th>") && list.contains("SpO2</th>"), "{list}");
    assert!(!list.contains("生年月日</th>") && !list.contains("HER-SYS ID</th>"), "{list}");
    let row = list.split("<tbody>").nth(1).unwrap().split("</tr>").next().unwrap();
    assert_eq!(row.matches("<td").count() + row.matches("<th").count(), 4, "{row}");
    assert!(other.get("/console/patients").await.body.contains("生年月日</th>"));
    // Another log-in of the same account has them too, and they can be put back.
    let mut again = site.logged_in(&nurse).await;
    assert!(!again.get("/console/patients").await.body.contains("生年月日</th>"));
    again.get("/console/patients/columns").await;
    again.post("/console/patients/columns", &[("usual", "1")]).await;
    assert!(again.get("/console/patients").await.body.contains("生年月日</th>"));
    assert_eq!(site.actions().await.iter().filter(|action| *action == "account.list_columns").count(), 2);
}
