//! One `.eml` file per notice in a folder: for looking at, or for another program to fetch.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::{Refusal, Way};
use crate::domain::Notice;

pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> std::io::Result<T> + Send + 'static,
    ) -> Result<T, Refusal> {
        let folder = self.0.clone();
        let done = tokio::task::spawn_blocking(move || work(&folder)).await;
        let refused = |what: &dyn std::fmt::Display| {
            Refusal::of_the_way(format!("{}: {what}; check mail.transport.file.folder", self.place()))
        };
        done.map_err(|error| refused(&error))?.map_err(|error| refused(&error))
    }
}

#[async_trait]
impl Way for Folder {
    async fn send(&self, notice: &Notice) -> Result<(), Refusal> {
        let (name, message) = (name(&notice.message_id), notice.message.clone());
        self.work(move |folder| write(folder, &name, &message)).await
    }

    async fn probe(&self) -> Result<String, Refusal> {
        self.work(|folder| {
            std::fs::create_dir_all(folder)?;
            tempfile::NamedTempFile::new_in(folder).map(drop)
        })
        .await?;
        Ok(format!("{} can be written to", self.place()))
    }

    fn place(&self) -> String {
        format!("mail folder {}", self.0.display())
    }
}

/// The part of a file name that stands for a message: what is unique in its `Message-ID`.
fn name(message_id: &str) -> String {
    let local = message_id.trim_start_matches('<').split('@').next().unwrap_or_default();
    let last = local.rsplit('.').next().unwrap_or(local);
    last.chars().filter(char::is_ascii_alphanumeric).take(64).collect()
}

/// Writes `NNNN-<name>.eml` whole or not at all; a message that is already there is left as it is.
fn write(folder: &Path, name: &str, message: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut last = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?.file_name();
        let known = entry.to_str().and_then(|entry| entry.strip_suffix(".eml")).and_then(|stem| stem.split_once('-'));
        let Some((number, known)) = known else { continue };
        if known == name {
            return Ok(());
        }
        last = last.max(number.parse::<u64>().unwrap_or(0));
    }
    let mut file = tempfile::Builder::new().prefix(".writing-").tempfile_in(folder)?;
    file.write_all(message)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(folder.join(format!("{:04}-{name}.eml", last + 1)))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::courier::Courier;
    use crate::notify::samples::notice;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn each_message_is_written_once_in_order() {
        let base = tempfile::tempdir().unwrap();
        let folder = base.path().join("made/here");
        let courier = Courier::of_mail(Box::new(Folder::new(&folder)));
        let first = notice();
        let second = Notice { message_id: "<stocktruth.1.feed@shop.test>".into(), ..notice() };
        for notice in [&first, &second, &first] {
            courier.send(notice).await.unwrap();
        }
        let names = names(&folder);
        assert_eq!(names.len(), 2, "{names:?}");
        assert!(names[0].starts_with("0001-") && names[1] == "0002-feed.eml", "{names:?}");
        assert_eq!(std::fs::read(folder.join(&names[0])).unwrap(), first.message);
        assert!(courier.probe().await.remove(0).1.is_ok());
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_is_a_refusal_for_now() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let courier = Courier::of_mail(Box::new(Folder::new(&file.path().join("below"))));
        let refusal = courier.send(&notice()).await.unwrap_err();
        assert!(refusal.temporary && refusal.what.contains("mail.transport.file.folder"), "{refusal}");
        assert!(courier.probe().await.remove(0).1.is_err());
    }
}
