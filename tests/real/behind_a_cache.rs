//! django-oscar tells the truth; the page cache in front of it goes on telling yesterday's.

use std::thread::sleep;
use std::time::Duration;

use crate::front::Front;
use crate::mailbox::Mailbox;
use crate::post_office::{Mail, Orders, PostOffice, Treatment};
use crate::shop::Shop;
use crate::trial::{Found, Ran, Trial, all};
use crate::{kit, oscar};

const LET_DOWN: Found<'_> = ("false_available", None, Some("page_cache"), Some("open"));
const SALE_LOST: Found<'_> = ("false_unavailable", None, Some("page_cache"), Some("open"));

/// A shop behind a cache, checked into a mailbox.
struct Street {
    shop: Shop,
    front: Front,
    mailbox: Mailbox,
    trial: Trial,
    /// Mails that were looked at.
    read: usize,
}

impl Street {
    fn open() -> Self {
        let shop = Shop::open("oscar");
        let front = Front::before(shop.port());
        let mailbox = Mailbox::open();
        mailbox.order(&Orders::for_recipient("grey@shop.test", Treatment::Greylist(2)));
        let trial = Trial::new(&oscar::configuration(&front.url(), Some(&mailbox)));
        trial.put("catalogue.csv", &oscar::catalogue(&shop, |sku| !oscar::ODD.contains(&sku)));
        Self { shop, front, mailbox, trial, read: 0 }
    }

    /// Runs the check; the shop must have been seen whole.
    fn check(&self) -> Ran {
        let ran = self.trial.check();
        assert_whole(&ran);
        ran
    }

    /// The mails that came since the last call.
    fn news(&mut self) -> Vec<Mail> {
        let news = self.mailbox.mails().split_off(self.read);
        self.read += news.len();
        news
    }

    /// The one mail that came, encrypted and from a known sender; it must name these and nothing else.
    fn one_mail(&mut self, to: &str, skus: &[&str]) -> Mail {
        let mut news = self.news();
        assert_eq!(news.len(), 1, "one mail: {news:#?}");
        let mail = news.remove(0);
        assert!(mail.tls && mail.authenticated, "came without STARTTLS or AUTH: {mail:?}");
        assert_eq!(mail.to, [to]);
        let named = mail.names(self.shop.skus());
        assert_eq!(named, skus.iter().map(|sku| (*sku).to_owned()).collect(), "{}", mail.text);
        mail
    }

    fn no_mail(&mut self) {
        let news = self.news();
        assert!(news.is_empty(), "nobody asked for this: {news:#?}");
    }
}

/// Nothing was left out, and there was something to see.
fn assert_whole(ran: &Ran) {
    assert!(ran.count("verified") >= 50, "too few items: {}", ran.count("verified"));
    assert_eq!(ran.count("verified"), ran.count("items"), "unverified: {:?}", ran.findings());
}

#[test]
fn what_a_page_cache_hides_is_found_told_once_and_resolved() {
    if !kit::has("a shop behind a page cache", &["oscar", "mail"], &["nginx"]) {
        return;
    }
    let everybody = "merchandising@shop.example";
    let mut street = Street::open();

    let answers = street.trial.connect();
    for what in ["oscar catalogue", "oscar page", "oscar stock", "mail"] {
        assert!(answers.contains(&format!("ok    {what}")), "{what}: {answers}");
    }

    // The shop is honest, and the cache fills with honest pages.
    let ran = street.check();
    ran.assert_found(&all(&[], LET_DOWN));
    assert_eq!(ran.code, 0);
    street.no_mail();

    // Sold out in the shop, while the cache keeps its promises. A customer orders the last BEE-01 (it still lies on the
    // shelf, but is allocated); the warehouse runs out of the others: a variant and one with misleading words are there.
    let sold = ["BEE-01", "BEE-03", "BEE-17", "BEE-30", "CAPE-S", "SAYS-OUT", "SOME-TAKEN"];
    street.shop.order(&street.front.url(), "BEE-01");
    street.shop.stock(&["BEE-03=0", "BEE-17=0", "BEE-30=0", "CAPE-S=0", "SAYS-OUT=0", "SOME-TAKEN=0"]);
    let ran = street.check();
    ran.assert_found(&all(&sold, LET_DOWN));
    assert_eq!((ran.code, ran.count("opened")), (10, 7));
    let evidence = &ran.item("BEE-03")["page"];
    assert_eq!(evidence["cache"]["status"], "X-Cache: HIT", "{evidence:#}");
    let told = street.one_mail(everybody, &sold);
    assert!(told.text.contains(&format!("{}catalogue/bee-costume-number-3_3/", street.front.url())), "{}", told.text);

    // Somebody asks about one product, by hand: the same answer, and nothing is recorded or told.
    let ran = street.trial.check_only("BEE-03");
    ran.assert_found(&all(&["BEE-03"], ("false_available", None, Some("page_cache"), None)));
    assert_eq!((ran.code, ran.count("items"), ran.notices("queued")), (10, 1, 0));

    // Nothing new, nothing to tell.
    let ran = street.check();
    ran.assert_found(&all(&sold, LET_DOWN));
    assert_eq!((ran.code, ran.count("opened"), ran.notices("queued")), (10, 0, 0));
    street.no_mail();

    // The cache is purged: put right, and said once.
    street.front.purge();
    let ran = street.check();
    ran.assert_found(&all(&[], LET_DOWN));
    assert_eq!((ran.code, ran.count("resolved")), (0, 7));
    let resolved = street.one_mail(everybody, &sold);
    assert_ne!(resolved.subject, told.subject);

    let ran = street.check();
    assert_eq!((ran.code, ran.count("resolved"), ran.notices("queued")), (0, 0, 0));
    street.no_mail();

    // The other way round: back in the shop, while the cache still denies it. The kings' owner is greylisted: that mail
    // waits, the other does not.
    street.shop.stock(&["KING-05=4", "BEE-17=2"]);
    let (ran, said) = street.trial.check_and_listen();
    assert_whole(&ran);
    ran.assert_found(&all(&["KING-05", "BEE-17"], SALE_LOST));
    assert_eq!((ran.code, ran.notices("sent"), ran.notices("waiting")), (10, 1, 1));
    assert!(said.contains("451 4.7.1 greylisted") && !said.contains("grey@shop.test"), "{said}");
    street.one_mail(everybody, &["BEE-17"]);
    sleep(Duration::from_secs(2));
    let ran = street.check();
    assert_eq!((ran.code, ran.notices("queued"), ran.notices("sent"), ran.notices("waiting")), (10, 0, 1, 0));
    street.one_mail("grey@shop.test", &["KING-05"]);
}
