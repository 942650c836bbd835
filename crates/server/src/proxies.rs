//! Whom to believe about where a request comes from.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

/// The networks of the proxies whose `X-Forwarded-For` is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxies(Vec<IpNet>);

impl Default for Proxies {
    /// This machine alone.
    fn default() -> Self {
        let local = [IpAddr::from([127, 0, 0, 0]), IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])];
        let nets = local.map(|ip| IpNet::new_assert(ip, if ip.is_ipv4() { 8 } else { 128 }));
        Self(nets.to_vec())
    }
}

impl FromStr for Proxies {
    /// What is neither an address nor a network.
    type Err = String;

    /// Reads addresses and networks (`10.0.0.0/8`) between commas or spaces; an empty text names
    /// nobody.
    fn from_str(text: &str) -> Result<Self, String> {
        let words = text.split([',', ' ']).map(str::trim).filter(|word| !word.is_empty());
        let net = |word: &str| {
            let alone = word.parse::<IpAddr>().map(IpNet::from);
            word.parse::<IpNet>().or(alone).map_err(|_| word.to_owned())
        };
        words.map(net).collect::<Result<_, _>>().map(Self)
    }
}

impl Proxies {
    /// Whose request it is that `peer` sent with this `X-Forwarded-For` (its lines in order): the
    /// last address that is no trusted proxy. What stands before it anyone may have written.
    pub fn caller<'a>(
        &self,
        peer: IpAddr,
        forwarded: impl DoubleEndedIterator<Item = &'a str>,
    ) -> IpAddr {
        let mut caller = peer.to_canonical();
        for entry in forwarded.rev().flat_map(|line| line.rsplit(',')) {
            if !self.trust(caller) {
                break;
            }
            let Ok(before) = entry.trim().parse::<IpAddr>() else { break };
            caller = before.to_canonical();
        }
        caller
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(trusted: &str, peer: &str, forwarded: &[&str]) -> String {
        let proxies: Proxies = trusted.parse().unwrap();
        proxies.caller(peer.parse().unwrap(), forwarded.iter().copied()).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed_and_only_as_far_as_they_go() {
        let both = "127.0.0.1, 10.0.0.0/8,fd00::/8";
        for (trusted, peer, forwarded, expected) in [
            (both, "203.0.113.7", &["1.2.3.4"][..], "203.0.113.7"),
            (both, "10.1.2.3", &["1.2.3.4"], "1.2.3.4"),
            (both, "::ffff:10.1.2.3", &["1.2.3.4"], "1.2.3.4"),
            (both, "fd00::1", &["2001:db8::7"], "2001:db8::7"),
            (both, "127.0.0.1", &["9.9.9.9, 1.2.3.4, 10.0.0.1"], "1.2.3.4"),
            (both, "127.0.0.1", &["9.9.9.9", "1.2.3.4, 10.0.0.1", "10.0.0.2"], "1.2.3.4"),
            (both, "127.0.0.1", &["10.0.0.1"], "10.0.0.1"),
            (both, "127.0.0.1", &["1.2.3.4, who knows"], "127.0.0.1"),
            (both, "127.0.0.1", &[], "127.0.0.1"),
            (both, "127.0.0.2", &["1.2.3.4"], "127.0.0.2"),
            ("", "127.0.0.1", &["1.2.3.4"], "127.0.0.1"),
        ] {
            assert_eq!(
                caller(trusted, peer, forwarded),
                expected,
                "{trusted} {peer} {forwarded:?}"
            );
        }
    }

    #[test]
    fn by_default_this_machine_is_trusted_and_what_is_no_network_is_named() {
        assert_eq!(Proxies::default(), "127.0.0.0/8 ::1/128".parse().unwrap());
        assert_eq!("10.0.0.0/8,10.0.0.0/33".parse::<Proxies>().unwrap_err(), "10.0.0.0/33");
    }
}
