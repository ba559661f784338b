//! The client of a request: its address, and what its browser is called.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;

use crate::config::Networks;
use crate::domain::DeviceName;

/// The header in which proxies pass on their clients' addresses.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address of the client, or its network of 64 bits with IPv6. The word of trusted proxies counts, from the right:
/// a client can write what it likes on the left.
pub(in crate::web) fn address(peer: IpAddr, headers: &HeaderMap, proxies: &Networks) -> String {
    let mut forwarded = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
    let forwarded: Vec<&str> = forwarded.by_ref().flat_map(|value| value.split(',')).collect();
    let mut client = peer.to_canonical();
    for named in forwarded.iter().rev() {
        if !proxies.contain(client) {
            break;
        }
        let Some(address) = read(named) else { break };
        client = address;
    }
    match client {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).to_string(),
    }
}

/// An address as proxies write it: some with a port, some in brackets.
fn read(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let address = text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<std::net::SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    address.or_else(with_port).or_else(in_brackets).map(|address| address.to_canonical())
}

/// What a browser and its system are called, by what it says. People recognise their own by it; nothing depends on it.
pub(in crate::web) fn device(headers: &HeaderMap) -> Option<DeviceName> {
    // Most names contain those of others, so the order matters.
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("", "Web"),
    ];
    const SYSTEMS: [(&str, &str); 8] = [
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
        ("", "?"),
    ];
    let said = headers.get(USER_AGENT).and_then(|said| said.to_str().ok()).unwrap_or_default();
    let named =
        |names: &[(&str, &'static str)]| names.iter().find(|(part, _)| said.contains(part)).map(|(_, name)| *name);
    DeviceName::parse(&format!("{} · {}", named(&BROWSERS)?, named(&SYSTEMS)?)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str], proxies: &str) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        address(peer.parse().unwrap(), &headers, &proxies.parse().unwrap())
    }

    #[test]
    fn only_trusted_proxies_say_who_the_client_is_and_from_the_right() {
        for (peer, forwarded, proxies, expected) in [
            ("192.0.2.1", &["198.51.100.7"][..], "", "192.0.2.1"),
            ("192.0.2.1", &["198.51.100.7"], "10.0.0.0/8", "192.0.2.1"),
            ("10.0.0.1", &["198.51.100.7"], "10.0.0.0/8", "198.51.100.7"),
            ("10.0.0.1", &["203.0.113.9, 198.51.100.7"], "10.0.0.0/8", "198.51.100.7"),
            ("10.0.0.1", &["203.0.113.9, 198.51.100.7, 10.0.0.2"], "10.0.0.0/8", "198.51.100.7"),
            ("10.0.0.1", &["203.0.113.9", "198.51.100.7:4711"], "10.0.0.0/8", "198.51.100.7"),
            ("10.0.0.1", &["nonsense"], "10.0.0.0/8", "10.0.0.1"),
            ("10.0.0.1", &[], "10.0.0.0/8", "10.0.0.1"),
            ("::ffff:10.0.0.1", &["[2001:db8::1:2:3:4]"], "10.0.0.0/8", "2001:db8::"),
            ("2001:db8:1:2:3:4:5:6", &[], "", "2001:db8:1:2::"),
        ] {
            assert_eq!(client(peer, forwarded, proxies), expected, "{peer} {forwarded:?} {proxies}");
        }
    }

    #[test]
    fn a_browser_is_called_what_people_call_it() {
        for (said, name) in [
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Windows"),
            ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0", "Edge · Linux"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari · iPhone"),
            ("curl/8", "Web · ?"),
        ] {
            let headers = HeaderMap::from_iter([(USER_AGENT, said.parse().unwrap())]);
            assert_eq!(device(&headers).map(String::from).as_deref(), Some(name), "{said}");
        }
    }
}
