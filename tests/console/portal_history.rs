//! The history of a person in the portal: past days as a chart and a table, the newest first, and closed.

use jiff::SignedDuration;
use kenkocall::domain::{Actor, HersysId, Item, PageLanguage};
use kenkocall::service::release_patient;

use crate::databases::Fresh;
use crate::portal_site::{BIRTH_DATE, HANAKO, Portal, hersys_id};
use crate::site::Visitor;

crate::on_both_databases!(
    m7_past_days_are_a_chart_and_a_table_and_closed,
    h8_somebody_released_still_sees_the_history,
    h6_a_link_and_a_stranger_see_no_history,
    many_days_are_on_several_pages,
    the_history_is_in_the_readers_language_with_its_dates,
);

/// Sends all questions on one page.
pub async fn report(visitor: &mut Visitor, temperature: &str, yes: &[Item]) {
    let page = visitor.get("/portal/report?view=all").await.clone();
    let (form, questions) = (page.hidden("form"), page.hidden("questions"));
    let answer = |item: Item| match item {
        Item::BodyTemperature => temperature,
        Item::Spo2 => "98",
        _ if yes.contains(&item) => "yes",
        _ => "no",
    };
    let asked = Item::ALL.into_iter().filter(|item| *item != Item::BreathlessnessSevere);
    let mut fields: Vec<(&str, &str)> = asked.map(|item| (item.code(), answer(item))).collect();
    fields.extend([("form", form.as_str()), ("questions", questions.as_str())]);
    let page = visitor.post("/portal/report", &fields).await;
    assert_eq!(page.location.as_deref(), Some("/portal/report/done"), "{}", page.body);
}

/// An account with a person who reports on so many days in a row.
async fn after_days(portal: &Portal, days: u32) -> Visitor {
    let mut visitor = portal.signed_up(HANAKO).await;
    assert!(portal.add(&mut visitor, &hersys_id(0), BIRTH_DATE).await, "{}", visitor.page.body);
    for day in 0..days {
        if day > 0 {
            portal.site.later(SignedDuration::from_hours(24));
        }
        report(&mut visitor, &format!("37.{}", day % 10), &[Item::Diarrhoea]).await;
    }
    visitor
}

async fn m7_past_days_are_a_chart_and_a_table_and_closed(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.signed_up(HANAKO).await;
    assert!(portal.add(&mut visitor, &hersys_id(0), BIRTH_DATE).await, "{}", visitor.page.body);
    assert!(visitor.get("/portal").await.body.contains("履歴を確認する"));
    let page = visitor.get("/portal/history").await;
    assert!(page.body.contains("まだ報告がありません") && !page.body.contains("<svg class=\"chart\""), "{}", page.body);
    report(&mut visitor, "37.4", &[Item::Diarrhoea]).await;
    portal.site.later(SignedDuration::from_hours(48));
    report(&mut visitor, "36.6", &[]).await;
    let page = visitor.get("/portal/history").await.body.clone();
    for told in
        ["<svg class=\"chart\"", "37.4 ℃", "36.6 ℃", "98%", "下痢", "過去の日の報告は締め切られていて", "My HER-SYS"]
    {
        assert!(page.contains(told), "{told}: {page}");
    }
    let table = page.split("<tbody").nth(1).unwrap();
    let at = |day: &str| table.find(day).unwrap_or_else(|| panic!("{day}: {table}"));
    assert!(at("11月30日") < at("11月29日") && at("11月29日") < at("11月28日"), "the newest first: {table}");
    assert!(table.contains("報告はありません"), "the day between has none: {table}");
    let closed = ["name=\"body_temperature\"", "type=\"text\"", "/report"];
    assert!(closed.iter().all(|field| !table.contains(field)), "nothing can be changed: {table}");
    assert!(portal.site.actions().await.contains(&"portal.history_shown".to_owned()));
}

async fn h8_somebody_released_still_sees_the_history(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = after_days(&portal, 1).await;
    let id = HersysId::parse(&hersys_id(0)).unwrap();
    release_patient(&portal.site.context, &Actor::System, &id).await.unwrap();
    portal.site.later(SignedDuration::from_hours(72));
    // A log-in that was to stay until the release has ended.
    visitor.get("/portal/log-in").await;
    visitor.post("/portal/log-in", &[("email", HANAKO), ("step", "code")]).await;
    let code = portal.code().await;
    visitor.get("/portal/code").await;
    visitor.post("/portal/code", &[("code", &code)]).await;
    let page = visitor.get("/portal/history").await;
    assert!(page.body.contains("37.0 ℃") && page.body.contains("報告は終わりました"), "{}", page.body);
    assert!(!page.body.contains("報告はありません"), "no day is missing after the release: {}", page.body);
}

async fn h6_a_link_and_a_stranger_see_no_history(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    after_days(&portal, 1).await;
    let mut link = portal.visitor();
    let page = link.get("/portal/history").await;
    assert_eq!(page.location.as_deref(), Some("/portal/log-in?next=/history"), "without a log-in, there is none");
    assert_eq!(link.get("/portal/r/history").await.status, 404);
    let mut stranger = portal.signed_up("taro@mihon.example").await;
    assert!(portal.add(&mut stranger, &hersys_id(1), BIRTH_DATE).await);
    let page = stranger.get("/portal/history").await;
    assert!(page.status == 200 && !page.body.contains("37.0"), "{}", page.body);
}

async fn many_days_are_on_several_pages(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = after_days(&portal, 16).await;
    let newest = visitor.get("/portal/history").await.body.clone();
    assert!(newest.contains("?page=2") && !newest.contains("?page=0"), "{newest}");
    assert!(newest.contains("12月13日") && newest.contains("11月30日") && !newest.contains("11月29日"), "{newest}");
    let older = visitor.get("/portal/history?page=2").await.body.clone();
    assert!(older.contains("11月29日") && older.contains("11月28日") && older.contains("?page=1"), "{older}");
    assert!(!older.contains("11月30日"), "each day is on one page: {older}");
    for page in ["99", "-1", "x", "%00"] {
        assert_eq!(visitor.get(&format!("/portal/history?page={page}")).await.status, 200, "{page}");
    }
}

async fn the_history_is_in_the_readers_language_with_its_dates(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = after_days(&portal, 1).await;
    for (code, told) in [
        ("ja", ["11月28日", "下痢"]),
        ("ja-easy", ["<ruby>月<rp>(</rp><rt>がつ</rt>", "おなかを こわした"]),
        ("en", ["November 28", "Diarrhoea"]),
        ("zh-Hans", ["11月28日", "腹泻"]),
        ("zh-Hant", ["11月28日", "腹瀉"]),
        ("ko", ["11월 28일", "설사"]),
        ("es", ["28 de noviembre", "Diarrea"]),
        ("pt", ["28 de novembro", "Diarreia"]),
    ] {
        let language = PageLanguage::from_code(code).unwrap();
        let page = visitor.get(&format!("/portal/history?language={code}")).await;
        assert!(page.body.contains(&format!("<html lang=\"{}\">", language.tag())), "{}", page.body);
        for told in told {
            assert!(page.body.contains(told), "{code}: {told}: {}", page.body);
        }
    }
}
