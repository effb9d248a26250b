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
    assert!(text.contains("no column is the sku: the file has Ref., name, price; if \"Ref.\" is it, name that column sku"), "{text}");
    assert!(text.contains("rows 1-200 sku: ") && text.lines().count() < 10, "{text}");
    let report = run_json(home.path(), &["import", "products", "p.csv", "--dry-run"]);
    assert_eq!((report["rejected"].as_array().map(Vec::len), report["new"].clone()), (Some(200), json!(0)));
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
