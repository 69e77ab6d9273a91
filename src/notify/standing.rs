//! How things stand for a recipient: the numbers over a digest, and how they went in the last days.

use jiff::Timestamp;
use jiff::civil::Date;

use super::digest::Heard;
use super::message::{Figure, Standing, Trend, TrendDay};
use super::rows::Reader;
use super::words::{Of, Words};
use crate::domain::Section;

/// Seconds below which the age of the oldest is not told.
const HOUR: u64 = 3_600;

/// Days that the trend shows.
const DAYS: usize = 14;

/// What is known of a recipient beside what they are told now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// Incidents that are open for them.
    pub open: u32,
    /// Since when the oldest of those is wrong.
    pub oldest: Option<Timestamp>,
    /// How many were open at the end of each day lately, oldest first. Days that are missing count as the day before.
    pub trend: Vec<(Date, u32)>,
    /// `Message-ID` of the first mail of the thread they follow, with its angle brackets.
    pub thread: Option<String>,
}

/// The numbers over a digest. `None` where it is about one product and there is no other: the row says it all.
pub(super) fn standing(heard: &Heard, overview: Option<&Overview>, reader: Reader<'_>) -> Option<Standing> {
    let words = reader.words;
    let count = |section| u32::try_from(heard.total(section)).unwrap_or(u32::MAX);
    let (new, still, fixed) = (count(Section::New), count(Section::Still), count(Section::Fixed));
    let open = overview.map_or(0, |overview| overview.open).max(new.saturating_add(still));
    if heard.total_of_all() <= 1 && open <= 1 {
        return None;
    }
    let figure = |code: &str, number: u32| Figure {
        code: code.to_owned(),
        number: words.whole(number.into()),
        label: words.figure(code, number.into()),
    };
    let mut figures = vec![figure("open", open)];
    let mut parts = vec![match open {
        0 => words.say(Of::Label, "none_open", &[]),
        _ => words.count("sum_open", open.into()),
    }];
    for (code, key, number) in [("new", "sum_new", new), ("fixed", "sum_fixed", fixed)] {
        if number > 0 {
            figures.push(figure(code, number));
            parts.push(words.count(key, number.into()));
        }
    }
    let oldest = overview.and_then(|overview| overview.oldest).into_iter().chain(heard.oldest).min();
    let oldest = oldest.map(|at| reader.moment(at));
    let age = |at| u64::try_from(reader.now.duration_since(at).as_secs()).unwrap_or_default();
    // That what is new is new needs no number.
    if let Some((oldest, age)) = oldest.as_ref().map(|oldest| (oldest, age(oldest.at))).filter(|(_, age)| *age >= HOUR)
    {
        let day = words.day(oldest.at.to_zoned(reader.zone.clone()).date());
        figures.push(Figure { code: "oldest".to_owned(), number: words.age(age), label: words.figure("oldest", 1) });
        let fills = [("date", words.isolate(&day)), ("age", words.age(age))];
        parts.push(words.say(Of::Label, "oldest", &fills.each_ref().map(|(name, value)| (*name, value.as_str()))));
    }
    let trend = overview.and_then(|overview| trend(&overview.trend, words));
    Some(Standing { open, new, fixed, oldest, figures, text: words.list(&parts), trend })
}

/// The last days. A day on which nobody looked counts as the day before. `None`: there is no day before today to compare
/// with.
fn trend(known: &[(Date, u32)], words: &Words) -> Option<Trend> {
    let (last, _) = known.last()?;
    let (first, mut open) = known.first().copied()?;
    let mut days = vec![];
    for date in first.series(jiff::Span::new().days(1)).take_while(|date| date <= last) {
        open = known.iter().find(|(known, _)| *known == date).map_or(open, |(_, open)| *open);
        days.push(TrendDay { date, day: date.day().to_string(), open, number: words.whole(open.into()) });
    }
    let days = days.split_off(days.len().saturating_sub(DAYS));
    let (from, to) = match &days[..] {
        [first, .., last] => (words.day(first.date), words.day(last.date)),
        _ => return None,
    };
    let title = words.say(Of::Label, "trend", &[("from", &words.isolate(&from)), ("to", &words.isolate(&to))]);
    let numbers: Vec<_> = days.iter().map(|day| day.number.clone()).collect();
    let text = words.say(Of::Label, "trend_numbers", &[("title", &title), ("numbers", &words.list(&numbers))]);
    Some(Trend { days, title, text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::words::Languages;

    fn day(day: i8) -> Date {
        Date::new(2026, 11, day).unwrap()
    }

    #[test]
    fn days_on_which_nobody_looked_count_as_the_day_before() {
        let words = Languages::load().unwrap().of("en");
        let shown = trend(&[(day(3), 4), (day(4), 6), (day(7), 0), (day(8), 1_200)], words).unwrap();
        assert_eq!(shown.days.iter().map(|day| day.open).collect::<Vec<_>>(), [4, 6, 6, 6, 0, 1_200]);
        assert_eq!(shown.text, "Open at the end of each day, 3 Nov to 8 Nov: 4, 6, 6, 6, 0, 1,200");
    }

    #[test]
    fn one_day_is_no_trend_and_a_month_is_its_last_two_weeks() {
        let words = Languages::load().unwrap().of("ru");
        assert_eq!(trend(&[], words), None);
        assert_eq!(trend(&[(day(3), 4)], words), None);
        let month: Vec<_> = (1..=30).map(|date| (day(date), u32::from(date.unsigned_abs()))).collect();
        let shown = trend(&month, words).unwrap();
        assert_eq!(shown.days.iter().map(|day| day.open).collect::<Vec<_>>(), (17..=30).collect::<Vec<_>>());
        assert!(shown.title.contains("17 нояб. – 30 нояб."), "{}", shown.title);
    }
}
