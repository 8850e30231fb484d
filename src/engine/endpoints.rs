//! Endpoints: all of them, and which are to hear of an alert. As with keys, a change is a record of the house.

use std::sync::Arc;

use crate::domain::endpoint::{Endpoint, EndpointState};
use crate::domain::life::alert::{AlertKind, Endpoints as Numbers};
use crate::domain::wallet::WalletId;

/// All endpoints. Cheap to clone: they are shared.
#[derive(Clone, Debug, Default)]
pub struct Endpoints {
    all: Vec<Arc<Endpoint>>,
}

impl Endpoints {
    pub fn put(&mut self, endpoint: Endpoint) {
        let place = self.all.partition_point(|known| known.number < endpoint.number);
        let endpoint = Arc::new(endpoint);
        match self.all.get_mut(place) {
            Some(known) if known.number == endpoint.number => *known = endpoint,
            _ => self.all.insert(place, endpoint),
        }
    }

    pub fn get(&self, number: u32) -> Option<&Arc<Endpoint>> {
        let place = self.all.binary_search_by_key(&number, |endpoint| endpoint.number).ok()?;
        self.all.get(place)
    }

    /// Those that were not removed.
    pub fn list(&self) -> impl Iterator<Item = &Arc<Endpoint>> {
        self.all.iter().filter(|endpoint| endpoint.state != EndpointState::Removed)
    }

    pub fn next_number(&self) -> u32 {
        self.all.last().map_or(0, |endpoint| endpoint.number) + 1
    }

    /// Who is to hear of an alert.
    pub fn audience(&self, wallet: WalletId, kind: AlertKind) -> Numbers {
        let hearing = self.all.iter().filter(|endpoint| endpoint.hears(wallet, kind));
        hearing.map(|endpoint| endpoint.number).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    fn endpoint(number: u32, wallet: Option<u32>, kinds: &[AlertKind], state: EndpointState) -> Endpoint {
        Endpoint {
            number,
            url: "https://example.com/".into(),
            wallet: wallet.map(|number| (WalletId { partition: 1, number }, "acme".into())),
            kinds: kinds.to_vec(),
            secrets: Vec::new(),
            state,
            made_at: Timestamp::default(),
        }
    }

    #[test]
    fn an_alert_is_heard_by_active_endpoints_of_its_wallet_that_want_its_kind() {
        use AlertKind::{Resumed, Suspended};
        let mut endpoints = Endpoints::default();
        for made in [
            endpoint(2, Some(7), &[], EndpointState::Active),
            endpoint(1, None, &[Suspended], EndpointState::Active),
            endpoint(3, Some(8), &[], EndpointState::Active),
            endpoint(4, None, &[], EndpointState::Active),
        ] {
            endpoints.put(made);
        }
        endpoints.put(endpoint(4, None, &[], EndpointState::Disabled));
        let audience = |number, kind| endpoints.audience(WalletId { partition: 1, number }, kind).to_vec();
        assert_eq!(audience(7, Suspended), [1, 2]);
        assert_eq!(audience(7, Resumed), [2]);
        assert_eq!(audience(9, Resumed), [0u32; 0]);
        assert_eq!(endpoints.next_number(), 5);
    }
}
