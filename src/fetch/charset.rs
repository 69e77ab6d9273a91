//! Bytes → text.

use std::io::Read;

/// Decodes a whole body.
pub fn decode(bytes: &[u8], _content_type: Option<&str>) -> (String, &'static str) {
    (String::from_utf8_lossy(bytes).into_owned(), "UTF-8")
}

/// Yields a table's bytes as UTF-8.
pub fn reader(from: impl Read + Send + 'static, _label: Option<&str>) -> std::io::Result<Box<dyn Read + Send>> {
    Ok(Box::new(from))
}
