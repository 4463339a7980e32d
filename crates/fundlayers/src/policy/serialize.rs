//! Any serde value as a document, so that a program's own structs can be policies, rows and requests.

use std::fmt::Display;

use serde::ser::{self, Serialize};

use super::document::{Key, Node, NodeValue};

impl Node {
    /// The document that a value is through serde: structs and maps are tables, enums the names of their variants, options
    /// nothing or their value.
    ///
    /// # Errors
    ///
    /// What a document cannot hold: a binary float, whose digits are lost, bytes, keys that are no texts, variants with
    /// values.
    ///
    /// ```
    /// use fundlayers::document::Node;
    /// #[derive(serde::Serialize)]
    /// struct Place<'a> { name: &'a str, count: u32, hilly: Option<bool> }
    /// let node = Node::from_value(&Place { name: "黄堡镇", count: 1, hilly: None })?;
    /// assert_eq!(node.to_string(), "{ name = \"黄堡镇\", count = 1, hilly = null }");
    /// assert!(Node::from_value(&0.1).is_err());
    /// # Ok::<(), fundlayers::document::ValueError>(())
    /// ```
    pub fn from_value<T: Serialize + ?Sized>(value: &T) -> Result<Self, ValueError> {
        value.serialize(ToNode)
    }
}

/// Why a value is no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ValueError(String);

impl ser::Error for ValueError {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

struct ToNode;

fn text(text: impl Into<String>) -> Node {
    Node::new(NodeValue::Text(text.into()))
}

fn refused<T>(what: &str) -> Result<T, ValueError> {
    Err(ValueError(format!("{what} cannot be taken")))
}

macro_rules! whole_numbers {
    ($($name:ident: $number:ty),+) => {
        $(fn $name(self, number: $number) -> Result<Node, ValueError> {
            Ok(Node::new(NodeValue::Number(number.to_string())))
        })+
    };
}

impl ser::Serializer for ToNode {
    type Ok = Node;
    type Error = ValueError;
    type SerializeSeq = List;
    type SerializeTuple = List;
    type SerializeTupleStruct = List;
    type SerializeTupleVariant = ser::Impossible<Node, ValueError>;
    type SerializeMap = Table;
    type SerializeStruct = Table;
    type SerializeStructVariant = ser::Impossible<Node, ValueError>;

    whole_numbers! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128
    }

    fn serialize_bool(self, value: bool) -> Result<Node, ValueError> {
        Ok(Node::new(NodeValue::Bool(value)))
    }

    fn serialize_f32(self, value: f32) -> Result<Node, ValueError> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<Node, ValueError> {
        refused(&format!("the binary float {value}, whose digits are lost,"))
    }

    fn serialize_char(self, value: char) -> Result<Node, ValueError> {
        Ok(text(value))
    }

    fn serialize_str(self, value: &str) -> Result<Node, ValueError> {
        Ok(text(value))
    }

    fn serialize_bytes(self, _value: &[u8]) -> Result<Node, ValueError> {
        refused("bytes")
    }

    fn serialize_none(self) -> Result<Node, ValueError> {
        Ok(Node::new(NodeValue::Null))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Node, ValueError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Node, ValueError> {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<Node, ValueError> {
        self.serialize_none()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Node, ValueError> {
        Ok(text(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Node, ValueError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        _: &T,
    ) -> Result<Node, ValueError> {
        refused(&format!("the value of {name}::{variant}"))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<List, ValueError> {
        Ok(List(Vec::with_capacity(length.unwrap_or_default().min(1024))))
    }

    fn serialize_tuple(self, length: usize) -> Result<List, ValueError> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<List, ValueError> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, ValueError> {
        refused(&format!("the values of {name}::{variant}"))
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Table, ValueError> {
        Ok(Table { entries: Vec::with_capacity(length.unwrap_or_default().min(1024)), key: None })
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Table, ValueError> {
        self.serialize_map(Some(length))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, ValueError> {
        refused(&format!("the values of {name}::{variant}"))
    }
}

struct List(Vec<Node>);

impl List {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ValueError> {
        self.0.push(value.serialize(ToNode)?);
        Ok(())
    }

    fn node(self) -> Node {
        Node::new(NodeValue::List(self.0))
    }
}

impl ser::SerializeSeq for List {
    type Ok = Node;
    type Error = ValueError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ValueError> {
        self.push(value)
    }

    fn end(self) -> Result<Node, ValueError> {
        Ok(self.node())
    }
}

impl ser::SerializeTuple for List {
    type Ok = Node;
    type Error = ValueError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ValueError> {
        self.push(value)
    }

    fn end(self) -> Result<Node, ValueError> {
        Ok(self.node())
    }
}

impl ser::SerializeTupleStruct for List {
    type Ok = Node;
    type Error = ValueError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ValueError> {
        self.push(value)
    }

    fn end(self) -> Result<Node, ValueError> {
        Ok(self.node())
    }
}

struct Table {
    entries: Vec<(Key, Node)>,
    /// The key whose value comes next.
    key: Option<String>,
}

impl Table {
    fn push<T: Serialize + ?Sized>(&mut self, key: String, value: &T) -> Result<(), ValueError> {
        let node = value.serialize(ToNode).map_err(|error| ValueError(format!("{key}: {error}")))?;
        self.entries.push((Key { text: key, position: None }, node));
        Ok(())
    }

    fn node(self) -> Node {
        Node::new(NodeValue::Table(self.entries))
    }
}

impl ser::SerializeStruct for Table {
    type Ok = Node;
    type Error = ValueError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), ValueError> {
        self.push(key.to_owned(), value)
    }

    fn end(self) -> Result<Node, ValueError> {
        Ok(self.node())
    }
}

impl ser::SerializeMap for Table {
    type Ok = Node;
    type Error = ValueError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), ValueError> {
        let (NodeValue::Text(key) | NodeValue::Number(key)) = key.serialize(ToNode)?.value else {
            return refused("a key that is no text");
        };
        self.key = Some(key);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ValueError> {
        let key = self.key.take().ok_or_else(|| ValueError("a value without a key".to_owned()))?;
        self.push(key, value)
    }

    fn end(self) -> Result<Node, ValueError> {
        Ok(self.node())
    }
}
