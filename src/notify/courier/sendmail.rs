//! A sendmail-compatible program: Postfix, Exim, msmtp, OpenSMTPD.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::{Refusal, Way};
use crate::domain::Notice;

/// Exit codes of sysexits.h that speak of this recipient or message: `EX_DATAERR`, `EX_NOUSER`, `EX_NOHOST`.
const FOR_GOOD: [i32; 3] = [65, 67, 68];

pub(super) struct Sendmail {
    program: PathBuf,
    timeout: Duration,
}

impl Sendmail {
    pub(super) fn new(program: &Path, timeout: Duration) -> Self {
        Self { program: program.to_owned(), timeout }
    }

    fn refused(&self, what: &str) -> Refusal {
        Refusal::of_the_way(format!("{}: {what}; check mail.transport.sendmail.program", self.place()))
    }
}

#[async_trait]
impl Way for Sendmail {
    fn deadline(&self) -> Duration {
        self.timeout
    }

    async fn send(&self, notice: &Notice) -> Result<(), Refusal> {
        // -i: a line with a single dot is no end. The program is killed if the deadline passes.
        let mut child = Command::new(&self.program)
            .args(["-i", "-f", &notice.from, "--", &notice.to])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| self.refused(&error.to_string()))?;
        // Such programs speak the local convention of line ends.
        let message = String::from_utf8_lossy(&notice.message).replace("\r\n", "\n");
        let input = child.stdin.take();
        let write = async {
            // A program that refuses early closes its end; its exit code says why.
            if let Some(mut input) = input {
                let _closed_early = input.write_all(message.as_bytes()).await;
            }
        };
        let (output, ()) = tokio::join!(child.wait_with_output(), write);
        let output = output.map_err(|error| self.refused(&error.to_string()))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let what = format!("{} ended with {}: {}", self.place(), output.status, said.trim());
        let for_good = output.status.code().is_some_and(|code| FOR_GOOD.contains(&code));
        // Any other code may mean the recipient's server as well as the program's own.
        Err(if for_good { Refusal::of_the_recipient(what, false) } else { Refusal::of_the_way(what) })
    }

    async fn probe(&self) -> Result<String, Refusal> {
        let about = tokio::fs::metadata(&self.program).await.map_err(|error| self.refused(&error.to_string()))?;
        if !about.is_file() || !is_executable(&about) {
            return Err(self.refused("is no program that may be run"));
        }
        Ok(format!("{} is there and may be run", self.place()))
    }

    fn place(&self) -> String {
        format!("mail program {}", self.program.display())
    }
}

#[cfg(unix)]
fn is_executable(about: &std::fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_about: &std::fs::Metadata) -> bool {
    true
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::notify::courier::{Courier, Fault};
    use crate::notify::samples::notice;

    /// A courier with a shell script for a mail program.
    fn program(folder: &Path, script: &str, timeout: Duration) -> Courier {
        let path = folder.join("sendmail");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        Courier::of_mail(Box::new(Sendmail::new(&path, timeout)))
    }

    #[tokio::test]
    async fn arguments_and_message_arrive_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display();
        let courier =
            program(folder.path(), &format!("echo \"$@\" >{at}/args; cat >{at}/mail"), Duration::from_secs(10));
        courier.send(&notice()).await.unwrap();
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("args"), "-i -f stock@shop.test -- ops@shop.test\n");
        assert_eq!(read("mail").replace('\n', "\r\n").as_bytes(), notice().message);
        assert!(courier.probe().await.remove(0).1.unwrap().contains("may be run"));
    }

    #[tokio::test]
    async fn exit_codes_and_hanging_say_whether_it_may_be_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        for (script, temporary, said) in [
            ("echo 'ops@shop.test unknown' >&2; exit 67", false, "o…@shop.test unknown"),
            ("cat >/dev/null; exit 75", true, "exit status: 75"),
            ("exit 1", true, "exit status: 1"),
            ("exec sleep 60", true, "did not finish"),
        ] {
            let courier = program(folder.path(), script, Duration::from_millis(500));
            let refusal = courier.send(&notice()).await.unwrap_err();
            let fault = if temporary { Fault::Way } else { Fault::Recipient };
            assert_eq!((refusal.temporary, refusal.fault), (temporary, fault), "{script}: {refusal}");
            assert!(refusal.what.contains(said), "{refusal}");
        }
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_named() {
        let courier =
            Courier::of_mail(Box::new(Sendmail::new(Path::new("/nonexistent/sendmail"), Duration::from_secs(1))));
        assert!(courier.probe().await.remove(0).1.unwrap_err().contains("/nonexistent/sendmail"));
        assert!(courier.send(&notice()).await.unwrap_err().temporary);
    }
}
