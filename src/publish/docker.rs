//! What `COPY` and `ADD` take from the folder that an image is built of, and what `.dockerignore` keeps out of it.
//!
//! Dockerfile reference and build context (2026-08): patterns are Go's `filepath.Match` with `**`, compared with a path and
//! the folders above it, case counts, and the last pattern that matches decides.

use crate::source::wildcards;
use crate::surface::dockerfile::syntax::{Item, items};
use crate::text::Span;

/// An instruction that copies from the folder.
#[derive(Debug)]
pub struct Copy {
    /// Where it stands.
    pub span: Span,
    /// `COPY` or `ADD`.
    pub keyword: &'static str,
    /// Whether it belongs to the last stage, which is what the image is made of.
    pub is_last_stage: bool,
    sources: Vec<String>,
}

impl Copy {
    /// Whether it takes a file along.
    pub fn takes(&self, path: &str) -> bool {
        self.sources.iter().any(|source| source.is_empty() || is_at_or_below(source, path))
    }
}

/// The instructions of a Dockerfile that copy from the folder. What names a stage or an address copies from there.
pub fn copies(text: &str) -> Vec<Copy> {
    let (mut copies, mut stages, mut of) = (Vec::new(), 0_usize, Vec::new());
    for item in items(text).0 {
        let Item::Instruction(instruction) = item else { continue };
        let keyword = match instruction.keyword.as_str() {
            "FROM" => {
                stages += 1;
                continue;
            }
            "COPY" => "COPY",
            "ADD" => "ADD",
            _ => continue,
        };
        let arguments = instruction.arguments.text.expose();
        if let Some(sources) = sources(arguments) {
            copies.push(Copy { span: instruction.arguments.span(), keyword, is_last_stage: false, sources });
            of.push(stages);
        }
    }
    for (copy, stage) in copies.iter_mut().zip(of) {
        copy.is_last_stage = stage == stages;
    }
    copies
}

/// What is copied, without `./` and slashes around; empty for the folder itself.
fn sources(arguments: &str) -> Option<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    let mut rest = arguments.trim_start();
    while rest.starts_with("--") {
        let (option, behind) = rest.split_once(char::is_whitespace)?;
        // `--exclude` keeps files out by rules of its own.
        if ["--from", "--exclude"].iter().any(|name| option.starts_with(name)) {
            return None;
        }
        rest = behind.trim_start();
    }
    if rest.starts_with('[') {
        words.extend(serde_json::from_str::<Vec<String>>(rest.trim()).ok()?);
    } else {
        words.extend(rest.split_whitespace().map(str::to_owned));
    }
    words.pop()?;
    let is_elsewhere = |word: &String| word.contains("://") || word.contains('$') || word.starts_with("<<");
    if words.iter().any(is_elsewhere) {
        return None;
    }
    Some(words.iter().map(|word| clean(word)).collect())
}

/// A path without `.`, doubled slashes and slashes around.
fn clean(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    parts.join("/")
}

fn is_at_or_below(pattern: &str, path: &str) -> bool {
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    ends.into_iter().any(|end| fits(pattern, &path[..end]))
}

fn fits(pattern: &str, path: &str) -> bool {
    // Glued to a name, two stars cross slashes all the same.
    let is_glued = pattern.split('/').any(|part| part.contains("**") && part != "**");
    wildcards(pattern, path, !is_glued)
}

/// Whether a `.dockerignore` keeps a file out.
pub fn is_excluded(ignore: &str, path: &str) -> bool {
    let lines = ignore.lines().map(|line| line.strip_prefix('\u{FEFF}').unwrap_or(line));
    let lines = lines.filter(|line| !line.starts_with('#')).map(str::trim);
    let patterns: Vec<(bool, String)> = lines
        .map(|line| line.strip_prefix('!').map_or((false, clean(line)), |pattern| (true, clean(pattern.trim()))))
        .filter(|(_, pattern)| !pattern.is_empty())
        .collect();
    // A folder that is out is entered only where a pattern that takes back begins with it.
    let mut folders = path.match_indices('/').map(|(at, _)| &path[..=at]);
    let is_closed = |folder: &str| {
        let begins = |(negated, pattern): &(bool, String)| *negated && format!("{pattern}/").starts_with(folder);
        last_match(&patterns, folder.trim_end_matches('/')) && !patterns.iter().any(begins)
    };
    folders.any(is_closed) || last_match(&patterns, path)
}

/// Whether the last pattern that matches a path, or a folder above it, keeps it out.
fn last_match(patterns: &[(bool, String)], path: &str) -> bool {
    let mut excluded = false;
    for (negated, pattern) in patterns {
        if *negated == excluded && is_at_or_below(pattern, path) {
            excluded = !negated;
        }
    }
    excluded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_instructions() {
        for (text, path, expected) in [
            ("FROM x\nCOPY . .\n", ".env", Some(true)),
            ("FROM x\nCOPY --chown=1:1 ./ /app/\n", "a/.env", Some(true)),
            ("FROM x\nADD [\".\", \"/app\"]\n", ".env", Some(true)),
            ("FROM x\nCOPY .claude /app/.claude\n", ".claude/settings.local.json", Some(true)),
            ("FROM x\nCOPY src /app/src\n", ".env", Some(false)),
            ("FROM x\nCOPY .env* ./\n", ".env.local", Some(true)),
            ("FROM x\nCOPY * ./\n", ".claude/settings.local.json", Some(true)),
            ("FROM x\nCOPY --from=build . .\n", ".env", None),
            ("FROM x\nCOPY --exclude=.env . .\n", ".env", None),
            ("FROM x\nCOPY $SRC .\n", ".env", None),
            ("FROM x\nRUN cp . .\n# COPY . .\n", ".env", None),
        ] {
            assert_eq!(copies(text).first().map(|copy| copy.takes(path)), expected, "{text}");
        }
        let stages = copies("FROM a AS build\nCOPY . .\nFROM b\nCOPY . /x\n");
        assert_eq!(stages.iter().map(|copy| copy.is_last_stage).collect::<Vec<_>>(), [false, true]);
    }

    /// Compared with `docker.utils.exclude_paths` of the Python library, and with the documentation.
    #[test]
    fn ignore_files() {
        for (ignore, path, expected) in [
            ("", ".env", false),
            (".env\n", ".env", true),
            (".env\n", "a/.env", false),
            ("**/.env\n", "a/.env", true),
            ("**/.env\n", ".env", true),
            (".env*\n", ".env.local", true),
            ("/.claude\n", ".claude/settings.local.json", true),
            (".claude/\n", ".claude/settings.local.json", true),
            ("./.claude\n", ".claude/settings.local.json", true),
            ("*\n!src\n", ".env", true),
            ("*\n!src\n", "src/.env", false),
            (".claude\n!.claude/settings.json\n", ".claude/settings.local.json", true),
            (".claude\n!.claude\n", ".claude/settings.local.json", false),
            ("# .env\n", ".env", false),
            ("*.json\n", ".claude/settings.local.json", false),
            ("**/*.local.json\n", ".claude/settings.local.json", true),
            ("**.json\n", ".claude/settings.local.json", true),
            (".ENV\n", ".env", false),
            ("sub\n!**/.env\n", "sub/.env", true),
            ("sub\n!sub/.env\n", "sub/.env", false),
            ("*/*.local.json\n", ".claude/settings.local.json", true),
        ] {
            assert_eq!(is_excluded(ignore, path), expected, "{ignore} {path}");
        }
    }
}
