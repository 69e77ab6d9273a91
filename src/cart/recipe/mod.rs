//! A cart that the configuration describes, step by step.

mod check;
mod source;
mod template;

use std::collections::BTreeMap;

use async_trait::async_trait;
use url::Url;

use super::trouble::Trouble;
use super::{Answer, Basket, Contents, Wanted};
use crate::fetch::{Call, Payload, Reply, Session, Verb};
use template::{Purpose, fill};

pub use check::check;
pub use source::{Condition, Source};

/// How a cart is added to, looked into and emptied.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// What is done, in order; the last one adds.
    pub steps: Vec<Step>,
    /// What in the last answer means that the unit was taken: any of these.
    pub accepted: Vec<Condition>,
    /// What means that it was refused: any of these. Asked first.
    pub refused: Vec<Condition>,
    /// Where the shop's words are.
    pub words: Option<Source>,
    /// What takes the unit out again, in order.
    pub cleanup: Vec<Step>,
    /// Looks into the cart.
    pub check_clean: Step,
    /// What means that it is empty: any of these.
    pub clean: Vec<Condition>,
}

/// One request.
#[derive(Clone, Debug)]
pub struct Step {
    /// What is done.
    pub verb: Verb,
    /// Where: a template.
    pub url: String,
    /// Headers; the values are templates.
    pub headers: Vec<(String, String)>,
    /// A form's fields; the values are templates.
    pub form: Vec<(String, String)>,
    /// A body of JSON, as a template.
    pub json: Option<String>,
    /// What is taken from the answer, for later steps.
    pub extract: Vec<Extract>,
}

/// What is taken from an answer, and under what name.
#[derive(Clone, Debug)]
pub struct Extract {
    /// The name, for `{name}` in later steps.
    pub name: String,
    /// Where it is.
    pub source: Source,
}

/// A recipe at work.
pub(super) struct Cooking<'a> {
    recipe: &'a Recipe,
    values: BTreeMap<String, String>,
}

impl<'a> Cooking<'a> {
    pub(super) fn new(home: &Url, recipe: &'a Recipe, wanted: Wanted<'_>) -> Self {
        let item = wanted.item;
        let shop = home.as_str().trim_end_matches('/').to_owned() + "/";
        let known = [
            ("shop", Some(shop)),
            ("page", item.url.as_ref().map(Url::to_string)),
            ("sku", wanted.sku().map(str::to_owned)),
            ("stock_key", item.stock_key.clone()),
            ("gtin", item.gtin.clone()),
            ("number", wanted.platform_numbers().first().cloned()),
        ];
        let values = known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        Self { recipe, values }
    }

    /// Does a step. `must`: whether what is taken from its answer has to be there.
    async fn run(&mut self, session: &mut Session, step: &Step, must: bool) -> Result<Reply, Trouble> {
        let fill = |template: &str, purpose: Purpose| fill(template, &self.values, purpose).map_err(Trouble::Cannot);
        let address = fill(&step.url, Purpose::Address)?;
        let url =
            Url::parse(&address).map_err(|error| Trouble::Cannot(format!("{:?} is no address: {error}", step.url)))?;
        let mut call = Call { verb: step.verb, url, headers: Vec::new(), payload: Payload::Nothing };
        for (name, value) in &step.headers {
            call = call.header(name, &fill(value, Purpose::Plain)?);
        }
        if let Some(body) = &step.json {
            let body = fill(body, Purpose::Json)?;
            let value =
                serde_json::from_str(&body).map_err(|error| Trouble::Cannot(format!("a body is not JSON: {error}")))?;
            call.payload = Payload::Json(value);
        } else if !step.form.is_empty() {
            let mut fields = Vec::new();
            for (name, value) in &step.form {
                fields.push((name.clone(), fill(value, Purpose::Plain)?));
            }
            call.payload = Payload::Form(fields);
        }
        // Whatever is only looked at is a page, for which robots.txt counts; unless it is the cart.
        let is_page = step.verb == Verb::Get && step.headers.is_empty() && step.url.trim() == "{page}";
        let reply = if is_page { session.page(&call.url).await? } else { session.call(call).await? };
        for Extract { name, source } in &step.extract {
            match source.read(&reply, session) {
                Some(value) => {
                    self.values.insert(name.clone(), value);
                }
                None if must => return Err(Trouble::odd(&format!("without what the recipe calls {name}"), &reply)),
                None => {
                    self.values.remove(name);
                }
            }
        }
        Ok(reply)
    }
}

#[async_trait(?Send)]
impl Basket for Cooking<'_> {
    async fn open(&mut self, session: &mut Session) -> Result<(), Trouble> {
        let recipe = self.recipe;
        if let Some((_, before)) = recipe.steps.split_last() {
            for step in before {
                self.run(session, step, true).await?;
            }
        }
        Ok(())
    }

    async fn look(&mut self, session: &mut Session) -> Result<Contents, Trouble> {
        let recipe = self.recipe;
        let reply = self.run(session, &recipe.check_clean, false).await?;
        let is_clean = recipe.clean.iter().any(|condition| condition.holds(&reply, session));
        if !is_clean && !reply.is_success() {
            return Err(Trouble::odd("which is no cart", &reply));
        }
        Ok(Contents { lines: usize::from(!is_clean), against: None })
    }

    async fn add(&mut self, session: &mut Session) -> Result<Answer, Trouble> {
        let recipe = self.recipe;
        let Some(step) = recipe.steps.last() else { return Err(Trouble::Cannot("the recipe has no steps".to_owned())) };
        let reply = self.run(session, step, false).await?;
        let is = |conditions: &[Condition]| conditions.iter().any(|condition| condition.holds(&reply, session));
        let taken = match (is(&recipe.refused), is(&recipe.accepted)) {
            (true, _) => false,
            (false, true) => true,
            (false, false) => {
                return Err(Trouble::odd("which the recipe takes neither for a yes nor for a no", &reply));
            }
        };
        let words = recipe.words.as_ref().and_then(|words| words.read(&reply, session)).unwrap_or_default();
        Ok(Answer::new(&reply.url, &reply, Some(taken), words))
    }

    async fn empty(&mut self, session: &mut Session) -> Result<(), Trouble> {
        let recipe = self.recipe;
        for step in &recipe.cleanup {
            let reply = self.run(session, step, true).await?;
            if !reply.is_success() {
                return Err(Trouble::odd("when the unit was to be removed", &reply));
            }
        }
        Ok(())
    }
}
