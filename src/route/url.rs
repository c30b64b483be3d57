//! Addresses, as far as routing needs them.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::domain;

/// The parts of a base URL. Built from a file's text: only [`Host`] is ever shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Lower-case scheme.
    pub scheme: String,
    /// Whether `user:password@` stands before the host.
    pub userinfo: bool,
    /// Where it leads.
    pub host: Host,
    /// Everything behind the authority.
    pub path: String,
}

/// A host name or address, and the port where one is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    name: String,
    port: Option<u16>,
}

/// How far away a host is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// This machine.
    Loopback,
    /// A private address or a name that only a local network resolves.
    Private,
    /// Everything else.
    Public,
}

impl Url {
    /// Reads `scheme://host[:port][/path]`; `None` for anything else, a host with a reference in it included.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://")?;
        let scheme = lower_scheme(scheme)?;
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (userinfo, host) = match authority.rsplit_once('@') {
            Some((_, host)) => (true, host),
            None => (false, authority),
        };
        Some(Self { scheme, userinfo, host: Host::parse(host)?, path: path.to_owned() })
    }
}

/// A scheme in lower case; `None` where it is none.
fn lower_scheme(scheme: &str) -> Option<String> {
    let letters = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(letters);
    is_scheme.then(|| scheme.to_ascii_lowercase())
}

/// The address as the client's own parser reads it (the rules of the URL standard, as far as base URLs need them;
/// observed 2026-11-21): scheme and host in lower case, slashes and backslashes forgiven, default ports and dot
/// segments gone, foreign characters escaped. `None` where it says "Invalid URL".
pub fn normalised(text: &str) -> Option<Normal> {
    let text = text.trim_matches(|c: char| c <= ' ');
    let text: String = text.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    let (scheme, rest) = text.split_once(':')?;
    let scheme = lower_scheme(scheme)?;
    if !matches!(scheme.as_str(), "http" | "https") {
        return Some(Normal {
            scheme,
            userinfo: None,
            host: String::new(),
            origin: String::new(),
            path: String::new(),
            tail: String::new(),
        });
    }
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let (before, tail) = rest.split_at(end);
    let before = before.replace('\\', "/");
    let before = before.trim_start_matches('/');
    let (authority, path) = before.split_at(before.find('/').unwrap_or(before.len()));
    let (userinfo, host) = match authority.rsplit_once('@') {
        Some((userinfo, host)) => (Some(userinfo.to_owned()), host),
        None => (None, authority),
    };
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port),
        _ => (host, ""),
    };
    let name = domain::ascii(name)?;
    if port.starts_with('+') {
        return None;
    }
    let port = match port.parse::<u16>() {
        Ok(80) if scheme == "http" => String::new(),
        Ok(443) if scheme == "https" => String::new(),
        Ok(port) => format!(":{port}"),
        Err(_) if port.is_empty() => String::new(),
        Err(_) => return None,
    };
    let mut parts: Vec<&str> = Vec::new();
    let mut open = false;
    for part in path.split('/').skip(1) {
        match part {
            "." => open = true,
            ".." => {
                parts.pop();
                open = true;
            }
            part => {
                open = false;
                parts.push(part);
            }
        }
    }
    let mut path: String = parts.iter().map(|part| format!("/{part}")).collect();
    if open {
        path.push('/');
    }
    Some(Normal {
        origin: format!("{scheme}://{name}{port}"),
        host: name,
        scheme,
        userinfo,
        path: escaped(&path),
        tail: tail.to_owned(),
    })
}

/// An address after [`normalised`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Normal {
    /// Lower-case scheme; of others than `http` and `https` nothing else is known.
    pub scheme: String,
    /// What stands before the `@`, escapes included.
    pub userinfo: Option<String>,
    /// The host, without its port.
    pub host: String,
    /// `scheme://host[:port]`.
    pub origin: String,
    /// The path, escaped; may be empty.
    pub path: String,
    /// Query and fragment.
    pub tail: String,
}

fn escaped(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            ..=b' ' | b'"' | b'<' | b'>' | b'`' | b'{' | b'}' | b'^' | 0x7F.. => out.push_str(&format!("%{byte:02X}")),
            _ => out.push(char::from(byte)),
        }
    }
    out
}

impl Host {
    /// Reads a host with or without a port.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (name, port) = if let Some(rest) = text.strip_prefix('[') {
            let (address, rest) = rest.split_once(']')?;
            address.parse::<Ipv6Addr>().ok()?;
            (format!("[{address}]"), rest.strip_prefix(':'))
        } else {
            let (name, port) = text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port)));
            (name.trim_end_matches('.').to_ascii_lowercase(), port)
        };
        let allowed = |c: char| c.is_alphanumeric() || "-._[]:".contains(c);
        if name.is_empty() || !name.chars().all(allowed) {
            return None;
        }
        // A port that a variable supplies does not change where the host is.
        Some(Self { name, port: port.and_then(|port| port.parse().ok()) })
    }

    /// The lower-case name or address without port.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The port, where one is given.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Whether this is `domain` or one of its subdomains.
    pub fn is_below(&self, domain: &str) -> bool {
        self.name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }

    /// Whether the client treats the host as Anthropic's own API. Only `api.anthropic.com` is first-party to it
    /// (Claude Code documentation, environment variables, 2026-08); its staging kin are Anthropic's all the same.
    pub fn is_anthropic(&self) -> bool {
        ["anthropic.com", "claude.com", "claude.ai"].iter().any(|domain| self.is_below(domain))
    }

    /// How far away the host is.
    pub fn reach(&self) -> Reach {
        let name = self.name.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = name.parse::<Ipv4Addr>() {
            return if address.is_loopback() || address.is_unspecified() {
                Reach::Loopback
            } else if address.is_private() || address.is_link_local() || is_shared(address) {
                Reach::Private
            } else {
                Reach::Public
            };
        }
        if let Ok(address) = name.parse::<Ipv6Addr>() {
            return if address.is_loopback() || address.is_unspecified() {
                Reach::Loopback
            } else if address.is_unique_local() || address.is_unicast_link_local() {
                Reach::Private
            } else {
                Reach::Public
            };
        }
        // From a container that is the machine which runs it (Docker, Podman and Lima documentation, 2026-11).
        let host =
            ["host.docker.internal", "gateway.docker.internal", "host.containers.internal", "host.lima.internal"];
        if name == "localhost" || self.is_below("localhost") || host.contains(&name) {
            return Reach::Loopback;
        }
        let local = ["internal", "local", "lan", "home", "corp", "intranet", "test", "localdomain", "svc"];
        if !name.contains('.') || local.iter().any(|suffix| self.is_below(suffix)) {
            // A bare name is a compose service or a machine of the local network.
            return Reach::Private;
        }
        Reach::Public
    }
}

/// Addresses that providers and overlay networks share out among themselves (RFC 6598).
fn is_shared(address: Ipv4Addr) -> bool {
    matches!(address.octets(), [100, 64..=127, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        let url = Url::parse(" HTTPS://user:pw@Api.Z.AI:8443/api/anthropic?x=1 ").unwrap();
        assert_eq!((url.scheme.as_str(), url.host.name(), url.host.port()), ("https", "api.z.ai", Some(8443)));
        assert!(url.userinfo);
        assert_eq!(url.path, "/api/anthropic?x=1");
        assert_eq!(Url::parse("http://[::1]:80").unwrap().host.name(), "[::1]");
        assert_eq!(Url::parse("http://localhost:${PORT}/x").unwrap().host.name(), "localhost");
    }

    #[test]
    fn what_is_no_address() {
        for text in [
            "",
            "localhost:4000",
            "api.z.ai",
            "https://",
            "\"https://h\"",
            "https://${HOST}/x",
            "$URL",
            "https://***/",
            "1http://h",
            "ht_tp://h",
        ] {
            assert_eq!(Url::parse(text), None, "{text}");
        }
    }

    /// As Node's `URL` has them.
    #[test]
    fn paths() {
        for (path, expected) in [
            ("", ""),
            ("/", "/"),
            ("/a", "/a"),
            ("/a/", "/a/"),
            ("/a/.", "/a/"),
            ("/a/./b", "/a/b"),
            ("/a/b/..", "/a/"),
            ("/a/../b", "/b"),
            ("/..", "/"),
            ("//..", "/"),
            ("/a//.", "/a//"),
            ("/a//..", "/a/"),
            ("/a/..//", "//"),
        ] {
            assert_eq!(normalised(&format!("https://h{path}")).unwrap().path, expected, "{path}");
        }
    }

    /// As Node's `URL` has them, whose rules the client's runtime follows.
    #[test]
    fn origins() {
        for (text, origin) in [
            ("HTTP:\\\\H:80/x", Some("http://h")),
            ("http://h:443", Some("http://h:443")),
            ("https://h:443", Some("https://h")),
            ("https://h:80", Some("https://h:80")),
            ("https://h:", Some("https://h")),
            ("https://h:+1", None),
            ("https://h:65536", None),
            ("h:8931", Some("")),
            ("1http://h", None),
            ("ht_tp://h", None),
        ] {
            assert_eq!(normalised(text).map(|normal| normal.origin).as_deref(), origin, "{text}");
        }
    }

    #[test]
    fn reach_of_hosts() {
        let reach = |host: &str| Host::parse(host).unwrap().reach();
        for host in ["localhost", "127.0.0.1", "127.9.9.9", "[::1]", "0.0.0.0", "x.localhost", "host.docker.internal"] {
            assert_eq!(reach(host), Reach::Loopback, "{host}");
        }
        for host in [
            "10.1.2.3",
            "192.168.0.1",
            "172.16.0.1",
            "100.64.0.1",
            "litellm",
            "db.internal",
            "gw.corp",
            "[fc00::1]",
            "[fdff::1]",
            "[fe80::1]",
            "[febf::1]",
        ] {
            assert_eq!(reach(host), Reach::Private, "{host}");
        }
        for host in
            ["api.z.ai", "8.8.8.8", "172.32.0.1", "localhost.evil.com", "[2001:db8::1]", "[fe00::1]", "[fec0::1]"]
        {
            assert_eq!(reach(host), Reach::Public, "{host}");
        }
    }

    #[test]
    fn anthropic_is_compared_by_whole_labels() {
        let ours = |host: &str| Host::parse(host).unwrap().is_anthropic();
        assert!(ours("api.anthropic.com") && ours("API.ANTHROPIC.COM."));
        assert!(!ours("api-anthropic.com") && !ours("anthropic.com.evil.io") && !ours("notanthropic.com"));
    }
}
