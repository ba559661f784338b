//! Reports in the portal by a link and the birth date: begun here or by phone, finished here or by phone.

use std::time::Duration;

use jiff::SignedDuration;
use kenkocall::carrier::simulator::Script;
use kenkocall::domain::{Item, PatientId, ReportLinkId, Role};
use kenkocall::lab::SYNTHETIC_CENTRE;
use kenkocall::policy::ReportLinks;
use kenkocall::service::{
    CentreChange, LinkAsked, WhyNoLink, release_patient, seal_trail, send_report_link, stop_patient, walk_trail,
};
use kenkocall::store::patients;
use kenkocall::web::portal;

use crate::databases::Fresh;
use crate::portal_site;
use crate::simulated_day::{Day, Plan, id};
use crate::site::{Page, Site, Visitor};

crate::on_both_databases!(
    m7_a_link_and_the_birth_date_open_todays_form,
    m7_a_report_begun_by_phone_is_finished_by_link,
    m7_a_report_begun_by_link_is_finished_by_phone,
    m7_a_red_answer_by_link_alerts_at_once,
    m7_all_questions_on_one_page,
    m7_an_account_goes_on_where_a_call_stopped,
    a_page_is_about_the_person_whom_it_named,
    a_page_of_another_persons_link_is_not_taken,
    h6_a_link_shows_nothing_stored,
    h7_a_strangers_birth_dates_end_the_link_and_not_the_patients_line,
    h8_a_released_persons_link_says_whom_to_phone,
    links_end_at_stop_with_the_day_and_by_the_centres_setting,
    nobody_who_asked_to_be_left_alone_gets_a_link,
    two_tabs_sent_twice_and_back_after_sending_are_one_report,
    the_day_of_a_report_is_that_on_which_it_was_sent,
    numbers_are_understood_or_asked_again_with_what_was_typed,
    five_hundred_characters_are_kept_and_harmless,
    a_person_who_feels_different_reports_again,
);

const MISMATCH: &str = "入力内容に誤りがあります";
const BORN: &str = "昭和55年4月1日";

struct Portal {
    day: Day,
    visitor: Visitor,
    form: &'static str,
}

impl Portal {
    async fn open(fresh: &Fresh, plan: Plan) -> Self {
        let day = Day::begin(fresh, plan).await;
        let router = portal(&day.client.context, portal_site::settings());
        Self { visitor: Visitor::at(&router, "192.0.2.9"), day, form: "/portal/r" }
    }

    async fn patient(&self) -> PatientId {
        let mut tx = self.day.client.context.database.begin_read().await.unwrap();
        patients::by_hersys_ids(&mut tx, &[id(0)]).await.unwrap()[0].id
    }

    async fn ask(&self, link: u128) -> LinkAsked {
        let (context, actor) = (&self.day.client.context, &self.day.client.actor);
        let link = ReportLinkId(uuid::Uuid::from_u128(link));
        send_report_link(context, actor, self.patient().await, link).await.unwrap()
    }

    /// Sends a link. Returns its path.
    async fn link(&self) -> String {
        assert_eq!(self.ask(1).await, LinkAsked::Now);
        self.later(2).await;
        let text = self.messages().pop().expect("an SMS");
        assert!(text.contains("見本保健所") && text.contains("https://kenko.example/portal/r/"), "{text}");
        let token = text.split("https://kenko.example").nth(1).unwrap().split(' ').next().unwrap();
        token.to_owned()
    }

    fn messages(&self) -> Vec<String> {
        let lines = &self.day.simulation.lines;
        lines.with(|network, _| network.messages().map(|message| message.text.expose().to_owned()).collect())
    }

    async fn later(&self, seconds: i64) {
        let then = self.day.simulation.clock.now() + SignedDuration::from_secs(seconds);
        self.day.until_moment(&then.to_string()).await;
    }

    async fn give(&mut self, path: &str, birth_date: &str) -> &Page {
        self.visitor.get(path).await;
        self.visitor.post(path, &[("birth_date", birth_date)]).await
    }

    /// A browser that has opened the form by a link.
    async fn opened(&mut self) -> String {
        let path = self.link().await;
        let page = self.give(&path, BORN).await;
        assert_eq!((page.status, page.location.as_deref()), (303, Some("/portal/r")), "{}", page.body);
        path
    }

    /// Answers the question that is on the page.
    async fn answer(&mut self, value: &str) -> &Page {
        if self.visitor.get(self.form).await.status != 200 {
            return &self.visitor.page;
        }
        self.answer_here(value).await
    }

    async fn answer_here(&mut self, value: &str) -> &Page {
        let (form, question) = (self.visitor.page.hidden("form"), self.visitor.page.hidden("questions"));
        let fields = [("form", form.as_str()), ("questions", question.as_str()), (question.as_str(), value)];
        self.visitor.post(self.form, &fields).await
    }

    /// Answers so many questions without a symptom.
    async fn well(&mut self, questions: usize) {
        for _ in 0..questions {
            self.visitor.get(self.form).await;
            let value = usual(&self.visitor.page.hidden("questions"));
            let page = self.answer_here(value).await;
            assert_eq!(page.status, 303, "{}", page.body);
        }
    }

    async fn reports(&self) -> Vec<String> {
        let sql = "SELECT report_date || ' ' || COALESCE(completed_in, channel) || ' ' || outcome FROM reports
                   ORDER BY report_date, started_at";
        self.day.kept.column(sql).await
    }

    async fn chain_is_whole(&self) {
        let (context, actor) = (&self.day.client.context, &self.day.client.actor);
        seal_trail(&context.database).await.unwrap();
        let walked = walk_trail(context, actor, None, Duration::ZERO).await.unwrap();
        assert_eq!((walked.chain_error, walked.rows.unsealed, walked.rows.bad.len()), (None, 0, 0));
    }
}

fn usual(question: &str) -> &'static str {
    match question {
        "body_temperature" => "36.5",
        "spo2" | "spo2_again" => "98",
        _ => "no",
    }
}

fn plan() -> Plan {
    Plan { patients: vec!["09:00;15:00"], ..Plan::default() }
}

fn hangs_up_at(question: u16) -> Script {
    Script::answers(Duration::from_secs(2)).hangs_up_at_question(question)
}

async fn m7_a_link_and_the_birth_date_open_todays_form(fresh: Fresh) {
    let mut portal = Portal::open(&fresh, plan()).await;
    portal.day.until("08:00").await;
    let path = portal.link().await;
    assert_eq!(portal.ask(1).await, LinkAsked::Before, "the form was sent twice");
    let token = path.rsplit('/').next().unwrap().to_owned();
    assert_eq!(token.len(), 43, "256 bits");
    let page = portal.give(&path, "1980-04-02").await;
    assert!(page.status == 422 && page.body.contains(MISMATCH), "{}", page.body);
    let page = portal.give(&path, "this year").await;
    assert!(page.status == 422 && page.body.contains("this year") && !page.body.contains(MISMATCH), "{}", page.body);
    assert_eq!(page.headers["referrer-policy"], "same-origin");
    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(portal.give(&path, "１９８００４０１").await.status, 303);
    portal.well(11).await;
    let page = portal.visitor.get("/portal/r/done").await;
    assert!(page.status == 200 && page.body.contains("11月24日の報告を受け付けました"), "{}", page.body);
    assert_eq!(portal.reports().await, ["2026-11-24 portal reported"]);
    assert_eq!(portal.day.kept.count("answers WHERE entered_by LIKE 'link:%' AND NOT late").await, 11);
    for stored in ["token_hash FROM report_links", "browser_hash FROM report_forms", "job FROM outbox"] {
        assert!(!portal.day.kept.column(&format!("SELECT {stored}")).await.concat().contains(&token), "{stored}");
    }
    portal.day.until("20:30").await;
    assert_eq!(portal.day.rang(), [""; 0], "A9: the day's calls are cancelled");
    portal.chain_is_whole().await;
}

async fn m7_a_report_begun_by_phone_is_finished_by_link(fresh: Fresh) {
    let plan = Plan { people: vec![(0, vec![hangs_up_at(5).into(); 4])], ..plan() };
    let mut portal = Portal::open(&fresh, plan).await;
    portal.day.until("09:10").await;
    assert_eq!(portal.reports().await, ["2026-11-24 automated_call unanswered"]);
    let by_phone = portal.day.kept.count("answers").await;
    assert!(by_phone > 0);
    portal.opened().await;
    portal.well(11).await;
    assert_eq!(portal.reports().await, ["2026-11-24 portal reported"], "its channel is the one that completed it");
    assert_eq!(portal.day.kept.count("answers WHERE call_id IS NOT NULL").await, by_phone, "each keeps its origin");
    assert!(portal.day.kept.count("answers WHERE entered_by LIKE 'link:%'").await > 0);
    portal.day.until("20:30").await;
    assert_eq!(portal.day.rang().len(), 1, "{:?}", portal.day.rang());
    portal.chain_is_whole().await;
}

async fn m7_a_report_begun_by_link_is_finished_by_phone(fresh: Fresh) {
    let mut portal = Portal::open(&fresh, plan()).await;
    portal.day.until("08:00").await;
    portal.opened().await;
    portal.well(4).await;
    assert_eq!(portal.reports().await, ["2026-11-24 portal unanswered"]);
    portal.day.rings_in(0);
    portal.day.until("20:30").await;
    assert_eq!(portal.reports().await, ["2026-11-24 health_call reported"]);
    assert_eq!(portal.day.kept.count("answers WHERE entered_by LIKE 'link:%'").await, 4);
    assert_eq!(portal.day.kept.count("answers WHERE call_id IS NOT NULL").await, 7, "from the first open question");
    portal.chain_is_whole().await;
    // What was answered by phone meanwhile isn't asked to be sent twice: the form's next page begins another version.
    portal.day.until("20:40").await;
    let page = portal.answer("no").await;
    assert_eq!(page.status, 303, "{}", page.body);
}

async fn m7_a_red_answer_by_link_alerts_at_once(fresh: Fresh) {
    let mut portal = Portal::open(&fresh, plan()).await;
    portal.day.until("08:00").await;
    portal.opened().await;
    portal.well(2).await;
    let page = portal.answer("yes").await;
    assert_eq!(page.location.as_deref(), Some("/portal/r/urgent"), "{}", page.body);
    assert_eq!(portal.day.alerts().await, ["red_answer"], "at once");
    assert_eq!(portal.day.kept.count("outbox WHERE kind = 'tell_centre'").await, 1);
    assert_eq!(portal.reports().await, ["2026-11-24 portal unanswered"]);
    let body = &portal.visitor.get("/portal/r/urgent").await.body;
    let (ambulance, centre) = (body.find("tel:119").unwrap(), body.find("tel:+81").unwrap());
    assert!(ambulance < centre && body.contains("職員に知らせました") && body.contains("あと 8問"), "{body}");
    portal.well(8).await;
    assert_eq!(portal.day.alerts().await, ["red_answer"], "once");
    assert_eq!(portal.reports().await, ["2026-11-24 portal reported"]);
}

async fn m7_all_questions_on_one_page(fresh: Fresh) {
    let mut portal = Portal::open(&fresh, plan()).await;
    portal.day.until("08:00").await;
    portal.opened().await;
    let page = portal.visitor.get("/portal/r?view=all").await.clone();
    let questions = page.hidden("questions");
    assert_eq!(questions.split(' ').count(), 13, "with those that depend on others: {questions}");
    let form = page.hidden("form");
    let asked = |but: &str| -> Vec<(String, String)> {
        let all = Item::ALL.into_iter().map(Item::code).filter(|name| *name != "breathlessness_severe" && *name != but);
        all.map(|name| (name.to_owned(), usual(name).to_owned())).collect()
    };
    let mut fields = asked("fatigue");
    fields.extend([("form".to_owned(), form), ("questions".to_owned(), questions)]);
    let sent: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = portal.visitor.post("/portal/r", &sent).await;
    assert!(page.status == 422 && page.body.contains("href=\"#fatigue\""), "{}", page.body);
    assert_eq!(portal.day.kept.count("answers").await, 10, "what can be read is stored beside what is missing");
    fields.push(("fatigue".to_owned(), "no".to_owned()));
    fields.push(("words".to_owned(), "犬の散歩に行けません".to_owned()));
    let sent: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(portal.visitor.post("/portal/r", &sent).await.location.as_deref(), Some("/portal/r/done"));
    assert_eq!(portal.reports().await, ["2026-11-24 portal reported"]);
    assert_eq!(portal.day.kept.column("SELECT words FROM report_texts").await, ["犬の散歩に行けません"]);
    // The choice is kept.
    let page = portal.visitor.get("/portal/r/done").await.clone();
    assert_eq!(page.status, 200);
    assert!(portal.visitor.cookies.contains_key("kenko-portal-questions"));
}

async fn m7_an_account_goes_on_where_a_call_stopped(fresh: Fresh) {
    let plan = Plan { people: vec![(0, vec![hangs_up_at(5).into(); 4])], ..plan() };
    let day = Day::begin(&fresh, plan).await;
    day.until("09:10").await;
    let by_phone = day.kept.count("answers").await;
    let accounts = portal_site::Portal::of(Site::of_day(&day).await);
    let mut visitor = accounts.signed_up(portal_site::HANAKO).await;
    assert_eq!(accounts.visitor().get("/portal/report").await.status, 303, "to the log-in");
    assert!(accounts.add(&mut visitor, &portal_site::hersys_id(0), portal_site::BIRTH_DATE).await);
    let mut portal = Portal { day, visitor, form: "/portal/report" };
    let here = format!("質問 {} / 11", by_phone + 1);
    let page = portal.visitor.get("/portal/report").await;
    assert!(page.body.contains(&here) && page.body.contains("見本 花子さん"), "{here} {}", page.body);
    portal.well(usize::try_from(11 - by_phone).unwrap()).await;
    assert_eq!(portal.visitor.get("/portal/report/done").await.status, 200);
    assert_eq!(portal.reports().await, ["2026-11-24 portal reported"]);
    assert_eq!(portal.day.kept.count("answers").await, 11, "no question was asked twice");
    assert_eq!(portal.day.kept.count("answers WHERE entered_by LIKE 'account:%'").await, 11 - by_phone);
    assert_eq!(portal.day.kept.column("SELECT caller_number FROM reports").await, ["unregistered"]);
    portal.day.until("20:30").await;
    assert_eq!(portal.day.rang().len(), 1, "{:?}", portal.day.rang());
    portal.chain_is_whole().await;
}

async fn a_page_is_about_the_person_whom_it_named(fresh: Fresh) {
    let plan = Plan { patients: vec!["09:00"; 2], ..plan() };
    let day = Day::begin(&fresh, plan).await;
    day.until("08:00").await;
    let accounts = portal_site::Portal::of(Site::of_day(&day).await);
    let mut visitor = accounts.signed_up(portal_site::HANAKO).await;
    for nth in 0..2 {
        assert!(accounts.add(&mut visitor, &portal_site::hersys_id(nth), portal_site::BIRTH_DATE).await);
    }
    // The second one is shown. The first one is chosen in another tab while the form is open.
    let second = visitor.get("/portal/report").await.hidden("person");
    let mut tab = visitor.clone();
    let first = day.kept.column(&format!("SELECT id FROM patients WHERE id <> '{second}'")).await.remove(0);
    tab.get("/portal").await;
    tab.post("/portal/person", &[("person", &first)]).await;
    let fields = [("person", second.as_str()), ("form", ""), ("questions", "complexion"), ("complexion", "yes")];
    let page = visitor.post("/portal/report", &fields).await;
    assert_eq!(page.location.as_deref(), Some("/portal/report/urgent"), "{}", page.body);
    assert_eq!(day.kept.column("SELECT patient_id FROM reports").await, [second.as_str()]);
    // The urgent page names that person, and nobody else has one.
    assert!(visitor.get("/portal/report/urgent").await.body.contains("すぐに対応が必要です"));
    tab.get("/portal").await;
    tab.post("/portal/person", &[("person", &first)]).await;
    assert_eq!(tab.get("/portal/report/urgent").await.location.as_deref(), Some("/portal/report"));
    // Nothing is taken for somebody who isn't the account's, or for nobody.
    let stranger = uuid::Uuid::now_v7().to_string();
    for person in [stranger.as_str(), ""] {
        let fields = [("person", person), ("questions", "fatigue"), ("fatigue", "yes"), ("words", "見本")];
        assert_eq!(visitor.post("/portal/report", &fields).await.status, 404);
        assert_eq!(visitor.post("/portal/report/words", &fields).await.status, 404);
    }
    assert_eq!(day.kept.count("answers").await, 1);
}

async fn a_page_of_another_persons_link_is_not_taken(fresh: Fresh) {
    let mut portal = Portal::open(&fresh, Plan { patients: vec!["09:00"; 2], ..plan() }).await;
    portal.day.until("08:00").await;
    portal.opened().await;
    let form = portal.visitor.get("/portal/r").await.hidden("form");
    // A form of the other patient, as another link in this browser would have made it.
    let other = portal
        .day
        .kept
        .column("SELECT id FROM patients WHERE id NOT IN (SELECT patient_id FROM report_forms)")
        .await
        .remove(0);
    portal.day.kept.rows(&format!("UPDATE report_forms SET patient_id = '{other}' WHERE id = '{form}'")).await;
    for (path, fields) in [
        ("/portal/r", [("form", form.as_str()), ("questions", "complexion"), ("complexion", "yes")]),
        ("/portal/r/words", [("form", form.as_str()), ("words", "見本"), ("step", "")]),
    ] {
        portal.visitor.get("/portal/r").await;
        let page = portal.visitor.post(path, &fields).await;
        assert!(page.body.contains("いま開いている方の報告ではありません"), "{path} {} {}", page.status, page.body);
    }
    assert_eq!(portal.day.kept.count("answers").await + portal.day.kept.count("report_texts").await, 0);
}

async fn h6_a_link_shows_nothing_stored(fresh: Fresh) {
    let plan = Plan { people: vec![(0, vec![hangs_up_at(5).into(); 4])], ..plan() };
    let mut portal = Portal::open(&fresh, plan).await;
    portal.day.until("09:10").await;
    let path = portal.link().await;
    let mut shown = portal.visitor.get(&path).await.body.clone();
    portal.give(&path, BORN).await;
    shown.push_str(&portal.visitor.get("/portal/r").await.body);
    assert!(shown.contains("質問 1 / 11"), "what others have answered doesn't show: {shown}");
    shown.push_str(&portal.visitor.get("/portal/r?view=all").await.body);
    for told in [id(0).expose(), "1980", "checked"] {
        assert!(!shown.contains(told), "{told}");
    }
    let mut tx = portal.day.client.context.database.begin_read().await.unwrap();
    let patient = patients::by_hersys_ids(&mut tx, &[id(0)]).await.unwrap().remove(0);
    drop(tx);
    // The family name of made-up people is the health centre's, too.
    assert!(!shown.contains(patient.given_name.expose()), "{}", patient.given_name.expose());
    // Nor does another browser's form show with the link alone.
    let mut other = portal.visitor.clone();
    other.cookies.clear();
    assert_eq!(other.get("/portal/r").await.status, 404);
}

async fn h7_a_strangers_birth_dates_end_the_link_and_not_the_patients_line(fresh: Fresh) {
    let mut portal = Portal::open(&fresh, plan()).await;
    portal.day.until("08:00").await;
    let path = portal.link().await;
    for day in 2..6 {
        let page = portal.give(&path, &format!("1980-04-0{day}")).await;
        assert!(page.status == 422 && page.body.contains(MISMATCH), "{day} {}", page.body);
    }
    assert_eq!(portal.day.alerts().await, [""; 0]);
    assert_eq!(portal.give(&path, "1980-04-06").await.status, 410);
    assert_eq!(portal.day.alerts().await, ["guessing"]);
    assert_eq!(portal.visitor.get(&path).await.status, 410, "also with the right one");
    let tries = "audit WHERE action = 'report_link.mismatch' AND source = 'portal'";
    assert_eq!(portal.day.kept.count(tries).await, 5);
    portal.day.rings_in(0);
    portal.later(600).await;
    assert_eq!(portal.reports().await, ["2026-11-24 health_call reported"]);
    let nowhere = format!("/portal/r/{}", "A".repeat(43));
    assert_eq!(portal.visitor.get(&nowhere).await.status, 404);
}

async fn h8_a_released_persons_link_says_whom_to_phone(fresh: Fresh) {
    let mut portal = Portal::open(&fresh, plan()).await;
    portal.day.until("08:00").await;
    let path = portal.opened().await;
    portal.well(1).await;
    portal.visitor.get("/portal/r").await;
    release_patient(&portal.day.client.context, &portal.day.client.actor, &id(0)).await.unwrap();
    let page = portal.answer_here("98").await;
    assert!(page.status == 410 && page.body.contains("tel:+81"), "{}", page.body);
    assert!(page.body.contains("保存されていません"), "{}", page.body);
    assert_eq!(portal.day.kept.count("answers").await, 1, "nothing is called saved that isn't");
    let page = portal.visitor.get(&path).await;
    assert!(page.status == 410 && page.body.contains("健康コール"), "{}", page.body);
    assert_eq!(portal.ask(2).await, LinkAsked::NotSent(WhyNoLink::NotObserved));
}

async fn links_end_at_stop_with_the_day_and_by_the_centres_setting(fresh: Fresh) {
    let mut portal = Portal::open(&fresh, plan()).await;
    portal.day.until("08:00").await;
    let path = portal.link().await;
    let off = |links: ReportLinks| CentreChange { report_links: Some(links), ..CentreChange::default() };
    portal.day.centre(off(ReportLinks::Off)).await;
    assert_eq!(portal.visitor.get(&path).await.status, 410);
    assert_eq!(portal.ask(2).await, LinkAsked::NotSent(WhyNoLink::Off));
    portal.day.centre(off(ReportLinks::Send)).await;
    assert_eq!(portal.visitor.get(&path).await.status, 200);
    stop_patient(&portal.day.client.context, &portal.day.client.actor, &id(0)).await.unwrap();
    assert_eq!(portal.visitor.get(&path).await.status, 410);
    portal.day.until_moment("2026-11-25T00:00:01+09:00").await;
    assert_eq!(portal.visitor.get(&path).await.status, 410);
}

async fn nobody_who_asked_to_be_left_alone_gets_a_link(fresh: Fresh) {
    let portal = Portal::open(&fresh, plan()).await;
    portal.day.until("08:00").await;
    // The message waits in the outbox while the person asks to be left alone.
    assert_eq!(portal.ask(1).await, LinkAsked::Now);
    portal.day.kept.rows("UPDATE patients SET stop_requested_at = 1").await;
    portal.later(60).await;
    assert_eq!(portal.messages(), [""; 0]);
    assert_eq!(portal.ask(2).await, LinkAsked::NotSent(WhyNoLink::LeftAlone));
}

async fn two_tabs_sent_twice_and_back_after_sending_are_one_report(fresh: Fresh) {
    let mut portal = Portal::open(&fresh, plan()).await;
    portal.day.until("08:00").await;
    portal.opened().await;
    portal.well(10).await;
    portal.visitor.get("/portal/r").await;
    // The last question in two tabs.
    let mut tab = portal.visitor.clone();
    assert_eq!(portal.answer_here("no").await.location.as_deref(), Some("/portal/r/done"));
    std::mem::swap(&mut tab, &mut portal.visitor);
    assert_eq!(portal.answer_here("no").await.location.as_deref(), Some("/portal/r/done?late=1"));
    assert_eq!(portal.reports().await, ["2026-11-24 portal reported"]);
    assert_eq!(portal.day.kept.count("answers").await, 11);
    // Back, and another answer: it is stored with the report, as one that came late, and alerts.
    let form = portal.day.kept.column("SELECT id FROM report_forms").await.remove(0);
    portal.visitor.get("/portal/r/done").await;
    let fields = [("form", form.as_str()), ("questions", "drowsiness"), ("drowsiness", "yes")];
    let page = portal.visitor.post("/portal/r", &fields).await;
    assert_eq!(page.location.as_deref(), Some("/portal/r/urgent"), "{}", page.body);
    assert_eq!(portal.day.kept.count("answers WHERE late").await, 1);
    assert_eq!(portal.day.alerts().await, ["red_answer"]);
    assert_eq!(portal.reports().await, ["2026-11-24 portal reported"]);
}

async fn the_day_of_a_report_is_that_on_which_it_was_sent(fresh: Fresh) {
    let mut portal = Portal::open(&fresh, plan()).await;
    portal.day.until("20:00").await;
    portal.opened().await;
    portal.day.until_moment("2026-11-24T23:59:55+09:00").await;
    portal.well(10).await;
    portal.visitor.get("/portal/r").await;
    portal.day.until_moment("2026-11-24T23:59:59+09:00").await;
    let mut tab = portal.visitor.clone();
    portal.day.until_moment("2026-11-25T00:00:01+09:00").await;
    let page = portal.answer_here("no").await;
    assert_eq!(page.location.as_deref(), Some("/portal/r/done?next-day=1"), "{}", page.body);
    assert!(portal.visitor.get("/portal/r/done?next-day=1").await.body.contains("11月25日の報告"));
    assert_eq!(portal.reports().await.last().unwrap(), "2026-11-25 portal reported");
    assert!(
        portal.reports().await.contains(&"2026-11-24 portal unanswered".to_owned()),
        "{:?}",
        portal.reports().await
    );
    // An hour later, the link has ended.
    portal.day.until_moment("2026-11-25T02:00:00+09:00").await;
    assert_eq!(tab.get("/portal/r").await.status, 410);
}

async fn numbers_are_understood_or_asked_again_with_what_was_typed(fresh: Fresh) {
    let mut portal = Portal::open(&fresh, plan()).await;
    portal.day.until("08:00").await;
    portal.opened().await;
    for wrong in ["3.75", "５０", "37.55", "熱がある"] {
        let page = portal.answer(wrong).await;
        assert!(page.status == 422 && page.body.contains(wrong), "{wrong} {}", page.body);
    }
    assert_eq!(portal.day.kept.count("answers").await, 0);
    for (right, stored) in [("37,5", "375"), ("３７．５", "375"), ("375", "375"), ("37", "370")] {
        portal.visitor.get("/portal/r?q=body_temperature").await;
        let page = portal.answer_here(right).await;
        assert_eq!(page.status, 303, "{right} {}", page.body);
        let last = "SELECT entry FROM answers WHERE item = 'body_temperature' ORDER BY id DESC LIMIT 1";
        assert_eq!(portal.day.kept.column(last).await, [stored], "{right}");
    }
    for (typed, status) in [("980", 422), ("98 %", 303)] {
        let page = portal.answer(typed).await;
        assert_eq!(page.status, status, "{typed} {}", page.body);
    }
    let stored = "SELECT entry FROM answers WHERE item = 'spo2'";
    assert_eq!(portal.day.kept.column(stored).await, ["098"]);
}

async fn five_hundred_characters_are_kept_and_harmless(fresh: Fresh) {
    let mut portal = Portal::open(&fresh, plan()).await;
    portal.day.until("08:00").await;
    portal.opened().await;
    portal.well(11).await;
    portal.visitor.get("/portal/r/done").await;
    let page = portal.visitor.post("/portal/r/words", &[("words", &"👨‍👩‍👧".repeat(501))]).await;
    assert!(page.status == 422 && page.body.contains("501文字") && page.body.contains("👨‍👩‍👧"), "{}", page.body);
    let typed = "<script>alert(1)</script>\0\n=cmd|' /C calc'!A0 \u{202e}右から 🤒";
    for _ in 0..2 {
        portal.visitor.get("/portal/r/done").await;
        assert_eq!(portal.visitor.post("/portal/r/words", &[("words", typed)]).await.status, 303);
    }
    let kept = portal.day.kept.column("SELECT words FROM report_texts").await;
    assert_eq!(kept, [typed.replace('\0', "")], "once, without NUL");
    let site = Site::of_day(&portal.day).await;
    let member = site.member("naoko@mihon.example", Role::Nurse, Some(SYNTHETIC_CENTRE)).await;
    let mut nurse = site.logged_in(&member).await;
    let page = nurse.get(&format!("/console/patients/{}", portal.patient().await)).await;
    assert!(page.body.contains("&#60;script&#62;alert(1)") && page.body.contains("本人が書いたこと"), "{}", page.body);
    assert!(!page.body.contains("<script>alert"));
    // The nurse sends another link from here.
    let (link, path) = (page.hidden("link"), format!("/console/patients/{}/report-link", portal.patient().await));
    let page = nurse.post(&path, &[("link", &link)]).await;
    assert!(page.location.as_deref().unwrap().ends_with("done=link-sent"), "{:?}", page.location);
    nurse.get(&format!("/console/patients/{}", portal.patient().await)).await;
    let page = nurse.post(&path, &[("link", &link)]).await;
    assert!(page.location.as_deref().unwrap().ends_with("done=link-sent-before"), "{:?}", page.location);
}

async fn a_person_who_feels_different_reports_again(fresh: Fresh) {
    let mut portal = Portal::open(&fresh, plan()).await;
    portal.day.until("08:00").await;
    portal.opened().await;
    portal.well(11).await;
    let token = portal.visitor.get("/portal/r/done").await.token();
    for _ in 0..2 {
        portal.visitor.post_only("/portal/r/again", &[("token", &token)]).await;
    }
    portal.later(60).await;
    portal.well(11).await;
    assert_eq!(portal.reports().await, ["2026-11-24 portal reported"; 2], "another version");
    assert_eq!(portal.day.kept.count("report_forms").await, 2);
}
