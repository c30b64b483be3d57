//! As much of XML as tells a well-formed text from another.

/// Why a text is no XML; `None` if it is.
pub fn flaw(text: &str) -> Option<String> {
    let mut rest = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").unwrap_or(text);
    let mut open: Vec<&str> = Vec::new();
    if let Some(bad) =
        rest.chars().find(|&c| c < ' ' && !matches!(c, '\t' | '\n' | '\r') || c == '\u{fffe}' || c == '\u{ffff}')
    {
        return Some(format!("{bad:?} can't stand in XML"));
    }
    while let Some(start) = rest.find('<') {
        let (words, tag) = rest.split_at(start);
        if let Some(flaw) = text_flaw(words) {
            return Some(flaw);
        }
        let Some(end) = tag_end(tag) else { return Some("a tag has no end".to_owned()) };
        let inside = &tag[1..end];
        rest = &tag[end + 1..];
        if let Some(name) = inside.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Some(format!("</{name}> ends what does not begin"));
            }
            continue;
        }
        let (inside, is_whole) = inside.strip_suffix('/').map_or((inside, false), |inside| (inside, true));
        let name = inside.split_ascii_whitespace().next().unwrap_or_default();
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Some(format!("<{inside}> has no name"));
        }
        if let Some(flaw) = attributes_flaw(&inside[name.len()..]) {
            return Some(flaw);
        }
        if !is_whole {
            open.push(name);
        }
    }
    match open.as_slice() {
        [] => text_flaw(rest),
        [.., last] => Some(format!("<{last}> has no end")),
    }
}

/// Where a tag ends: not within an attribute.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quoted = false;
    tag.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == b'>' && !quoted
    })
}

fn attributes_flaw(text: &str) -> Option<String> {
    let mut rest = text.trim();
    let mut names = Vec::new();
    while !rest.is_empty() {
        let Some((name, behind)) = rest.split_once("=\"") else { return Some(format!("{rest:?} is no attribute")) };
        let Some((value, behind)) = behind.split_once('"') else { return Some(format!("{name} has no end")) };
        if names.contains(&name) || name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Some(format!("{name:?} names no attribute"));
        }
        if let Some(flaw) = text_flaw(value) {
            return Some(flaw);
        }
        names.push(name);
        rest = behind.trim_start();
    }
    None
}

/// What is wrong with text between tags or in an attribute.
fn text_flaw(text: &str) -> Option<String> {
    let known = ["amp;", "lt;", "gt;", "quot;", "apos;"];
    for (at, _) in text.match_indices('&') {
        let rest = &text[at + 1..];
        let is_number = || {
            let digits = rest.strip_prefix('#').and_then(|rest| rest.split_once(';'));
            digits.is_some_and(|(digits, _)| digits.parse::<u32>().ok().and_then(char::from_u32).is_some())
        };
        if !known.iter().any(|name| rest.starts_with(name)) && !is_number() {
            return Some(format!("a bare & before {:?}", rest.chars().take(8).collect::<String>()));
        }
    }
    text.contains('<').then(|| "a bare <".to_owned())
}

#[cfg(test)]
mod tests {
    use super::flaw;

    #[test]
    fn what_is_well_formed() {
        for text in
            ["<a/>", "<a b=\"&lt;&#10;\">x &amp; y<c/></a>", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a></a>\n"]
        {
            assert_eq!(flaw(text), None, "{text}");
        }
        for text in [
            "<a>",
            "</a>",
            "<a></b>",
            "<a b=\"<\"/>",
            "<a b=\"&\"/>",
            "<a>&x;</a>",
            "<a b=c/>",
            "<a \u{1}/>",
            "<a b=\"\" b=\"\"/>",
        ] {
            assert!(flaw(text).is_some(), "{text}");
        }
    }
}
