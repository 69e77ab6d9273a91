//! robots.txt (RFC 9309): what the host allows, and how slowly it wants to be asked.
//!
//! `texting_robots` holds the groups, the longest match and the wildcards. What it leaves to its caller is here: the
//! product token, one spelling for percent-encoded paths (section 2.2.2), and what an answer means that is no
//! robots.txt (section 2.3.1).

use std::time::Duration;

use texting_robots::Robot;
use url::{Position, Url};

use crate::domain::PageFailure;

/// At least this much must be read (section 2.5); more is not.
pub(super) const CAP: u64 = 500 * 1024;
/// Redirects followed to robots.txt (section 2.3.1.2).
pub(super) const MAX_REDIRECTS: usize = 5;

/// Rules with a `$` become regular expressions, some 15 KB each: as many as this, and no shop needs them.
const MAX_ANCHORED: usize = 2_000;

/// What one host said.
#[derive(Debug)]
pub(super) enum Robots {
    /// It has rules.
    Rules { robot: Box<Robot>, agent: String },
    /// It has none (4xx, section 2.3.1.3).
    None,
    /// Nothing may be fetched, for this reason (5xx or no answer, section 2.3.1.4; or more patience than we have).
    Closed(PageFailure),
}

impl Robots {
    /// Reads an answer. 429 is no "there is none": the host asks for less, so it gets nothing.
    pub(super) fn from_answer(host: &str, user_agent: &str, status: u16, body: &[u8]) -> Self {
        let closed = |answer: String| Self::Closed(PageFailure::RobotsUnreachable { host: host.to_owned(), answer });
        match status {
            200..300 if body.iter().filter(|byte| **byte == b'$').count() > MAX_ANCHORED => {
                closed(format!("{status} with more than {MAX_ANCHORED} patterns"))
            }
            200..300 => {
                let agent = product_token(user_agent);
                match Robot::new(&agent, &spelled_alike(whole_lines(body))) {
                    Ok(robot) => Self::Rules { robot: Box::new(robot), agent },
                    Err(_) => closed(format!("{status} with a rule that cannot be read")),
                }
            }
            400..500 if status != 429 => Self::None,
            _ => closed(status.to_string()),
        }
    }

    /// Reads a failure to get any answer. Too many redirects count as "there is none" (section 2.3.1.2).
    pub(super) fn from_failure(host: &str, failure: PageFailure) -> Self {
        match failure {
            PageFailure::Redirect { .. } => Self::None,
            PageFailure::PrivateAddress { .. } | PageFailure::CircuitOpen { .. } => Self::Closed(failure),
            other => {
                let answer = format!("nothing ({other})");
                Self::Closed(PageFailure::RobotsUnreachable { host: host.to_owned(), answer })
            }
        }
    }

    /// Whether the URL may be fetched.
    pub(super) fn permit(&self, url: &Url) -> Result<(), PageFailure> {
        match self {
            Self::None => Ok(()),
            Self::Closed(failure) => Err(failure.clone()),
            Self::Rules { robot, agent } => {
                let path = &url[Position::BeforePath..Position::AfterQuery];
                let path = String::from_utf8(spelled_alike(path.as_bytes())).unwrap_or_else(|_| path.to_owned());
                if robot.allowed(&path) {
                    return Ok(());
                }
                Err(PageFailure::RobotsDisallowed { url: url.clone(), agent: agent.clone() })
            }
        }
    }

    /// Closes a host that wants longer pauses than this: to come sooner would be rude, and to wait would stall the run.
    pub(super) fn no_slower_than(self, host: &str, longest: Duration) -> Self {
        match self.delay() {
            Some(delay) if delay > longest => {
                let seconds = delay.as_secs().saturating_add(u64::from(delay.subsec_nanos() > 0));
                Self::Closed(PageFailure::RobotsTooSlow { host: host.to_owned(), seconds })
            }
            _ => self,
        }
    }

    /// `Crawl-delay`, the distance the host wants between two requests. No part of the RFC, but widely sent and meant.
    /// What is too large for a [`Duration`] is the largest one: the host asks for less, not for nothing.
    pub(super) fn delay(&self) -> Option<Duration> {
        match self {
            Self::Rules { robot, .. } => {
                let seconds = robot.delay.filter(|seconds| *seconds >= 0.0);
                seconds.map(|seconds| Duration::try_from_secs_f32(seconds).unwrap_or(Duration::MAX))
            }
            Self::None | Self::Closed(_) => None,
        }
    }
}

/// The part of the user agent that robots.txt speaks to: its leading letters, `-` and `_` (section 2.2.1).
fn product_token(user_agent: &str) -> String {
    let token: String =
        user_agent.chars().take_while(|next| next.is_ascii_alphabetic() || matches!(next, '-' | '_')).collect();
    if token.is_empty() { env!("CARGO_PKG_NAME").to_owned() } else { token }
}

/// A rule cut off at the cap would forbid or allow too much.
fn whole_lines(body: &[u8]) -> &[u8] {
    if (body.len() as u64) < CAP {
        return body;
    }
    let end = body.iter().rposition(|byte| *byte == b'\n').unwrap_or(body.len());
    body.get(..end).unwrap_or(body)
}

/// One spelling for every percent-encoded byte: plain where it is unreserved, else in capitals (RFC 3986 section 6.2.2).
/// Hebrew paths come as `%d7%90` from one system and as `%D7%90` from the next.
fn spelled_alike(text: &[u8]) -> Vec<u8> {
    let mut alike = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let digits = after
            .first()
            .zip(after.get(1))
            .and_then(|(high, low)| Some((char::from(*high).to_digit(16)?, char::from(*low).to_digit(16)?)));
        match digits.filter(|_| byte == b'%') {
            Some((high, low)) => {
                let value = u8::try_from(high * 16 + low).unwrap_or_default();
                if value.is_ascii_alphanumeric() || matches!(value, b'-' | b'.' | b'_' | b'~') {
                    alike.push(value);
                } else {
                    alike.extend_from_slice(format!("%{value:02X}").as_bytes());
                }
                rest = after.get(2..).unwrap_or_default();
            }
            None => alike.push(byte),
        }
    }
    alike
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(rules: &str, path: &str) -> bool {
        let url = Url::parse("https://shop.example").unwrap().join(path).unwrap();
        Robots::from_answer("shop.example", "stocktruth/1.0 (+mail)", 200, rules.as_bytes()).permit(&url).is_ok()
    }

    #[test]
    fn our_own_group_wins_over_the_one_for_all() {
        let rules = "User-agent: *\nDisallow: /\n\nUser-agent: other\nUser-agent: StockTruth\nDisallow: /cart\n";
        assert!(may(rules, "/p/1"));
        assert!(!may(rules, "/cart?add=1"));
        assert!(!may("User-agent: *\nDisallow: /\n", "/p/1"));
        assert!(may("User-agent: stocktruth-else\nDisallow: /\n", "/p/1"));
        assert!(may("<html>no such page</html>", "/p/1"));
    }

    #[test]
    fn the_longest_match_wins_with_wildcards_and_ends() {
        let rules = "User-agent: *\nDisallow: /p\nAllow: /p/open\nDisallow: /*.json$\nAllow: /a\nDisallow: /a\n";
        for (path, allowed) in
            [("/p/1", false), ("/p/open/2", true), ("/x.json", false), ("/x.json?a", true), ("/a", true)]
        {
            assert_eq!(may(rules, path), allowed, "{path}");
        }
        assert!(!may("User-agent: *\nDisallow: /*.json$", "/x.json#top"));
    }

    #[test]
    fn hebrew_paths_match_however_they_are_spelled() {
        for rule in ["/מבצע", "/%d7%9e%d7%91%d7%a6%d7%a2", "/%D7%9E%D7%91%D7%A6%D7%A2"] {
            let rules = format!("User-agent: *\nDisallow: {rule}\n");
            for path in ["/מבצע/1", "/%d7%9e%d7%91%d7%a6%d7%a2/1", "/%D7%9E%D7%91%D7%A6%D7%A2/1"] {
                assert!(!may(&rules, path), "{rule} {path}");
            }
        }
        assert!(!may("User-agent: *\nDisallow: /%62az", "/b%61z"));
        assert!(may("User-agent: *\nDisallow: /a/b", "/a%2fb"), "an encoded slash is no slash");
    }

    #[test]
    fn an_answer_that_is_no_robots_txt_opens_or_closes_the_host() {
        let permits = |status| {
            let url = Url::parse("https://shop.example/").unwrap();
            Robots::from_answer("shop.example", "stocktruth", status, b"").permit(&url).is_ok()
        };
        for (status, open) in
            [(200, true), (404, true), (401, true), (403, true), (429, false), (500, false), (503, false)]
        {
            assert_eq!(permits(status), open, "{status}");
        }
    }

    #[test]
    fn a_crawl_delay_is_read_and_a_mad_one_does_no_harm() {
        let asks = |value: &str| {
            let rules = format!("User-agent: *\nCrawl-delay: {value}\n");
            Robots::from_answer("shop.example", "stocktruth", 200, rules.as_bytes())
        };
        assert_eq!(asks("1.5").delay(), Some(Duration::from_millis(1500)));
        assert_eq!(["NaN", "-2", "soon"].map(|value| asks(value).delay()), [None; 3]);
        let url = Url::parse("https://shop.example/").unwrap();
        let permits = |value| asks(value).no_slower_than("shop.example", Duration::from_secs(60)).permit(&url);
        assert_eq!(permits("60"), Ok(()));
        for (value, seconds) in [
            ("60.5", 61),
            ("86400", 86_400),
            ("1e19", 9_999_999_980_506_447_872),
            ("1e30", u64::MAX),
            ("1e39", u64::MAX),
        ] {
            let failure = PageFailure::RobotsTooSlow { host: "shop.example".to_owned(), seconds };
            assert_eq!(permits(value), Err(failure), "{value}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(64))]

        #[test]
        fn no_robots_txt_does_any_harm(rule in "[/*$%a-d\\r\\n#: ]{0,40}", path in "[/*$%a-d?]{0,20}", bytes: Vec<u8>) {
            may(&format!("User-agent: *\nDisallow: {rule}\n"), &format!("/{}", path.trim_start_matches('/')));
            Robots::from_answer("shop.example", "stocktruth", 200, &bytes);
        }
    }

    #[test]
    fn a_rule_cut_off_at_the_cap_does_not_count() {
        let line = "Disallow: /shop/\n";
        let mut body = format!("User-agent: *\nDisallow: /x\n{}", "# padding\n".repeat(60_000)).into_bytes();
        body.truncate(usize::try_from(CAP).unwrap() - 11);
        body.push(b'\n');
        body.extend_from_slice(&line.as_bytes()[..10]);
        let robots = Robots::from_answer("shop.example", "stocktruth", 200, &body);
        assert!(robots.permit(&Url::parse("https://shop.example/p").unwrap()).is_ok());
        assert!(robots.permit(&Url::parse("https://shop.example/x").unwrap()).is_err());
    }
}
