//! A MariaDB server on loopback, from Debian's packages.

use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::process::{Server, free_port, output};

/// A database server that runs until this goes out of scope, with encryption by a certificate of its own for
/// `localhost`. Its user `root` has no password and may do everything.
pub(crate) struct Mariadb {
    port: u16,
    _server: Server,
    folder: TempDir,
}

impl Mariadb {
    /// A fresh server, in a few seconds.
    pub(crate) fn open() -> Self {
        let folder = TempDir::new().expect("a folder");
        let path = |name: &str| folder.path().join(name).display().to_string();
        let user = if output(command("id", &["-u"])).trim() == "0" { vec!["--user=root"] } else { Vec::new() };
        let mut install = command("mariadb-install-db", &["--no-defaults", "--auth-root-authentication-method=normal"]);
        install.args(["--skip-test-db".to_owned(), format!("--datadir={}", path("data"))]).args(&user);
        output(install);
        certificate(&folder.path().join("cert.pem"), &folder.path().join("key.pem"));
        let port = free_port();
        let mut serve = Command::new("/usr/sbin/mariadbd");
        // Nothing here need survive a power cut.
        serve.args([
            "--no-defaults",
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--innodb-flush-method=nosync",
        ]);
        serve.args([format!("--port={port}"), format!("--datadir={}", path("data"))]).args(&user);
        serve.args([format!("--socket={}", path("socket")), format!("--pid-file={}", path("pid"))]);
        serve.args([format!("--ssl-cert={}", path("cert.pem")), format!("--ssl-key={}", path("key.pem"))]);
        let server = Server::start(serve, port, &folder.path().join("log"));
        Self { port, _server: server, folder }
    }

    /// Its port on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Its Unix socket.
    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    /// The certificate it shows, to be trusted.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }

    /// Runs statements as `root` and gives their rows, tabs between the columns.
    pub(crate) fn run(&self, sql: &str) -> String {
        output(self.client(sql))
    }

    /// The client with statements that are not run yet.
    pub(crate) fn client(&self, sql: &str) -> Command {
        let mut client = command("mariadb", &["--no-defaults", "--user=root", "--batch", "--skip-column-names"]);
        client.arg(format!("--socket={}", self.socket().display())).args(["-e", sql]);
        client
    }
}

fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

/// A certificate for `localhost` that vouches for itself, and its key.
pub(crate) fn certificate(certificate: &std::path::Path, key: &std::path::Path) {
    let mut openssl = command("openssl", &["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]);
    openssl.args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]);
    openssl.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
    openssl.arg("-out").arg(certificate).arg("-keyout").arg(key);
    output(openssl);
}
