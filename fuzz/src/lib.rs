//! What the fuzz targets share: what they read, what they plant, and what has to hold.
//!
//! Each target is a function `check` of one module, so that a crash is a test by calling it with the same bytes.

#![allow(clippy::panic, clippy::expect_used)]

pub mod configuration;
pub mod family;
pub mod fix;
pub mod hostile;
pub mod ignore;
pub mod manifests;
pub mod mask;
pub mod parts;
pub mod placed;
pub mod plant;
pub mod reading;
pub mod reports;
#[path = "../../tests/common/sample.rs"]
pub mod sample;
pub mod scratch;
pub mod sound;
#[cfg(test)]
mod tests;
#[path = "../../tests/common/token.rs"]
pub mod token;
pub mod wire;
pub mod xml;
