//! The certificate (M5, M9, M10, M12): its six fields on the page, in print and as a file, and how others check it.

use std::io::Write as _;
use std::process::{Command, Stdio};

use jiff::civil::{Date, date};
use kenkocall::domain::{
    Actor, Diagnosis, DiagnosisBasis, DiseaseName, NotificationReason, PatientId, RegisteredName, Revision,
};
use kenkocall::render::{CertificatePaper, Fonts, RenderError, certificate_pdf};
use kenkocall::service::{DiagnosisWritten, write_diagnosis};

use crate::databases::Fresh;
use crate::db_assertions::DatabaseAssertions;
use crate::portal_site::Portal;
use crate::site::{PUBLIC_URL, SECOND_FONT, Site, Visitor};

crate::on_both_databases!(
    m9_the_certificate_shows_six_fields_on_the_page_in_print_and_as_a_file,
    m10_the_page_says_why_there_is_no_certificate_and_asks_for_the_passport_number,
    others_check_a_certificate_by_its_code_and_nobody_sees_anything_without_it,
    a_certificate_that_was_corrected_after_printing_is_replaced_and_one_without_ground_withdrawn,
    a_changed_file_is_told_from_the_one_that_was_issued,
    after_many_wrong_codes_an_address_waits_and_right_ones_are_shown,
    a_name_that_no_font_has_is_named_and_the_page_still_shows_it,
    a_withdrawn_certificate_verifies_as_withdrawn_and_none_is_issued_until_staff_allow_it,
);

impl Site {
    /// The same site with the portal's pages.
    fn with_portal(self) -> Self {
        let router = self.router.clone();
        let Portal { site, router: portal, .. } = Portal::of(self);
        Self { router: router.merge(portal), ..site }
    }
}

pub fn diagnosis(name: &str, on: Date) -> Diagnosis {
    Diagnosis {
        disease: DiseaseName::parse("見本感染症").unwrap(),
        diagnosed_on: on,
        basis: DiagnosisBasis::Doctor,
        reason: NotificationReason::EveryCase,
        registered_name: RegisteredName::parse(name).unwrap(),
        entered_on: date(2026, 11, 25),
        arrived_on: None,
    }
}

pub async fn write(site: &Site, patient: PatientId, seen: i64, diagnosis: Diagnosis) {
    let written = write_diagnosis(&site.context, &Actor::System, patient, Revision(seen), diagnosis).await.unwrap();
    assert_eq!(written, DiagnosisWritten::Now);
}

async fn nurse(site: &Site) -> Visitor {
    let nurse = site.nurse().await;
    site.logged_in(&nurse).await
}

fn page_of(patient: PatientId) -> String {
    format!("/console/patients/{patient}/certificate")
}

/// The code on a page.
fn code(body: &str) -> String {
    let (_, rest) = body.split_once("class=\"certificate-code\">").expect(body);
    rest.split('<').next().unwrap().to_owned()
}

/// What a program of `dev/setup` says about a file.
fn told(program: &str, arguments: &[&str], file: &[u8]) -> Vec<u8> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}; run dev/setup"));
    let (mut stdin, file) = (child.stdin.take().unwrap(), file.to_vec());
    let writer = std::thread::spawn(move || drop(stdin.write_all(&file)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn text(program: &str, arguments: &[&str], file: &[u8]) -> String {
    String::from_utf8(told(program, arguments, file)).unwrap()
}

async fn m9_the_certificate_shows_six_fields_on_the_page_in_print_and_as_a_file(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let patient = site.patient(0).await;
    write(&site, patient, 0, diagnosis("髙橋 花子", date(2026, 11, 22))).await;
    let mut visitor = nurse(&site).await;
    let person = visitor.get(&format!("/console/patients/{patient}")).await.body.clone();
    assert!(person.contains(&format!("{}\"", page_of(patient))), "the person's page offers it");
    let body = visitor.get(&page_of(patient)).await.body.clone();
    let code = code(&body);
    let print = visitor.get(&format!("{}/print", page_of(patient))).await.body.clone();
    for page in [&body, &print] {
        for says in [
            "氏名",
            "髙橋 花子",
            "生年月日",
            "HER-SYS ID",
            "1000001",
            "傷病名",
            "見本感染症",
            "診断年月日",
            "2026年11月22日",
            "担当保健所",
            "表示日時: 2026年11月28日 10:0",
            "療養期間の記載はありません",
            &code,
        ] {
            assert!(page.contains(says), "{says}: {page}");
        }
    }
    let (status, file) = visitor.download(&format!("{}/pdf", page_of(patient))).await;
    assert_eq!((status, file.len() <= 60_000), (200, true), "{} bytes", file.len());
    let words = text("pdftotext", &["-layout", "-", "-"], &file);
    for says in ["療養証明書", "髙橋 花子", "1000001", "見本感染症", "2026年11月22日", "2026年11月28日 10:0", &code]
    {
        assert!(words.contains(says), "{says}: {words}");
    }
    let info = text("pdfinfo", &["-"], &file);
    let has = |name: &str, value: &str| info.lines().any(|line| line.starts_with(name) && line.ends_with(value));
    assert!(
        has("Title:", "療養証明書") && has("Tagged:", "yes") && has("Pages:", "1") && has("JavaScript:", "no"),
        "{info}"
    );
    let meta = text("pdfinfo", &["-meta", "-"], &file);
    assert!(meta.contains("pdfuaid:part") && meta.contains("<rdf:li>ja</rdf:li>"), "{meta}");
    let fonts = text("pdffonts", &["-"], &file);
    let fonts: Vec<&str> = fonts.lines().skip(2).collect();
    assert!(fonts.len() == 1 && fonts[0].contains("+BIZUDPGothic") && fonts[0].contains("yes yes yes"), "{fonts:?}");
    let picture = told("pdftoppm", &["-r", "150", "-png", "-"], &file);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("page.png"), picture).unwrap();
    let read = text("zbarimg", &["--quiet", "--raw", folder.path().join("page.png").to_str().unwrap()], &[]);
    assert_eq!(read.trim(), format!("{PUBLIC_URL}/portal/verify/{}", code.replace('-', "")));
    assert!(site.actions().await.contains(&"certificate.shown".to_owned()));
    let kept = DatabaseAssertions::at(&fresh.url);
    assert_eq!(kept.count("certificates").await, 1, "one code, however often it is shown");
    let stored = kept.column("SELECT code_hash || secrets || says_hash FROM certificates").await.concat();
    assert!(!stored.contains(&code.replace('-', "")) && !stored.contains("花子"), "{stored}");
}

async fn m10_the_page_says_why_there_is_no_certificate_and_asks_for_the_passport_number(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let patient = site.patient(0).await;
    let mut visitor = nurse(&site).await;
    let body = visitor.get(&page_of(patient)).await.body.clone();
    assert!(body.contains("まだ登録されていません") && !body.contains("certificate-code"), "{body}");
    let presumed = Diagnosis { basis: DiagnosisBasis::Presumed, ..diagnosis("見本 花子", date(2026, 11, 22)) };
    write(&site, patient, 0, presumed).await;
    let body = visitor.get(&page_of(patient)).await.body.clone();
    assert!(body.contains("(みなし)には表示されません") && !body.contains("certificate-code"), "{body}");
    let covid = DiseaseName::parse("新型コロナウイルス感染症").unwrap();
    write(&site, patient, 1, Diagnosis { disease: covid, ..diagnosis("見本 花子", date(2026, 11, 22)) }).await;
    let body = visitor.get(&page_of(patient)).await.body.clone();
    assert!(body.contains("2023年5月7日で終わりました"), "{body}");
    let (status, _) = visitor.download(&format!("{}/pdf", page_of(patient))).await;
    assert_eq!(status, 303, "there is no file either");
    let arrived = Diagnosis { arrived_on: Some(date(2026, 11, 1)), ..diagnosis("見本 花子", date(2026, 11, 22)) };
    write(&site, patient, 2, arrived).await;
    let body = visitor.get(&page_of(patient)).await.body.clone();
    assert!(body.contains("パスポート(旅券)番号を入力してください") && body.contains("name=\"passport\""), "{body}");
    let refused = visitor.post(&page_of(patient), &[("passport", "旅券")]).await.clone();
    assert!(refused.status == 422 && refused.body.contains("href=\"#passport\""), "{}", refused.body);
    assert!(refused.body.contains("value=\"旅券\""), "what was typed is kept");
    assert_eq!(visitor.post(&page_of(patient), &[("passport", "ｔｋ１２３４５６７")]).await.status, 303);
    let body = visitor.get(&page_of(patient)).await.body.clone();
    assert!(body.contains("certificate-code") && !body.contains("TK1234567"), "it isn't on the certificate: {body}");
    assert!(site.actions().await.contains(&"certificate.passport_given".to_owned()));
}

async fn others_check_a_certificate_by_its_code_and_nobody_sees_anything_without_it(fresh: Fresh) {
    let site = Site::open(&fresh).await.with_portal();
    let patient = site.patient(0).await;
    write(&site, patient, 0, diagnosis("見本 花子", date(2026, 11, 22))).await;
    let mut visitor = nurse(&site).await;
    let code = code(&visitor.get(&page_of(patient)).await.body);
    let mut insurer = site.visitor();
    assert_eq!(insurer.get("/portal/verify").await.status, 200);
    for wrong in ["", "7K3M-Q2XV-9RBT-4HNC-0D8W", &code[..23], "<script>", &patient.to_string()] {
        let page = insurer.post("/portal/verify", &[("code", wrong)]).await.clone();
        assert!(page.status == 422 && page.body.contains("id=\"code-error\""), "{wrong}: {}", page.body);
        assert!(!page.body.contains("花子") && !page.body.contains("1000001"), "{wrong}");
    }
    for right in [code.clone(), code.to_lowercase(), code.replace('-', " "), format!(" {} ", code.replace('-', ""))] {
        let page = insurer.post("/portal/verify", &[("code", &right)]).await.clone();
        assert_eq!(page.status, 200, "{right}");
        for says in ["この療養証明書は有効です", "見本 花子", "1000001", "見本感染症", "2026年11月22日"]
        {
            assert!(page.body.contains(says), "{says}: {}", page.body);
        }
        insurer.get("/portal/verify").await;
    }
    let by_qr = insurer.get(&format!("/portal/verify/{}", code.replace('-', ""))).await.clone();
    assert!(by_qr.status == 200 && by_qr.body.contains("見本 花子"), "{}", by_qr.body);
    assert_eq!(by_qr.headers["cache-control"], "no-store");
    let english = insurer.get(&format!("/portal/verify/{code}?language=en")).await.body.clone();
    assert!(english.contains("This certificate is valid") && english.contains("見本 花子"), "{english}");
    assert!(site.actions().await.contains(&"certificate.checked".to_owned()));
    // Erasing the person ends the certificate.
    let kept = DatabaseAssertions::at(&fresh.url);
    kept.rows("DELETE FROM certificates").await;
    assert_eq!(insurer.get(&format!("/portal/verify/{code}")).await.status, 422);
}

async fn a_certificate_that_was_corrected_after_printing_is_replaced_and_one_without_ground_withdrawn(fresh: Fresh) {
    let site = Site::open(&fresh).await.with_portal();
    let patient = site.patient(0).await;
    write(&site, patient, 0, diagnosis("見木 花子", date(2026, 11, 22))).await;
    let member = site.nurse().await;
    let mut visitor = site.logged_in(&member).await;
    let first = code(&visitor.get(&page_of(patient)).await.body);
    let mut insurer = site.visitor();
    site.later(jiff::SignedDuration::from_hours(25));
    write(&site, patient, 1, diagnosis("見本 花子", date(2026, 11, 22))).await;
    // Already before the new one was shown to anybody.
    for shown in [false, true] {
        let old = insurer.get(&format!("/portal/verify/{first}")).await.body.clone();
        assert!(old.contains("2026年11月29日に差し替えられました"), "{shown}: {old}");
        assert!(!old.contains("花子") && !old.contains("1000001"), "the old code shows nothing: {old}");
        if !shown {
            visitor = site.logged_in(&member).await;
            let second = code(&visitor.get(&page_of(patient)).await.body);
            assert_ne!(first, second);
            let new = insurer.get(&format!("/portal/verify/{second}")).await.body.clone();
            assert!(new.contains("この療養証明書は有効です") && new.contains("見本 花子"), "{new}");
        }
    }
    let second = code(&visitor.get(&page_of(patient)).await.body);
    let presumed = Diagnosis { basis: DiagnosisBasis::Presumed, ..diagnosis("見本 花子", date(2026, 11, 22)) };
    site.later(jiff::SignedDuration::from_hours(24));
    write(&site, patient, 2, presumed).await;
    let old = insurer.get(&format!("/portal/verify/{second}")).await.body.clone();
    assert!(old.contains("2026年11月30日に取り消されました") && !old.contains("花子"), "{old}");
}

async fn a_changed_file_is_told_from_the_one_that_was_issued(fresh: Fresh) {
    let site = Site::open(&fresh).await.with_portal();
    let patient = site.patient(0).await;
    write(&site, patient, 0, diagnosis("見本 花子", date(2026, 11, 22))).await;
    let mut visitor = nurse(&site).await;
    let code = code(&visitor.get(&page_of(patient)).await.body);
    let (_, file) = visitor.download(&format!("{}/pdf", page_of(patient))).await;
    let mut insurer = site.visitor();
    insurer.get(&format!("/portal/verify/{code}")).await;
    let changed = [&file[..file.len() / 2], &[file[file.len() / 2] ^ 1], &file[file.len() / 2 + 1..]].concat();
    for (upload, says) in [
        (file.as_slice(), "このPDFは、発行したものと同じです"),
        (&changed, "このPDFは、発行したものと違います"),
        (b"%PDF-1.7 somebody's own", "このPDFは、発行したものと違います"),
        (b"", "PDFファイルを選んでください"),
    ] {
        let token = insurer.page.token();
        let page = insurer
            .upload_fields("/portal/verify/file", &[("token", &token), ("code", &code)], "a.pdf", upload)
            .await
            .clone();
        assert!(page.body.contains(says), "{says}: {}", page.body);
    }
    assert_eq!(
        insurer
            .upload_fields("/portal/verify/file", &[("token", "wrong"), ("code", &code)], "a.pdf", &file)
            .await
            .status,
        403
    );
}

async fn after_many_wrong_codes_an_address_waits_and_right_ones_are_shown(fresh: Fresh) {
    let site = Site::open(&fresh).await.with_portal();
    let patient = site.patient(0).await;
    write(&site, patient, 0, diagnosis("見本 花子", date(2026, 11, 22))).await;
    let mut visitor = nurse(&site).await;
    let code = code(&visitor.get(&page_of(patient)).await.body);
    let mut guesser = Visitor::at(&site.router, "203.0.113.9");
    for nth in 0..30 {
        assert_eq!(guesser.get(&format!("/portal/verify/7K3MQ2XV9RBT4HNC{nth:04}")).await.status, 422, "{nth}");
    }
    let wrong = "/portal/verify/7K3MQ2XV9RBT4HNC9999";
    let page = guesser.get(wrong).await.clone();
    assert!(page.status == 429 && page.body.contains("15分ほど後"), "{}", page.body);
    // Others may share the address: a right code is shown.
    assert_eq!(guesser.get(&format!("/portal/verify/{code}")).await.status, 200);
    assert_eq!(Visitor::at(&site.router, "203.0.113.10").get(wrong).await.status, 422);
    site.later(jiff::SignedDuration::from_mins(16));
    assert_eq!(guesser.get(wrong).await.status, 422);
}

fn paper(name: &str) -> CertificatePaper {
    CertificatePaper {
        language: "ja",
        title: "療養証明書".to_owned(),
        shown: "表示日時: 2026年11月28日 10:0".to_owned(),
        at: "2026-11-28T10:02:00+09:00[Asia/Tokyo]".parse().unwrap(),
        fields: vec![("氏名".to_owned(), name.to_owned()), ("担当保健所".to_owned(), "見本保健所".to_owned())],
        code_name: "確認コード".to_owned(),
        code: "7K3M-Q2XV-9RBT-4HNC-0D8W".to_owned(),
        url: "https://example.jp/portal/verify/7K3MQ2XV9RBT4HNC0D8W".to_owned(),
        qr_name: "QRコード".to_owned(),
        says: vec!["確かめられます。".to_owned()],
        notes: vec!["療養期間の記載はありません。".to_owned()],
    }
}

#[test]
fn names_of_all_kinds_are_right_in_a_file_and_none_has_a_missing_glyph() {
    let fonts = Fonts::with_second(std::fs::read(SECOND_FONT).expect("fonts-noto-cjk, by dev/setup")).unwrap();
    let long = "見本".repeat(30);
    for name in [
        "髙橋 一",
        "山﨑 﨑",
        "𠮷田 花子",
        "葛󠄀西 辻󠄀",
        "陈伟",
        "김민준",
        "Nguyễn Thị Ánh",
        "ミホン",
        "José Muñoz",
        &long,
    ] {
        let file = certificate_pdf(&fonts, &paper(name)).unwrap();
        assert!(file.len() <= 60_000, "{name}: {} bytes", file.len());
        let words: String = text("pdftotext", &["-", "-"], &file).split_whitespace().collect();
        let plain: String =
            name.chars().filter(|c| !c.is_whitespace() && !('\u{e0100}'..='\u{e01ef}').contains(c)).collect();
        let words: String = words.chars().filter(|c| !('\u{e0100}'..='\u{e01ef}').contains(c)).collect();
        // A long one takes two lines, with the heading between them.
        let has = |c: char| words.matches(c).count() >= plain.matches(c).count();
        assert!(words.contains(&plain) || name.len() > 60 && plain.chars().all(has), "{name}: {words}");
        let listed = text("pdffonts", &["-"], &file);
        assert!(listed.lines().skip(2).all(|font| font.contains("yes yes yes")), "{listed}");
        assert_eq!(file, certificate_pdf(&fonts, &paper(name)).unwrap(), "the same values make the same bytes");
    }
    let alone = Fonts::built_in().unwrap();
    for (name, missing) in [("𠮷田", '𠮷'), ("陈伟", '陈'), ("김민준", '김'), ("Nguyễn", 'ễ')] {
        assert_eq!(certificate_pdf(&alone, &paper(name)), Err(RenderError::MissingGlyph(missing)), "{name}");
    }
    assert!(certificate_pdf(&alone, &paper("髙橋 﨑")).is_ok());
}

async fn a_name_that_no_font_has_is_named_and_the_page_still_shows_it(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let patient = site.patient(0).await;
    write(&site, patient, 0, diagnosis("見本 \u{1f600}子", date(2026, 11, 22))).await;
    let mut visitor = nurse(&site).await;
    assert!(visitor.get(&page_of(patient)).await.body.contains("見本 \u{1f600}子"));
    let page = visitor.get(&format!("{}/pdf", page_of(patient))).await.clone();
    assert_eq!(page.status, 422);
    assert!(page.body.contains("「\u{1f600}」(U+1F600)") && page.body.contains("certificate-code"), "{}", page.body);
}

/// The other kind of end: staff withdraw what should never have been issued.
async fn a_withdrawn_certificate_verifies_as_withdrawn_and_none_is_issued_until_staff_allow_it(fresh: Fresh) {
    let site = Site::open(&fresh).await.with_portal();
    let patient = site.patient(0).await;
    write(&site, patient, 0, diagnosis("見本 花子", date(2026, 11, 22))).await;
    let (mut visitor, page) = (nurse(&site).await, page_of(patient));
    let first = code(&visitor.get(&page).await.body);
    let form = visitor.get(&format!("/console/patients/{patient}/diagnosis")).await.body.clone();
    assert!(form.contains("発行した療養証明書があります"), "{form}");
    visitor.get(&page).await;
    let refused = visitor.post(&format!("{page}/withdraw"), &[("withdrawal", " ")]).await;
    assert!(refused.status == 422 && refused.body.contains("取り消す理由を書いてください"), "{}", refused.body);
    let reason = [("withdrawal", "別の人の診断でした。")];
    let mut again = visitor.clone();
    visitor.post(&format!("{page}/withdraw"), &reason).await;
    let told = visitor.page.location.clone().unwrap();
    let body = visitor.get(&told).await.body.clone();
    assert!(body.contains("療養証明書を取り消しました") && body.contains("もう一度発行する"), "{body}");
    assert!(!body.contains("certificate-code"), "no other is issued: {body}");
    again.post(&format!("{page}/withdraw"), &reason).await;
    assert_eq!(again.page.location.as_deref(), Some(&*format!("{page}?done=before")));
    let mut insurer = site.visitor();
    let verified = insurer.get(&format!("/portal/verify/{first}")).await.body.clone();
    assert!(verified.contains("取り消されました") && !verified.contains("花子"), "{verified}");
    assert!(!verified.contains("別の人"), "the reason is the staff's: {verified}");
    visitor.post(&format!("{page}/allow"), &[]).await;
    let second = code(&visitor.get(&page).await.body);
    assert_ne!(first, second);
    let verified = insurer.get(&format!("/portal/verify/{first}")).await.body.clone();
    assert!(verified.contains("差し替えられました"), "{verified}");
    assert!(insurer.get(&format!("/portal/verify/{second}")).await.body.contains("この療養証明書は有効です"));
    let actions = site.actions().await;
    let count = |of: &str| actions.iter().filter(|action| *action == of).count();
    assert_eq!((count("certificate.withdrawn"), count("certificate.allowed")), (1, 1), "{actions:?}");
    visitor.get(&page).await;
    assert_eq!(visitor.post(&format!("{page}/nonsense"), &[]).await.status, 404);
}
