//! Our side of a dialog, from which its requests are made.

use std::net::SocketAddr;
use std::sync::Arc;

use rsipstack::sip::prelude::HeadersExt as _;
use rsipstack::sip::{Request, Response, Transport};
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transaction::make_via_branch;
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transport::SipAddr;

use super::super::journal;
use super::Shared;
use crate::carrier::sip::trunk::Trunk;

/// Our side of a dialog.
#[derive(Clone)]
pub(super) struct Dialog {
    pub(super) call_id: String,
    /// `From` of our requests, with our tag.
    pub(super) local: String,
    /// `To` of our requests, with the other side's tag.
    pub(super) remote: String,
    /// The URI of the other side.
    pub(super) target: String,
    /// The proxies on the way, the nearest first.
    pub(super) routes: Vec<String>,
    /// Our `Contact`.
    pub(super) contact: String,
    /// `Via` without a branch: `SIP/2.0/UDP 192.0.2.1:5060`.
    pub(super) via: String,
    /// The trunk that the call goes through.
    pub(super) trunk: Arc<Trunk>,
    /// The last number of our requests.
    pub(super) cseq: u32,
    /// The last number of theirs.
    pub(super) remote_cseq: u32,
    /// Where requests go if their URI names no address.
    pub(super) peer: SipAddr,
}

impl Dialog {
    /// The next request.
    pub(super) fn request(&mut self, method: &str, headers: &str, body: &str) -> Option<(Request, SipAddr)> {
        self.cseq = self.cseq.saturating_add(1);
        let request = self.with_cseq(method, self.cseq, headers, body)?;
        Some((request, self.next_hop()))
    }

    fn with_cseq(&self, method: &str, cseq: u32, headers: &str, body: &str) -> Option<Request> {
        let routes: String = self.routes.iter().map(|route| format!("Route: {route}\r\n")).collect();
        let (rport, branch) = (if self.trunk.rport { ";rport" } else { "" }, branch());
        let text = format!(
            "{method} {target} SIP/2.0\r\nVia: {via}{rport};branch={branch}\r\nMax-Forwards: 70\r\nFrom: {local}\r\n\
             To: {remote}\r\nCall-ID: {call_id}\r\nCSeq: {cseq} {method}\r\nContact: {contact}\r\n{routes}{headers}\
             Content-Length: {length}\r\n\r\n{body}",
            target = self.target,
            via = self.via,
            local = self.local,
            remote = self.remote,
            call_id = self.call_id,
            contact = self.contact,
            length = body.len(),
        );
        Request::try_from(text).ok()
    }

    /// The ACK of an answer to the INVITE with this number.
    pub(super) fn confirmation(&self, seq: u32) -> Option<(Request, SipAddr)> {
        Some((self.with_cseq("ACK", seq, "", "")?, self.next_hop()))
    }

    /// Requests stay in the trunk's networks: what its messages name elsewhere isn't followed.
    fn next_hop(&self) -> SipAddr {
        let named = address_of(self.first_hop()).filter(|hop| self.is_near(hop));
        named.unwrap_or_else(|| self.peer.clone())
    }

    /// Whether the other side has named an address outside of the trunk's networks for our requests.
    pub(super) fn leads_away(&self) -> bool {
        address_of(self.first_hop()).is_some_and(|hop| !self.is_near(&hop))
    }

    fn first_hop(&self) -> &str {
        self.routes.first().map_or(&*self.target, |route| uri_of(route))
    }

    fn is_near(&self, hop: &SipAddr) -> bool {
        hop.get_socketaddr().is_ok_and(|hop| self.trunk.is_from(hop.ip()))
    }

    /// What the journal must know to end it.
    pub(super) fn journalled(&self) -> journal::Dialog {
        journal::Dialog {
            to: self.remote.clone(),
            target: self.target.clone(),
            routes: self.routes.clone(),
            cseq: self.cseq,
        }
    }

    /// Takes over the other side's new address from a request or answer that refreshes the target.
    pub(super) fn retarget(&mut self, contact: Option<String>) {
        if let Some(uri) = contact.as_deref().map(uri_of).filter(|uri| uri.starts_with("sip")) {
            uri.clone_into(&mut self.target);
        }
    }
}

/// A new branch.
pub(super) fn branch() -> String {
    let text = make_via_branch().to_string();
    text.rsplit('=').next().unwrap_or_default().to_owned()
}

/// The branch of a `Via`.
pub(super) fn branch_of(via: &str) -> String {
    let after = via.split_once("branch=").map_or("", |(_, after)| after);
    after.split([';', ',']).next().unwrap_or_default().trim().to_owned()
}

/// The URI of a name-addr: `"x" <sip:a@b;lr>;tag=1` is `sip:a@b;lr`.
pub(super) fn uri_of(header: &str) -> &str {
    match header.split_once('<').and_then(|(_, rest)| rest.split_once('>')) {
        Some((uri, _)) => uri,
        None => header.split(';').next().unwrap_or(header).trim(),
    }
}

/// The address that a URI names, unless it is a host name.
pub(super) fn address_of(uri: &str) -> Option<SipAddr> {
    let rest = uri.split_once(':')?.1;
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let (host, params) = rest.split_once(';').unwrap_or((rest, ""));
    let transport =
        params.split(';').find_map(|param| param.to_ascii_lowercase().strip_prefix("transport=").map(str::to_owned));
    let host = host.split('?').next()?;
    let address: SocketAddr = host.parse().ok().or_else(|| {
        let ip = host.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
        Some(SocketAddr::new(ip, 5060))
    })?;
    let transport = if transport.as_deref() == Some("tcp") { Transport::Tcp } else { Transport::Udp };
    Some(SipAddr { r#type: Some(transport), ..SipAddr::from(address) })
}

/// The values of a header that may occur several times and be split by commas outside of brackets.
pub(super) fn values(message: &impl HasAll, name: &str) -> Vec<String> {
    message.all(name).iter().flat_map(|value| split(value)).collect()
}

/// The values of a header that may occur several times, as they came.
pub(super) fn all(message: &impl HasAll, name: &str) -> Vec<String> {
    message.all(name)
}

/// All values of a header.
pub(super) trait HasAll {
    /// The values, as they came.
    fn all(&self, name: &str) -> Vec<String>;
}

fn all_of(headers: &rsipstack::sip::Headers, name: &str) -> Vec<String> {
    let of_name = headers.iter().filter_map(|header| {
        let text = header.to_string();
        let (found, value) = text.split_once(':')?;
        found.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    });
    of_name.collect()
}

impl HasAll for Request {
    fn all(&self, name: &str) -> Vec<String> {
        all_of(&self.headers, name)
    }
}

impl HasAll for Response {
    fn all(&self, name: &str) -> Vec<String> {
        all_of(&self.headers, name)
    }
}

fn split(value: &str) -> Vec<String> {
    let (mut parts, mut part, mut depth, mut quoted) = (Vec::new(), String::new(), 0_u32, false);
    for one in value.chars() {
        match one {
            '"' => quoted = !quoted,
            '<' if !quoted => depth = depth.saturating_add(1),
            '>' if !quoted => depth = depth.saturating_sub(1),
            ',' if !quoted && depth == 0 => {
                parts.push(std::mem::take(&mut part).trim().to_owned());
                continue;
            }
            _ => {}
        }
        part.push(one);
    }
    parts.push(part.trim().to_owned());
    parts.retain(|part| !part.is_empty());
    parts
}

/// Sends a request that isn't an INVITE, and waits for its final answer. `None` if there is none.
pub(super) async fn exchange(shared: &Shared, request: Request, to: SipAddr) -> Option<Response> {
    let key = TransactionKey::from_request(&request, TransactionRole::Client).ok()?;
    let (connection, to) = shared.connection(&to).await?;
    let mut transaction = Transaction::new_client(key, request, shared.endpoint.clone(), Some(connection));
    transaction.destination = Some(to);
    transaction.send().await.ok()?;
    while let Some(message) = transaction.receive().await {
        if let rsipstack::sip::SipMessage::Response(response) = message
            && response.status_code.code() >= 200
        {
            return Some(response);
        }
    }
    None
}

/// The CANCEL of an INVITE.
pub(super) fn cancel_of(invite: &Request) -> Option<Request> {
    let via = invite.via_header().ok()?.value().to_owned();
    let seq = invite.cseq_header().ok()?.seq().ok()?;
    let one = |name: &str| invite.header_value(name);
    let routes: String = invite.all("Route").iter().map(|route| format!("Route: {route}\r\n")).collect();
    let text = format!(
        "CANCEL {uri} SIP/2.0\r\nVia: {via}\r\nMax-Forwards: 70\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: {call_id}\r\n\
         CSeq: {seq} CANCEL\r\n{routes}Content-Length: 0\r\n\r\n",
        uri = invite.uri,
        from = one("From")?,
        to = one("To")?,
        call_id = one("Call-ID")?,
    );
    Request::try_from(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_from_uris() {
        for (uri, address) in [
            ("sip:a@192.0.2.1", Some("UDP 192.0.2.1:5060")),
            ("sip:+819012345678@192.0.2.1:5070;user=phone;transport=tcp", Some("TCP 192.0.2.1:5070")),
            ("sip:[2001:db8::1]:5070;lr", Some("UDP [2001:db8::1]:5070")),
            ("sip:a@[2001:db8::1]", Some("UDP [2001:db8::1]:5060")),
            ("sip:a@sip.example.jp", None),
            ("tel:+819012345678", None),
        ] {
            assert_eq!(address_of(uri).map(|at| at.to_string()).as_deref(), address, "{uri}");
        }
        assert_eq!(uri_of("\"a, b\" <sip:a@b;lr>;tag=1"), "sip:a@b;lr");
        assert_eq!(uri_of("sip:a@b;tag=1"), "sip:a@b");
    }

    #[test]
    fn routes_are_split_outside_of_brackets() {
        assert_eq!(split("<sip:a,b@h;lr>, \"x, y\" <sip:c>"), ["<sip:a,b@h;lr>", "\"x, y\" <sip:c>"]);
        assert!(split(" ,").is_empty());
    }
}
