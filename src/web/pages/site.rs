//! The address by which people reach a group of pages: whether it is safe, which hosts are its own, and its paths.

use url::{Host, Url};

/// How the pages are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Transport {
    /// HTTPS.
    Https,
    /// HTTP on this machine: for a demonstration.
    Loopback,
    /// HTTP over a network. Passwords and patients' data would be readable on the way, so they are refused.
    Plain,
}

/// The address of the console or the portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web) struct Site {
    /// How it is reached.
    pub(in crate::web) transport: Transport,
    /// The values of `Host` that are its own.
    hosts: Vec<String>,
    /// The path before the root: empty, unless a proxy serves several programs under one name.
    prefix: String,
    /// The path of these pages: `/console`, `/portal`.
    root: &'static str,
}

impl Site {
    /// Of the public URL, without a trailing slash.
    pub(in crate::web) fn of(public_url: &str, root: &'static str) -> Self {
        let nowhere = Self { transport: Transport::Plain, hosts: Vec::new(), prefix: String::new(), root };
        let Ok(url) = Url::parse(public_url) else { return nowhere };
        let is_loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => return nowhere,
        };
        let transport = match (url.scheme(), is_loopback) {
            ("https", _) => Transport::Https,
            (_, true) => Transport::Loopback,
            (_, false) => Transport::Plain,
        };
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let mut hosts = vec![format!("{}{port}", url.host_str().unwrap_or_default())];
        if is_loopback {
            hosts.extend(["localhost", "127.0.0.1", "[::1]"].map(|host| format!("{host}{port}")));
        }
        Self { transport, hosts, prefix: url.path().trim_end_matches('/').to_owned(), root }
    }

    /// Returns `true` if a value of `Host` is its own.
    pub(in crate::web) fn is_own_host(&self, host: &str) -> bool {
        self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host))
    }

    /// The origins of its pages, as browsers write them.
    pub(in crate::web) fn origins(&self) -> impl Iterator<Item = String> {
        let scheme = if self.transport == Transport::Https { "https" } else { "http" };
        self.hosts.iter().map(move |host| format!("{scheme}://{host}"))
    }

    /// The full path of a page. The first one has no slash at its end.
    pub(in crate::web) fn path(&self, page: &str) -> String {
        format!("{}{}{}", self.prefix, self.root, if page == "/" { "" } else { page })
    }

    /// A page's path within the root, from a link or a form: `None` for anything that could lead elsewhere.
    pub(in crate::web) fn page<'a>(&self, path: &'a str) -> Option<&'a str> {
        let page = path.strip_prefix(&self.prefix)?.strip_prefix(self.root)?;
        let is_plain = page.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_?=&.".contains(&byte));
        (page.starts_with('/') && !page.contains("//") && !page.contains("..") && is_plain).then_some(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_plain_http_is_refused() {
        for (url, transport) in [
            ("https://calls.example.jp", Transport::Https),
            ("https://calls.example.jp/kenko", Transport::Https),
            ("http://127.0.0.1:8080", Transport::Loopback),
            ("http://localhost:8080", Transport::Loopback),
            ("http://[::1]:8080", Transport::Loopback),
            ("http://192.168.0.7:8080", Transport::Plain),
            ("http://0.0.0.0:8080", Transport::Plain),
            ("http://localhost.example.jp", Transport::Plain),
            ("nonsense", Transport::Plain),
        ] {
            assert_eq!(Site::of(url, "/console").transport, transport, "{url}");
        }
    }

    #[test]
    fn hosts_and_pages_are_its_own() {
        let site = Site::of("https://calls.example.jp/kenko", "/console");
        assert!(site.is_own_host("Calls.example.jp") && !site.is_own_host("calls.example.jp:8443"));
        assert_eq!((site.path("/today"), site.path("/")), ("/kenko/console/today".into(), "/kenko/console".into()));
        let local = Site::of("http://127.0.0.1:8080", "/console");
        assert!(local.is_own_host("localhost:8080") && !local.is_own_host("localhost"));
        assert_eq!(local.page("/console/today?severity=red"), Some("/today?severity=red"));
        for elsewhere in [
            "",
            "/console",
            "/console//evil.example",
            "//evil.example/console/today",
            "https://evil.example/console/today",
            "/twilio",
            "/console/today\r\nSet-Cookie: a=b",
            "/console/today#x",
            "/console/\\evil.example",
            "/console/../portal",
        ] {
            assert_eq!(local.page(elsewhere), None, "{elsewhere}");
        }
    }
}
