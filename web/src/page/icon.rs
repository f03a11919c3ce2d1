//! Small pictures: one for each outcome, so that none is told by colour alone.

use yew::prelude::*;

use crate::answer::Outcome;
use crate::words::Words;

/// A round badge with a sign of its own for each outcome. Decoration: the outcome's name stands beside it.
pub fn outcome_icon(outcome: Outcome) -> Html {
    html! {
        <svg class="outcome-icon" data-outcome={name(outcome)} viewBox="0 0 20 20" aria-hidden="true">
            <circle cx="10" cy="10" r="9" />
            <path d={sign(outcome)} />
        </svg>
    }
}

/// The outcome as `data-outcome`, which gives it its colour.
pub fn name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Delivered => "delivered",
        Outcome::Found => "found",
        Outcome::Responded => "responded",
        Outcome::Refused => "refused",
        Outcome::Dropped => "dropped",
        Outcome::Unroutable => "unroutable",
        Outcome::Unresolved => "unresolved",
        Outcome::TlsFailed => "tls-failed",
        Outcome::Unanswered => "unanswered",
        Outcome::External => "external",
        Outcome::Unknown => "unknown",
        Outcome::Mixed => "mixed",
    }
}

/// What it is called.
pub fn label(outcome: Outcome, words: &'static Words) -> &'static str {
    match outcome {
        Outcome::Delivered => words.delivered,
        Outcome::Found => words.found,
        Outcome::Responded => words.responded,
        Outcome::Refused => words.refused,
        Outcome::Dropped => words.dropped,
        Outcome::Unroutable => words.unroutable,
        Outcome::Unresolved => words.unresolved,
        Outcome::TlsFailed => words.tls_failed,
        Outcome::Unanswered => words.unanswered_lookup,
        Outcome::External => words.external,
        Outcome::Unknown => words.unknown,
        Outcome::Mixed => words.mixed,
    }
}

/// Strokes within 20 by 20.
pub fn sign(outcome: Outcome) -> &'static str {
    match outcome {
        // A tick.
        Outcome::Delivered | Outcome::Found => "M5.5 10.5 8.5 13.5 14.5 7",
        // An arrow that turns back.
        Outcome::Responded => "M13.5 13.5H8a3 3 0 0 1 0-6h5M11 5l2.5 2.5L11 10",
        // A cross.
        Outcome::Refused | Outcome::TlsFailed => "M6.5 6.5l7 7M13.5 6.5l-7 7",
        // A clock's hands.
        Outcome::Dropped | Outcome::Unanswered => "M10 5v5.2l3.4 2",
        // A road that ends.
        Outcome::Unroutable => "M4.5 10h6M13.5 6v8",
        // A question mark.
        Outcome::Unresolved => "M7.5 8a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M10 14.4v.2",
        // An arrow that leaves.
        Outcome::External => "M6.5 13.5l7-7M8 6.5h5.5V12",
        // Three dots.
        Outcome::Unknown => "M5.8 10h.1M10 10h.1M14.2 10h.1",
        // A fork.
        Outcome::Mixed => "M5 10h4l4-4M9 10l4 4",
    }
}

/// A small sign on a button, whose name says what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Adds.
    Plus,
    /// Renames.
    Pencil,
    /// Takes away.
    Cross,
    /// Opens files.
    Page,
    /// Opens a folder.
    Folder,
    /// Keeps to one connection.
    Chain,
    /// Hands on.
    Share,
    /// Saves.
    Export,
    /// Light, dark, or as the system says.
    Light,
    /// Lists the keys.
    Keys,
    /// Explains.
    Help,
}

/// Decoration: the button has the name.
pub fn sign_icon(sign: Sign) -> Html {
    let path = match sign {
        Sign::Plus => "M10 4v12M4 10h12",
        Sign::Pencil => "M4 16l1-4 8-8 3 3-8 8zM11.5 5.5l3 3",
        Sign::Cross => "M5 5l10 10M15 5L5 15",
        Sign::Page => "M6 3h6l3 3v11H6zM12 3v3h3",
        Sign::Folder => "M3 16V5h5l2 2h7v9z",
        Sign::Chain => "M8.5 11.5l3-3M7 9l-2 2a2.8 2.8 0 0 0 4 4l2-2M13 11l2-2a2.8 2.8 0 0 0-4-4L9 7",
        Sign::Share => "M10 12V3M6.5 6.5 10 3l3.5 3.5M5 9.5H4V17h12V9.5h-1",
        Sign::Export => "M10 3v9M6.5 8.5 10 12l3.5-3.5M4 13v4h12v-4",
        Sign::Light => "M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14",
        Sign::Keys => "M2.5 5.5h15v9h-15zM5.5 8.5h.1M8.5 8.5h.1M11.5 8.5h.1M14.5 8.5h.1M6.5 11.5h7",
        Sign::Help => "M7.2 7.4a2.8 2.8 0 1 1 4 2.6c-.8.4-1.2 1-1.2 2M10 15v.2",
    };
    html! { <svg class="sign-icon" viewBox="0 0 20 20" aria-hidden="true"><path d={path} /></svg> }
}
