//! Work on several threads.

use std::num::NonZero;
use std::thread::{self, ScopedJoinHandle};

/// More threads than this only wait for the disk.
const MOST: usize = 8;

/// Does the same work on as many threads as the machine has for it, this one first among them, and as are `useful`.
/// Returns what each has made.
pub(crate) fn side_by_side<T: Send>(useful: usize, work: impl Fn() -> T + Sync) -> Vec<T> {
    let count = thread::available_parallelism().map_or(1, NonZero::get).min(MOST).min(useful);
    thread::scope(|scope| {
        let others: Vec<_> = (1..count).map(|_| scope.spawn(&work)).collect();
        let mut made = vec![work()];
        made.extend(others.into_iter().map(joined));
        made
    })
}

/// What a thread has made. A panic in it is a defect of this program, and surfaces here.
pub(crate) fn joined<T>(handle: ScopedJoinHandle<'_, T>) -> T {
    handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
