//! Variables in a snapshot: those outside all functions, with their attributes and the order in which arrays list.

use super::stored::{Damage, Input, Read, Stored, stored_fields};
use crate::variables::{AssociativeArray, Attributes, IndexedArray, Value, Variables};
use crate::{Text, names};
use bash_parser::Name;

/// All variables but those that tell of the process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StoredVariables {
    /// In the order of names.
    list: Vec<StoredVariable>,
    /// The names that were ever exported, in the order in which children get them.
    exported: Vec<Text>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct StoredVariable {
    name: Text,
    attributes: Attributes,
    value: Value,
}

stored_fields!(StoredVariables { list, exported });

/// They belong to the process and its user, whatever session it has.
fn is_of_process(name: Name) -> bool {
    [*names::PPID, *names::UID, *names::EUID].contains(&name)
}

/// What variables have because of where they stand or what the shell does with them.
const OF_THE_SHELL: Attributes = Attributes::WATCHED.union(Attributes::LOCAL).union(Attributes::TEMPORARY);
/// What only the shell's own variables may have.
const COMPUTED: Attributes = Attributes::DYNAMIC.union(Attributes::NO_ASSIGN);

impl StoredVariables {
    /// Those of a table whose scopes are all closed.
    pub(crate) fn of(variables: &Variables) -> StoredVariables {
        let all = variables.iter().filter(|(name, _)| !is_of_process(*name));
        let stored = all.map(|(name, cell)| StoredVariable {
            name: name.as_bytes().into(),
            attributes: cell.attributes - OF_THE_SHELL,
            value: plain(&cell.value),
        });
        let mut list: Vec<_> = stored.collect();
        list.sort_by(|one, other| one.name.cmp(&other.name));
        let exported = variables.ever_exported().map(|name| Text::from(name.as_bytes())).collect();
        StoredVariables { list, exported }
    }

    /// Makes these the variables of a new session, whose computed and watched ones stay what they are.
    pub(crate) fn put_into(&self, variables: &mut Variables) {
        let old: Vec<Name> =
            variables.iter().map(|(name, _)| name).filter(|name| !is_of_process(*name)).collect();
        for name in &old {
            let cell = variables.cell(*name);
            cell.attributes &= OF_THE_SHELL | COMPUTED;
            cell.value = Value::Unset;
        }
        variables.begin_exports(self.exported.iter().filter_map(|name| Name::from_bytes(name)));
        let named = self.list.iter().filter_map(|stored| Some((Name::from_bytes(&stored.name)?, stored)));
        for (name, stored) in named.filter(|(name, _)| !is_of_process(*name)) {
            let cell = variables.cell(name);
            let kept = cell.attributes & (OF_THE_SHELL | (stored.attributes & COMPUTED));
            let attributes = kept | (stored.attributes - COMPUTED) | Attributes::DECLARED;
            cell.value = stored.value.clone();
            cell.attributes = attributes - Attributes::EXPORT;
            variables.change_attributes(name, attributes & Attributes::EXPORT, Attributes::empty());
        }
        let is_gone = |name: &Name| variables.get(*name).is_none();
        for name in old.into_iter().filter(is_gone).collect::<Vec<_>>() {
            variables.cell(name).attributes &= OF_THE_SHELL;
        }
    }
}

/// An integer is its text: that a text was seen to be one is no difference.
fn plain(value: &Value) -> Value {
    match value {
        Value::Integer(number) => Value::Text(Text::from_integer(*number)),
        other => other.clone(),
    }
}

impl Stored for StoredVariable {
    fn write(&self, out: &mut Vec<u8>) {
        self.name.write(out);
        self.attributes.bits().write(out);
        self.value.write(out);
    }

    fn read(input: &mut Input<'_>) -> Read<StoredVariable> {
        let name = Text::read(input)?;
        let attributes = Attributes::from_bits(u16::read(input)?).ok_or(Damage)?;
        let value = Value::read(input)?;
        let fits = match value {
            Value::Indexed(_) => !attributes.contains(Attributes::ASSOCIATIVE),
            Value::Associative(_) => attributes & Attributes::ARRAY == Attributes::ASSOCIATIVE,
            Value::Text(_) | Value::Integer(_) => !attributes.intersects(Attributes::ARRAY),
            Value::Unset => attributes & Attributes::ARRAY != Attributes::ARRAY,
        };
        let is_named = bash_parser::is_identifier(&name);
        if fits && is_named { Ok(StoredVariable { name, attributes, value }) } else { Err(Damage) }
    }
}

impl Stored for Value {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Value::Unset => 0u64.write(out),
            Value::Integer(_) => plain(self).write(out),
            Value::Text(text) => {
                1u64.write(out);
                text.write(out);
            }
            Value::Indexed(array) => {
                2u64.write(out);
                array.write(out);
            }
            Value::Associative(array) => {
                3u64.write(out);
                array.write(out);
            }
        }
    }

    fn read(input: &mut Input<'_>) -> Read<Value> {
        Ok(match u64::read(input)? {
            0 => Value::Unset,
            1 => Value::Text(Text::read(input)?),
            2 => IndexedArray::read(input)?.into(),
            3 => AssociativeArray::read(input)?.into(),
            _ => return Err(Damage),
        })
    }
}

/// Subscripts and elements, subscripts rising.
impl Stored for IndexedArray {
    fn write(&self, out: &mut Vec<u8>) {
        self.len().write(out);
        for (subscript, text) in self.iter() {
            subscript.write(out);
            text.write(out);
        }
    }

    fn read(input: &mut Input<'_>) -> Read<IndexedArray> {
        let list: Vec<(i64, Text)> = Stored::read(input)?;
        let rises = list.is_sorted_by(|(one, _), (next, _)| one < next);
        if !rises || list.first().is_some_and(|(first, _)| *first < 0) {
            return Err(Damage);
        }
        let mut array = IndexedArray::new();
        list.into_iter().for_each(|(subscript, text)| array.set(subscript, text));
        Ok(array)
    }
}

/// The size of the table, then keys and elements in the order in which they were put in, which the listing shows.
impl Stored for AssociativeArray {
    fn write(&self, out: &mut Vec<u8>) {
        self.buckets().write(out);
        let entries = self.oldest_first();
        entries.len().write(out);
        for (key, value) in entries {
            key.write(out);
            value.write(out);
        }
    }

    fn read(input: &mut Input<'_>) -> Read<AssociativeArray> {
        let buckets = u32::read(input)?;
        let list: Vec<(Text, Text)> = Stored::read(input)?;
        if !buckets.is_power_of_two() || list.len() as u64 > u64::from(buckets) * 2 {
            return Err(Damage);
        }
        let mut array = AssociativeArray::with_buckets(buckets);
        list.into_iter().for_each(|(key, value)| array.set(key, value));
        Ok(array)
    }
}
