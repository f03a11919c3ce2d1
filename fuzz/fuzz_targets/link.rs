//! Any text as a share link's fragment, and any bytes as what one carries: they open or are refused, and what opens can be
//! shared again.

#![no_main]

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use libfuzzer_sys::fuzz_target;
use whichpod_web::worker::link;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(fragment) = std::str::from_utf8(bytes) {
        let _ = link::open(fragment);
    }
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    let packed = encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default();
    if let Ok(workspace) = link::open(&format!("w1.{}", URL_SAFE_NO_PAD.encode(packed)))
        && let Ok(made) = link::make(&workspace)
    {
        assert!(link::open(&made.fragment).is_ok(), "a link that was made opens");
    }
});
