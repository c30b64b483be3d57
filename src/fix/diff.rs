//! What a file would become, line by line.

/// One line of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// It stays.
    Same(&'a str),
    /// It goes.
    Old(&'a str),
    /// It comes.
    New(&'a str),
}

/// Lines that belong together: changes, and some lines around them.
#[derive(Debug, PartialEq, Eq)]
pub struct Hunk<'a> {
    /// The 1-based number of the first line in the old text, and how many there are.
    pub old: (usize, usize),
    /// The same of the new text.
    pub new: (usize, usize),
    /// The lines.
    pub lines: Vec<Line<'a>>,
}

/// How many lines are shown around a change.
const AROUND: usize = 3;

/// The most pairs of lines that are compared; of longer stretches all lines go and come.
const MOST: usize = 4_000_000;

/// The parts in which two texts differ.
pub fn hunks<'a>(old: &'a str, new: &'a str) -> Vec<Hunk<'a>> {
    let lines = compare(&lines_of(old), &lines_of(new));
    let changed: Vec<usize> = (0..lines.len()).filter(|&at| !matches!(lines[at], Line::Same(_))).collect();
    let mut hunks: Vec<Hunk<'a>> = Vec::new();
    let mut rest = changed.as_slice();
    while let [first, ..] = rest {
        let apart = rest.windows(2).position(|pair| pair[1] - pair[0] > 2 * AROUND);
        let (these, others) = rest.split_at(apart.map_or(rest.len(), |at| at + 1));
        rest = others;
        let last = these.last().unwrap_or(first);
        let range = first.saturating_sub(AROUND)..(last + AROUND + 1).min(lines.len());
        let count = |lines: &[Line<'a>]| {
            let old = lines.iter().filter(|line| !matches!(line, Line::New(_))).count();
            (old, lines.iter().filter(|line| !matches!(line, Line::Old(_))).count())
        };
        let (before, inside) = (count(&lines[..range.start]), count(&lines[range.clone()]));
        let start = |before: usize, inside: usize| if inside == 0 { before } else { before + 1 };
        hunks.push(Hunk {
            old: (start(before.0, inside.0), inside.0),
            new: (start(before.1, inside.1), inside.1),
            lines: lines[range].to_vec(),
        });
    }
    hunks
}

/// The lines with their ends, so that a change of these is one.
fn lines_of(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn compare<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Line<'a>> {
    let start = old.iter().zip(new).take_while(|(one, other)| one == other).count();
    let end = old[start..].iter().rev().zip(new[start..].iter().rev()).take_while(|(one, other)| one == other).count();
    let (old_middle, new_middle) = (&old[start..old.len() - end], &new[start..new.len() - end]);
    let mut lines: Vec<Line<'a>> = old[..start].iter().map(|line| Line::Same(line)).collect();
    lines.extend(middle(old_middle, new_middle));
    lines.extend(old[old.len() - end..].iter().map(|line| Line::Same(line)));
    lines
}

/// The longest common subsequence, with what goes before what comes.
fn middle<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    if old.len().saturating_mul(new.len()) > MOST {
        lines.extend(old.iter().map(|line| Line::Old(line)));
        lines.extend(new.iter().map(|line| Line::New(line)));
        return lines;
    }
    let width = new.len() + 1;
    let mut longest = vec![0_usize; (old.len() + 1) * width];
    for one in (0..old.len()).rev() {
        for other in (0..new.len()).rev() {
            longest[one * width + other] = if old[one] == new[other] {
                longest[(one + 1) * width + other + 1] + 1
            } else {
                longest[(one + 1) * width + other].max(longest[one * width + other + 1])
            };
        }
    }
    let (mut one, mut other) = (0, 0);
    while one < old.len() || other < new.len() {
        if one < old.len() && other < new.len() && old[one] == new[other] {
            lines.push(Line::Same(old[one]));
            (one, other) = (one + 1, other + 1);
        } else if one < old.len()
            && (other == new.len() || longest[(one + 1) * width + other] >= longest[one * width + other + 1])
        {
            lines.push(Line::Old(old[one]));
            one += 1;
        } else {
            lines.push(Line::New(new[other]));
            other += 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `diff -u` prints it, without the names.
    fn shown(old: &str, new: &str) -> String {
        let mut out = String::new();
        for hunk in hunks(old, new) {
            out.push_str(&format!("@@ -{},{} +{},{} @@\n", hunk.old.0, hunk.old.1, hunk.new.0, hunk.new.1));
            for line in hunk.lines {
                let (mark, text) = match line {
                    Line::Same(text) => (' ', text),
                    Line::Old(text) => ('-', text),
                    Line::New(text) => ('+', text),
                };
                out.push_str(&format!("{mark}{text}"));
            }
        }
        out
    }

    #[test]
    fn as_diff_prints_it() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n";
        assert_eq!(shown(old, old), "");
        assert_eq!(shown(old, &old.replace("b\n", "B\nX\n")), "@@ -1,5 +1,6 @@\n a\n-b\n+B\n+X\n c\n d\n e\n");
        let two = old.replace("b\n", "").replace("k\n", "K\n");
        assert_eq!(shown(old, &two), "@@ -1,5 +1,4 @@\n a\n-b\n c\n d\n e\n@@ -8,5 +7,5 @@\n h\n i\n j\n-k\n+K\n l\n");
        assert_eq!(shown("", "x\n"), "@@ -0,0 +1,1 @@\n+x\n");
        assert_eq!(shown("x\n", ""), "@@ -1,1 +0,0 @@\n-x\n");
        assert_eq!(shown("a\nb\n", "b\na\n"), "@@ -1,2 +1,2 @@\n-a\n b\n+a\n");
    }

    #[test]
    fn long_stretches_are_not_compared_pair_by_pair() {
        let old: String = (0..3_000).map(|number| format!("{number}\n")).collect();
        let new: String = (0..3_000).map(|number| format!("x{number}\n")).collect();
        let hunks = hunks(&old, &new);
        assert_eq!((hunks.len(), hunks[0].lines.len()), (1, 6_000));
    }
}
