//! Help for anybody: the questions of the FAQ, where to turn (D1), who pays (H4), and which messages are ours.

use kenkocall::domain::{Actor, CentreCode};
use kenkocall::lab::SYNTHETIC_CENTRE;
use kenkocall::service::{CentreChange, change_centre};

use crate::databases::Fresh;
use crate::portal_site::{BIRTH_DATE, HANAKO, Portal, hersys_id};

crate::on_both_databases!(
    every_question_of_the_faq_has_an_answer,
    d1_the_health_centre_of_a_municipality_is_found_and_no_address_is_in_the_address_of_a_page,
    messages_and_accessibility_are_told_to_anybody,
    m9_the_holder_of_an_account_sees_prints_and_saves_the_certificate,
);

/// What the ministry's FAQ asks, by a part of each question.
const FAQ: [&str; 29] = [
    "確認コードが届きません",
    "『コードが正しくありません。もう一度お試しください。』と表示されます",
    "『指定されたIDのユーザーは既に存在します。別のIDを選択してください。』と表示されます",
    "『ご利用のアカウントは見つからないようです。』と表示されます",
    "『予期せぬエラー』や『この接続ではプライバシーが保護されません』と表示されます",
    "HER-SYS IDがわかりません",
    "属性入力画面の登録ができません",
    "属性入力で登録した氏名を修正したいです",
    "同じメールアドレスで家族分を登録したいです",
    "過去の健康状態を入力することはできますか",
    "My HER-SYS以外で健康状態の登録はできますか",
    "入力途中で誤って切った場合、どうすればよいですか",
    "家族分まとめて入力したいです",
    "健康コールで家族の健康状態を登録したいです",
    "使えない時間帯はありますか",
    "登録するようメールやSMSが届きます",
    "毎日の健康観察登録の通知を止めたいです",
    "電話がかかってくる時間の変更をしたいです",
    "療養証明書が表示されません",
    "療養証明書に療養期間の記載はありますか",
    "療養証明書の記載内容に誤りがあります",
    "2度目の感染時の療養証明書の発行方法を教えてください",
    "療養証明書の印刷方法を教えてください",
    "SMSで送ると言われたが届きません",
    "HER-SYSのIDを知りたいです",
    "「入力内容に誤りがあります」と表示され登録できません",
    "自動架電で健康状態を登録したいです",
    "療養解除しているのに自動架電がまだ架かってきます",
    "療養証明書に記載されている内容に誤りがあります",
];

async fn every_question_of_the_faq_has_an_answer(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.visitor();
    assert_eq!(visitor.get("/help").await.location.as_deref(), Some("/portal/help"), "as people type it");
    let page = visitor.get("/portal/help").await.clone();
    assert_eq!(page.status, 200);
    for question in FAQ {
        assert!(page.body.contains(question), "{question}");
    }
    assert!(page.body.contains("電話代はご本人様負担"), "H4");
    let found = visitor.get("/portal/help?q=%E6%97%85%E5%88%B8").await.body.clone();
    assert!(found.contains("0件の質問"), "{found}");
    let found = visitor.get("/portal/help?q=%E5%8D%B0%E5%88%B7").await.body.clone();
    assert!(found.contains("療養証明書の印刷方法") && !found.contains("確認コードが届きません"), "{found}");
    let english = visitor.get("/portal/help?language=en").await.body.clone();
    assert!(english.contains("Does the certificate state a recuperation period?"), "{english}");
}

async fn d1_the_health_centre_of_a_municipality_is_found_and_no_address_is_in_the_address_of_a_page(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let code = CentreCode::parse(SYNTHETIC_CENTRE).unwrap();
    let change =
        CentreChange { municipalities: Some("見本市、架空町".parse().unwrap()), ..CentreChange::default() };
    change_centre(&portal.site.context, &Actor::System, &code, &change).await.unwrap();
    let mut visitor = portal.visitor();
    visitor.get("/portal/help/centre").await;
    for (place, is_found) in
        [("見本市", true), ("見本県 見本市本町1-2-3", true), ("架空", true), ("別市", false), ("", false)]
    {
        let page = visitor.post("/portal/help/centre", &[("place", place)]).await.clone();
        assert_eq!((page.status, page.body.contains("tel:+81")), (200, is_found), "{place}: {}", page.body);
        assert_eq!(page.body.contains("見つかりませんでした"), !is_found && !place.is_empty(), "{place}");
    }
    let english = visitor.post("/portal/help/centre", &[("place", "見本市"), ("language", "en")]).await.body.clone();
    assert!(english.contains("value=\"見本市\"") && english.contains("Municipality"), "{english}");
}

async fn messages_and_accessibility_are_told_to_anybody(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.visitor();
    let page = visitor.get("/portal/help/messages").await.clone();
    for says in
        ["http://localhost:8080/portal", "My HER-SYS の確認コード", "My HER-SYS（健康状態入力フォーム）のご案内"]
    {
        assert!(page.body.contains(says), "{says}: {}", page.body);
    }
    let page = visitor.get("/portal/help/accessibility").await.clone();
    assert!(page.status == 200 && page.body.contains("JIS X 8341-3:2016"), "{}", page.body);
}

async fn m9_the_holder_of_an_account_sees_prints_and_saves_the_certificate(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.visitor();
    let log_in = visitor.get("/portal/certificate").await.location.clone().unwrap();
    assert!(log_in.starts_with("/portal/log-in"), "{log_in}");
    let mut visitor = portal.signed_up(HANAKO).await;
    assert!(portal.add(&mut visitor, &hersys_id(0), BIRTH_DATE).await);
    let home = visitor.get("/portal").await.body.clone();
    assert!(home.contains("href=\"/portal/certificate\""), "{home}");
    let none = visitor.get("/portal/certificate").await.body.clone();
    assert!(none.contains("まだ登録されていません") && none.contains("tel:+81"), "{none}");
    let patient = portal.site.patient(0).await;
    let arrived = Some(jiff::civil::date(2026, 11, 10));
    let made = kenkocall::domain::Diagnosis {
        arrived_on: arrived,
        ..crate::certificates::diagnosis("髙橋 花子", jiff::civil::date(2026, 11, 22))
    };
    crate::certificates::write(&portal.site, patient, 0, made).await;
    let asked = visitor.get("/portal/certificate").await.body.clone();
    assert!(asked.contains("name=\"passport\"") && !asked.contains("certificate-code"), "{asked}");
    assert_eq!(visitor.post("/portal/certificate", &[("passport", "x")]).await.status, 422);
    let kept = visitor.post("/portal/certificate", &[("passport", "TK12"), ("language", "en")]).await.clone();
    assert!(kept.body.contains("value=\"TK12\"") && kept.body.contains("Passport number"), "{}", kept.body);
    visitor.get("/portal/certificate?language=ja").await;
    assert_eq!(visitor.post("/portal/certificate", &[("passport", "TK1234567")]).await.status, 303);
    let page = visitor.get("/portal/certificate").await.body.clone();
    // The registered name, and not the one that was entered (M5).
    assert!(page.contains("<dd>髙橋 花子</dd>") && page.contains("2026年11月22日"), "{page}");
    let print = visitor.get("/portal/certificate/print").await.body.clone();
    assert!(print.contains("<dd>髙橋 花子</dd>") && !print.contains("class=\"top\""), "{print}");
    let (status, file) = visitor.download("/portal/certificate/pdf").await;
    assert!(status == 200 && file.starts_with(b"%PDF-1.7"), "{status}");
    assert_eq!(visitor.get("/portal/certificate/other").await.status, 404);
    let english = visitor.get("/portal/certificate?language=en").await.body.clone();
    assert!(english.contains("<small lang=\"en\">Date of diagnosis</small>"), "{english}");
}
