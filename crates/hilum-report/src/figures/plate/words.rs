//! Fitting words into boxes without a typesetter.

/// Mean width of a letter in Noto Sans over the size of the type, rounded up: names of scans are often digits, which
/// are wider than letters.
const LETTER_EM: f64 = 0.585;

/// How many letters of this size fit.
fn letters(width: f64, size: f64) -> usize {
    (width / (size * LETTER_EM)).floor().max(1.0) as usize
}

/// How wide a text is, rather too much than too little.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * size * LETTER_EM
}

/// The text if it fits, or its beginning and end with `…` between them: names of scans often differ at their end.
pub(super) fn shortened(text: &str, width: f64, size: f64) -> String {
    let (room, all) = (letters(width, size), text.chars().collect::<Vec<_>>());
    if all.len() <= room {
        return text.to_owned();
    }
    let kept = room.saturating_sub(1);
    let (head, tail) = (kept.div_ceil(2), kept / 2);
    all[..head].iter().chain(&['…']).chain(&all[all.len() - tail..]).collect()
}

/// The text in lines that fit, broken at plain spaces; a word that is longer than a line stays whole.
pub(super) fn wrapped(text: &str, width: f64, size: f64) -> Vec<String> {
    // Running text has spaces and narrow letters: it takes less room than names.
    let room = letters(width * 1.12, size);
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_both_ends_and_short_ones_stay() {
        assert_eq!(shortened("covid_P001", 100.0, 10.0), "covid_P001");
        let short = shortened("f1307eb3c73af8ef7305a9825628deaf", 70.0, 10.0);
        assert_eq!(short, "f1307…8deaf");
        assert!(short.chars().count() <= 11);
    }

    #[test]
    fn lines_hold_whole_words() {
        assert_eq!(wrapped("one two three", 60.0, 10.0), ["one two", "three"]);
        assert_eq!(wrapped("one\u{a0}two three", 30.0, 10.0), ["one\u{a0}two", "three"]);
        assert!(wrapped("", 60.0, 10.0).is_empty());
    }
}
