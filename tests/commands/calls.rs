//! `kenkocall calls` and `reports`: a call is handled by the conversation service, then read by these commands.

use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};
use kenkocall::carrier::network::Ringing;
use kenkocall::domain::{CallId, HangupCause, Keys, Line, PhoneNumber};
use kenkocall::engine::EventKind;
use kenkocall::policy::GuessingLimits;
use kenkocall::service::{
    Begin, CarrierEvent, Clock, ConversationService, FlowSetCache, LegStatus, LineSettings, Outcome,
};

use crate::{CommandLine, databases::Fresh, simulated_day, without_ids};

crate::on_both_databases!(
    a_call_reads_like_a_call,
    reports_are_exported,
    staff_see_where_a_report_stopped_and_which_version_it_is,
    d3_a_look_at_a_call_is_recorded,
);

/// This minute in Tokyo, and three seconds later each time it is read.
fn clock(minute: &str) -> Clock {
    let seconds = std::sync::atomic::AtomicI64::new(0);
    let begin: Timestamp = format!("{minute}:00+09:00").parse().unwrap();
    Clock::reading(move || {
        let later = seconds.fetch_add(3, std::sync::atomic::Ordering::Relaxed);
        begin + jiff::SignedDuration::from_secs(later)
    })
}

/// A patient calls at a quarter past nine, keys these entries one after the other, and then hangs up.
async fn call(fresh: &Fresh, entries: &[&str]) -> CallId {
    call_at(fresh, "2026-11-23T09:15", entries).await
}

async fn call_at(fresh: &Fresh, minute: &str, entries: &[&str]) -> CallId {
    let leg = format!("CA{}", minute.replace(['-', ':'], ""));
    let flow_set = simulated_day::kept_library(fresh).await;
    let (conversations, working) = ConversationService::start(
        kenkocall::service::Context::new(fresh.database.clone(), clock(minute)),
        Arc::new(LineSettings {
            flow_sets: FlowSetCache::new(flow_set),
            guessing: GuessingLimits::default(),
            zone: TimeZone::get("Asia/Tokyo").unwrap(),
            fallback_centre: None,
            health_call_number: None,
            call_back_number: None,
        }),
    );
    let begin = Begin {
        line: Line::HealthCall,
        carrier: "twilio",
        leg: leg.clone(),
        caller: Some(PhoneNumber::parse("090-1234-5678").unwrap()),
        called: Some(PhoneNumber::parse("03-5211-3641").unwrap()),
    };
    let mut outcome = conversations.take(CarrierEvent::Begin(begin)).await.unwrap();
    let mut id = None;
    let keyed = entries.iter().map(|keys| EventKind::Keyed(Keys::parse(keys).unwrap().into()));
    for happening in keyed.chain([EventKind::HungUp(HangupCause::NormalClearing)]) {
        let Outcome::Reply { call, turn, .. } = outcome else { break };
        id = Some(call);
        outcome = conversations.take(CarrierEvent::Turn { call, turn, happening }).await.unwrap();
    }
    let (ended, ringing) = (Some(HangupCause::NormalClearing), Ringing::Proven);
    let status = LegStatus { call: None, carrier: "twilio", leg, status: "completed", ended, ringing };
    conversations.take(CarrierEvent::Status(status)).await.unwrap();
    drop(conversations);
    working.await.unwrap();
    id.expect("a call")
}

const BEGUN: [&str; 9] = ["1", "01234567", "19800401", "385", "1", "093", "1", "1", "1"];

fn register(command_line: &CommandLine<'_>) {
    command_line.with_centre();
    command_line.import("hersys_id,birth_date,family_name,given_name\n01234567,1980-04-01,健康,花子\n");
}

async fn a_call_reads_like_a_call(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    register(&command_line);
    let id = call(&fresh, &BEGUN).await.to_string();
    let shown = command_line.does(&["calls", "show", &id]);
    insta::assert_snapshot!("call", without_ids(&shown));
    assert!(!shown.contains("19800401") && !shown.contains("1234-5678"));
    assert!(command_line.does(&["calls", "show", &id, "--reveal"]).contains("from 090-1234-5678 to 03-5211-3641"));
    let json: serde_json::Value = serde_json::from_str(&command_line.does(&["calls", "show", &id, "--json"])).unwrap();
    assert_eq!(json["hersys_ids"][0], "01234567");
    assert_eq!(json["started_at"], "2026-11-23T09:15:03+09:00");
    let [person] = json["people"].as_array().unwrap().as_slice() else { panic!("{}", json["people"]) };
    assert_eq!(person["caller_number"], "unregistered");
    // Staff see that the report came from a number other than the patient's.
    assert!(
        command_line
            .does(&["patients", "show", "01234567"])
            .contains("from an unregistered number: body_temperature 38.5")
    );
    let patient: serde_json::Value =
        serde_json::from_str(&command_line.does(&["patients", "show", "01234567", "--json"])).unwrap();
    assert_eq!(patient["reports"][0]["caller_number"], "unregistered");
    insta::assert_snapshot!("calls", without_ids(&command_line.does(&["calls", "list"])));
    assert_eq!(command_line.does(&["calls", "list", "--open"]), "no calls\n");
    assert_eq!(command_line.does(&["calls", "list", "--since", "2026-11-23 09:15:04"]), "no calls\n");
    assert!(command_line.does(&["calls", "list", "--since", "2026-11-23", "--hersys-id", "01234567"]).contains(&id));
    assert!(command_line.refuses(&["calls", "show", "1"]).contains("a call's id looks like"));
    assert!(command_line.refuses(&["calls", "list", "--since", "noon"]).contains("isn't a time"));
    // A red answer is on the list, and a person closes it.
    let alerts = command_line.does(&["alerts", "list", "--centre", "13101"]);
    assert!(alerts.contains("red_answer") && alerts.contains("01234567") && alerts.contains("complexion"), "{alerts}");
    let json: serde_json::Value = serde_json::from_str(&command_line.does(&["alerts", "list", "--json"])).unwrap();
    for alert in json.as_array().unwrap() {
        let closed = command_line.does(&["--as", "保健師A", "alerts", "close", alert["id"].as_str().unwrap()]);
        assert!(closed.starts_with("closed: ") && closed.contains(" by 保健師A\n"), "{closed}");
        assert!(
            command_line.does(&["alerts", "close", alert["id"].as_str().unwrap()]).starts_with("nothing to change")
        );
    }
    assert_eq!(command_line.does(&["alerts", "list"]), "no open alerts\n");
    assert!(command_line.refuses(&["alerts", "list", "--centre", "9"]).contains("there is no health centre 9"));
}

async fn reports_are_exported(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    register(&command_line);
    call(&fresh, &BEGUN).await;
    let days = |from, to| ["reports", "export", "--from", from, "--to", to];
    insta::assert_snapshot!("export", command_line.does(&days("2026-11-23", "2026-11-23")));
    assert_eq!(command_line.does(&days("2026-11-24", "R8.11.30")).lines().count(), 1, "the header alone");
    assert!(command_line.refuses(&days("2026-11-24", "2026-11-23")).contains("would end before it begins"));
    assert!(command_line.refuses(&days("2026-13-01", "2026-11-23")).contains("--from: "));
}

fn parsed(json: &str) -> serde_json::Value {
    serde_json::from_str(json).unwrap()
}

async fn staff_see_where_a_report_stopped_and_which_version_it_is(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    register(&command_line);
    let today = Timestamp::now().to_zoned_datetime(TimeZone::get("Asia/Tokyo").unwrap()).date().to_string();
    let export = |form: &[&str]| {
        let days = ["reports", "export", "--from", &today, "--to", &today];
        command_line.does(&[&days[..], form].concat())
    };
    // A wrong key, twice, at the question whether to go on after the advice.
    let stopped = call_at(&fresh, &format!("{today}T09:15"), &[&BEGUN[..], &["5", "5"]].concat()).await.to_string();
    let said = "stopped after complexion, on the advice on a red answer";
    let shown = command_line.does(&["patients", "show", "01234567"]);
    let of_today = format!("reported by health_call from an unregistered number, severity red; {said}\n");
    assert!(shown.contains(&of_today), "{shown}");
    assert!(shown.contains(&format!("{said}: from an unregistered number: body_temperature 38.5")), "{shown}");
    assert!(!shown.contains("version"), "there is one: {shown}");
    assert!(export(&[]).lines().nth(1).unwrap().ends_with(",unregistered,complexion,"), "{}", export(&[]));
    assert_eq!(parsed(&export(&["--json"]))[0]["stopped_after"], "complexion");
    // Later that day, a complete report, by somebody who knows the call now.
    let well = [&["1", "01234567", "19800401", "365", "98"][..], &["2"; 9]].concat();
    let complete = call_at(&fresh, &format!("{today}T11:45"), &well).await.to_string();
    let shown = command_line.does(&["patients", "show", "01234567"]);
    for part in [
        &format!("{today} 11:45:18 +09:00  version 2 of 2: from"),
        &format!("{today} 09:15:18 +09:00  version 1 of 2: replaced by a later one: {said}: from"),
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    let json = parsed(&command_line.does(&["patients", "show", "01234567", "--json"]));
    let versions: Vec<_> = ["version", "versions", "standing", "stopped_after", "started_at"]
        .map(|field| [&json["reports"][0][field], &json["reports"][1][field]].map(ToString::to_string).join(" "))
        .into();
    let expected = [
        "2 1",
        "2 2",
        r#""current" "earlier""#,
        r#"null "complexion""#,
        &format!(r#""{today}T11:45:18+09:00" "{today}T09:15:18+09:00""#),
    ];
    assert_eq!(versions, expected);
    assert!(export(&[]).lines().nth(1).unwrap().ends_with(",unregistered,,"), "{}", export(&[]));
    let [first, second] = [&stopped, &complete].map(|id| {
        let json = parsed(&command_line.does(&["calls", "show", id, "--json"]));
        (command_line.does(&["calls", "show", id]), json["reports"].clone())
    });
    let about = format!("report of {today} by health_call: reported, version");
    assert!(first.0.contains(&format!("{about} 1 of 2, replaced by a later one, {said}\n")), "{}", first.0);
    assert!(second.0.contains(&format!("{about} 2 of 2\n")), "{}", second.0);
    let report = |number: u32, standing: &str, stopped_after: Option<&str>| {
        serde_json::json!([{
            "hersys_id": "01234567", "report_date": today, "slot_time": null, "channel": "health_call",
            "standing": standing, "version": number, "versions": 2, "outcome": "reported",
            "stopped_after": stopped_after,
        }])
    };
    assert_eq!(first.1, report(1, "earlier", Some("complexion")));
    assert_eq!(second.1, report(2, "current", None));
}

async fn d3_a_look_at_a_call_is_recorded(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    register(&command_line);
    let id = call(&fresh, &BEGUN).await.to_string();
    command_line.does(&["calls", "show", &id]);
    command_line.does(&["calls", "list"]);
    command_line.does(&["calls", "list", "--hersys-id", "01234567"]);
    command_line.does(&["alerts", "list"]);
    let trail = command_line.trail("01234567").await;
    let actions: Vec<&str> = trail.iter().map(|entry| &*entry.action).collect();
    assert_eq!(actions, ["patient.added", "patient.call_shown", "patient.calls_listed", "patient.alert_shown"]);
}
