//! What becomes of a link that the worker made: into the address bar, and to the user who asked for it.

use crate::page::browser;
use crate::page::state::{Action, Notice};
use crate::protocol::{Link, LinkFault};

/// Puts a link that somebody asked for into the clipboard, and tells.
pub async fn hand_over(link: Result<Link, LinkFault>) -> Action {
    Action::Tell(match link {
        Ok(Link { fragment, secrets }) => {
            let address = browser::address_with(&fragment);
            let copied = browser::copy(&address).await.is_ok();
            Notice::LinkMade { address: address.into(), copied, secrets }
        }
        Err(LinkFault::TooLong) => Notice::LinkTooLong,
        Err(LinkFault::Broken) => Notice::LinkBroken,
    })
}
