//! JSON schemas as the tests hold answers against them, apart from the library that keeps them.

use proptest::prelude::*;
use serde_json::{Value, json};

/// Whether a value is one of a schema made of the keywords the tests use.
pub(super) fn valid(schema: &Value, value: &Value) -> bool {
    if let Some(all) = schema["enum"].as_array() {
        return all.contains(value);
    }
    if let Some(all) = schema["anyOf"].as_array() {
        return all.iter().any(|schema| valid(schema, value));
    }
    let bound = |key: &str| schema[key].as_u64().and_then(|n| usize::try_from(n).ok());
    let within = |n: usize, least: &str, most: &str| bound(least).is_none_or(|l| n >= l) && bound(most).is_none_or(|m| n <= m);
    match schema["type"].as_str() {
        Some("null") => value.is_null(),
        Some("boolean") => value.is_boolean(),
        // A zero with a sign is whole, too, but read as a float.
        Some("integer") => value.as_i64().or_else(|| (value.as_f64() == Some(0.0)).then_some(0)).is_some_and(|n| {
            schema["minimum"].as_i64().is_none_or(|least| n >= least) && schema["maximum"].as_i64().is_none_or(|most| n <= most)
        }),
        Some("string") => value.as_str().is_some_and(|text| within(text.chars().count(), "minLength", "maxLength")),
        Some("array") => value
            .as_array()
            .is_some_and(|items| within(items.len(), "minItems", "maxItems") && items.iter().all(|item| valid(&schema["items"], item))),
        Some("object") => value.as_object().is_some_and(|fields| {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            required.iter().all(|name| name.as_str().is_some_and(|name| fields.contains_key(name)))
                && fields.iter().all(|(name, value)| match schema["properties"].get(name) {
                    Some(schema) => valid(schema, value),
                    None => schema["additionalProperties"] != json!(false),
                })
        }),
        _ => false,
    }
}

/// Schemas whose documents are short, so that an answer of random tokens comes to its end.
pub(super) fn any_schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({ "type": "null" })),
        Just(json!({ "type": "boolean" })),
        (-50i64..50, 0i64..2_000).prop_map(|(least, more)| json!({ "type": "integer", "minimum": least, "maximum": least + more })),
        (0usize..3, 0usize..6).prop_map(|(least, more)| json!({ "type": "string", "minLength": least, "maxLength": least + more })),
        prop::collection::hash_set("[a-zA-Zäß0-9 \"\\\\/{}#.\n-]{0,12}", 1..5).prop_map(|texts| json!({ "enum": texts })),
        Just(json!({ "enum": [null, true, 17, "17"] })),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            (inner.clone(), 0usize..2, 0usize..3).prop_map(|(items, least, more)| {
                json!({ "type": "array", "items": items, "minItems": least, "maxItems": least + more })
            }),
            (prop::collection::btree_map("[a-zé\"_ ]{1,6}", (inner.clone(), any::<bool>()), 0..4)).prop_map(|fields| {
                let required: Vec<&String> = fields.iter().filter(|(_, (_, required))| *required).map(|(name, _)| name).collect();
                let properties: serde_json::Map<String, Value> =
                    fields.iter().map(|(name, (schema, _))| (name.clone(), schema.clone())).collect();
                json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
            }),
            prop::collection::vec(inner, 1..3).prop_map(|all| json!({ "anyOf": all })),
        ]
    })
}

#[test]
fn the_check_tells_right_from_wrong() {
    let schema = json!({
        "type": "object", "additionalProperties": false, "required": ["a"],
        "properties": { "a": { "type": "integer", "minimum": 3 }, "b": { "type": "array", "items": { "enum": ["x"] }, "maxItems": 1 } },
    });
    for (value, right) in [
        (json!({ "a": 3 }), true),
        (json!({ "a": 3, "b": ["x"] }), true),
        (json!({ "a": 2 }), false),
        (json!({ "a": 3, "b": ["y"] }), false),
        (json!({ "a": 3, "b": ["x", "x"] }), false),
        (json!({ "b": [] }), false),
        (json!({ "a": 3, "c": 1 }), false),
        (json!({ "a": "3" }), false),
    ] {
        assert_eq!(valid(&schema, &value), right, "{value}");
    }
}
