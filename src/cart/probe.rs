//! One probe, alike on every platform: an empty cart, one unit in, the answer, the unit out, an empty cart.

use jiff::Timestamp;
use url::Url;

use super::trouble::Trouble;
use super::{Answer, Basket, Contents, Options, Wanted, basket, never};
use crate::domain::plain::one_line;
use crate::domain::{
    Availability, Claim, Confidence, Page, PageFailure, Sighting, Signal, SignalKind, Touchpoint, Unknown,
};
use crate::fetch::{Fetcher, Session, Visits};

/// The shop's words are kept up to so many characters.
const EXCERPT: usize = 200;

/// How often what is in the cart is taken out, where that does not work at once.
const ATTEMPTS: usize = 2;

/// What came of one probe.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// What the cart said, or why it could not be asked.
    pub sighting: Sighting,
    /// If something was left in the shop: what, and what to do.
    pub not_cleaned: Option<String>,
}

impl Probe {
    /// Whether the shop took it, if it was asked.
    pub fn accepted(&self) -> Option<bool> {
        let claim = self.sighting.claim.as_ref()?;
        match claim.availability {
            Availability::Unknown(_) => None,
            availability => Some(availability == Availability::InStock),
        }
    }
}

/// Probes one shop's cart, one visit after the other, at the cart's own rate.
pub struct Prober<'a> {
    options: &'a Options,
    web: &'a Fetcher,
    visits: Visits,
    wall: &'a dyn Fn(&Page) -> Option<Unknown>,
}

impl<'a> Prober<'a> {
    /// `wall` tells whether a page is one that stands in the way: a challenge, a login.
    pub fn new(options: &'a Options, web: &'a Fetcher, wall: &'a dyn Fn(&Page) -> Option<Unknown>) -> Self {
        Self { options, web, visits: Visits::new(options.rate), wall }
    }

    /// Waits until the next visit may begin. Nothing is sent.
    pub async fn turn(&self) {
        self.visits.turn().await;
    }

    /// Asks the cart about one item. Once begun it must be brought to its end, or something stays in the cart; it ends, as
    /// every request has its deadline.
    pub async fn probe(&self, wanted: Wanted<'_>) -> Probe {
        let mut session = self.web.session(never::gate);
        let mut basket = basket(self.options, wanted);
        let mut left = None;
        let seen = self.ask(basket.as_mut(), &mut session, &mut left).await;
        let (claim, failure) = match seen {
            Ok(claim) => (Some(claim), None),
            Err(trouble) => match trouble.told(self.wall) {
                Ok((wall, reply)) => (Some(nothing(wall, reply.url, reply.seen_at)), None),
                Err(failure) => (None, Some(failure)),
            },
        };
        let name = wanted.sku().map_or_else(|| wanted.item.item_key().to_string(), str::to_owned);
        let not_cleaned = left.map(|what| {
            format!(
                "{}: {}; see in the shop's administration whether a cart without customer holds it, and empty that",
                one_line(&name),
                one_line(&what)
            )
        });
        let sighting = Sighting { touchpoint: Touchpoint::Cart, place: None, claim, failure, of_product: false };
        Probe { sighting, not_cleaned }
    }

    async fn ask(
        &self,
        basket: &mut dyn Basket,
        session: &mut Session,
        left: &mut Option<String>,
    ) -> Result<Claim, Trouble> {
        basket.open(session).await?;
        let before = basket.look(session).await?;
        if before.lines > 0 {
            // Whose that is, is not known, so it is left alone.
            let why = format!("the cart of a new visit already held {} lines", before.lines);
            return Err(Trouble::Cannot(why));
        }
        let answer = match basket.add(session).await {
            Ok(answer) => answer,
            Err(trouble) => {
                // It may have been taken all the same.
                if let Ok(contents) = basket.look(session).await {
                    *left = clean(basket, session, contents).await;
                } else if may_have_been_taken(&trouble) {
                    *left =
                        Some("it is not known whether one unit is in a cart, as adding it was not answered".to_owned());
                }
                return Err(trouble);
            }
        };
        let after = match basket.look(session).await {
            Ok(after) => after,
            // A second look costs less than a unit that stays in a cart.
            Err(_) => match basket.look(session).await {
                Ok(after) => after,
                Err(trouble) => {
                    if answer.taken == Some(false) {
                        return Ok(claim(&answer, &Contents::default()));
                    }
                    *left = Some("one unit may be in a cart that could not be looked into again".to_owned());
                    return Err(trouble);
                }
            },
        };
        let claim = claim(&answer, &after);
        *left = clean(basket, session, after).await;
        Ok(claim)
    }
}

/// Takes out what is in the cart. Says what is left, if something is.
async fn clean(basket: &mut dyn Basket, session: &mut Session, mut contents: Contents) -> Option<String> {
    let mut why = String::new();
    for _ in 0..ATTEMPTS {
        if contents.lines == 0 {
            return None;
        }
        if let Err(trouble) = basket.empty(session).await {
            why = words(trouble);
        }
        match basket.look(session).await {
            Ok(now) => contents = now,
            Err(trouble) => why = words(trouble),
        }
    }
    if contents.lines == 0 {
        return None;
    }
    let why = if why.is_empty() { "it was still there after it was removed".to_owned() } else { why };
    Some(format!("one unit is still in a cart, as it could not be removed: {why}"))
}

fn words(trouble: Trouble) -> String {
    match trouble.told(&|_| None) {
        Err(failure) => failure.to_string(),
        Ok((wall, _)) => wall.code().to_owned(),
    }
}

/// Whether a request that failed in this way may have reached the shop.
fn may_have_been_taken(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Page(PageFailure::Timeout { phase }) => phase != "connect",
        Trouble::Page(PageFailure::Connection { why }) => !why.contains("refused"),
        Trouble::Page(PageFailure::NoProbe { .. } | PageFailure::CircuitOpen { .. }) | Trouble::Cannot(_) => false,
        Trouble::Page(_) | Trouble::Odd { .. } => true,
    }
}

/// What answer and cart amount to. The cart has the last word: what is not in it was not taken, whatever was said.
fn claim(answer: &Answer, after: &Contents) -> Claim {
    let said = |words: &str, otherwise: &str| {
        let words = if words.trim().is_empty() { otherwise } else { words };
        clipped(&one_line(words))
    };
    let [refused, empty, not_available, taken] = Signal::CART;
    let (availability, confidence, excerpt) = match (after.lines, &after.against, answer.taken) {
        (0, _, Some(false)) => (Availability::OutOfStock, Confidence::High, said(&answer.words, refused)),
        (0, _, Some(true)) => {
            let words = format!("the cart stayed empty although the shop said: {}", said(&answer.words, "yes"));
            (Availability::OutOfStock, Confidence::Medium, clipped(&words))
        }
        (0, _, None) => (Availability::OutOfStock, Confidence::Medium, said(&answer.words, empty)),
        (_, Some(against), _) => (Availability::OutOfStock, Confidence::High, said(against, not_available)),
        (_, None, _) => (Availability::InStock, Confidence::High, said(&answer.words, taken)),
    };
    let signal = Signal::new(SignalKind::Cart, availability, answer.place.clone(), excerpt);
    Claim { confidence, signals: vec![signal], ..nothing_said(availability, answer.url.clone(), answer.seen_at) }
}

/// A claim that says nothing, for a wall in the way.
fn nothing(wall: Unknown, url: Url, seen_at: Timestamp) -> Claim {
    nothing_said(Availability::Unknown(wall), url, seen_at)
}

fn nothing_said(availability: Availability, url: Url, seen_at: Timestamp) -> Claim {
    Claim {
        touchpoint: Touchpoint::Cart,
        url: crate::fetch::shown(&url),
        availability,
        quantity: None,
        date: None,
        confidence: Confidence::Low,
        contradicts: false,
        signals: Vec::new(),
        cache: None,
        seen_at,
    }
}

fn clipped(text: &str) -> String {
    match text.char_indices().nth(EXCERPT) {
        None => text.to_owned(),
        Some(_) => {
            let mut short: String = text.chars().take(EXCERPT - 1).collect();
            short.push('…');
            short
        }
    }
}
