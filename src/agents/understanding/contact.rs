//! What customers say of themselves: e-mail, telephone, postal code, name.
//!
//! People do not fill in a form: "it's under Sofia Ramirez, zip 04005", "0142 are the last four". What can
//! be nothing else is read from any message; bare digits and bare words only where they were asked for.

mod names;
mod zips;

use crate::domain::heard::Word;
use crate::domain::text::fold::bare;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// An e-mail address.
    pub email: Option<String>,
    /// Last four digits of a telephone number.
    pub phone_tail: Option<String>,
    /// A whole telephone number.
    pub phone: Option<String>,
    /// A postal code.
    pub zip: Option<String>,
    /// A name.
    pub name: Option<String>,
}

impl Contact {
    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether digits are part of what was given: the end of a telephone number, a group of it, a postal code.
    pub fn has_digits(&self, digits: &str) -> bool {
        let ends = |value: &String| digits.ends_with(&bare(value));
        [&self.phone_tail, &self.zip].into_iter().flatten().any(ends)
            || self.phone.as_deref().is_some_and(|phone| bare(phone).contains(digits))
    }

    /// Whether it holds something only its owner would say: more than a name.
    pub fn proves(&self) -> bool {
        self.email.is_some() || self.phone_tail.is_some() || self.phone.is_some() || self.zip.is_some()
    }
}

/// A message while it is read: its text, its words, and which of them are part of something else already.
struct Line<'a> {
    text: &'a str,
    said: &'a [Word],
    free: Vec<bool>,
    /// Whether the whole message is in one case, so that a capital says nothing.
    one_case: bool,
}

impl<'a> Line<'a> {
    fn new(text: &'a str, said: &'a [Word], taken: &[bool], email: Option<&str>) -> Self {
        let span = email.and_then(|email| text.find(email).map(|at| at..at + email.len()));
        let outside = |word: &Word| span.as_ref().is_none_or(|span| word.end <= span.start || word.start >= span.end);
        let free = said.iter().enumerate().map(|(i, word)| !taken.get(i).copied().unwrap_or(false) && outside(word)).collect();
        let mut letters = text.chars().filter(|c| c.is_alphabetic());
        let first = letters.next().map(char::is_uppercase);
        let one_case = first.is_none_or(|upper| letters.all(|c| c.is_uppercase() == upper));
        Self { text, said, free, one_case }
    }

    fn is_free(&self, i: usize) -> bool {
        self.free.get(i).copied().unwrap_or(false)
    }

    /// The folded word at a place, nothing where there is none.
    fn word(&self, i: usize) -> &str {
        self.said.get(i).map_or("", |w| w.text.as_str())
    }

    /// The word as it was written.
    fn raw(&self, i: usize) -> &'a str {
        self.said.get(i).map_or("", |w| &self.text[w.start..w.end])
    }

    fn is_digits(&self, i: usize) -> bool {
        let word = self.word(i);
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
    }

    /// Whether one of `cues` stands within `reach` words before a place.
    fn before(&self, i: usize, reach: usize, cues: &[&str]) -> bool {
        (i.saturating_sub(reach)..i).any(|j| cues.contains(&self.word(j)))
    }

    fn after(&self, i: usize, reach: usize, cues: &[&str]) -> bool {
        (i + 1..=i + reach).any(|j| cues.contains(&self.word(j)))
    }

    /// What stands between two neighbouring words.
    fn gap(&self, i: usize) -> &str {
        match (self.said.get(i), self.said.get(i + 1)) {
            (Some(a), Some(b)) => self.text.get(a.end..b.start).unwrap_or(""),
            _ => "",
        }
    }
}

/// Reads a message. When `asked`, bare digits and bare words count as the answer; otherwise only what is
/// announced ("my zip is", "my name is") or cannot be anything else. `taken` marks words that are part of
/// an order number.
pub fn read(text: &str, said: &[Word], taken: &[bool], asked: bool) -> Contact {
    /// Words of a message about an order of theirs with a name in it.
    const OWN: usize = 9;
    if let Some(email) = asked.then(|| spoken_email(text)).flatten() {
        return Contact { email: Some(email), ..Contact::default() };
    }
    let email = email(text);
    let line = Line::new(text, said, taken, email.as_deref());
    let mut found = Contact { email, ..Contact::default() };
    phone(&line, &mut found);
    let announced = names::announced(&line, asked);
    // "What's my order status, sofia ramirez 04005": who asks for an order of theirs says who they are.
    let of_own = (0..said.len()).any(|i| line.word(i) == "my" && matches!(line.word(i + 1), "order" | "orders" | "parcel" | "package"));
    let asked = asked || of_own && said.len() <= OWN;
    let zip = zips::find(&line, announced.is_some() || asked);
    // A name beside a postal code needs no announcement: "Sofia Ramirez, 04005".
    let beside = zip.as_ref().and_then(|zip| names::beside(&line, zip.words.clone(), asked));
    // With an order's number in the message, a name may stand anywhere in it: "hey its Jo Smit, order 1024, 3111HB".
    let numbered = taken.contains(&true);
    let apart =
        zip.as_ref().filter(|_| numbered && announced.is_none() && beside.is_none()).and_then(|zip| names::apart(&line, &zip.words));
    let named = announced.is_some() || beside.is_some() || apart.is_some();
    let awaited = asked && !of_own;
    // Beside an e-mail address a postal code needs no announcement either.
    let beside_mail = |zip: &zips::Zip| {
        let numbers = line.before(zip.words.start, 2, &["order", "number", "ord", "nr", "ticket"]);
        zip.is_lettered() || zip.text.len() == 5 && !numbers
    };
    let mailed = found.email.is_some();
    let zip = zip.filter(|zip| {
        zip.is_announced() || named || mailed && beside_mail(zip) || (awaited || numbered && zip.is_lettered()) && zip.text.len() > 4
    });
    // Four bare digits may be a short postal code as well as the end of a telephone number: both are tried.
    let certain = zip.as_ref().is_some_and(|zip| zip.is_announced());
    found.zip = zip.map(|zip| zip.text);
    found.name = announced.or(beside).or(apart).or_else(|| awaited.then(|| names::bare(&line)).flatten());
    tail(&line, asked && !of_own, certain, &mut found);
    found
}

/// The last four digits of a telephone: announced, or four bare digits where they were asked for.
fn tail(line: &Line<'_>, asked: bool, zip_is_certain: bool, found: &mut Contact) {
    const PHONE: &[&str] = &["phone", "telephone", "mobile", "cell", "tel", "cellphone"];
    const DIGITS: &[&str] = &["ending", "ends", "end", "four", "digits", "digit"];
    const AMOUNT: &[&str] = &["under", "over", "below", "above", "max", "maximum", "budget", "about", "around", "than"];
    const CARD: &[&str] = &["card", "visa", "mastercard", "amex", "debit", "credit", "paypal"];
    const NUMBER: &[&str] = &["order", "ord", "ticket", "nr", "zip", "zipcode", "postcode", "postal"];
    if found.phone_tail.is_some() {
        return;
    }
    // "1024, phone ends in 6640": what the word stands before is the telephone, what it stands behind only if nothing is.
    // "The last 4 are 0142"; "under 1000, and it must last all day" says nothing of a number.
    let last = |j: usize| line.word(j) == "last" && matches!(line.word(j + 1), "4" | "four" | "digits" | "numbers" | "of");
    let told = |i: &usize| line.before(*i, 4, PHONE) || line.before(*i, 3, DIGITS) || (i.saturating_sub(3)..*i).any(last);
    let four = |i: &usize| line.is_free(*i) && line.is_digits(*i) && line.word(*i).len() == 4;
    let places: Vec<usize> = (0..line.said.len()).filter(four).collect();
    let announced_first = places.iter().filter(|i| told(i)).chain(places.iter().filter(|i| !told(i)));
    for i in announced_first.copied() {
        let of_a_phone = line.before(i, 6, PHONE) || line.after(i, 8, PHONE);
        let announced = line.before(i, 5, DIGITS) || line.after(i, 5, DIGITS) || (i.saturating_sub(5)..i + 6).any(last);
        let of_an_amount = line.before(i, 1, AMOUNT);
        // "6650, that's my card": what is said of a card is no telephone.
        let of_a_card = (line.before(i, 5, CARD) || line.after(i, 4, CARD)) && !line.before(i, 5, PHONE);
        let of_a_number = (i.saturating_sub(2)..i).any(|j| line.is_free(j) && NUMBER.contains(&line.word(j))) && !line.before(i, 1, DIGITS);
        let behind_zip = i > 0 && line.gap(i - 1) == "-" && line.word(i - 1).len() == 5;
        let of_the_zip = found.zip.as_deref().is_some_and(|zip| zip.starts_with(line.word(i)) && (zip_is_certain || zip.len() > 4));
        let bare = asked && !of_a_number && !of_the_zip;
        if !of_a_card && !behind_zip && !of_an_amount && (of_a_phone || announced && !of_a_number || bare) {
            found.phone_tail = Some(line.word(i).to_owned());
            return;
        }
    }
}

/// The first e-mail address of a text.
pub fn email(text: &str) -> Option<String> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '(' | ')' | '"' | ':')).find_map(|part| {
        let part = part.trim_matches(|c: char| !c.is_alphanumeric());
        let (local, domain) = part.split_once('@')?;
        let plain = |s: &str| !s.is_empty() && s.chars().all(|c| c.is_alphanumeric() || "._+-".contains(c));
        let dotted = domain.split_once('.').is_some_and(|(host, tld)| !host.is_empty() && tld.len() > 1);
        (plain(local) && plain(domain) && dotted).then(|| part.to_owned())
    })
}

/// An address written to be read aloud or with stray spaces: "maya at example dot com", "maya @ example.com".
fn spoken_email(text: &str) -> Option<String> {
    let joined = ["(at)", "[at]", " at "].iter().fold(text.replace(" @", "@").replace("@ ", "@"), |text, at| text.replacen(at, "@", 1));
    email(&joined.replace("(dot)", ".").replace(" dot ", ".")).filter(|found| !text.contains(found.as_str()))
}

/// A telephone number: seven digits or more in groups.
fn phone(line: &Line<'_>, found: &mut Contact) {
    let mut i = 0;
    while i < line.said.len() {
        let mut digits = String::new();
        let mut j = i;
        let plus_four = line.word(i).len() == 5 && line.gap(i) == "-" && line.word(i + 1).len() == 4;
        while !plus_four && j < line.said.len() && line.is_free(j) && line.is_digits(j) {
            let gap = if j == i { "" } else { line.gap(j - 1) };
            if !gap.chars().all(|c| " -.()/+".contains(c)) || gap.len() > 3 {
                break;
            }
            digits.push_str(line.word(j));
            j += 1;
        }
        // "10/28/2026" is a day.
        let dated = j == i + 3 && line.gap(i) == "/" && line.gap(i + 1) == "/";
        if !dated && (7..=15).contains(&digits.len()) && (j > i + 1 || digits.len() >= 10) {
            found.phone_tail = Some(digits[digits.len() - 4..].to_owned());
            found.phone = Some(line.text[line.said[i].start..line.said[j - 1].end].to_owned());
            return;
        }
        i = j.max(i + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::token::tokens;

    fn contact(text: &str, asked: bool) -> Contact {
        let words = Word::from_tokens(tokens(text));
        read(text, &words, &vec![false; words.len()], asked)
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn named(name: &str, zip: &str) -> Contact {
        Contact { zip: some(zip), name: some(name), ..Contact::default() }
    }

    fn ends_in(tail: &str) -> Contact {
        Contact { phone_tail: some(tail), ..Contact::default() }
    }

    #[test]
    fn proofs_are_read_as_people_give_them() {
        for (text, asked, expected) in [
            ("maya.thornton@example.com", true, Contact { email: some("maya.thornton@example.com"), ..Contact::default() }),
            ("it's <maya@example.co.uk>.", false, Contact { email: some("maya@example.co.uk"), ..Contact::default() }),
            ("maya at example dot com", true, Contact { email: some("maya@example.com"), ..Contact::default() }),
            ("meet me at the shop", false, Contact::default()),
            ("0142", true, ends_in("0142")),
            ("0142", false, Contact::default()),
            ("the last four digits are 0142", false, ends_in("0142")),
            ("0142 are the last four of my phone", false, ends_in("0142")),
            ("my phone ends in 0186", false, ends_in("0186")),
            ("sorry phone is 0117", false, ends_in("0117")),
            ("1024, phone ends in 6640", false, ends_in("6640")),
            ("sorry, 5520", true, ends_in("5520")),
            ("6650, that is my card", true, Contact::default()),
            ("visa ending in 4242", true, Contact::default()),
            ("that's my card. phone ends in 0186", true, ends_in("0186")),
            ("207-555-0142", false, Contact { phone_tail: some("0142"), phone: some("207-555-0142"), ..Contact::default() }),
            ("(207) 555 0142", false, Contact { phone_tail: some("0142"), phone: some("207) 555 0142"), ..Contact::default() }),
            ("received 10/28/2026", false, Contact::default()),
            ("where is my order", true, Contact::default()),
            ("I am very angry", false, Contact::default()),
        ] {
            assert_eq!(contact(text, asked), expected, "{text}");
        }
    }

    #[test]
    fn a_name_with_its_postal_code_is_read_in_any_order_and_any_country() {
        for (text, asked, name, zip) in [
            ("Maya Thornton, 04102", true, "Maya Thornton", "04102"),
            ("maya thornton 04102", true, "maya thornton", "04102"),
            ("my name is Maya Thornton and my zip is 04102", false, "Maya Thornton", "04102"),
            ("the zip is 04102 and my name is Maya Thornton", false, "Maya Thornton", "04102"),
            ("it's under Sofia Ramirez, zip 04005", false, "Sofia Ramirez", "04005"),
            ("his name was... well it's under Sofia Ramirez, zip 04005", false, "Sofia Ramirez", "04005"),
            ("Andre Dubois here, the order you know, 04401", false, "Andre Dubois", "04401"),
            ("Sofia Ramirez 04005", false, "Sofia Ramirez", "04005"),
            ("04005 Sofia Ramirez", true, "Sofia Ramirez", "04005"),
            ("Priya Raman, 3024 AC", false, "Priya Raman", "3024 AC"),
            ("priya raman 3024 AC", true, "priya raman", "3024 AC"),
            ("Sanne de Vries 3021HM", true, "Sanne de Vries", "3021HM"),
            ("Tom Whitby, LS6 3BN", false, "Tom Whitby", "LS6 3BN"),
            ("Aoife O'Neill D02 AF30", true, "Aoife O'Neill", "D02 AF30"),
            ("Fatima Al-Sayed, zip code 48126", false, "Fatima Al-Sayed", "48126"),
            ("name Ingrid Solheim, zip 5003", false, "Ingrid Solheim", "5003"),
            ("Jonas Berg from 10115", true, "Jonas Berg", "10115"),
            ("it was ordered by Isabel Torres Rivera, postal code 00911", false, "Isabel Torres Rivera", "00911"),
            ("whats my order status benjamin katz 19147", false, "benjamin katz", "19147"),
            ("no order number on me, name is Sofia Ramirez zip 04005", false, "Sofia Ramirez", "04005"),
            ("MAYA THORNTON 04102", true, "MAYA THORNTON", "04102"),
            ("hi, Emma Clarke from Leeds, LS6 3BN. has my order shipped?", false, "Emma Clarke", "LS6 3BN"),
            ("can you check the last order for me? anneke postma, zip 8911KE", false, "anneke postma", "8911KE"),
            ("My name's Wei Chen, postcode K1A 0B1", false, "Wei Chen", "K1A 0B1"),
        ] {
            assert_eq!(contact(text, asked), named(name, zip), "{text}");
        }
    }

    #[test]
    fn a_name_may_stand_apart_from_its_postal_code_beside_a_number() {
        for (text, numbers, name, zip) in [
            ("hey its Mehmet Yildiz, order 26-01004, zip 3022AA, where is my robot", 5..7, "Mehmet Yildiz", "3022AA"),
            ("jeroen smit, bought the 20 one, FV/26-01038, 3111HB. can i still return it?", 6..9, "jeroen smit", "3111HB"),
            ("hey its Jeroen Smit, FV/26-01038, 3111HB", 4..7, "Jeroen Smit", "3111HB"),
        ] {
            let words = Word::from_tokens(tokens(text));
            let taken: Vec<bool> = (0..words.len()).map(|i| numbers.contains(&i)).collect();
            assert_eq!(read(text, &words, &taken, false), named(name, zip), "{text}");
        }
    }

    #[test]
    fn a_family_name_alone_is_a_name() {
        for (text, asked, expected) in [
            ("zip 2611 JM mulder", true, named("mulder", "2611 JM")),
            ("the name is Postma and we live at 8911 KE", false, named("Postma", "8911 KE")),
            ("de boer, 3011 KD", true, named("boer", "3011 KD")),
            ("its mulder", true, Contact { name: some("mulder"), ..Contact::default() }),
            ("we are from Leeds, LS6 3BN", true, Contact { zip: some("LS6 3BN"), ..Contact::default() }),
            ("thanks", true, Contact::default()),
            ("the name is wrong", true, Contact::default()),
        ] {
            assert_eq!(contact(text, asked), expected, "{text}");
        }
    }

    #[test]
    fn half_of_a_proof_is_kept() {
        for (text, asked, expected) in [
            ("postcode K1A 0B1", false, Contact { zip: some("K1A 0B1"), ..Contact::default() }),
            ("zip: 04101-1234", true, Contact { zip: some("04101-1234"), ..Contact::default() }),
            ("04102", true, Contact { zip: some("04102"), ..Contact::default() }),
            ("Hello, this is Margaret Sullivan", false, Contact { name: some("Margaret Sullivan"), ..Contact::default() }),
            ("this is margaret sullivan", true, Contact { name: some("margaret sullivan"), ..Contact::default() }),
            ("this is really annoying", true, Contact::default()),
            ("Margaret Sullivan", true, Contact { name: some("Margaret Sullivan"), ..Contact::default() }),
            ("I am Looking For a laptop", false, Contact::default()),
            ("do you have usb-c cables", true, Contact::default()),
            ("is the order placed by 10115 people", false, Contact::default()),
            ("g5 2gb laptop for Anna Smith", false, Contact::default()),
            ("sanne@example.com 3021HM", false, Contact { email: some("sanne@example.com"), zip: some("3021HM"), ..Contact::default() }),
            ("order 10234 sanne@example.com", false, Contact { email: some("sanne@example.com"), ..Contact::default() }),
            // Four digits beside a name: a short postal code, or the end of a telephone number.
            ("Ingrid Solheim 5003", true, Contact { phone_tail: some("5003"), ..named("Ingrid Solheim", "5003") }),
        ] {
            assert_eq!(contact(text, asked), expected, "{text}");
        }
    }
}
