//! What cannot fail, said where it is used.

/// What is known to be there: the quotient by a step that is not zero, a number that was found to fit, the top of a stack that
/// was pushed to.
///
/// Where it is missing all the same, this library is mistaken, never its input, so tests and fuzzing stop at it. A value that
/// may well be missing, such as a clause that nobody named, is no case for this.
pub(crate) trait Sure<T> {
    fn sure(self) -> T;
}

impl<T: Default> Sure<T> for Option<T> {
    #[inline]
    #[track_caller]
    fn sure(self) -> T {
        debug_assert!(self.is_some(), "what is known to be there is not");
        self.unwrap_or_default()
    }
}

impl<T: Default, E> Sure<T> for Result<T, E> {
    #[inline]
    #[track_caller]
    fn sure(self) -> T {
        debug_assert!(self.is_ok(), "what is known to succeed did not");
        self.unwrap_or_default()
    }
}
