//! A command that writes the table: what reaches SFTP, FTP and everything else that the machine knows how to reach.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use secrecy::ExposeSecret;
use tempfile::NamedTempFile;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

use super::super::{CommandOptions, StockError};

/// Bytes of its last words that are kept.
const LAST_WORDS: usize = 4096;
/// Lines of them that are shown, and letters of each.
const LINES: usize = 3;
const LETTERS: usize = 200;

/// What the command is called in messages: its program, for the arguments may hold what is not for everybody.
pub(super) fn name(options: &CommandOptions) -> String {
    let program = options.words.first().map(String::as_str).unwrap_or_default();
    let name = Path::new(program).file_name().and_then(OsStr::to_str).unwrap_or(program);
    format!("`{name}`")
}

/// Runs it to its end and gives its whole output.
///
/// # Errors
/// It cannot be started, does not end in time, writes too much, or ends with a code other than 0.
pub(super) async fn run(options: &CommandOptions) -> Result<NamedTempFile, StockError> {
    let failed = |what: String| StockError::Command { name: name(options), what };
    let on_disk = |error: std::io::Error| StockError::Machine {
        doing: "keeping a command's output in a temporary file",
        what: error.to_string(),
    };
    let Some((program, arguments)) = options.words.split_first() else {
        return Err(failed("is not named".to_owned()));
    };
    let mut command = Command::new(program);
    command.args(arguments).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.envs(options.environment.iter().map(|(name, value)| (name, value.expose_secret()))).kill_on_drop(true);
    let mut file = NamedTempFile::new().map_err(on_disk)?;
    let mut child = command.spawn().map_err(|error| failed(format!("cannot be started: {error}")))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let copying = async {
        let Some(mut stdout) = stdout else { return Ok(()) };
        let mut chunk = vec![0; 64 * 1024];
        let mut size = 0_u64;
        loop {
            let read = stdout.read(&mut chunk).await.map_err(|error| failed(format!("cannot be read: {error}")))?;
            if read == 0 {
                return Ok(());
            }
            size += read as u64;
            if size > options.max_size {
                return Err(failed(format!("wrote more than {} bytes (max_size)", options.max_size)));
            }
            file.write_all(chunk.get(..read).unwrap_or_default()).map_err(on_disk)?;
        }
    };
    let ending = async {
        let ((), said) = tokio::try_join!(copying, async { Ok(last_words(stderr).await) })?;
        let secrets: Vec<&str> = options.environment.iter().map(|(_, value)| value.expose_secret()).collect();
        let said = crate::stock::api::masked(&said, &secrets);
        let status = child.wait().await.map_err(|error| failed(format!("cannot be waited for: {error}")))?;
        Ok::<_, StockError>((status, said))
    };
    let late = |_| failed(format!("did not end within {} s (timeout)", options.timeout.as_secs_f64()));
    let (status, said) = tokio::time::timeout(options.timeout, ending).await.map_err(late)??;
    if !status.success() {
        let code =
            status.code().map_or_else(|| "was killed by a signal".to_owned(), |code| format!("ended with {code}"));
        return Err(failed(if said.is_empty() {
            format!("{code} and said nothing")
        } else {
            format!("{code}: {said}")
        }));
    }
    Ok(file)
}

/// The last lines of what it says on its standard error, in one line.
async fn last_words(from: Option<impl AsyncRead + Unpin>) -> String {
    let mut kept: VecDeque<u8> = VecDeque::with_capacity(LAST_WORDS);
    let Some(mut from) = from else { return String::new() };
    let mut chunk = [0; 1024];
    while let Ok(read @ 1..) = from.read(&mut chunk).await {
        kept.extend(chunk.get(..read).unwrap_or_default());
        kept.drain(..kept.len().saturating_sub(LAST_WORDS));
    }
    let text = String::from_utf8_lossy(kept.make_contiguous()).into_owned();
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let last = lines.get(lines.len().saturating_sub(LINES)..).unwrap_or_default();
    let short = |line: &&str| line.chars().filter(|c| !c.is_control()).take(LETTERS).collect::<String>();
    last.iter().map(short).collect::<Vec<_>>().join(" / ")
}
