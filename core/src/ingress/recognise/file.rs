//! Traefik's static configuration in a file: a key of a ConfigMap that is mounted where Traefik looks.

use std::collections::BTreeMap;

use super::flatten_settings;
use crate::cluster::{Cluster, Pod};
use crate::model::{Container, Text, Volume};
use crate::source::{FieldPath, FieldRef, FileId, ObjectRef};
use crate::yaml;

/// Where Traefik looks without --configFile (pkg/cli/loader_file.go).
const USUAL: &[&str] = &["/etc/traefik/traefik.toml", "/etc/traefik/traefik.yaml", "/etc/traefik/traefik.yml"];

/// A file that Traefik finds. With one, arguments and environment count for nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum ConfigFile {
    /// YAML: its settings by name.
    Read(BTreeMap<String, String>),
    /// In another format, which isn't read here.
    Unread(FieldRef),
}

/// The configuration file of a container, if it is a ConfigMap's.
pub fn find_config_file(
    cluster: &Cluster,
    pod: &Pod,
    container: &Container,
    arguments: &[(String, String)],
) -> Option<ConfigFile> {
    let named = arguments.iter().find(|(name, _)| name.eq_ignore_ascii_case("configfile"));
    let paths: Vec<&str> = named.map_or_else(|| USUAL.to_vec(), |(_, path)| vec![path.as_str()]);
    let (path, map, key, text) = paths.into_iter().find_map(|path| {
        let (map, key) = key_at(pod, container, path)?;
        let text = cluster.config_maps.get(pod.namespace(), &map)?.data.get(&key)?.clone();
        Some((path, map, key, text))
    })?;
    let line = ObjectRef::namespaced("ConfigMap", pod.namespace(), &map);
    let line = line.field(FieldPath::root().field("data").key(&key));
    let yaml = path.ends_with(".yaml") || path.ends_with(".yml");
    let (node, faults) = yaml::parse(FileId(u32::MAX), &text, 0);
    let Some(node) = node.filter(|_| yaml && faults.is_empty()) else { return Some(ConfigFile::Unread(line)) };
    let mut values = BTreeMap::new();
    for entry in node.entries() {
        flatten_settings(&entry.key, &entry.value, &mut values);
    }
    Some(ConfigFile::Read(values))
}

/// The ConfigMap and its key behind a path in the container.
fn key_at(pod: &Pod, container: &Container, path: &str) -> Option<(Text, Text)> {
    container.volume_mounts.iter().find_map(|mount| {
        let volume = pod.spec.volumes.iter().find(|volume| volume.name == mount.name)?;
        let folder = mount.mount_path.trim_end_matches('/');
        let file: Text = match mount.sub_path.as_ref().filter(|file| !file.is_empty()) {
            Some(file) => Some(file.clone()).filter(|_| path == folder)?,
            None => path.strip_prefix(folder)?.strip_prefix('/')?.into(),
        };
        key_of(volume, &file)
    })
}

/// `items` give keys other names.
fn key_of(volume: &Volume, file: &Text) -> Option<(Text, Text)> {
    let map = volume.config_map.as_ref()?;
    let key =
        if map.items.is_empty() { file.clone() } else { map.items.iter().find(|item| item.path == *file)?.key.clone() };
    Some((map.name.clone(), key))
}
