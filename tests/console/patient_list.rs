//! The list of patients: search by what people type, filters, pages by key, and nothing about anybody in an address.

use jiff::civil::date;
use kenkocall::domain::{
    AlertKind, BirthDate, CentreCode, HersysId, Language, Oximeter, PatientId, PhoneNumber, Role, Sensitive,
};
use kenkocall::lab::SYNTHETIC_CENTRE;
use kenkocall::store::patients::{self, Calling, PatientRow};
use uuid::Uuid;

use crate::databases::Fresh;
use crate::site::{OTHER, Site, Visitor};

crate::on_both_databases!(
    people_are_found_by_what_is_typed,
    nothing_about_anybody_is_in_an_address,
    filters_hold_together_and_each_can_be_removed,
    pages_follow_each_other_and_show_everybody_once,
    somebody_new_is_registered_once_and_a_likely_double_is_shown,
);

fn person(nth: u32, family: &str, given: &str) -> PatientRow {
    let now = "2026-11-27T00:00:00Z".parse().unwrap();
    PatientRow {
        id: PatientId(Uuid::now_v7()),
        centre: CentreCode::parse(SYNTHETIC_CENTRE).unwrap(),
        hersys_id: HersysId::parse(&(2_000_000 + nth).to_string()).unwrap(),
        birth_date: BirthDate::new(date(1948, 4, 12), date(2026, 11, 28)).unwrap(),
        family_name: Sensitive::new(family),
        given_name: Sensitive::new(given),
        phone_number: Some(PhoneNumber::from_e164(&format!("+8190200{nth:05}")).unwrap()),
        automated_call: true,
        call_times: String::new(),
        language: Language::Japanese,
        diagnosis_date: None,
        monitoring_start: None,
        stopped_at: None,
        released_at: None,
        created_at: now,
        updated_at: now,
        revision: 1,
        calling: Calling::default(),
        known_in: Vec::new(),
        oximeter: Oximeter::Unknown,
        spo2_asked_at: None,
    }
}

async fn added(site: &Site, people: &[PatientRow]) {
    let mut tx = site.context.database.begin_write().await.unwrap();
    patients::insert(&mut tx, people).await.unwrap();
    tx.commit().await.unwrap();
}

/// The names on a page, in its order.
fn names(page: &str) -> Vec<String> {
    let rows = page.split("<th scope=\"row\"><a href=\"").skip(1);
    rows.map(|row| row.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned()).collect()
}

async fn searched(visitor: &mut Visitor, text: &str) -> Vec<String> {
    visitor.get("/console/patients").await;
    let found = visitor.post("/console/patients", &[("text", text)]).await.location.clone().expect("a page");
    names(&visitor.get(&found).await.body)
}

async fn people_are_found_by_what_is_typed(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut elsewhere = person(4, "髙橋", "別");
    elsewhere.centre = CentreCode::parse(OTHER).unwrap();
    let mut released = person(3, "山﨑", "ミホ");
    released.released_at = Some(site.clock.now());
    released.birth_date = BirthDate::new(date(1971, 12, 31), date(2026, 11, 28)).unwrap();
    added(&site, &[person(1, "髙橋", "花子"), person(2, "齋藤", "みほ"), released, elsewhere]).await;
    let mut visitor = site.logged_in(&nurse).await;
    for (text, expected) in [
        ("高橋", &["髙橋 花子"][..]),
        ("髙橋　花", &["髙橋 花子"]),
        ("橋花", &["髙橋 花子"]),
        ("ﾐﾎ", &["齋藤 みほ", "山﨑 ミホ"]),
        ("斉藤", &["齋藤 みほ"]),
        ("山崎", &["山﨑 ミホ"]),
        ("2000002", &["齋藤 みほ"]),
        ("ＩＤ ０２００００２", &[]),
        ("090-2000-0001", &["髙橋 花子"]),
        ("+819020000003", &["山﨑 ミホ"]),
        ("昭和23年4月12日", &["髙橋 花子", "齋藤 みほ"]),
        ("S46.12.31", &["山﨑 ミホ"]),
        ("19711231", &["山﨑 ミホ"]),
        ("100%", &[]),
        ("_", &[]),
        ("2000004", &[]),
    ] {
        assert_eq!(searched(&mut visitor, text).await, expected, "{text}");
    }
    assert!(visitor.page.body.contains("当てはまる人はいません"));
}

async fn nothing_about_anybody_is_in_an_address(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    added(&site, &[person(1, "髙橋", "花子")]).await;
    let mut visitor = site.logged_in(&nurse).await;
    visitor.get("/console/patients").await;
    visitor.post("/console/patients", &[("text", "高橋")]).await;
    let address = visitor.page.location.clone().unwrap();
    assert!(
        address.starts_with("/console/patients?search=") && address.is_ascii() && !address.contains('%'),
        "{address}"
    );
    let page = visitor.get(&address).await.body.clone();
    assert!(page.contains("「高橋」") && page.contains("value=\"高橋\""), "{page}");
    for link in page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(link.starts_with("tel:") || !link.contains("2000001"), "{link}");
    }
    // The search is its own person's: a colleague who gets the address sees neither the terms nor their result.
    let member = site.member("jiro@mihon.example", Role::Nurse, Some(SYNTHETIC_CENTRE)).await;
    let mut colleague = site.logged_in(&member).await;
    let theirs = colleague.get(&address).await.body.clone();
    assert!(!theirs.contains("高橋") && theirs.contains("探した言葉は残っていません"), "{theirs}");
    assert!(site.actions().await.contains(&"patients.listed".to_owned()));
}

async fn filters_hold_together_and_each_can_be_removed(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut stopped = person(1, "架空", "一郎");
    stopped.stopped_at = Some(site.clock.now());
    let mut korean = person(2, "架空", "二郎");
    korean.language = Language::Korean;
    let mut released = person(3, "架空", "三郎");
    released.released_at = Some(site.clock.now());
    let off = PatientRow { automated_call: false, ..person(4, "架空", "四郎") };
    let red = korean.id;
    added(&site, &[stopped, korean, released, off]).await;
    site.alert(AlertKind::RedAnswer, Some(red), 5).await;
    site.alert(AlertKind::Unanswered, Some(red), 5).await;
    let mut visitor = site.logged_in(&nurse).await;
    for (query, expected) in [
        ("", &["見本 花子", "見本 花子", "架空 一郎", "架空 二郎", "架空 四郎"][..]),
        ("?status=stopped", &["架空 一郎"]),
        ("?status=released", &["架空 三郎"]),
        ("?status=off", &["架空 四郎"]),
        ("?status=called", &["見本 花子", "見本 花子", "架空 二郎"]),
        ("?status=held_back", &[]),
        ("?language=ko", &["架空 二郎"]),
        ("?severity=red", &["架空 二郎"]),
        ("?severity=amber", &[]),
        ("?language=ko&severity=red&today=missing", &["架空 二郎"]),
        ("?status=released&language=ko", &[]),
    ] {
        let page = visitor.get(&format!("/console/patients{query}")).await;
        assert_eq!(names(&page.body), expected, "{query}");
        let hits = format!("<b class=\"num\">{}人</b>", expected.len());
        assert!(page.body.contains(&hits), "{query}: {}", page.body);
        let parts = query.matches('=').count();
        assert_eq!(page.body.matches("class=\"chip\"").count(), parts, "{query}");
    }
    let page = visitor.get("/console/patients?language=ko&severity=red").await.body.clone();
    for without in ["/console/patients?language=ko\"", "/console/patients?severity=red\""] {
        assert!(page.contains(without), "{without} isn't in {page}");
    }
}

async fn pages_follow_each_other_and_show_everybody_once(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let many: Vec<PatientRow> = (0..120).map(|nth| person(nth, "架空", &format!("{nth}"))).collect();
    added(&site, &many).await;
    let mut visitor = site.logged_in(&nurse).await;
    let mut path = "/console/patients".to_owned();
    let (mut seen, mut pages) = (Vec::new(), 0);
    loop {
        let page = visitor.get(&path).await.body.clone();
        assert!(page.contains("<b class=\"num\">122人</b>"), "each page says how many there are: {page}");
        seen.extend(names(&page));
        pages += 1;
        match page.split("href=\"/console/patients?after=").nth(1) {
            Some(rest) => path = format!("/console/patients?after={}", rest.split('"').next().unwrap()),
            None => break,
        }
    }
    assert_eq!((pages, seen.len()), (3, 122));
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 121, "both synthetic patients have the same name");
    assert_eq!(site.actions().await.iter().filter(|action| *action == "patients.listed").count(), 3);
    // The place in the list is one of the reader's own people.
    let theirs = PatientRow { centre: CentreCode::parse(OTHER).unwrap(), ..person(500, "架空", "別") };
    let after = format!("/console/patients?after={}", theirs.id);
    added(&site, &[theirs]).await;
    assert_eq!(visitor.get(&after).await.status, 404);
    assert!(site.actions().await.contains(&"patient.not_found".to_owned()));
}

async fn somebody_new_is_registered_once_and_a_likely_double_is_shown(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let known = person(1, "髙橋", "花子");
    let double = known.id;
    added(&site, &[known]).await;
    let mut visitor = site.logged_in(&nurse).await;
    let path = "/console/patients/new";
    let fields = [
        ("hersys_id", "２０００００９"),
        ("birth_date", "昭和23年4月12日"),
        ("family_name", "高橋"),
        ("given_name", "花子"),
        ("phone_number", "090-2000-0009"),
        ("automated_call", "yes"),
        ("call_times", "930"),
        ("language", "ja"),
        ("oximeter", "unknown"),
    ];
    visitor.get(path).await;
    let with = |more: &[(&'static str, &'static str)]| -> Vec<(&'static str, &'static str)> {
        let kept = fields.iter().filter(|(name, _)| !more.iter().any(|(of, _)| of == name));
        kept.chain(more).copied().collect()
    };
    for (more, sentence) in [
        (&[("hersys_id", "12")][..], "6桁から8桁"),
        (&[("birth_date", "")], "生年月日を入力してください"),
        (&[("given_name", " ")], "名を入力してください"),
        (&[("phone_number", "090-2000-0001")], "ほかの人への自動架電"),
    ] {
        let page = visitor.post(path, &with(more)).await;
        assert!(page.status == 422 && page.body.contains(sentence), "{sentence}: {}", page.body);
    }
    visitor.get(path).await;
    let page = visitor.post(path, &fields).await.body.clone();
    assert!(page.contains("同じ人かもしれません") && page.contains(&format!("/console/patients/{double}\"")), "{page}");
    assert!(page.contains("別の人として登録") && page.contains("まだ登録していません"), "{page}");
    let previewed = visitor.page.hidden("previewed");
    let mut save = fields.to_vec();
    save.extend([("step", "save"), ("previewed", previewed.as_str())]);
    let mut again = visitor.clone();
    let person = visitor.post(path, &save).await.location.clone().expect("the person's page");
    assert!(person.ends_with("?done=registered"), "{person}");
    let page = visitor.get(&person).await.body.clone();
    assert!(page.contains("登録しました") && page.contains("高橋 花子") && page.contains("2000009"), "{page}");
    // The same form again: the same person, and the page says so.
    let same = again.post(path, &save).await.location.clone().expect("the person's page");
    assert_eq!(same, person.replace("registered", "same"));
    assert_eq!(searched(&mut visitor, "2000009").await.len(), 1);
    // Somebody else with the same ID isn't registered over the first.
    let mut other = with(&[("family_name", "架空"), ("phone_number", "")]);
    other.retain(|(name, _)| *name != "automated_call");
    other.push(("automated_call", "no"));
    visitor.get(path).await;
    let previewed = {
        visitor.post(path, &other).await;
        visitor.page.hidden("previewed")
    };
    other.extend([("step", "save"), ("previewed", previewed.as_str())]);
    let page = visitor.post(path, &other).await;
    assert!(page.status == 422 && page.body.contains("すでに登録されています"), "{}", page.body);
    a_taken_id_is_told_before_anything_is_saved(&site, &mut visitor, with).await;
    let actions = site.actions().await;
    assert!(actions.contains(&"patient.double_shown".to_owned()) && actions.contains(&"patient.added".to_owned()));
}

/// The preview of an ID says that it is taken, also by a patient of another health centre, and not of which.
async fn a_taken_id_is_told_before_anything_is_saved(
    site: &Site,
    visitor: &mut Visitor,
    with: impl Fn(&[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)>,
) {
    let path = "/console/patients/new";
    let mut theirs = person(19, "架空", "太郎");
    theirs.centre = CentreCode::parse(OTHER).unwrap();
    added(site, &[theirs]).await;
    for id in ["2000001", "2000019"] {
        let fresh = with(&[("hersys_id", id), ("family_name", "架空"), ("phone_number", "090-2000-0123")]);
        visitor.get(path).await;
        let page = visitor.post(path, &fresh).await;
        assert!(page.status == 422 && page.body.contains("この HER-SYS ID はすでに登録されています"), "{}", page.body);
        assert!(page.body.contains("href=\"#hersys_id\"") && !page.body.contains("value=\"save\""), "{}", page.body);
        assert!(
            !page.body.contains(OTHER) && !page.body.contains("架空区保健所"),
            "it doesn't say whose: {}",
            page.body
        );
        assert!(page.body.contains("value=\"090-2000-0123\""), "what was typed is kept: {}", page.body);
    }
}
