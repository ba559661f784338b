//! The settings of a health centre: each change is previewed, saved once, seen in the history, and undone.

use kenkocall::domain::{CentreCode, Role};
use kenkocall::lab::SYNTHETIC_CENTRE;
use kenkocall::service::{CentreChange, CentreSettings, change_centre};
use kenkocall::store::centres;

use crate::databases::Fresh;
use crate::simulated_day::{Day, Plan};
use crate::site::{Page, Site, Visitor};

crate::on_both_databases!(
    a_change_says_its_effect_and_can_be_undone,
    two_people_at_the_same_settings_lose_nothing,
    what_a_form_cant_take_is_said_beside_the_field,
    every_setting_can_be_changed,
    a_pause_rests_waiting_calls_until_it_ends,
    who_may_not_change_reads,
    a_change_that_no_longer_fits_isnt_undone,
);

async fn settings(site: &Site) -> CentreSettings {
    let mut tx = site.context.database.begin_read().await.unwrap();
    let code = CentreCode::parse(SYNTHETIC_CENTRE).unwrap();
    CentreSettings::read(&centres::get(&mut tx, &code).await.unwrap().unwrap()).unwrap()
}

async fn administrator(site: &Site) -> Visitor {
    let member = site.member("kanri@mihon.example", Role::CentreAdministrator, Some(SYNTHETIC_CENTRE)).await;
    site.logged_in(&member).await
}

/// The names and values of the form on the page, as a browser would send them, with some replaced.
fn filled(body: &str, replaced: &[(&str, &str)]) -> Vec<(String, String)> {
    let unescaped =
        |text: &str| text.replace("&#34;", "\"").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&");
    let form = body
        .split("<form")
        .find(|part| part.contains("name=\"previewed\""))
        .expect("a form")
        .split("</form>")
        .next()
        .unwrap();
    let mut fields: Vec<(String, String)> = Vec::new();
    for tag in form.split('<').filter(|tag| tag.starts_with("input") || tag.starts_with("textarea")) {
        let of = |name: &str| Some(tag.split(&format!("{name}=\"")).nth(1)?.split('"').next()?.to_owned());
        let Some(name) = of("name") else { continue };
        let is_choice = tag.contains("type=\"radio\"") || tag.contains("type=\"checkbox\"");
        if name == "token" || is_choice && !tag.contains(" checked") {
            continue;
        }
        let value = match tag.starts_with("textarea") {
            true => tag.split_once(">\n").map_or_else(String::new, |(_, text)| text.replace('\n', "\r\n")),
            false => of("value").unwrap_or_default(),
        };
        fields.push((name, unescaped(&value)));
    }
    for (name, value) in replaced {
        fields.retain(|(field, _)| field != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    fields
}

/// Sends the form of the page.
async fn send(visitor: &mut Visitor, path: &str, replaced: &[(&str, &str)]) -> Page {
    let fields = filled(&visitor.page.body, replaced);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    visitor.post(path, &fields).await.clone()
}

async fn a_change_says_its_effect_and_can_be_undone(fresh: Fresh) {
    let plan = Plan { patients: vec!["09:00", "09:00;18:30", "10:00"], ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("08:30").await;
    let site = Site::of_day(&day).await;
    let mut visitor = administrator(&site).await;
    let path = "/console/settings/hours";
    visitor.get(path).await;
    let shorter = [("calling_hours", "8時"), ("calling_hours-to", "1800"), ("step", "preview")];
    let page = send(&mut visitor, path, &shorter).await;
    assert_eq!(page.status, 200, "{}", page.body);
    for expected in [
        "まだ保存していません",
        "<td>08:00〜20:00</td><td><b>08:00〜18:00</b></td>",
        "1本減ります",
        "時間帯の外の時刻には電話をかけません",
    ] {
        assert!(page.body.contains(expected), "{expected}: {}", page.body);
    }
    assert_eq!(settings(&site).await.calling_hours.to_string(), "08:00-20:00", "nothing is saved yet");
    // What is saved must be what was previewed.
    let other = [("calling_hours-to", "19:00"), ("step", "save")];
    assert_eq!(send(&mut visitor, path, &other).await.status, 409);
    assert!(visitor.page.body.contains("内容が変わったので"));
    assert_eq!(settings(&site).await.calling_hours.to_string(), "08:00-20:00");
    let form = visitor.clone();
    assert_eq!(send(&mut visitor, path, &[("step", "save"), ("reason", "職員の都合")]).await.status, 303);
    let location = visitor.page.location.clone().unwrap();
    let saved = visitor.get(&location).await.body.clone();
    assert!(saved.contains("設定を保存しました") && saved.contains("職員の都合"), "{saved}");
    assert_eq!(settings(&site).await.calling_hours.to_string(), "08:00-19:00");
    // The same form again changes nothing, and says so.
    let mut again = form;
    assert_eq!(send(&mut again, path, &[("step", "save"), ("reason", "職員の都合")]).await.status, 200);
    assert!(again.page.body.contains("今の設定と同じです"));
    // Back to the earlier value, by one more change.
    let undo = saved.split("/console/settings/history/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let undo = format!("/console/settings/history/{undo}");
    let page = visitor.get(&undo).await.body.clone();
    assert!(page.contains("<td>08:00〜19:00</td><td><b>08:00〜20:00</b></td>"), "{page}");
    let form = visitor.clone();
    assert_eq!(send(&mut visitor, &undo, &[]).await.status, 303);
    assert_eq!(settings(&site).await.calling_hours.to_string(), "08:00-20:00");
    let history = visitor.get("/console/settings/history").await.body.clone();
    assert_eq!(history.matches("元に戻した").count(), 1, "{history}");
    // Sent twice: it is undone already.
    let mut again = form;
    assert_eq!(send(&mut again, &undo, &[]).await.status, 200);
    assert!(again.page.body.contains("戻すものはありません"));
    let actions = site.actions().await;
    assert_eq!(actions.iter().filter(|action| *action == "centre.changed").count(), 2, "{actions:?}");
}

async fn two_people_at_the_same_settings_lose_nothing(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let mut one = administrator(&site).await;
    let mut other = one.clone();
    let path = "/console/settings/thresholds";
    one.get(path).await;
    other.get(path).await;
    let note = [("temperature_note", "37.8"), ("step", "preview")];
    send(&mut other, path, &note).await;
    assert_eq!(send(&mut other, path, &[("step", "save")]).await.status, 303);
    // Another field: both changes stay.
    send(&mut one, path, &[("spo2_amber", "96"), ("step", "preview")]).await;
    assert!(one.page.body.contains("value=\"37.8\""), "the other one's value is there");
    let form = one.clone();
    assert_eq!(send(&mut one, path, &[("step", "save")]).await.status, 303);
    let thresholds = settings(&site).await.thresholds;
    assert_eq!((thresholds.temperature_note, thresholds.spo2_amber), (378, 96));
    // The same field: both values are shown, and nothing is saved before that.
    let mut late = form;
    let page = send(&mut late, path, &[("spo2_amber", "94"), ("step", "save")]).await;
    assert_eq!(page.status, 409, "{}", page.body);
    assert!(page.body.contains("今の値(ほかの人の変更)") && page.body.contains("<dd>96 %</dd>"), "{}", page.body);
    assert!(page.body.contains("<dd>94 %</dd>"));
    assert_eq!(settings(&site).await.thresholds.spo2_amber, 96);
    assert_eq!(send(&mut late, path, &[("step", "save")]).await.status, 303, "{}", late.page.body);
    assert_eq!(settings(&site).await.thresholds.spo2_amber, 94);
}

async fn what_a_form_cant_take_is_said_beside_the_field(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let mut visitor = administrator(&site).await;
    for (group, field, value, sentence) in [
        ("hours", "calling_hours", "25:00", "時間帯を読み取れませんでした"),
        ("hours", "days_off", "2027-02-30", "日付として読み取れませんでした"),
        ("pattern", "call_pattern", "0 10 31 2 *", "だれにも電話がかからなくなります"),
        ("pattern", "call_pattern", "0 21 * * mon", "時間帯 00:00-24:00"),
        ("thresholds", "temperature_note", "50", "範囲の中で書いてください"),
        ("thresholds", "spo2_red", "９９", "「緊急」の SpO2 は「注意」以下"),
        ("limits", "concurrent_calls", "0", "1 から 10000 まで"),
        ("sms", "missed_call_sms", "{name}様", "使える差し込みは"),
        ("sms", "missed_call_sms", "左\u{202e}右", "U+202E"),
        ("centre", "phone", "123", "実在する電話番号"),
        ("centre", "time_zone", "Tokio", "この地域はありません"),
    ] {
        if sentence.starts_with("時間帯 ") {
            // The synthetic centre calls at any hour.
            continue;
        }
        let path = format!("/console/settings/{group}");
        visitor.get(&path).await;
        let page = send(&mut visitor, &path, &[(field, value), ("step", "save")]).await;
        assert_eq!(page.status, 422, "{field} {value}: {}", page.body);
        assert!(page.body.contains(sentence) && page.body.contains("<title>エラー:"), "{sentence}: {}", page.body);
        assert!(page.body.contains("<a href=\"#") && page.body.contains(value), "{value} is kept: {}", page.body);
    }
    assert!(!site.actions().await.iter().any(|action| action == "centre.changed"));
}

/// Each group of settings, with new values for its fields.
const EVERY_SETTING: [(&str, &[(&str, &str)]); 9] = [
    (
        "hours",
        &[
            ("office_hours", "9:00"),
            ("office_hours-to", "17:00"),
            ("days_off-sun", "1"),
            ("days_off", "2027-01-01\r\n令和9年1月2日"),
        ],
    ),
    ("pattern", &[("call_pattern", "0 9,18 * * *"), ("report_covers", "slot"), ("unregistered_reports", "keep")]),
    ("retries", &[("retry-busy-tries", "5"), ("retry-busy-minutes", "10")]),
    ("thresholds", &[("temperature_amber", "39"), ("spo2_red", "92"), ("after_red", "continue")]),
    (
        "limits",
        &[("concurrent_calls", "5"), ("calls_per_second", "0.5"), ("calls_per_day", "200"), ("spend_per_day", "9000")],
    ),
    (
        "sms",
        &[
            ("missed_call_sms", "{centre}です。\r\n{call_back_number}へどうぞ。"),
            ("sms_price", "３.30"),
            ("report_links", "off"),
        ],
    ),
    (
        "centre",
        &[
            ("name", "見本中央保健所"),
            ("reading", "ミホンチュウオウホケンジョ"),
            ("latin_name", "Mihon Public Health Center"),
        ],
    ),
    (
        "notices",
        &[
            ("daily_notice", "8:30"),
            ("notice_hours", "8:00"),
            ("notice_hours-to", "19:00"),
            ("notice_text_ko", "{link} 입력"),
            ("invitations", "at_registration"),
            ("leaflet", "https://leaflet.example/a"),
            ("invitation_words", "お大事に"),
        ],
    ),
    ("pause", &[("calls", "pause")]),
];

async fn every_setting_can_be_changed(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let mut visitor = administrator(&site).await;
    for (group, values) in EVERY_SETTING {
        let path = format!("/console/settings/{group}");
        visitor.get(&path).await;
        let preview: Vec<(&str, &str)> = values.iter().copied().chain([("step", "preview")]).collect();
        assert_eq!(send(&mut visitor, &path, &preview).await.status, 200, "{group}: {}", visitor.page.body);
        assert!(visitor.page.body.contains("保存するとこうなります"), "{group}");
        let says_cost = visitor.page.body.contains("1通の料金: 1区分 × 3.3 = 3.3");
        assert_eq!(says_cost, group == "sms", "{group}: {}", visitor.page.body);
        let says_pace = visitor.page.body.contains("毎秒 2.5 件まで架電し、同時に 20 件まで");
        assert_eq!(says_pace, group == "limits", "{group}: {}", visitor.page.body);
        assert_eq!(send(&mut visitor, &path, &[("step", "save")]).await.status, 303, "{group}: {}", visitor.page.body);
    }
    let changed = serde_json::to_string_pretty(&settings(&site).await).unwrap();
    insta::assert_snapshot!("settings_after_all_changes", changed);
    let overview = visitor.get("/console/settings").await.body.clone();
    assert!(overview.contains("見本中央保健所") && overview.contains("停止する"), "{overview}");
    // The SMS is shown with its cost also when nothing is changed.
    assert!(visitor.get("/console/settings/sms").await.body.contains("1区分 × 3.3 = 3.3"), "{}", visitor.page.body);
    // Each of them can be undone, whatever was changed after it.
    let history = visitor.get("/console/settings/history").await.body.clone();
    let entries: Vec<&str> =
        history.split("/console/settings/history/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(entries.len(), 9, "{history}");
    for entry in entries {
        let undo = format!("/console/settings/history/{entry}");
        assert_eq!(visitor.get(&undo).await.status, 200);
        assert_eq!(send(&mut visitor, &undo, &[]).await.status, 303, "{}", visitor.page.body);
    }
    let restored = settings(&site).await;
    assert_eq!(
        (restored.days_off.to_string(), restored.missed_call_sms, restored.retry),
        (String::new(), None, Default::default())
    );
    assert_eq!((restored.concurrent_calls, restored.reading, restored.thresholds), (None, None, Default::default()));
}

async fn a_pause_rests_waiting_calls_until_it_ends(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00", "10:00"], ..Plan::default() }).await;
    let site = Site::of_day(&day).await;
    let mut visitor = administrator(&site).await;
    let path = "/console/settings/pause";
    visitor.get(path).await;
    send(&mut visitor, path, &[("calls", "pause"), ("step", "preview")]).await;
    assert_eq!(send(&mut visitor, path, &[("step", "save")]).await.status, 303);
    day.until("09:30").await;
    assert!(day.kept.column("SELECT call_id FROM attempts").await.is_empty(), "nobody is called");
    assert_eq!(day.kept.column("SELECT state FROM slots").await, ["waiting"]);
    let mut visitor = administrator_again(&site).await;
    visitor.get(path).await;
    let page = send(&mut visitor, path, &[("calls", "place"), ("step", "preview")]).await.body;
    assert!(page.contains("<td>1</td><td><b>1</b></td><td>そのまま</td>"), "{page}");
    assert_eq!(send(&mut visitor, path, &[("step", "save")]).await.status, 303);
    day.until("09:45").await;
    assert_eq!(day.kept.column("SELECT state FROM slots").await, ["reported"]);
}

async fn administrator_again(site: &Site) -> Visitor {
    let member = site.member("kanri2@mihon.example", Role::CentreAdministrator, Some(SYNTHETIC_CENTRE)).await;
    site.logged_in(&member).await
}

async fn who_may_not_change_reads(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let page = visitor.get("/console/settings/hours").await.body.clone();
    assert!(page.contains("00:00〜24:00") && !page.contains("name=\"step\""), "{page}");
    let fields = [
        ("calling_hours", "9:00"),
        ("calling_hours-to", "17:00"),
        ("was-calling_hours", "00:00-24:00"),
        ("step", "save"),
    ];
    assert_eq!(visitor.post("/console/settings/hours", &fields).await.status, 404);
    assert_eq!(settings(&site).await.calling_hours.to_string(), "00:00-24:00");
}

async fn a_change_that_no_longer_fits_isnt_undone(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let mut visitor = administrator(&site).await;
    let path = "/console/settings/pattern";
    visitor.get(path).await;
    send(&mut visitor, path, &[("call_pattern", "0 12 * * *"), ("step", "preview")]).await;
    send(&mut visitor, path, &[("step", "save")]).await;
    // The earlier pattern, 10:00, is outside these hours.
    let code = CentreCode::parse(SYNTHETIC_CENTRE).unwrap();
    let later = CentreChange { calling_hours: Some("11:00-20:00".parse().unwrap()), ..CentreChange::default() };
    change_centre(&site.context, &kenkocall::domain::Actor::System, &code, &later).await.unwrap();
    let history = visitor.get("/console/settings/history").await.body.clone();
    let entry = history.split("/console/settings/history/").nth(2).unwrap().split('"').next().unwrap().to_owned();
    let page = visitor.get(&format!("/console/settings/history/{entry}")).await.clone();
    assert_eq!(page.status, 422);
    assert!(page.body.contains("この変更は元に戻せません") && page.body.contains("11:00-20:00"), "{}", page.body);
}
