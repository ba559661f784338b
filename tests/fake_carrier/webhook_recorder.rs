//! A small server for webhooks: it stores posted requests, and answers as the test specifies.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{OriginalUri, Request};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use kenkocall::carrier::twilio::Form;

/// The time limit of every wait before the test fails. It doesn't measure speed.
const PATIENCE: Duration = Duration::from_secs(60);

/// A received request.
#[derive(Debug, Clone)]
pub struct Posted {
    pub method: Method,
    /// Including its query.
    pub path: String,
    pub fields: Vec<(String, String)>,
    pub signature: String,
    /// `I-Twilio-Idempotency-Token`
    pub token: String,
}

impl Posted {
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn status(&self) -> &str {
        self.field("CallStatus").unwrap_or_default()
    }
}

/// The answer.
pub enum Answer {
    Twiml(String),
    /// A status, a content type, a body.
    Plain(u16, &'static str, &'static str),
    /// A status and the redirect's target.
    Elsewhere(u16, String),
    /// No answer at all.
    Never,
}

/// The server.
pub struct WebhookRecorder {
    pub origin: String,
    posted: Arc<Mutex<Vec<Posted>>>,
    serving: tokio::task::JoinHandle<()>,
}

impl WebhookRecorder {
    /// Answers with the result of `answer`, which receives the request and the number of earlier requests.
    pub async fn start(answer: impl Fn(&Posted, usize) -> Answer + Send + Sync + 'static) -> Self {
        let posted: Arc<Mutex<Vec<Posted>>> = Arc::default();
        let (kept, answer) = (Arc::clone(&posted), Arc::new(answer));
        let app = axum::Router::new().fallback(move |uri: OriginalUri, request: Request| {
            let (kept, answer) = (Arc::clone(&kept), Arc::clone(&answer));
            async move {
                let text = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
                let [signature, token] = ["x-twilio-signature", "i-twilio-idempotency-token"].map(text);
                let method = request.method().clone();
                let body: Bytes = axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap();
                let form = Form::read(&body).unwrap();
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                let fields = form.fields().iter().map(|(name, value)| (text(name), text(value))).collect();
                let path = uri.path_and_query().unwrap().to_string();
                let [signature, token] = [signature, token].map(Option::unwrap);
                let came = Posted { method, path, fields, signature, token };
                let before = {
                    let mut kept = kept.lock().unwrap();
                    kept.push(came.clone());
                    kept.len() - 1
                };
                response(answer(&came, before)).await
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { origin, posted, serving }
    }

    /// Asks `questions` questions at `/turn/1`, `/turn/2`, … and hangs up; accepts status callbacks.
    pub async fn asking(questions: u32) -> Self {
        Self::start(move |posted, _| Answer::Twiml(question(&posted.path, questions))).await
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// The received requests whose paths begin like this.
    pub fn posted(&self, path: &str) -> Vec<Posted> {
        self.posted.lock().unwrap().iter().filter(|posted| posted.path.starts_with(path)).cloned().collect()
    }

    /// Waits until a matching request arrived.
    pub async fn until(&self, what: &str, fits: impl Fn(&Posted) -> bool) -> Posted {
        let waiting = async {
            loop {
                if let Some(posted) = self.posted("").into_iter().find(|posted| fits(posted)) {
                    return posted;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{what} never came"))
    }

    /// Waits until this many requests arrived at paths that begin like this.
    pub async fn until_count(&self, path: &str, count: usize) -> Vec<Posted> {
        let waiting = async {
            while self.posted(path).len() < count {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let came = tokio::time::timeout(PATIENCE, waiting).await;
        came.unwrap_or_else(|_| panic!("{count} requests to {path} never came: {:?}", self.posted(path)));
        self.posted(path)
    }

    /// Waits for a call's last callback.
    pub async fn over(&self) -> Posted {
        let last = ["completed", "busy", "no-answer", "failed", "canceled"];
        self.until("the last callback", |posted| posted.path.starts_with("/status") && last.contains(&posted.status()))
            .await
    }
}

impl Drop for WebhookRecorder {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The TwiML of `/turn/N`: a question that accepts three keys, or a hang-up after the last one.
pub fn question(path: &str, questions: u32) -> String {
    let nth = path.strip_prefix("/turn/").and_then(|nth| nth.parse::<u32>().ok());
    match nth {
        Some(nth) if nth <= questions => format!(
            r#"<Response><Gather action="/turn/{}" actionOnEmptyResult="true" numDigits="3" timeout="4"><Say>体温を。</Say><Pause length="3"/></Gather></Response>"#,
            nth + 1
        ),
        _ => "<Response><Hangup/></Response>".to_owned(),
    }
}

async fn response(answer: Answer) -> Response {
    match answer {
        Answer::Twiml(xml) => ([(header::CONTENT_TYPE, "text/xml")], xml).into_response(),
        Answer::Plain(status, kind, body) => {
            (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, kind)], body).into_response()
        }
        Answer::Elsewhere(status, to) => {
            (StatusCode::from_u16(status).unwrap(), [(header::LOCATION, to)]).into_response()
        }
        Answer::Never => std::future::pending().await,
    }
}
