//! What a fixture server says to one request.

use std::io::Write;
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use flate2::write::GzEncoder;
use flate2::{Compress, Compression, FlushCompress};
use futures::StreamExt;
use serde_json::Value;

const MIB: usize = 1 << 20;

/// One answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    content: Content,
    delay: Duration,
}

#[derive(Clone, Debug)]
enum Content {
    Whole(Vec<u8>),
    /// These bytes, then the line breaks.
    Torn(Vec<u8>),
    /// So many MiB of a page, streamed.
    Long(usize),
    /// Never anything.
    Silence,
}

impl Answer {
    pub(crate) fn new(kind: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type".to_owned(), kind.to_owned())];
        Self { status: 200, headers, content: Content::Whole(body.into()), delay: Duration::ZERO }
    }

    pub(crate) fn html(body: impl Into<Vec<u8>>) -> Self {
        Self::new("text/html; charset=utf-8", body)
    }

    pub(crate) fn json(body: &Value) -> Self {
        Self::new("application/json", body.to_string())
    }

    pub(crate) fn text(body: impl Into<Vec<u8>>) -> Self {
        Self::new("text/plain; charset=utf-8", body)
    }

    /// A status and hardly anything else.
    pub(crate) fn of_status(status: u16) -> Self {
        Self { status, ..Self::html(format!("<html><head><title>{status}</title></head><body>{status}</body></html>")) }
    }

    pub(crate) fn redirect(to: &str) -> Self {
        Self::of_status(302).header("location", to)
    }

    /// The connection stands, and nothing comes.
    pub(crate) fn silence() -> Self {
        Self { content: Content::Silence, ..Self::html("") }
    }

    /// The body breaks off after these bytes.
    pub(crate) fn torn(kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { content: Content::Torn(body.into()), ..Self::new(kind, "") }
    }

    /// A page that goes on for so many MiB.
    pub(crate) fn long(mib: usize) -> Self {
        Self { content: Content::Long(mib), ..Self::html("") }
    }

    /// The answer's body as gzip.
    pub(crate) fn gzipped(self) -> Self {
        let Content::Whole(body) = &self.content else { panic!("only a whole body is gzipped") };
        let packed = gzip(body);
        Self { content: Content::Whole(packed), ..self }.header("content-encoding", "gzip")
    }

    /// So many MiB of blanks in about a thousandth of the bytes.
    pub(crate) fn gzip_bomb(mib: usize) -> Self {
        // One block of deflate that ends on a whole byte may be repeated (RFC 1951 section 3.2.3).
        let mut block = Vec::with_capacity(MIB);
        let packed =
            Compress::new(Compression::fast(), false).compress_vec(&vec![b' '; MIB], &mut block, FlushCompress::Full);
        assert!(packed.is_ok() && block.len() < MIB / 100);
        let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
        Self::html([head.to_vec(), block.repeat(mib)].concat()).header("content-encoding", "gzip")
    }

    pub(crate) fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    pub(super) async fn respond(self) -> Response {
        tokio::time::sleep(self.delay).await;
        let body = match self.content {
            Content::Whole(body) => Body::from(body),
            Content::Torn(body) => {
                // A moment later, so that the beginning has left the house.
                let cut = async {
                    tokio::time::sleep(Duration::from_millis(30)).await;
                    Err(std::io::Error::other("cut"))
                };
                Body::from_stream(futures::stream::iter([Ok(body)]).chain(futures::stream::once(cut)))
            }
            Content::Long(mib) => {
                let more = vec![b'.'; MIB];
                Body::from_stream(futures::stream::iter((0..mib).map(move |_| Ok::<_, std::io::Error>(more.clone()))))
            }
            Content::Silence => std::future::pending().await,
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).expect("a status");
        for (name, value) in &self.headers {
            let name: axum::http::HeaderName = name.parse().expect("a header name");
            response.headers_mut().append(name, value.parse().expect("a header value"));
        }
        response
    }
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).expect("memory");
    packer.finish().expect("memory")
}
