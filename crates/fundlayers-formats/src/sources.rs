//! Inputs of a request from files: a door says which bytes a name stands for, and what is read of them is decided here.

use std::borrow::Cow;

use fundlayers::answer::{Given, Sources};
use fundlayers::document::Node;
use fundlayers::sheet::SheetOptions;
use fundlayers::{
    Assignments, AssignmentsBuilder, CheckFigures, CheckFiguresBuilder, Limits, LimitsBuilder, Policy, Problems,
    Projects, ProjectsBuilder, ReadValue, Receipts, ReceiptsBuilder, Roster, RosterBuilder, RowBuilder, Scenarios,
};

use crate::Format;

/// A file: what problems call it, its bytes, how it is written.
#[derive(Debug, Clone)]
pub struct File<'a> {
    /// The name that problems call it by; none where it has none of its own.
    pub name: Option<String>,
    /// Its bytes.
    pub bytes: Cow<'a, [u8]>,
    /// How it is written.
    pub format: Format,
}

impl<'a> File<'a> {
    /// A text that is part of the program.
    #[must_use]
    pub fn built_in(name: impl Into<String>, text: &'a str, format: Format) -> Self {
        Self { name: Some(name.into()), bytes: Cow::Borrowed(text.as_bytes()), format }
    }
}

/// Which bytes a name stands for.
pub trait Files {
    /// A policy: the id of a built-in one, or a file.
    ///
    /// # Errors
    ///
    /// That there is none, or that it cannot be read.
    fn policy(&mut self, name: &str) -> Result<File<'_>, Problems>;

    /// Whether a roster comes with a policy that has a name.
    fn has_roster(&self, policy: &str) -> bool {
        _ = policy;
        true
    }

    /// The roster that comes with a policy that has a name.
    ///
    /// # Errors
    ///
    /// That none does.
    fn built_in_roster(&mut self, policy: &str) -> Result<File<'_>, Problems>;

    /// A table of rows, or a document of scenarios.
    ///
    /// # Errors
    ///
    /// That there is none, or that it cannot be read.
    fn table(&mut self, name: &str) -> Result<File<'_>, Problems>;

    /// Says that so much is done; see [`Sources::progress`].
    fn progress(&mut self, step: usize) {
        _ = step;
    }
}

/// [`Sources`] of a door that has files.
///
/// ```
/// use fundlayers::answer::{Operation, Request};
/// use fundlayers_formats::Format;
/// use fundlayers_formats::sources::{File, Files, Reader};
/// struct OnePlan(&'static str);
/// impl Files for OnePlan {
///     fn policy(&mut self, name: &str) -> Result<File<'_>, fundlayers::Problems> {
///         Ok(File::built_in(name, self.0, Format::Toml))
///     }
///     fn built_in_roster(&mut self, policy: &str) -> Result<File<'_>, fundlayers::Problems> {
///         Ok(File::built_in(format!("roster of {policy}"), "名称\n黄堡镇\n", Format::Csv))
///     }
///     fn table(&mut self, name: &str) -> Result<File<'_>, fundlayers::Problems> {
///         self.policy(name)
///     }
/// }
/// let plan = OnePlan("id = 'e'\ntitle = { zh = '例' }\nyears = [2024, 2024]\nunit = '元'\n[payers]\ncity = {}\n\
///                     [[layers]]\nid = 'city'\npayer = 'city'\n[[classes]]\nid = 'all'\nfunding = { city = 3 }");
/// let answer = Request::new(Operation::Allocate).answer(&mut Reader(plan))?;
/// assert!(answer.warnings().is_empty());
/// # Ok::<(), fundlayers::Problems>(())
/// ```
#[derive(Debug)]
pub struct Reader<F>(pub F);

fn rows<B: RowBuilder>(
    file: &File<'_>,
    options: &SheetOptions,
    begin: impl Fn(&[(&str, Option<fundlayers::Position>)]) -> B,
) -> Result<Given<B::Output>, Problems> {
    let name = file.name.as_deref();
    #[cfg(feature = "parquet")]
    if file.format == Format::Parquet {
        return Given::read(crate::parquet::rows(&file.bytes, name, &begin), name);
    }
    Given::read(crate::read_rows(&file.bytes, file.format, options, begin), name)
}

fn roster(file: &File<'_>, policy: &Given<Policy>, options: &SheetOptions) -> Result<Given<Roster>, Problems> {
    rows(file, options, |titles| RosterBuilder::new(&policy.value, titles))
}

impl<F: Files> Sources for Reader<F> {
    fn policy(&mut self, name: &str) -> Result<Given<Policy>, Problems> {
        let file = self.0.policy(name)?;
        Given::read(crate::read_policy(&file.bytes, file.format), file.name.as_deref())
    }

    fn has_roster(&self, policy: &str) -> bool {
        self.0.has_roster(policy)
    }

    fn built_in_roster(&mut self, policy: &str, read_for: &Given<Policy>) -> Result<Given<Roster>, Problems> {
        roster(&self.0.built_in_roster(policy)?, read_for, &SheetOptions::default())
    }

    fn roster(
        &mut self,
        name: &str,
        policy: &Given<Policy>,
        options: &SheetOptions,
    ) -> Result<Given<Roster>, Problems> {
        roster(&self.0.table(name)?, policy, options)
    }

    fn limits(&mut self, name: &str, policy: &Policy, options: &SheetOptions) -> Result<Given<Limits>, Problems> {
        rows(&self.0.table(name)?, options, |titles| LimitsBuilder::new(policy, titles))
    }

    fn receipts(&mut self, name: &str, options: &SheetOptions) -> Result<Given<Receipts>, Problems> {
        rows(&self.0.table(name)?, options, ReceiptsBuilder::new)
    }

    fn projects(&mut self, name: &str, options: &SheetOptions) -> Result<Given<Projects>, Problems> {
        rows(&self.0.table(name)?, options, ProjectsBuilder::new)
    }

    fn figures(
        &mut self,
        name: &str,
        policy: &Policy,
        options: &SheetOptions,
    ) -> Result<Given<CheckFigures>, Problems> {
        rows(&self.0.table(name)?, options, |titles| CheckFiguresBuilder::new(policy, titles))
    }

    fn assignments(&mut self, name: &str, options: &SheetOptions) -> Result<Given<Assignments>, Problems> {
        rows(&self.0.table(name)?, options, AssignmentsBuilder::new)
    }

    fn text(&mut self, name: &str) -> Result<Node, Problems> {
        let file = self.0.table(name)?;
        crate::read_text(&file.bytes, file.format).map_err(|problems| problems.in_file(name))
    }

    fn scenarios(&mut self, name: &str, options: &SheetOptions) -> Result<Given<Scenarios>, Problems> {
        let file = self.0.table(name)?;
        Given::read(crate::read_scenarios(&file.bytes, file.format, options), file.name.as_deref())
    }

    /// As TOML has it: `650`, `{ 2023 = 500 }`.
    fn read_value(&self) -> ReadValue {
        crate::toml::read_value
    }

    fn progress(&mut self, step: usize) {
        self.0.progress(step);
    }
}
