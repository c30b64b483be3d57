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
