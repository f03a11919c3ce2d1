//! Objects by namespace and name.

use std::collections::BTreeMap;

use crate::model::Text;

/// Objects by namespace and name, in that order. Each has a number of its own, by which an index finds it at once.
#[derive(Clone, Debug)]
pub struct Namespaced<T> {
    namespaces: BTreeMap<Text, BTreeMap<Text, usize>>,
    objects: Vec<Option<T>>,
}

impl<T> Default for Namespaced<T> {
    fn default() -> Self {
        Self { namespaces: BTreeMap::new(), objects: Vec::new() }
    }
}

impl<T: PartialEq> PartialEq for Namespaced<T> {
    /// Numbers play no part.
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<T> Namespaced<T> {
    /// Adds an object; gives back the one that was there.
    pub fn insert(&mut self, namespace: Text, name: Text, object: T) -> Option<T> {
        let next = self.objects.len();
        let number = *self.namespaces.entry(namespace).or_default().entry(name).or_insert(next);
        match self.objects.get_mut(number) {
            Some(known) => known.replace(object),
            None => {
                self.objects.push(Some(object));
                None
            }
        }
    }

    /// Makes room for objects: to grow little by little copies large ones often.
    pub(super) fn reserve(&mut self, more: usize) {
        self.objects.reserve(more);
    }

    /// One object.
    pub fn get(&self, namespace: &str, name: &str) -> Option<&T> {
        self.numbered(self.number(namespace, name)?)
    }

    /// The number of one object.
    pub(super) fn number(&self, namespace: &str, name: &str) -> Option<usize> {
        self.namespaces.get(namespace)?.get(name).copied()
    }

    /// The object with a number.
    pub(super) fn numbered(&self, number: usize) -> Option<&T> {
        self.objects.get(number)?.as_ref()
    }

    /// All objects with namespace, name and number.
    pub(super) fn numbers(&self) -> impl Iterator<Item = (&Text, &Text, usize)> {
        let namespaces = self.namespaces.iter();
        namespaces.flat_map(|(namespace, names)| names.iter().map(move |(name, number)| (namespace, name, *number)))
    }

    /// One object, to change it.
    pub fn get_mut(&mut self, namespace: &str, name: &str) -> Option<&mut T> {
        let number = self.number(namespace, name)?;
        self.objects.get_mut(number)?.as_mut()
    }

    /// Takes one object out.
    pub fn remove(&mut self, namespace: &str, name: &str) -> Option<T> {
        let number = self.namespaces.get_mut(namespace)?.remove(name)?;
        self.objects.get_mut(number)?.take()
    }

    /// All objects with namespace and name.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, &Text, &T)> {
        self.numbers().filter_map(|(namespace, name, number)| Some((namespace, name, self.numbered(number)?)))
    }

    /// All objects.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.iter().map(|(_, _, object)| object)
    }

    /// All objects, to change them.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        let mut objects: Vec<Option<&mut T>> = self.objects.iter_mut().map(Option::as_mut).collect();
        let numbers: Vec<usize> = self.namespaces.values().flat_map(BTreeMap::values).copied().collect();
        numbers.into_iter().filter_map(move |number| objects.get_mut(number)?.take())
    }

    /// The objects of one namespace.
    pub fn in_namespace(&self, namespace: &str) -> impl Iterator<Item = (&Text, &T)> {
        let names = self.namespaces.get(namespace).into_iter().flatten();
        names.filter_map(|(name, number)| Some((name, self.numbered(*number)?)))
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
