//! A workspace in a link's fragment: named texts, deflated, in base64url. The fragment never leaves the browser.

use std::io::{Read, Write};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::secrets;
use crate::protocol::{Link, LinkFault};
use crate::workspace::{MOST_IN_A_LINK as MOST, TextFile, Workspace};

/// What a fragment of ours begins with; a later form gets another letter.
const MARK: &str = "w1.";

/// A link that carries a workspace without the values of its Secrets.
pub fn make(workspace: &Workspace) -> Result<Link, LinkFault> {
    if workspace.size() > MOST {
        return Err(LinkFault::TooLong);
    }
    let mut secrets = 0;
    let mut clean = |file: &TextFile| {
        let (text, left_out) = secrets::without_values(&file.text.whole());
        secrets += left_out;
        TextFile { name: file.name.clone(), text: text.into() }
    };
    let files = workspace.files.iter().map(&mut clean).collect();
    let baseline = workspace.baseline.iter().map(&mut clean).collect();
    let workspace = Workspace { files, baseline, request: workspace.request.clone() };
    let packed = deflate(&postcard::to_allocvec(&workspace.entries()).unwrap_or_default());
    Ok(Link { fragment: format!("{MARK}{}", URL_SAFE_NO_PAD.encode(packed)), secrets })
}

/// What a fragment carries.
pub fn open(fragment: &str) -> Result<Workspace, LinkFault> {
    let packed = fragment.strip_prefix(MARK).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    let bytes = packed.and_then(|packed| inflate(&packed)).ok_or(LinkFault::Broken)?;
    let entries: Vec<(String, String)> = postcard::from_bytes(&bytes).map_err(|_| LinkFault::Broken)?;
    Workspace::from_entries(entries).ok_or(LinkFault::Broken)
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    // Writing into memory does not fail.
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
}

/// None for what is no deflated text, or a bomb.
fn inflate(bytes: &[u8]) -> Option<Vec<u8>> {
    let most = 2 * MOST as u64;
    let mut inflated = Vec::new();
    DeflateDecoder::new(bytes).take(most + 1).read_to_end(&mut inflated).ok()?;
    (inflated.len() as u64 <= most).then_some(inflated)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(workspace: &Workspace) -> String {
        make(workspace).map(|link| link.fragment).unwrap_or_default()
    }

    #[test]
    fn a_link_carries_everything() {
        let workspace = Workspace::of("kind: Pod\n# 日本\n", "pod/default/client", "nslookup db");
        assert_eq!(open(&link(&workspace)), Ok(workspace));
    }

    #[test]
    fn a_link_lacks_the_values_of_secrets() {
        let workspace = Workspace::of("kind: Secret\ndata:\n  token: c2VjcmV0\n", "external", "curl a");
        let made = make(&workspace);
        assert!(matches!(&made, Ok(Link { secrets: 1, .. })));
        let text = made.and_then(|link| open(&link.fragment)).map(|workspace| workspace.text());
        assert!(text.is_ok_and(|text| !text.contains("c2VjcmV0") && text.contains("token")));
        let compared = Workspace { baseline: workspace.files.clone(), ..Workspace::of("", "external", "curl a") };
        let opened = make(&compared).and_then(|link| open(&link.fragment)).map(|workspace| workspace.baseline);
        assert!(opened.is_ok_and(|texts| texts.iter().all(|file| !file.text.whole().contains("c2VjcmV0"))));
    }

    #[test]
    fn too_much_text_is_no_link() {
        let workspace = Workspace::of(&"a".repeat(MOST + 1), "external", "curl a");
        assert_eq!(make(&workspace), Err(LinkFault::TooLong));
    }

    #[test]
    fn a_part_of_a_link_is_broken() {
        let whole = link(&Workspace::of("kind: Pod", "external", "curl a"));
        for part in ["", "w1.", "elsewhere", &whole[..whole.len() / 2]] {
            assert_eq!(open(part), Err(LinkFault::Broken), "{part}");
        }
    }

    #[test]
    fn a_bomb_does_not_go_off() {
        let bomb = format!("{MARK}{}", URL_SAFE_NO_PAD.encode(deflate(&vec![b'a'; 50_000_000])));
        assert_eq!(open(&bomb), Err(LinkFault::Broken));
    }
}
