//! What the decoder in the program says, in the shop: as much as the phrases, and nothing else.

use crate::conversation::{alone, conversations, talk_all, text};
use crate::judge::Judge;
use crate::shop::{Shop, products};

#[test]
fn the_decoder_words_replies_and_every_one_is_borne_out() {
    let shop = Shop::start();
    let judge = Judge::new(&products(&shop));
    let (mut replies, mut worded, mut other, mut wrong) = (0, 0, 0, Vec::new());
    for ((said, got), own) in conversations().iter().zip(talk_all(&shop)).zip(alone()) {
        let phrases: Vec<String> = own.iter().map(|reply| text(reply).to_owned()).collect();
        for (at, (reply, own)) in got.iter().zip(own).enumerate() {
            replies += 1;
            let local = reply["provider"] == "local";
            worded += usize::from(local);
            if local && text(reply) != text(own) {
                other += 1;
                println!("{:?}\n    {:?}\n    {:?}", said[at], text(own), text(reply));
            }
            // Its other words are its own; numbers, names, prices and denials are the shop's.
            let mut faults = judge.faults(reply, &said[..=at], &phrases, false);
            faults.extend((reply["acts"] != own["acts"]).then(|| format!("it does {} and not {}", reply["acts"], own["acts"])));
            if !faults.is_empty() {
                wrong.push(format!("{:?}: {faults:?}\n    {}", said[at], text(reply)));
            }
        }
    }
    eprintln!("{replies} replies, {worded} worded by the decoder, {other} of them in other words than the phrases");
    assert!(worded > 40 && other > 5, "{worded}, {other}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
