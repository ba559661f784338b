//! Networks in CIDR notation, as written in the settings.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net};
use serde::{Deserialize, Deserializer, de};

/// A list of networks. Empty by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

/// Why a text isn't a network, worded as what was expected. The text isn't repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// The text is neither an address nor a network.
    #[error(
        "addresses or networks in CIDR notation, such as 10.0.0.7, 10.0.0.0/24 or 2001:db8::/64, with commas between them"
    )]
    Form,
    /// The network contains every address.
    #[error("the addresses from which your proxies connect, and no network that holds every address")]
    Everybody,
}

impl Networks {
    /// Returns `true` if there are no networks.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The networks.
    pub fn iter(&self) -> impl Iterator<Item = &IpNet> {
        self.0.iter()
    }

    /// Returns `true` if one of the networks contains the address. An IPv4 address written as IPv6 (`::ffff:10.0.0.7`)
    /// counts as IPv4.
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// The form used in environment variables.
impl std::fmt::Display for Networks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
    }
}

fn one(text: &str) -> Result<IpNet, NetworkError> {
    let text = text.trim();
    let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    let network = network.map_err(|_| NetworkError::Form)?;
    if network.prefix_len() == 0 {
        return Err(NetworkError::Everybody);
    }
    let IpNet::V6(written) = network else { return Ok(network) };
    let (Some(address), Some(prefix)) = (written.addr().to_ipv4_mapped(), written.prefix_len().checked_sub(96)) else {
        return Ok(network);
    };
    match Ipv4Net::new(address, prefix) {
        Ok(network) if prefix > 0 => Ok(network.into()),
        _ => Err(NetworkError::Everybody),
    }
}

impl FromStr for Networks {
    type Err = NetworkError;

    /// Parses networks separated by commas. An empty text gives no networks.
    fn from_str(text: &str) -> Result<Self, NetworkError> {
        text.split(',').filter(|part| !part.trim().is_empty()).map(one).collect::<Result<_, _>>().map(Self)
    }
}

/// A list, or one text with commas: environment variables are always text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    List(Vec<String>),
    Text(String),
}

impl<'de> Deserialize<'de> for Networks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match Written::deserialize(deserializer)? {
            Written::List(networks) => networks.join(","),
            Written::Text(text) => text,
        };
        text.parse().map_err(|error: NetworkError| de::Error::custom(format!("expected {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contain(networks: &str, address: &str) -> bool {
        networks.parse::<Networks>().expect(networks).contain(address.parse().expect(address))
    }

    #[test]
    fn an_address_is_in_its_network_however_it_is_written() {
        for (networks, inside, outside) in [
            ("127.0.0.1", "127.0.0.1", "127.0.0.2"),
            ("10.0.0.0/24, 192.168.1.7", "10.0.0.200", "10.0.1.1"),
            ("10.0.0.0/24,192.168.1.7,", "192.168.1.7", "192.168.1.8"),
            ("10.0.0.9/24", "10.0.0.1", "10.0.1.1"),
            ("2001:db8::/64", "2001:db8::1", "2001:db8:0:1::1"),
            ("::1", "::1", "::2"),
            ("10.0.0.0/8", "::ffff:10.1.2.3", "::ffff:11.1.2.3"),
            ("::ffff:10.0.0.0/104", "10.1.2.3", "11.1.2.3"),
            ("fd00::/8", "fd12::1", "10.0.0.1"),
        ] {
            assert!(contain(networks, inside), "{networks} {inside}");
            assert!(!contain(networks, outside), "{networks} {outside}");
        }
        assert!(" ".parse::<Networks>().is_ok_and(|networks| networks.is_empty()));
    }

    #[test]
    fn what_names_no_network_or_everybody_gets_a_sentence() {
        for (text, mentions) in [
            ("proxy.example.jp", "CIDR notation"),
            ("10.0.0.0/33", "CIDR notation"),
            ("10.0.0", "CIDR notation"),
            ("10.0.0.1 10.0.0.2", "CIDR notation"),
            ("*", "CIDR notation"),
            ("0.0.0.0/0", "no network that holds every address"),
            ("::/0", "no network that holds every address"),
            ("::ffff:0:0/96", "no network that holds every address"),
            ("::1,0.0.0.0/0", "no network that holds every address"),
        ] {
            let error = text.parse::<Networks>().expect_err(text).to_string();
            assert!(error.contains(mentions), "{error}");
        }
    }
}
