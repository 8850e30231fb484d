//! Where webhooks may go: not to this machine, not into the network that it stands in.
//!
//! Whoever registers an endpoint could otherwise make the engine call services that only it can reach
//! (server-side request forgery). A name is checked by what it resolves to, at the moment of each connection:
//! what connects is handed checked addresses only, so a name that resolves differently the next time (DNS
//! rebinding) gains nothing.

use std::error::Error;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::{meant, not_public};

/// Why a target is not called. The same target may be called under other settings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotAllowed(String);

/// Which targets may be called.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    /// Networks that may be called although they are not public.
    allowed: Vec<IpNet>,
}

impl Targets {
    pub fn new(allowed: Vec<IpNet>) -> Targets {
        Targets { allowed }
    }

    /// All that can be said without resolving a name. An endpoint is refused by it when it is registered, and
    /// again before each attempt: settings change.
    pub fn check_url(&self, url: &str) -> Result<Url, NotAllowed> {
        let url = Url::parse(url).map_err(|error| NotAllowed(format!("not an address: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NotAllowed("not an http:// or https:// address".to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NotAllowed("it has a user name or a password".to_owned()));
        }
        let host = url.host_str().ok_or_else(|| NotAllowed("it names no host".to_owned()))?;
        // The parser has already made one form out of 0x7f.1, 127.1 and the like.
        match host.trim_matches(['[', ']']).parse() {
            Ok(address) => self.check_address(address)?,
            Err(_) => self.check_name(host)?,
        }
        Ok(url)
    }

    /// `localhost` and all below it are this machine by definition (RFC 6761), whatever a resolver says.
    fn check_name(&self, host: &str) -> Result<(), NotAllowed> {
        let host = host.strip_suffix('.').unwrap_or(host);
        if host == "localhost" || host.ends_with(".localhost") {
            let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
            return self.checked(host, loopback).map(|_| ());
        }
        Ok(())
    }

    pub fn check_address(&self, address: IpAddr) -> Result<(), NotAllowed> {
        let address = meant(address);
        let Some(kind) = not_public(address) else { return Ok(()) };
        if self.allowed.iter().any(|network| network.contains(&address)) {
            return Ok(());
        }
        Err(NotAllowed(format!("{address} is {kind}: it may not be called unless the settings allow it")))
    }

    /// Those of a name's addresses that may be called; at least one.
    fn checked(
        &self,
        host: &str,
        addresses: impl IntoIterator<Item = IpAddr>,
    ) -> Result<Vec<IpAddr>, NotAllowed> {
        let mut refused = NotAllowed(format!("{host} has no address"));
        let mut allowed = Vec::new();
        for address in addresses {
            match self.check_address(address) {
                Ok(()) => allowed.push(address),
                Err(error) => refused = error,
            }
        }
        if allowed.is_empty() { Err(refused) } else { Ok(allowed) }
    }
}

/// What turns a name into addresses.
pub(super) trait Lookup: Send + Sync + 'static {
    fn lookup(&self, host: &str) -> impl Future<Output = io::Result<Vec<IpAddr>>> + Send;
}

/// The machine's own.
pub(super) struct SystemLookup;

impl Lookup for SystemLookup {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((host, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// Hands on only addresses that were checked.
pub(super) struct CheckedResolver<L> {
    targets: Targets,
    lookup: Arc<L>,
}

impl<L> CheckedResolver<L> {
    pub fn new(targets: Targets, lookup: L) -> CheckedResolver<L> {
        CheckedResolver { targets, lookup: Arc::new(lookup) }
    }
}

impl<L: Lookup> Resolve for CheckedResolver<L> {
    fn resolve(&self, name: Name) -> Resolving {
        let (targets, lookup) = (self.targets.clone(), self.lookup.clone());
        Box::pin(async move {
            let found = lookup.lookup(name.as_str()).await?;
            let checked = targets.checked(name.as_str(), found)?;
            // Port 0: the client puts that of the address there.
            let addresses: Addrs = Box::new(checked.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

/// The causes of an error, the innermost last. A refusal of the resolver is among them.
pub(super) fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let outermost: Option<&(dyn Error + 'static)> = error.source();
    std::iter::successors(outermost, |cause: &&(dyn Error + 'static)| (*cause).source())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(texts: &[&str]) -> Targets {
        Targets::new(texts.iter().map(|text| text.parse().unwrap()).collect())
    }

    #[test]
    fn networks_that_the_settings_allow_are_called_and_only_those() {
        let targets = networks(&["10.1.0.0/16", "fd00::/8", "127.0.0.1/32"]);
        let table = [
            ("10.1.2.3", true),
            ("10.2.0.1", false),
            ("127.0.0.1", true),
            ("127.0.0.2", false),
            ("::1", false),
            ("fd12::1", true),
            ("fe80::1", false),
            ("::ffff:10.1.2.3", true),
            ("64:ff9b::a01:203", true),
            ("64:ff9b::a02:1", false),
            ("8.8.8.8", true),
        ];
        for (address, want) in table {
            assert_eq!(targets.check_address(address.parse().unwrap()).is_ok(), want, "{address}");
        }
    }

    #[test]
    fn a_target_is_an_http_address_without_credentials_and_not_this_machine() {
        let table = [
            ("https://hooks.example/farebox?tenant=1", None),
            ("http://hooks.example:8080/", None),
            ("https://8.8.8.8/", None),
            ("https://[2606:4700::1111]:8443/a", None),
            ("https://localhost.example/", None),
            ("", Some("not an address")),
            ("hooks.example", Some("not an address")),
            ("https://", Some("not an address")),
            ("ftp://hooks.example/", Some("not an http")),
            ("file:///etc/passwd", Some("not an http")),
            ("https://user@hooks.example/", Some("user name")),
            ("https://:secret@hooks.example/", Some("user name")),
            ("http://127.0.0.1/", Some("loopback")),
            ("http://127.1/", Some("loopback")),
            ("http://0x7f000001/", Some("loopback")),
            ("http://2130706433/", Some("loopback")),
            ("http://0177.0.0.1/", Some("loopback")),
            ("http://127.0.0.1./", Some("loopback")),
            ("http://127\u{3002}0\u{3002}0\u{3002}1/", Some("loopback")),
            ("http://0/", Some("this network")),
            ("http://[::1]/", Some("loopback")),
            ("http://[::ffff:7f00:1]/", Some("loopback")),
            ("http://169.254.169.254/latest/meta-data/", Some("link-local")),
            ("http://localhost:8080/", Some("loopback")),
            ("http://LOCALHOST./", Some("loopback")),
            ("http://hooks.localhost/", Some("loopback")),
        ];
        for (url, want) in table {
            let found = Targets::default().check_url(url).err().map(|error| error.to_string());
            let as_wanted = match (want, &found) {
                (None, None) => true,
                (Some(want), Some(found)) => found.contains(want),
                _ => false,
            };
            assert!(as_wanted, "{url:?}: wanted {want:?}, found {found:?}");
        }
        assert!(
            networks(&["127.0.0.0/8"]).check_url("http://localhost:8080/").is_ok(),
            "where it is allowed"
        );
    }

    #[test]
    fn of_a_names_addresses_only_the_allowed_ones_are_left() {
        let table: [(&[&str], Option<&[&str]>); 4] = [
            (&["8.8.8.8", "2606:4700::1111"], Some(&["8.8.8.8", "2606:4700::1111"])),
            (&["10.0.0.1", "8.8.8.8", "::1"], Some(&["8.8.8.8"])),
            (&["10.0.0.1", "::ffff:169.254.169.254"], None),
            (&[], None),
        ];
        let parsed = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<IpAddr>>();
        for (addresses, want) in table {
            let left = Targets::default().checked("hooks.example", parsed(addresses));
            assert_eq!(left.ok(), want.map(parsed), "{addresses:?}");
        }
    }
}
