//! The OpenAPI document is true of the routes, and of what they answer.

use serde_json::{Value, json};

use crate::http;
use crate::shop::Shop;

fn document(shop: &Shop) -> Value {
    shop.get("/openapi.json").json()
}

#[test]
fn every_route_of_the_document_is_there_and_answers_as_it_says() {
    let shop = Shop::start();
    let document = document(&shop);
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let real = path.replace("{id}", "nobody-nobody");
            let answer = http::send(shop.address, &method.to_uppercase(), &real, &[("content-type", "application/json")], b"{}");
            let known = operation["responses"].get(answer.status.to_string());
            assert!(known.is_some() || path == "/socket.io/", "{method} {path} answers {}", answer.status);
            assert_ne!(answer.status, 405, "{method} {path}");
        }
    }
}

/// Fields of an object that the schema does not name, or that it requires and are missing.
fn against(document: &Value, schema: &str, body: &Value) -> Vec<String> {
    let schema = &document["components"]["schemas"][schema];
    let properties = schema["properties"].as_object().expect("properties");
    let extra = body.as_object().expect("an object").keys().filter(|key| !properties.contains_key(*key)).map(|key| format!("extra {key}"));
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    extra.chain(required.filter(|key| body.get(key).is_none()).map(|key| format!("missing {key}"))).collect()
}

#[test]
fn replies_have_the_fields_of_their_schemas() {
    let shop = Shop::start();
    let document = document(&shop);
    let session = shop.session();
    for text in
        ["show me gaming laptops under 1500", "where is my order ORD-1007?", "maya.thornton@example.com", "it arrived broken", "yes"]
    {
        let reply = shop.say(&session, text);
        assert_eq!(against(&document, "AgentMessage", &reply), Vec::<String>::new(), "{text}");
        for card in reply["cards"].as_array().expect("cards") {
            assert_eq!(against(&document, "Card", card), Vec::<String>::new(), "{card}");
        }
        for piece in reply["evidence"].as_array().expect("evidence") {
            assert_eq!(against(&document, "Evidence", piece), Vec::<String>::new(), "{piece}");
        }
    }
    let refused = shop.post("/api/chat", &json!({})).json();
    assert_eq!(against(&document, "Error", &refused), Vec::<String>::new());
}
