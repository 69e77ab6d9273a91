//! Where words reach the person: standard output, standard error, and how wide and colourful they may be.

use std::io::{self, IsTerminal, Write};

use tracing_subscriber::EnvFilter;

use super::{Exit, Failure};
use crate::report::Look;

/// Says on standard error what went wrong and what to do.
pub(super) fn complain(what: &str, help: &str) {
    let mut stderr = anstream::stderr();
    let bold = anstyle::Style::new().bold().fg_color(Some(anstyle::AnsiColor::Red.into()));
    let _ = writeln!(stderr, "{bold}error{bold:#}: {what}");
    if !help.is_empty() {
        let _ = writeln!(stderr, " help: {help}");
    }
}

/// Says a sentence on standard error.
pub(super) fn remark(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Writes to standard output. A reader that went away is no trouble.
pub(super) fn say(text: &str) {
    let _ = writeln!(anstream::stdout(), "{text}");
}

/// Writes a whole document to standard output, as it is.
pub(super) fn hand_out(document: &[u8]) -> Result<(), Failure> {
    written(document, &mut io::stdout().lock()).map_err(|error| {
        let what = format!("standard output could not be written: {error}");
        Failure::new(Exit::NotEnough, what, "see whether the disk is full")
    })
}

/// A reader that has seen enough (`| head`) is no trouble.
fn written(document: &[u8], out: &mut dyn Write) -> io::Result<()> {
    match out.write_all(document).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}

/// How a report on standard output may look.
pub(super) fn look(verbose: bool) -> Look {
    let terminal = io::stdout().is_terminal();
    let colour = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
    Look { colour: terminal && colour, width: width(), verbose, terminal }
}

/// Whether progress may be shown.
pub(super) fn shows_progress() -> bool {
    io::stderr().is_terminal()
}

fn width() -> usize {
    terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0))
}

/// Logs to standard error: warnings, with `-v` what happens, with `-vv` every request.
pub(super) fn start_logging(verbosity: u8) {
    let level = match verbosity {
        0 => "stocktruth=warn",
        1 => "stocktruth=info",
        _ => "stocktruth=debug",
    };
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(level))
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false)
        .without_time()
        .finish();
    let _ = tracing::subscriber::set_global_default(subscriber);
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Full(io::ErrorKind);

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_went_away_is_no_trouble_and_a_full_disk_is() {
        assert!(written(b"page", &mut Full(io::ErrorKind::BrokenPipe)).is_ok());
        assert!(written(b"page", &mut Full(io::ErrorKind::StorageFull)).is_err());
    }
}
