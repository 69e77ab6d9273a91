//! A PostgreSQL server on loopback, from Debian's packages.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::kit;
use crate::process::{Server, free_port, output};

/// A database server with a fresh cluster, which runs until this goes out of scope. Its only user is `postgres`, whom
/// it believes without a password, and who may do everything.
///
/// ```ignore
/// if !kit::has("stock in a database", &["postgres"], &[]) {
///     return;
/// }
/// let server = Postgres::open();
/// server.create("erp");
/// server.run("erp", "create table stock (sku text primary key, quantity numeric)");
/// let url = server.url("erp");
/// ```
pub(crate) struct Postgres {
    port: u16,
    _server: Stopped,
    folder: TempDir,
}

/// Who the server runs as: it refuses to run as root.
#[derive(Clone, Copy)]
struct User {
    id: u32,
    group: u32,
}

impl Postgres {
    /// A fresh cluster, in about two seconds.
    pub(crate) fn open() -> Self {
        let folder = TempDir::new().expect("a folder");
        let user = user();
        if let Some(user) = user {
            chown(folder.path(), Some(user.id), Some(user.group)).expect("a folder of the server's own");
        }
        let data = folder.path().join("data");
        let mut init = program("initdb", user);
        init.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "-D"]);
        init.arg(&data).current_dir(folder.path());
        output(init);
        let port = free_port();
        let mut serve = program("postgres", user);
        serve.arg("-D").arg(&data).args(["-p", &port.to_string()]).current_dir(folder.path());
        // Nothing here need survive a power cut.
        let settings = "listen_addresses=127.0.0.1 unix_socket_directories= max_connections=200 shared_buffers=32MB \
                        fsync=off synchronous_commit=off full_page_writes=off";
        serve.args(settings.split_whitespace().flat_map(|setting| ["-c", setting]));
        let server = Server::start(serve, port, &folder.path().join("log"));
        let server = Self { port, _server: Stopped { server: Some(server), data, user }, folder };
        server.answers();
        server
    }

    /// How a program on this machine reaches one of its databases: `postgres://postgres@127.0.0.1:PORT/DATABASE`.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Its port on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Makes an empty database.
    pub(crate) fn create(&self, database: &str) {
        self.run("postgres", &format!("create database \"{database}\""));
    }

    /// Runs statements in a database, each by itself, and gives their rows: `a|b` a line, nothing else.
    pub(crate) fn run(&self, database: &str, sql: &str) -> String {
        let mut psql = self.psql(database);
        psql.args(["-v", "ON_ERROR_STOP=1", "-c", sql]);
        output(psql)
    }

    /// Writes a database into a file, as statements.
    pub(crate) fn dump(&self, database: &str, file: &Path) {
        let mut dump = program("pg_dump", None);
        dump.args(["--no-owner", "-d"]).arg(self.url(database)).arg("-f").arg(file);
        output(dump);
    }

    /// Fills an empty database from such a file.
    pub(crate) fn load(&self, database: &str, file: &Path) {
        let mut psql = self.psql(database);
        psql.args(["-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-1", "-f"]).arg(file);
        output(psql);
    }

    fn psql(&self, database: &str) -> Command {
        let mut psql = program("psql", None);
        psql.args(["-X", "-q", "-t", "-A", "-d"]).arg(self.url(database)).current_dir(self.folder.path());
        psql
    }

    /// Waits until it takes statements; it accepts connections a little earlier.
    fn answers(&self) {
        for _ in 0..100 {
            let asked = self.psql("postgres").args(["-c", "select 1"]).stderr(Stdio::null()).output();
            if asked.expect("psql").status.success() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!(
            "PostgreSQL takes no statements: {}",
            fs::read_to_string(self.folder.path().join("log")).expect("its log")
        );
    }
}

/// A server that is asked to stop before it is killed: killed, it would leave shared memory behind.
struct Stopped {
    server: Option<Server>,
    data: std::path::PathBuf,
    user: Option<User>,
}

impl Drop for Stopped {
    fn drop(&mut self) {
        let mut stop = program("pg_ctl", self.user);
        stop.args(["stop", "--silent", "--mode=immediate", "--timeout=10", "-D"]).arg(&self.data);
        let _ = stop.current_dir("/").stdout(Stdio::null()).stderr(Stdio::null()).status();
        drop(self.server.take());
    }
}

/// One of the server's programs, run by its own user where that is needed.
fn program(name: &str, user: Option<User>) -> Command {
    // The real folder: the server's user may not look below `target`.
    let folder = fs::canonicalize(kit::environment("postgres").join("bin")).expect("PostgreSQL's programs");
    let mut command = Command::new(folder.join(name));
    if let Some(user) = user {
        command.uid(user.id).gid(user.group).env("HOME", Path::new("/"));
    }
    command
}

/// The packages' own user, if we are root.
fn user() -> Option<User> {
    let id = |arguments: &[&str]| -> u32 {
        let mut command = Command::new("id");
        command.args(arguments);
        output(command).trim().parse().expect("a number")
    };
    (id(&["-u"]) == 0).then(|| User { id: id(&["-u", "postgres"]), group: id(&["-g", "postgres"]) })
}

#[test]
fn a_server_keeps_what_it_is_told_and_goes_away() {
    if !kit::has("a database server", &["postgres"], &[]) {
        return;
    }
    let server = Postgres::open();
    server.create("erp");
    server.run("erp", "create table stock (sku text primary key, quantity numeric)");
    server.run("erp", "insert into stock values ('A-1', 2.50), ('A-2', 0)");
    assert_eq!(server.run("erp", "select * from stock order by sku"), "A-1|2.50\nA-2|0\n");
    let port = server.port();
    drop(server);
    assert!(std::net::TcpStream::connect((std::net::Ipv4Addr::LOCALHOST, port)).is_err(), "still there");
}
