//! The console's terminal, which remembers from one command to the next: variables, aliases, files, forwarded ports, the shells
//! that were entered. Texts come and go; the terminal stays.

use std::collections::BTreeMap;

use whichpod_core::console::{CommandRun, UsageError, client};
use whichpod_core::manifest::DEFAULT_NAMESPACE;
use whichpod_core::simulation::Simulation;
use whichpod_core::terminal::session::EnteredShell;
use whichpod_core::terminal::session::Session;

use crate::workspace::RequestLine;

/// One session, with what each client that types has for itself.
#[derive(Default)]
pub struct KeptTerminal {
    session: Session,
    shells: BTreeMap<String, ClientShell>,
}

/// A client's own variables, and where its commands run by now.
#[derive(Default)]
struct ClientShell {
    variables: BTreeMap<String, String>,
    inside: Vec<EnteredShell>,
}

impl KeptTerminal {
    /// Runs a command as its client.
    pub fn run(&mut self, simulation: &Simulation, request: &RequestLine) -> Result<CommandRun, UsageError> {
        let client = client::parse(&request.from, DEFAULT_NAMESPACE)?;
        let shell = self.shells.remove(&*request.from).unwrap_or_default();
        (self.session.variables, self.session.inside) = (shell.variables, shell.inside);
        let run = simulation.run_in(&mut self.session, &client, &request.command, None);
        let variables = std::mem::take(&mut self.session.variables);
        let inside = std::mem::take(&mut self.session.inside);
        self.shells.insert(request.from.to_string(), ClientShell { variables, inside });
        run
    }
}
