//! `stocktruth` finds the products a shop still promises although they cannot be bought.
//!
//! # The pipeline
//!
//! [`run`] tells the story, stage by stage; each stage is a room of its own:
//!
//! | stage | question | room |
//! |---|---|---|
//! | 1 | what is sold, and where is it promised? | [`catalog`] |
//! | 2 | what does the stock system say? (in bulk, before any page) | [`stock`] |
//! | 3 | what does each touchpoint promise? (the only concurrent part; which pages can be wrong is planned first, purely) | [`plan`], [`fetch`], [`claims`] |
//! | 4 | do they agree? (pure) | [`judge`] |
//! | 5 | ask again about the suspects (after the page; caches bypassed) | [`stock`], [`fetch`] |
//! | 5b | ask the cart, where the shop's owner wants that | [`cart`] |
//! | 6 | what changed since last time? (pure) | [`incident`] |
//! | 7 | remember it, and what must be said (one transaction) | [`store`] |
//! | 8 | say it (from the store; safe to repeat) | [`notify`] |
//! | 9 | show it (renders, never computes) | [`report`] |
//!
//! [`domain`] holds the words all of them share. [`config`] turns YAML into the stages' own option types, [`cli`] holds
//! one file per command, and [`demo`] is the embedded shop that shows the whole thing without a network.
//!
//! # The dependency rule
//!
//! ```text
//! main → cli → run → stages → domain
//!        cli → config → (the stages' option types) → domain
//! ```
//!
//! Stages never import `config`, `cli`, `run` or each other; only `catalog`, `stock`, `cart` and `notify` may use `fetch`: a
//! webhook is an address on the web, and there is one way out to it. Only `store`
//! names the crate of its database, beside `stock::sql`, which reads databases of that kind that are other people's. Only
//! `fetch` builds HTTP clients, only `domain::clock` reads the time, and only `config` reads the environment. `tests/architecture.rs`
//! and `clippy.toml` hold all of it.

pub mod cart;
pub mod catalog;
pub mod claims;
pub mod cli;
pub mod config;
pub mod demo;
pub mod domain;
pub mod fetch;
pub mod incident;
pub mod judge;
pub mod notify;
pub mod plan;
pub mod report;
pub mod run;
pub mod stock;
pub mod store;
