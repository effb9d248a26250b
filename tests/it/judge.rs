//! The check of replies as they come over the wire, independent of the program's own: what a reply says
//! must stand in its evidence and cards, in the customer's words, or in what the shop says by itself.

use std::collections::HashSet;

use serde_json::Value;

/// The words of a text, in lower case.
pub fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// The numbers of a text: digits with points and commas between digits; thousands are not marked.
pub fn figures(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        if !letters[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let mut figure = String::new();
        while at < letters.len() {
            let joins = matches!(letters[at], '.' | ',') && letters.get(at + 1).is_some_and(char::is_ascii_digit);
            match letters[at] {
                c if c.is_ascii_digit() => figure.push(c),
                '.' if joins => figure.push('.'),
                ',' if joins => {}
                _ => break,
            }
            at += 1;
        }
        found.push(figure);
    }
    found
}

/// Words written like codes: capitals with digits, four signs or more.
fn codes(text: &str) -> Vec<String> {
    let like = |word: &&str| {
        word.len() >= 4
            && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
            && word.contains(|c: char| c.is_ascii_digit())
            && word.contains(|c: char| c.is_ascii_uppercase())
    };
    text.split(|c: char| !c.is_alphanumeric()).filter(like).map(str::to_owned).collect()
}

/// The sentences of a reply, roughly: lines, and what ends in a stop followed by a blank.
pub fn sentences(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines() {
        let mut rest = line.trim();
        while let Some(at) = rest.match_indices(['.', '!', '?']).map(|(at, _)| at + 1).find(|at| rest[*at..].starts_with(' ')) {
            found.push(rest[..at].to_owned());
            rest = rest[at..].trim_start();
        }
        if !rest.is_empty() {
            found.push(rest.to_owned());
        }
    }
    found
}

/// Words that only join others.
const JOINING: &str = "a an the this that these those it its is are was were be been has have had do does did and or but so if with without for from \
    of on in at to by as than then there here you your we our i my me us they them their he she can could will would may might not no yes \
    good news sure certainly happy glad help please thanks thank hello hi welcome just also only one both each all any some more most \
    get got see let know what which when where who how available currently right now cost costs price priced item product order code";

/// What replies are held against.
pub struct Judge {
    /// Names and prices of every product.
    products: Vec<(String, String)>,
    joining: HashSet<&'static str>,
}

impl Judge {
    /// A judge who knows the shop's products as they are exported.
    pub fn new(products: &[Value]) -> Self {
        let text = |product: &Value, name: &str| match &product[name] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let products = products.iter().map(|product| (text(product, "name").to_lowercase(), text(product, "price"))).collect();
        Self { products, joining: JOINING.split_whitespace().collect() }
    }

    /// What is wrong with a reply. `said` are the customer's words so far, `own` is what the shop says by
    /// itself in the same conversation; `same` whether it then talks of the same, so that other words of its
    /// own need not be allowed for.
    pub fn faults(&self, reply: &Value, said: &[String], own: &[String], same: bool) -> Vec<String> {
        let text = reply["text"].as_str().unwrap_or_default();
        let shown: Vec<&Value> = ["evidence", "cards", "options"].iter().flat_map(|name| reply[*name].as_array()).flatten().collect();
        let mut support: String = shown.iter().map(|value| value.to_string() + "\n").collect();
        support.push_str(&said.join("\n"));
        support.push('\n');
        support.push_str(&own.join("\n"));
        let (lower, numbers): (String, HashSet<String>) = (support.to_lowercase(), figures(&support).into_iter().collect());
        let known: HashSet<String> = words(&support).into_iter().collect();
        let mut faults: Vec<String> = figures(text).into_iter().filter(|figure| !numbers.contains(figure)).collect();
        faults.extend(codes(text).into_iter().filter(|code| !support.contains(code.as_str())));
        let named = |name: &&str| text.to_lowercase().contains(*name) && !lower.contains(*name);
        faults.extend(self.products.iter().map(|(name, _)| name.as_str()).filter(named).map(str::to_owned));
        let own: HashSet<String> = own.iter().flat_map(|text| sentences(text)).map(|sentence| plain(&sentence)).collect();
        for sentence in sentences(text).into_iter().filter(|sentence| !own.contains(&plain(sentence))) {
            let new = |word: &String| !known.contains(word) && !self.joining.contains(word.as_str());
            faults.extend(words(&sentence).into_iter().filter(new).filter(|_| same).map(|word| format!("{word} in: {sentence}")));
            faults.extend(self.denies(&sentence, &own));
            faults.extend(self.misprices(&sentence, reply));
        }
        faults
    }

    /// A sentence of the shop with a "not" more or less.
    fn denies(&self, sentence: &str, own: &HashSet<String>) -> Option<String> {
        let bare = |text: &str| words(text).into_iter().filter(|word| !matches!(word.as_str(), "not" | "no" | "never")).collect::<Vec<_>>();
        own.iter().any(|other| bare(other) == bare(sentence)).then(|| format!("turned round: {sentence}"))
    }

    /// One product's name beside money that is neither its price nor computed in this reply.
    fn misprices(&self, sentence: &str, reply: &Value) -> Option<String> {
        let lower = sentence.to_lowercase();
        let mut named: Vec<&(String, String)> = self.products.iter().filter(|(name, _)| lower.contains(name.as_str())).collect();
        named.dedup();
        let [(_, price)] = named.as_slice() else { return None };
        let computed: HashSet<String> = reply["evidence"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|piece| piece["kind"] == "derived" || piece["field"] == "minimum_total" || piece["field"] == "total")
            .flat_map(|piece| figures(piece["value"].as_str().unwrap_or_default()))
            .collect();
        let wanted: f64 = price.parse().ok()?;
        let amounts = sentence.split('$').skip(1).filter_map(|rest| figures(rest).into_iter().next());
        amounts
            .into_iter()
            .find(|amount| !computed.contains(amount) && amount.parse::<f64>().is_ok_and(|amount| (amount - wanted).abs() > 0.004))
            .map(|amount| format!("${amount} is not the price, {price} is: {sentence}"))
    }
}

/// A sentence for comparing.
fn plain(sentence: &str) -> String {
    words(sentence).join(" ")
}

#[test]
fn the_judge_finds_what_nothing_bears_out() {
    use serde_json::json;
    let judge = Judge::new(&[json!({ "name": "Acme One", "price": "100.00" }), json!({ "name": "Acme Two", "price": 250.5 })]);
    let evidence = json!([{ "kind": "product", "value": "Acme One" }, { "kind": "product", "value": "$100.00" }, { "kind": "product", "value": "$250.50" }]);
    let own = ["Acme One is in stock. Acme One costs $100.00.".to_owned()];
    for (text, faults) in [
        ("Acme One is in stock.", 0),
        ("The Acme One costs $100.00.", 0),
        ("Acme One costs $250.50.", 1),
        ("Acme One costs $99.00.", 2),
        ("Acme One is not in stock.", 1),
        ("Acme Two costs $250.50.", 1),
        ("Use SAVE50.", 3),
        ("We have refunded you.", 1),
    ] {
        let reply = json!({ "text": text, "evidence": evidence });
        let found = judge.faults(&reply, &["the one please".to_owned()], &own, true);
        assert!((found.len() >= faults) && (faults > 0 || found.is_empty()), "{text}: {found:?}");
    }
}
