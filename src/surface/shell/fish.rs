//! fish: words, statements and builtins where they differ from those of POSIX shells.

mod builtins;
pub(super) mod syntax;
mod word;
