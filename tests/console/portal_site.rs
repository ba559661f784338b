//! The portal in front of the same health centre, a mailbox, and the steps of somebody who signs up.

use std::sync::{Arc, Mutex};

use axum::Router;
use jiff::tz::TimeZone;
use kenkocall::domain::HersysId;
use kenkocall::lab::synthetic_identity;
use kenkocall::mail::{Letter, MailOutcome, MailServer, Sending};
use kenkocall::policy::{GuessingLimits, PortalLines};
use kenkocall::service::{JobRunner, Post};
use kenkocall::web::{PortalMail, PortalSettings, portal};

use crate::databases::Fresh;
use crate::site::{PUBLIC_URL, Site, Visitor};

/// The birth date of everybody.
pub const BIRTH_DATE: &str = "昭和55年4月1日";
/// The address of somebody who signs up.
pub const HANAKO: &str = "hanako@mihon.example";

/// All messages that were sent.
#[derive(Clone, Default)]
pub struct Mailbox(Arc<Mutex<Vec<Letter>>>);

impl MailServer for Mailbox {
    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
        self.0.lock().unwrap().push(letter.clone());
        Box::pin(async { MailOutcome::Accepted })
    }
}

/// A portal.
pub struct Portal {
    pub site: Site,
    pub router: Router,
    mailbox: Mailbox,
    runner: JobRunner,
}

/// The HER-SYS ID of a made-up patient.
pub fn hersys_id(nth: u32) -> String {
    let id: HersysId = synthetic_identity(nth).unwrap().0;
    id.expose().to_owned()
}

/// As with a mail server.
pub fn settings() -> PortalSettings {
    PortalSettings {
        public_url: PUBLIC_URL.to_owned(),
        proxies: "".parse().unwrap(),
        zone: TimeZone::get("Asia/Tokyo").unwrap(),
        guessing: GuessingLimits::default(),
        mail: PortalMail::Sent,
        health_call_number: None,
        help: kenkocall::web::HelpSettings::default(),
        certificates: Site::certificates(PUBLIC_URL),
        lines: PortalLines::of_cores(2),
        flow_set: crate::simulated_day::shipped(),
    }
}

impl Portal {
    pub async fn open(fresh: &Fresh) -> Self {
        Self::of(Site::of_patients(fresh, 4).await)
    }

    pub fn of(site: Site) -> Self {
        let mailbox = Mailbox::default();
        let post = Post { server: Arc::new(mailbox.clone()), console: String::new() };
        let runner = JobRunner::of_mail(Arc::clone(&site.context), post);
        let router = portal(&site.context, settings());
        Self { site, router, mailbox, runner }
    }

    /// The same with other waiting lines.
    pub fn with_lines(self, lines: PortalLines) -> Self {
        let router = portal(&self.site.context, PortalSettings { lines, ..settings() });
        Self { router, ..self }
    }

    pub fn visitor(&self) -> Visitor {
        Visitor::at(&self.router, "192.0.2.1")
    }

    /// The messages since the last look, each with its address and its text.
    pub async fn mail(&self) -> Vec<(String, String)> {
        self.runner.run().await.unwrap();
        let letters = std::mem::take(&mut *self.mailbox.0.lock().unwrap());
        letters.into_iter().map(|letter| (letter.to.expose().to_owned(), letter.text)).collect()
    }

    /// The code of the last message.
    pub async fn code(&self) -> String {
        let (_, text) = self.mail().await.pop().expect("a message");
        text.lines().next().unwrap().rsplit(' ').next().unwrap().to_owned()
    }

    /// Asks for a code to sign up.
    pub async fn ask(&self, visitor: &mut Visitor, address: &str) {
        visitor.get("/portal/register").await;
        visitor.post("/portal/register", &[("email", address), ("stay", "1")]).await;
        assert_eq!(visitor.page.status, 303, "{}", visitor.page.body);
        visitor.get("/portal/code").await;
    }

    /// Somebody who has signed up without a password.
    pub async fn signed_up(&self, address: &str) -> Visitor {
        let mut visitor = self.visitor();
        self.ask(&mut visitor, address).await;
        let code = self.code().await;
        visitor.post("/portal/code", &[("code", &code)]).await;
        assert_eq!(visitor.page.location.as_deref(), Some("/portal/account/password?new=1"), "{}", visitor.page.body);
        visitor
    }

    /// Enters a person, confirms it, and returns whether it was saved.
    pub async fn add(&self, visitor: &mut Visitor, hersys_id: &str, birth_date: &str) -> bool {
        let fields = [
            ("family_name", "見本"),
            ("given_name", "花子"),
            ("birth_date", birth_date),
            ("hersys_id", hersys_id),
            ("label", ""),
        ];
        visitor.get("/portal/people/add").await;
        visitor.post("/portal/people/add", &fields).await;
        assert!(visitor.page.body.contains("属性を保存する"), "{}", visitor.page.body);
        let shown: Vec<(&str, &str)> = fields.into_iter().chain([("shown", "confirm")]).collect();
        visitor.post("/portal/people/add", &shown).await;
        visitor.page.status == 303
    }
}
