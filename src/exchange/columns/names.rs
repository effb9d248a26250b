//! The names columns go by: for every field its own name first, then others, the surest first.
//!
//! Names are compared without case, spaces and underscores, so each stands here once.

use crate::domain::record::RecordKind;

/// What a column must hold to be taken for a field by another name than the field's own: shops write
/// "in stock: yes" as well as "in stock: 12", and only the second is a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Anything.
    Anything,
    /// Whole numbers.
    Counts,
    /// Amounts of money; the name may carry the currency (`Price EUR`).
    Amounts,
    /// Names with values, packed in one cell.
    Pairs,
}

/// A field of a kind of record.
#[derive(Debug)]
pub struct Field {
    /// Its own name.
    pub name: &'static str,
    /// Other names of its column.
    pub others: &'static [&'static str],
    /// What its column holds.
    pub holds: Holds,
    /// Whether no record is without it.
    pub required: bool,
}

const fn field(name: &'static str, others: &'static [&'static str]) -> Field {
    Field { name, others, holds: Holds::Anything, required: false }
}

const fn required(name: &'static str, others: &'static [&'static str]) -> Field {
    Field { name, others, holds: Holds::Anything, required: true }
}

const fn holding(holds: Holds, name: &'static str, others: &'static [&'static str]) -> Field {
    Field { name, others, holds, required: false }
}

const CURRENCY: Field = field("currency", &["currencycode"]);
const ZIP: Field = field("zip", &["zipcode", "postalcode", "postcode"]);

/// The fields of a kind, the one that names the record first.
pub fn fields(kind: RecordKind) -> &'static [Field] {
    match kind {
        RecordKind::Product => PRODUCT,
        RecordKind::Customer => CUSTOMER,
        RecordKind::Order => ORDER,
        RecordKind::Promotion => PROMOTION,
        RecordKind::Ticket => TICKET,
        RecordKind::Knowledge => KNOWLEDGE,
    }
}

const PRODUCT: &[Field] = &[
    required(
        "sku",
        &[
            "articlenumber",
            "itemnumber",
            "productcode",
            "artikelnummer",
            "partnumber",
            "articleno",
            "itemno",
            "partno",
            "artikelnr",
            "articlecode",
            "itemcode",
            "productnumber",
            "productid",
            "code",
            "id",
            "item",
        ],
    ),
    // `Item` is a name where another column is the article number.
    required(
        "name",
        &[
            "productname",
            "title",
            "itemname",
            "articlename",
            "producttitle",
            "artikelname",
            "produktname",
            "productnaam",
            "bezeichnung",
            "product",
            "item",
        ],
    ),
    field("category", &["productcategory", "categorypath", "categories", "producttype", "type", "department", "group", "productgroup"]),
    field("brand", &["manufacturer", "make", "vendor"]),
    holding(
        Holds::Amounts,
        "price",
        &["sellingprice", "priceinclvat", "priceincludingvat", "priceincvat", "unitprice", "regularprice", "retailprice", "rrp"],
    ),
    CURRENCY,
    holding(Holds::Counts, "stock", &["stocklevel", "quantity", "qty", "inventory", "onhand", "instock", "available"]),
    field("description", &["longdescription", "productdescription", "body", "details", "summary"]),
    holding(
        Holds::Pairs,
        "specs",
        &["specifications", "specification", "attributes", "technicaldata", "properties", "features", "productattributes"],
    ),
    field("variant_of", &["parentsku", "parent"]),
    holding(Holds::Pairs, "options", &["option", "variant"]),
    field("image_url", &["image"]),
    field("uncounted", &[]),
];

const CUSTOMER: &[Field] = &[
    required("id", &["customerid", "customernumber", "customerno"]),
    required("name", &["customername", "fullname"]),
    field("email", &["emailaddress"]),
    field("phone", &["telephone", "phonenumber"]),
    field("address", &["street"]),
    ZIP,
    field("addresses", &[]),
    field("payment_methods", &[]),
    field("consents", &[]),
    field("created_at", &[]),
    field("history", &[]),
    CURRENCY,
];

const ORDER: &[Field] = &[
    required("order_number", &["orderid", "orderno", "number", "id"]),
    required("customer_id", &["customernumber", "customerno", "customer"]),
    required("status", &["orderstatus"]),
    field("source_status", &[]),
    required("items", &["lineitems"]),
    field("fulfilments", &[]),
    field("tracking_number", &["trackingnumbers", "tracking"]),
    field("order_date", &["orderedat", "createdat", "date"]),
    field("delivery_date", &[]),
    holding(Holds::Amounts, "total", &["ordertotal", "totalamount", "grandtotal"]),
    CURRENCY,
    field("payment_method", &[]),
    field("payments", &[]),
    field("history", &[]),
    field("address", &[]),
    ZIP,
];

const PROMOTION: &[Field] = &[
    required("code", &[]),
    field("name", &[]),
    field("description", &[]),
    field("discount_percent", &["percent"]),
    holding(Holds::Amounts, "discount_amount", &["amount"]),
    holding(Holds::Amounts, "minimum_total", &["minimum"]),
    CURRENCY,
    field("start_date", &["startsat"]),
    field("end_date", &["endsat"]),
    field("categories", &[]),
    field("active", &[]),
];

const TICKET: &[Field] = &[
    required("ticket_number", &["number", "id"]),
    field("customer_id", &["customer"]),
    field("sku", &[]),
    field("order_number", &[]),
    field("session", &[]),
    field("issue_type", &["issue"]),
    field("description", &[]),
    field("contact", &[]),
    field("status", &[]),
    field("priority", &[]),
    field("created_at", &[]),
    field("resolved_at", &[]),
];

const KNOWLEDGE: &[Field] = &[
    required("id", &[]),
    field("domain", &[]),
    field("questions", &["question"]),
    required("answer", &[]),
    field("tags", &[]),
    field("valid_from", &[]),
    field("valid_until", &[]),
    field("language", &[]),
];
