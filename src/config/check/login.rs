//! Somebody who may log in.

use url::Url;

use super::{At, values};
use crate::config::raw::auth::Basic;
use crate::stock::Account;

/// The user name and password of a login below one of these addresses.
pub(super) fn account(at: &At<'_>, raw: &Basic, urls: &[&Url]) -> Option<Account> {
    at.needs_encryption(urls);
    let username = at.read("username", &raw.username, values::text);
    let password = at.secret("password", &raw.password, &raw.password_file);
    Some(Account { username: username?, password: password? })
}
