//! Some rows of a roster.

use std::rc::Rc;

/// Rows, ascending. All of them need no list.
#[derive(Debug, Clone)]
pub(crate) enum Rows {
    /// So many, from the first.
    All(u32),
    /// These.
    Some(Rc<[u32]>),
}

impl Rows {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::All(rows) => crate::ground::ids::index(*rows),
            Self::Some(rows) => rows.len(),
        }
    }

    pub(crate) fn get(&self, at: usize) -> Option<u32> {
        match self {
            Self::All(rows) => u32::try_from(at).ok().filter(|row| row < rows),
            Self::Some(rows) => rows.get(at).copied(),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let (all, some) = match self {
            Self::All(rows) => (0..*rows, [].as_slice()),
            Self::Some(rows) => (0..0, &**rows),
        };
        all.chain(some.iter().copied())
    }

    /// Goes through the rows some at a time.
    pub(crate) fn chunks(&self, size: usize, mut each: impl FnMut(&[u32])) {
        match self {
            Self::All(rows) => {
                let mut chunk: Vec<u32> = Vec::with_capacity(size);
                let mut next = 0..*rows;
                loop {
                    chunk.clear();
                    chunk.extend(next.by_ref().take(size));
                    if chunk.is_empty() {
                        return;
                    }
                    each(&chunk);
                }
            }
            Self::Some(rows) => rows.chunks(size).for_each(each),
        }
    }
}

impl From<Vec<u32>> for Rows {
    fn from(rows: Vec<u32>) -> Self {
        Self::Some(rows.into())
    }
}
