//! Objects by namespace and name.

use std::collections::BTreeMap;

use crate::model::Text;

/// Objects by namespace and name, in that order.
#[derive(Clone, Debug, PartialEq)]
pub struct Namespaced<T> {
    namespaces: BTreeMap<Text, BTreeMap<Text, T>>,
}

impl<T> Default for Namespaced<T> {
    fn default() -> Self {
        Self { namespaces: BTreeMap::new() }
    }
}

impl<T> Namespaced<T> {
    /// Adds an object; gives back the one that was there.
    pub fn insert(&mut self, namespace: Text, name: Text, object: T) -> Option<T> {
        self.namespaces.entry(namespace).or_default().insert(name, object)
    }

    /// One object.
    pub fn get(&self, namespace: &str, name: &str) -> Option<&T> {
        self.namespaces.get(namespace)?.get(name)
    }

    /// One object, to change it.
    pub fn get_mut(&mut self, namespace: &str, name: &str) -> Option<&mut T> {
        self.namespaces.get_mut(namespace)?.get_mut(name)
    }

    /// Takes one object out.
    pub fn remove(&mut self, namespace: &str, name: &str) -> Option<T> {
        self.namespaces.get_mut(namespace)?.remove(name)
    }

    /// All objects with namespace and name.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, &Text, &T)> {
        self.namespaces
            .iter()
            .flat_map(|(namespace, objects)| objects.iter().map(move |(name, object)| (namespace, name, object)))
    }

    /// All objects.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.namespaces.values().flat_map(BTreeMap::values)
    }

    /// All objects, to change them.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.namespaces.values_mut().flat_map(BTreeMap::values_mut)
    }

    /// The objects of one namespace.
    pub fn in_namespace(&self, namespace: &str) -> impl Iterator<Item = (&Text, &T)> {
        self.namespaces.get(namespace).into_iter().flatten()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.namespaces.values().map(BTreeMap::len).sum()
    }

    /// Whether none.
    pub fn is_empty(&self) -> bool {
        self.namespaces.values().all(BTreeMap::is_empty)
    }
}
