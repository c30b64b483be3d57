//! What holds of the targets themselves.
#![allow(clippy::unwrap_used)]

mod linear;
mod surfaces;
