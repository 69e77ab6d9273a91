//! What one recipient is told, in the recipient's words and in machine words beside them. The templates of a mail see
//! exactly this, and so does every other channel: each only gives it its own shape.
//!
//! All texts are on one line, bounded, and without characters that could steer a terminal or reorder a line. What is
//! foreign to the language around it (a product, a SKU) is not set apart yet where it is a field of its own; inside a
//! sentence it is. See [`Message::isolate`].

mod way;

use jiff::{Timestamp, civil};
use rust_decimal::Decimal;
use serde::Serialize;

use super::words::{Languages, isolate};

pub use way::{Reason, Shared, Spot, Station, Stop, Way};

/// One message to one recipient, before it takes the shape of a channel.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Message {
    /// What kind of message.
    pub kind: MessageKind,
    /// Language of the texts, BCP 47 primary subtag.
    pub language: String,
    /// Which way the language runs.
    pub direction: Direction,
    /// One line that says it all.
    pub subject: String,
    /// The same without the product's and the shops' names: what stands over the rows.
    pub heading: String,
    /// `Hello Dana,`, where the recipient's name is known.
    pub greeting: Option<String>,
    /// How things stand, in numbers. Of a digest only.
    pub summary: Option<Standing>,
    /// The incidents. Of a digest only; sections without incidents are left out.
    pub sections: Vec<Part>,
    /// What several incidents have in common, the most first. Of a digest only.
    pub causes: Vec<Shared>,
    /// Stock sources that are not believed. Of an alarm only, and not of every one.
    pub alarms: Vec<AlarmRow>,
    /// Sentences that follow, in order: what can be done, or how far the rows may be trusted.
    pub notes: Vec<String>,
    /// A command that can be given then. Of an alarm only.
    pub command: Option<String>,
    /// Whose time zone the times are in, and which run this was. Empty where there is neither.
    pub times: String,
    /// Who wrote this.
    pub sender: String,
    /// Words that stand beside the rows' fields.
    pub labels: Labels,
    /// The run.
    pub run: i64,
    /// When it was written.
    pub at: Timestamp,
}

/// What kind of message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Incidents that are new, still open or fixed.
    Digest,
    /// To whoever runs the shops: something is wrong with the looking, not with a product.
    Alarm,
}

impl MessageKind {
    /// Stable machine name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Digest => "digest",
            Self::Alarm => "alarm",
        }
    }
}

/// Which way a language runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From left to right.
    Ltr,
    /// From right to left.
    Rtl,
}

/// How things stand for the recipient, in numbers and in words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standing {
    /// Incidents that are open now, told of here or not.
    pub open: u32,
    /// Those that are new here.
    pub new: u32,
    /// Those that are told of here as fixed.
    pub fixed: u32,
    /// Since when the oldest open one is wrong.
    pub oldest: Option<Moment>,
    /// The numbers one by one, for tiles: `12` and `open`.
    pub figures: Vec<Figure>,
    /// The numbers in one line.
    pub text: String,
    /// How many were open at the end of each day, oldest first.
    pub trend: Option<Trend>,
}

/// A number and what it counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// `open`, `new`, `fixed` or `oldest`.
    pub code: String,
    /// The number as the language writes it.
    pub number: String,
    /// What it counts.
    pub label: String,
}

/// How many incidents were open at the end of each day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trend {
    /// Days and numbers, oldest first.
    pub days: Vec<TrendDay>,
    /// What the chart shows, as its caption.
    pub title: String,
    /// All of it as one sentence: what is read where no picture is shown.
    pub text: String,
}

/// One day of a [`Trend`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrendDay {
    /// The day, in the recipient's zone.
    pub date: civil::Date,
    /// The day of the month.
    pub day: String,
    /// How many were open at its end.
    pub open: u32,
    /// The same as the language writes it.
    pub number: String,
}

/// A section of a digest.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// `new`, `still` or `fixed`.
    pub code: String,
    /// `New: 3`.
    pub title: String,
    /// How many incidents belong to it, shown or not.
    pub total: usize,
    /// The worst of them.
    pub rows: Vec<Row>,
    /// `… and 7 more, in the attached file`, if not all are shown.
    pub more: Option<String>,
}

/// One incident.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The incident's number in the store, once it has one.
    pub id: Option<i64>,
    /// Code of the verdict, `false_available`.
    pub verdict: String,
    /// The finding in short; of one that is fixed, that it is.
    pub badge: String,
    /// What was wrong, of one that is fixed.
    pub was: Option<String>,
    /// How much it harms, and why.
    pub severity: Option<Rating>,
    /// Name, else SKU, else address.
    pub product: String,
    /// The SKU.
    pub sku: Option<String>,
    /// The shop.
    pub shop: String,
    /// The brand.
    pub brand: Option<String>,
    /// The product's page; only `http` and `https`.
    pub url: Option<String>,
    /// The product in the shop's administration; only `http` and `https`.
    pub admin_url: Option<String>,
    /// A picture of the product; only `https`.
    pub image: Option<String>,
    /// What stands in its place where it is not shown.
    pub image_text: Option<String>,
    /// What is promised, and where. Not of one that is fixed.
    pub promise: Option<Promise>,
    /// The customer's way to it, where more than its page was looked at. Not of one that is fixed.
    pub journey: Option<Way>,
    /// What the stock says. Not of one that is fixed.
    pub stock: Option<Stock>,
    /// Since when it is (or was) wrong.
    pub since: Moment,
    /// When the recipient was told before, as a sentence. Of one that is still open.
    pub told: Option<String>,
    /// Since when it is right.
    pub fixed_at: Option<Moment>,
    /// Why it is wrong and what to do, where that could be seen.
    pub cause: Option<String>,
    /// What to do, where no cause says it. Not of one that is fixed.
    pub todo: Option<String>,
    /// The same for programs.
    pub why: Option<Reason>,
    /// Who acknowledged it and what they noted, as a sentence.
    pub acknowledged: Option<String>,
    /// That nobody owns the product, as a sentence.
    pub orphan: Option<String>,
}

/// A time, in machine words and as the language writes it in the recipient's zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// The time.
    pub at: Timestamp,
    /// As the language writes it.
    pub text: String,
}

/// How much an incident harms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rating {
    /// `low`, `medium`, `high` or `critical`.
    pub code: String,
    /// The level's name.
    pub label: String,
    /// The score; higher is worse.
    pub score: u32,
    /// What made it so, each in a few words.
    pub because: Vec<String>,
}

/// What a touchpoint promises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Promise {
    /// `feed`, `listing`, `page` or `cart`.
    pub code: String,
    /// The name of the feed or listing.
    pub place: Option<String>,
    /// The touchpoint in words, with the name of the feed or listing.
    pub touchpoint: String,
    /// Where the listing is that says so; none of what is on the product's page, in a feed or in a cart.
    pub url: Option<String>,
    /// What it says.
    pub says: String,
    /// Whether that is untrue, by what the stock says.
    pub lies: bool,
    /// Where it says so.
    pub evidence: Vec<Evidence>,
    /// `and 2 more places`.
    pub more: Option<String>,
}

/// One place where a touchpoint says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Code of the signal, `json_ld`.
    pub code: String,
    /// The signal's name.
    pub kind: String,
    /// What it says, where that is not what the touchpoint says as a whole.
    pub says: Option<String>,
    /// Whether that is untrue, by what the stock says.
    pub lies: bool,
    /// Its words.
    pub excerpt: Option<String>,
    /// Where on the page.
    pub place: String,
}

/// What the stock says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stock {
    /// What can be sold, in words.
    pub says: String,
    /// How many can be sold.
    pub sellable: Option<Decimal>,
    /// The source's own fields.
    pub fields: Vec<(String, String)>,
    /// When it was read, as a phrase.
    pub as_of: String,
    /// Since when it is so, as a phrase.
    pub unchanged: Option<String>,
    /// From which source, as a phrase.
    pub source: String,
}

/// A stock source that is not believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AlarmRow {
    /// The shop.
    pub shop: String,
    /// The source.
    pub source: String,
    /// What is wrong.
    pub says: String,
    /// Since when.
    pub since: Moment,
}

/// Words that stand beside a row's fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Labels {
    /// Beside a SKU.
    pub sku: String,
    /// Beside what the stock says.
    pub stock: String,
    /// Beside since when it is wrong.
    pub since: String,
    /// Beside since when it is right.
    pub fixed_at: String,
    /// Beside what was wrong.
    pub was: String,
    /// Beside the cause.
    pub cause: String,
    /// Beside what to do.
    pub todo: String,
    /// Beside the customer's way.
    pub journey: String,
    /// Beside the severity.
    pub severity: String,
    /// Marks what is untrue.
    pub lies: String,
    /// On the link to the product's page.
    pub page: String,
    /// On the link to the product in the shop's administration.
    pub admin: String,
    /// Between the parts of a list.
    pub comma: String,
    /// Between a label and what it labels.
    pub colon: String,
    /// Before what somebody else wrote.
    pub open_quote: String,
    /// After what somebody else wrote.
    pub close_quote: String,
}

impl Message {
    /// Sets a piece of foreign text apart, so that it cannot reorder what stands around it: for plain text, where no
    /// markup can (UAX #9 section 2.4).
    pub fn isolate(&self, text: &str) -> String {
        isolate(text, self.direction)
    }

    /// `… and 7 more`, for a channel that shows fewer rows.
    pub fn and_more(&self, count: usize) -> String {
        match Languages::load() {
            Ok(languages) => languages.of(&self.language).count("more", count as u64),
            Err(_) => format!("… +{count}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::samples::message;

    #[test]
    fn a_message_says_how_many_more_there_are_in_its_language() {
        assert_eq!(message().and_more(7), "… and 7 more");
        assert_eq!(Message { language: "he".to_owned(), ..message() }.and_more(2), "… ועוד שניים");
    }
}
