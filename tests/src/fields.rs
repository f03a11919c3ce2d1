//! The keys that a type reads, as serde tells them: what documents that list keys are held against.

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::forward_to_deserialize_any;

/// The names that `T` reads as a struct.
pub fn fields_of<'de, T: Deserialize<'de>>() -> Vec<&'static str> {
    let mut fields = Vec::new();
    // Reading always ends in the error below, once the names are known.
    let _ = T::deserialize(Recorder { fields: &mut fields });
    fields
}

struct Recorder<'f> {
    fields: &'f mut Vec<&'static str>,
}

/// Why reading ends.
#[derive(Debug)]
struct Told;

impl<'de> Deserializer<'de> for Recorder<'_> {
    type Error = Told;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Told> {
        self.fields.extend(fields);
        Err(Told)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Told> {
        Err(Told)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq
        tuple tuple_struct map enum identifier ignored_any
    }
}

impl std::fmt::Display for Told {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the names are known")
    }
}

impl std::error::Error for Told {}

impl Error for Told {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    #[allow(dead_code, reason = "only its names are asked for")]
    struct Named {
        plain: u8,
        #[serde(rename = "as")]
        renamed: String,
    }

    #[test]
    fn names_are_those_that_serde_reads() {
        assert_eq!(fields_of::<Named>(), ["plain", "as"]);
    }
}
