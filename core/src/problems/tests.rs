//! Pods are found by label, and the nearest ones for a selector that matches none.

use super::*;
use std::sync::Arc;

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect()
}

fn group<'a>(reference: &'a ObjectRef, labels: &'a Labels, spec: &'a PodSpec) -> Group<'a> {
    Group { reference, labels, spec, serves: true }
}

#[test]
fn the_nearest_pods_miss_the_least() {
    let (one, two) = (ObjectRef::namespaced("Pod", "a", "one"), ObjectRef::namespaced("Pod", "a", "two"));
    let (first, second) = (labels(&[("app", "web"), ("tier", "front")]), labels(&[("app", "web"), ("v", "2")]));
    let spec = Arc::new(PodSpec::default());
    let mut pods = Pods { groups: Vec::new(), by_label: BTreeMap::new(), by_namespace: BTreeMap::new() };
    for (position, group) in [group(&one, &first, &spec), group(&two, &second, &spec)].into_iter().enumerate() {
        for (key, value) in group.labels {
            pods.by_label.entry(("a", key, value)).or_default().push(position);
        }
        pods.by_namespace.entry("a").or_default().push(position);
        pods.groups.push(group);
    }
    let selector = labels(&[("app", "web"), ("tier", "back")]);
    assert!(pods.selected("a", &selector).is_empty());
    let (nearest, key, wanted) = pods.nearest("a", &selector).unwrap();
    assert_eq!((nearest.reference, &*key, &*wanted), (&one, "tier", "back"));
    assert_eq!(pods.selected("a", &labels(&[("app", "web")])).len(), 2);
    assert!(pods.nearest("a", &labels(&[("role", "db")])).is_none());
    let (_, key, _) = pods.nearest("a", &labels(&[("app", "wbe")])).unwrap();
    assert_eq!(&*key, "app");
}
