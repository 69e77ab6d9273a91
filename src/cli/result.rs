//! Where the result of a check goes.

use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{Exit, Failure, args, terminal};
use crate::report::{self, Found, Look, ReportError};
use crate::run::{self, Outcome};
use crate::store::StoreError;

type Unwritten = ReportError<StoreError>;

/// Standard output, or a file that is replaced as a whole: a reader never sees half a result. Opened before the check, so
/// that a file that cannot be written is known before hours of work.
pub(super) enum Target {
    /// Standard output.
    Output,
    /// A file: what is written beside it until it is whole.
    File(PathBuf, NamedTempFile),
    /// A device or a pipe, which cannot be replaced.
    Device(PathBuf, File),
}

impl Target {
    /// Opens a file, or standard output where none is named.
    pub(super) fn open(file: Option<&Path>) -> Result<Self, Failure> {
        let Some(file) = file else { return Ok(Self::Output) };
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let opened = match std::fs::metadata(file) {
            Ok(there) if !there.is_file() => File::create(file).map(|to| Self::Device(file.to_owned(), to)),
            _ => NamedTempFile::new_in(folder).map(|beside| Self::File(file.to_owned(), beside)),
        };
        opened.map_err(|error| {
            Failure::new(
                Exit::Usage,
                format!("{} cannot be written: {}", file.display(), error.kind()),
                "name a file in a folder that exists and may be written to",
            )
        })
    }

    /// Whether it is a file, which must not keep an older result.
    pub(super) fn is_file(&self) -> bool {
        !matches!(self, Self::Output)
    }

    /// Writes the result.
    pub(super) fn write(self, outcome: &Outcome, format: args::Format, verbose: bool) -> Result<(), Failure> {
        let look = terminal::look(verbose);
        let plain = Look { colour: false, terminal: false, ..look };
        match self {
            Self::Output => match render(outcome, format, look, anstream::stdout()) {
                // A reader that went away is no trouble.
                Err(ReportError::Output(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
                other => other.map_err(|error| unwritten("the result", &error, outcome)),
            },
            Self::Device(path, to) => render(outcome, format, plain, to)
                .map_err(|error| unwritten(&path.display().to_string(), &error, outcome)),
            Self::File(path, beside) => render(outcome, format, plain, beside.as_file())
                .and_then(|()| beside.persist(&path).map(drop).map_err(|error| ReportError::Output(error.error)))
                .map_err(|error| unwritten(&path.display().to_string(), &error, outcome)),
        }
    }
}

fn unwritten(what: &str, error: &Unwritten, outcome: &Outcome) -> Failure {
    let recorded = if outcome.summary.run > 0 { "the check itself is done and recorded; " } else { "" };
    Failure::new(
        Exit::NotEnough,
        format!("{what} could not be written: {error}"),
        format!("{recorded}free space or name another file with --output, then run it again"),
    )
}

fn render(outcome: &Outcome, format: args::Format, look: Look, to: impl Write) -> Result<(), Unwritten> {
    let mut out = BufWriter::new(to);
    let mut rows = outcome.sheets.iter().flat_map(run::ranked);
    let shops = outcome.summary.shops.iter().map(|shop| shop.shop.as_str());
    let mut findings = shops.zip(&outcome.sheets).flat_map(|(shop, sheet)| {
        run::findings(sheet).map(move |finding| finding.map(|finding| (shop.to_owned(), finding)))
    });
    let found = Found { items: &mut rows, findings: &mut findings };
    report::write(format.into(), found, &outcome.summary, look, &mut out)?;
    out.flush().map_err(ReportError::Output)
}
