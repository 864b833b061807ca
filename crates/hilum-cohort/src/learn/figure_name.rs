//! The paper and figure that a file name of COVID-CT tells (Yang and others 2020, arXiv:2003.13865).
//!
//! Pictures of the class COVID were cut out of preprints and are called
//! `PAPER-pPAGE-PICTURE`, as in `2020.02.10.20021584-p6-52%12.png`: medRxiv's or bioRxiv's number, the page, the number of the
//! picture in the PDF, and after `%`, `_` or `-` the panel. Numbers of pictures on one page follow each other where every panel
//! is a picture of its own (`-p27-132`, `-p27-133`), so the page is what tells the figure. Pictures of the other class are
//! called `FIGURE%PANEL.jpg`, or by a number alone, which tells nothing.

/// What pictures of one figure share in their names; `None` where the name does not tell.
///
/// `path` ends with the file name; folders do not count, the ending does (`43.png` and `43%1.jpg` come from different
/// collections).
pub(super) fn figure_of(path: &str) -> Option<String> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (stem, ending) = name.rsplit_once('.')?;
    of_paper(stem).or_else(|| {
        let (figure, panel) = stem.rsplit_once('%')?;
        let told = !figure.is_empty() && is_number(panel);
        told.then(|| format!("{figure}.{}", ending.to_ascii_lowercase()))
    })
}

/// `2020.02.10.20021584-p6` of `2020.02.10.20021584-p6-52%12`.
fn of_paper(stem: &str) -> Option<String> {
    let (paper, rest) = stem.split_once("-p")?;
    let (page, _) = rest.split_once('-')?;
    let parts: Vec<&str> = paper.split('.').collect();
    let dated = parts.len() == 4 && [4, 2, 2].iter().zip(&parts).all(|(length, part)| part.len() == *length);
    (dated && parts.into_iter().all(is_number) && is_number(page)).then(|| format!("{paper}-p{page}"))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_preprints_tell_paper_and_page() {
        for (name, figure) in [
            ("train/COVID/2020.02.10.20021584-p6-52%12.png", "2020.02.10.20021584-p6"),
            ("2020.01.24.919183-p27-132.png", "2020.01.24.919183-p27"),
            ("2020.03.01.20029769-p21-73_1%0.png", "2020.03.01.20029769-p21"),
            ("2020.03.21.20040691-p18-67-8.png", "2020.03.21.20040691-p18"),
        ] {
            assert_eq!(figure_of(name).as_deref(), Some(figure));
        }
    }

    #[test]
    fn panels_share_their_figure_and_plain_numbers_tell_nothing() {
        assert_eq!(figure_of("39%8.jpg").as_deref(), Some("39.jpg"));
        assert_eq!(figure_of("43.png"), None);
        for name in ["a%b.png", "%1.png", "x-p3-1.png", "2020.2.10.1-p6-5.png", "scan-p1.png", "no ending"] {
            assert_eq!(figure_of(name), None, "{name}");
        }
    }
}
