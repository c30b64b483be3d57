//! keylint keeps the credentials of Claude Code out of git and on the right route.

pub mod credential;
pub mod path;
pub mod source;
pub mod surface;
pub mod text;
