//! What of a live cluster couldn't be read, as RBAC refuses it: where an answer depends on it, it is unknown.

use std::collections::BTreeMap;

use crate::model::Text;

/// Kinds as kubectl names them, each with the namespaces in which it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnreadKinds(BTreeMap<Text, Vec<Text>>);

impl UnreadKinds {
    pub(super) fn new(kinds: BTreeMap<Text, Vec<Text>>) -> Self {
        Self(kinds)
    }

    /// The Secrets, where those of this namespace were not read.
    pub fn secrets(&self, namespace: Option<&str>) -> Option<&Text> {
        self.find(&["secrets"], &[], namespace)
    }

    /// The first kind that was not read, of these plurals or in these groups. What was read in `namespace` counts as read
    /// for what asks there only.
    pub fn find(&self, plurals: &[&str], groups: &[&str], namespace: Option<&str>) -> Option<&Text> {
        let is_asked = |kind: &str| {
            let (plural, group) = kind.split_once('.').unwrap_or((kind, ""));
            plurals.contains(&plural) || groups.contains(&group)
        };
        let is_read = |known: &[Text]| known.iter().any(|known| Some(&**known) == namespace);
        self.0.iter().find(|(kind, known)| is_asked(kind) && !is_read(known)).map(|(kind, _)| kind)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::UnreadKinds;

    #[test]
    fn what_was_read_in_one_namespace_is_unread_in_others() {
        let unread = UnreadKinds::new(BTreeMap::from([
            ("networkpolicies.networking.k8s.io".into(), vec!["shop".into()]),
            ("middlewares.traefik.io".into(), Vec::new()),
        ]));
        let policies = &["networkpolicies"];
        assert_eq!(unread.find(policies, &[], Some("shop")), None);
        assert_eq!(
            unread.find(policies, &[], Some("default")).map(|kind| &**kind),
            Some("networkpolicies.networking.k8s.io")
        );
        assert!(unread.find(policies, &[], None).is_some() && unread.find(&["services"], &[], None).is_none());
        assert!(unread.find(&[], &["traefik.io"], Some("shop")).is_some());
    }
}
