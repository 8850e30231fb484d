//! Structures as bytes, field by field: for the documents that rows and snapshots carry whole.
//!
//! A structure is written as its fields in the order in which [`fields!`] names them; it destructures without `..`, so
//! that a new field cannot be forgotten. Little-endian, without padding; texts and lists behind their length.

use smallvec::{Array, SmallVec};
use zerocopy::little_endian::{I64, U16, U32, U64};

use super::codec::{Reader, RowError, put, put_long};
use crate::domain::address::Address;
use crate::domain::calendar::Day;
use crate::domain::money::Money;
use crate::domain::record::VersionId;
use crate::domain::time::Timestamp;

/// What can be written and read back.
pub trait Field: Sized {
    fn put(&self, out: &mut Vec<u8>);
    fn take(reader: &mut Reader<'_>) -> Result<Self, RowError>;
}

/// A structure whose fields are all [`Field`]s.
macro_rules! fields {
    ($name:ident { $($field:ident),+ $(,)? }) => {
        impl Field for $name {
            fn put(&self, out: &mut Vec<u8>) {
                let $name { $($field),+ } = self;
                $(Field::put($field, out);)+
            }

            fn take(reader: &mut Reader<'_>) -> Result<$name, RowError> {
                Ok($name { $($field: Field::take(reader)?),+ })
            }
        }
    };
}

/// Enumerations of one byte.
macro_rules! bytes {
    ($($name:ident),+ $(,)?) => {
        $(impl Field for $name {
            fn put(&self, out: &mut Vec<u8>) {
                out.push(*self as u8);
            }

            fn take(reader: &mut Reader<'_>) -> Result<$name, RowError> {
                let byte = reader.bytes(1)?[0];
                $name::from_byte(byte).ok_or(RowError(concat!("unknown ", stringify!($name))))
            }
        })+
    };
}

pub(crate) use {bytes, fields};

macro_rules! integers {
    ($($plain:ident as $stored:ident),+) => {
        $(impl Field for $plain {
            fn put(&self, out: &mut Vec<u8>) {
                put(out, &$stored::new(*self));
            }

            fn take(reader: &mut Reader<'_>) -> Result<$plain, RowError> {
                Ok(reader.take::<$stored>()?.get())
            }
        })+
    };
}

integers!(u16 as U16, u32 as U32, u64 as U64, i64 as I64);

impl Field for u8 {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn take(reader: &mut Reader<'_>) -> Result<u8, RowError> {
        Ok(reader.bytes(1)?[0])
    }
}

impl Field for Money {
    fn put(&self, out: &mut Vec<u8>) {
        self.nanos().put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Money, RowError> {
        i64::take(reader).map(Money::from_nanos)
    }
}

impl Field for Timestamp {
    fn put(&self, out: &mut Vec<u8>) {
        self.nanos().put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Timestamp, RowError> {
        i64::take(reader).map(Timestamp::from_nanos)
    }
}

impl Field for Day {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Day, RowError> {
        u32::take(reader).map(Day)
    }
}

impl Field for VersionId {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<VersionId, RowError> {
        u32::take(reader).map(VersionId)
    }
}

impl Field for Address {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_bytes());
    }

    fn take(reader: &mut Reader<'_>) -> Result<Address, RowError> {
        Address::from_bytes(*reader.take::<[u8; 16]>()?).ok_or(RowError("an address"))
    }
}

impl Field for Box<str> {
    fn put(&self, out: &mut Vec<u8>) {
        put_long(out, self);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Box<str>, RowError> {
        reader.long().map(Into::into)
    }
}

impl<T: Field> Field for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.is_some()));
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn take(reader: &mut Reader<'_>) -> Result<Option<T>, RowError> {
        match reader.bytes(1)?[0] {
            0 => Ok(None),
            1 => T::take(reader).map(Some),
            _ => Err(RowError("neither there nor not")),
        }
    }
}

impl<A: Array> Field for SmallVec<A>
where
    A::Item: Field,
{
    fn put(&self, out: &mut Vec<u8>) {
        put_all(self.len(), self.iter(), out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<SmallVec<A>, RowError> {
        let mut items = SmallVec::new();
        take_all(reader, |item| items.push(item))?;
        Ok(items)
    }
}

/// Writes a list behind its length.
pub fn put_all<'i, T: Field + 'i>(length: usize, items: impl Iterator<Item = &'i T>, out: &mut Vec<u8>) {
    u32::try_from(length).expect("lists are limited far below 2^32 where they grow").put(out);
    items.for_each(|item| item.put(out));
}

/// Reads a list, handing each item on. A length that lies ends in "too short", not in memory set aside for it.
pub fn take_all<T: Field>(reader: &mut Reader<'_>, mut each: impl FnMut(T)) -> Result<(), RowError> {
    for _ in 0..u32::take(reader)? {
        each(T::take(reader)?);
    }
    Ok(())
}
