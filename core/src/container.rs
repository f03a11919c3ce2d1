//! What runs in a container, as far as it follows from the manifests: its files, and the server that its image starts.

use crate::cluster::{Cluster, Pod};
use crate::model::{ConfigMapVolume, KeyToPath, Labels, Volume, base64};

pub mod access_log;
pub mod server;

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileContent {
    /// This text.
    Text(String),
    /// There is no such file.
    Missing,
    /// It is the image's, or of a volume that isn't known.
    Unknown,
}

/// A file of a pod's container, from the ConfigMaps and Secrets that are mounted; the others are unknown.
pub fn file(cluster: &Cluster, pod: &Pod, path: &str) -> FileContent {
    let mounts = pod.spec.containers.iter().flat_map(|container| &container.volume_mounts);
    // The deepest mount that holds the path is what a process sees.
    let below = mounts.filter_map(|mount| Some((mount, inside(&mount.mount_path, path)?)));
    let Some((mount, rest)) = below.max_by_key(|(mount, _)| mount.mount_path.len()) else {
        return FileContent::Unknown;
    };
    let volume = pod.spec.volumes.iter().find(|volume| volume.name == mount.name);
    let Some(files) = volume.and_then(|volume| files(cluster, pod, volume)) else { return FileContent::Unknown };
    let name = match (&mount.sub_path, rest) {
        (Some(sub_path), "") => sub_path.to_string(),
        (Some(sub_path), rest) => format!("{sub_path}/{rest}"),
        (None, rest) => rest.to_owned(),
    };
    let found = files.into_iter().find(|(own, _)| *own == name);
    found.map_or(FileContent::Missing, |(_, text)| text.map_or(FileContent::Unknown, FileContent::Text))
}

/// The names in a mounted folder; None for a folder of the image.
pub fn folder(cluster: &Cluster, pod: &Pod, path: &str) -> Option<Vec<String>> {
    let mut mounts = pod.spec.containers.iter().flat_map(|container| &container.volume_mounts);
    let mount = mounts.find(|mount| mount.mount_path.trim_end_matches('/') == path.trim_end_matches('/'))?;
    let volume = pod.spec.volumes.iter().find(|volume| volume.name == mount.name)?;
    let files = files(cluster, pod, volume)?;
    Some(files.into_iter().map(|(name, _)| name).collect())
}

/// Whether anything is mounted at a path or above it that the manifests don't hold.
pub fn is_hidden(cluster: &Cluster, pod: &Pod, path: &str) -> bool {
    let mut mounts = pod.spec.containers.iter().flat_map(|container| &container.volume_mounts);
    mounts.any(|mount| inside(&mount.mount_path, path).is_some()) && file(cluster, pod, path) == FileContent::Unknown
}

/// What is left of a path below a folder.
fn inside<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    let rest = path.strip_prefix(folder.trim_end_matches('/'))?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix('/') }
}

type NamedTexts = Vec<(String, Option<String>)>;

/// A volume's files; None for one whose files aren't in the manifests.
fn files(cluster: &Cluster, pod: &Pod, volume: &Volume) -> Option<NamedTexts> {
    if let Some(config_map) = &volume.config_map {
        return config_map_files(cluster, pod, config_map);
    }
    if let Some(secret) = &volume.secret {
        return secret_files(cluster, pod, &secret.secret_name, &secret.items);
    }
    let projected = volume.projected.as_ref()?;
    let mut all = Vec::new();
    for source in &projected.sources {
        match (&source.config_map, &source.secret) {
            (Some(config_map), _) => all.extend(config_map_files(cluster, pod, config_map)?),
            (_, Some(secret)) => all.extend(secret_files(cluster, pod, &secret.name, &secret.items)?),
            (None, None) => return None,
        }
    }
    Some(all)
}

fn config_map_files(cluster: &Cluster, pod: &Pod, volume: &ConfigMapVolume) -> Option<NamedTexts> {
    let map = cluster.config_maps.get(pod.namespace(), &volume.name)?;
    let texts = map.data.iter().map(|(key, text)| (key.to_string(), Some(text.to_string())));
    let binary = map.binary_data.iter().map(|(key, text)| (key.to_string(), base64::decode_text(text)));
    Some(chosen(texts.chain(binary).collect(), &volume.items))
}

fn secret_files(cluster: &Cluster, pod: &Pod, name: &str, items: &[KeyToPath]) -> Option<NamedTexts> {
    let secret = cluster.secrets.get(pod.namespace(), name)?;
    let plain =
        |map: &Labels| map.iter().map(|(key, text)| (key.to_string(), Some(text.to_string()))).collect::<Vec<_>>();
    let mut all = plain(&secret.string_data);
    let encoded = secret.data.iter().filter(|(key, _)| !secret.string_data.contains_key(*key));
    all.extend(encoded.map(|(key, text)| (key.to_string(), base64::decode_text(text))));
    Some(chosen(all, items))
}

/// With `items`, only those keys, each as the file that is named.
fn chosen(all: NamedTexts, items: &[KeyToPath]) -> NamedTexts {
    if items.is_empty() {
        return all;
    }
    let named = items.iter().filter_map(|item| {
        let found = all.iter().find(|(key, _)| *key == *item.key)?;
        Some((item.path.to_string(), found.1.clone()))
    });
    named.collect()
}
