//! Which columns of a stream are which fields of events, and what each is read as.
//!
//! What is asked of the Arrow library is less than the schema says: of a dictionary's column the indices alone, and of
//! views their bytes alone, so that no bound and no text is checked before it is known how much there is to check.

use std::sync::Arc;

use arrow_ipc::Schema as IpcSchema;
use arrow_ipc::convert::try_fb_to_schema;
use arrow_schema::{DataType, Field as ArrowField, Schema, SchemaRef, TimeUnit};

use super::super::desk::Unreadable;
use super::super::field::Field;
use super::{damaged, malformed};

/// Most characters of a type that is told back.
const TYPE_CHARACTERS_MAX: usize = 80;
/// What no event can be without.
const NEEDED: [Field; 3] = [Field::Id, Field::Type, Field::Wallet];

/// A column that is a field.
pub(super) struct Column {
    pub field: Field,
    pub shape: Shape,
}

/// What a column is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    /// Indices into the dictionary of this id.
    Dictionary(i64),
    Integer,
    /// Ticks since 1970, of so many nanoseconds.
    Instant(i64),
    /// The decimal places.
    Decimal(i8),
    Map,
}

/// The columns to read, of all that a stream has.
pub(super) struct Shapes {
    pub columns: Vec<Column>,
    /// The stream's whole schema as it is decoded, and where the columns stand in it.
    pub schema: SchemaRef,
    pub places: Vec<usize>,
    /// Dictionaries by their id: what their values are decoded as, and a column that uses each.
    pub dictionaries: Vec<(i64, DataType, Field)>,
    /// The first column that is no field.
    pub stray: Option<Box<str>>,
}

impl Shapes {
    pub(super) fn of(ipc: IpcSchema<'_>) -> Result<Shapes, Unreadable> {
        let told = try_fb_to_schema(ipc).map_err(|error| damaged(&error))?;
        let mut shapes = Shapes {
            columns: Vec::new(),
            schema: Arc::new(Schema::empty()),
            places: Vec::new(),
            dictionaries: Vec::new(),
            stray: None,
        };
        let mut decoded = Vec::with_capacity(told.fields().len());
        for (place, (field, ipc)) in told.fields().iter().zip(ipc.fields().into_iter().flatten()).enumerate()
        {
            let dictionary = ipc.dictionary().map(|dictionary| dictionary.id());
            let data_type = shapes.add(place, field, dictionary)?;
            decoded.push(ArrowField::new("", data_type, true));
        }
        shapes.schema = Arc::new(Schema::new(decoded));
        for field in NEEDED {
            if !shapes.columns.iter().any(|column| column.field == field) {
                return Err(Unreadable::Column {
                    column: field.name(),
                    detail: "it is not there: every event must have it".to_owned(),
                });
            }
        }
        Ok(shapes)
    }

    /// Adds a column, and tells as what it is decoded.
    fn add(
        &mut self,
        place: usize,
        column: &ArrowField,
        dictionary: Option<i64>,
    ) -> Result<DataType, Unreadable> {
        let told = column.data_type();
        let Some(field) = Field::parse(column.name()) else {
            self.stray.get_or_insert_with(|| column.name().as_str().into());
            return Ok(told.clone());
        };
        if self.columns.iter().any(|column| column.field == field) {
            return Err(Unreadable::Column { column: field.name(), detail: "it is there twice".to_owned() });
        }
        // A column without a type is one without values.
        if *told == DataType::Null {
            return Ok(told.clone());
        }
        let (shape, decoded) = shape(field, told, dictionary).ok_or_else(|| wrong_type(field, told))?;
        if let (Shape::Dictionary(id), DataType::Dictionary(_, values)) = (shape, told) {
            self.add_dictionary(id, decoded_text(values), field)?;
        }
        self.columns.push(Column { field, shape });
        self.places.push(place);
        Ok(decoded)
    }

    /// Columns may share a dictionary.
    fn add_dictionary(&mut self, id: i64, values: DataType, field: Field) -> Result<(), Unreadable> {
        match self.dictionaries.iter().find(|(known, ..)| *known == id) {
            Some((_, known, _)) if *known != values => {
                Err(malformed("two columns share a dictionary and differ in what its values are"))
            }
            Some(_) => Ok(()),
            None => {
                self.dictionaries.push((id, values, field));
                Ok(())
            }
        }
    }
}

/// What a field's column of this type is read as and decoded as; `None` for what it must not be.
fn shape(field: Field, told: &DataType, dictionary: Option<i64>) -> Option<(Shape, DataType)> {
    match (field, told) {
        (Field::Segments, told) => told.is_integer().then(|| (Shape::Integer, told.clone())),
        (Field::Time, DataType::Timestamp(unit, Some(_))) => {
            Some((Shape::Instant(nanos_of(*unit)), told.clone()))
        }
        (Field::Amount, DataType::Decimal128(_, scale)) => Some((Shape::Decimal(*scale), told.clone())),
        (Field::Tags, DataType::Map(entries, _)) => {
            is_entry_of_texts(entries).then(|| (Shape::Map, told.clone()))
        }
        (_, DataType::Dictionary(index, values)) if is_text(values) => {
            Some((Shape::Dictionary(dictionary?), index.as_ref().clone()))
        }
        (_, told) => is_text(told).then(|| (Shape::Text, decoded_text(told))),
    }
}

fn is_text(told: &DataType) -> bool {
    matches!(told, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

fn decoded_text(told: &DataType) -> DataType {
    if *told == DataType::Utf8View { DataType::BinaryView } else { told.clone() }
}

fn is_entry_of_texts(entries: &ArrowField) -> bool {
    let is_plain = |field: &ArrowField| matches!(field.data_type(), DataType::Utf8 | DataType::LargeUtf8);
    match entries.data_type() {
        DataType::Struct(fields) => fields.len() == 2 && fields.iter().all(|field| is_plain(field)),
        _ => false,
    }
}

fn nanos_of(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1_000_000_000,
        TimeUnit::Millisecond => 1_000_000,
        TimeUnit::Microsecond => 1_000,
        TimeUnit::Nanosecond => 1,
    }
}

fn wrong_type(field: Field, found: &DataType) -> Unreadable {
    let text = "utf8, large_utf8, utf8_view or a dictionary of one of them";
    let wanted = match field {
        Field::Segments => "an integer type".to_owned(),
        Field::Time => format!("a timestamp with a time zone, or an RFC 3339 instant as {text}"),
        Field::Amount => format!("decimal128, or {text}"),
        Field::Tags => format!("a map of utf8 to utf8, or a JSON object as {text}"),
        _ => text.to_owned(),
    };
    let found: String = found.to_string().chars().take(TYPE_CHARACTERS_MAX).collect();
    Unreadable::Column { column: field.name(), detail: format!("found {found}, wanted {wanted}") }
}
