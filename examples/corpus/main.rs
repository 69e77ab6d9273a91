//! How well pages are read: holds the reader's claims against a folder of labelled pages.
//!
//! ```text
//! cargo run --release --example corpus -- FOLDER [--json] [--predictions FILE]
//! ```
//!
//! `FOLDER/truth.json` is a list of `{"page", "url", "published_label", "read_label"}`; `lang`, `class` and `signal` are
//! shown where they are given. `page` names an HTML file, gzipped or not, in `FOLDER/pages/` or in `FOLDER`. A label is
//! a schema.org availability, or for a page that promises nothing `Unknown` or the reason (`captcha`, `login`);
//! `read_label` is what a person saw on the page, and the published label where it is missing.
//!
//! Exit codes: 0 measured, 2 nothing could be measured.

mod figures;
mod json;
mod labels;
mod pages;
mod text;

use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use stocktruth::claims::{Options, Reader};
use stocktruth::domain::clock::Clock;

use pages::{Read, Took};

/// Holds the reader's claims against a folder of labelled pages.
#[derive(Parser)]
#[command(name = "corpus")]
struct Arguments {
    /// Folder with a truth.json, and the pages beside it or in its folder `pages`
    folder: PathBuf,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
    /// Write what was read of each page to this file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,
}

/// What is printed.
struct Measured {
    folder: PathBuf,
    pages: Vec<Read>,
    took: Took,
}

fn main() -> ExitCode {
    match measure(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            let _ = writeln!(io::stderr(), "error: {trouble}");
            ExitCode::from(2)
        }
    }
}

fn measure(arguments: &Arguments) -> Result<(), String> {
    let entries = labels::read(&arguments.folder)?;
    let mut predictions = arguments.predictions.as_deref().map(create).transpose()?;
    let reader = Reader::new(&Options::default()).map_err(|error| error.to_string())?;
    let now = Clock::system().now();
    let mut measured = Measured { folder: arguments.folder.clone(), pages: Vec::new(), took: Took::default() };
    for entry in entries {
        let read = pages::read(&reader, &arguments.folder, entry, now, &mut measured.took);
        if let (Some(file), Some(path)) = (&mut predictions, arguments.predictions.as_deref()) {
            writeln!(file, "{}", json::prediction(&read)).map_err(|error| cannot_write(path, error))?;
        }
        measured.pages.push(read);
    }
    if let (Some(mut file), Some(path)) = (predictions, arguments.predictions.as_deref()) {
        file.flush().map_err(|error| cannot_write(path, error))?;
    }
    if let Some(why) = measured.nothing_read() {
        return Err(why);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    // A reader that went away is no trouble.
    let _ = if arguments.json { json::write(&measured, &mut out) } else { text::write(&measured, &mut out) };
    let _ = out.flush();
    Ok(())
}

impl Measured {
    /// Why there is nothing to measure, if not one page could be read.
    fn nothing_read(&self) -> Option<String> {
        let first = self.pages.iter().map(|page| page.outcome.as_ref().err()).collect::<Option<Vec<_>>>()?;
        let example = first.first().map_or_else(String::new, |why| format!("; the first: {why}"));
        Some(format!("none of the {} pages of truth.json could be read{example}", self.pages.len()))
    }
}

fn create(path: &Path) -> Result<BufWriter<File>, String> {
    File::create(path).map(BufWriter::new).map_err(|error| cannot_write(path, error))
}

fn cannot_write(path: &Path, error: impl Display) -> String {
    format!("cannot write {}: {error}; name a file in a folder that exists and can be written to", path.display())
}
