//! django-oscar, by the forms of its pages: `apps/basket/views.py` in <https://github.com/django-oscar/django-oscar>.

use async_trait::async_trait;
use url::Url;

use super::form::{Form, forms, words};
use super::trouble::Trouble;
use super::{Answer, Basket, Contents, Wanted, below};
use crate::fetch::{Call, Payload, Reply, Session};

/// Where the address of the form begins its part that speaks of adding.
const ADD: &str = "/basket/add/";

/// The rows of the basket.
const ROWS: &str = "form";

/// Where the shop speaks to the customer.
const WORDS: [&str; 4] = ["#messages .alert-danger", "#messages .alert-warning", ".alert-danger", "#messages .alert"];
const GOOD_WORDS: [&str; 1] = ["#messages .alert-success"];

/// Django's own protection against forms of strangers.
pub(super) const CSRF: &str = "csrfmiddlewaretoken";

/// An Oscar basket.
pub(super) struct Oscar<'a> {
    home: &'a Url,
    wanted: Wanted<'a>,
    page: Option<Url>,
    form: Form,
    target: Option<Url>,
    basket: Option<(Form, Url)>,
}

impl<'a> Oscar<'a> {
    pub(super) fn new(home: &'a Url, wanted: Wanted<'a>) -> Self {
        Self { home, wanted, page: None, form: Form::default(), target: None, basket: None }
    }

    /// The form of the page, or one made of the product's number: a page that denies the item has no form, and the basket
    /// may take it all the same.
    fn choose(&self, forms: &[Form], page: &Url) -> Result<(Form, Url), Trouble> {
        let of_page = page.path().trim_end_matches('/').rsplit('_').next().filter(|number| is_number(number));
        let number = of_page.map(str::to_owned).or_else(|| self.wanted.platform_numbers().first().cloned());
        // A page has forms for the products that it recommends, too.
        let mut found = forms.iter().filter_map(|form| Some((form, added(form)?)));
        let own = match &number {
            Some(number) => found.find(|(_, added)| added == number),
            None => found.next().filter(|(_, first)| found.all(|(_, other)| other == *first)),
        };
        if let Some((form, target)) = own.and_then(|(form, _)| Some((form, form.target(page)?))) {
            return Ok((self.filled(form.clone())?, target));
        }
        let token = forms.iter().find_map(|form| form.value(CSRF));
        match (number, token) {
            (Some(number), Some(token)) => {
                let mut form = Form::default();
                form.set(CSRF, token);
                form.set("quantity", "1");
                Ok((form, below(self.home, &format!("basket/add/{number}/"))))
            }
            _ => Err(Trouble::Cannot("its page has no form to add it, and its number is not known".to_owned())),
        }
    }

    /// The form with one unit, and the child chosen where the page offers several.
    fn filled(&self, mut form: Form) -> Result<Form, Trouble> {
        form.set("quantity", "1");
        if let Some(children) = form.choice("child_id") {
            let known = self.wanted.platform_numbers();
            let numbered = children.iter().find(|(value, _)| known.contains(value));
            let only = children.first().filter(|_| children.len() == 1);
            let Some((child, _)) = numbered.or(only).cloned() else {
                let why = "its page offers several children; give the child's number as stock_key";
                return Err(Trouble::Cannot(why.to_owned()));
            };
            form.set("child_id", &child);
        }
        if let Some(name) = form.unfilled() {
            return Err(Trouble::Cannot(format!("its page asks for {name} first")));
        }
        Ok(form)
    }

    async fn post(&self, session: &mut Session) -> Result<Reply, Trouble> {
        let Some(target) = &self.target else {
            return Err(Trouble::Cannot("its page has no form to add it".to_owned()));
        };
        let call = Call::post(target.clone(), Payload::Form(self.form.fields.clone()));
        // Django compares it under https.
        let call = self.page.iter().fold(call, |call, page| call.header("Referer", page.as_str()));
        Ok(session.call(call).await?)
    }
}

#[async_trait(?Send)]
impl Basket for Oscar<'_> {
    async fn open(&mut self, session: &mut Session) -> Result<(), Trouble> {
        let Some(page) = &self.wanted.item.url else {
            return Err(Trouble::Cannot("no page is known for the item".to_owned()));
        };
        let reply = session.page(page).await?;
        let forms = forms(&reply.text());
        if forms.is_empty() {
            return Err(Trouble::odd("and has no form", &reply));
        }
        let (form, target) = self.choose(&forms, &reply.url)?;
        (self.form, self.target, self.page) = (form, Some(target), Some(reply.url));
        Ok(())
    }

    async fn look(&mut self, session: &mut Session) -> Result<Contents, Trouble> {
        let mut url = below(self.home, "basket/");
        // The shop may have a folder for each language.
        if let Some(target) = &self.target
            && let Some((before, _)) = target.path().split_once(ADD)
        {
            url = target.clone();
            url.set_path(&format!("{before}/basket/"));
            url.set_query(None);
        }
        let reply = session.call(Call::get(url)).await?;
        if !reply.is_success() {
            return Err(Trouble::odd("which is no basket", &reply));
        }
        let html = reply.text();
        let found = forms(&html).into_iter().find(|form| form.value("form-TOTAL_FORMS").is_some());
        let lines = found.as_ref().map_or(0, |form| form.rows(ROWS).len());
        // Other visitors may have taken the last one; the basket then says so of its line.
        let against = words(&html, &[".basket-items .outofstock", ".basket-items .unavailable"]).filter(|_| lines > 0);
        if found.is_none() && !html.contains("basket") {
            return Err(Trouble::odd("which is no basket", &reply));
        }
        self.basket = found.and_then(|form| Some((form.clone(), form.target(&reply.url)?)));
        Ok(Contents { lines, against })
    }

    async fn add(&mut self, session: &mut Session) -> Result<Answer, Trouble> {
        let mut reply = self.post(session).await?;
        if reply.status == 403 {
            // The form's token may be that of another visit, kept by a page cache. Nothing was done yet.
            self.open(session).await?;
            reply = self.post(session).await?;
        }
        if !reply.is_success() {
            return Err(Trouble::odd("which is no basket", &reply));
        }
        let html = reply.text();
        let (good, bad) = (words(&html, &GOOD_WORDS), words(&html, &WORDS));
        let (taken, words) = match (good, bad) {
            (Some(words), _) => (Some(true), words),
            (None, Some(words)) => (Some(false), words),
            (None, None) => (None, String::new()),
        };
        let url = self.target.clone().unwrap_or_else(|| self.home.clone());
        Ok(Answer::new(&url, &reply, taken, words))
    }

    async fn empty(&mut self, session: &mut Session) -> Result<(), Trouble> {
        let Some((form, url)) = self.basket.take() else { return Ok(()) };
        empty_formset(session, form, url, ROWS).await
    }
}

/// Sends a Django formset back with every row marked for deletion.
pub(super) async fn empty_formset(session: &mut Session, mut form: Form, url: Url, rows: &str) -> Result<(), Trouble> {
    for row in form.rows(rows) {
        form.set(&format!("{rows}-{row}-DELETE"), "on");
    }
    let call = Call::post(url.clone(), Payload::Form(form.fields)).header("Referer", url.as_str());
    let reply = session.call(call).await?;
    if reply.is_success() { Ok(()) } else { Err(Trouble::odd("when the unit was to be removed", &reply)) }
}

/// The number of the product that a form adds.
fn added(form: &Form) -> Option<&str> {
    let (_, number) = form.action.split_once(ADD)?;
    number.split(['/', '?']).next().filter(|number| is_number(number))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
