//! The list of the kinds of rules, made into an enum, a table for the reader and one for the registry.

/// Makes `RuleKind`, which dispatches to its kinds, and `KINDS`, in the order of the list.
macro_rules! rule_kinds {
    ($( $(#[doc = $doc:literal])+ $variant:ident($module:ident::$kind:ident), )+) => {
        /// The kinds of rules.
        pub mod kinds {
            $( pub use super::$module::$kind; )+
        }

        /// What a rule computes before its floor and cap.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum RuleKind { $( $(#[doc = $doc])+ $variant(kinds::$kind), )+ }

        impl RuleKind {
            /// The word in policy files, such as `amount` or `top_up_to`.
            #[must_use]
            pub const fn as_str(&self) -> &'static str {
                match self { $( Self::$variant(_) => <kinds::$kind as Kind>::KEY, )+ }
            }

            /// The amount before floor and cap.
            pub(crate) fn eval<A: Algebra>(&self, a: &mut A) -> A::Number {
                match self { $( Self::$variant(kind) => kind.eval(a), )+ }
            }

            /// What it gives, for the description of a policy.
            pub(crate) fn describe(&self, words: &Words<'_>) -> String {
                match self { $( Self::$variant(kind) => kind.describe(words), )+ }
            }

            /// What it does for a place of a class, for the explanation of an amount.
            pub(crate) fn explain(&self, words: &Words<'_>, class: &Class) -> String {
                match self { $( Self::$variant(kind) => kind.explain(words, class), )+ }
            }
        }

        /// Every kind.
        pub(crate) const KINDS: &[KnownKind] = &[ $( KnownKind {
            keys: grammar::kind_names!(<kinds::$kind as Kind>::GRAMMAR),
            needs: grammar::needs(&<kinds::$kind as Kind>::GRAMMAR),
            unbounded: <kinds::$kind as Kind>::UNBOUNDED,
            read: |table| kinds::$kind::read(table).map(RuleKind::$variant),
        }, )+ ];

        /// The keys of every kind.
        pub const GRAMMARS: &[grammar::Kind] = &[ $( grammar::Kind {
            name: stringify!($variant),
            grammar: <kinds::$kind as Kind>::GRAMMAR,
            bounded: <kinds::$kind as Kind>::UNBOUNDED.is_none(),
        }, )+ ];
    };
}
