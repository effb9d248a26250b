//! A server that writes down everything it is sent learns nothing of who is asking.

use serde_json::{Value, json};

use super::fake::{self, Fake};
use super::{conversations, shop};
use crate::judge::words;
use crate::shop::{Shop, run};

/// Conversations that give more away than the shop's own dialogues do.
const MORE: &[&[&str]] = &[
    // A proof that fails is forgotten by the shop; the words stand in the history all the same.
    &[
        "where is my order 1007",
        "my name is Maya Thornton and my zip is 04103",
        "0141",
        "do you have the ASUS Gaming V16 in stock",
        "hm, money?",
    ],
    &["04102, Maya Thornton", "I meant for my order ord 1007", "when does it arrive", "and the headphones?"],
    &["My card 4111 1111 1111 1111 was charged twice, IBAN DE89 3704 0044 0532 0130 00, call me on +1 (207) 555-0142", "hello?"],
    &["this is maya thornton, maya.thornton@example.com, order #1007", "what did I order", "can I return it", "it drums all night"],
    &["ORD-1009, my phone ends in 0142", "ship it to 48 Pine Street, Apt 3, Portland, ME please", "the thing from it, is it any good"],
    &["TCK-1001 is my ticket, what about it", "maya.thornton@example.com ORD-1007", "show my orders", "the second one", "so so"],
];

/// Words of addresses that tell nothing.
const STREETS: &[&str] = &["street", "avenue", "road", "lane", "drive", "court", "place", "apartment"];

/// What the store knows, as its exports say.
struct Known {
    customers: Vec<Value>,
    orders: Vec<Value>,
    tickets: Vec<Value>,
}

fn exported(shop: &Shop, kind: &str) -> Vec<Value> {
    let folder = shop.folder.parent().expect("a parent").to_owned();
    let file = folder.join(format!("{kind}.jsonl"));
    let output = run(&folder, &["export", kind, file.to_str().expect("a name"), "--data-dir", "data"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(file).expect("an export");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn field<'v>(record: &'v Value, name: &str) -> &'v str {
    record[name].as_str().unwrap_or_default()
}

impl Known {
    /// What must not be told whoever asks: it is somebody's by its look or cannot be anything else.
    fn of_anybody(&self) -> Vec<String> {
        let mut secrets: Vec<&str> = Vec::new();
        for customer in &self.customers {
            secrets.extend(["email", "name", "phone"].map(|name| field(customer, name)));
        }
        for order in &self.orders {
            secrets.push(field(order, "order_number"));
            secrets.extend(field(order, "tracking_number").split([';', ' ']).map(str::trim));
        }
        secrets.extend(self.tickets.iter().map(|ticket| field(ticket, "ticket_number")));
        secrets.into_iter().filter(|secret| secret.len() > 4).map(str::to_lowercase).collect()
    }

    /// What must not be told where the conversation is this customer's: every part that tells who it is.
    fn of_somebody(&self, customer: &Value) -> Vec<String> {
        let mut secrets: Vec<String> = words(field(customer, "name"));
        secrets.push(field(customer, "zip").to_lowercase());
        secrets.extend(
            words(field(customer, "address").split(',').next().unwrap_or_default())
                .into_iter()
                .filter(|word| word.len() > 3 && !STREETS.contains(&word.as_str())),
        );
        let phone: String = field(customer, "phone").chars().filter(char::is_ascii_digit).collect();
        secrets.push(phone[phone.len().saturating_sub(4)..].to_owned());
        for order in self.orders.iter().filter(|order| order["customer_id"] == customer["id"]) {
            let number: String = field(order, "order_number").chars().filter(char::is_ascii_digit).collect();
            secrets.push(number);
            secrets.extend(words(field(order, "payment_method")).into_iter().filter(|word| word.len() == 4 && is_digits(word)));
        }
        secrets.retain(|secret| secret.len() > 2);
        secrets
    }

    /// The customers a conversation is about, by their e-mail, their name or a number of theirs.
    fn meant(&self, said: &[String]) -> Vec<&Value> {
        let said = said.join(" ").to_lowercase();
        let order = |number: &str| {
            let digits: String = number.chars().filter(char::is_ascii_digit).collect();
            words(&said).contains(&digits) || said.contains(&number.to_lowercase())
        };
        let own = |customer: &Value| {
            self.orders.iter().any(|o| o["customer_id"] == customer["id"] && order(field(o, "order_number")))
                || ["email", "name"].iter().any(|name| said.contains(&field(customer, name).to_lowercase()))
        };
        self.customers.iter().filter(|customer| own(customer)).collect()
    }
}

fn is_digits(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
}

/// A text without our own placeholders: `[ORDER_4821]` tells nothing.
fn without_placeholders(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        out.push_str(&rest[..at]);
        let inner = &rest[at + 1..];
        let close = inner.find(']').filter(|close| {
            let is_ours = |(kind, number): (&str, &str)| kind.bytes().all(|b| b.is_ascii_uppercase()) && is_digits(number);
            inner[..*close].split_once('_').is_some_and(is_ours)
        });
        match close {
            Some(close) => {
                out.push(' ');
                rest = &inner[close + 1..];
            }
            None => {
                out.push('[');
                rest = inner;
            }
        }
    }
    out + rest
}

/// What looks like somebody's: e-mail, telephone, card, account and order numbers. Written apart from the
/// program's own patterns.
fn patterns(text: &str) -> Vec<String> {
    let mut found: Vec<String> = text.split_whitespace().filter(|word| word.contains('@')).map(str::to_owned).collect();
    let letters: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < letters.len() {
        let mut digits = String::new();
        let mut end = at;
        while end < letters.len()
            && (letters[end].is_ascii_digit() || (!digits.is_empty() && " -.()".contains(letters[end]) && end - at < 26))
        {
            if letters[end].is_ascii_digit() {
                digits.push(letters[end]);
            }
            end += 1;
        }
        let run: String = letters[at..end].iter().collect();
        let grouped = run.trim_end().contains(['-', ')']) || run.trim_end().matches(' ').count() > 1;
        let date = run.trim_end().len() == 10 && run.matches('-').count() == 2;
        if (digits.len() >= 13 || (digits.len() >= 10 && grouped)) && !date {
            found.push(run);
        }
        at = end.max(at + 1);
    }
    let lower = text.to_lowercase();
    for start in ["ord-", "ord ", "tck-", "tck ", "order #", "#"] {
        let follows = |(at, _): (usize, &str)| lower[at + start.len()..].bytes().take_while(u8::is_ascii_digit).count() >= 4;
        found.extend(
            lower.match_indices(start).filter(|found| follows(*found)).map(|(at, _)| lower[at..].chars().take(12).collect::<String>()),
        );
    }
    found.extend(lower.match_indices("de89").map(|(at, _)| lower[at..].chars().take(20).collect::<String>()));
    found
}

#[test]
fn a_recording_server_learns_nothing_of_who_asks() {
    // It answers plans with a goal, so that both kinds of calls are made; and never words what it should.
    let fake = Fake::start(|request, _| match fake::is_plan(request) {
        true => fake::say(&json!({ "goal": "troubleshoot" }).to_string()),
        false => fake::say(&fake::obedient(request)),
    });
    let shop = shop(&fake);
    let known = Known { customers: exported(&shop, "customers"), orders: exported(&shop, "orders"), tickets: exported(&shop, "tickets") };
    assert!(known.customers.len() >= 30 && known.orders.len() >= 80 && known.tickets.len() >= 25);
    let anybody = known.of_anybody();
    let mut all = conversations();
    all.extend(MORE.iter().map(|said| said.iter().map(|text| (*text).to_owned()).collect()));
    let (mut plans, mut replies, mut wrong) = (0, 0, Vec::new());
    for said in all {
        let before = fake.count();
        let session = shop.session();
        for text in &said {
            shop.say(&session, text);
        }
        let somebody: Vec<String> = known.meant(&said).into_iter().flat_map(|customer| known.of_somebody(customer)).collect();
        for heard in &fake.heard()[before..] {
            let kind = if fake::is_plan(&heard.body) { &mut plans } else { &mut replies };
            *kind += 1;
            let head = heard.raw.split("\r\n\r\n").next().unwrap_or_default().to_lowercase();
            assert!(!head.contains('@') && !head.contains("cookie"), "{head}");
            let messages = heard.body["messages"].as_array().expect("messages");
            let told: Vec<&str> = messages.iter().filter_map(|message| message["content"].as_str()).collect();
            // The rules are ours and the same for everybody.
            let told = without_placeholders(&told[1..].join("\n"));
            let (lower, parts) = (told.to_lowercase(), words(&told));
            let mut leaks: Vec<String> = anybody.iter().filter(|secret| lower.contains(*secret)).cloned().collect();
            leaks.extend(somebody.iter().filter(|secret| parts.contains(secret)).cloned());
            leaks.extend(patterns(&told));
            if !leaks.is_empty() {
                wrong.push(format!("{said:?}: {leaks:?}\n{told}"));
            }
        }
    }
    eprintln!("{plans} plans and {replies} replies recorded");
    assert!(plans > 3 && replies > 60);
    assert!(wrong.is_empty(), "{} of {} requests leak:\n{}", wrong.len(), plans + replies, wrong.join("\n----\n"));
}
