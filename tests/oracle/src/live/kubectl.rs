//! kubectl before a real API server, and the console before what that server lists. No controllers run: clusters are put there with
//! what controllers and kubelets would have written.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use proptest::strategy::{BoxedStrategy, Strategy};
use serde_json::{Value, json};
use whichpod_tests::clusters::{self, AskedCluster};

use super::control_plane::contents::ClusterContents;
use super::control_plane::{ControlPlane, ControlPlaneSize, program};
use super::{AskedCase, LiveComponent};
use crate::asking::AskedWorld;
use crate::parts::OraclePart;
use crate::parts::kubectl::{CommandRecord, compare_command};
use crate::recording::RecordedWorld;
use crate::verdict::{ComparedAnswer, MeasuredVerdict};

/// Lines that are typed about each cluster.
const LINES: usize = 20;

/// A line that takes longer is left out.
const PATIENCE: &str = "20";

/// kubectl and the API server.
pub(super) struct KubectlLaboratory {
    contents: ClusterContents,
    programs: PathBuf,
    folder: PathBuf,
    plane: ControlPlane,
}

impl KubectlLaboratory {
    pub(super) fn start() -> Result<Self, String> {
        let plane = ControlPlane::start(ControlPlaneSize::ApiServer)?;
        let namespaces = [&["default", "kube-system"], &clusters::NAMESPACES[..]].concat();
        let contents = ClusterContents::new(plane.client(), &namespaces)?;
        let failed = |error: std::io::Error| error.to_string();
        let (programs, folder) = (PathBuf::from(plane.path("programs")), PathBuf::from(plane.path("typing")));
        fs::create_dir_all(&programs).map_err(failed)?;
        let kubectl = fs::canonicalize(program("kubectl")).map_err(failed)?;
        fs::copy(kubectl, programs.join("kubectl")).map_err(failed)?;
        Ok(Self { contents, programs, folder, plane })
    }

    /// Exit status, standard output and standard error; None where it takes too long.
    fn typed(&self, line: &str) -> Result<Option<(i32, String, String)>, String> {
        let failed = |error: std::io::Error| format!("{line}: {error}");
        // Files of the line before aren't there.
        let _ = fs::remove_dir_all(&self.folder);
        fs::create_dir_all(&self.folder).map_err(failed)?;
        let path = format!("{}:{}", self.programs.display(), std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new("timeout");
        command.args([PATIENCE, "sh", "-c", line]).current_dir(&self.folder);
        command.env("PATH", path).env("KUBECONFIG", self.plane.path("kubeconfig")).env("HOME", self.plane.path("home"));
        let output = command.env("LC_ALL", "C.UTF-8").output().map_err(failed)?;
        let exit = output.status.code().unwrap_or(-1);
        let [stdout, stderr] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        Ok(Some((exit, stdout, stderr)).filter(|_| exit != 124))
    }

    fn fill(&mut self, objects: &[Value]) -> Result<(), String> {
        self.contents.clear()?;
        self.contents.put(objects)
    }
}

impl LiveComponent for KubectlLaboratory {
    type Case = AskedCluster;

    fn cases(&self) -> BoxedStrategy<Self::Case> {
        clusters::clusters(LINES).boxed()
    }

    fn ask(&mut self, id: &str, case: &Self::Case) -> Result<AskedCase, String> {
        // 1. The cluster, and what the server lists of it.
        self.fill(&case.objects)?;
        let world = json!({"apiVersion": "whichpod.dev/v1", "kind": "World", "metadata": {"name": "world"}, "spec": {"live": true}});
        let listed = [vec![world], self.contents.manifests()?].concat();
        let world = json!({"kind": "world", "id": id, "manifests": clusters::manifests(&listed)});
        let recorded: RecordedWorld = read(&world)?;
        let asked = AskedWorld::read(&recorded);
        // 2. Every line, of the same cluster.
        let (mut lines, mut answers) = (vec![world], Vec::new());
        for (number, line) in case.lines.iter().enumerate() {
            let typed = self.typed(line)?;
            if changes(line) {
                self.fill(&case.objects)?;
            }
            let Some(real) = typed else { continue };
            let id_of_line = format!("{id} #{number}");
            let record =
                json!({"id": id_of_line, "part": "kubectl", "world": id, "command": line, "shell": true, "real": real});
            let read: CommandRecord = read(&record)?;
            let verdicts = compare_command(&asked, &read).into_iter();
            answers.extend(verdicts.map(|(question, verdict)| {
                let measured = MeasuredVerdict { measure: "", question, verdict };
                ComparedAnswer::new(OraclePart::Kubectl, &id_of_line, measured)
            }));
            lines.push(record);
        }
        Ok(AskedCase { lines, answers })
    }

    fn focused(&self, case: &Self::Case, question: &str) -> Option<Self::Case> {
        Some(AskedCluster { objects: case.objects.clone(), lines: vec![question.to_owned()] })
    }

    fn reduced(&self, case: &Self::Case, number: usize) -> Option<Self::Case> {
        let objects = clusters::reduced(&case.objects, number)?;
        Some(AskedCluster { objects, lines: case.lines.clone() })
    }
}

fn read<T: serde::de::DeserializeOwned>(line: &Value) -> Result<T, String> {
    serde_json::from_value(line.clone()).map_err(|error| error.to_string())
}

/// Commands after which the cluster may be another.
const CHANGING: [&str; 17] = [
    "create",
    "run",
    "expose",
    "scale",
    "autoscale",
    "set",
    "label",
    "annotate",
    "patch",
    "rollout",
    "cordon",
    "uncordon",
    "taint",
    "drain",
    "delete",
    "apply",
    "replace",
];

fn changes(line: &str) -> bool {
    let is_changing = |command: &str| {
        let mut words = command.split(' ');
        words.next() == Some("kubectl") && words.next().is_some_and(|word| CHANGING.contains(&word))
    };
    line.split("; ").flat_map(|part| part.split(" | ")).any(is_changing)
}
