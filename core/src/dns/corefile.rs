//! The Corefile's text: tokens, server blocks, directives with their lines (Caddy's lexer and parser, which CoreDNS uses).
//!
//! What a directive means is its plugin's affair; here a directive is a name, arguments and lines of a block.

use super::files::CorednsFiles;

mod lexer;
mod tree;
mod parser;

pub use tree::{Corefile, CorefileError, Directive, PluginOption, ServerBlock};

use parser::CorefileParser;

/// Reads a Corefile; `files` are what `import` finds. The first mistake ends it, as CoreDNS then doesn't start.
pub fn parse(text: &str, files: &CorednsFiles) -> Result<Corefile, CorefileError> {
    let blocks = CorefileParser::new(text, files).parse_all()?;
    if blocks.is_empty() {
        // caddy's loadServerBlocks: nothing at all means the default.
        return Ok(Corefile { blocks: CorefileParser::new(DEFAULT, files).parse_all()? });
    }
    Ok(Corefile { blocks })
}

/// What CoreDNS serves without any server block (register.go DefaultInput).
const DEFAULT: &str = ".:53 {\nwhoami\nlog\n}\n";

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_alone(text: &str) -> Result<Corefile, CorefileError> {
        parse(text, &CorednsFiles::default())
    }

    #[test]
    fn imports_take_files() {
        let server = ("/etc/coredns/custom/a.server", "x {\n errors\n}\n");
        let files = CorednsFiles::new([server, ("/etc/coredns/custom/b.override", "log\n")]);
        let text = ". {\n import /etc/coredns/custom/*.override\n}\nimport /etc/coredns/custom/*.server\n";
        let corefile = parse(text, &files).unwrap();
        assert_eq!(corefile.blocks[0].directives[0].name, "log");
        assert_eq!(corefile.blocks[1].keys, ["x"]);
        assert!(parse(text, &CorednsFiles::default()).is_ok());
        assert!(parse_alone("import /etc/coredns/nothing\n").is_err());
    }

    #[test]
    fn blocks_directives_and_lines() {
        let corefile =
            parse_alone("# c\n.:53, b:54 {\n  errors\n  kubernetes x y {\n    ttl 30 # t\n  }\n}\nz {\n}\n").unwrap();
        let first = &corefile.blocks[0];
        assert_eq!((first.keys.as_slice(), first.line), (&[".:53".to_owned(), "b:54".to_owned()][..], 2));
        let kubernetes = &first.directives[1];
        assert_eq!((kubernetes.args.join(" ").as_str(), kubernetes.line), ("x y", 4));
        assert_eq!((kubernetes.block[0].name.as_str(), kubernetes.block[0].line), ("ttl", 5));
        assert_eq!(corefile.blocks[1].keys, ["z"]);
    }

    #[test]
    fn snippets_are_imported() {
        let corefile = parse_alone("(log) {\n log\n errors\n}\n. {\n import log\n}\n").unwrap();
        assert_eq!(corefile.blocks.len(), 1);
        assert_eq!(corefile.blocks[0].directives.len(), 2);
    }

    #[test]
    fn mistakes_are_caddys() {
        let said = |text: &str| parse_alone(text).unwrap_err().to_string();
        let syntax =
            "/etc/coredns/Corefile:2 - Error during parsing: Syntax error: Unexpected token 'errors', expecting '}'";
        assert_eq!(said(".:53 {\n errors\n"), syntax);
        assert!(said(".:53 { whoami }\n").ends_with("Unexpected '}' because no matching opening brace"));
        assert!(said(". {\n foo\n}\n").ends_with(":2 - Error during parsing: Unknown directive 'foo'"));
    }

    #[test]
    fn what_looks_wrong_but_is_read() {
        let whole = |text: &str| parse_alone(text).unwrap();
        assert_eq!(whole(".:53 {\n kubernetes x {\n }\n").blocks.len(), 1, "the last brace is missing");
        assert_eq!(whole(".:53 {\n errors\n}\n}\n").blocks[1].keys, ["}"], "one brace too many");
        assert_eq!(whole(".:53\nwhoami\nlog\n").blocks[0].directives.len(), 2, "no braces");
        assert_eq!(whole("# nothing\n").blocks[0].directives[0].name, "whoami", "the default");
        assert_eq!(whole("a.x,b.x {\n}\n").blocks[0].keys, ["a.x,b.x"], "a comma inside a word");
    }
}
