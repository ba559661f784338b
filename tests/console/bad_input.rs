//! The console's table of bad input, over every form that people find by following links: wrong values, hostile texts,
//! and log-ins that end while somebody types.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use kenkocall::domain::ReportOutcome::Reported;
use kenkocall::domain::{Actor, AlertKind, CentreCode, Channel, Item, PatientId, ReportId, Role, Severity};
use kenkocall::lab::SYNTHETIC_CENTRE;
use kenkocall::service::{CentreChange, change_centre};
use kenkocall::store::reports::{self, ReportRow};

use crate::databases::Fresh;
use crate::forms::{Form, Found, Kind, forms_of, found_from, shape_of};
use crate::handovers::report;
use crate::patient_imports::{book, sheet_of, uploaded};
use crate::site::{Member, OTHER, Site, Visitor};

crate::on_both_databases!(
    wrong_value_in_a_form_is_refused_beside_its_field_and_all_else_is_kept,
    a_script_in_a_form_is_shown_harmlessly,
    login_expires_in_the_middle_of_a_note_and_every_form_keeps_it,
    clocks_change_and_a_report_is_of_its_own_day_with_its_zone_and_offset,
    spreadsheets_with_macros_are_read_and_nothing_of_them_runs,
);

/// A mark that turns the order of letters round.
const BIDI: &str = "見本\u{202e}7";
/// A tag.
const SCRIPT: &str = "<script>alert(1)</script>";

/// What people type where the page has nothing yet.
const SENSIBLE: [(&str, &str); 6] = [
    ("hersys_id", "7700001"),
    ("birth_date", "1980-04-01"),
    ("family_name", "見本"),
    ("given_name", "未登録"),
    ("name", "見本 三郎"),
    ("email", "saburo@mihon.example"),
];
/// Fields that count only with another choice of their form than the first: `transfers.rs` has a test of that.
const NOT_CHOSEN: [(&str, &str); 1] = [("/console/transfers/{}?", "call_times")];

/// A health centre on a busy day, and somebody of each role.
async fn busy(fresh: &Fresh) -> (Site, Vec<(Member, Vec<String>)>) {
    let site = Site::open(fresh).await;
    let (one, two) = (site.patient(0).await, site.patient(1).await);
    let red = site.alert(AlertKind::RedAnswer, Some(one), 5).await;
    let stop = site.alert(AlertKind::StopRequest, Some(two), 5).await;
    report(&site, one, 1, Reported, &[(Item::Spo2, "090", Severity::Red)]).await;
    let nurse = site.nurse().await;
    let receiver = site.member("hana@mihon.example", Role::Nurse, Some(OTHER)).await;
    let mut visitor = site.logged_in(&nurse).await;
    let path = format!("/console/patients/{two}/transfer");
    let transfer = visitor.get(&path).await.hidden("transfer");
    visitor.post(&path, &[("transfer", &*transfer), ("to", OTHER), ("reason", "moved"), ("note", "")]).await;
    let admin = site.member("kanri@mihon.example", Role::CentreAdministrator, Some(SYNTHETIC_CENTRE)).await;
    let help = site.member("tasuke@mihon.example", Role::HelpDesk, None).await;
    let system = site.member("system@mihon.example", Role::SystemAdministrator, None).await;
    let close = |alert| format!("/console/alerts/{alert}/close");
    let pages = ["/console/today", "/console/patients", "/console/patients?language=en", "/console/calls/unknown"];
    let pages = pages.map(str::to_owned).into_iter().chain([close(red), close(stop)]).chain([
        format!("/console/patients/{one}"),
        format!("/console/patients/{one}/transfer"),
        format!("/console/patients/{one}/report"),
    ]);
    let people = vec![
        (nurse, pages.collect()),
        (admin, vec!["/console/settings".to_owned(), "/console/rota/change".to_owned()]),
        (receiver, vec![format!("/console/transfers/{transfer}")]),
        (help, vec!["/console/figures".to_owned()]),
        (system, vec!["/console/dialling".to_owned(), "/console/figures".to_owned()]),
    ];
    (site, people)
}

/// Everybody with the forms that nobody before has found.
async fn everybody(site: &Site, people: &[(Member, Vec<String>)]) -> Vec<(Visitor, Vec<Found>)> {
    let mut known = BTreeSet::new();
    let mut all = Vec::new();
    for (member, start) in people {
        let mut visitor = site.logged_in(member).await;
        let mut found = found_from(&mut visitor, start).await;
        found.retain(|of| {
            let names: Vec<&str> = of.form.typed().map(|field| &*field.name).collect();
            known.insert((shape_of(&of.form.action), names.join(" ")))
        });
        all.push((visitor, found));
    }
    all
}

/// Fields in which nothing is wrong: what is searched for is only compared.
fn is_search(form: &Form) -> bool {
    let path = form.action.trim_start_matches("/console");
    matches!(path, "/patients" | "/where-to-turn" | "/audit")
}

/// The same form of the page as it is now.
async fn again(visitor: &mut Visitor, found: &Found) -> Option<Form> {
    if visitor.get(&found.page).await.status != 200 {
        return None;
    }
    let names = |form: &Form| form.typed().map(|field| field.name.clone()).collect::<Vec<_>>();
    let forms = forms_of(&visitor.page.body);
    forms.into_iter().find(|form| form.action == found.form.action && names(form) == names(&found.form))
}

/// What is wrong with the answer to a form with a wrong value in a field, which is refused.
fn faults_of(body: &str, form: &Form, field: &str, values: &[(&str, &str)]) -> Vec<String> {
    let mut faults = Vec::new();
    // A field of several, as tries and minutes are, is told of at all of them together.
    let summary =
        body.split("class=\"banner err\"").nth(1).and_then(|rest| rest.split("</ul>").next()).unwrap_or_default();
    let linked = summary.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next());
    let linked = linked.filter(|id| *id == field || field.starts_with(&format!("{id}-"))).max_by_key(|id| id.len());
    let Some(linked) = linked else { return vec!["the summary doesn't link to it".to_owned()] };
    if !body.contains(&format!(" id=\"{linked}\"")) {
        faults.push("the link of the summary leads nowhere".to_owned());
    }
    if !body.contains(&format!("id=\"{linked}-error\"")) {
        faults.push("no sentence stands beside it".to_owned());
    }
    if !body.contains("<title>エラー:") {
        faults.push("the title doesn't say so".to_owned());
    }
    faults.extend(lost_of(body, form, values));
    faults
}

/// What was typed or chosen and is no longer in a form that is shown again.
fn lost_of(body: &str, form: &Form, values: &[(&str, &str)]) -> Vec<String> {
    let mut faults = Vec::new();
    let names = |form: &Form| form.typed().map(|field| field.name.clone()).collect::<Vec<_>>();
    let shown: Vec<Form> = forms_of(body).into_iter().filter(|shown| shown.action == form.action).collect();
    let same = shown.iter().find(|shown| names(shown) == names(form));
    let Some(answered) = same.or_else(|| shown.iter().find(|shown| shown.typed().count() > 0)) else {
        return vec!["the form is gone".to_owned()];
    };
    for sent in form.fields.iter().filter(|sent| matches!(sent.kind, Kind::Typed | Kind::Chosen)) {
        let value = values.iter().find(|(name, _)| *name == sent.name).map_or(&*sent.value, |(_, value)| *value);
        let is_kept = answered.fields.iter().any(|kept| kept.name == sent.name && kept.value.trim() == value.trim());
        if !is_kept && !value.is_empty() {
            let shown: String = value.chars().take(20).collect();
            faults.push(format!("{} is no longer {shown:?}", sent.name));
        }
    }
    faults
}

/// The value of a field, and others for those in which nothing stands yet.
fn values_of<'a>(form: &Form, of: (&'a str, &'a str), others: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let is_blank = |name: &str| form.typed().any(|field| field.name == name && field.value.is_empty());
    let others = others.iter().copied().filter(|(name, _)| *name != of.0 && is_blank(name));
    [of].into_iter().chain(others).collect()
}

/// What isn't kept when something stands in every field of the form.
async fn lost_beside(visitor: &mut Visitor, found: &Found, button: usize, of: (&str, &str)) -> Vec<String> {
    let Some(form) = again(visitor, found).await else { return vec!["the form is gone".to_owned()] };
    let names: Vec<String> = form.typed().map(|field| field.name.clone()).collect();
    let others: Vec<(&str, &str)> = names.iter().map(|name| (&**name, "見本7")).collect();
    let values = values_of(&form, of, &others);
    form.send(visitor, button, &values).await;
    if visitor.page.status != 422 {
        return vec![format!("with all fields filled it is answered with {}", visitor.page.status)];
    }
    lost_of(&visitor.page.body, &form, &values)
}

/// Presses each button until one refuses the value.
async fn refused(visitor: &mut Visitor, found: &Found, field: &str, value: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for button in 0..found.form.buttons.len().max(1) {
        let Some(form) = again(visitor, found).await else { return vec!["the form is gone".to_owned()] };
        let values = values_of(&form, (field, value), &SENSIBLE);
        form.send(visitor, button, &values).await;
        let (status, body) = (visitor.page.status, visitor.page.body.clone());
        if !matches!(status, 200 | 303 | 422) {
            return vec![format!("answered with {status}")];
        }
        if status == 422 {
            let wrong = faults_of(&body, &form, field, &values);
            if wrong.first().is_some_and(|first| first.starts_with("the summary")) {
                faults = wrong;
                continue;
            }
            return [wrong, lost_beside(visitor, found, button, (field, value)).await].concat();
        }
        faults.push(format!("taken with {status}"));
    }
    faults
}

/// "wrong value in a form → an error summary that links to the field, the sentence beside it, all else kept"; "name or
/// note with bidi marks, 10,000 characters → refused beside the field".
async fn wrong_value_in_a_form_is_refused_beside_its_field_and_all_else_is_kept(fresh: Fresh) {
    let (site, people) = busy(&fresh).await;
    let long = "長".repeat(10_000);
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for (mut visitor, forms) in everybody(&site, &people).await {
        for found in forms.iter().filter(|found| !is_search(&found.form)) {
            let form = shape_of(&found.form.action);
            for field in found.form.typed().filter(|field| !NOT_CHOSEN.contains(&(&*form, &*field.name))) {
                tried += 1;
                for (what, value) in [("bidi", BIDI), ("long", &long)] {
                    let faults = refused(&mut visitor, found, &field.name, value).await;
                    let at = format!("{form} {} {what}", field.name);
                    wrong.extend(faults.into_iter().map(|fault| format!("{at}: {fault}")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}\nof {tried}", wrong.join("\n"));
    assert!(tried > 60, "{tried}");
}

/// "name or note with `<script>` → shown harmlessly".
async fn a_script_in_a_form_is_shown_harmlessly(fresh: Fresh) {
    let (site, people) = busy(&fresh).await;
    let mut wrong = Vec::new();
    for (mut visitor, forms) in everybody(&site, &people).await {
        let mut pages: BTreeSet<&str> = BTreeSet::new();
        for found in &forms {
            pages.insert(&found.page);
            let Some(form) = again(&mut visitor, found).await else { continue };
            let names: Vec<String> = form.typed().map(|field| field.name.clone()).collect();
            for name in names {
                let Some(form) = again(&mut visitor, found).await else { continue };
                form.send(&mut visitor, 0, &[(&name, SCRIPT)]).await;
                let at = format!("{} {name}", shape_of(&form.action));
                if visitor.page.body.contains("<script>alert") {
                    wrong.push(format!("{at}: the answer"));
                }
                let Some(next) = visitor.page.location.clone() else { continue };
                if visitor.get(&next).await.body.contains("<script>alert") {
                    wrong.push(format!("{at}: the page after it"));
                }
            }
        }
        for page in pages {
            if visitor.get(page).await.body.contains("<script>alert") {
                wrong.push(format!("{page} shows it"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// "login expires in the middle of a note → after logging in again, the note is still there": every form.
async fn login_expires_in_the_middle_of_a_note_and_every_form_keeps_it(fresh: Fresh) {
    let (site, people) = busy(&fresh).await;
    let mut wrong = Vec::new();
    for ((mut visitor, forms), (member, _)) in everybody(&site, &people).await.into_iter().zip(&people) {
        let mut open = Vec::new();
        for found in forms.iter().filter(|found| !is_search(&found.form)) {
            open.extend(again(&mut visitor, found).await.map(|form| (found, form)));
        }
        site.later(SignedDuration::from_mins(20));
        for (nth, (found, form)) in open.iter().enumerate() {
            let typed: Vec<(String, String)> = form
                .typed()
                .enumerate()
                .map(|(of, field)| (field.name.clone(), format!("書きかけ{nth}の{of}。")))
                .collect();
            let values: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (&**name, &**value)).collect();
            form.send(&mut visitor, 0, &values).await;
            let leads = visitor.page.location.clone().unwrap_or_default();
            if !leads.starts_with("/console/log-in") {
                wrong.push(format!("{}: {} {leads}", shape_of(&found.form.action), visitor.page.status));
            }
        }
        let mut visitor = site.logged_in(member).await;
        for (nth, (found, form)) in open.iter().enumerate() {
            let body = visitor.get(&found.page).await.body.clone();
            for (of, field) in form.typed().enumerate() {
                if !body.contains(&format!("書きかけ{nth}の{of}。")) {
                    wrong.push(format!("{} {} isn't kept", shape_of(&form.action), field.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A report that was given at this moment.
async fn reported_at(site: &Site, patient: PatientId, day: jiff::civil::Date, at: Timestamp) {
    let row = ReportRow {
        id: ReportId(uuid::Uuid::now_v7()),
        patient,
        centre: CentreCode::parse(SYNTHETIC_CENTRE).unwrap(),
        report_date: day,
        slot_time: String::new(),
        channel: Channel::HealthCall,
        outcome: Reported,
        stopped_after: None,
        started_at: at,
        ended_at: Some(at),
        caller_number: None,
    };
    let mut tx = site.context.database.begin_write().await.unwrap();
    reports::open(&mut tx, &[row]).await.unwrap();
    tx.commit().await.unwrap();
}

/// "clocks change, report at 23:59:59 → times in the centre's zone with the zone named; offsets in every export".
async fn clocks_change_and_a_report_is_of_its_own_day_with_its_zone_and_offset(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let patient = site.patient(0).await;
    let change = CentreChange { time_zone: Some("America/New_York".to_owned()), ..CentreChange::default() };
    let code = CentreCode::parse(SYNTHETIC_CENTRE).unwrap();
    change_centre(&site.context, &Actor::System, &code, &change).await.unwrap();
    let nurse = site.nurse().await;
    // The night on which clocks go back: 0:10, and then the second 1:30 of the day.
    site.clock.set("2027-11-07T04:10:00Z".parse().unwrap());
    let last_second: Timestamp = "2027-11-07T03:59:59Z".parse().unwrap();
    reported_at(&site, patient, jiff::civil::date(2027, 11, 6), last_second).await;
    reported_at(&site, patient, jiff::civil::date(2027, 11, 7), "2027-11-07T05:30:00Z".parse().unwrap()).await;
    reported_at(&site, patient, jiff::civil::date(2027, 11, 7), "2027-11-07T06:30:00Z".parse().unwrap()).await;
    site.clock.set("2027-11-07T06:31:00Z".parse().unwrap());
    let mut visitor = site.logged_in(&nurse).await;
    for page in ["/console/today".to_owned(), "/console/patients".to_owned(), format!("/console/patients/{patient}")] {
        let body = visitor.get(&page).await.body.clone();
        assert!(body.contains("1:31:"), "{page} shows the time there: {body}");
        assert!(body.contains("America/New_York"), "{page} names the zone: {body}");
    }
    let body = visitor.page.body.clone();
    assert!(body.contains("11/6"), "the last second is of its own day: {body}");
    let path = format!("/console/patients/{patient}/disclosure");
    visitor.get(&path).await;
    let file = visitor.post(&path, &[]).await.body.clone();
    for at in ["2027-11-06T23:59:59-04:00", "2027-11-07T01:30:00-04:00", "2027-11-07T01:30:00-05:00"] {
        assert!(file.contains(at), "{at} isn't in {file}");
    }
    let (_, csv) = visitor.download("/console/patients/export/csv?status=all").await;
    let csv = String::from_utf8(csv).unwrap();
    let moments: Vec<&str> =
        csv.split([',', '\r', '\n', '"']).filter(|cell| cell.contains('T') && cell.contains(':')).collect();
    assert!(moments.iter().all(|at| at.ends_with("-05:00") || at.ends_with("-04:00")), "{csv}");
}

/// "spreadsheet with a macro": Excel's name for such workbooks, and one of them with another name. It is read as any
/// other, and what it would run is passed over.
async fn spreadsheets_with_macros_are_read_and_nothing_of_them_runs(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let names = ["HER-SYS ID", "生年月日", "姓", "名"];
    let sheet = sheet_of(&[&names, &["2000001", "1980-04-01", "見本", "花子"]]);
    let code = ("xl/vbaProject.bin", b"Sub Auto_Open()".to_vec());
    for name in ["list.xlsm", "list.xlsx", "list.csv"] {
        uploaded(&mut visitor, name, &book(&sheet, b"<sst/>".to_vec(), std::slice::from_ref(&code))).await;
        let body = visitor.page.body.clone();
        assert!(body.contains("1行すべてを読めました") && !body.contains("Auto_Open"), "{name}: {body}");
    }
}
