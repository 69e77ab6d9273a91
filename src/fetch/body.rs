//! Reads a body as a stream, with a cap that counts decompressed bytes: a gzip bomb and an endless page stop at it.

use reqwest::Response;
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;

use super::failure::{self, Trouble};
use crate::domain::PageFailure;

/// Where a body goes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sink {
    /// Sink memory; a body past so many bytes is a failure.
    Memory(u64),
    /// Sink memory; what comes after so many bytes is not read.
    Prefix(u64),
    /// Sink memory, as far as it comes within so many bytes: for who wants to know the status, and need not hear the rest.
    Remark(u64),
    /// Sink a temporary file; a body past so many bytes is a failure.
    File(u64),
}

/// A body that was read.
#[derive(Debug)]
pub(super) enum Body {
    Bytes(Vec<u8>),
    File(NamedTempFile),
}

/// Reads the body to its end or its cap.
pub(super) async fn read(mut response: Response, sink: Sink) -> Result<Body, Trouble> {
    match sink {
        Sink::Memory(cap) => {
            refuse_announced(&response, cap)?;
            let mut bytes = Vec::new();
            while let Some(piece) = next(&mut response).await? {
                refuse_past(cap, bytes.len() as u64 + piece.len() as u64)?;
                bytes.extend_from_slice(&piece);
            }
            Ok(Body::Bytes(bytes))
        }
        Sink::Prefix(cap) | Sink::Remark(cap) => {
            let cap = usize::try_from(cap).unwrap_or(usize::MAX);
            let mut bytes = Vec::new();
            while bytes.len() < cap
                && let Some(piece) = next(&mut response).await?
            {
                bytes.extend_from_slice(&piece);
            }
            bytes.truncate(cap);
            Ok(Body::Bytes(bytes))
        }
        Sink::File(cap) => {
            refuse_announced(&response, cap)?;
            let file = NamedTempFile::with_prefix("stocktruth-").map_err(Trouble::disk)?;
            let mut writer = tokio::fs::File::from_std(file.reopen().map_err(Trouble::disk)?);
            let mut length = 0;
            while let Some(piece) = next(&mut response).await? {
                length += piece.len() as u64;
                refuse_past(cap, length)?;
                writer.write_all(&piece).await.map_err(Trouble::disk)?;
            }
            writer.flush().await.map_err(Trouble::disk)?;
            Ok(Body::File(file))
        }
    }
}

async fn next(response: &mut Response) -> Result<Option<bytes::Bytes>, Trouble> {
    response.chunk().await.map_err(|error| Trouble::Page(failure::of_body(&error)))
}

/// An uncompressed body states its length; one past the cap need not be begun.
fn refuse_announced(response: &Response, cap: u64) -> Result<(), Trouble> {
    refuse_past(cap, response.content_length().unwrap_or(0))
}

fn refuse_past(cap: u64, length: u64) -> Result<(), Trouble> {
    if length > cap { Err(Trouble::Page(PageFailure::TooLarge { cap })) } else { Ok(()) }
}
