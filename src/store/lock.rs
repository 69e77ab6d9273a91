//! Two runs of one configuration never overlap.
//!
//! The lock is the operating system's on `<file>.lock`, so it is gone with its holder however that ended; the file
//! itself stays, and what it says of a former holder means nothing once the lock can be taken.

use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::PathBuf;
use std::time::Duration;
use std::{fmt, io};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Options, make_folder, private};
use crate::domain::clock::Clock;

/// Longest command line that is written down.
const COMMAND_LENGTH: usize = 200;

/// Held as long as this value lives.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Process id on that host.
    pub pid: u32,
    /// Host name.
    pub host: String,
    /// Since when.
    pub since: Timestamp,
    /// How it was called; addresses without user, password and query.
    pub command: String,
}

/// Why the lock could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another run holds it.
    #[error("another run holds {}: {}; wait for it to end, or stop it", file.display(), WhoEver(by))]
    Held {
        /// The lock file.
        file: PathBuf,
        /// Who, if they have said so.
        by: Option<Holder>,
    },
    /// The file cannot be made or locked.
    #[error("the lock {} could not be taken: {why}; give this user the right to write the file and its folder", file.display())]
    Failed {
        /// The lock file.
        file: PathBuf,
        /// What the system said.
        why: io::Error,
    },
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {} on {}, since {:.0}, called as `{}`", self.pid, self.host, self.since, self.command)
    }
}

struct WhoEver<'a>(&'a Option<Holder>);

impl fmt::Display for WhoEver<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(holder) => holder.fmt(f),
            None => f.write_str("it has not said who it is"),
        }
    }
}

/// Takes the lock beside the database and writes down who holds it. Never waits.
///
/// # Errors
/// [`LockError::Held`] if another run has it; [`LockError::Failed`] if the file cannot be made or locked.
pub fn lock(options: &Options, clock: &Clock) -> Result<Lock, LockError> {
    let path = place(options);
    let failed = |why| LockError::Failed { file: path.clone(), why };
    make_folder(&path).map_err(|(_, why)| failed(why))?;
    let mut file = private().read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(LockError::Held { by: holder(&mut file), file: path }),
        Err(TryLockError::Error(why)) => return Err(failed(why)),
    }
    let holder =
        Holder { pid: std::process::id(), host: host(), since: clock.now(), command: command(std::env::args()) };
    if let Err(why) = introduce(&mut file, &holder) {
        // The lock holds all the same; a second run will only not learn by whom.
        tracing::warn!(file = %path.display(), %why, "could not write down who holds the lock");
    }
    Ok(Lock { file })
}

/// The run that is under way, if there is one. Where nobody wrote their name down the lock is not tried, so that no run is
/// kept from beginning by the question.
pub fn under_way(options: &Options) -> Option<Holder> {
    let mut file = File::open(place(options)).ok()?;
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    let holder = serde_json::from_str(&text).ok()?;
    // One that was killed leaves its name behind, and the lock free.
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)).then_some(holder)
}

fn place(options: &Options) -> PathBuf {
    let mut name = options.file.clone().into_os_string();
    name.push(".lock");
    name.into()
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A holder that goes in order leaves no name behind. If this fails the next holder writes over it.
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}

fn introduce(file: &mut File, holder: &Holder) -> io::Result<()> {
    let text = serde_json::to_string(holder)?;
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(text.as_bytes())
}

/// What the lock's file says of its holder. One that has only just taken it may need a moment to write it down.
fn holder(file: &mut File) -> Option<Holder> {
    for _ in 0..5 {
        let mut text = String::new();
        if file.rewind().and_then(|()| file.read_to_string(&mut text)).is_ok()
            && let Ok(holder) = serde_json::from_str(&text)
        {
            return Some(holder);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    None
}

fn host() -> String {
    ["/proc/sys/kernel/hostname", "/etc/hostname"]
        .into_iter()
        .find_map(|file| std::fs::read_to_string(file).ok())
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "this host".to_owned())
}

/// The command line as it may be shown to others.
fn command(words: impl Iterator<Item = String>) -> String {
    let words: Vec<String> = words.map(without_secrets).collect();
    let mut line = words.join(" ");
    if let Some((end, _)) = line.char_indices().nth(COMMAND_LENGTH) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// An address may carry a password or a token; nothing else on our command line does.
fn without_secrets(word: String) -> String {
    let (option, value) = match word.split_once('=') {
        Some((option, value)) if option.starts_with('-') => (format!("{option}="), value),
        _ => (String::new(), word.as_str()),
    };
    match Url::parse(value) {
        Ok(url) if url.has_host() => {
            let path = url.path();
            format!("{option}{}://{}{path}", url.scheme(), url.host_str().unwrap_or_default())
        }
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufRead as _;

    use super::*;

    fn options(folder: &tempfile::TempDir) -> Options {
        Options { file: folder.path().join("deep/store.db"), keep: Duration::from_secs(1) }
    }

    fn clock() -> Clock {
        Clock::fixed("2026-06-01T12:00:00.5Z".parse().unwrap())
    }

    #[test]
    fn a_second_run_is_told_who_is_there_and_the_lock_goes_with_its_holder() {
        let folder = tempfile::tempdir().unwrap();
        let first = lock(&options(&folder), &clock()).unwrap();
        let refused = lock(&options(&folder), &clock()).unwrap_err();
        let LockError::Held { by: Some(by), .. } = &refused else { panic!("{refused}") };
        assert_eq!(by.pid, std::process::id());
        assert!(refused.to_string().contains(&format!("process {} on {}", by.pid, by.host)), "{refused}");
        assert!(refused.to_string().contains("since 2026-06-01T12:00:00Z"), "{refused}");
        assert_eq!(under_way(&options(&folder)).map(|holder| holder.pid), Some(std::process::id()));
        drop(first);
        assert_eq!(under_way(&options(&folder)), None);
        lock(&options(&folder), &clock()).unwrap();
    }

    #[test]
    fn a_killed_holder_leaves_nothing_that_has_to_be_cleared() {
        let folder = tempfile::tempdir().unwrap();
        let mut child = crate::store::tests::child("store::lock::tests::holds_a_lock_until_killed", &folder);
        let mut said = io::BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(said.any(|line| line.unwrap().contains("held")), "the child took the lock");
        let refused = lock(&options(&folder), &clock()).unwrap_err();
        assert!(matches!(&refused, LockError::Held { by: Some(by), .. } if by.pid == child.id()), "{refused}");
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(under_way(&options(&folder)), None, "its name is left, but not the lock");
        lock(&options(&folder), &clock()).unwrap();
    }

    #[test]
    #[ignore = "the other process of the test above"]
    fn holds_a_lock_until_killed() {
        let Some(folder) = crate::store::tests::folder_from_parent() else { return };
        let _lock = lock(&Options { file: folder.join("deep/store.db"), keep: Duration::ZERO }, &clock()).unwrap();
        println!("held");
        std::thread::sleep(Duration::from_secs(60));
    }

    #[test]
    fn a_holder_that_wrote_nothing_is_still_a_holder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/store.db.lock");
        drop(lock(&options(&folder), &clock()).unwrap());
        std::fs::write(&path, "{\"pid\":1,").unwrap();
        let other = File::open(&path).unwrap();
        other.lock().unwrap();
        let refused = lock(&options(&folder), &clock()).unwrap_err();
        assert!(matches!(refused, LockError::Held { by: None, .. }), "{refused}");
    }

    #[test]
    fn what_others_may_see_of_a_command_line() {
        let words = ["stocktruth", "check", "--url=https://u:secret@shop.example/p/1?token=secret", "--sku", "A=1"];
        let line = command(words.into_iter().map(str::to_owned));
        assert_eq!(line, "stocktruth check --url=https://shop.example/p/1 --sku A=1");
        assert!(command(std::iter::repeat_n("ש".repeat(60), 9)).chars().count() <= COMMAND_LENGTH + 1);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let options = Options { file: "/proc/no/store.db".into(), keep: Duration::ZERO };
        let refused = lock(&options, &clock()).unwrap_err().to_string();
        assert!(refused.contains("/proc/no/store.db.lock could not be taken"), "{refused}");
    }
}
