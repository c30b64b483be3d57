//! What is read of PowerShell scripts.

use crate::surface::Surface;
use crate::surface::show::show;

#[test]
#[ignore]
fn peek() {
    let text = std::fs::read_to_string(std::env::var("PEEK").unwrap()).unwrap();
    let surface = if std::env::var("PEEK").unwrap().ends_with("1") { Surface::PowerShell } else { Surface::Batch };
    for line in show(surface, &text) {
        println!("{line}");
    }
}

#[test]
#[ignore]
fn dump() {
    let mut files: Vec<_> = std::fs::read_dir(std::env::var("PEEK").unwrap()).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    for path in files {
        if path.extension().and_then(|e| e.to_str()) != Some("bat") { continue }
        let text = std::fs::read_to_string(&path).unwrap();
        let document = crate::surface::read(crate::path::RepoPath::from("x"), Some(Surface::Batch), text.as_bytes());
        for launch in &document.launches {
            if launch.command.is_none() { continue }
            let mut env: Vec<String> = launch.environment.iter().map(|&i| &document.assignments[i]).filter(|a| !matches!(a.value, crate::surface::Value::Unset)).map(|a| format!("{}={}", a.name, a.decoded.text.expose())).collect();
            env.sort();
            println!("DUMP {} {}", path.file_name().unwrap().to_str().unwrap(), env.join("\u{1}"));
        }
    }
}
