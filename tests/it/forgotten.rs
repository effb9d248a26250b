//! Forgetting: what was a person's is in no byte of the data file.

use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::shop::{Shop, Start, full, program, run_json};

/// What customers say: found in the file as it is, since rows hold text as it is.
const SECRET: &str = "zebra-umbrella-4711";
const OTHER: &str = "walrus-lantern-0815";

/// Whether the data file, or anything else in the folder, holds these bytes.
fn holds(folder: &Path, words: &str) -> bool {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let holds = |bytes: Vec<u8>| bytes.windows(words.len()).any(|window| window == words.as_bytes());
    files.map(|entry| std::fs::read(entry.path()).expect("a file")).any(holds)
}

fn messages(shop: &Shop, session: &(String, String)) -> Value {
    shop.get_with(&format!("/api/sessions/{}/messages", session.0), &session.1).json()["messages"].clone()
}

#[test]
fn a_forgotten_customer_is_in_no_byte_of_the_file() {
    let home = tempfile::tempdir().expect("a folder");
    let shop = Shop::in_folder(home.path(), &Start::default());
    let (maya, other, busy) = (shop.session(), shop.session(), shop.session());
    for text in ["where is my order ORD-1007?", "maya.thornton@example.com", &format!("my {SECRET} laptop arrived broken"), "yes please"] {
        shop.say(&maya, text);
    }
    let reply = shop.say(&maya, &format!("do you sell {SECRET} bags?"));
    let words = json!({ "type": "feedback", "message_id": reply["message_id"], "rating": "down", "text": format!("no {SECRET}") });
    assert_eq!(shop.post_with(&format!("/api/sessions/{}/events", maya.0), &maya.1, &words).status, 200);
    shop.say(&other, &format!("do you sell a {OTHER}?"));
    let kept = messages(&shop, &other);
    let traces = [SECRET, "maya.thornton@example.com", "Maya Thornton", "207-555-0142", &maya.0];
    for trace in traces {
        assert!(holds(&shop.folder, trace), "{trace} is not in the file to begin with");
    }
    let customer = run_json(home.path(), &["export", "customers", "--data-dir", "data"]);
    let is_maya = |customer: &&Value| customer["email"] == "maya.thornton@example.com";
    let id = customer.as_array().expect("customers").iter().find(is_maya).expect("Maya")["id"].as_str().expect("an id").to_owned();
    // Others go on talking and reading meanwhile.
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let others = scope.spawn(|| {
            let mut turns = 0;
            while !done.load(Ordering::Relaxed) || turns == 0 {
                shop.say(&busy, &format!("do you have headphones under {}?", 100 + turns));
                assert_eq!(messages(&shop, &other), kept);
                turns += 1;
            }
            turns
        });
        std::thread::sleep(Duration::from_millis(50));
        let report = run_json(home.path(), &["forget", "customer", &id, "--data-dir", "data"]);
        assert_eq!((&report["removed"]["sessions"], &report["compacted"]), (&json!(1), &json!(true)), "{report}");
        done.store(true, Ordering::Relaxed);
        let turns = others.join().expect("the others");
        assert_eq!(messages(&shop, &busy).as_array().map(Vec::len), Some(2 * turns));
    });
    for trace in traces {
        assert!(!holds(&shop.folder, trace), "{trace} is still in the file");
    }
    assert!(holds(&shop.folder, OTHER), "another customer's words are gone");
    shop.kill();
    let shop = Shop::in_folder(home.path(), &Start::default());
    assert_eq!(messages(&shop, &other), kept, "nothing was lost by a power cut after it");
    assert!(shop.say(&other, "hello")["text"].is_string());
    assert_eq!(shop.get_with(&format!("/api/sessions/{}/messages", maya.0), &maya.1).status, 400);
}

#[test]
fn a_power_cut_while_forgetting_leaves_a_whole_file() {
    let home = tempfile::tempdir().expect("a folder");
    let said = |session: &str| vec!["ask".to_owned(), format!("do you sell {OTHER}?"), "--session".to_owned(), session.to_owned()];
    let in_home = |arguments: &[String]| {
        let mut command = program();
        command.current_dir(home.path()).args(arguments).args(["--data-dir", "data", "--provider", "template"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    assert!(in_home(&said("stays-here")).status().expect("it runs").success());
    let rounds = if full() { 200 } else { 20 };
    let mut removed = 0;
    for round in 0..rounds {
        let name = format!("goes-away-{round}");
        assert!(in_home(&said(&name)).status().expect("it runs").success(), "round {round}");
        let mut forget = in_home(&["forget".to_owned(), "session".to_owned(), name.clone()]).spawn().expect("it runs");
        // Opening, removing and copying take some 60 ms: each round cuts elsewhere.
        std::thread::sleep(Duration::from_millis((round * 7) % 80));
        let _ = forget.kill();
        let _ = forget.wait();
        // Removed or not, in one piece; what was not removed can be removed now.
        let again = in_home(&["forget".to_owned(), "session".to_owned(), name]).status().expect("it runs");
        removed += u32::from(!again.success());
    }
    let report = run_json(home.path(), &["forget", "session", "stays-here", "--dry-run", "--data-dir", "data"]);
    assert_eq!(report["would_remove"]["messages"], json!(2), "{report}");
    assert!(removed < rounds as u32, "no cut came before the removal; {removed} came after it");
    let names: Vec<_> = std::fs::read_dir(home.path().join("data")).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().ends_with(".new")), "{names:?}");
}

/// Where an order went before its address was changed is as much a person's as where it goes now.
#[test]
fn an_earlier_address_is_forgotten_too() {
    let home = tempfile::tempdir().expect("a folder");
    let write = |name: &str, rows: Value| std::fs::write(home.path().join(name), rows.to_string()).expect("written");
    write("p.json", json!([{"sku": "A-1", "name": "Lamp"}]));
    write("c.json", json!([{"id": "C1", "name": "Jan", "address": "1 Main Street", "zip": "04101"}]));
    let moved = json!([{"action": "a1", "at": 0, "change": {"shipping_changed": {"before": {"line": OTHER, "zip": "04102"}}}}]);
    write(
        "o.json",
        json!([{"order_number": "1", "customer_id": "C1", "status": "pending", "items": "A-1 x 1", "address": SECRET, "zip": "04101",
            "history": moved}]),
    );
    for (kind, file) in [("products", "p.json"), ("customers", "c.json"), ("orders", "o.json")] {
        assert_eq!(run_json(home.path(), &["import", kind, file])["new"], json!(1), "{kind}");
    }
    let folder = home.path().join("electromart-data");
    assert!(holds(&folder, SECRET) && holds(&folder, OTHER));
    run_json(home.path(), &["forget", "customer", "C1"]);
    assert!(!holds(&folder, SECRET) && !holds(&folder, OTHER));
    let order = &run_json(home.path(), &["export", "orders"])[0];
    assert_eq!(order["history"][0]["change"]["shipping_changed"]["before"]["zip"], json!(""), "{order}");
}
