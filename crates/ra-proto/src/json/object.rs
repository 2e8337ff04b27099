use alloc::{borrow::Cow, vec::Vec};
use core::fmt;

use serde::de::{DeserializeSeed, Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::value::Raw;
use crate::error::{DecodeError, DecodeErrorKind};
use crate::secret::Sensitive;

/// The values of an object's known keys, not interpreted yet.
pub(crate) struct Fields<'a, const N: usize> {
    keys: &'static [&'static str; N],
    slots: [Slot<'a>; N],
    /// Named in errors.
    op: Option<&'static str>,
}

#[derive(Clone, Copy, Default)]
struct Slot<'a> {
    first: Option<Raw<'a>>,
    repeated: bool,
}

impl<'a, const N: usize> Fields<'a, N> {
    /// Cuts one object, which must be all of `text`, into the values of `keys`; skips other keys.
    pub(crate) fn read(
        text: &'a str,
        keys: &'static [&'static str; N],
    ) -> Result<Self, DecodeError> {
        // What serde_json says of a wrong type quotes the value, so it never gets to see one.
        if !text.trim_ascii_start().starts_with('{') {
            let kind = match serde_json::from_str::<IgnoredAny>(text) {
                Ok(_) => DecodeErrorKind::NotAnObject,
                Err(_) => DecodeErrorKind::NotJson,
            };
            return Err(DecodeError::whole(kind));
        }
        let mut fields = Self {
            keys,
            slots: [Slot::default(); N],
            op: None,
        };
        let mut json = serde_json::Deserializer::from_str(text);
        let read = json
            .deserialize_map(FieldsVisitor(&mut fields))
            .and_then(|deep| json.end().map(|()| deep));
        match read {
            Ok(false) => Ok(fields),
            Ok(true) => Err(DecodeError::whole(DecodeErrorKind::TooDeep)),
            Err(_) => Err(DecodeError::whole(DecodeErrorKind::NotJson)),
        }
    }

    /// From here on errors name this op.
    pub(crate) fn set_op(&mut self, op: &'static str) {
        self.op = Some(op);
    }

    pub(crate) fn has(&self, key: &'static str) -> bool {
        self.slot(key).first.is_some()
    }

    pub(crate) fn raw(&self, key: &'static str) -> Result<Raw<'a>, DecodeError> {
        match self.slot(key) {
            Slot { repeated: true, .. } => Err(self.error(DecodeErrorKind::Duplicate, key)),
            Slot {
                first: Some(raw), ..
            } => Ok(raw),
            Slot { first: None, .. } => Err(self.error(DecodeErrorKind::Missing, key)),
        }
    }

    pub(crate) fn text(&self, key: &'static str) -> Result<Cow<'a, str>, DecodeError> {
        self.raw(key)?.text().map_err(|kind| self.error(kind, key))
    }

    pub(crate) fn number(&self, key: &'static str) -> Result<u64, DecodeError> {
        self.raw(key)?
            .number()
            .map_err(|kind| self.error(kind, key))
    }

    pub(crate) fn boolean(&self, key: &'static str) -> Result<bool, DecodeError> {
        self.raw(key)?
            .boolean()
            .map_err(|kind| self.error(kind, key))
    }

    pub(crate) fn secret(&self, key: &'static str) -> Result<Sensitive<'a>, DecodeError> {
        self.text(key).map(Sensitive::from)
    }

    /// A secret that is of no use when empty.
    pub(crate) fn filled_secret(&self, key: &'static str) -> Result<Sensitive<'a>, DecodeError> {
        let secret = self.secret(key)?;
        if secret.expose().is_empty() {
            return Err(self.error(DecodeErrorKind::Empty, key));
        }
        Ok(secret)
    }

    fn slot(&self, key: &'static str) -> Slot<'a> {
        let place = self.keys.iter().position(|known| *known == key);
        place
            .and_then(|place| self.slots.get(place))
            .copied()
            .unwrap_or_default()
    }

    fn error(&self, kind: DecodeErrorKind, field: &'static str) -> DecodeError {
        DecodeError::at(kind, self.op, field)
    }
}

/// The elements of `raw`, which must be a list of at most `max` elements.
pub(crate) fn elements(raw: Raw<'_>, max: usize) -> Result<Vec<Raw<'_>>, DecodeErrorKind> {
    if !raw.is_list() {
        return Err(DecodeErrorKind::WrongType);
    }
    let mut json = serde_json::Deserializer::from_str(raw.as_str());
    let elements = json
        .deserialize_seq(ElementsVisitor { max })
        .map_err(|_| DecodeErrorKind::NotJson)?;
    elements.ok_or(DecodeErrorKind::OutOfRange)
}

/// Fills the slots; its value says whether anything was nested too deeply.
struct FieldsVisitor<'f, 'a, const N: usize>(&'f mut Fields<'a, N>);

impl<'a, const N: usize> Visitor<'a> for FieldsVisitor<'_, 'a, N> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<bool, A::Error> {
        let mut too_deep = false;
        while let Some(place) = map.next_key_seed(KeySeed(self.0.keys))? {
            let raw = Raw::new(map.next_value::<&'a RawValue>()?.get());
            too_deep = too_deep || raw.is_too_deep();
            if let Some(slot) = place.and_then(|place| self.0.slots.get_mut(place)) {
                slot.repeated = slot.first.is_some();
                slot.first = slot.first.or(Some(raw));
            }
        }
        Ok(too_deep)
    }
}

/// Reads a key as its place among the known ones.
struct KeySeed<'k>(&'k [&'static str]);

impl<'a> DeserializeSeed<'a> for KeySeed<'_> {
    type Value = Option<usize>;

    fn deserialize<D: serde::Deserializer<'a>>(
        self,
        deserializer: D,
    ) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Option<usize>, E> {
        Ok(self.0.iter().position(|known| *known == key))
    }
}

/// Collects a list's elements, or `None` where there are too many.
struct ElementsVisitor {
    max: usize,
}

impl<'a> Visitor<'a> for ElementsVisitor {
    type Value = Option<Vec<Raw<'a>>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut elements = Some(Vec::new());
        while let Some(element) = list.next_element::<&'a RawValue>()? {
            elements = elements.filter(|so_far| so_far.len() < self.max);
            if let Some(so_far) = &mut elements {
                so_far.push(Raw::new(element.get()));
            }
        }
        Ok(elements)
    }
}
