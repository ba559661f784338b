//! The rota in the console: setting it up, its gaps, what is wrong with it, and two editors.

use kenkocall::domain::{AlertKind, CentreCode, Role};
use kenkocall::lab::SYNTHETIC_CENTRE;
use kenkocall::service::show_rota;

use crate::databases::Fresh;
use crate::site::{Page, Site, Visitor};

crate::on_both_databases!(
    an_administrator_sets_up_a_rota_and_a_nurse_reads_it,
    a_wrong_value_is_said_beside_its_field_and_all_else_is_kept,
    two_editors_keep_both_changes_and_see_both_values,
    an_email_address_is_kept_and_a_wrong_one_is_said_beside_its_field,
);

/// The fields of a form as a browser would send them.
fn fields(page: &Page) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for tag in page.body.split('<').filter(|tag| tag.starts_with("input ")) {
        let value = |name: &str| Some(tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?.to_owned());
        let Some(name) = value("name").filter(|name| name != "token") else { continue };
        if tag.contains("type=\"checkbox\"") && !tag.contains(" checked") {
            continue;
        }
        fields.push((name, value("value").unwrap_or_default().replace("&#34;", "\"")));
    }
    for select in page.body.split("<select ").skip(1) {
        let name = select.split(" name=\"").nth(1).unwrap().split('"').next().unwrap();
        let options = select.split("</select>").next().unwrap();
        let chosen = options.split("<option ").find(|option| option.contains(" selected"));
        let chosen = chosen.map(|option| option.split("value=\"").nth(1).unwrap().split('"').next().unwrap());
        fields.push((name.to_owned(), chosen.unwrap_or_default().to_owned()));
    }
    fields
}

/// Sends the form of the present page with these fields changed.
async fn send(visitor: &mut Visitor, step: &str, changes: &[(&str, &str)]) -> Page {
    let mut sent = fields(&visitor.page);
    for (name, value) in changes {
        sent.retain(|(known, _)| known != name);
        if !value.is_empty() {
            sent.push(((*name).to_owned(), (*value).to_owned()));
        }
    }
    sent.push(("step".to_owned(), step.to_owned()));
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    visitor.post("/console/rota/change", &sent).await.clone()
}

async fn administrator(site: &Site, email: &str) -> Visitor {
    let member = site.member(email, Role::CentreAdministrator, Some(SYNTHETIC_CENTRE)).await;
    site.logged_in(&member).await
}

/// Two people, of whom the first is on duty by day, and the second is rung at last.
async fn set_up(visitor: &mut Visitor) -> Page {
    let page = visitor.get("/console/rota/change").await.clone();
    let [first, second] = ["person-0", "person-1"].map(|field| page.hidden(field));
    let changes = [
        ("person-0-name", "見本 直子"),
        ("person-0-phone", "０９０-1234-5678"),
        ("person-1-name", "見本 一郎"),
        ("person-1-phone", "03-5211-3641"),
        ("person-1-sms", ""),
        ("shift-0-sat", "1"),
        ("shift-0-sun", "1"),
        ("shift-0-hours", "8時半〜22時"),
        ("shift-0-person-0", &first),
        ("shift-0-person-1", &second),
        ("fallback", &second),
    ];
    send(visitor, "preview", &changes).await
}

async fn an_administrator_sets_up_a_rota_and_a_nurse_reads_it(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let mut admin = administrator(&site, "kenji@mihon.example").await;
    assert!(admin.get("/console/rota").await.body.contains("当番がありません"));
    let preview = set_up(&mut admin).await;
    assert_eq!(preview.status, 200, "{}", preview.body);
    let week = "見本 直子</span> → <span class=\"duty-name\" lang=\"ja\">見本 一郎</span>";
    assert!(preview.body.contains("当番のいない時間があります") && preview.body.contains(week), "{}", preview.body);
    let saved = send(&mut admin, "save", &[]).await;
    assert_eq!((saved.status, saved.location.as_deref()), (303, Some("/console/rota?saved=1")));
    assert!(admin.get("/console/rota?saved=1").await.body.contains("当番を保存しました"));

    let nurse = site.nurse().await;
    let mut nurse = site.logged_in(&nurse).await;
    site.alert(AlertKind::RedAnswer, Some(site.patient(0).await), 1).await;
    let page = nurse.get("/console/rota").await.clone();
    assert!(page.body.contains("今の当番: 見本 直子 → 見本 一郎"), "{}", page.body);
    assert!(page.body.contains("090-1234-5678") && page.body.contains("08:30〜22:00"));
    assert!(page.body.contains("見本 直子 にかけます") && !page.body.contains("href=\"/console/rota/change\""));
    assert!(!page.body.contains("見本 花子"), "the page names no patient");
    assert!(nurse.get("/console/today").await.body.contains("今の当番: 見本 直子 → 見本 一郎"));
    // Other weeks; what can't be read is this one.
    assert!(page.body.contains("11/28(土)") && page.body.contains("href=\"/console/rota?week=2026-11-30#week\""));
    let next = nurse.get("/console/rota?week=2026-11-30").await.body.clone();
    assert!(next.contains("11/30 からの週の当番") && next.contains("12/5(土)"), "{next}");
    assert!(next.contains("href=\"/console/rota?week=2026-11-23#week\""), "{next}");
    assert!(nurse.get("/console/rota?week=x").await.body.contains("11/28(土)"));
    // A trial for somebody on the rota, not twice at once.
    let contact = page.hidden("contact");
    for (says, count) in [("テストを送ります", 1), ("1分待ってください", 1)] {
        nurse.get("/console/rota").await;
        let location = nurse.post("/console/rota/trial", &[("contact", &contact)]).await.location.clone().unwrap();
        assert!(nurse.get(&location).await.body.contains(says), "{}", nurse.page.body);
        let asked = site.actions().await.iter().filter(|action| *action == "rota.trial_asked").count();
        assert_eq!(asked, count);
    }
    assert!(nurse.page.body.contains("に頼みました"), "{}", nurse.page.body);
    assert_eq!(nurse.get("/console/rota/change").await.status, 404);
    nurse.get("/console/today").await;
    assert_eq!(nurse.post("/console/rota/change", &[("step", "save")]).await.status, 404);
    assert!(site.actions().await.contains(&"centre.rota_changed".to_owned()));
}

/// "wrong value in a form → an error summary that links to the field, the sentence beside it, all else kept".
async fn a_wrong_value_is_said_beside_its_field_and_all_else_is_kept(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let mut admin = administrator(&site, "kenji@mihon.example").await;
    admin.get("/console/rota/change").await;
    let changes = [
        ("person-0-name", "見本 直子"),
        ("person-0-phone", "0120-123-456"),
        ("person-1-phone", "12"),
        ("shift-0-hours", "8:30"),
        ("first", "0"),
    ];
    let page = send(&mut admin, "save", &changes).await;
    assert_eq!(page.status, 422);
    for field in
        ["person-0-phone", "person-1-name", "person-1-phone", "shift-0-days", "shift-0-hours", "first", "fallback"]
    {
        assert!(page.body.contains(&format!("<a href=\"#{field}\">")), "{field}");
        assert!(page.body.contains(&format!("id=\"{field}\"")), "{field}");
    }
    assert!(page.body.contains("value=\"見本 直子\"") && page.body.contains("value=\"8:30\""));
    assert!(page.body.contains("この種類の番号にはかけられません"));
    let centre = CentreCode::parse(SYNTHETIC_CENTRE).unwrap();
    let stored = show_rota(&site.context, &kenkocall::domain::Actor::System, &centre).await.unwrap();
    assert!(stored.rota.is_empty());
}

async fn two_editors_keep_both_changes_and_see_both_values(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let mut one = administrator(&site, "kenji@mihon.example").await;
    let mut other = administrator(&site, "sayuri@mihon.example").await;
    set_up(&mut one).await;
    assert_eq!(send(&mut one, "save", &[]).await.status, 303);
    one.get("/console/rota/change").await;
    other.get("/console/rota/change").await;
    send(&mut one, "preview", &[("person-0-name", "見本 直美")]).await;
    assert_eq!(send(&mut one, "save", &[]).await.status, 303);
    // Different parts merge.
    let merged = send(&mut other, "preview", &[("first", "7")]).await;
    assert!(merged.body.contains("見本 直美") && merged.body.contains("value=\"7\""), "{}", merged.body);
    assert_eq!(send(&mut other, "save", &[]).await.status, 303);
    // The same part shows both values.
    one.get("/console/rota/change").await;
    other.get("/console/rota/change").await;
    send(&mut one, "preview", &[("person-0-name", "見本 直")]).await;
    assert_eq!(send(&mut one, "save", &[]).await.status, 303);
    let conflict = send(&mut other, "preview", &[("person-0-name", "見本 直代")]).await;
    assert_eq!(conflict.status, 409);
    assert!(conflict.body.contains("見本 直 090-1234-5678") && conflict.body.contains("value=\"見本 直代\""));
    send(&mut other, "preview", &[]).await;
    assert_eq!(send(&mut other, "save", &[]).await.status, 303);
    let centre = CentreCode::parse(SYNTHETIC_CENTRE).unwrap();
    let rota = show_rota(&site.context, &kenkocall::domain::Actor::System, &centre).await.unwrap().rota;
    assert_eq!(rota.parts().contacts[0].name.as_str(), "見本 直代");
    assert_eq!(rota.parts().first.minutes(), 7);
}

async fn an_email_address_is_kept_and_a_wrong_one_is_said_beside_its_field(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let mut admin = administrator(&site, "kenji@mihon.example").await;
    set_up(&mut admin).await;
    for wrong in
        ["naoko", "naoko@mihon.example, ichiro@mihon.example", "naoko@mihon.example\r\nBcc: ichiro@mihon.example"]
    {
        let page = send(&mut admin, "preview", &[("person-0-email", wrong)]).await;
        assert_eq!(page.status, 422, "{wrong}");
        assert!(
            page.body.contains("<a href=\"#person-0-email\">") && page.body.contains("id=\"person-0-email-error\"")
        );
        assert!(page.body.contains("value=\"見本 直子\""), "all else is kept");
    }
    send(&mut admin, "preview", &[("person-0-email", "naoko@mihon.example")]).await;
    assert_eq!(send(&mut admin, "save", &[]).await.status, 303);
    let page = admin.get("/console/rota").await.clone();
    assert!(page.body.contains("<td>naoko@mihon.example</td>"), "{}", page.body);
    let trail = site.actions().await;
    assert!(trail.contains(&"centre.rota_changed".to_owned()));
    // An address alone is no person, and isn't dropped silently.
    admin.get("/console/rota/change").await;
    let page = send(&mut admin, "preview", &[("person-2-email", "sayuri@mihon.example")]).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("<a href=\"#person-2-name\">") && page.body.contains("value=\"sayuri@mihon.example\""));
}
