//! The program of the second worker, which has the console's tools: started when they are first wanted.

use whichpod_core::ingress::FurtherControllers;
use whichpod_web::worker::answering::Answering;
use whichpod_web::worker::serve::serve;

fn main() {
    serve(FurtherControllers::ALL, Some(Answering::perform));
}
