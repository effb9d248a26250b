//! The day's budget, over a restart.

use std::path::Path;

use super::fake::{self, Fake};
use crate::shop::{Shop, Start};

/// A unit of money a token, so that tokens are money.
const PRICED: [(&str, &str); 3] = [
    ("ELECTROMART_REMOTE_CURRENCY_PER_MTOK_IN", "1000000"),
    ("ELECTROMART_REMOTE_CURRENCY_PER_MTOK_OUT", "1000000"),
    ("ELECTROMART_REMOTE_BUDGET_PER_DAY", "5000"),
];

fn open(folder: &Path, fake: &Fake) -> Shop {
    let mut settings = vec![("OPENAI_BASE_URL", fake.base.as_str())];
    settings.extend(PRICED);
    Shop::in_folder(folder, &Start { settings: &settings, ..Start::default() })
}

#[test]
fn what_was_spent_is_still_spent_after_a_restart() {
    let fake = Fake::start(|request, _| fake::say_for(&fake::obedient(request), 2_000, 600));
    let home = tempfile::tempdir().expect("a folder");
    let health = |shop: &Shop| shop.get("/health").json();
    let say = |shop: &Shop| shop.say(&shop.session(), "do you have the ASUS Gaming V16 in stock")["provider"].clone();
    let shop = open(home.path(), &fake);
    assert_eq!((say(&shop), fake.count()), ("remote".into(), 1));
    assert_eq!(health(&shop)["status"], "healthy");
    // A power cut: the first answer is still paid for.
    shop.kill();
    let shop = open(home.path(), &fake);
    assert_eq!((say(&shop), fake.count()), ("remote".into(), 2), "5,200 of 5,000 after this one");
    assert_eq!(say(&shop), "local");
    let degraded = health(&shop);
    assert_eq!((&degraded["status"], &degraded["checks"]["remote_model"]["status"]), (&"degraded".into(), &"degraded".into()));
    assert!(shop.stop());
    let shop = open(home.path(), &fake);
    assert_eq!(health(&shop)["status"], "degraded", "from the start");
    assert_eq!((say(&shop), fake.count()), ("local".into(), 2), "nothing more was sent");
    assert_eq!(shop.get("/health/ready").status, 200);
}
