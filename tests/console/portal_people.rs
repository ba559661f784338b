//! The people of an account of the portal (M3–M6, M11), and guesses at them (H7, H8).

use kenkocall::domain::{Actor, AlertKind, HersysId};
use kenkocall::service::{erase_person, release_patient};
use kenkocall::store::alerts;

use crate::databases::Fresh;
use crate::db_assertions::DatabaseAssertions;
use crate::portal_history::report;
use crate::portal_site::{BIRTH_DATE, HANAKO, Portal, hersys_id};

crate::on_both_databases!(
    a_family_is_added_and_one_of_them_shown,
    an_unknown_id_and_a_wrong_birth_date_say_the_same,
    guesses_count_as_on_the_phone_and_lock_nobody_out_who_has_the_person,
    somebody_released_is_added_and_reporting_has_ended,
    what_was_typed_is_read_or_asked_for_again,
    an_erased_person_takes_the_account_along,
    the_list_of_people_says_what_was_last_reported_of_each,
    an_empty_name_is_named_in_the_list_of_mistakes_in_every_language,
);

const MISMATCH: &str = "ご入力いただいた生年月日もしくはHER-SYS IDに誤りがあります";
const TAKEN: &str = "ご指定の内容はすでに登録されています";

async fn a_family_is_added_and_one_of_them_shown(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.signed_up(HANAKO).await;
    assert_eq!(visitor.get("/portal").await.location.as_deref(), Some("/portal/people/add"), "nobody is there yet");
    for nth in 0..2 {
        assert!(portal.add(&mut visitor, &hersys_id(nth), BIRTH_DATE).await, "{}", visitor.page.body);
        assert_eq!(visitor.page.location.as_deref(), Some("/portal?done=added"));
    }
    // Sent twice.
    assert!(!portal.add(&mut visitor, &hersys_id(1), BIRTH_DATE).await);
    assert!(visitor.page.body.contains("このアカウントにもう登録されています"), "{}", visitor.page.body);
    let page = visitor.get("/portal/people").await.clone();
    let second = portal.site.patient(1).await;
    let field = format!("label-{second}");
    assert!(page.body.contains(&field), "{}", page.body);
    visitor.post("/portal/people", &[(&field, "2回目")]).await;
    assert_eq!(visitor.page.location.as_deref(), Some("/portal/people?done=1"));
    let page = visitor.get("/portal").await.clone();
    assert!(page.body.contains("<h1>見本 花子(2回目)</h1>"), "the last one added: {}", page.body);
    assert!(page.body.contains("現在の健康状態を入力する") && page.body.contains("まだ"), "{}", page.body);
    assert!(page.body.contains("tel:+81") && page.body.contains("119番"), "{}", page.body);
    let first = portal.site.patient(0).await.to_string();
    visitor.post("/portal/person", &[("person", &first)]).await;
    assert!(visitor.get("/portal").await.body.contains("<h1>見本 花子</h1>"));
    let stranger = portal.site.patient(3).await.to_string();
    assert_eq!(visitor.post("/portal/person", &[("person", &stranger)]).await.status, 404, "not theirs");
    assert!(portal.site.actions().await.contains(&"portal.person_added".to_owned()));
}

async fn an_unknown_id_and_a_wrong_birth_date_say_the_same(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut holder = portal.signed_up("taro@mihon.example").await;
    assert!(portal.add(&mut holder, &hersys_id(1), BIRTH_DATE).await);
    let id = HersysId::parse(&hersys_id(2)).unwrap();
    release_patient(&portal.site.context, &Actor::System, &id).await.unwrap();
    let mut visitor = portal.signed_up(HANAKO).await;
    // Unknown; somebody's with a wrong date; in another account; released.
    for id in ["99999999", &hersys_id(0), &hersys_id(1), &hersys_id(2)] {
        assert!(!portal.add(&mut visitor, id, "1980-04-02").await);
        assert!(visitor.page.body.contains(MISMATCH), "{}", visitor.page.body);
        assert!(!visitor.page.body.contains(TAKEN));
    }
    assert!(!portal.add(&mut visitor, &hersys_id(1), BIRTH_DATE).await);
    assert!(visitor.page.body.contains(TAKEN), "both are right: {}", visitor.page.body);
    assert!(portal.site.actions().await.contains(&"portal.person_refused".to_owned()));
}

async fn guesses_count_as_on_the_phone_and_lock_nobody_out_who_has_the_person(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut holder = portal.signed_up("taro@mihon.example").await;
    assert!(portal.add(&mut holder, &hersys_id(0), BIRTH_DATE).await);
    let mut guesser = portal.signed_up(HANAKO).await;
    for day in 10..22 {
        portal.site.later(jiff::SignedDuration::from_mins(4));
        assert!(!portal.add(&mut guesser, &hersys_id(1), &format!("1981-05-{day}")).await);
        assert!(guesser.page.body.contains(MISMATCH));
    }
    assert!(!portal.add(&mut guesser, &hersys_id(1), BIRTH_DATE).await, "too many were tried");
    assert!(guesser.page.body.contains(MISMATCH), "{}", guesser.page.body);
    let kept = DatabaseAssertions::at(&fresh.url);
    assert!(kept.count("identifications WHERE outcome = 'mismatch' AND lane = 'outsider'").await > 3);
    assert!(kept.count("identifications WHERE outcome = 'locked'").await > 0);
    let patient = portal.site.patient(1).await;
    let mut tx = portal.site.context.database.begin_read().await.unwrap();
    let open = alerts::open_about(&mut tx, patient, AlertKind::Guessing).await.unwrap();
    drop(tx);
    assert!(!open.is_empty(), "staff see it");
    // Who has a person isn't asked again.
    assert!(holder.get("/portal").await.body.contains("現在の健康状態を入力する"));
    // And who is no guesser can still add somebody else.
    assert!(portal.add(&mut holder, &hersys_id(2), BIRTH_DATE).await, "{}", holder.page.body);
}

async fn somebody_released_is_added_and_reporting_has_ended(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let id = HersysId::parse(&hersys_id(0)).unwrap();
    release_patient(&portal.site.context, &Actor::System, &id).await.unwrap();
    let mut visitor = portal.signed_up(HANAKO).await;
    assert!(portal.add(&mut visitor, &hersys_id(0), BIRTH_DATE).await, "{}", visitor.page.body);
    let page = visitor.get("/portal?done=added").await;
    assert!(page.body.contains("報告は終わりました"), "{}", page.body);
    assert!(!page.body.contains("現在の健康状態を入力する"), "{}", page.body);
}

async fn what_was_typed_is_read_or_asked_for_again(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.signed_up(HANAKO).await;
    let wide: String = hersys_id(0).chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
    for birth_date in ["１９８０/４/１", "S55.4.1", "19800401", "昭和５５年４月１日"] {
        visitor.get("/portal/people/add").await;
        let fields = [("family_name", "髙橋"), ("given_name", "𠮷"), ("birth_date", birth_date), ("hersys_id", &wide)];
        visitor.post("/portal/people/add", &fields).await;
        assert!(visitor.page.body.contains("1980年4月1日"), "{birth_date}: {}", visitor.page.body);
        assert!(visitor.page.body.contains("髙橋 𠮷"));
    }
    let fields = [("family_name", "<b>"), ("given_name", ""), ("birth_date", "昭和65年1月1日"), ("hersys_id", "12")];
    visitor.get("/portal/people/add").await;
    visitor.post("/portal/people/add", &fields).await;
    assert_eq!(visitor.page.status, 422);
    for kept in
        ["value=\"&#60;b&#62;\"", "value=\"昭和65年1月1日\"", "value=\"12\"", "given_name-error", "hersys_id-error"]
    {
        assert!(visitor.page.body.contains(kept), "{kept}: {}", visitor.page.body);
    }
}

async fn an_erased_person_takes_the_account_along(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.signed_up(HANAKO).await;
    assert!(portal.add(&mut visitor, &hersys_id(0), BIRTH_DATE).await);
    let id = HersysId::parse(&hersys_id(0)).unwrap();
    release_patient(&portal.site.context, &Actor::System, &id).await.unwrap();
    portal.site.later(jiff::SignedDuration::from_hours(49));
    erase_person(&portal.site.context, &Actor::System, &id).await.unwrap();
    let kept = DatabaseAssertions::at(&fresh.url);
    for table in ["portal_people", "portal_accounts", "portal_sessions", "portal_codes", "identifications"] {
        assert_eq!(kept.count(table).await, 0, "{table}");
    }
}

/// Issue 16, item 2.
async fn the_list_of_people_says_what_was_last_reported_of_each(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.signed_up(HANAKO).await;
    assert!(portal.add(&mut visitor, &hersys_id(0), BIRTH_DATE).await);
    assert!(!visitor.get("/portal").await.body.contains("<select"), "there is nothing to choose");
    assert!(portal.add(&mut visitor, &hersys_id(1), BIRTH_DATE).await);
    let page = visitor.get("/portal").await.body.clone();
    assert_eq!(page.matches("見本 花子(報告はまだありません)</option>").count(), 2, "{page}");
    report(&mut visitor, "36.8", &[]).await;
    let page = visitor.get("/portal").await.body.clone();
    assert!(page.contains("月") && page.contains(" 36.8 ℃)</option>"), "{page}");
    assert_eq!(page.matches("見本 花子(報告はまだありません)</option>").count(), 1, "{page}");
}

async fn an_empty_name_is_named_in_the_list_of_mistakes_in_every_language(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.signed_up(HANAKO).await;
    let fields = [("birth_date", BIRTH_DATE), ("hersys_id", "1000001"), ("label", "")];
    for (code, family, given, long) in [
        ("ja", "姓を入力してください", "名を入力してください", "姓: "),
        ("en", "Enter the family name", "Enter the given name", "Family name: "),
        ("ko", "성을 입력해 주세요", "이름을 입력해 주세요", "성: "),
        ("zh-Hans", "请输入姓", "请输入名", "姓："),
        ("zh-Hant", "請輸入姓", "請輸入名", "姓："),
        ("pt", "Digite o sobrenome", "Digite o nome próprio", "Sobrenome: "),
        ("es", "Introduzca el apellido", "Introduzca el nombre de pila", "Apellido: "),
    ] {
        visitor.get(&format!("/portal/people/add?language={code}")).await;
        let empty: Vec<_> = fields.into_iter().chain([("family_name", ""), ("given_name", "")]).collect();
        let page = visitor.post("/portal/people/add", &empty).await.body.clone();
        // In the list above the form, and beside the field.
        assert_eq!((page.matches(family).count(), page.matches(given).count()), (2, 2), "{code}: {page}");
        let name = "あ".repeat(70);
        let too_long: Vec<_> =
            fields.into_iter().chain([("family_name", name.as_str()), ("given_name", "花子")]).collect();
        let page = visitor.post("/portal/people/add", &too_long).await.body.clone();
        assert_eq!(page.matches(long).count(), 2, "{code}: {page}");
    }
}
