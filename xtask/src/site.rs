//! The page: built by trunk, which has esbuild bundle the editor and the styles first (Trunk.toml).

use crate::project::{Done, WASM, at, cargo, command, root, without_own_folders};
use crate::step::{last, quietly};
use crate::tools;
use crate::{budget, modelled, offline};
use std::process::Command;

/// `cargo xtask serve`: until it is interrupted.
pub fn serve(port: u16) -> Done {
    tools::for_site()?;
    write_parts()?;
    println!("building the page (the first time about 2 minutes), then http://127.0.0.1:{port}");
    // A page served from the top of a host: trunk's own script that reloads it needs an absolute address.
    last(command("trunk").args(["serve", "--public-url", "/", "--port", &port.to_string()]).env_remove("NO_COLOR"))
}

/// `cargo xtask build`: dist/, and what it weighs.
pub fn build_and_weigh() -> Done {
    tools::for_site()?;
    write_parts()?;
    quietly("compiling the page", &mut programs())?;
    quietly("building the page", &mut release())?;
    offline::write(&at("dist"))?;
    println!("written to {}", at("dist").display());
    budget::keep(&at("dist"))
}

/// Where esbuild's bundles stand, too; Trunk takes them from there.
const PARTS: &str = "web/editor/dist";

/// `cargo xtask parts`: what the code itself writes of the site, for the next build to take up.
pub fn write_parts() -> Done {
    modelled::write(&at(PARTS).join("modelled"))?;
    let mut given = cargo("run");
    given.args(["--quiet", "-p", "whichpod-web", "--bin", "whichpod-given", "--"]).arg(at(PARTS));
    quietly("answering the first question", &mut given)
}

/// The page's programs as they are published: all at once, where trunk would compile one after the other.
pub fn programs() -> Command {
    let mut command = cargo("build");
    command.args(["--release", "--target", WASM, "--package", "whichpod-web"]);
    command.args(["page", "worker", "console"].map(|program| format!("--bin=whichpod-{program}")));
    without_own_folders(&mut command, &root());
    command
}

/// The site as it is published, of these programs.
pub fn release() -> Command {
    let mut command = command("trunk");
    // trunk takes NO_COLOR=1 for a flag that must be true or false.
    command.args(["build", "--release"]).env_remove("NO_COLOR");
    without_own_folders(&mut command, &root());
    command
}
