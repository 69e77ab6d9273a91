//! The text part, written out: for trying things.

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::{Refusal, Way};
use crate::domain::Notice;
use crate::notify::opened;

pub(super) struct Console(Mutex<Box<dyn Write + Send>>);

impl Console {
    pub(super) fn new(out: Box<dyn Write + Send>) -> Self {
        Self(Mutex::new(out))
    }
}

#[async_trait]
impl Way for Console {
    async fn send(&self, notice: &Notice) -> Result<(), Refusal> {
        let text = opened::open(&notice.message).map(|mail| mail.text).unwrap_or_default();
        let mail = format!("To: {}\nSubject: {}\n\n{}\n", notice.to, notice.subject, text.trim_end());
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        out.write_all(mail.as_bytes())
            .and_then(|()| out.flush())
            .map_err(|error| Refusal::of_the_way(format!("{}: {error}", self.place())))
    }

    async fn probe(&self) -> Result<String, Refusal> {
        Ok("mails are written to standard error; nothing leaves this machine".to_owned())
    }

    fn place(&self) -> String {
        "standard error".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::notify::courier::Courier;
    use crate::notify::samples::notice;

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn the_text_part_is_shown() {
        let shared = Shared::default();
        let courier = Courier::of_mail(Box::new(Console::new(Box::new(shared.clone()))));
        courier.send(&notice()).await.unwrap();
        let shown = String::from_utf8(shared.0.lock().unwrap().clone()).unwrap();
        assert!(shown.starts_with("To: ops@shop.test\nSubject: Shown as available but sold out: Earl Grey"), "{shown}");
        assert!(shown.contains("SKU: TEA-001"), "{shown}");
    }
}
