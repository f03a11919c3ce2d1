//! The worker's program: waits for messages from the page.

fn main() {
    whichpod_web::worker::serve::serve();
}
