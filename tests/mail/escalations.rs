//! A red alert that nobody takes: those who are rung get an e-mail, and are rung without it.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use jiff::SignedDuration;
use kenkocall::carrier::simulator::{Behaviour, Script};
use kenkocall::config::Email;
use kenkocall::domain::{
    AlertId, AlertKind, CallableNumber, CentreCode, Contact, ContactId, EmailAddress, Keys, Language, PatientId,
    PhoneNumber, Revision, Rota, RotaParts, Shift, ShiftId, SmsToo, StaffName,
};
use kenkocall::lab::{SYNTHETIC_CENTRE, synthetic_number};
use kenkocall::mail::Smtp;
use kenkocall::service::{EmailRule, Escalator, EscalatorSettings, JobRunner, Post, TakeFrom, change_rota, take_line};
use kenkocall::store::alerts::{self, AlertRow};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::json;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use uuid::Uuid;

use crate::databases::Fresh;
use crate::mail_server::{Server, closed_port};
use crate::simulated_day::{Day, Plan};

crate::on_both_databases!(
    whoever_is_rung_gets_an_email_that_names_no_patient,
    an_email_waits_for_the_mail_server_and_is_sent_once,
    an_email_about_alerts_that_were_taken_meanwhile_is_never_sent,
    a_refused_address_is_written_to_once,
    without_a_mail_server_no_email_waits,
    smtp_and_sms_are_down_and_the_rota_is_rung_and_each_minute_it_is_said,
);

/// The first of the staff's mobile numbers.
const FIRST: u32 = 10;
/// The staff's landlines, which take no SMS.
const LANDLINES: [&str; 2] = ["+81352113641", "+81352113643"];

struct Member {
    number: PhoneNumber,
    language: Language,
    email: Option<&'static str>,
}

fn mobile(nth: u32, email: Option<&'static str>) -> Member {
    Member { number: synthetic_number(FIRST + nth).unwrap(), language: Language::Japanese, email }
}

/// A rota: the first is always on duty, and the last is rung at last.
fn rota(members: &[Member]) -> Rota {
    let id = |nth: usize| ContactId(Uuid::from_u128(nth as u128));
    let contact = |(nth, member): (usize, &Member)| Contact {
        id: id(nth),
        name: StaffName::parse(["見本 直子", "見本 一郎"][nth]).unwrap(),
        phone: CallableNumber::new(member.number.clone()).unwrap(),
        language: member.language,
        email: member.email.map(|email| EmailAddress::parse(email).unwrap()),
        sms: SmsToo::Yes,
        account: None,
    };
    Rota::new(RotaParts {
        contacts: members.iter().enumerate().map(contact).collect(),
        shifts: vec![Shift {
            id: ShiftId(Uuid::nil()),
            days: "mon;tue;wed;thu;fri;sat;sun".parse().unwrap(),
            hours: "00:00-24:00".parse().unwrap(),
            contacts: vec![id(0)],
        }],
        fallback: Some(id(members.len() - 1)),
        ..RotaParts::default()
    })
    .unwrap()
}

fn centre() -> CentreCode {
    CentreCode::parse(SYNTHETIC_CENTRE).unwrap()
}

/// A day with a red alert about its only patient, and these people on the rota.
async fn day(fresh: &Fresh, members: &[Member], people: Vec<Behaviour>) -> (Day, AlertId) {
    let at_numbers = members.iter().zip(people).map(|(member, one)| (member.number.clone(), vec![one])).collect();
    let start = "2026-11-28T10:00:00+09:00";
    let plan = Plan { start, patients: vec!["23:00"], at_numbers, ..Plan::default() };
    let day = Day::begin(fresh, plan).await;
    change_rota(&day.client.context, &day.client.actor, &centre(), Revision(0), &rota(members)).await.unwrap();
    let patient = PatientId(day.kept.column("SELECT id FROM patients").await[0].parse().unwrap());
    let (id, at) = (AlertId(Uuid::now_v7()), day.simulation.clock.now());
    let row =
        AlertRow { centre: Some(centre()), patient: Some(patient), ..AlertRow::of_all(id, AlertKind::RedAnswer, at) };
    let mut tx = day.simulation.context.database.begin_write().await.unwrap();
    alerts::raise(&mut tx, &[row]).await.unwrap();
    tx.commit().await.unwrap();
    (day, id)
}

fn escalator(day: &Day, email: EmailRule) -> Arc<Escalator> {
    let simulation = &day.simulation;
    let from = PhoneNumber::from_e164("+815000000000").unwrap();
    let settings = EscalatorSettings { from, ring_seconds: 25, email };
    let (context, carriers) = (Arc::clone(&simulation.context), simulation.carriers.clone());
    Escalator::new(context, simulation.conversations.clone(), carriers, settings)
}

/// A node that hands e-mail to the mail server at this port.
fn mailer(day: &Day, port: u16) -> JobRunner {
    let settings =
        format!("server = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\nfrom = \"kenko@mihon.example\"");
    let settings: Email = toml::from_str(&settings).unwrap();
    let server = Arc::new(Smtp::configured(&settings).unwrap().unwrap());
    let console = "https://kenko.example/console".to_owned();
    JobRunner::of_mail(Arc::clone(&day.simulation.context), Post { server, console })
}

/// Goes on for some seconds.
async fn pass(day: &Day, escalator: &Escalator, mailer: &JobRunner, seconds: i64) {
    let end = day.simulation.clock.now() + SignedDuration::from_secs(seconds);
    while day.simulation.clock.now() < end {
        escalator.tick_and_wait().await.unwrap();
        mailer.run().await.unwrap();
        let next = (day.simulation.clock.now() + SignedDuration::from_secs(5)).min(end);
        day.simulation.run_until(next).await.unwrap();
    }
}

/// The steps in order: `name outcome sms mail`.
async fn steps(day: &Day) -> Vec<String> {
    let sql = "SELECT s.name, s.outcome, s.sms, s.mail FROM escalation_steps s ORDER BY s.number";
    day.kept.rows(sql).await.into_iter().map(|row| row.join(" ").trim().to_owned()).collect()
}

/// The jobs that send e-mail and aren't done.
async fn waiting(day: &Day) -> usize {
    day.kept.column("SELECT id FROM outbox WHERE kind = 'staff_email' AND done_at IS NULL").await.len()
}

fn rings_out() -> Behaviour {
    Script::rings_out().into()
}

fn takes_it() -> Behaviour {
    Script::answers(Duration::from_secs(4)).keys_at("staff_alert.ask", Keys::parse("1").unwrap()).into()
}

async fn whoever_is_rung_gets_an_email_that_names_no_patient(fresh: Fresh) {
    let english = Member { language: Language::English, ..mobile(1, Some("ichiro@mihon.example")) };
    let members = [mobile(0, Some("naoko@mihon.example")), english];
    let (day, _) = day(&fresh, &members, vec![rings_out(), takes_it()]).await;
    let server = Server::open();
    pass(&day, &escalator(&day, EmailRule::Sent), &mailer(&day, server.port), 240).await;
    assert_eq!(steps(&day).await, ["見本 直子 no_answer sent sent", "見本 一郎 taken sent sent"]);
    let (first, second) = (server.next(), server.next());
    assert_eq!(first["recipients"], json!(["naoko@mihon.example"]));
    let subject = first["subject"].as_str().unwrap();
    assert!(subject.starts_with("Kenko Call: ") && subject.ends_with("緊急 1件"), "{subject}");
    assert!(first["text"].as_str().unwrap().contains("1件あります"), "{first}");
    assert_eq!(second["recipients"], json!(["ichiro@mihon.example"]));
    assert!(second["text"].as_str().unwrap().contains("Open the console"), "{second}");
    for mail in [&first, &second] {
        let all = mail.to_string();
        assert!(all.contains("https://kenko.example/console"), "{all}");
        assert!(!all.contains("花子") && !all.contains("100000"), "it names no patient: {all}");
    }
    assert_ne!(first["id"], second["id"]);
    assert!(server.rest().is_empty(), "one for each call");
    assert_eq!(waiting(&day).await, 0);
}

async fn an_email_waits_for_the_mail_server_and_is_sent_once(fresh: Fresh) {
    let members = [mobile(0, Some("naoko@mihon.example")), mobile(1, Some("ichiro@mihon.example"))];
    let (day, _) = day(&fresh, &members, vec![rings_out(), rings_out()]).await;
    let (port, escalator) = (closed_port(), escalator(&day, EmailRule::Sent));
    pass(&day, &escalator, &mailer(&day, port), 140).await;
    assert_eq!(steps(&day).await, ["見本 直子  sent not_yet"], "it rings meanwhile");
    assert_eq!(waiting(&day).await, 1);
    let server = Server::start(&json!({ "security": "none", "port": port }));
    pass(&day, &escalator, &mailer(&day, port), 40).await;
    let mut recipients: Vec<_> = server.rest().into_iter().map(|mail| mail["recipients"].to_string()).collect();
    recipients.sort_unstable();
    assert_eq!(recipients, [r#"["ichiro@mihon.example"]"#, r#"["naoko@mihon.example"]"#], "each once");
    assert_eq!(steps(&day).await[0], "見本 直子 no_answer sent sent");
    assert_eq!(waiting(&day).await, 0);
}

async fn an_email_about_alerts_that_were_taken_meanwhile_is_never_sent(fresh: Fresh) {
    let members = [mobile(0, Some("naoko@mihon.example")), mobile(1, None)];
    let (day, alert) = day(&fresh, &members, vec![rings_out(), rings_out()]).await;
    let (port, escalator) = (closed_port(), escalator(&day, EmailRule::Sent));
    pass(&day, &escalator, &mailer(&day, port), 130).await;
    assert_eq!(waiting(&day).await, 1);
    take_line(&day.client.context, &day.client.actor, alert, TakeFrom::Nobody).await.unwrap();
    let server = Server::start(&json!({ "security": "none", "port": port }));
    pass(&day, &escalator, &mailer(&day, port), 60).await;
    assert_eq!((server.rest().len(), waiting(&day).await), (0, 0));
}

async fn a_refused_address_is_written_to_once(fresh: Fresh) {
    let members = [mobile(0, Some("naoko@mihon.example")), mobile(1, None)];
    let (day, _) = day(&fresh, &members, vec![rings_out(), takes_it()]).await;
    let server = Server::start(&json!({ "security": "none", "refuses": "message" }));
    pass(&day, &escalator(&day, EmailRule::Sent), &mailer(&day, server.port), 240).await;
    assert_eq!(steps(&day).await, ["見本 直子 no_answer sent refused", "見本 一郎 taken sent"]);
    assert_eq!((server.rest().len(), waiting(&day).await), (1, 0));
}

async fn without_a_mail_server_no_email_waits(fresh: Fresh) {
    let members = [mobile(0, Some("naoko@mihon.example")), mobile(1, None)];
    let (day, _) = day(&fresh, &members, vec![takes_it(), takes_it()]).await;
    pass(&day, &escalator(&day, EmailRule::NoServer), &mailer(&day, closed_port()), 240).await;
    assert_eq!(steps(&day).await, ["見本 直子 taken sent"]);
    assert_eq!(day.kept.column("SELECT id FROM outbox WHERE kind = 'staff_email'").await.len(), 0);
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Started once, because the tests of one process share the log.
fn watched() -> &'static (Log, PrometheusHandle) {
    static WATCHED: OnceLock<(Log, PrometheusHandle)> = OnceLock::new();
    WATCHED.get_or_init(|| {
        let log = Log::default();
        let filter = EnvFilter::new("info,kenkocall=trace");
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(log.clone()).init();
        (log, PrometheusBuilder::new().install_recorder().unwrap())
    })
}

/// How often the log and the metric have said that nobody could be reached.
fn said() -> [usize; 2] {
    let (log, metrics) = watched();
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines = log.lines().filter(|line| line.contains("ERROR") && line.contains("nobody who is to be rung"));
    let metrics = metrics.render();
    let count = metrics.lines().find_map(|line| line.strip_prefix("kenkocall_nobody_reached_total "));
    [lines.count(), count.map_or(0, |count| count.parse().unwrap())]
}

/// "red answer while nobody is logged in and SMTP and SMS are down → the rota is rung; if that fails, log and metric
/// say so each minute".
async fn smtp_and_sms_are_down_and_the_rota_is_rung_and_each_minute_it_is_said(fresh: Fresh) {
    let before = said();
    let landline = |nth: usize, email| Member {
        number: PhoneNumber::from_e164(LANDLINES[nth]).unwrap(),
        language: Language::Japanese,
        email: Some(email),
    };
    let members = [landline(0, "naoko@mihon.example"), landline(1, "ichiro@mihon.example")];
    let (day, _) = day(&fresh, &members, vec![rings_out(), rings_out()]).await;
    let (escalator, mailer) = (escalator(&day, EmailRule::Sent), mailer(&day, closed_port()));
    pass(&day, &escalator, &mailer, 200).await;
    let rung: Vec<String> = day.rang().iter().map(|line| line[line.len() - 2..].to_owned()).collect();
    assert_eq!(rung, ["41", "43"], "the rota is rung");
    assert_eq!(steps(&day).await, ["見本 直子 no_answer refused not_yet", "見本 一郎 no_answer refused not_yet"]);
    let first = said();
    assert!(first[0] > before[0] && first[1] > before[1], "{before:?} {first:?}");
    pass(&day, &escalator, &mailer, 130).await;
    let second = said();
    assert!(second[0] >= first[0] + 2 && second[1] >= first[1] + 2, "each minute: {first:?} {second:?}");
    // Nothing personal is logged, measured or kept beside the steps.
    let (log, metrics) = watched();
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap() + &metrics.render();
    assert!(log.contains("the mail server didn't take an e-mail to staff") && log.contains("why=Unreachable"), "{log}");
    for personal in ["mihon.example", "見本", "35211364"] {
        assert!(!log.contains(personal), "{personal} is in the log");
    }
    let jobs = day.kept.column("SELECT job FROM outbox WHERE kind = 'staff_email'").await;
    assert!(jobs.len() == 2 && !jobs.concat().contains('@'), "{jobs:?}");
}
