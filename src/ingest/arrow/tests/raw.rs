//! Messages written by hand, so that they may say what no library would.

use arrow_ipc::{
    Buffer, DictionaryBatchBuilder, Endianness, FieldNode, MessageBuilder, MessageHeader, MetadataVersion,
    RecordBatch, RecordBatchBuilder, SchemaBuilder,
};
use flatbuffers::{FlatBufferBuilder, WIPOffset};

/// The mark of the end.
pub const END: [u8; 8] = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

/// A batch of rows as it describes itself.
#[derive(Clone, Debug)]
pub struct Described {
    pub rows: i64,
    /// Length and nulls.
    pub nodes: Vec<(i64, i64)>,
    /// Offset and length.
    pub buffers: Vec<(i64, i64)>,
    pub variadic: Option<Vec<i64>>,
    pub version: MetadataVersion,
    pub body: Vec<u8>,
    /// What it says of the length of its body; by default the truth.
    pub body_bytes: Option<i64>,
    pub compressed: bool,
}

impl Described {
    /// Columns of texts without nulls.
    pub fn texts(columns: &[&[&str]]) -> Described {
        let mut described = Described {
            rows: columns[0].len() as i64,
            nodes: Vec::new(),
            buffers: Vec::new(),
            variadic: None,
            version: MetadataVersion::V5,
            body: Vec::new(),
            body_bytes: None,
            compressed: false,
        };
        for column in columns {
            described.nodes.push((column.len() as i64, 0));
            described.buffers.push((described.body.len() as i64, 0));
            let ends = column.iter().scan(0i32, |end, text| {
                *end += text.len() as i32;
                Some(*end)
            });
            let offsets: Vec<u8> = std::iter::once(0).chain(ends).flat_map(i32::to_le_bytes).collect();
            described.add_buffer(&offsets);
            described.add_buffer(column.concat().as_bytes());
        }
        described
    }

    pub fn add_buffer(&mut self, bytes: &[u8]) {
        self.buffers.push((self.body.len() as i64, bytes.len() as i64));
        self.body.extend_from_slice(bytes);
        self.body.resize(self.body.len().next_multiple_of(8), 0);
    }

    fn build<'a>(&self, builder: &mut FlatBufferBuilder<'a>) -> WIPOffset<RecordBatch<'a>> {
        let nodes: Vec<FieldNode> =
            self.nodes.iter().map(|(length, nulls)| FieldNode::new(*length, *nulls)).collect();
        let nodes = builder.create_vector(&nodes);
        let buffers: Vec<Buffer> =
            self.buffers.iter().map(|(offset, length)| Buffer::new(*offset, *length)).collect();
        let buffers = builder.create_vector(&buffers);
        let variadic = self.variadic.as_ref().map(|counts| builder.create_vector(counts));
        let compression = self.compressed.then(|| arrow_ipc::BodyCompressionBuilder::new(builder).finish());
        let mut batch = RecordBatchBuilder::new(builder);
        batch.add_length(self.rows);
        batch.add_nodes(nodes);
        batch.add_buffers(buffers);
        if let Some(variadic) = variadic {
            batch.add_variadicBufferCounts(variadic);
        }
        if let Some(compression) = compression {
            batch.add_compression(compression);
        }
        batch.finish()
    }

    /// As a message.
    pub fn rows(&self) -> Vec<u8> {
        let mut builder = FlatBufferBuilder::new();
        let batch = self.build(&mut builder);
        self.message(builder, MessageHeader::RecordBatch, batch.as_union_value())
    }

    /// As the message of a dictionary.
    pub fn dictionary(&self, id: i64, is_delta: bool) -> Vec<u8> {
        let mut builder = FlatBufferBuilder::new();
        let batch = self.build(&mut builder);
        let mut dictionary = DictionaryBatchBuilder::new(&mut builder);
        dictionary.add_id(id);
        dictionary.add_data(batch);
        dictionary.add_isDelta(is_delta);
        let dictionary = dictionary.finish();
        self.message(builder, MessageHeader::DictionaryBatch, dictionary.as_union_value())
    }

    fn message(
        &self,
        builder: FlatBufferBuilder<'_>,
        kind: MessageHeader,
        header: WIPOffset<flatbuffers::UnionWIPOffset>,
    ) -> Vec<u8> {
        let body_bytes = self.body_bytes.unwrap_or(self.body.len() as i64);
        let mut message = message(builder, kind, header, self.version, body_bytes);
        message.extend_from_slice(&self.body);
        message
    }
}

fn message(
    mut builder: FlatBufferBuilder<'_>,
    kind: MessageHeader,
    header: WIPOffset<flatbuffers::UnionWIPOffset>,
    version: MetadataVersion,
    body_bytes: i64,
) -> Vec<u8> {
    let mut message = MessageBuilder::new(&mut builder);
    message.add_version(version);
    message.add_header_type(kind);
    message.add_header(header);
    message.add_bodyLength(body_bytes);
    let message = message.finish();
    builder.finish(message, None);
    let metadata = builder.finished_data();
    let length = metadata.len().next_multiple_of(8);
    let mut bytes = [[0xff; 4], (length as u32).to_le_bytes()].concat();
    bytes.extend_from_slice(metadata);
    bytes.resize(8 + length, 0);
    bytes
}

/// A schema without columns, of a machine that writes the other end first.
pub fn big_endian_schema() -> Vec<u8> {
    let mut builder = FlatBufferBuilder::new();
    let fields = builder.create_vector::<WIPOffset<arrow_ipc::Field<'_>>>(&[]);
    let mut schema = SchemaBuilder::new(&mut builder);
    schema.add_endianness(Endianness::Big);
    schema.add_fields(fields);
    let schema = schema.finish().as_union_value();
    message(builder, MessageHeader::Schema, schema, MetadataVersion::V5, 0)
}

/// The first message of a stream: its schema.
pub fn schema_of(stream: &[u8]) -> Vec<u8> {
    let length = u32::from_le_bytes(stream[4..8].try_into().unwrap()) as usize;
    stream[..8 + length].to_vec()
}
