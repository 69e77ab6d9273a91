//! The program as its users meet it: every test starts the real binary, against servers on loopback that record what
//! they are asked.

#[cfg(test)]
mod access;
#[cfg(test)]
mod adapters;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod brake;
#[cfg(test)]
mod cart;
mod catalogue;
#[cfg(test)]
mod channels;
#[cfg(test)]
mod check;
#[cfg(test)]
mod clock;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod confirm;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod demo;
#[cfg(test)]
#[cfg(feature = "dkim")]
mod dkim;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod feeds;
mod glass;
#[cfg(test)]
mod guest;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod incidents;
#[cfg(test)]
mod journeys;
#[cfg(test)]
mod jump;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod lifecycle;
mod listings;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod owners;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod politeness;
#[cfg(test)]
mod promises;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod schedule;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod several;
#[cfg(test)]
mod sight;
#[cfg(test)]
mod stock;
#[cfg(test)]
mod targets;
mod telling;
#[cfg(test)]
mod trust;
#[cfg(test)]
mod watched;
