//! The audit trail in words: no codes of the diagnosis, the rota, roles or health centres, and no name of the program.

use jiff::civil::date;
use kenkocall::domain::Role;
use kenkocall::lab::SYNTHETIC_CENTRE;

use crate::certificates::{diagnosis, write};
use crate::databases::Fresh;
use crate::site::Site;

crate::on_both_databases!(the_trail_has_no_codes,);

async fn the_trail_has_no_codes(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let patient = site.patient(0).await;
    write(&site, patient, 0, diagnosis("見本 花子", date(2026, 11, 22))).await;
    let admin = site.member("kenji@mihon.example", Role::CentreAdministrator, Some(SYNTHETIC_CENTRE)).await;
    let mut visitor = site.logged_in(&admin).await;
    visitor.get("/console/rota/change").await;
    let [person, shift] = ["person-0", "shift-0"].map(|field| visitor.page.hidden(field));
    let (began, revision) = (visitor.page.hidden("began"), visitor.page.hidden("revision"));
    let mut fields = vec![
        ("began", began.replace("&#34;", "\"")),
        ("revision", revision),
        ("person-0", person.clone()),
        ("person-0-name", "見本 直子".to_owned()),
        ("person-0-phone", "090-1234-5678".to_owned()),
        ("person-0-language", "ja".to_owned()),
        ("shift-0", shift),
        ("shift-0-mon", "1".to_owned()),
        ("shift-0-hours", "8:30-17:15".to_owned()),
        ("shift-0-person-0", person.clone()),
        ("first", "2".to_owned()),
        ("between", "5".to_owned()),
        ("fallback", person),
    ];
    for step in ["preview", "save"] {
        if step == "save" {
            fields.push(("previewed", visitor.page.hidden("previewed")));
        }
        let mut sent: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        sent.push(("step", step));
        visitor.post("/console/rota/change", &sent).await;
    }
    assert_eq!(visitor.page.status, 303, "{}", visitor.page.body);
    let page = visitor.get("/console/audit").await.body.clone();
    for part in [
        "傷病名: 見本感染症",
        "診断のしかた: ",
        "登録の氏名: 見本 花子",
        "役割: 保健所の管理者",
        "見本 直子 …78、日本語",
        "08:30〜17:15: 見本 直子",
        "<td>自動<",
    ] {
        assert!(page.contains(part), "{part} isn't in {page}");
    }
    for code in ["registered_name", "every_case", ">basis", "centre_administrator", "mon 08:30", "kenkocall<", ", ja"] {
        assert!(!page.contains(code), "{code} is in {page}");
    }
}
