//! How many of the requests that were sent have arrived: they come one by one, and all at once for those who want less
//! motion.

use gloo_timers::callback::Interval;
use yew::prelude::*;

use crate::answer::Sent;
use crate::page::context::use_media;

/// As long does it take until all have arrived.
const WHOLE_MS: u32 = 2400;

/// As long does one take at most.
const ONE_MS: u32 = 400;

/// Who wants less motion.
pub const STILL: &str = "(prefers-reduced-motion: reduce)";

/// How many have arrived, from none to all.
#[hook]
pub fn use_arrived(sent: Option<&Sent>) -> usize {
    let still = use_media(STILL);
    let (number, whole) = sent.map_or((0, 0), |sent| (sent.number, sent.arrivals.len()));
    // What arrived of another sending counts for nothing.
    let arrived = use_state_eq(|| (0, 0));
    let setter = arrived.setter();
    use_effect_with((number, whole, still), move |(number, whole, still)| {
        let (number, whole) = (*number, *whole);
        let ticking = (whole > 0 && !still).then(|| {
            let each = (WHOLE_MS / whole as u32).clamp(1, ONE_MS);
            let begin = js_sys::Date::now();
            // By the clock: a browser that is busy ticks less often, and they arrive in time all the same.
            Interval::new(each, move || {
                let count = ((js_sys::Date::now() - begin) / f64::from(each)) as usize;
                setter.set((number, whole.min(count.max(1))));
            })
        });
        move || drop(ticking)
    });
    match *arrived {
        _ if still => whole,
        (of, count) if of == number => count.min(whole),
        _ => 0,
    }
}
