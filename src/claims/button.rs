//! The buy button: there or not, enabled or not, and what is written on it.
//!
//! A button that can be pressed is weak evidence, since scripts that never ran here may disable it. A button that says
//! "sold out", or that offers to write when there is stock, is as good as words.

use super::phrases::Label;
use super::sheet::{Marks, Sheet, excerpt};
use super::{Emitted, Scene};
use crate::domain::{Availability, Signal, SignalKind};

/// Ends the excerpt of a button that nothing but its being disabled speaks against.
const DISABLED: &str = " (disabled)";

/// Wallets and loans, whose buttons stay when the shop's own is taken away.
const WALLETS: &[&str] =
    &["paypal", "apple pay", "google pay", "gpay", "g pay", "shop pay", "amazon pay", "klarna", "pay later"];

/// Longer texts are no labels.
const LONGEST_LABEL: usize = 120;

/// Longer texts, in bytes, are no label of a button that is none of HTML's own.
const LONGEST_WORD: usize = 32;

/// What one button amounts to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    Buy,
    Preorder,
    SoldOut,
    Notify,
    Disabled,
}

/// A button that says something.
struct Button {
    at: usize,
    says: Says,
    /// Whether it is the product's main button rather than some label.
    primary: bool,
    /// Whether it is named after buying, or leads to the cart.
    made_to_buy: bool,
    /// Whether its words are known. Those that are not are those of a button that is made to buy.
    known: bool,
    label: String,
}

/// The buttons of the page's own product. One that can be pressed silences those that cannot: next to a size that is
/// sold out there is often one that is not.
pub(super) fn signals(scene: &Scene<'_>) -> Vec<Emitted> {
    let sheet = scene.sheet;
    let mut found: Vec<Button> = Vec::new();
    for index in 0..sheet.nodes.len() {
        if sheet.own(index) && !sheet.nodes[index].within.any(Marks::OVERLAY) && is_button(sheet, index) {
            found.extend(judge(scene, index, label(sheet, index)));
        }
    }
    if found.is_empty() {
        found.extend(wordless(sheet));
    }
    keep_main(sheet, &mut found);
    let pressable = found.iter().any(|one| matches!(one.says, Says::Buy | Says::Preorder));
    // A size that is sold out may submit the form as well; the button that is named after buying knows better.
    let made = found.iter().any(|one| one.made_to_buy && matches!(one.says, Says::Buy | Says::Preorder));
    let sold_out = found.iter().any(|one| one.says == Says::SoldOut && one.primary && (one.made_to_buy || !made));
    // Beside the button that buys, one that reserves in a branch is another matter.
    if found.iter().any(|one| one.primary && one.known && matches!(one.says, Says::Buy | Says::Preorder)) {
        found.retain(|one| one.primary || !matches!(one.says, Says::Buy | Says::Preorder));
    }
    let chooser = has_chooser(sheet);
    let waits = found.iter().any(|one| one.says == Says::Disabled) && waits_for_scripts(scene);
    found.retain(|one| match one.says {
        Says::Buy | Says::Preorder => !sold_out,
        // A label without a form or a name of its own may be a size, so it needs the absence of a real button.
        Says::SoldOut => sold_out && one.primary || !pressable,
        Says::Notify => !pressable,
        Says::Disabled => !pressable && !chooser && !waits,
    });
    found.into_iter().take(4).map(|one| emit(sheet, &one)).collect()
}

/// The buttons of the card that the scene is narrowed to, as far as their words are known: "Read more" and "Select
/// options" say nothing, and a button that waits for a script or a choice says nothing either.
pub(super) fn of_card(scene: &Scene<'_>, card: usize) -> Vec<Emitted> {
    let sheet = scene.sheet;
    let within = |index: &usize| {
        sheet.own(*index)
            && !sheet.nodes[*index].within.any(Marks::OVERLAY.with(Marks::CHOOSER))
            && is_button(sheet, *index)
    };
    let judged =
        (card..sheet.nodes[card].end).filter(within).filter_map(|index| judge(scene, index, label(sheet, index)));
    let mut found: Vec<Button> = judged.filter(|one| one.known && one.says != Says::Disabled).collect();
    let buys = |one: &Button| matches!(one.says, Says::Buy | Says::Preorder);
    let sold_out = found.iter().any(|one| one.says == Says::SoldOut && one.primary)
        && !found.iter().any(|one| buys(one) && one.made_to_buy);
    let pressable = found.iter().any(buys) && !sold_out;
    found.retain(|one| buys(one) == pressable);
    found.into_iter().take(2).map(|one| emit(sheet, &one)).collect()
}

/// Leaves the buttons of the buy box: those that stand under the same heading as the first real one after the page's
/// own heading. Under headings of their own stand recommended products, whatever their zone is called.
fn keep_main(sheet: &Sheet<'_>, found: &mut Vec<Button>) {
    let real = |one: &&Button| match one.says {
        Says::Buy | Says::Preorder | Says::Disabled => true,
        Says::SoldOut => one.primary,
        Says::Notify => false,
    };
    // In the form of the cart there are also buttons to compare, to share and to measure.
    if found.iter().any(|one| one.known && real(&one)) {
        found.retain(|one| one.known);
    }
    let own_heading = sheet.heading.unwrap_or(0);
    let Some(main) = found.iter().filter(real).find(|one| one.at > own_heading) else { return };
    let heads = |index: &usize| {
        let node = &sheet.nodes[*index];
        node.shown
            && node.to > node.from
            && matches!(sheet.element(*index).name(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
    };
    // An offer to write under the page's own heading, with another heading between it and the first button that buys.
    let offer = found.iter().find(|one| one.at > own_heading && one.at < main.at && one.says == Says::Notify);
    let main = offer.filter(|offer| (offer.at..main.at).any(|index| heads(&index))).unwrap_or(main);
    let from = (0..main.at).rev().find(heads).unwrap_or(0);
    let to = (main.at..sheet.nodes.len()).find(heads).unwrap_or(usize::MAX);
    found.retain(|one| (from..to).contains(&one.at));
}

/// Whether the signal is a button that would buy if it were not disabled. Scripts that never ran here may enable it.
pub(super) fn is_only_disabled(signal: &Signal) -> bool {
    signal.kind == SignalKind::Button && signal.excerpt.ends_with(DISABLED)
}

fn emit(sheet: &Sheet<'_>, button: &Button) -> Emitted {
    let (says, note) = match button.says {
        Says::Buy => (Availability::InStock, ""),
        Says::Preorder => (Availability::PreOrder, ""),
        Says::SoldOut | Says::Notify => (Availability::OutOfStock, ""),
        Says::Disabled => (Availability::OutOfStock, DISABLED),
    };
    let said = excerpt(&format!("{}{note}", button.label));
    Emitted { at: button.at, signal: Signal::new(SignalKind::Button, says, sheet.place(button.at), said) }
}

fn is_button(sheet: &Sheet<'_>, index: usize) -> bool {
    let node = &sheet.nodes[index];
    let element = sheet.element(index);
    match element.name() {
        "button" => true,
        "input" => element
            .attr("type")
            .is_some_and(|kind| ["submit", "button", "image"].iter().any(|one| kind.eq_ignore_ascii_case(one))),
        "a" => {
            node.marks.any(Marks::BUY.with(Marks::BUTTON).with(Marks::PRESSED))
                || wrapped_to_buy(sheet, index)
                || element.attr("href").is_some_and(|href| adds_to_cart(href) || href.starts_with("javascript:"))
                || element.attr("onclick").is_some()
        }
        _ => {
            node.marks.any(Marks::BUTTON)
                || (node.marks.any(Marks::BUY) && innermost(sheet, index))
                || (node.marks.any(Marks::PRESSED)
                    && node.to - node.from <= LONGEST_WORD
                    && node.to > node.from
                    && innermost(sheet, index)
                    && named_after_buying(sheet, index))
        }
    }
}

/// `<div class="shop_buy js-buy">Buy</div>`: scripts make buttons of anything.
fn named_after_buying(sheet: &Sheet<'_>, index: usize) -> bool {
    sheet.element(index).attr("class").is_some_and(|class| {
        let last = |name: &str| {
            name.rsplit(|c: char| !c.is_ascii_alphabetic()).next().is_some_and(|word| word.eq_ignore_ascii_case("buy"))
        };
        class.split_ascii_whitespace().any(last)
    })
}

/// A `<div class="add-to-cart">` is a button only if no real one is inside.
fn innermost(sheet: &Sheet<'_>, index: usize) -> bool {
    matches!(sheet.element(index).name(), "div" | "span")
        && sheet.inside(index).len() <= 6
        && !sheet.inside(index).any(|i| matches!(sheet.element(i).name(), "button" | "input" | "a" | "form" | "select"))
}

/// What is written on it: its text, else what it carries in attributes.
fn label(sheet: &Sheet<'_>, index: usize) -> String {
    let element = sheet.element(index);
    let text = sheet.words(index);
    if !text.is_empty() {
        return text.chars().take(LONGEST_LABEL + 1).collect();
    }
    let inside = sheet.inside(index).take(8).map(|i| sheet.element(i));
    ["value", "aria-label", "title", "alt"]
        .iter()
        .find_map(|one| element.attr(one))
        .or_else(|| {
            inside.filter_map(|one| one.attr("alt").or_else(|| one.attr("aria-label"))).find(|alt| !alt.is_empty())
        })
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// What a button says, if anything.
fn judge(scene: &Scene<'_>, index: usize, label: String) -> Option<Button> {
    let sheet = scene.sheet;
    let node = &sheet.nodes[index];
    if label.chars().count() > LONGEST_LABEL {
        return None;
    }
    let form = sheet.ancestors(index).take(16).find(|&i| sheet.element(i).name() == "form");
    let form_adds = form.is_some_and(|i| {
        sheet.element(i).attr("action").is_some_and(adds_to_cart) || sheet.nodes[i].marks.any(Marks::BUY)
    });
    let submits = match sheet.element(index).name() {
        "button" => sheet.element(index).attr("type").is_none_or(|kind| kind.eq_ignore_ascii_case("submit")),
        "input" => sheet.element(index).attr("type").is_some_and(|kind| !kind.eq_ignore_ascii_case("button")),
        _ => false,
    };
    let made_to_buy = node.marks.any(Marks::BUY)
        || wrapped_to_buy(sheet, index)
        || sheet.element(index).attr("href").is_some_and(adds_to_cart)
        || sheet
            .element(index)
            .attr("name")
            .is_some_and(|name| matches!(name, "add" | "add-to-cart" | "add_to_cart" | "addtocart"));
    let primary = made_to_buy || (form_adds && submits);
    let disabled = sheet.element(index).attr("disabled").is_some()
        || sheet.element(index).attr("aria-disabled").is_some_and(|value| value.eq_ignore_ascii_case("true"))
        || node.marks.any(Marks::DISABLED);
    let meaning = scene.reader.phrases.label(&label, scene.languages);
    let says = match meaning {
        Some(Label::SoldOut) => Says::SoldOut,
        Some(Label::Notify) => Says::Notify,
        _ if is_wallet(node.within, &label) => return None,
        Some(Label::Buy | Label::Preorder) if disabled && form.is_some_and(|i| enabled_by_script(sheet, i)) => {
            return None;
        }
        Some(Label::Buy | Label::Preorder) if disabled => Says::Disabled,
        Some(Label::Buy) => Says::Buy,
        Some(Label::Preorder) => Says::Preorder,
        // Words that nobody taught us, on a button that is made to put things into a cart.
        None if primary && label.chars().any(char::is_alphabetic) => {
            if disabled {
                Says::Disabled
            } else {
                Says::Buy
            }
        }
        None => return None,
    };
    Some(Button { at: index, says, primary, made_to_buy, known: meaning.is_some(), label })
}

fn is_wallet(within: Marks, label: &str) -> bool {
    let label = label.to_lowercase();
    within.any(Marks::WALLET) || WALLETS.iter().any(|wallet| label.contains(wallet))
}

/// Whether all that a wrapper named after buying holds is this: `<div class="add-to-cart"><a href="#">`.
fn wrapped_to_buy(sheet: &Sheet<'_>, index: usize) -> bool {
    let parent = sheet.nodes[index].parent;
    parent != index && sheet.nodes[parent].marks.any(Marks::BUY) && sheet.words(parent) == sheet.words(index)
}

/// Whether the platform writes every button of such a form disabled and leaves it to its scripts to enable it: Magento.
fn enabled_by_script(sheet: &Sheet<'_>, form: usize) -> bool {
    sheet.element(form).attr("action").is_some_and(|action| action.contains("checkout/cart/add"))
}

/// Whether the button is disabled because scripts have not run yet: what it will obey promises; or a framework draws the
/// page, and all data that came with it promises.
fn waits_for_scripts(scene: &Scene<'_>) -> bool {
    let data = || scene.described().reduce(|one, other| one && other);
    match scene.state.promise_all(SignalKind::State) {
        Some(promises) => promises,
        None => data() == Some(true) && is_drawn(scene.sheet),
    }
}

/// Whether a framework takes the page over once its scripts run.
fn is_drawn(sheet: &Sheet<'_>) -> bool {
    const ROOTS: [&str; 5] = ["__next", "__NEXT_DATA__", "__nuxt", "__NUXT_DATA__", "___gatsby"];
    const MARKS: [&str; 6] =
        ["data-reactroot", "data-server-rendered", "data-v-app", "ng-version", "q:container", "data-n-head"];
    sheet.elements().any(|(_, element)| {
        element.attr("id").is_some_and(|id| ROOTS.contains(&id))
            || element.name() == "astro-island"
            || MARKS.iter().any(|mark| element.attr(mark).is_some())
    })
}

/// Where no button says anything: a picture that is named after buying and can be pressed.
fn wordless(sheet: &Sheet<'_>) -> Option<Button> {
    let at = (0..sheet.nodes.len()).find(|&index| {
        let node = &sheet.nodes[index];
        let element = sheet.element(index);
        sheet.own(index)
            && node.marks.any(Marks::BUY)
            && !node.within.any(Marks::OVERLAY.with(Marks::DISABLED).with(Marks::WALLET))
            && matches!(element.name(), "a" | "button" | "input")
            && is_button(sheet, index)
            && element.attr("disabled").is_none()
            && label(sheet, index).is_empty()
    })?;
    let element = sheet.element(at);
    let name = ["id", "class", "name"].iter().find_map(|one| element.attr(one)).unwrap_or_default();
    Some(Button { at, says: Says::Buy, primary: true, made_to_buy: true, known: false, label: format!("[{name}]") })
}

/// Addresses that put something into a cart, in the words of the platforms in wide use.
pub(super) fn adds_to_cart(address: &str) -> bool {
    const WORDS: &[&str] = &[
        "cart/add",
        "basket/add",
        "add-to-cart",
        "add_to_cart",
        "addtocart",
        "add-to-basket",
        "addtobasket",
        "cart/product",
        "shopping_cart",
        "action=buy_now",
        "action=add_product",
        "checkout/cart/add",
        "bag/add",
        "additem",
        "trolley/",
    ];
    let address = address.to_ascii_lowercase();
    WORDS.iter().any(|word| address.contains(word))
}

/// Whether the customer has to choose first, which is why a button may wait.
pub(super) fn has_chooser(sheet: &Sheet<'_>) -> bool {
    (0..sheet.nodes.len()).any(|index| {
        let node = &sheet.nodes[index];
        let quantity = sheet.element(index).attr("name").is_some_and(|name| {
            let name = name.to_ascii_lowercase();
            ["qty", "quantity", "amount", "menge", "sort"].iter().any(|word| name.contains(word))
        });
        sheet.own(index)
            && !quantity
            && (sheet.element(index).name() == "select"
                || (sheet.element(index).name() == "input" && sheet.element(index).attr("type") == Some("radio"))
                || node.marks.any(Marks::CHOOSER))
    })
}
