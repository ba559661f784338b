//! A phone on the carrier's network: it calls, hears what the TwiML says, presses the given keys and hangs up.

use hyper::StatusCode;
use kenkocall::carrier::twilio::{Document, Verb};
use kenkocall::domain::CallId;
use uuid::Uuid;

use super::http_client::{Answer, Carrier, PUBLIC_URL};

/// A number that isn't registered for any patient.
pub const A_PHONE: &str = "+818055550123";

/// What the line waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Keys, to be posted to this URL.
    Keys { action: String, max_keys: u32 },
    /// The end of a transfer to this number, to be posted to this URL.
    Transfer { number: String, action: String },
    /// The same again, at this URL.
    Redirect(String),
    /// Nothing: the line hung up.
    Over,
}

/// One sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub language: String,
    pub voice: Option<String>,
    pub text: String,
    /// `true` if a key cuts it short.
    pub barge_in: bool,
}

/// One phone in one call.
#[derive(Clone)]
pub struct Phone {
    pub carrier: Carrier,
    pub leg: String,
    pub from: Option<String>,
    /// What the last reply said.
    pub said: Vec<Said>,
    pub next: Next,
    /// Every reply of the call, as received.
    pub heard: Vec<String>,
}

impl Phone {
    /// A phone that hasn't called yet.
    pub fn new(carrier: &Carrier, from: Option<&str>) -> Self {
        Self {
            carrier: carrier.clone(),
            leg: format!("CA{}", Uuid::now_v7().simple()),
            from: from.map(str::to_owned),
            said: Vec::new(),
            next: Next::Over,
            heard: Vec::new(),
        }
    }

    /// Calls the health-call line.
    pub async fn ring(carrier: &Carrier, from: Option<&str>) -> Self {
        let mut phone = Self::new(carrier, from);
        let answer = phone.post("/twilio/voice/health-call", &[]).await.expect("the line answers");
        phone.follow(&answer);
        phone
    }

    /// Calls with the number [`A_PHONE`].
    pub async fn ring_any(carrier: &Carrier) -> Self {
        Self::ring(carrier, Some(A_PHONE)).await
    }

    /// Posts as this phone's leg.
    pub async fn post(&self, url: &str, more: &[(&str, &str)]) -> Result<Answer, String> {
        let status = if more.iter().any(|(name, _)| *name == "CallStatus") { None } else { Some("in-progress") };
        let mut fields = vec![
            ("AccountSid", "AC00000000000000000000000000000000"),
            ("ApiVersion", "2010-04-01"),
            ("CallSid", self.leg.as_str()),
            ("Direction", "inbound"),
            ("From", self.from.as_deref().unwrap_or("anonymous")),
            ("To", "+815031980214"),
        ];
        fields.extend(status.map(|status| ("CallStatus", status)));
        fields.extend(more);
        self.carrier.post(url, &fields).await
    }

    /// Executes a reply.
    pub fn follow(&mut self, answer: &Answer) {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        self.heard.push(answer.body.clone());
        (self.said, self.next) = read(&answer.body);
    }

    /// Presses these keys; like the carrier, omits a `#` that ends the entry.
    pub async fn key(&mut self, keys: &str) -> &mut Self {
        let Next::Keys { action, .. } = self.next.clone() else { panic!("nobody waits for keys: {:?}", self.next) };
        let answer = self.post(&action, &[("Digits", keys), ("FinishedOnKey", "")]).await.expect("an answer");
        self.follow(&answer);
        self
    }

    /// Presses `#` and nothing before it: the carrier delivers no keys, and says why.
    pub async fn hash_alone(&mut self) -> &mut Self {
        let Next::Keys { action, .. } = self.next.clone() else { panic!("nobody waits for keys: {:?}", self.next) };
        let answer = self.post(&action, &[("Digits", ""), ("FinishedOnKey", "#")]).await.expect("an answer");
        self.follow(&answer);
        self
    }

    /// Presses these entries, one after the other.
    pub async fn keys(&mut self, keys: &[&str]) -> &mut Self {
        for keys in keys {
            self.key(keys).await;
        }
        self
    }

    /// The transfer ended: staff didn't answer, or talked and hung up.
    pub async fn transfer_ends(&mut self, status: &str) -> &mut Self {
        let Next::Transfer { action, .. } = self.next.clone() else { panic!("no transfer: {:?}", self.next) };
        let answer = self.post(&action, &[("DialCallStatus", status)]).await.expect("an answer");
        self.follow(&answer);
        self
    }

    /// The carrier's status callback for the leg.
    pub async fn status(&self, status: &str) -> Answer {
        self.post("/twilio/voice/status", &[("CallStatus", status)]).await.expect("an answer")
    }

    /// Hangs up.
    pub async fn hang_up(&self) {
        assert_eq!(self.status("completed").await.status, StatusCode::NO_CONTENT);
    }

    /// The URL to which keys are posted.
    pub fn action(&self) -> &str {
        match &self.next {
            Next::Keys { action, .. } | Next::Transfer { action, .. } | Next::Redirect(action) => action,
            Next::Over => panic!("the call is over"),
        }
    }

    /// The call's id, from the URL of its next turn.
    pub fn call(&self) -> CallId {
        call_of(self.action())
    }

    /// The number of the next turn.
    pub fn turn(&self) -> i64 {
        let turn = self.action().rsplit('/').next().unwrap();
        turn.split('?').next().unwrap().parse().unwrap()
    }

    /// The text of the last reply.
    pub fn text(&self) -> String {
        self.said.iter().map(|said| said.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    pub fn hears(&self, words: &str) {
        assert!(self.text().contains(words), "“{words}” isn't in: {}", self.text());
    }
}

/// The call's id in a turn's URL.
pub fn call_of(action: &str) -> CallId {
    let path = action.strip_prefix(PUBLIC_URL).expect("a URL of ours");
    path.split('/').nth(4).expect("/twilio/voice/calls/…").parse().expect("an id")
}

/// What TwiML says, and what it waits for.
pub fn read(twiml: &str) -> (Vec<Said>, Next) {
    let document = Document::parse(twiml).unwrap_or_else(|error| panic!("{error}: {twiml}"));
    let mut said = Vec::new();
    let mut next = None;
    for verb in document.verbs {
        match verb {
            Verb::Gather(gather) => {
                said.extend(gather.nested.into_iter().filter_map(|verb| sentence(verb, true)));
                let action = gather.action.expect("an action").as_str().to_owned();
                next.get_or_insert(Next::Keys { action, max_keys: gather.max_keys.expect("a limit") });
            }
            Verb::Dial { number, action, .. } => {
                let action = action.expect("an action").as_str().to_owned();
                next.get_or_insert(Next::Transfer { number: number.expose().to_owned(), action });
            }
            Verb::Redirect { url } => {
                next.get_or_insert(Next::Redirect(url.as_str().to_owned()));
            }
            Verb::Hangup => {
                next.get_or_insert(Next::Over);
            }
            other => said.extend(sentence(other, false)),
        }
    }
    (said, next.expect("the TwiML says what comes next"))
}

fn sentence(verb: Verb, barge_in: bool) -> Option<Said> {
    let Verb::Say { text, language, voice } = verb else { return None };
    Some(Said { language: language.expect("a language"), voice, text: text.expose().to_owned(), barge_in })
}

/// The answers of a person who is well: temperature and oxygen with their confirmations, then nine times no.
pub const WELL: [&str; 13] = ["365", "1", "098", "1", "2", "2", "2", "2", "2", "2", "2", "2", "2"];

/// The same of a known caller, to whom usual values are read back without a question.
pub const WELL_KNOWN: [&str; 11] = ["365", "098", "2", "2", "2", "2", "2", "2", "2", "2", "2"];

/// The same, as stored.
pub const WELL_KEPT: [&str; 11] = [
    "body_temperature=365",
    "spo2=098",
    "complexion=no",
    "cough_or_runny_nose=no",
    "breathlessness=no",
    "fatigue=no",
    "nausea_or_vomiting=no",
    "diarrhoea=no",
    "drowsiness=no",
    "unable_to_eat=no",
    "no_urine=no",
];

/// What the line says if the HER-SYS ID and the birth date don't match.
pub const MISMATCH: &str = "入力内容に誤りがあります";
/// What the line says when the day's report is complete.
pub const RECEIVED: &str = "今日の報告を受け付けました";

impl Phone {
    /// Chooses Japanese and identifies the person.
    pub async fn identify(&mut self, person: &super::test_patients::Person) -> &mut Self {
        self.keys(&["1", person.id, person.birth_date]).await
    }
}
