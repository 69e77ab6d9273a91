//! nginx as a page cache in front of a shop: what makes an honest shop lie.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use crate::process::{Server, free_port, output};

/// A page cache that runs until this goes out of scope.
pub(crate) struct Front {
    port: u16,
    _server: Server,
    folder: TempDir,
}

impl Front {
    /// Puts a cache in front of the shop on `shop`. It keeps pages for five minutes, whatever their headers and the
    /// visitor's cookies say, and lets the API and the basket pass.
    pub(crate) fn before(shop: u16) -> Self {
        let folder = TempDir::new().expect("a folder");
        let port = free_port();
        let config = folder.path().join("nginx.conf");
        fs::write(&config, configuration(&folder.path().display().to_string(), port, shop)).expect("nginx.conf");
        let mut nginx = Command::new("nginx");
        nginx.arg("-p").arg(folder.path()).arg("-c").arg(&config).arg("-e").arg(folder.path().join("error.log"));
        let server = Server::start(nginx, port, &folder.path().join("log"));
        Self { port, _server: server, folder }
    }

    /// The shop as its customers know it, with a slash at the end.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Forgets every page.
    pub(crate) fn purge(&self) {
        for entry in fs::read_dir(self.folder.path().join("cache")).expect("the cache") {
            fs::remove_dir_all(entry.expect("a folder of the cache").path()).expect("an emptied cache");
        }
    }
}

fn configuration(folder: &str, port: u16, shop: u16) -> String {
    // Started by root, nginx would drop to a user who may not write below a private folder.
    let user = output(who("-un"));
    let group = output(who("-gn"));
    format!(
        r#"
daemon off; worker_processes 1; pid {folder}/pid; user {user} {group};
events {{ worker_connections 256; }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  proxy_cache_path {folder}/cache levels=1 keys_zone=shop:5m inactive=60m;
  server {{
    listen 127.0.0.1:{port};
    proxy_set_header Host $http_host;
    location / {{
      proxy_pass http://127.0.0.1:{shop};
      proxy_cache shop; proxy_cache_key $request_uri; proxy_cache_valid 200 300s;
      proxy_ignore_headers Cache-Control Expires Set-Cookie Vary X-Accel-Expires;
      add_header X-Cache $upstream_cache_status always;
    }}
    location /api/ {{ proxy_pass http://127.0.0.1:{shop}; }}
    location /basket/ {{ proxy_pass http://127.0.0.1:{shop}; }}
  }}
}}
"#,
        user = user.trim(),
        group = group.trim(),
    )
}

fn who(what: &str) -> Command {
    let mut command = Command::new("id");
    command.arg(what);
    command
}
