//! What a bulk reading has told so far, on disk, so that a run that dies is gone on with by the next one.
//!
//! An append-only file of JSON lines: a head, records, and a checkpoint after each part that was told whole. Only what
//! stands before the last checkpoint is used again, so a line that was cut off by a kill does no harm. A reading that
//! never gives a checkpoint leaves no file; one that came to its end takes it away.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::record::{Record, Told};

/// How old a reading may be that is gone on with. What it told is no older than that when it is used.
const RESUME_WITHIN: SignedDuration = SignedDuration::from_hours(1);
/// Records that are held until the first checkpoint; a reading that gives none by then is not made to be gone on with.
const PATIENCE: usize = 5_000;

/// One line of the file.
#[derive(Serialize, Deserialize)]
enum Line {
    /// The first one.
    Head {
        /// The source's options as a number: other options, another reading.
        options: u64,
        begun_at: Timestamp,
    },
    Record(Record),
    Checkpoint(String),
}

/// Where a reading stands.
pub(super) struct Spool {
    path: PathBuf,
    head: Line,
    state: State,
}

enum State {
    /// No checkpoint yet.
    Waiting(Vec<Record>),
    Writing(BufWriter<File>),
    /// There is nothing to be gone on with, or the disk does not take it.
    Off,
}

/// An earlier reading that died.
pub(super) struct Earlier {
    lines: io::Lines<BufReader<File>>,
    /// How many lines stand before its last checkpoint.
    whole: usize,
    /// From where to go on.
    pub(super) checkpoint: String,
}

impl Earlier {
    /// Its records that are whole.
    pub(super) fn records(self) -> impl Iterator<Item = Record> {
        self.lines.take(self.whole).filter_map(|line| match serde_json::from_str(&line.ok()?) {
            Ok(Line::Record(record)) => Some(record),
            _ => None,
        })
    }
}

impl Spool {
    /// Opens the spool of a source, and what an earlier reading left in it, if that is young enough and of the same
    /// options.
    pub(super) fn open(path: &Path, options: u64, now: Timestamp) -> (Self, Option<Earlier>) {
        let earlier = read(path, options, now);
        let head = Line::Head { options, begun_at: now };
        let state = match &earlier {
            None => State::Waiting(Vec::new()),
            // What is told from now on stands after what was told then.
            Some((_, end)) => match go_on(path, *end) {
                Ok(file) => State::Writing(file),
                Err(_) => State::Off,
            },
        };
        (Self { path: path.to_owned(), head, state }, earlier.map(|(earlier, _)| earlier))
    }

    /// Notes what was told. A disk that does not take it only means that this reading cannot be gone on with.
    pub(super) fn note(&mut self, told: &Told, now: Timestamp) {
        let kept = match (&mut self.state, told) {
            (State::Off, _) => Ok(()),
            (State::Waiting(records), Told::Item(record)) => {
                records.push(dated(record, now));
                if records.len() > PATIENCE {
                    self.state = State::Off;
                }
                Ok(())
            }
            (State::Waiting(records), Told::Checkpoint(checkpoint)) => {
                let records = std::mem::take(records);
                self.begin(records, checkpoint).map(|file| self.state = State::Writing(file))
            }
            (State::Writing(file), Told::Item(record)) => write(file, &Line::Record(dated(record, now))),
            (State::Writing(file), Told::Checkpoint(checkpoint)) => {
                write(file, &Line::Checkpoint(checkpoint.clone())).and_then(|()| file.flush())
            }
        };
        if let Err(error) = kept {
            tracing::warn!("{}: {error}; should this run die, the next one begins anew", self.path.display());
            self.state = State::Off;
        }
    }

    fn begin(&self, records: Vec<Record>, checkpoint: &str) -> io::Result<BufWriter<File>> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = BufWriter::new(options.open(&self.path)?);
        write(&mut file, &self.head)?;
        for record in records {
            write(&mut file, &Line::Record(record))?;
        }
        write(&mut file, &Line::Checkpoint(checkpoint.to_owned()))?;
        file.flush()?;
        Ok(file)
    }

    /// The reading came to its end.
    pub(super) fn finish(self) {
        drop(self.state);
        // Where it was never made there is nothing to take away.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// A record keeps the time it was read at.
fn dated(record: &Record, now: Timestamp) -> Record {
    Record { as_of: record.as_of.or(Some(now)), ..record.clone() }
}

fn write(file: &mut BufWriter<File>, line: &Line) -> io::Result<()> {
    serde_json::to_writer(&mut *file, line)?;
    file.write_all(b"\n")
}

/// An earlier reading, and the byte at which its last checkpoint ends.
fn read(path: &Path, options: u64, now: Timestamp) -> Option<(Earlier, u64)> {
    let mut reader = BufReader::new(File::open(path).ok()?);
    let mut line = String::new();
    let mut end = reader.read_line(&mut line).ok()? as u64;
    match serde_json::from_str(&line).ok()? {
        Line::Head { options: theirs, begun_at }
            if theirs == options && now.duration_since(begun_at) <= RESUME_WITHIN && begun_at <= now => {}
        _ => return None,
    }
    let (mut lines, mut whole, mut at, mut checkpoint) = (0, 0, end, None);
    loop {
        line.clear();
        let length = reader.read_line(&mut line).ok()? as u64;
        if !line.ends_with('\n') {
            break;
        }
        (lines, at) = (lines + 1, at + length);
        if line.starts_with("{\"Checkpoint\"")
            && let Ok(Line::Checkpoint(found)) = serde_json::from_str(&line)
        {
            (checkpoint, whole, end) = (Some(found), lines, at);
        }
    }
    let checkpoint = checkpoint?;
    let mut file = reader.into_inner();
    file.seek(SeekFrom::Start(0)).ok()?;
    let mut all = BufReader::new(file).lines();
    all.next()?.ok()?;
    Some((Earlier { lines: all, whole, checkpoint }, end))
}

fn go_on(path: &Path, end: u64) -> io::Result<BufWriter<File>> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.set_len(end)?;
    file.seek(SeekFrom::End(0))?;
    Ok(BufWriter::new(file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stock::record::Fields;

    fn record(key: &str) -> Told {
        Told::Item(Record::new(key, Fields::from([("qty".to_owned(), 1.into())])))
    }

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    const THEN: &str = "2027-01-02T03:00:00Z";

    /// A reading of two parts that dies in the third.
    fn died(path: &Path) {
        let (mut spool, earlier) = Spool::open(path, 7, at(THEN));
        assert!(earlier.is_none());
        for told in
            [record("A"), Told::Checkpoint("p2".into()), record("B"), Told::Checkpoint("p3".into()), record("C")]
        {
            spool.note(&told, at(THEN));
        }
    }

    fn keys(earlier: Earlier) -> Vec<String> {
        earlier.records().map(|record| record.key).collect()
    }

    #[test]
    fn what_stands_before_the_last_checkpoint_is_used_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.part");
        died(&path);
        let (mut spool, earlier) = Spool::open(&path, 7, at("2027-01-02T03:59:00Z"));
        let earlier = earlier.unwrap();
        assert_eq!(earlier.checkpoint, "p3");
        let records: Vec<Record> = earlier.records().collect();
        assert_eq!(records.iter().map(|record| record.key.as_str()).collect::<Vec<_>>(), ["A", "B"]);
        assert_eq!(records[0].as_of, Some(at(THEN)), "it is as old as its reading");
        // It dies again, one part further.
        spool.note(&record("C"), at(THEN));
        spool.note(&Told::Checkpoint("p4".into()), at(THEN));
        drop(spool);
        let (spool, earlier) = Spool::open(&path, 7, at("2027-01-02T03:59:00Z"));
        let earlier = earlier.unwrap();
        assert_eq!(
            (earlier.checkpoint.clone(), keys(earlier)),
            ("p4".to_owned(), vec!["A".into(), "B".into(), "C".into()])
        );
        spool.finish();
        assert!(!path.exists());
    }

    #[test]
    fn a_line_that_was_cut_off_does_no_harm_wherever_it_was_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.part");
        died(&path);
        let whole = std::fs::read(&path).unwrap();
        for length in 0..whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            let (_, earlier) = Spool::open(&path, 7, at(THEN));
            let told = earlier.map(|earlier| (earlier.checkpoint.clone(), keys(earlier).len()));
            let expected = [Some(("p2".to_owned(), 1)), Some(("p3".to_owned(), 2)), None];
            assert!(expected.contains(&told), "{length}: {told:?}");
        }
    }

    #[test]
    fn an_old_reading_or_one_of_other_options_is_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.part");
        for (options, now) in [(8, THEN), (7, "2027-01-02T04:00:01Z"), (7, "2027-01-02T02:59:59Z")] {
            died(&path);
            assert!(Spool::open(&path, options, at(now)).1.is_none(), "{options} {now}");
            std::fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn a_reading_without_checkpoints_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.part");
        let (mut spool, _) = Spool::open(&path, 7, at(THEN));
        for number in 0..PATIENCE + 2 {
            spool.note(&record(&number.to_string()), at(THEN));
        }
        assert!(matches!(spool.state, State::Off) && !path.exists());
    }
}
