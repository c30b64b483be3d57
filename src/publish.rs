//! Which files a package or an image takes along, by the rules of the program that makes it.
//!
//! Where the rules go beyond what is read here, the answer is that nobody knows, and nothing is reported.

pub mod cargo;
pub mod docker;
mod glob;
pub mod npm;
pub mod python;
pub mod vsix;
