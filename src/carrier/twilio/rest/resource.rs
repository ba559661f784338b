//! The carrier's JSON, of which we read a few fields. Every carrier writes the other fields differently (`"duration":
//! "42"`, `null`, objects). They are skipped unread, at any size and depth.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A call, a message or an error. A field that is absent or has another type is `None`.
#[derive(Default)]
pub(super) struct Resource {
    pub(super) sid: Option<String>,
    pub(super) status: Option<String>,
    pub(super) direction: Option<String>,
    pub(super) from: Option<String>,
    /// The call that was transferred to this one.
    pub(super) parent: Option<String>,
    pub(super) to: Option<String>,
    pub(super) date_created: Option<String>,
    pub(super) start_time: Option<String>,
    pub(super) end_time: Option<String>,
    /// The carrier's error code, which some carriers write as text.
    pub(super) code: Option<u32>,
    /// In an error, the `status` field repeats the HTTP status. In a call, it is the call's own.
    pub(super) http_status: Option<u32>,
}

impl Resource {
    /// Reads a body: one object, and nothing after it.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }
}

/// One page of a list of calls.
pub(super) struct ResourcePage {
    pub(super) calls: Vec<Resource>,
    /// Where the next page is; `None` on the last.
    pub(super) next_page_uri: Option<String>,
}

impl ResourcePage {
    /// Reads a body. There must be a list: nothing else proves that a call isn't in it.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }
}

// Implemented by hand: the derived implementation would accept an array as an object.
impl<'de> Deserialize<'de> for Resource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Resource;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Resource, A::Error> {
                let mut resource = Resource::default();
                while let Some(name) = map.next_key::<String>()? {
                    match name.as_str() {
                        "sid" => resource.sid = map.next_value::<Scalar>()?.text(),
                        "status" => match map.next_value()? {
                            Scalar::Number(number) => resource.http_status = number.try_into().ok(),
                            scalar => resource.status = scalar.text(),
                        },
                        "direction" => resource.direction = map.next_value::<Scalar>()?.text(),
                        "from" => resource.from = map.next_value::<Scalar>()?.text(),
                        "parent_call_sid" => resource.parent = map.next_value::<Scalar>()?.text(),
                        "to" => resource.to = map.next_value::<Scalar>()?.text(),
                        "date_created" => resource.date_created = map.next_value::<Scalar>()?.text(),
                        "start_time" => resource.start_time = map.next_value::<Scalar>()?.text(),
                        "end_time" => resource.end_time = map.next_value::<Scalar>()?.text(),
                        "code" => {
                            resource.code = match map.next_value()? {
                                Scalar::Number(number) => number.try_into().ok(),
                                Scalar::Text(text) => text.parse().ok(),
                                Scalar::Other => None,
                            }
                        }
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(resource)
            }
        }
        deserializer.deserialize_map(Object)
    }
}

impl<'de> Deserialize<'de> for ResourcePage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = ResourcePage;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object with calls")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ResourcePage, A::Error> {
                let (mut calls, mut next_page_uri) = (None, None);
                while let Some(name) = map.next_key::<String>()? {
                    match name.as_str() {
                        "calls" => calls = Some(map.next_value()?),
                        "next_page_uri" => next_page_uri = map.next_value::<Scalar>()?.text(),
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                let calls = calls.ok_or_else(|| serde::de::Error::missing_field("calls"))?;
                Ok(ResourcePage { calls, next_page_uri })
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// One value in any notation.
enum Scalar {
    Text(String),
    Number(u64),
    /// Any other value, skipped.
    Other,
}

impl Scalar {
    fn text(self) -> Option<String> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Anything;
        impl<'de> Visitor<'de> for Anything {
            type Value = Scalar;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("anything")
            }
            fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar::Text(text.to_owned()))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
                Ok(Scalar::Number(number))
            }
            fn visit_i64<E>(self, _: i64) -> Result<Scalar, E> {
                Ok(Scalar::Other)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Scalar, E> {
                Ok(Scalar::Other)
            }
            fn visit_bool<E>(self, _: bool) -> Result<Scalar, E> {
                Ok(Scalar::Other)
            }
            fn visit_unit<E>(self) -> Result<Scalar, E> {
                Ok(Scalar::Other)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Scalar, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Scalar::Other)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Scalar, A::Error> {
                while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Scalar::Other)
            }
        }
        deserializer.deserialize_any(Anything)
    }
}
