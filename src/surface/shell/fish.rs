//! fish: words, statements and builtins where they differ from those of POSIX shells.

mod blocks;
mod builtins;
mod simple;
pub(super) mod syntax;
mod word;
