//! Small rules of the house that no compiler knows.

use crate::repository::File;

/// What a file does wrong, in words.
pub fn faults(file: &File) -> Vec<String> {
    let Some(text) = &file.text else { return Vec::new() };
    let mut faults = Vec::new();
    if file.path.ends_with(".rs") && !text.starts_with("//!") {
        faults.push(format!("{}: does not begin with `//!`, what lives here", file.path));
    }
    if file.path.ends_with("/mod.rs") {
        faults.push(format!("{}: a module `foo` is foo.rs, never foo/mod.rs", file.path));
    }
    for (line, number) in text.lines().zip(1..) {
        if let Some(place) = places_of_one_machine().into_iter().find(|place| line.contains(place)) {
            faults.push(format!("{}:{number}: `{place}` exists on one machine only", file.path));
        }
    }
    faults
}

/// Put together here, so that this file doesn't name them.
fn places_of_one_machine() -> [String; 4] {
    ["work", "root", "home", "Users"].map(|folder| format!("/{folder}/"))
}

#[cfg(test)]
mod tests {
    use super::faults;
    use crate::repository::File;

    fn check(path: &str, text: &str, expected: usize) {
        let file = File { path: path.to_owned(), text: Some(text.to_owned()) };
        assert_eq!(faults(&file).len(), expected, "{path}: {text}");
    }

    #[test]
    fn a_file_says_what_it_is() {
        check("core/src/a.rs", "//! A.\n", 0);
        check("core/src/a.rs", "use b;\n", 1);
        check("static/a.css", "a {}\n", 0);
    }

    #[test]
    fn no_module_is_called_mod() {
        check("core/src/a/mod.rs", "//! A.\n", 1);
    }

    #[test]
    fn no_place_of_one_machine_is_named() {
        check("a.md", &format!("see {}/x", "/root"), 1);
        check("a.md", "a workspace/root; path: /cart", 0);
    }
}
