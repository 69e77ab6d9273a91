//! The customer's way to a product in the reader's words: how each touchpoint stands to the truth, where the truth comes
//! out, and what many products have in common.

use super::links::listing;
use super::message::{Shared, Spot, Station, Stop, Way};
use super::rows::Reader;
use super::words::{Of, Words, shorten};
use crate::domain::plain::one_line;
use crate::domain::{Cause, Incident, Step, Touchpoint, Verdict, Why};

/// Touchpoints of a kind that are named.
const NAMED: usize = 3;

/// The way. `None` where nothing but the page was looked at.
pub(super) fn way(incident: &Incident, reader: Reader<'_>) -> Option<Way> {
    let (journey, words) = (&incident.journey, reader.words);
    if !journey.is_more_than_a_page() {
        return None;
    }
    let station = |touchpoint: Touchpoint| {
        let mark = journey.mark(touchpoint);
        let wrong = journey.at(touchpoint).filter(|step| step.judgement.verdict.is_mismatch());
        Station {
            code: touchpoint.code().to_owned(),
            label: words.say(Of::Touchpoint, touchpoint.code(), &[]),
            sign: mark.sign().to_owned(),
            state: mark.code().to_owned(),
            meaning: words.say(Of::Journey, mark.code(), &[]),
            places: wrong.filter_map(|step| step.place.as_deref()).take(NAMED).map(name).collect(),
        }
    };
    let decides = journey.decides(&incident.verdict).map(Step::at);
    let others = journey
        .at(Touchpoint::Listing)
        .filter(|step| step.judgement.verdict.is_mismatch() && decides.as_ref() != Some(&step.at()));
    let spot = |step: &Step| {
        let url = step.claim.as_ref().and_then(|claim| listing(&claim.url))?;
        Some(Spot { name: name(step.place.as_deref()?), url })
    };
    let comes_out = journey.comes_out(&incident.verdict);
    Some(Way {
        also: others.filter_map(spot).take(NAMED).collect(),
        stations: Touchpoint::ALL.map(station).into(),
        comes_out: comes_out.map(|code| words.say(Of::Journey, &format!("breaks_{code}"), &[])),
        break_point: comes_out.map(str::to_owned),
        stops: journey.steps.iter().map(|step| stop(step, words)).collect(),
    })
}

fn stop(step: &Step, words: &Words) -> Stop {
    let claim = step.claim.as_ref();
    Stop {
        code: step.touchpoint.code().to_owned(),
        place: step.place.as_deref().map(name),
        says: claim.map(|claim| super::rows::availability(claim.availability, words)),
        verdict: step.judgement.verdict.code().to_owned(),
        url: claim.map(|claim| claim.told_url().into_owned()),
        seen_at: claim.map(|claim| claim.seen_at),
    }
}

fn name(place: &str) -> String {
    shorten(&one_line(place), 60)
}

/// A touchpoint with the name of the feed or listing, where it has one: `Listing “Purim campaign”`.
pub(super) fn touchpoint(touchpoint: Touchpoint, place: Option<&str>, words: &Words) -> String {
    let label = words.say(Of::Touchpoint, touchpoint.code(), &[]);
    match place {
        Some(place) => {
            let quotes = &words.punctuation;
            format!("{label} {}{}{}", quotes.open, words.isolate(&name(place)), quotes.close)
        }
        None => label,
    }
}

/// The finding's key among the words: that of its verdict, and of the touchpoint that decides it where that is not the
/// page.
pub(super) fn finding(incident: &Incident) -> &'static str {
    let decides = incident.journey.decides(&incident.verdict).map(|step| step.touchpoint);
    match (&incident.verdict, decides) {
        (Verdict::FalseAvailable, Some(Touchpoint::Feed)) => "false_available_feed",
        (Verdict::FalseAvailable, Some(Touchpoint::Listing)) => "false_available_listing",
        (Verdict::FalseAvailable, Some(Touchpoint::Cart)) => "false_available_cart",
        (Verdict::FalseUnavailable, Some(Touchpoint::Feed)) => "false_unavailable_feed",
        (Verdict::FalseUnavailable, Some(Touchpoint::Listing)) => "false_unavailable_listing",
        (Verdict::FalseUnavailable, Some(Touchpoint::Cart)) => "false_unavailable_cart",
        (Verdict::Gone, Some(Touchpoint::Feed)) => "gone_feed",
        (Verdict::Contradictory, Some(Touchpoint::Page)) => "contradictory",
        (Verdict::Contradictory, _) if incident.journey.is_more_than_a_page() => "contradictory_way",
        (verdict, _) => verdict.code(),
    }
}

/// What mends it, by its key among the words.
pub(super) fn remedy(incident: &Incident) -> &'static str {
    match finding(incident) {
        "false_available_feed" | "false_available_listing" => "false_available_way",
        "false_unavailable_feed" | "false_unavailable_listing" => "false_unavailable_way",
        key @ ("contradictory_way" | "gone_feed") => key,
        _ => incident.verdict.code(),
    }
}

/// What is counted with others of its kind: where the words of a verdict speak of pages and this is none, only that
/// something is wrong.
pub(super) fn kind(incident: &Incident) -> &'static str {
    match finding(incident) {
        "gone_feed" | "contradictory_way" => "mixed",
        _ => incident.verdict.code(),
    }
}

/// A cause as a sentence, with what to do about it where that is known.
pub(super) fn cause(cause: Cause, why: Option<&Why>, words: &Words) -> String {
    let at = why.map(|why| at(why, words)).unwrap_or_default();
    words.say(Of::Cause, cause.code(), &[("at", &at)])
}

/// What is at fault, by its machine words.
fn at(why: &Why, words: &Words) -> String {
    let first = why.at.split_once(' ');
    match (why.cause, first) {
        (Cause::FeedLag, Some(("feed", name))) => touchpoint(Touchpoint::Feed, Some(name), words),
        (Cause::ListingLag, Some(("listing", name))) => touchpoint(Touchpoint::Listing, Some(name), words),
        (Cause::Template, Some((signal, _))) => words.say(Of::Signal, signal, &[]),
        (Cause::SourceSuspect, Some(("source", source))) => words.isolate(&name(source)),
        _ => words.isolate(&name(&why.at)),
    }
}

/// That several products share a cause.
pub(super) fn shared(shop: &str, why: &Why, incidents: usize, several_shops: bool, words: &Words) -> Shared {
    let count = words.count("shared", incidents as u64);
    let shop_name = shorten(&one_line(shop), 80);
    let whose = if several_shops { format!(" ({})", words.isolate(&shop_name)) } else { String::new() };
    let text = format!("{count}{whose}{}{}", words.punctuation.colon, cause(why.cause, Some(why), words));
    Shared {
        code: why.cause.code().to_owned(),
        at: one_line(&why.at),
        shop: shop_name,
        incidents,
        evidence: shorten(&one_line(&why.evidence), 300),
        text,
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, tz::TimeZone};

    use super::*;
    use crate::domain::{Availability, ChangeKind, Section, Signal, SignalKind};
    use crate::notify::rows::{Occasion, row};
    use crate::notify::samples::{campaign, change};
    use crate::notify::words::{LANGUAGES, Languages};

    #[test]
    fn a_way_is_shown_where_more_than_the_page_was_looked_at() {
        let words = Languages::load().unwrap().of("en");
        let reader = Reader { words, zone: &TimeZone::UTC, now: Timestamp::UNIX_EPOCH };
        assert_eq!(way(&change(ChangeKind::Opened).incident, reader), None);
        let way = way(&campaign(3), reader).unwrap();
        let stations: Vec<_> = way.stations.iter().map(|one| format!("{} {}", one.label, one.sign)).collect();
        assert_eq!(stations, ["Shopping ad ✓", "Listing ✗", "Product page ✓", "Cart ·"]);
        assert_eq!(way.stations[1].places, ["Purim campaign"]);
        assert_eq!(way.comes_out.as_deref(), Some("The shopping ad already tells the truth."));
        assert_eq!(way.also, [], "what decides is linked already");
        let mut two = campaign(3);
        let mut home = two.journey.at(Touchpoint::Listing).next().unwrap().clone();
        home.place = Some("home".to_owned());
        two.journey.steps.push(home);
        let also = super::way(&two, reader).unwrap().also;
        assert_eq!(also.iter().map(|spot| spot.name.as_str()).collect::<Vec<_>>(), ["home"]);
    }

    #[test]
    fn every_cause_is_a_sentence_in_every_language() {
        let why = |cause, at: &str| Why { cause, at: at.to_owned(), evidence: String::new() };
        for (language, _) in LANGUAGES {
            let words = Languages::load().unwrap().of(language);
            let said: Vec<String> = [
                why(Cause::PageCache, "page cache"),
                why(Cause::FeedLag, "feed google"),
                why(Cause::ListingLag, "listing Purim campaign"),
                why(Cause::Template, "json_ld of the page"),
                why(Cause::Variant, "page of several variants"),
                why(Cause::SyncWindow, "source erp"),
                why(Cause::UntrackedOption, "cart"),
                why(Cause::SourceSuspect, "source erp"),
            ]
            .iter()
            .map(|why| cause(why.cause, Some(why), words))
            .collect();
            insta::assert_snapshot!(format!("causes_{language}"), said.join("\n"));
        }
    }

    #[test]
    fn where_no_cause_is_known_it_is_said_what_to_do() {
        let mut incident = change(ChangeKind::Opened).incident;
        let occasion = Occasion { section: Section::New, is_orphan: false, told: None, admin_url: None };
        for (language, _) in LANGUAGES {
            let words = Languages::load().unwrap().of(language);
            let reader = Reader { words, zone: &TimeZone::UTC, now: Timestamp::UNIX_EPOCH };
            let said = |incident: &Incident, section| row(incident, Occasion { section, ..occasion }, reader).row.todo;
            incident.cause = Some(Cause::PageCache);
            assert_eq!(said(&incident, Section::New), None, "the cause says it");
            incident.cause = None;
            assert_eq!(said(&incident, Section::Fixed), None);
            for verdict in [
                Verdict::FalseAvailable,
                Verdict::FalseUnavailable,
                Verdict::ExpiredPromise,
                Verdict::Contradictory,
                Verdict::Gone,
            ] {
                incident.verdict = verdict;
                let todo = said(&incident, Section::Still).unwrap();
                assert!(todo.ends_with('.') && todo.contains(' '), "{language} {todo}");
            }
            let mut listed = campaign(3);
            listed.cause = None;
            let todo = said(&listed, Section::New).unwrap();
            assert!(language != &"en" || todo.starts_with("Take it out there"), "{todo}");
            assert!(["contradictory_way", "gone_feed"].iter().all(|key| words.say(Of::Todo, key, &[]) != **key));
        }
    }

    #[test]
    fn what_is_shown_without_a_word_quotes_nobody() {
        let mut incident = campaign(3);
        let occasion = Occasion { section: Section::New, is_orphan: false, told: None, admin_url: None };
        let mut said = Vec::new();
        let wordless = Signal::new(
            SignalKind::Card,
            Availability::InStock,
            "li:nth-child(3)".to_owned(),
            Signal::WORDLESS.to_owned(),
        );
        incident.claim.as_mut().unwrap().signals = vec![wordless];
        for (language, _) in LANGUAGES {
            let words = Languages::load().unwrap().of(language);
            let reader = Reader { words, zone: &TimeZone::UTC, now: Timestamp::UNIX_EPOCH };
            let evidence = row(&incident, occasion, reader).row.promise.unwrap().evidence.remove(0);
            assert_eq!(evidence.excerpt, None);
            said.push(evidence.says.unwrap());
        }
        assert_eq!(said[0], Signal::WORDLESS);
        assert!(said[1..].iter().all(|words| words != Signal::WORDLESS && words != "wordless"), "{said:?}");
    }

    #[test]
    fn every_finding_has_words() {
        let keys = [
            "false_available_feed",
            "false_available_listing",
            "false_available_cart",
            "false_unavailable_feed",
            "false_unavailable_listing",
            "false_unavailable_cart",
            "contradictory_way",
            "gone_feed",
        ];
        let words = Languages::load().unwrap().of("he");
        assert!(keys.iter().all(|key| words.say(Of::Verdict, key, &[]) != *key));
        let codes =
            ["feed", "listing", "page", "cart", "cart_or_later", "after_paying"].map(|code| format!("breaks_{code}"));
        assert!(codes.iter().all(|code| words.say(Of::Journey, code, &[]) != *code));
        assert!(crate::domain::Mark::ALL.iter().all(|mark| words.say(Of::Journey, mark.code(), &[]) != mark.code()));
    }
}
