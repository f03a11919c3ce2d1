//! The worker's program: waits for questions from the page.

fn main() {
    whichpod_web::worker::serve::serve(None);
}
