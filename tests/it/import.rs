//! Importing a shop's own files: what is read, what is said about it, and that it stays the same.

use std::path::Path;

use serde_json::{Value, json};

use crate::shop::{run, run_json};

fn write(home: &Path, name: &str, text: &str) {
    std::fs::write(home.join(name), text).expect("written");
}

fn said(home: &Path, arguments: &[&str]) -> String {
    let output = run(home, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn exported(home: &Path, kind: &str) -> Vec<Value> {
    serde_json::from_str(&said(home, &["export", kind])).expect("records")
}

#[test]
fn a_file_with_other_names_is_taken_and_what_was_taken_is_said() {
    let home = tempfile::tempdir().expect("a folder");
    write(
        home.path(),
        "p.csv",
        "Article number,Title,Product category,Make,Selling price,Qty,Long description,Technical data,Colour\n\
         A-1,Lamp,Home > Lamps,Lumo,19.99,4,A lamp,Power: 9 W; Socket: E27,red\n",
    );
    let arguments = ["import", "products", "p.csv"];
    let dry = said(home.path(), &["import", "products", "p.csv", "--dry-run"]);
    for part in ["Article number as sku", "Selling price as price", "Qty as stock", "columns taken as specs: Colour"] {
        assert!(dry.contains(part), "{part}: {dry}");
    }
    let report = run_json(home.path(), &arguments);
    assert_eq!((report["new"].clone(), report["columns"]["specs"].clone()), (json!(1), json!(["Colour"])));
    assert!(report["columns"]["fields"].as_array().is_some_and(|f| f.contains(&json!({"column": "Make", "field": "brand"}))), "{report}");
    let product = &exported(home.path(), "products")[0];
    let got = ["sku", "price", "stock", "category", "brand"].map(|name| product[name].clone());
    assert_eq!(got, [json!("A-1"), json!("19.99"), json!(4), json!(["Home", "Lamps"]), json!("Lumo")]);
    assert_eq!(product["specs"], json!({"Power": "9 W", "Socket": "E27", "Colour": "red"}));
    assert_eq!(run_json(home.path(), &arguments)["unchanged"], json!(1));
}

#[test]
fn a_file_without_article_numbers_is_refused_in_one_line() {
    let home = tempfile::tempdir().expect("a folder");
    let rows: String = (0..200).map(|i| format!("X{i},Lamp {i},{i}.99\n")).collect();
    write(home.path(), "p.csv", &format!("Ref.,name,price\n{rows}"));
    let text = said(home.path(), &["import", "products", "p.csv"]);
    assert!(text.contains("no column is the sku: the file has Ref., name, price; if \"Ref.\" is it, call that column \"sku\""), "{text}");
    assert!(text.contains("rows 1-200 sku: ") && text.lines().count() < 10, "{text}");
    let report = run_json(home.path(), &["import", "products", "p.csv", "--dry-run"]);
    assert_eq!((report["rejected"].as_array().map(Vec::len), report["new"].clone()), (Some(200), json!(0)));
}

/// Orders of a shop that is not there yet: dates, statuses and references.
#[test]
fn a_dry_run_of_orders_makes_no_shop_and_rejects_nothing_it_cannot_know() {
    let home = tempfile::tempdir().expect("a folder");
    write(
        home.path(),
        "o.csv",
        "order_number,customer_id,status,items,order_date,delivery_date\n\
         1,C1,Out for delivery,A-1 x 1,03/11/2026 14:30,25/11/2026\n\
         2,C2,packed,A-1 x 2; A-2 x 1,04/11/2026,26/11/2026\n",
    );
    write(
        home.path(),
        "t.json",
        &json!([{"ticket_number": "T1", "customer_id": "C1", "sku": "A-1", "created_at": "3.11.2026"}]).to_string(),
    );
    let dry = run_json(home.path(), &["import", "orders", "o.csv", "--dry-run"]);
    assert_eq!((dry["new"].clone(), dry["rejected"].clone(), dry["applied"].clone()), (json!(2), json!([]), json!(false)), "{dry}");
    assert!(dry["notes"].to_string().contains("2 references to customers and 3 references to products could not be checked"), "{dry}");
    assert_eq!(run_json(home.path(), &["import", "tickets", "t.json", "--dry-run"])["rejected"], json!([]));
    assert!(!home.path().join("electromart-data").exists());
    // For real they are rejected until what they name is there; then the dry run knows too.
    assert_eq!(run_json(home.path(), &["import", "orders", "o.csv"])["rejected"].as_array().map(Vec::len), Some(2));
    write(home.path(), "c.csv", "id,name\nC1,Jan\n");
    write(home.path(), "p.csv", "sku,name\nA-1,Lamp\nA-2,Bulb\n");
    run_json(home.path(), &["import", "customers", "c.csv"]);
    run_json(home.path(), &["import", "products", "p.csv"]);
    let dry = run_json(home.path(), &["import", "orders", "o.csv", "--dry-run"]);
    assert_eq!((dry["rejected"][0]["row"].clone(), dry["new"].clone()), (json!(2), json!(1)), "{dry}");
    run_json(home.path(), &["import", "orders", "o.csv"]);
    let order = &exported(home.path(), "orders")[0];
    let got = ["status", "source_status", "order_date", "delivery_date"].map(|name| order[name].clone());
    assert_eq!(got, [json!("shipped"), json!("Out for delivery"), json!("2026-11-03T19:30:00Z"), json!("2026-11-25")]);
    assert_eq!(run_json(home.path(), &["import", "orders", "o.csv"])["unchanged"], json!(1));
}

#[test]
fn euros_never_become_dollars_in_silence() {
    for (head, price, expected) in [
        ("price", "€ 49,-", Some("49.00 EUR")),
        ("price", "49,95 EUR", Some("49.95 EUR")),
        ("Price (€)", "49,95", Some("49.95 EUR")),
        ("Price EUR", "1.299,00", Some("1299.00 EUR")),
        ("price", "49.95", Some("49.95 USD")),
        ("price", "kr 100", None),
    ] {
        let home = tempfile::tempdir().expect("a folder");
        write(home.path(), "p.csv", &format!("sku;name;{head}\nA-1;Lamp;{price}\n"));
        let report = run_json(home.path(), &["import", "products", "p.csv"]);
        let products = exported(home.path(), "products");
        let got = products.first().map(|product| format!("{} {}", product["price"], product["currency"]).replace('"', ""));
        assert_eq!(got.as_deref(), expected, "{head} {price}: {report}");
        let notes = report["notes"].to_string();
        let wanted = match expected {
            Some(euros) if euros.ends_with("EUR") => "ELECTROMART_SHOP_CURRENCY=EUR",
            Some(_) => "name no currency and are read in USD",
            None => continue,
        };
        assert!(notes.contains(wanted), "{head} {price}: {report}");
        assert_eq!(run_json(home.path(), &["import", "products", "p.csv"])["unchanged"], json!(1), "{head} {price}");
    }
}
