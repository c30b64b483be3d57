//! Inputs of several files: parts with a zero byte between, each a path, a line break, and a text.

use keylint::path::RepoPath;

/// The most files of one input: a repository, not a heap.
const MOST: usize = 4;

/// The parts of an input.
pub fn of(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|&byte| byte == 0).take(MOST)
}

/// An input of these parts.
pub fn joined(parts: &[Vec<u8>]) -> Vec<u8> {
    parts.join(&0)
}

/// A part's path and its text. In the path U+0001 and U+0002 stand for the ends of lines, which it could not hold.
pub fn file(part: &[u8]) -> Option<(RepoPath, Vec<u8>)> {
    let end = part.iter().position(|&byte| byte == b'\n')?;
    let (path, text) = part.split_at(end);
    let path: Vec<u8> = path
        .iter()
        .map(|&byte| match byte {
            1 => b'\n',
            2 => b'\r',
            byte => byte,
        })
        .collect();
    let is_inside = path.split(|&byte| byte == b'/').all(|name| !matches!(name, b"" | b"." | b".." | b".git"));
    is_inside.then(|| (RepoPath::from_bytes(&path), text[1..].to_vec()))
}

/// The files of an input, each path once.
pub fn files(bytes: &[u8]) -> Vec<(RepoPath, Vec<u8>)> {
    let mut files: Vec<(RepoPath, Vec<u8>)> = Vec::new();
    for (path, text) in of(bytes).filter_map(file) {
        if !files.iter().any(|(known, _)| *known == path) {
            files.push((path, text));
        }
    }
    files
}

/// One file as a part.
pub fn part(path: &str, text: &str) -> Vec<u8> {
    format!("{}\n{text}", path.replace('\n', "\u{1}").replace('\r', "\u{2}")).into_bytes()
}
