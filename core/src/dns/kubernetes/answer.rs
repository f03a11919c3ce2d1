//! From what a name means to records (plugin/backend_lookup.go).

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::packet::{DnsName, DnsRecord, RecordData, RecordType};
use crate::trace::{Cause, CauseList, DnsRule};

use super::super::name::{address_data, address_record, join, reversed_address};
use super::records::{BackendRecord, BackendRecords, RecordHost};
use super::watched::{NameError, ZoneQuery, ZoneRecords};

/// Chains of aliases end here (backend_lookup.go A: `len(previousRecords) > 7`).
const ALIASES: usize = 8;

impl ZoneQuery<'_> {
    /// A or AAAA: addresses, and aliases with what they lead to. `before` are the aliases that led here.
    pub(super) fn addresses(
        &self,
        name: &DnsName,
        record_type: RecordType,
        before: &mut Vec<DnsRecord>,
    ) -> Result<ZoneRecords, NameError> {
        if self.is_default_name_server(name) {
            return Ok(self.default_name_server(name, record_type));
        }
        let BackendRecords { items, because } = self.records(name)?;
        let mut found = ZoneRecords { because, ..ZoneRecords::default() };
        for item in items {
            match item.host {
                RecordHost::Address(address) => {
                    found.answers.extend(address_record(name, address, self.plugin.ttl, record_type));
                }
                RecordHost::Name(target) => self.follow(name, target, record_type, before, &mut found),
            }
        }
        Ok(found)
    }

    /// An alias: inside the zone it is followed here, and left out if it leads to nothing; outside it is looked up
    /// through the server, and stays whatever comes of it.
    fn follow(
        &self,
        name: &DnsName,
        target: DnsName,
        kind: RecordType,
        before: &mut Vec<DnsRecord>,
        found: &mut ZoneRecords,
    ) {
        // 1. An alias that leads to itself, or on for too long, leads nowhere.
        let alias = DnsRecord { name: name.clone(), ttl: self.plugin.ttl, data: RecordData::Cname(target.clone()) };
        let looped = before.iter().any(|record| record.data == alias.data && record.name == alias.name);
        if *name == target || looped || before.len() >= ALIASES {
            found.because.add_rule(DnsRule::AliasLeadsNowhere);
            return;
        }
        // 2. Outside the zone: through the server.
        if target.within(&self.zone).is_none() {
            let reply = self.context.lookup(target, kind);
            found.answers.push(alias);
            found.answers.extend(reply.answer.answers);
            found.because.extend(reply.because);
            found.gap = reply.gap;
            return;
        }
        // 3. Inside the zone: as if the target were asked for.
        before.push(alias.clone());
        match self.addresses(&target, kind, before) {
            Ok(next) if !next.answers.is_empty() || next.gap.is_some() => {
                found.answers.push(alias);
                found.answers.extend(next.answers);
                found.because.extend(next.because);
                found.gap = next.gap;
            }
            Ok(ZoneRecords { because, .. }) | Err(NameError(because)) => {
                found.because.add_rule(DnsRule::AliasLeadsNowhere);
                found.because.extend(because);
            }
        }
    }

    /// The alias alone, never followed.
    pub(super) fn cname(&self, name: &DnsName) -> Result<ZoneRecords, NameError> {
        if self.is_default_name_server(name) {
            return Ok(self.default_name_server(name, RecordType::Cname));
        }
        let BackendRecords { items, because } = self.records(name)?;
        let target = items.into_iter().next().and_then(|item| match item.host {
            RecordHost::Name(target) => Some(target),
            RecordHost::Address(_) => None,
        });
        let record = |target| DnsRecord { name: name.clone(), ttl: self.plugin.ttl, data: RecordData::Cname(target) };
        Ok(ZoneRecords { answers: target.map(record).into_iter().collect(), because, ..ZoneRecords::default() })
    }

    /// One record per port and target, and the targets' addresses. The weight is 100 shared by all pairs of address and
    /// port, before repeated ones are dropped.
    pub(super) fn srv(&self, name: &DnsName) -> Result<ZoneRecords, NameError> {
        if self.is_default_name_server(name) {
            return Ok(self.default_name_server(name, RecordType::Srv));
        }
        let BackendRecords { items, mut because } = self.records(name)?;
        let internal: Vec<(BackendRecord, IpAddr)> = items.into_iter().filter_map(with_address).collect();
        if !internal.is_empty() {
            because.insert(0, Cause::rule(DnsRule::ServicePorts));
        }
        let weight = 100usize.checked_div(internal.len()).unwrap_or(100).max(1) as u16;
        let mut found = ZoneRecords { because, ..ZoneRecords::default() };
        let mut seen = (BTreeSet::new(), BTreeSet::new());
        for (item, address) in internal {
            let Some(port) = item.port else { continue };
            let target = join(&item.owner, &self.zone);
            if seen.0.insert((item.owner.clone(), port)) {
                let data = RecordData::Srv { priority: 0, weight, port, target: target.clone() };
                found.answers.push(DnsRecord { name: name.clone(), ttl: self.plugin.ttl, data });
            }
            if seen.1.insert((item.owner, address)) {
                found.additional.push(DnsRecord { name: target, ttl: self.plugin.ttl, data: address_data(address) });
            }
        }
        Ok(found)
    }

    /// Only `dns-version` has a text. Other names exist if they have records of another type; nodes without any are
    /// reported as missing (kubernetes.go Services, TypeTXT).
    pub(super) fn txt(&self, name: &DnsName) -> Result<ZoneRecords, NameError> {
        if name.within(&self.zone).is_some_and(|below| below.eq_ignore_ascii_case("dns-version")) {
            let text = RecordData::Txt(vec!["1.1.0".to_owned()]);
            let answers = vec![DnsRecord { name: name.clone(), ttl: 28800, data: text }];
            return Ok(ZoneRecords {
                answers,
                because: vec![Cause::rule(DnsRule::SpecificationVersion)],
                ..ZoneRecords::default()
            });
        }
        let BackendRecords { items, because } = self.records(name)?;
        let zonal = because.first() == Some(&Cause::rule(DnsRule::ZonalEndpoints));
        if items.is_empty() && !zonal {
            Err(NameError(because))
        } else {
            Ok(ZoneRecords { because, ..ZoneRecords::default() })
        }
    }

    /// Reverse names by address, other names only to see whether they exist.
    pub(super) fn ptr(&self, name: &DnsName) -> Result<ZoneRecords, NameError> {
        let Some(address) = reversed_address(name) else {
            let BackendRecords { because, .. } = self.records(name)?;
            return Ok(ZoneRecords { because, ..ZoneRecords::default() });
        };
        let (targets, because) = self.reverse(address);
        if targets.is_empty() {
            return Err(NameError(vec![Cause::rule(DnsRule::NoSuchAddress)]));
        }
        let record = |target| DnsRecord { name: name.clone(), ttl: self.plugin.ttl, data: RecordData::Ptr(target) };
        Ok(ZoneRecords { answers: targets.into_iter().map(record).collect(), because, ..ZoneRecords::default() })
    }

    /// The zone's name servers with their addresses (ns.go, plugin.NS).
    pub(super) fn name_servers(&self) -> ZoneRecords {
        let mut found = ZoneRecords { because: vec![Cause::rule(DnsRule::ZoneServers)], ..ZoneRecords::default() };
        for (owner, address, field) in self.name_server_addresses() {
            let target = join(&owner, &self.zone);
            let data = RecordData::Ns(target.clone());
            found.answers.push(DnsRecord { name: self.zone.clone(), ttl: self.plugin.ttl, data });
            found.additional.push(DnsRecord { name: target, ttl: self.plugin.ttl, data: address_data(address) });
            found.because.extend(field.map(Cause::Field));
        }
        found
    }

    /// In a zone asked for in capitals it isn't found (isDefaultNS).
    fn is_default_name_server(&self, name: &DnsName) -> bool {
        self.zone_is_lower() && name.within(&self.zone).is_some_and(|below| below.eq_ignore_ascii_case("ns.dns"))
    }

    pub(super) fn zone_is_lower(&self) -> bool {
        !self.zone.as_str().chars().any(|letter| letter.is_ascii_uppercase())
    }

    fn default_name_server(&self, name: &DnsName, kind: RecordType) -> ZoneRecords {
        let addresses = self.name_server_addresses().into_iter().map(|(_, address, _)| address);
        let answers = addresses.filter_map(|address| address_record(name, address, self.plugin.ttl, kind)).collect();
        ZoneRecords { answers, because: vec![Cause::rule(DnsRule::ZoneServers)], ..ZoneRecords::default() }
    }
}

fn with_address(item: BackendRecord) -> Option<(BackendRecord, IpAddr)> {
    match item.host {
        RecordHost::Address(address) => Some((item, address)),
        RecordHost::Name(_) => None,
    }
}
