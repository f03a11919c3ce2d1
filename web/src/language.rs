//! The two languages of the page, and how one is chosen.

pub use whichpod_core::explain::Language;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_with_regions_are_read() {
        assert_eq!(Language::of_tag("ja-JP"), Language::Japanese);
        assert_eq!(Language::of_tag("de"), Language::English);
        assert_eq!(Language::of_tag(Language::Japanese.code()), Language::Japanese);
    }
}
