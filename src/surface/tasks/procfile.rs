//! Procfiles: `name: command`, one a line, each run by a shell.

use crate::surface::process::Process;
use crate::surface::script::Script;
use crate::surface::{Decoded, Document};

/// Reads the file.
pub(super) fn read(document: &mut Document) {
    let text = document.text.as_str().to_owned();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some((name, command)) = line.trim_end().split_once(':')
            && !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
        {
            let at = start + name.len() + 1 + command.len() - command.trim_start().len();
            let process = Process::new(document, name, &[], Vec::new());
            process.script(document, &Script::plain(Decoded::direct(command.trim_start(), at)), name);
            process.finish(document);
        }
        start += line.len();
    }
}
