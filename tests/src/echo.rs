//! Comments that only repeat a name: `/// The pod.` above `pod: Pod`.

/// Words that say nothing by themselves.
const FILLERS: &str = " a an the its of in is are it to by with whether which what this that one on for as ";

/// A comment of one line at most so long repeats; a longer one says something.
const MOST_WORDS: usize = 4;

/// The lines, counted from 1, of doc comments all of whose words stand in the item below.
pub fn echoes(text: &str) -> Vec<usize> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let is_comment = |place: usize| lines.get(place).is_some_and(|line| line.starts_with("///"));
    let alone = (0..lines.len())
        .filter(|place| is_comment(*place) && !is_comment(place + 1) && (*place == 0 || !is_comment(place - 1)));
    let repeats = alone.filter(|place| {
        let item = lines.iter().skip(place + 1).find(|line| !line.starts_with("#["));
        item.is_some_and(|item| repeats_name(lines[*place].trim_start_matches('/'), item))
    });
    repeats.map(|place| place + 1).collect()
}

fn repeats_name(comment: &str, item: &str) -> bool {
    let item = words(item);
    let said: Vec<String> = words(comment).into_iter().filter(|word| !FILLERS.contains(&format!(" {word} "))).collect();
    !comment.contains('`') && said.len() <= MOST_WORDS && said.iter().all(|word| item.contains(word))
}

/// The words of a text or an identifier, small, singular.
fn words(text: &str) -> Vec<String> {
    let mut spaced = String::new();
    let mut before = ' ';
    for letter in text.chars() {
        if letter.is_uppercase() && before.is_lowercase() {
            spaced.push(' ');
        }
        spaced.push(if letter.is_alphanumeric() { letter } else { ' ' });
        before = letter;
    }
    spaced
        .split_whitespace()
        .map(|word| word.to_lowercase().trim_end_matches('s').to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::echoes;

    #[test]
    fn a_comment_of_the_name_alone_is_found() {
        let text = "/// The pods.\npub pods: Vec<Pod>,\n/// Those that are ready.\npub ready: bool,\n/// A `CronJob`.\nCronJob,\n\
                    /// The node's name.\n#[serde(skip)]\npub node_name: Text,\n";
        assert_eq!(echoes(text), [1, 7]);
    }
}
