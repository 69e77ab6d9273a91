//! Which notice is due to whom and why (pure), how it looks, how it is delivered.

mod options;

pub use options::{Options, OwnerRule, SmtpSecurity, Transport};
