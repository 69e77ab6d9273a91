//! Varnish as a page cache in front of a shop.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use crate::process::{Server, free_port, output};

/// A page cache that runs until this goes out of scope.
pub(crate) struct Varnish {
    port: u16,
    _server: Server,
    folder: TempDir,
}

impl Varnish {
    /// Puts a cache in front of the shop on `shop`. It keeps pages for five minutes, whatever their headers and the
    /// visitor's cookies say, and lets the API, the cart and the account pass.
    pub(crate) fn before(shop: u16) -> Self {
        let folder = TempDir::new().expect("a folder");
        let port = free_port();
        let rules = folder.path().join("shop.vcl");
        fs::write(&rules, RULES.replace("PORT", &shop.to_string())).expect("shop.vcl");
        let mut varnish = Command::new("varnishd");
        // In the foreground, so that it ends with the test.
        varnish.arg("-F").arg("-n").arg(folder.path().join("work")).arg("-f").arg(&rules);
        varnish.args(["-a", &format!("127.0.0.1:{port}"), "-s", "malloc,32m", "-p", "thread_pools=1"]);
        let server = Server::start(varnish, port, &folder.path().join("log"));
        Self { port, _server: server, folder }
    }

    /// The shop as its customers know it, with a slash at the end.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Forgets every page.
    pub(crate) fn purge(&self) {
        self.ban(&["obj.status", "!=", "0"]);
    }

    /// Forgets one page.
    pub(crate) fn purge_page(&self, path: &str) {
        self.ban(&["req.url", "==", path]);
    }

    fn ban(&self, what: &[&str]) {
        let mut ban = Command::new("varnishadm");
        ban.arg("-n").arg(self.folder.path().join("work")).arg("ban").args(what);
        output(ban);
    }
}

const RULES: &str = r#"
vcl 4.1;
backend default { .host = "127.0.0.1"; .port = "PORT"; }
sub vcl_recv {
  if (req.method != "GET" && req.method != "HEAD") { return (pass); }
  if (req.url ~ "^/(api|cart|checkout|account)(/|$|\?)") { return (pass); }
  unset req.http.Cookie;
  return (hash);
}
sub vcl_backend_response {
  if (beresp.status == 200 && !bereq.uncacheable) {
    unset beresp.http.Set-Cookie;
    unset beresp.http.Vary;
    unset beresp.http.Cache-Control;
    set beresp.ttl = 300s;
    set beresp.grace = 0s;
    return (deliver);
  }
}
sub vcl_deliver {
  if (obj.hits > 0) { set resp.http.X-Cache = "HIT"; } else { set resp.http.X-Cache = "MISS"; }
}
"#;
