//! Tickets by which people find their places in a line again after a restart. A ticket says when the place was given,
//! and is signed for one line and one browser; the server stores nothing of it.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

use crate::policy::LinePlace;
use crate::service::accounts::SecretToken;
use crate::service::context::Context;
use crate::service::error::ServiceError;
use crate::store::portal::line_ticket_keys;

/// How long a ticket counts: longer than the longest line takes.
const COUNTS_FOR: SignedDuration = SignedDuration::from_hours(3);

/// Writes and reads tickets.
pub struct LineTickets {
    key: String,
}

impl std::fmt::Debug for LineTickets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LineTickets")
    }
}

/// For which line and which browser a ticket is.
#[derive(Debug, Clone, Copy)]
pub struct TicketOf<'a> {
    /// The line.
    pub line: &'a str,
    /// What only the browser knows.
    pub holder: &'a str,
}

impl LineTickets {
    /// With the key in the database, which is made if there is none.
    ///
    /// # Errors
    /// Database errors.
    pub async fn open(context: &Context) -> Result<Self, ServiceError> {
        let mut tx = context.database.begin_read().await?;
        if let Some(key) = line_ticket_keys::get(&mut tx).await? {
            return Ok(Self { key });
        }
        drop(tx);
        let new = SecretToken::random()?;
        let mut tx = context.database.begin_write().await?;
        line_ticket_keys::keep(&mut tx, new.expose(), context.clock.now()).await?;
        let key = line_ticket_keys::get(&mut tx).await?.unwrap_or_else(|| new.expose().to_owned());
        tx.commit().await?;
        Ok(Self { key })
    }

    /// A ticket. `None` if it can't be signed.
    pub fn write(&self, of: TicketOf<'_>, place: LinePlace) -> Option<String> {
        let what = format!("{}.{}", place.since.as_nanosecond(), place.nth);
        let signature = self.signed(of, &what)?.finalize().into_bytes();
        let signature: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
        Some(format!("{what}.{signature}"))
    }

    /// The place on a ticket. `None` if it is forged, too old, of another browser or of another line.
    pub fn read(&self, of: TicketOf<'_>, ticket: &str, now: Timestamp) -> Option<LinePlace> {
        let (what, signature) = ticket.rsplit_once('.')?;
        let bytes = signature.as_bytes().chunks(2).map(|pair| {
            let pair = std::str::from_utf8(pair).ok()?;
            u8::from_str_radix(pair, 16).ok()
        });
        let signature: Vec<u8> = bytes.collect::<Option<_>>()?;
        self.signed(of, what)?.verify_slice(&signature).ok()?;
        let (since, nth) = what.split_once('.')?;
        let since = Timestamp::from_nanosecond(since.parse().ok()?).ok()?;
        let counts = since <= now && now.duration_since(since) <= COUNTS_FOR;
        counts.then_some(LinePlace { since, nth: nth.parse().ok()? })
    }

    fn signed(&self, of: TicketOf<'_>, what: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.as_bytes()).ok()?;
        for part in [of.line, of.holder, what] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        Some(mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_unchanged_ticket_of_the_same_browser_and_line_counts() {
        let tickets = LineTickets { key: "key".to_owned() };
        let of = TicketOf { line: "passwords", holder: "holder" };
        let since: Timestamp = "2026-11-25T08:30:00.123456789Z".parse().unwrap();
        let place = LinePlace { since, nth: 41 };
        let ticket = tickets.write(of, place).unwrap();
        let later = |minutes| since.checked_add(SignedDuration::from_mins(minutes)).unwrap();
        assert_eq!(tickets.read(of, &ticket, later(1)), Some(place));
        assert_eq!(tickets.read(of, &ticket, later(180)), Some(place));
        assert_eq!(tickets.read(of, &ticket, later(181)), None, "too old");
        assert_eq!(tickets.read(of, &ticket, later(-1)), None, "of the future");
        assert_eq!(tickets.read(TicketOf { line: "codes", ..of }, &ticket, since), None);
        assert_eq!(tickets.read(TicketOf { holder: "holde", line: "passwordsr" }, &ticket, since), None);
        assert_eq!(tickets.read(TicketOf { holder: "other", ..of }, &ticket, since), None);
        assert_eq!(LineTickets { key: "other".to_owned() }.read(of, &ticket, since), None);
        for forged in
            [ticket.replace(".41.", ".1."), ticket.replacen('1', "2", 1), format!("{ticket}00"), String::new()]
        {
            assert_eq!(tickets.read(of, &forged, later(1)), None, "{forged}");
        }
        for end in 0..ticket.len() {
            assert_eq!(tickets.read(of, ticket.get(..end).unwrap_or_default(), later(1)), None);
        }
    }
}
