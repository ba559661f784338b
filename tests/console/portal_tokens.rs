//! Tokens, codes and what people type never reach a log, however much is logged.

use std::sync::{Arc, Mutex, OnceLock};

use kenkocall::domain::ReportLinkId;
use kenkocall::service::{SecretToken, open_link, send_report_link};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::databases::Fresh;
use crate::portal_site::{BIRTH_DATE, HANAKO, Portal, hersys_id};

crate::on_both_databases!(no_token_code_or_address_is_ever_logged);

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
fn watched() -> &'static Log {
    static WATCHED: OnceLock<Log> = OnceLock::new();
    WATCHED.get_or_init(|| {
        let log = Log::default();
        tracing_subscriber::fmt()
            // As the program has it: these libraries are silent, whatever the setting says.
            .with_env_filter(EnvFilter::new("trace,tower_http=off,rlibphonenumber=off,webauthn_rs_core=off"))
            .with_ansi(false)
            .without_time()
            .with_writer(log.clone())
            .init();
        log
    })
}

async fn no_token_code_or_address_is_ever_logged(fresh: Fresh) {
    let log = watched();
    tracing::info!("the log is read");
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.visitor();
    portal.ask(&mut visitor, HANAKO).await;
    let code = portal.code().await;
    visitor.post("/portal/code", &[("code", &code)]).await;
    assert!(portal.add(&mut visitor, &hersys_id(0), BIRTH_DATE).await, "{}", visitor.page.body);
    visitor.get("/portal/history").await;
    let token = "a-token-that-nobody-was-given-0123456789";
    for path in [format!("/portal/r/{token}"), format!("/portal/verify/{token}"), format!("/portal/nothing/{token}")] {
        visitor.get(&path).await;
        visitor.post(&path, &[("birth_date", "1980-04-01"), ("words", "ひみつの言葉")]).await;
    }
    let session = visitor.cookies.get("kenko-portal").cloned().expect("a session");
    let kept = visitor.cookies.get("kenko-portal-form").cloned().expect("a form key");
    let form_token = visitor.get("/portal/account").await.token();
    // A link whose token is real.
    let patient = portal.site.patient(0).await;
    let member = portal.site.context.clone();
    let link = ReportLinkId(uuid::Uuid::from_u128(7));
    let _asked = send_report_link(&member, &kenkocall::domain::Actor::System, patient, link).await.unwrap();
    let secret = SecretToken::random().unwrap();
    let _unknown = open_link(&member, &secret, None, None).await.unwrap();
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("the log is read"));
    let id = hersys_id(0);
    let never = [
        code.as_str(),
        HANAKO,
        token,
        session.as_str(),
        kept.as_str(),
        form_token.as_str(),
        secret.expose(),
        id.as_str(),
        "ひみつの言葉",
    ];
    for told in never {
        let line = logged.lines().find(|line| line.contains(told));
        assert!(line.is_none(), "{told}: {line:?}");
    }
}
