//! The real binary, started as a user would, in an environment of its own.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use regex::Regex;

/// The longest any run here may take.
const PATIENCE: Duration = Duration::from_secs(40);

/// One call of the program.
#[derive(Debug)]
pub(crate) struct Program(Command);

impl Program {
    /// `stocktruth`, called in a folder, with an empty environment but for HOME and TMPDIR in that folder.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self::of(Command::new(env!("CARGO_BIN_EXE_stocktruth")), folder)
    }

    /// A shell line in which `$0` is the program: for limits of the system.
    pub(crate) fn in_shell(line: &str, folder: &Path) -> Self {
        let mut command = Command::new("bash");
        command.args(["-c", line, env!("CARGO_BIN_EXE_stocktruth")]);
        Self::of(command, folder)
    }

    /// The example of this name, called in a folder. It is built first: `cargo test` has done so already, but who runs
    /// these tests alone would meet an old one, or none.
    pub(crate) fn example(name: &str, folder: &Path) -> Self {
        static BUILT: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
        let tests = std::env::current_exe().expect("this program has a place");
        let profile = tests.ancestors().nth(2).expect("target/debug/deps");
        let mut built = BUILT.lock().expect("no test failed while building");
        if built.insert(name.to_owned()) {
            let mut cargo = Command::new(env!("CARGO"));
            cargo.args(["build", "--quiet", "--example", name]).current_dir(env!("CARGO_MANIFEST_DIR"));
            cargo.arg("--target-dir").arg(profile.parent().expect("target"));
            if profile.ends_with("release") {
                cargo.arg("--release");
            }
            assert!(cargo.status().expect("cargo").success(), "the example {name} cannot be built");
        }
        let program = profile.join("examples").join(name).with_extension(std::env::consts::EXE_EXTENSION);
        Self::of(Command::new(program), folder)
    }

    fn of(mut command: Command, folder: &Path) -> Self {
        let temporary = folder.join("tmp");
        std::fs::create_dir_all(&temporary).expect("a folder");
        command.env_clear().env("HOME", folder.join("home")).env("TMPDIR", temporary).env("PATH", "/usr/bin:/bin");
        command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command)
    }

    pub(crate) fn args<A: Into<OsString>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.0.args(args.into_iter().map(Into::into));
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.0.env(name, value.into());
        self
    }

    /// Starts it and returns at once.
    pub(crate) fn start(mut self) -> Running {
        let begun = Instant::now();
        let mut child = self.0.spawn().expect("the program starts");
        let stdout = drain(child.stdout.take().expect("piped"));
        let stderr = drain(child.stderr.take().expect("piped"));
        Running { child, stdout, stderr, begun }
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Ran {
        self.start().end()
    }
}

fn drain(mut from: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        bytes
    })
}

/// A run that is under way.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    stdout: JoinHandle<Vec<u8>>,
    stderr: JoinHandle<Vec<u8>>,
    begun: Instant,
}

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal, by its name.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.pid().to_string()]).status().expect("kill");
        assert!(sent.success(), "the run had already ended");
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Ran {
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                break status;
            }
            if self.begun.elapsed() > PATIENCE {
                let _ = self.child.kill();
                let stderr = self.stderr.join().unwrap_or_default();
                panic!("the run did not end in time; it had said:\n{}", String::from_utf8_lossy(&stderr));
            }
            std::thread::sleep(Duration::from_millis(4));
        };
        let text = |bytes: JoinHandle<Vec<u8>>| String::from_utf8_lossy(&bytes.join().expect("bytes")).into_owned();
        let took = self.begun.elapsed();
        Ran { code: status.code(), stdout: text(self.stdout), stderr: text(self.stderr), took }
    }
}

/// A run that has ended.
#[derive(Clone, Debug)]
pub(crate) struct Ran {
    /// `None`: ended by a signal.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl Ran {
    /// Fails, with everything that was said, unless it ended with this code.
    #[track_caller]
    pub(crate) fn exits(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "\nstdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Fails unless all of these words stand in what it said on standard error.
    #[track_caller]
    pub(crate) fn complains<'w>(&self, words: impl IntoIterator<Item = &'w str>) -> &Self {
        self.says_in(&self.stderr, words)
    }

    /// Fails unless all of these words stand in what it said on standard output.
    #[track_caller]
    pub(crate) fn says<'w>(&self, words: impl IntoIterator<Item = &'w str>) -> &Self {
        self.says_in(&self.stdout, words)
    }

    #[track_caller]
    fn says_in<'w>(&self, text: &str, words: impl IntoIterator<Item = &'w str>) -> &Self {
        for words in words {
            assert!(text.contains(words), "{words:?} is not in:\nstdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        }
        self
    }
}

/// What a run said, without what differs from run to run: ports, times, process ids, folders.
pub(crate) fn scrubbed(text: &str, folder: &Path) -> String {
    let places = [folder.to_path_buf(), folder.canonicalize().unwrap_or_else(|_| PathBuf::from(folder))];
    let mut text = text.replace(env!("CARGO_BIN_EXE_stocktruth"), "stocktruth");
    for place in places {
        text = text.replace(&place.display().to_string(), "FOLDER");
    }
    for (pattern, word) in [
        (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
        (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?", "TIME"),
        (r"\d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d", "TIME"),
        (r"\b\d+\.\d+ s\b", "DURATION"),
        (r"process \d+ on [^,]+", "process PID on HOST"),
    ] {
        text = Regex::new(pattern).expect("a pattern").replace_all(&text, word).into_owned();
    }
    text
}
