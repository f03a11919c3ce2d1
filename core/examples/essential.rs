//! A program that reads manifests with the essential checks alone: it carries neither the definitions of custom resources
//! nor the values of fields that no struct has. `--example essential`, beside the command line, shows the difference.

use whichpod_core::manifest::{Checks, Manifests};
use whichpod_core::source::Sources;

fn main() {
    let text = std::io::read_to_string(std::io::stdin()).unwrap_or_default();
    let manifests = Manifests::read_with(Sources::new([("-", text)]), Checks::ESSENTIAL);
    println!("{} objects, {} findings", manifests.objects.len(), manifests.diagnostics.len());
}
