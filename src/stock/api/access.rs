//! How an API knows us.

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::SecretString;

use crate::fetch::Fetcher;
use crate::stock::{Auth, StockError, auth_headers};

/// How an API knows us.
#[derive(Debug)]
pub(in crate::stock) enum Access {
    /// It lets everybody in.
    Open,
    /// By headers that never change.
    Headers(Vec<(String, SecretString)>),
    /// By something that must be asked for first and may run out.
    Login(Box<dyn Login>),
}

/// A token or a session that is asked for first and may run out.
#[async_trait(?Send)]
pub(in crate::stock) trait Login: std::fmt::Debug + Send + Sync {
    /// The headers to send; asked for anew when there are none yet or they have run out.
    async fn headers(&self, fetcher: &Fetcher, now: Timestamp) -> Result<Vec<(String, SecretString)>, StockError>;

    /// What there is is no longer accepted: the next [`Login::headers`] asks anew.
    fn forget(&self);

    /// Logs out.
    async fn leave(&self, _fetcher: &Fetcher) {}
}

impl Access {
    /// As the configuration says.
    pub(in crate::stock) fn of(auth: Option<&Auth>) -> Self {
        match auth {
            None => Self::Open,
            auth => Self::Headers(auth_headers(auth)),
        }
    }

    pub(super) async fn headers(
        &self,
        fetcher: &Fetcher,
        now: Timestamp,
    ) -> Result<Vec<(String, SecretString)>, StockError> {
        match self {
            Self::Open => Ok(Vec::new()),
            Self::Headers(headers) => Ok(headers.clone()),
            Self::Login(login) => login.headers(fetcher, now).await,
        }
    }

    /// Forgets what is no longer accepted. `false`: there is nothing that could be renewed.
    pub(super) fn forget(&self) -> bool {
        match self {
            Self::Open | Self::Headers(_) => false,
            Self::Login(login) => {
                login.forget();
                true
            }
        }
    }

    pub(super) async fn leave(&self, fetcher: &Fetcher) {
        if let Self::Login(login) = self {
            login.leave(fetcher).await;
        }
    }
}
