//! `stocktruth init`: a commented starter configuration.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};

use super::{Exit, Failure, args, terminal};
use crate::config;

pub(super) fn run(args: &args::Init) -> Result<Exit, Failure> {
    let file = &args.file;
    let mut options = OpenOptions::new();
    options.write(true);
    if args.force {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    let written = options.open(file).and_then(|mut to| to.write_all(config::STARTER.as_bytes()));
    match written {
        Ok(()) => {
            terminal::say(&format!(
                "wrote {0}\nnext: edit it, then  stocktruth validate -c {0} --connect  and  stocktruth check -c {0} --dry-run --limit 20",
                file.display()
            ));
            Ok(Exit::Agrees)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Failure::new(
            Exit::Usage,
            format!("{} exists already", file.display()),
            "name another file, or overwrite it with --force",
        )),
        Err(error) => Err(Failure::new(
            Exit::Usage,
            format!("{} could not be written: {error}", file.display()),
            "name a file in a folder that exists and may be written to",
        )),
    }
}
