//! What package managers read: a Homebrew formula, krew's manifest and one list of sums, written from the archives in
//! `target/package`. Where they can be downloaded follows from `repository` in Cargo.toml, the one setting.

use std::fs;

use super::{FOLDER, archive_name, sum};
use crate::project::{Done, at, setting};

/// The machines that releases are made for: the target, and what Homebrew and krew call it.
const MACHINES: [Machine; 6] = [
    machine("aarch64-apple-darwin", "macos", "arm", "darwin", "arm64"),
    machine("x86_64-apple-darwin", "macos", "intel", "darwin", "amd64"),
    machine("aarch64-unknown-linux-musl", "linux", "arm", "linux", "arm64"),
    machine("x86_64-unknown-linux-musl", "linux", "intel", "linux", "amd64"),
    machine("aarch64-pc-windows-msvc", "", "", "windows", "arm64"),
    machine("x86_64-pc-windows-msvc", "", "", "windows", "amd64"),
];

struct Machine {
    target: &'static str,
    /// Homebrew's words; empty where it doesn't run.
    brew: (&'static str, &'static str),
    /// Kubernetes' words.
    krew: (&'static str, &'static str),
}

const fn machine(
    target: &'static str,
    brew_os: &'static str,
    brew_cpu: &'static str,
    os: &'static str,
    arch: &'static str,
) -> Machine {
    Machine { target, brew: (brew_os, brew_cpu), krew: (os, arch) }
}

/// An archive that was made: for which machine, and its sum.
type Archive = (&'static Machine, String);

/// `cargo xtask listings`: whichpod.rb, krew.yaml and SHA256SUMS beside the archives.
pub fn write() -> Done {
    let archives = archives()?;
    let sums: String =
        archives.iter().map(|(machine, sum)| format!("{sum}  {}.tar.gz\n", archive_name(machine.target))).collect();
    lay("SHA256SUMS", &sums)?;
    println!("{FOLDER}/SHA256SUMS: {} archives", archives.len());
    let repository = setting("repository")?;
    if repository.is_empty() {
        println!("`repository` isn't set in Cargo.toml: nothing that names an address is written (docs/releasing.md)");
        return Ok(());
    }
    lay("whichpod.rb", &formula(&repository, &archives))?;
    lay("krew.yaml", &krew(&repository, &archives))?;
    println!("{FOLDER}/whichpod.rb, {FOLDER}/krew.yaml");
    Ok(())
}

fn lay(name: &str, text: &str) -> Done {
    let path = at(FOLDER).join(name);
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Those of all machines whose archives are there.
fn archives() -> Done<Vec<Archive>> {
    let of = |machine: &'static Machine| {
        let bytes = fs::read(at(FOLDER).join(format!("{}.tar.gz", archive_name(machine.target)))).ok()?;
        Some((machine, sum(&bytes)))
    };
    let archives: Vec<Archive> = MACHINES.iter().filter_map(of).collect();
    if archives.is_empty() {
        return Err(format!("{FOLDER} holds no archive: run `cargo xtask package` first"));
    }
    Ok(archives)
}

fn address(repository: &str, machine: &Machine) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!("{repository}/releases/download/v{version}/{}.tar.gz", archive_name(machine.target))
}

/// <https://docs.brew.sh/Formula-Cookbook>
fn formula(repository: &str, archives: &[Archive]) -> String {
    let blocks = archives.iter().filter(|(machine, _)| !machine.brew.0.is_empty()).map(|(machine, sum)| {
        let ((os, cpu), url) = (machine.brew, address(repository, machine));
        format!("  on_{os} do\n    on_{cpu} do\n      url \"{url}\"\n      sha256 \"{sum}\"\n    end\n  end\n\n")
    });
    let blocks = blocks.collect::<String>();
    format!(
        r##"class Whichpod < Formula
  desc "Which pod a Kubernetes request lands on, and why"
  homepage "{repository}"
  version "{version}"
  license any_of: ["MIT", "Apache-2.0"]

{blocks}  def install
    bin.install "whichpod"
    bash_completion.install "completions/whichpod.bash" => "whichpod"
    zsh_completion.install "completions/_whichpod"
    fish_completion.install "completions/whichpod.fish"
    man1.install "whichpod.1"
  end

  test do
    (testpath/"pod.yaml").write <<~YAML
      apiVersion: v1
      kind: Pod
      metadata: {{name: web}}
      spec: {{containers: [{{name: web, image: nginx}}]}}
    YAML
    assert_match "web", shell_output("#{{bin}}/whichpod exec -f pod.yaml -- kubectl get pods")
  end
end
"##,
        version = env!("CARGO_PKG_VERSION"),
    )
}

/// <https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest/>
fn krew(repository: &str, archives: &[Archive]) -> String {
    let platforms = archives.iter().map(|(machine, sum)| {
        let (os, arch) = machine.krew;
        let (name, url) = (archive_name(machine.target), address(repository, machine));
        let program = if os == "windows" { "whichpod.exe" } else { "whichpod" };
        format!(
            "  - selector: {{matchLabels: {{os: {os}, arch: {arch}}}}}
    uri: {url}
    sha256: {sum}
    bin: {program}
    files:
    - {{from: {name}/{program}, to: .}}
    - {{from: {name}/LICENSE-MIT, to: .}}
    - {{from: {name}/LICENSE-APACHE, to: .}}
"
        )
    });
    format!(
        "apiVersion: krew.googlecontainertools.github.com/v1alpha2
kind: Plugin
metadata: {{name: whichpod}}
spec:
  version: v{version}
  homepage: {repository}
  shortDescription: Tell which pod a request lands on, and why
  description: |
    Reads manifests, takes a request such as curl, and says which pod it lands on: name lookup, load balancer, kube-proxy,
    Ingress or Gateway, NetworkPolicy, with the line of YAML that decided. It changes nothing.
  platforms:
{platforms}",
        version = env!("CARGO_PKG_VERSION"),
        platforms = platforms.collect::<String>(),
    )
}

#[cfg(test)]
mod tests {
    use super::{MACHINES, formula, krew};

    const REPOSITORY: &str = "https://example.org/whichpod";

    fn archives() -> Vec<super::Archive> {
        MACHINES.iter().map(|machine| (machine, "0f".repeat(32))).collect()
    }

    #[test]
    fn the_formula_names_each_archive_that_homebrew_can_use() {
        let text = formula(REPOSITORY, &archives());
        assert_eq!(text.matches("sha256 \"0f0f").count(), 4);
        assert!(text.contains("https://example.org/whichpod/releases/download/v") && !text.contains("windows"));
        assert_eq!(text.matches(" do\n").count() + 2, text.matches("end\n").count(), "{text}");
    }

    #[test]
    fn krews_manifest_names_each_archive() {
        let text = krew(REPOSITORY, &archives());
        assert_eq!(text.matches("sha256: 0f0f").count(), 6);
        assert!(text.contains("bin: whichpod.exe") && text.contains("os: darwin, arch: arm64"));
    }
}
