//! What holds of the targets themselves.
#![allow(clippy::unwrap_used)]

mod linear;
#[path = "../../../tests/common/machine.rs"]
mod machine;
mod surfaces;
