//! Numbers that name a part of something.

/// A row or code as an index.
pub(crate) const fn index(number: u32) -> usize {
    number as usize
}

/// What stands at a place that is known to be one of a list's, such as a row of the table that the list is a column of.
///
/// A place outside is a mistake in this library, never one of its input, so tests and fuzzing stop at it.
pub(crate) trait At<T> {
    fn at(&self, place: usize) -> T;
}

impl<T: Copy + Default> At<T> for [T] {
    #[inline]
    #[track_caller]
    fn at(&self, place: usize) -> T {
        debug_assert!(place < self.len(), "{place} of {}", self.len());
        self.get(place).copied().unwrap_or_default()
    }
}

/// Makes a type for the numbers of each kind of part, so that one kind is not taken for another.
macro_rules! indices {
    ($( $(#[doc = $doc:literal])+ $name:ident; )+) => { $(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(usize);

        impl $name {
            pub(crate) const fn new(number: usize) -> Self {
                Self(number)
            }

            /// Its number in the list, from 0.
            #[must_use]
            pub const fn number(self) -> usize {
                self.0
            }
        }
    )+ };
}

indices! {
    /// Where a layer stands among [`Policy::layers`](crate::Policy::layers).
    LayerIndex;
    /// Where an attribute stands among [`Policy::attributes`](crate::Policy::attributes).
    AttributeIndex;
    /// Where a figure stands among [`Policy::figures`](crate::Policy::figures).
    FigureIndex;
    /// Where an aggregate stands among [`Policy::aggregates`](crate::Policy::aggregates).
    AggregateIndex;
    /// Where a pool stands among [`Policy::pools`](crate::Policy::pools).
    PoolIndex;
    /// Where a body stands among [`Policy::payers`](crate::Policy::payers).
    PayerIndex;
    /// Where a kind stands among [`Policy::kinds`](crate::Policy::kinds).
    KindIndex;
    /// Where a designation stands among [`Policy::designations`](crate::Policy::designations).
    DesignationIndex;
    /// Where a class stands among [`Policy::classes`](crate::Policy::classes).
    ClassIndex;
    /// Where a row stands in a [`Roster`](crate::Roster).
    RowIndex;
}

impl PayerIndex {
    /// The number as columns have it.
    pub(crate) fn code(self) -> u32 {
        u32::try_from(self.0).unwrap_or(u32::MAX)
    }
}
