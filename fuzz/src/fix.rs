//! What `--fix` does. Byte 0 chooses: edits of JSON, strict JSON, the preview, or the engine over a folder.

use std::collections::{BTreeMap, BTreeSet};

use keylint::finding::Severity;
use keylint::fix::diff::{Line, hunks};
use keylint::fix::{Applicability, json as edits, strict};
use keylint::lint::Options;
use keylint::lint::mend::{Mended, Wanted, mend};
use keylint::path::RepoPath;
use keylint::report::{Style, mended as shown};
use keylint::surface::table::surface_of;
use keylint::surface::tree::{Kind, Node};
use keylint::surface::{self, json};
use keylint::text::Text;
use serde_json::Value;

use crate::plant::Token;
use crate::{parts, placed, scratch};

/// What the files of the engine's folder are called, by the first byte of each part.
pub const PATHS: [&str; 12] = [
    ".claude/settings.json",
    ".claude/settings.local.json",
    ".env",
    "run.sh",
    "glm.fish",
    "glm.ps1",
    "glm.bat",
    ".mcp.json",
    ".gitignore",
    "keylint.toml",
    "requirements.txt",
    "claude/settings.glm.json",
];

/// Holds that an edit does what it says and nothing else, and that the engine leaves nothing to itself.
pub fn check(bytes: &[u8]) {
    let Some((&[kind, ..], rest)) = bytes.split_first_chunk::<1>() else { return };
    match kind % 4 {
        0 => members(rest),
        1 => strictly(rest),
        2 => preview(rest),
        _ => engine(rest),
    }
}

/// A text, a name, and a value: as a variable it comes into the text, and what holds its byte goes out of it.
fn members(bytes: &[u8]) {
    let parts: Vec<String> = parts::of(bytes).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
    let [text, name, value] = parts.as_slice() else { return };
    let before: Option<Value> = serde_json::from_str(text).ok();
    if let Ok(after) = edits::with_variable(text, name, value)
        && let Some(mut before) =
            before.clone().or_else(|| text.trim().is_empty().then(|| Value::Object(Default::default())))
    {
        let mut after: Value = serde_json::from_str(&after).unwrap_or_else(|error| panic!("{error}: {after}"));
        assert_eq!(after["env"][name.as_str()], Value::from(value.as_str()));
        for value in [&mut before, &mut after] {
            let env = value.get_mut("env").and_then(Value::as_object_mut);
            let is_empty = env.is_none_or(|env| {
                env.remove(name.as_str());
                env.is_empty()
            });
            if is_empty && let Some(value) = value.as_object_mut() {
                value.remove("env");
            }
        }
        assert_eq!(before, after);
    }
    let at = name.len() * 7 % (text.len() + 1);
    let Some((span, new)) = edits::without(text, at) else { return };
    placed::inside(text, span);
    let mut after = text.clone();
    after.replace_range(span.range(), &new);
    assert_ne!(*text, after);
    let Some(before) = before else { return };
    let after: Value = serde_json::from_str(&after).unwrap_or_else(|error| panic!("{error}: {after}"));
    if !json::parse(text).0.is_some_and(|tree| repeats_a_name(&tree)) {
        assert!(is_less(&after, &before), "{after} is no part of {before}");
    }
}

/// Whether one value is the other with something left out.
fn is_less(less: &Value, more: &Value) -> bool {
    match (less, more) {
        (Value::Object(less), Value::Object(more)) => {
            less.iter().all(|(name, value)| more.get(name).is_some_and(|more| is_less(value, more)))
        }
        (Value::Array(less), Value::Array(more)) => {
            let mut more = more.iter();
            less.iter().all(|value| more.any(|more| is_less(value, more)))
        }
        _ => less == more,
    }
}

fn repeats_a_name(tree: &Node) -> bool {
    let names: BTreeSet<&str> = tree.members().iter().map(|member| member.name.as_str()).collect();
    let below = tree.members().iter().map(|member| &member.value).chain(tree.elements());
    names.len() < tree.members().len() || below.into_iter().any(repeats_a_name)
}

/// What is superfluous goes, and then nothing is.
fn strictly(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (tree, faults) = json::parse(&text);
    let Some(places) = strict::superfluous(&text, &faults) else { return };
    let mut end = 0;
    for place in &places {
        placed::inside(&text, *place);
        assert!(end <= place.start, "{places:?}");
        end = place.end;
    }
    let rest = strict::without(&text, &places);
    let (again, faults) = json::parse(&rest);
    assert!(faults.is_empty(), "{faults:?} in {rest:?} of {text:?}");
    assert_eq!(tree.map(|tree| plain(&tree)), again.map(|tree| plain(&tree)), "{text:?} {rest:?}");
}

/// What a tree says, wherever it stands.
fn plain(tree: &Node) -> String {
    match &tree.kind {
        Kind::Object(members) => {
            members.iter().map(|member| format!("({:?} {})", member.name, plain(&member.value))).collect()
        }
        Kind::Array(elements) => format!("[{}]", elements.iter().map(plain).collect::<Vec<_>>().join(",")),
        Kind::String(text) => format!("{:?}", text.text.expose()),
        Kind::Scalar(word) => word.clone(),
        Kind::Null => "null".to_owned(),
    }
}

/// Two texts: what the preview shows makes one of the other.
fn preview(bytes: &[u8]) {
    let parts: Vec<String> = parts::of(bytes).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
    let [old, new, ..] = parts.as_slice() else { return };
    let lines: Vec<&str> = old.split_inclusive('\n').collect();
    let (mut made, mut at) = (String::new(), 0);
    for hunk in hunks(old, new) {
        let start = hunk.old.0.saturating_sub(usize::from(hunk.old.1 > 0));
        made.extend(lines[at..start].iter().copied());
        at = start;
        for line in hunk.lines {
            match line {
                Line::Same(text) | Line::Old(text) => assert_eq!(text, lines[at]),
                Line::New(_) => {}
            }
            at += usize::from(!matches!(line, Line::New(_)));
            if let Line::Same(text) | Line::New(text) = line {
                made.push_str(text);
            }
        }
    }
    made.extend(lines[at..].iter().copied());
    assert_eq!(made, *new);
}

/// Files, with a token in the first: a second run has nothing to do, no reader finds more faults than before, and
/// nothing that is shown has the token. There is no git, and nothing is tracked.
fn engine(bytes: &[u8]) {
    let Some((&[shape, seed, place], rest)) = bytes.split_first_chunk::<3>() else { return };
    let token = Token::draw(shape, seed);
    let mut files: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    for (number, part) in parts::of(rest).enumerate() {
        let Some((&name, text)) = part.split_first() else { continue };
        let mut text = text.to_vec();
        if let Some(token) = token.as_ref().filter(|_| number == 0) {
            token.plant(&mut text, usize::from(place));
        }
        files.insert(PATHS[usize::from(name) % PATHS.len()], text);
    }
    let texts: Vec<String> = files.values().map(|text| Text::decode(text).as_str().to_owned()).collect();
    let known: Vec<&str> = texts.iter().map(String::as_str).collect();
    let Some(first) = mended(&files) else { return };
    said(&first, token.as_ref(), &known);
    let mut after = BTreeMap::new();
    for new in &first.plan.texts {
        let path = new.path.as_str();
        assert_eq!(new.before.as_ref(), files.get(path), "{path}");
        let faults = |bytes: &[u8]| {
            let path = RepoPath::from(path);
            let surface = surface_of(&path, &|_| false);
            surface::read(path, surface, bytes).faults.len()
        };
        let before = new.before.as_deref().unwrap_or_default();
        assert!(faults(&new.after) <= faults(before), "{path}: {}", String::from_utf8_lossy(&new.after));
        after.insert(path.to_owned(), new.after.clone());
    }
    if after.is_empty() {
        return;
    }
    let mut again: BTreeMap<&str, Vec<u8>> = files.clone();
    again.extend(after.iter().map(|(path, text)| (path.as_str(), text.clone())));
    if let Some(second) = mended(&again) {
        let changed: Vec<_> = second.plan.texts.iter().map(|new| new.path.as_str()).collect();
        assert!(
            changed.is_empty(),
            "{changed:?} change once more: {:?}",
            second.done.iter().map(|done| &done.fix.title).collect::<Vec<_>>()
        );
    }
}

fn mended(files: &BTreeMap<&str, Vec<u8>>) -> Option<Mended> {
    let folder = scratch::folder(files.iter().map(|(path, text)| (*path, text.as_slice())));
    std::fs::create_dir_all(folder).ok()?;
    let wanted = Wanted {
        applicability: Applicability::Unsafe,
        min_severity: Severity::Note,
        finding: &|_| true,
        change: &|_| true,
    };
    mend(&[], folder, &Options::default(), wanted).ok()
}

/// Nothing that is said or shown has the token.
fn said(mended: &Mended, token: Option<&Token>, known: &[&str]) {
    let style = Style { min_severity: Severity::Note, color: false, width: None, quiet: false, statistics: false };
    let mut out = Vec::new();
    let printed = shown::done(mended, true, &mut out)
        .and_then(|()| shown::refused(&mended.refused, &mut out))
        .and_then(|()| shown::diff(mended, &style, &|_| true, &mut out));
    assert!(printed.is_ok());
    if let Some(token) = token {
        token.assert_absent(known, &String::from_utf8_lossy(&out));
    }
}
