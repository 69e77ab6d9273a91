//! Pages for shops that have none of their own: each promises everything.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

/// A storefront that runs until the tests end. Every page `/p/SKU` says that SKU is in stock.
pub(crate) struct Pages {
    port: u16,
}

impl Pages {
    pub(crate) fn open() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        thread::spawn(move || {
            for visitor in listener.incoming().flatten() {
                thread::spawn(move || answer(visitor));
            }
        });
        Self { port }
    }

    /// The storefront, with a slash at the end.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }
}

/// One request, one answer. A visitor who goes away is no trouble.
fn answer(mut visitor: TcpStream) {
    let Ok(half) = visitor.try_clone() else { return };
    let mut lines = BufReader::new(half).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    let path = lines.next().and_then(|line| Some(line.split(' ').nth(1)?.to_owned())).unwrap_or_default();
    lines.for_each(drop);
    let (status, page) = match path.split('?').next().and_then(|path| path.strip_prefix("/p/")) {
        Some(sku) => ("200 OK", page(sku)),
        None => ("404 Not Found", String::new()),
    };
    let length = page.len();
    let _ = write!(
        visitor,
        "HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{page}"
    );
}

fn page(sku: &str) -> String {
    format!(
        r#"<!doctype html><html><head><title>{sku}</title><script type="application/ld+json">
{{"@context": "https://schema.org", "@type": "Product", "name": "{sku}", "sku": "{sku}",
  "offers": {{"@type": "Offer", "price": "9.90", "priceCurrency": "EUR", "availability": "https://schema.org/InStock"}}}}
</script></head><body><h1>{sku}</h1></body></html>"#
    )
}
