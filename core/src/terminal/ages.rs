//! When objects came into the cluster, and in which order they were written: what happens in a terminal happens one thing after
//! the other, by a clock that only `sleep` moves.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::ObjectRef;

/// The resource version of the first object.
const FIRST_VERSION: u64 = 1000;

/// An object's beginning, and when it was written last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ObjectAge {
    /// Seconds since the session began.
    created: u64,
    version: u64,
}

/// The objects of a session. Before kubectl is asked, anything changes or time passes, nothing is noted: all of them are there from
/// the beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectAges {
    noted: BTreeMap<ObjectRef, ObjectAge>,
    version: u64,
}

impl ObjectAges {
    /// Whether nothing has happened yet.
    pub fn is_new(&self) -> bool {
        self.noted.is_empty()
    }

    /// Notes what is there by now: what wasn't is new, what isn't any more is forgotten, `written` was changed.
    pub fn note(&mut self, there: BTreeSet<ObjectRef>, written: &BTreeSet<ObjectRef>, seconds: u64) {
        self.noted.retain(|object, _| there.contains(object));
        for object in there {
            let is_written = written.contains(&object);
            let version = self.version;
            let age = self.noted.entry(object).or_insert_with(|| {
                self.version += 1;
                ObjectAge { created: seconds, version: FIRST_VERSION + version }
            });
            if is_written && age.version != FIRST_VERSION + version {
                self.version += 1;
                age.version = FIRST_VERSION + version;
            }
        }
    }

    /// It goes, so that another of its name is a new one.
    pub fn forget(&mut self, object: &ObjectRef) {
        self.noted.remove(object);
    }

    /// Seconds since the session began.
    pub fn created(&self, object: &ObjectRef) -> u64 {
        self.noted.get(object).map_or(0, |age| age.created)
    }

    /// Its resource version; None for what isn't noted.
    pub fn version(&self, object: &ObjectRef) -> Option<u64> {
        self.noted.get(object).map(|age| age.version)
    }
}

/// A time span as kubectl prints it (apimachinery, duration.HumanDuration).
pub fn human_duration(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    let with = |whole: u64, unit: &str, rest: u64, small: &str| match rest {
        0 => format!("{whole}{unit}"),
        rest => format!("{whole}{unit}{rest}{small}"),
    };
    if seconds < 120 {
        format!("{seconds}s")
    } else if minutes < 10 {
        with(minutes, "m", seconds % 60, "s")
    } else if hours < 3 {
        format!("{minutes}m")
    } else if hours < 8 {
        with(hours, "h", minutes % 60, "m")
    } else if hours < 48 {
        format!("{hours}h")
    } else if days < 8 {
        with(days, "d", hours % 24, "h")
    } else if days < 2 * 365 {
        format!("{days}d")
    } else if days < 8 * 365 {
        with(days / 365, "y", days % 365, "d")
    } else {
        format!("{}y", days / 365)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_kubectl_s() {
        let all = [0, 119, 120, 125, 599, 600, 10_800, 28_799, 28_800, 172_800, 700_000, 86_400 * 800, 86_400 * 3000];
        let texts = all.map(human_duration);
        let expected = ["0s", "119s", "2m", "2m5s", "9m59s", "10m", "3h", "7h59m", "8h", "2d", "8d", "2y70d", "8y"];
        assert_eq!(texts, expected);
    }

    #[test]
    fn what_comes_later_is_younger() {
        let [a, b] = ["a", "b"].map(|name| ObjectRef::namespaced("Pod", "default", name));
        let set = |all: &[&ObjectRef]| all.iter().map(|object| (*object).clone()).collect::<BTreeSet<_>>();
        let mut ages = ObjectAges::default();
        ages.note(set(&[&a]), &set(&[]), 0);
        ages.note(set(&[&a, &b]), &set(&[&a]), 60);
        assert_eq!((ages.created(&a), ages.created(&b)), (0, 60));
        assert_eq!((ages.version(&a), ages.version(&b)), (Some(1001), Some(1002)));
        ages.forget(&a);
        ages.note(set(&[&a, &b]), &set(&[]), 90);
        assert_eq!(ages.created(&a), 90);
    }
}
