//! Session timers (RFC 4028): a call that its refresher doesn't refresh any more is over, however it was lost.

use std::time::Duration;

use rsipstack::sip::prelude::HeadersExt as _;
use rsipstack::sip::{Header, Request, Response};

use super::dialog::{branch, branch_of};

/// The shortest session timer that is agreed to, in seconds (RFC 4028 section 5).
pub(super) const MIN_SE: u64 = 90;
/// The longest that we wait for: longer ones are refreshed as if they were this long.
const LONGEST: u64 = 86_400;

/// Who refreshes a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refresher {
    Us,
    Them,
}

/// A session timer that was agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SessionTimer {
    pub(super) seconds: u64,
    pub(super) refresher: Refresher,
}

/// The interval is shorter than we allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooShort;

impl SessionTimer {
    /// The headers of our answer to a request of the other side.
    pub(super) fn headers(&self) -> Vec<Header> {
        let role = if self.refresher == Refresher::Us { "uas" } else { "uac" };
        vec![
            Header::Other("Session-Expires".into(), format!("{};refresher={role}", self.seconds)),
            Header::Require("timer".into()),
        ]
    }

    /// The headers of our own request that refreshes the call.
    pub(super) fn asked(&self) -> String {
        format!("Supported: timer\r\nSession-Expires: {};refresher=uac\r\n", self.seconds)
    }

    /// After this time without a refresh, the other side is gone. Ours is tried until shortly before (RFC 4028
    /// section 10: a third of the interval, at most 32 seconds).
    pub(super) fn over(&self) -> Duration {
        let whole = Duration::from_secs(self.seconds.min(LONGEST));
        let early = Duration::from_secs(self.seconds.checked_div(3).unwrap_or_default().min(32));
        if self.refresher == Refresher::Us { whole.saturating_sub(early) } else { whole }
    }

    /// When we refresh it.
    pub(super) fn due(&self) -> Option<Duration> {
        let half = self.seconds.min(LONGEST).checked_div(2).unwrap_or_default();
        (self.refresher == Refresher::Us).then(|| Duration::from_secs(half))
    }
}

/// Seconds and refresher of `Session-Expires`.
fn named(value: &str) -> Option<(u64, Option<&str>)> {
    let mut parts = value.split(';').map(str::trim);
    let seconds = parts.next()?.parse().ok()?;
    let role = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("refresher").then(|| value.trim())
    });
    Some((seconds, role))
}

/// The session timer that a request of the other side asks for. Callers that don't know timers get none.
pub(super) fn session_timer(request: &Request) -> Result<Option<SessionTimer>, TooShort> {
    let value = request.header_value("Session-Expires").or_else(|| request.header_value("x"));
    let supports = request.header_contains_token("Supported", "timer") || request.header_contains_token("k", "timer");
    let Some((seconds, role)) = value.as_deref().and_then(named) else { return Ok(None) };
    let refresher = match role {
        Some(role) if role.eq_ignore_ascii_case("uas") => Refresher::Us,
        _ => Refresher::Them,
    };
    match seconds {
        _ if !supports => Ok(None),
        ..MIN_SE => Err(TooShort),
        _ => Ok(Some(SessionTimer { seconds, refresher })),
    }
}

/// The session timer that an answer to a request of ours agrees to.
pub(super) fn agreed(answer: &Response) -> Option<SessionTimer> {
    let value = answer.header_value("Session-Expires").or_else(|| answer.header_value("x"))?;
    let (seconds, role) = named(&value)?;
    let refresher = match role {
        Some(role) if role.eq_ignore_ascii_case("uas") => Refresher::Them,
        _ => Refresher::Us,
    };
    // A very short one is somebody's mistake, and would be a storm of refreshes.
    Some(SessionTimer { seconds: seconds.max(MIN_SE), refresher })
}

/// The interval that a 422 asks for.
pub(super) fn least(answer: &Response) -> Option<u64> {
    let least: u64 = answer.header_value("Min-SE")?.split(';').next()?.trim().parse().ok()?;
    (MIN_SE..=LONGEST).contains(&least).then_some(least)
}

/// An INVITE once more, with a longer interval, and its new branch.
pub(super) fn lengthened(invite: &Request, least: u64, seq: u32) -> Option<(Request, String)> {
    let (text, branch) = (invite.to_string(), branch());
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = Vec::new();
    for line in head.split("\r\n") {
        let name = line.split(':').next().unwrap_or_default();
        match name {
            "Session-Expires" => lines.push(format!("Session-Expires: {least}\r\nMin-SE: {least}")),
            "Min-SE" => {}
            "CSeq" => lines.push(format!("CSeq: {seq} INVITE")),
            "Via" => lines.push(line.replace(&branch_of(line), &branch)),
            _ => lines.push(line.to_owned()),
        }
    }
    let text = format!("{}\r\n\r\n{body}", lines.join("\r\n"));
    Some((Request::try_from(text).ok()?, branch))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &str) -> Request {
        let text = format!(
            "INVITE sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;rport;branch=z9hG4bKold\r\nCSeq: 1 INVITE\r\n\
             {headers}Content-Length: 0\r\n\r\n"
        );
        Request::try_from(text).unwrap()
    }

    #[test]
    fn roles_are_by_the_direction_of_the_request() {
        let of = |headers: &str| session_timer(&request(headers)).map(|timer| timer.map(|timer| timer.refresher));
        assert_eq!(of("Supported: timer\r\nSession-Expires: 300;refresher=uac\r\n"), Ok(Some(Refresher::Them)));
        assert_eq!(of("Supported: timer\r\nSession-Expires: 300;refresher=uas\r\n"), Ok(Some(Refresher::Us)));
        assert_eq!(of("Supported: timer\r\nSession-Expires: 300\r\n"), Ok(Some(Refresher::Them)));
        assert_eq!(of("Session-Expires: 300\r\n"), Ok(None), "a proxy's wish");
        assert_eq!(of("Supported: timer\r\nSession-Expires: 60\r\n"), Err(TooShort));
        let answer = |headers: &str| {
            let text = format!("SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n{headers}Content-Length: 0\r\n\r\n");
            agreed(&Response::try_from(text).unwrap())
        };
        assert_eq!(answer("x: 300;refresher=uas\r\n").map(|timer| timer.refresher), Some(Refresher::Them));
        assert_eq!(answer("Session-Expires: 300;refresher=uac\r\n").map(|timer| timer.refresher), Some(Refresher::Us));
        assert_eq!(answer("Session-Expires: 1;refresher=uac\r\n").map(|timer| timer.seconds), Some(MIN_SE));
        assert_eq!(answer(""), None);
    }

    #[test]
    fn our_refresh_is_due_long_before_the_call_is_over() {
        let timer = SessionTimer { seconds: 300, refresher: Refresher::Us };
        assert_eq!((timer.due(), timer.over()), (Some(Duration::from_secs(150)), Duration::from_secs(268)));
        let theirs = SessionTimer { refresher: Refresher::Them, ..timer };
        assert_eq!((theirs.due(), theirs.over()), (None, Duration::from_secs(300)));
    }

    #[test]
    fn an_invite_is_repeated_with_the_interval_that_is_asked_for() {
        let invite = request("Supported: timer\r\nSession-Expires: 90\r\n");
        let (again, branch) = lengthened(&invite, 600, 2).unwrap();
        let text = again.to_string();
        for part in ["Session-Expires: 600\r\n", "Min-SE: 600\r\n", "CSeq: 2 INVITE", &format!("branch={branch}")] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("z9hG4bKold"));
    }
}
