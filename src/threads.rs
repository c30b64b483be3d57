//! Waiting for threads.

use std::thread::ScopedJoinHandle;

/// What a thread has made. A panic in it is a defect of this program, and surfaces here.
pub(crate) fn joined<T>(handle: ScopedJoinHandle<'_, T>) -> T {
    handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
