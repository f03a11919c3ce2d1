//! The volumes of a pod or a template (pkg/describe, describeVolumes).

use serde_json::Value;

use super::super::value::{entries, list, multiline, word, word_or};

/// A kind of volume: its field, what kubectl calls it, and its lines with what stands for absent values.
type VolumeKind = (&'static str, &'static str, &'static [(&'static str, &'static str, &'static str)]);

/// What SetDefaults and the kinds' printers have between them. Kinds that left Kubernetes aren't among them.
const KINDS: &[VolumeKind] = &[
    ("hostPath", "HostPath (bare host directory volume)", &[("Path", "/path", ""), ("HostPathType", "/type", "")]),
    (
        "emptyDir",
        "EmptyDir (a temporary directory that shares a pod's lifetime)",
        &[("Medium", "/medium", ""), ("SizeLimit", "/sizeLimit", "<unset>")],
    ),
    (
        "secret",
        "Secret (a volume populated by a Secret)",
        &[("SecretName", "/secretName", ""), ("Optional", "/optional", "false")],
    ),
    (
        "configMap",
        "ConfigMap (a volume populated by a ConfigMap)",
        &[("Name", "/name", ""), ("Optional", "/optional", "false")],
    ),
    (
        "nfs",
        "NFS (an NFS mount that lasts the lifetime of a pod)",
        &[("Server", "/server", ""), ("Path", "/path", ""), ("ReadOnly", "/readOnly", "false")],
    ),
    (
        "persistentVolumeClaim",
        "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
        &[("ClaimName", "/claimName", ""), ("ReadOnly", "/readOnly", "false")],
    ),
    (
        "ephemeral",
        "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)",
        &[],
    ),
    ("downwardAPI", "DownwardAPI (a volume populated by information about the pod)\n    Items:", &[]),
    ("projected", "Projected (a volume that contains injected data from multiple sources)", &[]),
    (
        "csi",
        "CSI (a Container Storage Interface (CSI) volume source)",
        &[("Driver", "/driver", ""), ("FSType", "/fsType", ""), ("ReadOnly", "/readOnly", "false")],
    ),
    (
        "iscsi",
        "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
        &[
            ("TargetPortal", "/targetPortal", ""),
            ("IQN", "/iqn", ""),
            ("Lun", "/lun", "0"),
            (INTERFACE, "/iscsiInterface", "default"),
            ("FSType", "/fsType", ""),
            ("ReadOnly", "/readOnly", "false"),
            ("Portals", "/portals", "[]"),
            ("DiscoveryCHAPAuth", "/chapAuthDiscovery", "false"),
            ("SessionCHAPAuth", "/chapAuthSession", "false"),
            ("SecretRef", SECRET, "<nil>"),
            ("InitiatorName", "/initiatorName", "<none>"),
        ],
    ),
    (
        "azureFile",
        "AzureFile (an Azure File Service mount on the host and bind mount to the pod)",
        &[("SecretName", "/secretName", ""), ("ShareName", "/shareName", ""), ("ReadOnly", "/readOnly", "false")],
    ),
    ("portworxVolume", "PortworxVolume (a Portworx Volume resource)", &[("VolumeID", "/volumeID", "")]),
    (
        "image",
        "Image (a container image or OCI artifact)",
        &[("Reference", "/reference", ""), ("PullPolicy", "/pullPolicy", "")],
    ),
];

/// The one title that kubectl writes without a colon (printISCSIVolumeSource).
const INTERFACE: &str = "ISCSIInterface";
/// A reference, which kubectl prints as Go does.
const SECRET: &str = "/secretRef/name";

/// All volumes of a spec.
pub fn all(spec: &Value, indent: &str) -> String {
    let volumes = list(spec, "/volumes");
    if volumes.is_empty() {
        return format!("{indent}Volumes:\t<none>\n");
    }
    let all = volumes.iter().map(|volume| {
        format!("  {}{}:\n{}", indent.get(1..).unwrap_or_default(), word(volume, "/name"), source(volume))
    });
    format!("{indent}Volumes:\n{}", all.collect::<String>())
}

pub fn source(volume: &Value) -> String {
    let found = KINDS.iter().find_map(|(field, kind, fields)| Some((kind, fields, volume.get(field)?)));
    let Some((kind, fields, source)) = found else { return "  <unknown>\n".to_owned() };
    let fields = fields.iter().map(|(title, path, absent)| {
        let colon = if *title == INTERFACE { "" } else { ":" };
        let text = match (*path, word(source, path)) {
            (SECRET, name) if !name.is_empty() => format!("&LocalObjectReference{{Name:{name},}}"),
            _ => word_or(source, path, absent),
        };
        format!("    {title}{colon}\t{text}\n")
    });
    let items = list(source, "/items").iter().map(item);
    let more = match *kind {
        kind if kind.starts_with("Downward") => items.collect(),
        kind if kind.starts_with("CSI") => attributes(source),
        _ => list(source, "/sources").iter().map(projection).collect(),
    };
    format!("    Type:\t{kind}\n{}{more}", fields.collect::<String>())
}

fn item(item: &Value) -> String {
    let from = word(item, "/fieldRef/fieldPath") + &word(item, "/resourceFieldRef/resource");
    format!("      {from} -> {}\n", word(item, "/path"))
}

/// With the indentation that kubectl writes before each part of a line.
fn attributes(source: &Value) -> String {
    let lines = entries(source, "/volumeAttributes");
    let lines: Vec<String> = lines.iter().map(|(key, value)| format!("    {key}={value}")).collect();
    multiline("    VolumeAttributes", &lines).replace("\n\t", "\n        \t")
}

fn projection(source: &Value) -> String {
    let named = |title: &str, path: &str| {
        let from = source.pointer(path)?;
        let optional = word_or(from, "/optional", "false");
        Some(format!("    {title}:\t{}\n    Optional:\t{optional}\n", word(from, "/name")))
    };
    let token = || {
        let token = source.get("serviceAccountToken")?;
        Some(format!("    TokenExpirationSeconds:\t{}\n", word_or(token, "/expirationSeconds", "3600")))
    };
    let downward = || source.get("downwardAPI").map(|_| "    DownwardAPI:\ttrue\n".to_owned());
    let found = named("SecretName", "/secret").or_else(downward).or_else(|| named("ConfigMapName", "/configMap"));
    found.or_else(token).unwrap_or_default()
}
