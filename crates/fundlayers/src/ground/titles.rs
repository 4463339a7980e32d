//! Keys and titles of columns that several rooms know.

/// The keys of the roster's own columns, in order.
pub const COLUMN_KEYS: [&str; 10] =
    ["id", "name", "kind", "designation", "county", "township", "division_code", "count", "from", "to"];
/// Their Chinese headers.
pub const COLUMN_HEADERS: [&str; 10] =
    ["编码", "名称", "类型", "认定层级", "区县", "乡镇", "区划代码", "数量", "起始年度", "截止年度"];
