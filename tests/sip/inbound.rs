//! Calls that come in: a whole report by keys, and offers of every kind.

use jiff::Timestamp;

use super::databases::{Fresh, on_sqlite};
use super::db_assertions::DatabaseAssertions;
use super::line::SipServer;
use super::phone::{WELL, WELL_KEPT};
use super::server::HEALTH_CALL;
use super::test_patients::{self, MOTHER};

async fn with_people(fresh: &Fresh, settings: &[(&str, &str)]) -> SipServer {
    let now = Timestamp::now();
    test_patients::register(&fresh.database, now, &test_patients::noon_zone(now)).await;
    SipServer::start(&fresh.url, settings)
}

/// What no log may have: numbers, ids and the keys as they were pressed.
pub fn nothing_personal(log: &str, also: &[&str]) {
    let personal = [MOTHER.id, MOTHER.birth_date, "9066778899", "+8190", "telephone-event", "INVITE sip:"];
    for secret in personal.iter().chain(also) {
        let found = log.lines().find(|line| line.contains(secret));
        assert!(found.is_none(), "“{secret}” in the log: {}", found.unwrap_or_default());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_report_by_keys_is_stored_and_nothing_personal_is_logged() {
    on_sqlite(|fresh| async move {
        let server = with_people(&fresh, &[]).await;
        let answers = WELL.concat();
        let (first, second) = answers.split_at(8);
        let caller = server.caller(
            "report",
            &[
                ("service", HEALTH_CALL),
                ("caller", "09066778899"),
                ("keys1", "1"),
                ("keys2", &format!("{}#{}", MOTHER.id, MOTHER.birth_date)),
                ("keys3", first),
                ("keys4", second),
            ],
        );
        let messages = caller.succeeds(|| server.log()).await;
        assert!(messages.contains("SIP/2.0 200 OK"));
        let kept = DatabaseAssertions::at(&fresh.url);
        assert_eq!(kept.answers(MOTHER.id).await, WELL_KEPT, "{:?}", kept.column("SELECT event FROM turns").await);
        assert_eq!(kept.reports(MOTHER.id).await, ["reported"]);
        // The call's end is stored soon after its BYE was answered.
        let ended = "SELECT CAST(count(*) AS text) FROM legs WHERE hangup_cause IS NOT NULL";
        super::outbound::until(&kept, ended, "1", || server.log()).await;
        let legs = kept.rows("SELECT carrier, far_number, near_number, hangup_cause FROM legs").await;
        assert_eq!(legs, [["sip", "+819066778899", HEALTH_CALL, "normal_clearing"]]);
        nothing_personal(&server.log(), &[first, second]);
    })
    .await;
}

fn part(name: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sip/scenarios");
    std::fs::read_to_string(folder.join(format!("{name}.part.xml"))).unwrap()
}

fn sdp(media: &str) -> String {
    let lines = ["v=0", "o=- 1 1 IN IP4 [local_ip]", "s=-", "c=IN IP4 [local_ip]", "t=0 0"];
    lines.into_iter().chain(media.lines()).map(|line| format!("      {line}\n")).collect()
}

const AUDIO: &str = "m=audio [media_port] RTP/AVP 0 101\na=rtpmap:101 telephone-event/8000";

/// The rows of the bad-input table about offers, and about numbers that aren't ours.
#[tokio::test(flavor = "multi_thread")]
async fn every_offer_gets_its_answer() {
    on_sqlite(|fresh| async move {
        let server = with_people(&fresh, &[]).await;
        let rows = [
            ("an ordinary offer", sdp(AUDIO), "200", "a=sendrecv", HEALTH_CALL),
            (
                "no description: the offer is ours",
                String::new(),
                "200",
                "m=audio [0-9]*[02468] RTP/AVP 0 8 101",
                HEALTH_CALL,
            ),
            ("T.38", sdp("m=image [media_port] udptl t38"), "488", "SIP/2.0 488", HEALTH_CALL),
            ("G.729 only", sdp("m=audio [media_port] RTP/AVP 18"), "488", "SIP/2.0 488", HEALTH_CALL),
            (
                "two audio lines",
                sdp(&format!("{AUDIO}\nm=audio 9000 RTP/AVP 8")),
                "200",
                "m=audio 0 RTP/AVP 8",
                HEALTH_CALL,
            ),
            ("c=0.0.0.0", sdp(&format!("{AUDIO}\nc=IN IP4 0.0.0.0")), "200", "a=recvonly", HEALTH_CALL),
            ("port 0", sdp("m=audio 0 RTP/AVP 0"), "200", "m=audio 0 RTP/AVP 0", HEALTH_CALL),
            ("another number", sdp(AUDIO), "404", "SIP/2.0 404", "+81312345678"),
        ];
        for (what, offer, status, expected, service) in rows {
            let end = if status == "200" { part("bye") } else { String::new() };
            let replaced = [("OFFER\n", &*offer), ("STATUS", status), ("EXPECTED", expected), ("END", &*end)];
            let scenario = server.scenario_from("offer", &replaced);
            let caller = server.caller(&scenario, &[("service", service), ("caller", "anonymous")]);
            let log = || format!("{what}: {}", server.log());
            caller.succeeds(log).await;
        }
        let hidden =
            DatabaseAssertions::at(&fresh.url).column("SELECT DISTINCT coalesce(far_number, '') FROM legs").await;
        assert_eq!(hidden, [""], "a caller without a number is hidden");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_call_lives_and_is_resumed() {
    on_sqlite(|fresh| async move {
        let server = with_people(&fresh, &[]).await;
        let steps = [
            ("2", "sendonly", "recvonly", "[local_ip]"),
            ("3", "inactive", "inactive", "[local_ip]"),
            ("4", "sendrecv", "recvonly", "0.0.0.0"),
            ("5", "sendrecv", "sendrecv", "[local_ip]"),
        ];
        let step = |(number, direction, mirrored, address): (&str, &str, &str, &str)| {
            let text = part("hold").replace("NUMBER", number).replace("DIRECTION", direction);
            text.replace("MIRRORED", mirrored).replace("ADDRESS", address)
        };
        let end: String = steps.into_iter().map(step).chain([part("bye")]).collect();
        let (offer, end) = (sdp(AUDIO), end);
        let replaced = [("OFFER\n", &*offer), ("STATUS", "200"), ("EXPECTED", "sendrecv"), ("END", &*end)];
        let scenario = server.scenario_from("offer", &replaced);
        let caller = server.caller(&scenario, &[("service", HEALTH_CALL), ("caller", "09066778899")]);
        caller.succeeds(|| server.log()).await;
    })
    .await;
}
