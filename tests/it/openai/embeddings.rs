//! Vectors: the same plain and packed, of length 1, and near where texts mean the same.

use serde_json::{Value, json};

use super::{Desk, refusal};
use crate::shop::Start;

const PATH: &str = "/v1/embeddings";
const MODEL: &str = "electromart-encoder";

/// The numbers of base64: 32 bits each, least significant byte first.
fn unpacked(text: &str) -> Vec<f32> {
    use base64::Engine as _;
    let bytes = base64::prelude::BASE64_STANDARD.decode(text).expect("base64");
    bytes.as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four)).collect()
}

fn plain(vector: &Value) -> Vec<f32> {
    serde_json::from_value(vector.clone()).expect("numbers")
}

fn product(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[test]
fn texts_become_vectors() {
    let desk = Desk::open();
    let texts = ["a cheap laptop", "an inexpensive notebook computer", "my parcel is late"];
    let body = |format: &str| json!({ "model": MODEL, "input": texts, "encoding_format": format, "dimensions": 384 });
    let answer = desk.post(PATH, &body("float"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let (floats, packed) = (answer.json(), desk.post(PATH, &body("base64")).json());
    let vectors: Vec<Vec<f32>> = floats["data"].as_array().expect("a list").iter().map(|one| plain(&one["embedding"])).collect();
    for (at, vector) in vectors.iter().enumerate() {
        assert_eq!(floats["data"][at]["index"], at);
        assert!(vector.len() == 384 && (product(vector, vector) - 1.0).abs() < 1e-4);
        assert_eq!(*vector, unpacked(packed["data"][at]["embedding"].as_str().expect("text")));
    }
    assert!(product(&vectors[0], &vectors[1]) > product(&vectors[0], &vectors[2]) + 0.2);
    assert_eq!((floats["usage"]["prompt_tokens"].as_u64(), &floats["usage"]), (Some(5 + 6 + 6), &packed["usage"]));
    let alone = desk.post(PATH, &json!({ "model": MODEL, "input": texts[1] })).json();
    assert_eq!(plain(&alone["data"][0]["embedding"]), vectors[1]);
    for (fields, param, code) in [
        (json!({ "input": ["a", "word ".repeat(127)] }), "input[1]", "context_length_exceeded"),
        (json!({ "input": "a", "dimensions": 256 }), "dimensions", "unsupported_value"),
    ] {
        let mut body = fields.clone();
        body["model"] = json!(MODEL);
        assert_eq!(refusal(&desk.post(PATH, &body)), (400, code.to_owned(), param.to_owned()), "{fields}");
    }
    assert_eq!(desk.post(PATH, &json!({ "model": MODEL, "input": "word ".repeat(126) })).json()["usage"]["total_tokens"], 128);
}

#[test]
fn a_shop_without_models_still_has_the_encoder() {
    let settings = [("ELECTROMART_PROVIDER_MODE", "template")];
    let desk = Desk::start(&Start { settings: &settings, ..Start::default() });
    let listed = desk.shop.get_with("/v1/models", &desk.key).json();
    assert_eq!((listed["data"].as_array().map(Vec::len), &listed["data"][0]["id"]), (Some(1), &json!(MODEL)));
    assert_eq!(desk.shop.get_with(&format!("/v1/models/{MODEL}"), &desk.key).json(), listed["data"][0]);
    assert_eq!(refusal(&desk.ask(&json!({ "model": "electromart-decoder" }))).0, 404);
    let made = desk.post(PATH, &json!({ "model": MODEL, "input": "a" })).json();
    assert_eq!(plain(&made["data"][0]["embedding"]).len(), 384);
}
