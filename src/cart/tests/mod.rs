//! Probes against small shops on loopback that do as they are told, and remember what they were asked.

mod adapters;
mod manners;
mod recipes;
mod scripts;
mod shop;
