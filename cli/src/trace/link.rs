//! A link that opens the page with the same manifests and the same request. It carries them in its fragment, which never
//! leaves the browser; the values of Secrets are left out.

use std::io::Write;

use base64ct::{Base64UrlUnpadded, Encoding};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use whichpod_core::model::Body;
use whichpod_core::simulation::Simulation;

use crate::Unusable;
use crate::context::Context;

/// What the page reads a fragment by.
const MARK: &str = "w1.";
/// As much text as the page takes from a link.
const MOST: usize = 100 * 1024;

/// The link; only its fragment where nobody says where the page is.
pub fn link(
    simulation: &Simulation,
    command: &str,
    from: &str,
    page: Option<&str>,
    context: &Context,
) -> Result<String, Unusable> {
    // 1. Named texts, as the page keeps them.
    let sources = &simulation.manifests.sources;
    let files = sources.iter().map(|(_, file)| (format!("file {}", file.name), file.text.to_string()));
    let mut entries: Vec<(String, String)> = files.collect();
    let secrets = simulation.manifests.objects.iter().any(|object| matches!(object.body, Body::Secret(_)));
    if secrets {
        return Err(Unusable(
            "-o link: a Secret is among these manifests, and a link would carry it; leave its file out (--exclude)"
                .to_owned(),
        ));
    }
    if entries.iter().map(|(_, text)| text.len()).sum::<usize>() > MOST {
        return Err(Unusable(format!(
            "-o link: more than the {} KiB that a link carries; name fewer files",
            MOST >> 10
        )));
    }
    entries.push(("from".to_owned(), from.to_owned()));
    entries.push(("run".to_owned(), command.to_owned()));
    // 2. Packed.
    let bytes = postcard::to_allocvec(&entries).map_err(|error| Unusable(error.to_string()))?;
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    let packed =
        encoder.write_all(&bytes).and_then(|()| encoder.finish()).map_err(|error| Unusable(error.to_string()))?;
    let page = page.or(context.settings.page.as_deref()).unwrap_or_default();
    Ok(format!("{page}#{MARK}{}\n", Base64UrlUnpadded::encode_string(&packed)))
}
