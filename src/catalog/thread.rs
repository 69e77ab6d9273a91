//! Files are read on a thread of their own; what they hold comes over a channel of fixed length.

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::CatalogError;

/// Entries that may wait to be taken.
const WAITING: usize = 256;

/// A reader on its thread.
pub(super) struct Reading<T> {
    found: mpsc::Receiver<T>,
    thread: Option<JoinHandle<()>>,
}

impl<T: Send + 'static> Reading<T> {
    /// Starts it. Where [`Out::send`] says `false` nobody listens any more, and the reader should return.
    pub(super) fn start(read: impl FnOnce(&Out<T>) + Send + 'static) -> Self {
        let (sender, found) = mpsc::channel(WAITING);
        Self { found, thread: Some(tokio::task::spawn_blocking(move || read(&Out(sender)))) }
    }

    /// The next thing found; `None` after the last.
    pub(super) async fn next(&mut self) -> Option<Result<T, CatalogError>> {
        if let Some(found) = self.found.recv().await {
            return Some(Ok(found));
        }
        // A reader that was cut down must not look like one that came to the end.
        let ended = self.thread.take()?.await;
        ended.err().map(|error| Err(CatalogError::Reader(error.to_string())))
    }
}

/// Where a reader puts what it finds.
pub(super) struct Out<T>(mpsc::Sender<T>);

impl<T> Out<T> {
    /// Waits while the channel is full; `false` once nobody listens any more.
    pub(super) fn send(&self, found: T) -> bool {
        self.0.blocking_send(found).is_ok()
    }
}
