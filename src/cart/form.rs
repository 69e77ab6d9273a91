//! Forms of a page, as a browser would send them, and what a page says beside them.

use scraper::{ElementRef, Html, Selector};
use url::Url;

use crate::domain::plain::one_line;

/// A form with what it would send.
#[derive(Clone, Debug, Default)]
pub(super) struct Form {
    /// Where it is sent.
    pub(super) action: String,
    /// Names and values; of a choice what is chosen, else the first that may be.
    pub(super) fields: Vec<(String, String)>,
    /// Names of its choices, with the values and words of what may be chosen.
    pub(super) choices: Vec<(String, Vec<(String, String)>)>,
    /// Names and values of its buttons, which are sent only when pressed.
    pub(super) buttons: Vec<(String, String)>,
    /// Names of what must be filled in.
    required: Vec<String>,
}

impl Form {
    /// The value of a field.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Sets a field.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_owned()));
    }

    /// The first field that must be filled in and is not.
    pub(super) fn unfilled(&self) -> Option<&str> {
        let is_empty = |name: &&String| self.value(name).is_none_or(|value| value.trim().is_empty());
        self.required.iter().find(is_empty).map(String::as_str)
    }

    /// What may be chosen for a field.
    pub(super) fn choice(&self, name: &str) -> Option<&[(String, String)]> {
        self.choices.iter().find(|(known, _)| known == name).map(|(_, values)| values.as_slice())
    }

    /// The address it is sent to, from the page it is on. `None`: none of this shop's.
    pub(super) fn target(&self, page: &Url) -> Option<Url> {
        if self.action.trim().is_empty() {
            return Some(page.clone());
        }
        page.join(self.action.trim()).ok().filter(|url| url.origin() == page.origin())
    }

    /// The rows of a Django formset that hold something: the numbers `N` for which `PREFIX-N-id` has a value and the
    /// quantity is not 0.
    pub(super) fn rows(&self, prefix: &str) -> Vec<String> {
        let numbers = self.fields.iter().filter_map(|(name, value)| {
            let number = name.strip_prefix(prefix)?.strip_prefix('-')?.strip_suffix("-id")?;
            (!value.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(number)
        });
        let is_empty = |number: &&str| self.value(&format!("{prefix}-{number}-quantity")) == Some("0");
        numbers.filter(|number| !is_empty(number)).map(str::to_owned).collect()
    }
}

/// All forms of a page that post.
pub(super) fn forms(html: &str) -> Vec<Form> {
    let page = Html::parse_document(html);
    let Ok(forms) = Selector::parse("form") else { return Vec::new() };
    let posts = |form: &ElementRef<'_>| form.attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
    page.select(&forms).filter(posts).map(|form| read(&page, form)).collect()
}

fn read(page: &Html, form: ElementRef<'_>) -> Form {
    let mut read = Form { action: form.attr("action").unwrap_or_default().to_owned(), ..Form::default() };
    let Ok(controls) = Selector::parse("input, select, textarea, button") else { return read };
    for control in form.select(&controls) {
        note(&mut read, control);
    }
    // Controls may stand elsewhere and name their form.
    if let Some(id) = form.attr("id").filter(|id| !id.is_empty() && !id.contains(['"', '\\'])) {
        let elsewhere = ["input", "select", "textarea", "button"].map(|tag| format!("{tag}[form=\"{id}\"]")).join(", ");
        if let Ok(controls) = Selector::parse(&elsewhere) {
            page.select(&controls).for_each(|control| note(&mut read, control));
        }
    }
    read
}

fn note(form: &mut Form, control: ElementRef<'_>) {
    let Some(name) = control.attr("name").filter(|name| !name.is_empty()).map(str::to_owned) else { return };
    let value = || control.attr("value").unwrap_or_default().to_owned();
    if control.attr("disabled").is_some() {
        return;
    }
    if control.attr("required").is_some() {
        form.required.push(name.clone());
    }
    match (control.value().name(), control.attr("type").unwrap_or_default().to_ascii_lowercase().as_str()) {
        ("button", _) | ("input", "submit" | "image" | "button") => form.buttons.push((name, value())),
        ("input", "checkbox" | "radio") => {
            let on = control.attr("value").unwrap_or("on").to_owned();
            match form.choices.iter_mut().find(|(known, _)| *known == name) {
                Some((_, values)) => values.push((on.clone(), String::new())),
                None => form.choices.push((name.clone(), vec![(on.clone(), String::new())])),
            }
            if control.attr("checked").is_some() {
                form.fields.push((name, on));
            }
        }
        ("input", "file" | "reset") => {}
        ("select", _) => {
            let Ok(options) = Selector::parse("option") else { return };
            let may_be = |option: &ElementRef<'_>| option.attr("disabled").is_none();
            let values: Vec<(String, String)> = control
                .select(&options)
                .filter(may_be)
                .map(|option| {
                    let words = text(option);
                    (option.attr("value").map_or_else(|| words.clone(), str::to_owned), words)
                })
                .collect();
            let chosen = control.select(&options).filter(may_be).position(|option| option.attr("selected").is_some());
            if let Some((value, _)) = values.get(chosen.unwrap_or(0)) {
                form.fields.push((name.clone(), value.clone()));
            }
            form.choices.push((name, values));
        }
        ("textarea", _) => form.fields.push((name, text(control))),
        _ => form.fields.push((name, value())),
    }
}

/// The first of a page's elements that fits one of these selectors and says something, in words.
pub(super) fn words(html: &str, selectors: &[&str]) -> Option<String> {
    let page = Html::parse_document(html);
    selectors.iter().find_map(|selector| {
        let selector = Selector::parse(selector).ok()?;
        page.select(&selector).map(text).find(|text| text.chars().any(char::is_alphanumeric))
    })
}

/// Text that may have markup and entities in it, without them.
pub(super) fn without_markup(text: &str) -> String {
    self::text(Html::parse_fragment(text).root_element())
}

fn text(element: ElementRef<'_>) -> String {
    // A close button says nothing.
    let is_said = |text: &&str| text.trim() != "×";
    one_line(&element.text().filter(is_said).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_sends_what_a_browser_would() {
        let html = r#"<form action="/search"><input name=q></form>
            <form method=POST action="/basket/add/7/" id=add><input type=hidden name=csrf value=abc>
            <input type=number name=quantity value=1><input name=off value=x disabled>
            <select name=size><option value="" disabled>choose<option value=S>Small<option value=L selected>Large</select>
            <input type=checkbox name=gift><input type=radio name=colour value=red checked><input type=radio name=colour value=blue>
            <input type=submit name=buy value=Buy><textarea name=note>hello</textarea></form><input form=add name=late value=2>"#;
        let forms = forms(html);
        assert_eq!(forms.len(), 1, "one posts");
        let form = &forms[0];
        let fields: Vec<(&str, &str)> =
            form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let expected =
            [("csrf", "abc"), ("quantity", "1"), ("size", "L"), ("colour", "red"), ("note", "hello"), ("late", "2")];
        assert_eq!(fields, expected);
        assert_eq!(form.choice("size").unwrap(), [("S".into(), "Small".into()), ("L".into(), "Large".into())]);
        assert_eq!(form.buttons, [("buy".to_owned(), "Buy".to_owned())]);
        let page = Url::parse("https://shop.example/p/7").unwrap();
        assert_eq!(form.target(&page).unwrap().as_str(), "https://shop.example/basket/add/7/");
        assert_eq!(Form::default().target(&page).unwrap(), page);
    }

    #[test]
    fn rows_of_a_formset_are_those_that_hold_something() {
        let mut form = Form::default();
        for (name, value) in [
            ("f-0-id", "9"),
            ("f-0-quantity", "1"),
            ("f-1-id", "8"),
            ("f-1-quantity", "0"),
            ("f-2-id", ""),
            ("f-x-id", "7"),
            ("g-0-id", "6"),
        ] {
            form.set(name, value);
        }
        assert_eq!(form.rows("f"), ["0"]);
    }

    #[test]
    fn words_are_those_of_the_first_element_that_says_something() {
        let html =
            "<div class=alert><button>×</button></div><div class=alert>No <b>stock</b> left<button>×</button></div>";
        assert_eq!(words(html, &[".none", ".alert"]).as_deref(), Some("No stock left"));
        assert_eq!(words(html, &["["]), None);
        assert_eq!(without_markup("You cannot add &quot;Mug&quot; <a href=x>now</a>"), "You cannot add \"Mug\" now");
    }
}
