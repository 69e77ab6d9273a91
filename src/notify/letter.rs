//! How a letter looks: a message, filled into the templates. See `config/mail/README.md` for what they may say.

use minijinja::context;
use minijinja::value::{Serde, Value};

use super::chart::{chart, shown};
use super::compose::ComposeError;
use super::message::{Direction, Message};
use super::templates::Templates;
use super::words::line_mark;

/// A mail before it is put into an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) language: String,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
    /// The picture that the HTML shows.
    pub(super) chart: Option<Picture>,
    /// File name and bytes.
    pub(super) csv: Option<(String, Vec<u8>)>,
}

/// A picture inside a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Picture {
    /// `Content-ID` without its angle brackets (RFC 2392).
    pub(super) id: String,
    /// How many days it shows.
    pub(super) days: usize,
    /// PNG.
    pub(super) bytes: Vec<u8>,
}

/// Fills the templates of a message's kind.
pub(super) fn render(
    message: &Message,
    attached: Option<&str>,
    csv: Option<(String, Vec<u8>)>,
    templates: &Templates,
    domain: &str,
) -> Result<Letter, ComposeError> {
    let chart = picture(message, domain);
    let seen = seen(message, attached, chart.as_ref());
    let name = message.kind.code();
    Ok(Letter {
        language: message.language.clone(),
        subject: message.subject.clone(),
        text: templates.fill(&format!("{name}.txt"), &seen)?,
        html: templates.fill(&format!("{name}.html"), &seen)?,
        chart,
        csv,
    })
}

/// What the templates see.
pub(super) fn seen(message: &Message, attached: Option<&str>, chart: Option<&Picture>) -> Value {
    let (start, end) = if message.direction == Direction::Rtl { ("right", "left") } else { ("left", "right") };
    let picture = chart.map(|chart| {
        let (width, height) = shown(chart.days);
        context! { src => format!("cid:{}", chart.id), width, height }
    });
    let mark = line_mark(message.direction);
    context! { start, end, mark, chart => picture, attached, ..Value::from(Serde(message)) }
}

/// The trend as a picture. Its name follows from what it shows, so that the same mail is the same bytes.
fn picture(message: &Message, domain: &str) -> Option<Picture> {
    let days = &message.summary.as_ref()?.trend.as_ref()?.days;
    let open: Vec<u32> = days.iter().map(|day| day.open).collect();
    let bytes = chart(&open, message.direction);
    let last = days.last()?.date;
    let id = format!("trend.{}.{last}@{domain}", message.run);
    (!bytes.is_empty()).then_some(Picture { id, days: open.len(), bytes })
}
