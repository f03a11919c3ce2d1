//! The worker's program: waits for questions from the page.

use whichpod_core::ingress::FurtherControllers;

fn main() {
    whichpod_web::worker::serve::serve(FurtherControllers::NONE, None);
}
