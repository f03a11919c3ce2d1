//! The steps of a roll-out in words.

use super::Language;
use crate::cluster::Rollout;
use crate::cluster::rollout::RolloutEvent;

/// What happened in the step at which the cluster stands, and whether it goes on from there.
pub fn step(rollout: &Rollout, language: Language) -> String {
    // 1. What happened.
    let Rollout { step, last, completes, paused, .. } = rollout;
    let (event, end) = match language {
        Language::English => english(rollout.event),
        Language::Japanese => japanese(rollout.event),
    };
    let say = |english: &str, japanese: &str| match language {
        Language::English => format!(" {english}"),
        Language::Japanese => japanese.to_owned(),
    };
    // 2. A roll-out that is over, though it would get stuck.
    if step > last {
        return match language {
            Language::English => {
                format!("It is over. Made again, it would be stuck at step {last}: not all new pods get ready.")
            }
            Language::Japanese => {
                format!(
                    "完了しています。やり直すと、新しい Pod がすべては Ready にならないため {last} 番目で止まります。"
                )
            }
        };
    }
    // 3. Whether it goes on from there.
    let more = match (step == last, completes, paused) {
        (true, _, true) => {
            say("It is paused: the controller does nothing.", "一時停止中で、コントローラーは何もしません。")
        }
        (true, true, false) => say("It is complete.", "これで完了です。"),
        (true, false, false) => say(
            "It goes no further: not all new pods get ready.",
            "新しい Pod がすべては Ready にならないため、ここで止まります。",
        ),
        (false, ..) => String::new(),
    };
    event + end + &more
}

fn english(event: RolloutEvent) -> (String, &'static str) {
    let pods = |number: usize, what: &str| format!("{number} {what} pod{}", if number == 1 { "" } else { "s" });
    let event = match event {
        RolloutEvent::Begun => "Nothing has happened yet".to_owned(),
        RolloutEvent::Scaled { made, stopped: 0 } => {
            format!("The controller made {}, not ready yet", pods(made, "new"))
        }
        RolloutEvent::Scaled { made: 0, stopped } => {
            format!("The controller stopped {}, now terminating", pods(stopped, "old"))
        }
        RolloutEvent::Scaled { made, stopped } => format!(
            "The controller made {}, not ready yet, and stopped {}, now terminating",
            pods(made, "new"),
            pods(stopped, "old"),
        ),
        RolloutEvent::Settled { ready: 0, gone: 0 } => "No new pod got ready".to_owned(),
        RolloutEvent::Settled { ready, gone: 0 } => format!("{} got ready", pods(ready, "new")),
        RolloutEvent::Settled { ready: 0, gone } => format!("Gone: {}", pods(gone, "old")),
        RolloutEvent::Settled { ready, gone } => {
            format!("{} got ready; gone: {}", pods(ready, "new"), pods(gone, "old"))
        }
    };
    (event, ".")
}

fn japanese(event: RolloutEvent) -> (String, &'static str) {
    let event = match event {
        RolloutEvent::Begun => "まだ何も起きていません".to_owned(),
        RolloutEvent::Scaled { made, stopped: 0 } => {
            format!("コントローラーが新しい Pod を {made} 個作りました。まだ Ready ではありません")
        }
        RolloutEvent::Scaled { made: 0, stopped } => {
            format!("コントローラーが古い Pod を {stopped} 個止めました。終了処理中です")
        }
        RolloutEvent::Scaled { made, stopped } => format!(
            "コントローラーが新しい Pod を {made} 個作り（まだ Ready ではない）、古い Pod を {stopped} 個止めました（終了処理中）"
        ),
        RolloutEvent::Settled { ready: 0, gone: 0 } => "新しい Pod は Ready になりませんでした".to_owned(),
        RolloutEvent::Settled { ready, gone: 0 } => format!("新しい Pod が {ready} 個 Ready になりました"),
        RolloutEvent::Settled { ready: 0, gone } => format!("古い Pod が {gone} 個なくなりました"),
        RolloutEvent::Settled { ready, gone } => {
            format!("新しい Pod が {ready} 個 Ready になり、古い Pod が {gone} 個なくなりました")
        }
    };
    (event, "。")
}
