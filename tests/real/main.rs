//! The check against software that nobody here wrote: shops (django-oscar, Cartridge, Vendure, Medusa, EverShop), a page
//! cache (nginx), mail servers (aiosmtpd, Postfix) and database servers (PostgreSQL, MariaDB), all on loopback.
//!
//! `tests/shops/install.sh` installs them. Where that was not done the tests say so and pass; with `CI=true` they fail.

#[cfg(test)]
mod a_button_that_lies;
#[cfg(test)]
mod backed;
#[cfg(test)]
mod behind_a_cache;
#[cfg(test)]
mod carts;
#[cfg(test)]
mod chain;
#[cfg(test)]
mod databases;
#[cfg(test)]
mod deliveries;
#[cfg(test)]
mod evershop;
#[cfg(test)]
mod from_the_sitemap;
#[cfg(test)]
mod front;
#[cfg(test)]
mod google;
#[cfg(test)]
mod journey_cartridge;
#[cfg(test)]
mod journey_evershop;
#[cfg(test)]
mod journey_oscar;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod kit;
#[cfg(test)]
mod mailbox;
#[cfg(test)]
mod mariadb;
#[cfg(test)]
mod medusa;
#[cfg(test)]
mod oddities;
#[cfg(test)]
mod oscar;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod post_office;
#[cfg(test)]
mod postfix;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod process;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod street;
#[cfg(test)]
mod trial;
#[cfg(test)]
mod varnish;
#[cfg(test)]
mod vendure;
#[cfg(test)]
mod way;
