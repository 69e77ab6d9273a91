//! The cart touchpoint, where the shop's owner wants it: what the shop answers to adding one unit. Suspects that promise,
//! and a sample of those that agree, one after the other at the cart's own rate.
//!
//! A probe that was begun is brought to its end, also when the run is asked to stop: else a unit would stay in a cart.

use jiff::Timestamp;

use super::journey;
use super::sources::Sources;
use super::{Scope, Shop, ShopTrouble, Tools, join, truth};
use crate::cart::{Options, Prober, Wanted};
use crate::claims::Reader;
use crate::domain::{
    Availability, ItemKey, Judged, Judgement, Page, PageFailure, ProbeSummary, Sighting, Step, StockAnswer, Touchpoint,
    Unknown, Unverified, Verdict,
};
use crate::fetch::Fetcher;
use crate::judge::{self, Looks, Sight};
use crate::store::{Row, Worksheet};

/// Rows that are read at once.
const ROWS: usize = 256;

/// What the cart is asked with.
pub(super) struct Round<'a> {
    pub(super) shop: &'a Shop,
    pub(super) scope: &'a Scope,
    pub(super) tools: &'a Tools,
    pub(super) web: &'a Fetcher,
    pub(super) reader: &'a Reader,
    pub(super) sources: &'a Sources,
    pub(super) sheet: &'a Worksheet,
}

impl Round<'_> {
    /// Asks the cart about suspects and a sample of the others, and judges them over their whole journey. A dry run leaves
    /// no traces, so it does not ask.
    pub(super) async fn probe(&self, counted: &mut ProbeSummary) -> Result<(), ShopTrouble> {
        let Some(options) = self.shop.cart.as_ref().filter(|_| !self.scope.dry_run) else { return Ok(()) };
        let chosen = self.choose(options)?;
        if chosen.is_empty() {
            return Ok(());
        }
        let Tools { progress, stop, .. } = self.tools;
        progress.stage(&format!("{}: asking the cart", self.shop.name));
        progress.total(chosen.len() as u64);
        let wall = |page: &Page| self.reader.read(page).obstacle.filter(|what| is_wall(*what));
        let prober = Prober::new(options, self.web, &wall);
        for row in chosen {
            // What one probe could not take out of the cart again, the next one cannot either.
            if !counted.not_cleaned.is_empty() {
                tracing::error!("{}: the cart is not asked any more in this run", self.shop.name);
                break;
            }
            if stop.or(prober.turn()).await.is_none() {
                break;
            }
            self.one(row, &prober, counted).await?;
            progress.tick(1);
        }
        progress.done();
        Ok(())
    }

    /// Of the items that promise falsely the first ones, and of those that agree some that chance chooses. Whoever asks for
    /// single products gets all of them.
    fn choose(&self, options: &Options) -> Result<Vec<Row<Judged>>, ShopTrouble> {
        let wants_all = self.scope.is_ad_hoc();
        let (mut suspects, mut sample) = (Vec::new(), Vec::new());
        let (mut after, mut agreeing) = (0, 0_u64);
        let mut chance = Chance::new(&self.shop.name, self.tools.clock.now());
        loop {
            let rows = self.sheet.judged(after, ROWS)?;
            let Some(last) = rows.last() else { break };
            after = last.id;
            for row in rows {
                match row.value.judgement.verdict {
                    Verdict::FalseAvailable | Verdict::ExpiredPromise if (suspects.len() as u64) < options.suspects => {
                        suspects.push(row);
                    }
                    // Whether the cart is right again can only be seen by asking it.
                    Verdict::Agrees if self.sheet.is_wrong(row.id)? && (suspects.len() as u64) < options.suspects => {
                        suspects.push(row);
                    }
                    Verdict::Agrees => {
                        agreeing += 1;
                        // Each of those seen so far is in the sample with the same chance (Vitter's algorithm R).
                        let most = if wants_all { options.suspects } else { options.sample };
                        if (sample.len() as u64) < most {
                            sample.push(row);
                        } else if let Some(place) = sample.get_mut(chance.below(agreeing)) {
                            *place = row;
                        }
                    }
                    _ if wants_all && (suspects.len() as u64) < options.suspects => suspects.push(row),
                    _ => {}
                }
            }
        }
        suspects.extend(sample);
        Ok(suspects)
    }

    /// Probes one item. What the cart says against the stock is asked once more, after the stock was.
    async fn one(&self, row: Row<Judged>, prober: &Prober<'_>, counted: &mut ProbeSummary) -> Result<(), ShopTrouble> {
        let Row { id, value: judged } = row;
        let answer = join::look_up(self.sources, &judged.key, &judged.item, self.sheet)?.answer;
        let sighting = self.ask(&judged, prober, counted).await;
        let step = judge::step(&sighting, answer.as_ref(), None, self.tools.clock.now());
        count(&judged.key, &sighting, counted);
        if !step.judgement.verdict.is_mismatch() {
            self.sheet.put_sighting(id, &sighting)?;
            return self.put(id, with_cart(judged, step));
        }
        let item = [&judged.item];
        let asking = truth::ask_again(self.sources, self.tools, &item, self.sheet);
        let Some(asked) = self.tools.stop.or(asking).await else {
            return self.put(id, with_cart(judged, interrupted(step)));
        };
        asked?;
        let answer = join::look_up(self.sources, &judged.key, &judged.item, self.sheet)?.answer;
        let now = self.tools.clock.now();
        let after = judge::step(&sighting, answer.as_ref(), None, now);
        if after.judgement.verdict != step.judgement.verdict {
            // The stock moved meanwhile, so what else was wrong may be right by now.
            self.sheet.put_sighting(id, &sighting)?;
            let first = with_cart(judged, step);
            let again = held_again(&first, answer, now);
            return self.put(id, journey::confirmed(&first, again, None));
        }
        let goes_on = counted.not_cleaned.is_empty();
        if !goes_on || self.tools.stop.or(prober.turn()).await.is_none() {
            return self.put(id, with_cart(judged, interrupted(step)));
        }
        let sighting = self.ask(&judged, prober, counted).await;
        self.sheet.put_sighting(id, &sighting)?;
        let again = judge::step(&sighting, answer.as_ref(), None, self.tools.clock.now());
        let looks = Looks { after: after.judgement, again: again.judgement.clone(), bypassed: None };
        let judgement = judge::confirm(&step.judgement, &looks);
        self.put(id, with_cart(judged, Step { judgement, ..again }))
    }

    async fn ask(&self, judged: &Judged, prober: &Prober<'_>, counted: &mut ProbeSummary) -> Sighting {
        let signals = judged.journey.at(Touchpoint::Page).filter_map(|step| step.claim.as_ref());
        let mut numbers: Vec<String> =
            signals.flat_map(|claim| &claim.signals).flat_map(|one| &one.also).cloned().collect();
        numbers.dedup();
        let probe = prober.probe(Wanted { item: &judged.item, numbers: &numbers }).await;
        tracing::info!("{}: the cart on {}: {}", self.shop.name, judged.key, told(&probe.sighting));
        if let Some(left) = probe.not_cleaned {
            tracing::error!("{}: the cart could not be left as it was: {left}", self.shop.name);
            counted.not_cleaned.push(left);
        }
        probe.sighting
    }

    fn put(&self, id: i64, judged: Judged) -> Result<(), ShopTrouble> {
        Ok(self.sheet.put_judged(id, &judged)?)
    }
}

fn is_wall(what: Unknown) -> bool {
    matches!(what, Unknown::Challenge | Unknown::ConsentWall | Unknown::Login | Unknown::Maintenance)
}

/// For the log: `OutOfStock (POST /cart/add.js: 422, "sold out")`.
fn told(sighting: &Sighting) -> String {
    match (&sighting.claim, &sighting.failure) {
        (Some(claim), _) => match claim.signals.first() {
            Some(signal) => format!("{} ({}, {:?})", claim.availability, signal.place, signal.excerpt),
            None => claim.availability.to_string(),
        },
        (None, Some(failure)) => failure.to_string(),
        (None, None) => "nothing".to_owned(),
    }
}

fn count(key: &ItemKey, sighting: &Sighting, counted: &mut ProbeSummary) {
    counted.asked += 1;
    match sighting.claim.as_ref().map(|claim| claim.availability.fold()) {
        Some(crate::domain::Fold::Buyable) => counted.accepted += 1,
        Some(crate::domain::Fold::NotBuyable) => counted.refused += 1,
        Some(crate::domain::Fold::Unknown) | None => {
            counted.failed += 1;
            counted.why_failed.get_or_insert_with(|| format!("{key}: {}", why_not(sighting)));
        }
    }
}

/// Why a cart said nothing, in words.
fn why_not(sighting: &Sighting) -> String {
    match (&sighting.failure, sighting.claim.as_ref().map(|claim| &claim.availability)) {
        (Some(PageFailure::NoProbe { why }), _) => why.clone(),
        (Some(failure), _) => failure.to_string(),
        (None, Some(Availability::Unknown(wall))) if is_wall(*wall) => {
            format!("no answer of the cart came, but something that stands in the way ({})", wall.code())
        }
        _ => format!("its answer says nothing of it: {}", told(sighting)),
    }
}

/// The item with what the cart said. All else stays as it was confirmed.
fn with_cart(judged: Judged, step: Step) -> Judged {
    let mut steps: Vec<Step> =
        judged.journey.steps.iter().filter(|step| step.touchpoint != Touchpoint::Cart).cloned().collect();
    steps.push(step);
    journey::over(judged, steps)
}

/// What could not be asked a second time does not count.
fn interrupted(step: Step) -> Step {
    let judgement = Judgement {
        verdict: Verdict::Unverified(Unverified::Page(PageFailure::Interrupted)),
        cause: None,
        because: format!("{}; it could not be asked again", step.judgement.because),
    };
    Step { judgement, ..step }
}

/// Every claim of the item against another answer of the stock source.
fn held_again(first: &Judged, answer: Option<StockAnswer>, now: Timestamp) -> Judged {
    let held = |step: &Step| {
        let claim = step.claim.as_ref().filter(|_| step.judgement.verdict.is_mismatch());
        let judgement = claim.map(|claim| judge::judge(&Sight::Claim(claim, 200), answer.as_ref(), now));
        Step { judgement: judgement.unwrap_or_else(|| step.judgement.clone()), ..step.clone() }
    };
    let steps = first.journey.steps.iter().map(held).collect();
    let fact = super::look::known_fact(answer.clone());
    journey::over(Judged { fact, ..first.clone() }, steps)
}

/// Chance that can be repeated: the same shop at the same moment draws the same sample (xorshift64*).
struct Chance(u64);

impl Chance {
    fn new(shop: &str, now: Timestamp) -> Self {
        // FNV-1a.
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let seed = shop.bytes().chain(now.as_second().to_le_bytes()).fold(0xcbf2_9ce4_8422_2325, mix);
        tracing::debug!("{shop}: the sample for the cart is drawn with the seed {seed}");
        Self(seed | 1)
    }

    fn below(&mut self, bound: u64) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11;
        usize::try_from(drawn % bound.max(1)).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_fair_and_can_be_repeated() {
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let draw = |shop, now| -> Vec<usize> {
            let mut chance = Chance::new(shop, at(now));
            (0..50).map(|_| chance.below(1000)).collect()
        };
        let now = "2026-11-23T08:00:00Z";
        assert_eq!(draw("books", now), draw("books", now));
        assert_ne!(draw("books", now), draw("toys", now));
        assert_ne!(draw("books", now), draw("books", "2026-11-23T09:00:00Z"));
        let mut chance = Chance::new("books", at(now));
        let mut hits = [0_u32; 4];
        for _ in 0..4000 {
            hits[chance.below(4)] += 1;
        }
        assert!(hits.iter().all(|hits| (900..1100).contains(hits)), "{hits:?}");
    }
}
