//! A health centre with two patients and its staff, the console in front of it, and people with browsers.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, Method, Request};
use futures_util::StreamExt as _;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kenkocall::domain::{
    Actor, AlertId, AlertKind, CallTimes, CallingHours, CentreCode, CentreName, HersysId, LogInName, Password,
    PatientId, PhoneNumber, Role, SecondFactor, StaffName,
};
use kenkocall::lab::{SYNTHETIC_CENTRE, SyntheticDay, VirtualClock, add_synthetic_day, synthetic_identity};
use kenkocall::render::Fonts;
use kenkocall::service::{
    CentreChange, Context, NewAccount, SecretToken, SetUp, add_centre, choose_password, code_at, confirm_second_factor,
    invite_staff, set_up,
};
use kenkocall::store::alerts::{self, AlertRow};
use kenkocall::store::patients;
use kenkocall::web::{CertificateSettings, ConsoleSettings, Peer, SecondFactorRule, Stopping, console};
use tokio_util::sync::CancellationToken;

use crate::databases::Fresh;
use crate::simulated_day::Day;

/// The address of the tests' console.
pub const PUBLIC_URL: &str = "http://localhost:8080";
/// Everybody's password.
pub const PASSWORD: &str = "a long mihon password";
/// The second font, of Debian's fonts-noto-cjk.
pub const SECOND_FONT: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
static FONTS: LazyLock<Arc<Fonts>> =
    LazyLock::new(|| Arc::new(Fonts::with_second(std::fs::read(SECOND_FONT).unwrap()).unwrap()));
/// A step of an authenticator.
const STEP: SignedDuration = SignedDuration::from_secs(30);
/// The other health centre.
pub const OTHER: &str = "27100";

/// A value as browsers read it.
pub fn plain(value: &str) -> String {
    value.replace("&#38;", "&").replace("&amp;", "&")
}

/// A console.
pub struct Site {
    pub clock: VirtualClock,
    pub context: Arc<Context>,
    pub router: Router,
}

/// A member of staff, with the secret of the authenticator.
#[derive(Clone)]
pub struct Member {
    pub email: String,
    pub secret: String,
    pub recovery: Vec<String>,
}

impl Site {
    /// A console of 2026-11-28 10:02:40 in Japan.
    pub async fn open(fresh: &Fresh) -> Self {
        Self::of_patients(fresh, 2).await
    }

    /// The same with this many patients.
    pub async fn of_patients(fresh: &Fresh, patients: u32) -> Self {
        let clock = VirtualClock::at("2026-11-28T01:02:40Z".parse().unwrap());
        let context = Context::new(fresh.database.clone(), clock.clock());
        let day = SyntheticDay {
            hours: "00:00-24:00".parse::<CallingHours>().unwrap(),
            times: vec!["09:00".parse::<CallTimes>().unwrap()],
            patients,
            after: clock.now(),
        };
        add_synthetic_day(&fresh.database, &day).await.unwrap();
        Self::over(clock, context).await
    }

    /// The console of a day of the simulated network.
    pub async fn of_day(day: &Day) -> Self {
        Self::over(day.simulation.clock.clone(), Arc::clone(&day.client.context)).await
    }

    async fn over(clock: VirtualClock, context: Arc<Context>) -> Self {
        let (name, phone) =
            (CentreName::parse("架空区保健所").unwrap(), PhoneNumber::from_e164("+81352113642").unwrap());
        let other = CentreCode::parse(OTHER).unwrap();
        add_centre(&context, &Actor::System, other, name, phone, &CentreChange::default()).await.unwrap();
        let router = Self::router_of(&context, PUBLIC_URL, "");
        Self { clock, context, router }
    }

    pub fn router_of(context: &Arc<Context>, public_url: &str, proxies: &str) -> Router {
        let settings = ConsoleSettings {
            public_url: public_url.to_owned(),
            proxies: proxies.parse().unwrap(),
            zone: TimeZone::get("Asia/Tokyo").unwrap(),
            second_factor: SecondFactorRule::Asked,
            email: kenkocall::service::EmailRule::Sent,
            pace: kenkocall::web::ServerPace { per_second: 2.5, at_once: 20 },
            flow_set: crate::simulated_day::shipped(),
            certificates: Self::certificates(public_url),
        };
        console(context, settings)
    }

    /// What certificates need, with both fonts.
    pub fn certificates(public_url: &str) -> CertificateSettings {
        CertificateSettings { fonts: Arc::clone(&FONTS), public_url: public_url.to_owned() }
    }

    pub fn later(&self, wait: SignedDuration) {
        self.clock.set(self.clock.now().checked_add(wait).unwrap());
    }

    /// Invites somebody.
    pub async fn invited(&self, email: &str, role: Role, centre: Option<&str>) -> SecretToken {
        self.invited_as(email, "見本 直子", role, centre).await
    }

    async fn invited_as(&self, email: &str, name: &str, role: Role, centre: Option<&str>) -> SecretToken {
        let new = NewAccount {
            log_in_name: LogInName::parse(email).unwrap(),
            name: StaffName::parse(name).unwrap(),
            role,
            centre: centre.map(|code| CentreCode::parse(code).unwrap()),
        };
        invite_staff(&self.context, &Actor::System, new).await.unwrap().token
    }

    /// A member of staff who has set up the account.
    pub async fn member(&self, email: &str, role: Role, centre: Option<&str>) -> Member {
        self.named(email, "見本 直子", role, centre).await
    }

    /// The same with a name.
    pub async fn named(&self, email: &str, name: &str, role: Role, centre: Option<&str>) -> Member {
        let token = self.invited_as(email, name, role, centre).await;
        let password = Password::choose(PASSWORD, &LogInName::parse(email).unwrap()).unwrap();
        choose_password(&self.context, &token, &password).await.unwrap();
        let SetUp::SecondFactor { secret, .. } = set_up(&self.context, &token).await.unwrap() else {
            panic!("a secret")
        };
        let code = SecondFactor::OneTimeCode(code_at(&secret, self.clock.now()).unwrap());
        let recovery = confirm_second_factor(&self.context, &token, &code).await.unwrap();
        // Each code works once.
        self.later(STEP);
        Member { email: email.to_owned(), secret, recovery }
    }

    pub async fn nurse(&self) -> Member {
        self.member("naoko@mihon.example", Role::Nurse, Some(SYNTHETIC_CENTRE)).await
    }

    pub fn code(&self, member: &Member) -> String {
        code_at(&member.secret, self.clock.now()).unwrap()
    }

    pub async fn patient(&self, nth: u32) -> PatientId {
        let id: HersysId = synthetic_identity(nth).unwrap().0;
        let mut tx = self.context.database.begin_read().await.unwrap();
        patients::by_hersys_ids(&mut tx, &[id]).await.unwrap()[0].id
    }

    /// Raises an alert of the synthetic centre about a patient, some minutes ago.
    pub async fn alert(&self, kind: AlertKind, patient: Option<PatientId>, minutes: i64) -> AlertId {
        let id = AlertId(uuid::Uuid::now_v7());
        let at: Timestamp = self.clock.now().checked_sub(SignedDuration::from_mins(minutes)).unwrap();
        let centre = Some(CentreCode::parse(SYNTHETIC_CENTRE).unwrap());
        let row = AlertRow { centre, patient, ..AlertRow::of_all(id, kind, at) };
        let mut tx = self.context.database.begin_write().await.unwrap();
        alerts::raise(&mut tx, &[row]).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub fn visitor(&self) -> Visitor {
        Visitor::at(&self.router, "192.0.2.1")
    }

    /// Somebody who is logged in.
    /// Logs somebody in whose log-in had ended. Returns the page to which it leads.
    pub async fn log_in_again(&self, visitor: &mut Visitor, member: &Member, next: &str) -> String {
        visitor.post("/console/log-in", &[("email", &member.email), ("password", PASSWORD), ("next", next)]).await;
        let second = visitor.page.location.clone().unwrap();
        let next = plain(&visitor.get(&second).await.hidden("next"));
        visitor.post("/console/log-in/second-factor", &[("code", &self.code(member)), ("next", &next)]).await;
        visitor.page.location.clone().unwrap()
    }

    pub async fn logged_in(&self, member: &Member) -> Visitor {
        let mut visitor = self.visitor();
        visitor.log_in(self, member).await;
        self.later(STEP);
        visitor
    }

    /// The actions of the audit trail's newest entries, oldest first, without those of seals.
    pub async fn actions(&self) -> Vec<String> {
        let mut tx = self.context.database.begin_read().await.unwrap();
        let filter = kenkocall::store::audit::AuditFilter { limit: 1_000, ..Default::default() };
        let mut rows = kenkocall::store::audit::list(&mut tx, &filter).await.unwrap();
        rows.reverse();
        rows.into_iter().map(|row| row.action).collect()
    }
}

/// A person with a browser.
#[derive(Clone)]
pub struct Visitor {
    router: Router,
    address: IpAddr,
    pub cookies: BTreeMap<String, String>,
    /// Headers that the browser adds to forms.
    pub form_headers: Vec<(&'static str, String)>,
    pub host: String,
    /// The last page.
    pub page: Page,
}

/// An answer.
#[derive(Clone, Default)]
pub struct Page {
    pub status: u16,
    pub location: Option<String>,
    pub headers: HeaderMap,
    pub body: String,
}

impl Page {
    /// The form token of the page.
    pub fn token(&self) -> String {
        let after = self.body.split("name=\"token\" value=\"").nth(1).expect("a form");
        after.split('"').next().unwrap().to_owned()
    }

    /// The hidden field of a form.
    pub fn hidden(&self, name: &str) -> String {
        let after = self.body.split(&format!("name=\"{name}\" value=\"")).nth(1).expect("a hidden field");
        after.split('"').next().unwrap().to_owned()
    }
}

impl Visitor {
    /// The same browser, once another process answers.
    pub fn moved_to(&mut self, router: &Router) {
        self.router = router.clone();
    }

    pub fn at(router: &Router, address: &str) -> Self {
        Self {
            router: router.clone(),
            address: address.parse().unwrap(),
            cookies: BTreeMap::new(),
            form_headers: vec![("origin", PUBLIC_URL.to_owned()), ("sec-fetch-site", "same-origin".to_owned())],
            host: "localhost:8080".to_owned(),
            page: Page::default(),
        }
    }

    pub async fn get(&mut self, path: &str) -> &Page {
        self.send(Method::GET, path, Vec::new(), String::new()).await
    }

    /// Sends a form with these fields and the token of the last page.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> &Page {
        let token = self.page.token();
        let mut fields: Vec<(&str, &str)> = fields.iter().copied().chain([("token", token.as_str())]).collect();
        // The portal's forms say about whom they are.
        let is_about = self.page.body.contains("<input type=\"hidden\" name=\"person\"");
        let person = if is_about { self.page.hidden("person") } else { String::new() };
        if is_about && fields.iter().all(|(name, _)| *name != "person") {
            fields.push(("person", &person));
        }
        self.post_only(path, &fields).await
    }

    /// Sends a form with only these fields.
    pub async fn post_only(&mut self, path: &str, fields: &[(&str, &str)]) -> &Page {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = self.form_headers.clone();
        self.send(Method::POST, path, headers, body).await
    }

    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: Vec<(&'static str, String)>,
        body: String,
    ) -> &Page {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, &self.host)
            .header(USER_AGENT, "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0")
            .header(COOKIE, cookies)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut request = request.body(Body::from(body)).unwrap();
        request.extensions_mut().insert(Peer(self.address));
        let response = TowerToHyperService::new(self.router.clone()).call(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            match value {
                "" => drop(self.cookies.remove(name)),
                _ => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
            }
        }
        let is_stream = parts.headers.get(CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
        let body = match is_stream {
            // It doesn't end: the first event is enough.
            true => Visitor::next_event(&mut body.into_data_stream()).await.into(),
            false => axum::body::to_bytes(body, usize::MAX).await.unwrap(),
        };
        let location = parts.headers.get(LOCATION).map(|path| path.to_str().unwrap().to_owned());
        let body = String::from_utf8(body.to_vec()).unwrap();
        self.page = Page { status: parts.status.as_u16(), location, headers: parts.headers, body };
        &self.page
    }

    /// The bytes of a page as a browser that reads gzip gets it.
    pub async fn transferred(&self, path: &str) -> usize {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let request = Request::builder().uri(path).header(HOST, &self.host).header(COOKIE, cookies);
        let mut request = request.header("accept-encoding", "gzip, br").body(Body::empty()).unwrap();
        request.extensions_mut().insert(Peer(self.address));
        let response = TowerToHyperService::new(self.router.clone()).call(request).await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-encoding"]),
            (200, &"gzip".parse().unwrap())
        );
        axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap().len()
    }

    /// Sends a file from a form with the token of the last page.
    pub async fn upload(&mut self, path: &str, name: &str, file: &[u8]) -> &Page {
        let token = self.page.token();
        self.upload_with(path, &token, name, file).await
    }

    /// Sends a file from a form with this token.
    pub async fn upload_with(&mut self, path: &str, token: &str, name: &str, file: &[u8]) -> &Page {
        self.upload_fields(path, &[("token", token)], name, file).await
    }

    /// Sends a file from a form with these fields before it.
    pub async fn upload_fields(&mut self, path: &str, fields: &[(&str, &str)], name: &str, file: &[u8]) -> &Page {
        let mut body = String::new();
        for (field, value) in fields {
            body.push_str(&format!("--mihon\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n"));
        }
        body.push_str(&format!(
            "--mihon\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        ));
        let mut body = body.into_bytes();
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--mihon--\r\n");
        let (parts, body) = self.exchange(path, "multipart/form-data; boundary=mihon", body).await;
        let location = parts.headers.get(LOCATION).map(|path| path.to_str().unwrap().to_owned());
        let body = String::from_utf8(body).unwrap();
        self.page = Page { status: parts.status.as_u16(), location, headers: parts.headers, body };
        &self.page
    }

    /// Gets a file: the status and its bytes.
    pub async fn download(&mut self, path: &str) -> (u16, Vec<u8>) {
        let (parts, body) = self.exchange(path, "", Vec::new()).await;
        (parts.status.as_u16(), body)
    }

    /// Sends bytes of a type, or asks for some.
    async fn exchange(&self, path: &str, kind: &str, body: Vec<u8>) -> (axum::http::response::Parts, Vec<u8>) {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let method = if kind.is_empty() { Method::GET } else { Method::POST };
        let mut request = Request::builder().method(method).uri(path).header(HOST, &self.host).header(COOKIE, cookies);
        for (name, value) in &self.form_headers {
            request = request.header(*name, value);
        }
        let mut request = request.header(CONTENT_TYPE, kind).body(Body::from(body)).unwrap();
        request.extensions_mut().insert(Peer(self.address));
        let response = TowerToHyperService::new(self.router.clone()).call(request).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts, axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec())
    }

    /// The next event of an open page's stream. Empty if the stream has ended.
    pub async fn next_event(stream: &mut BodyDataStream) -> String {
        stream.next().await.map(|bytes| String::from_utf8(bytes.unwrap().to_vec()).unwrap()).unwrap_or_default()
    }

    /// Opens the stream of an open page.
    pub async fn stream(&self, stopping: &CancellationToken) -> BodyDataStream {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let request = Request::builder().uri("/console/live").header(HOST, &self.host).header(COOKIE, cookies);
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(Peer(self.address));
        request.extensions_mut().insert(Stopping(stopping.clone()));
        let response = TowerToHyperService::new(self.router.clone()).call(request).await.unwrap();
        assert_eq!(response.headers()[CONTENT_TYPE], "text/event-stream");
        response.into_body().into_data_stream()
    }

    /// Gives the password.
    pub async fn give_password(&mut self, email: &str, password: &str) -> &Page {
        self.get("/console/log-in").await;
        self.post("/console/log-in", &[("email", email), ("password", password), ("next", "")]).await
    }

    /// Gives the second factor.
    pub async fn give_code(&mut self, code: &str) -> &Page {
        self.get("/console/log-in/second-factor").await;
        self.post("/console/log-in/second-factor", &[("code", code), ("next", "")]).await
    }

    pub async fn log_in(&mut self, site: &Site, member: &Member) {
        self.give_password(&member.email, PASSWORD).await;
        assert_eq!(self.page.status, 303, "{}", self.page.body);
        self.give_code(&site.code(member)).await;
        assert_eq!(self.page.status, 303, "{}", self.page.body);
    }

    /// Whether the browser is logged in.
    pub async fn is_in(&mut self) -> bool {
        self.get("/console/account").await.status == 200
    }
}
