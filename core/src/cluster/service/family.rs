//! Which families a Service's addresses have (registry/core/service/storage/alloc.go, initIPFamilyFields).

use std::net::IpAddr;

use crate::model::{ServiceSpec, Text};

/// IPv4 or IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IpFamily {
    /// IPv4
    V4,
    /// IPv6
    V6,
}

/// An error of the API server: the field, and what follows it.
pub(super) type FieldRefusal = (String, String);

impl IpFamily {
    /// The family of an address.
    pub fn of(address: IpAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }

    /// As the API writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        }
    }

    fn read(name: &Text) -> Option<Self> {
        [Self::V4, Self::V6].into_iter().find(|family| family.name() == &**name)
    }
}

/// The families of a Service in a cluster with these, the cluster's first one first; none for ExternalName.
pub(super) fn families(spec: &ServiceSpec, cluster: &[IpFamily]) -> Result<Vec<IpFamily>, FieldRefusal> {
    // 1. What is written: addresses, families, policy (alloc.go, initIPFamilyFields).
    if spec.is_external_name() {
        return Ok(Vec::new());
    }
    let addresses: Vec<IpAddr> = spec.cluster_ips.iter().filter_map(|address| address.parse().ok()).collect();
    let mut families: Vec<IpFamily> = spec.ip_families.iter().filter_map(IpFamily::read).collect();
    let policy = policy(spec, &addresses, &families)?;
    // 2. Addresses bring their families.
    for (number, address) in addresses.iter().enumerate().skip(families.len()) {
        let family = IpFamily::of(*address);
        if !cluster.contains(&family) {
            let shown: Vec<String> = spec.cluster_ips.iter().map(|address| format!("{:?}", &**address)).collect();
            let shown = shown.join(",");
            let detail = format!("Invalid value: [{shown}]: {} is not configured on this cluster", family.name());
            return Err((format!("spec.clusterIPs[{number}]"), detail));
        }
        families.push(family);
    }
    // 3. Headless without selector.
    let selects = spec.selector.as_ref().is_some_and(|selector| !selector.is_empty());
    if spec.is_headless() && !selects {
        // Whoever writes the endpoints may have both families, whatever the cluster has.
        let default = cluster.first().copied().unwrap_or(IpFamily::V4);
        return Ok(complete(families, policy, default, &[IpFamily::V4, IpFamily::V6]));
    }
    // 4. What the cluster can't do is refused.
    if policy == "RequireDualStack" && cluster.len() < 2 {
        let detail = "Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services";
        return Err(("spec.ipFamilyPolicy".to_owned(), detail.to_owned()));
    }
    if let Some((number, family)) = families.iter().enumerate().find(|(_, family)| !cluster.contains(family)) {
        let detail = format!("Invalid value: \"{}\": not configured on this cluster", family.name());
        return Err((format!("spec.ipFamilies[{number}]"), detail));
    }
    // 5. The rest comes from the cluster's families, as the policy asks.
    Ok(complete(families, policy, cluster.first().copied().unwrap_or(IpFamily::V4), cluster))
}

/// The policy given, or the one that follows from what is given.
fn policy<'s>(spec: &'s ServiceSpec, addresses: &[IpAddr], families: &[IpFamily]) -> Result<&'s str, FieldRefusal> {
    let selects = spec.selector.as_ref().is_some_and(|selector| !selector.is_empty());
    let Some(policy) = spec.ip_family_policy.as_deref() else {
        let wants_both = addresses.len() == 2 || families.len() == 2 || (spec.is_headless() && !selects);
        return Ok(if wants_both { "RequireDualStack" } else { "SingleStack" });
    };
    let several = if addresses.len() > 1 { Some("cluster IPs") } else { (families.len() > 1).then_some("IP families") };
    match several.filter(|_| policy == "SingleStack") {
        Some(what) => {
            let detail = format!(
                "Invalid value: \"{policy}\": must be 'RequireDualStack' or 'PreferDualStack' when multiple {what} are specified"
            );
            Err(("spec.ipFamilyPolicy".to_owned(), detail))
        }
        None => Ok(policy),
    }
}

fn complete(mut families: Vec<IpFamily>, policy: &str, default: IpFamily, possible: &[IpFamily]) -> Vec<IpFamily> {
    if families.is_empty() {
        families.push(default);
    }
    if policy != "SingleStack" {
        let missing: Vec<IpFamily> = possible.iter().filter(|family| !families.contains(family)).copied().collect();
        families.extend(missing);
    }
    families
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(cluster: &[IpFamily], change: impl FnOnce(&mut ServiceSpec)) -> Result<Vec<IpFamily>, String> {
        let mut spec = ServiceSpec { selector: Some([("app".into(), "web".into())].into()), ..ServiceSpec::default() };
        change(&mut spec);
        families(&spec, cluster).map_err(|(path, detail)| format!("{path}: {detail}"))
    }

    #[test]
    fn a_service_has_the_clusters_first_family() {
        assert_eq!(judge(&[IpFamily::V4, IpFamily::V6], |_| {}), Ok(vec![IpFamily::V4]));
        assert_eq!(judge(&[IpFamily::V6], |_| {}), Ok(vec![IpFamily::V6]));
    }

    #[test]
    fn prefer_takes_what_there_is_and_require_insists() {
        let prefer = |spec: &mut ServiceSpec| spec.ip_family_policy = Some("PreferDualStack".into());
        let require = |spec: &mut ServiceSpec| spec.ip_family_policy = Some("RequireDualStack".into());
        assert_eq!(judge(&[IpFamily::V4], prefer), Ok(vec![IpFamily::V4]));
        assert_eq!(judge(&[IpFamily::V4, IpFamily::V6], prefer), Ok(vec![IpFamily::V4, IpFamily::V6]));
        assert_eq!(
            judge(&[IpFamily::V4], require).unwrap_err(),
            "spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services"
        );
    }

    #[test]
    fn families_must_exist() {
        let v6 = |spec: &mut ServiceSpec| spec.ip_families = vec!["IPv6".into()];
        assert_eq!(
            judge(&[IpFamily::V4], v6).unwrap_err(),
            "spec.ipFamilies[0]: Invalid value: \"IPv6\": not configured on this cluster"
        );
        let given = |spec: &mut ServiceSpec| spec.cluster_ips = vec!["fd00::1".into()];
        assert_eq!(
            judge(&[IpFamily::V4], given).unwrap_err(),
            "spec.clusterIPs[0]: Invalid value: [\"fd00::1\"]: IPv6 is not configured on this cluster"
        );
    }

    #[test]
    fn a_headless_service_without_selector_has_both() {
        let headless = |spec: &mut ServiceSpec| {
            (spec.selector, spec.cluster_ip, spec.cluster_ips) = (None, Some("None".into()), vec!["None".into()]);
        };
        assert_eq!(judge(&[IpFamily::V4], headless), Ok(vec![IpFamily::V4, IpFamily::V6]));
    }

    #[test]
    fn several_need_a_dual_stack_policy() {
        let several = |spec: &mut ServiceSpec| {
            spec.ip_family_policy = Some("SingleStack".into());
            spec.cluster_ips = vec!["10.96.0.5".into(), "fd00::5".into()];
        };
        assert!(judge(&[IpFamily::V4, IpFamily::V6], several).unwrap_err().contains("when multiple cluster IPs"));
    }
}
