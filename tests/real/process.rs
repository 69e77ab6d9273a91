//! Servers that end with the test that started them.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// A server and everything it started: one process group, killed when this goes out of scope.
pub(crate) struct Server {
    child: Child,
    log: PathBuf,
}

impl Server {
    /// Starts it and waits until it accepts connections on `port`. What it says goes to `log`.
    pub(crate) fn start(mut command: Command, port: u16, log: &Path) -> Self {
        let said = File::create(log).expect("a log");
        command.stdin(Stdio::null()).stdout(said.try_clone().expect("the log")).stderr(said).process_group(0);
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut server = Self { child, log: log.to_owned() };
        for _ in 0..600 {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return server;
            }
            if let Some(status) = server.child.try_wait().expect("the server's state") {
                panic!("{command:?} ended with {status}: {}", server.said());
            }
            sleep(Duration::from_millis(100));
        }
        panic!("{command:?} does not listen on port {port}: {}", server.said());
    }

    fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The shell's own `kill`: the program is missing from small systems.
        let _ = Command::new("bash").args(["-c", "kill -KILL -- -$0", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// A port nobody listens on.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// Runs a command to its end and gives what it wrote to standard output.
pub(crate) fn output(mut command: Command) -> String {
    let done = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(done.status.success(), "{command:?} ended with {}: {}", done.status, String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("UTF-8")
}
