//! nginx' configuration language as people write it into snippets: its syntax, what of its directives is followed, and the
//! script of its rewrite module.

mod directive_names;
mod syntax;
mod pattern;
mod expansion;
mod escape;
mod condition;
mod headers;
mod block;
mod script;

pub use block::{
    AccessEntry, BlockPlace, ConfigBlock, ConfigLine, ConfigLocation, ErrorPageLine, LocationKind, ScriptStep,
    compile_snippet,
};
pub use condition::ScriptCondition;
pub use directive_names::FOLLOWED;
pub use escape::{escape_args, escape_uri, unescape_redirect};
pub use expansion::{TextVariable, is_url, split_variables};
pub use headers::HeaderChange;
pub use script::{ScriptEnd, ScriptState, run_script};
