//! What is asked of an allocation besides money and totals, and what offices print: figures, ledgers, many scenarios, the value that a
//! limit allows, duties, checks, projects, forms, notes for files. Only the whole module has it; a page loads that where it is asked for
//! any of it.

use fundlayers::answer::{Answer, Given};
use fundlayers::table::Report;
use fundlayers::{
    Amount, CheckFigures, Code, Day, Duties, FormKind, FormOptions, FormTexts, Goal, Grouping, Lang, Month, Planning,
    Policy, Problem, ProjectGrouping, ProjectList, Reconciliation, TopUp, parse_decimal, visible,
};
use fundlayers_formats::{Format, form, html, json as json_file, markdown, xlsx};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::{Fallible, list};
use crate::inputs::{RawPolicy, RawRoster, lang};
use crate::registers::{RawAssignments, RawCheckFigures, RawProjects, RawReceipts, RawScenarios};
use crate::results::{RawAllocation, RawFunding, grouping, known, parsed};
use crate::tables::{RawTable, report, written};

#[wasm_bindgen]
impl RawAllocation {
    /// The allocation as a table with the policy's figures as columns.
    ///
    /// # Errors
    ///
    /// A unit that is not known, a policy without figures, more of them than fit.
    #[wasm_bindgen(js_name = tableWithFigures)]
    pub fn table_with_figures(&self, unit: Option<String>, zeros: bool, wide: bool) -> Fallible<RawTable> {
        Ok(self.given.table_with_figures(known(unit)?, zeros, wide)?.into())
    }

    /// The policy's figures: of every place and year, or by some columns.
    ///
    /// # Errors
    ///
    /// Columns that there are not, a policy without figures, more of them than fit.
    pub fn figures(&self, by: Option<Vec<String>>) -> Fallible<RawTable> {
        Ok(self.given.figures(grouping(by)?.as_deref())?.into())
    }

    /// The policy's checks: of every subject and year, or by some columns; or only those that are open.
    ///
    /// # Errors
    ///
    /// Columns that there are not, a policy without checks, figures that contradict each other.
    pub fn checks(&self, figures: Option<RawCheckFigures>, by: Option<Vec<String>>, open: bool) -> Fallible<RawTable> {
        let figures = figures.map_or_else(|| Given::plain(CheckFigures::default()), |figures| figures.given);
        Ok(self.given.checks(&figures, grouping(by)?.as_deref(), open)?.into())
    }

    /// What is due besides money.
    ///
    /// # Errors
    ///
    /// That the policy has no duties.
    pub fn duties(&self) -> Fallible<RawDuties> {
        Ok(RawDuties { given: self.given.duties(None)? })
    }

    /// The same beside a register of assignments.
    ///
    /// # Errors
    ///
    /// As there.
    #[wasm_bindgen(js_name = "dutiesBeside")]
    pub fn duties_beside(&self, assignments: &RawAssignments) -> Fallible<RawDuties> {
        Ok(RawDuties { given: self.given.duties(Some(&assignments.given))? })
    }

    /// The allocation beside a register of projects; overdue as of a day.
    ///
    /// # Errors
    ///
    /// A day that there is not, sums that are too large.
    pub fn projects(&self, projects: &RawProjects, as_of: Option<String>) -> Fallible<RawPlanning> {
        let as_of = as_of.as_deref().map(str::parse::<Day>).transpose().map_err(|problem| problem.key("as_of"))?;
        Ok(RawPlanning { given: self.given.projects(&projects.given, as_of)? })
    }

    /// The allocation beside what was issued, arrived and was spent. Of `received`, the years; none: all that were computed.
    ///
    /// # Errors
    ///
    /// Words, years and months that there are not; what can be wrong with an allocation whose top-ups count what arrived.
    pub fn reconcile(
        &self,
        receipts: &RawReceipts,
        top_up: Option<String>,
        years: Option<String>,
        as_of: Option<String>,
    ) -> Fallible<RawReconciliation> {
        let as_of = as_of.as_deref().map(str::parse::<Month>).transpose()?;
        let years = parsed(years)?.unwrap_or_default();
        let top_up = top_up.map_or(Ok(TopUp::default()), |word| TopUp::parse(&word, &years))?;
        Ok(RawReconciliation { given: self.given.reconcile(&receipts.given, top_up, as_of)? })
    }

    /// A form that offices print.
    ///
    /// # Errors
    ///
    /// What the form needs and an allocation does not have, more rows than are printed, a total that is too large.
    pub fn form(&self, asked: &RawFormOptions) -> Fallible<RawTable> {
        Ok(self.given.form(asked.kind, None, &asked.options)?.into())
    }

    /// The same with what is known of plans, which the form of land shows.
    ///
    /// # Errors
    ///
    /// As there.
    #[wasm_bindgen(js_name = formWithFigures)]
    pub fn form_with_figures(&self, asked: &RawFormOptions, figures: &RawCheckFigures) -> Fallible<RawTable> {
        if asked.kind != FormKind::Land {
            return self.form(asked);
        }
        Ok(self.given.land_form(&figures.given, &asked.options)?.into())
    }

    /// A note for the file: why a recipient gets what it gets.
    ///
    /// # Errors
    ///
    /// No such recipient, or several; years that were not computed; a unit that is not known.
    pub fn explained(&self, recipient: &str, years: Option<String>, unit: Option<String>) -> Fallible<RawTable> {
        Ok(self.given.explain(recipient, parsed(years)?.as_deref(), known(unit)?)?.into())
    }

    /// How a recipient's amounts came about, as a file: the JSON that the command line writes.
    ///
    /// # Errors
    ///
    /// As [`RawAllocation::explain`].
    #[wasm_bindgen(js_name = explainJson)]
    pub fn explain_json(&self, recipient: &str, years: Option<String>, unit: Option<String>) -> Fallible<String> {
        Ok(RawTable::from(self.given.explain(recipient, parsed(years)?.as_deref(), known(unit)?)?).to_json("en"))
    }

    /// A note for the file: of what totals are made, of every group or of one.
    ///
    /// # Errors
    ///
    /// Columns and groups that there are not, a unit that is not known, a total that is too large.
    #[wasm_bindgen(js_name = explainedTotals)]
    pub fn explained_totals(&self, by: Vec<String>, of: Option<String>, unit: Option<String>) -> Fallible<RawTable> {
        let by = grouping(Some(by))?.unwrap_or_default();
        Ok(self.given.explain_totals(&by, of.as_deref(), known(unit)?)?.into())
    }
}

#[wasm_bindgen]
impl RawFunding {
    /// A note for the file: why a recipient gets what it gets of what it is due.
    ///
    /// # Errors
    ///
    /// As of an allocation.
    pub fn explained(&self, recipient: &str, years: Option<String>, unit: Option<String>) -> Fallible<RawTable> {
        Ok(self.given.explain(recipient, parsed(years)?.as_deref(), known(unit)?)?.into())
    }
}

/// An allocation beside what happened, and every warning on the way to it.
#[wasm_bindgen]
pub struct RawReconciliation {
    given: Given<Reconciliation>,
}

#[wasm_bindgen]
impl RawReconciliation {
    /// A row for each place × year × layer.
    ///
    /// # Errors
    ///
    /// A unit that is not known.
    pub fn table(&self, unit: Option<String>, zeros: bool) -> Fallible<RawTable> {
        Ok(self.given.table(known(unit)?, zeros).into())
    }

    /// The same by some columns, with rates.
    ///
    /// # Errors
    ///
    /// Columns that there are not, a unit that is not known, a total that is too large.
    pub fn totals(&self, by: Option<Vec<String>>, unit: Option<String>, zeros: bool) -> Fallible<RawTable> {
        let unit = known(unit)?;
        Ok(self.given.totals(grouping(by)?.as_deref(), unit, zeros)?.into())
    }

    /// Receipts that match nothing.
    ///
    /// # Errors
    ///
    /// A unit that is not known.
    pub fn unmatched(&self, unit: Option<String>) -> Fallible<RawTable> {
        Ok(self.given.unmatched(known(unit)?).into())
    }

    /// Warnings of everything that it rests on, as JSON.
    #[must_use]
    pub fn warnings(&self) -> String {
        list(&self.given.warnings)
    }

    /// A note for the file: what a recipient was due, what arrived, what is missing.
    ///
    /// # Errors
    ///
    /// As of an allocation.
    pub fn explained(&self, recipient: &str, years: Option<String>, unit: Option<String>) -> Fallible<RawTable> {
        Ok(self.given.explain(recipient, parsed(years)?.as_deref(), known(unit)?)?.into())
    }

    /// A form that offices print, with what happened.
    ///
    /// # Errors
    ///
    /// What the form needs and a reconciliation does not have, more rows than are printed, a total that is too large.
    pub fn form(&self, asked: &RawFormOptions) -> Fallible<RawTable> {
        Ok(self.given.form(asked.kind, None, &asked.options)?.into())
    }

    /// The same with projects.
    ///
    /// # Errors
    ///
    /// As there.
    #[wasm_bindgen(js_name = formWithProjects)]
    pub fn form_with_projects(&self, asked: &RawFormOptions, projects: &RawPlanning) -> Fallible<RawTable> {
        Ok(self.given.form(asked.kind, Some(&projects.given), &asked.options)?.into())
    }
}

/// What is due besides money, and who brings it.
#[wasm_bindgen]
pub struct RawDuties {
    given: Given<Duties>,
}

#[wasm_bindgen]
impl RawDuties {
    /// A row for each place × year × duty, or only for what is not met.
    #[must_use]
    pub fn table(&self, missing: bool) -> RawTable {
        self.given.table(missing).into()
    }

    /// The same by some columns.
    ///
    /// # Errors
    ///
    /// Columns that there are not.
    pub fn totals(&self, by: Option<Vec<String>>) -> Fallible<RawTable> {
        Ok(self.given.totals(duties_by(by)?.as_deref())?.into())
    }

    /// How many places have all that is due of them.
    ///
    /// # Errors
    ///
    /// Columns that there are not, no register.
    pub fn coverage(&self, by: Option<Vec<String>>) -> Fallible<RawTable> {
        Ok(self.given.coverage(duties_by(by)?.as_deref())?.into())
    }

    /// Rows of the register that match nothing.
    #[must_use]
    pub fn unmatched(&self) -> RawTable {
        self.given.unmatched().into()
    }

    /// A note for the file: what a recipient is due besides money, who brings it, and what it gets.
    ///
    /// # Errors
    ///
    /// As of an allocation.
    pub fn explained(&self, recipient: &str, years: Option<String>, unit: Option<String>) -> Fallible<RawTable> {
        Ok(self.given.explain(recipient, parsed(years)?.as_deref(), known(unit)?)?.into())
    }

    /// A form that offices print, with who serves each place.
    ///
    /// # Errors
    ///
    /// What the form needs and duties do not have, more rows than are printed.
    pub fn form(&self, asked: &RawFormOptions) -> Fallible<RawTable> {
        Ok(self.given.form(asked.kind, &asked.options)?.into())
    }

    /// Warnings of everything that it rests on, as JSON.
    #[must_use]
    pub fn warnings(&self) -> String {
        list(&self.given.warnings)
    }
}

fn duties_by(by: Option<Vec<String>>) -> Fallible<Option<Vec<Grouping>>> {
    Ok(by.map(|by| fundlayers::duties::groupings(by.iter().map(String::as_str))).transpose()?)
}

/// An allocation beside a register of projects, and every warning on the way to it.
#[wasm_bindgen]
pub struct RawPlanning {
    given: Given<Planning>,
}

#[wasm_bindgen]
impl RawPlanning {
    /// One of its tables, by its word; amounts and shares by some columns.
    ///
    /// # Errors
    ///
    /// Tables and columns that there are not, a unit that is not known, a total that is too large.
    pub fn list(&self, word: &str, by: Option<Vec<String>>, unit: Option<String>, zeros: bool) -> Fallible<RawTable> {
        let by = by.map(|by| ProjectGrouping::parse_all(by.iter().map(String::as_str))).transpose()?;
        let list = ProjectList::parse(word)?;
        Ok(self.given.answer_of(list, by.as_deref(), known(unit)?, zeros)?.into())
    }

    /// A form that offices print, with these projects.
    ///
    /// # Errors
    ///
    /// What the form needs and these projects do not have, more rows than are printed, a total that is too large.
    pub fn form(&self, asked: &RawFormOptions) -> Fallible<RawTable> {
        Ok(self.given.form(asked.kind, &asked.options)?.into())
    }

    /// Warnings of everything that it rests on, as JSON.
    #[must_use]
    pub fn warnings(&self) -> String {
        list(&self.given.warnings)
    }
}

/// What a form is asked for with.
#[wasm_bindgen]
pub struct RawFormOptions {
    kind: FormKind,
    options: FormOptions,
}

#[wasm_bindgen]
impl RawFormOptions {
    /// A form by its word or its Chinese name; `text` a document of the words around it, `set_text` more of them as JSON.
    ///
    /// # Errors
    ///
    /// A form, words and a unit that there are not; mistakes of the document.
    #[wasm_bindgen(constructor)]
    pub fn new(
        name: &str,
        unit: Option<String>,
        places: bool,
        total_first: bool,
        text: Option<Vec<u8>>,
        set_text: Option<String>,
    ) -> Fallible<RawFormOptions> {
        let kind = FormKind::parse(name).map_err(|problem| problem.key("form"))?;
        let mut texts = FormTexts::default();
        if let Some(bytes) = text {
            texts.set_all(&fundlayers_formats::read_text(&bytes, Format::of_policy(&bytes))?)?;
        }
        if let Some(set) = set_text {
            texts.set_all(&json_file::read(&set)?.without_places())?;
        }
        Ok(Self { kind, options: FormOptions { unit: known(unit)?, places, total_first, texts } })
    }

    /// The word of the form.
    #[must_use]
    pub fn name(&self) -> String {
        self.kind.as_str().to_owned()
    }
}

#[wasm_bindgen]
impl RawScenarios {
    /// Many changes of a policy over one roster.
    ///
    /// # Errors
    ///
    /// Every problem of every scenario.
    pub fn totals(
        &self,
        policy: &RawPolicy,
        roster: &RawRoster,
        by: Option<Vec<String>>,
        years: Option<String>,
        unit: Option<String>,
    ) -> Fallible<RawTable> {
        let (years, unit, by) = (parsed(years)?, known(unit)?, grouping(by)?);
        let answer = policy.given.scenarios(&roster.given, &self.given, years.as_deref(), by.as_deref(), unit)?;
        Ok(answer.into())
    }
}

#[wasm_bindgen]
impl RawPolicy {
    /// The largest value of one number of the policy that a limit allows. The limit is in the unit.
    ///
    /// # Errors
    ///
    /// A goal that cannot be meant, and whatever is wrong with policy and roster.
    #[expect(clippy::too_many_arguments, reason = "what a goal is made of")]
    pub fn solve(
        &self,
        roster: &RawRoster,
        path: String,
        layer: String,
        payer: Option<String>,
        year: u16,
        limit: &str,
        unit: Option<String>,
        step: Option<String>,
    ) -> Fallible<RawTable> {
        let unit = known(unit)?.unwrap_or_else(|| self.given.value.unit());
        let step = step.map(|text| parse_decimal(&text)).transpose();
        let step = step.map_err(|error| Problem::new(Code::BadNumber, error.to_string()))?;
        let limit = Amount::from_fen(crate::money::parse_amount(limit, unit.as_str())?);
        let goal = Goal { path, layer, payer, year, limit, step };
        Ok(self.given.solve(&roster.given, &goal, Some(unit))?.into())
    }
}

/// The policies that a result rests on.
fn policies(answer: &Answer) -> Vec<&Policy> {
    [Some(answer.policy()), answer.with_policy()].into_iter().flatten().collect()
}

#[wasm_bindgen]
impl RawTable {
    /// Of a solution, the answer with its proof, in a sentence.
    #[must_use]
    pub fn text(&self, lang_name: &str) -> Option<String> {
        self.answer.solution().map(|solution| solution.text(self.answer.unit(), lang(lang_name)))
    }

    /// The title of what prints; none of a table.
    #[must_use]
    #[wasm_bindgen(js_name = formTitle)]
    pub fn form_title(&self, lang_name: &str) -> Option<String> {
        self.answer.form(lang(lang_name)).map(|form| visible(&form.title).into_owned())
    }

    /// As a page: what prints on A4, or the table for people.
    ///
    /// # Errors
    ///
    /// A total that is too large.
    #[wasm_bindgen(js_name = toHtml)]
    pub fn to_html(&self, lang_name: &str, decimals: Option<u32>, wide: bool) -> Fallible<String> {
        let (answer, lang) = (&self.answer, lang(lang_name));
        if let Some(page) = answer.form(lang) {
            return Ok(written(|out| form::write_page(out, &page.with_decimals(decimals))));
        }
        let report = shown(answer, lang, wide, decimals)?;
        Ok(written(|out| {
            html::write_head(out, &policies(answer), lang)?;
            html::write_tables(out, report.as_slice(), &answer.warnings_beside_report())?;
            html::write_foot(out)
        }))
    }

    /// As Markdown.
    ///
    /// # Errors
    ///
    /// A total that is too large.
    #[wasm_bindgen(js_name = toMarkdown)]
    pub fn to_markdown(&self, lang_name: &str, decimals: Option<u32>, wide: bool) -> Fallible<String> {
        let (answer, lang) = (&self.answer, lang(lang_name));
        if answer.explained().is_some() {
            let page = answer.form(lang).map(|page| page.with_decimals(decimals));
            return Ok(written(|out| page.map_or(Ok(()), |page| markdown::write_page(out, &page))));
        }
        if answer.form(lang).is_some() {
            let reports = answer.reports(lang)?.into_iter().map(|report| report.with_decimals(decimals));
            let reports: Vec<_> = reports.collect();
            return Ok(written(|out| markdown::write_document(out, &policies(answer), lang, &reports)));
        }
        let report = shown(answer, lang, wide, decimals)?;
        Ok(written(|out| markdown::write_document(out, &policies(answer), lang, report.as_slice())))
    }

    /// As a workbook that prints on A4: the bytes that the command line writes.
    ///
    /// # Errors
    ///
    /// A total that is too large; a text that no cell holds.
    #[wasm_bindgen(js_name = toExcel)]
    pub fn to_excel(&self, lang_name: &str, decimals: Option<u32>, wide: bool) -> Fallible<Vec<u8>> {
        let (answer, lang) = (&self.answer, lang(lang_name));
        let mut bytes = Vec::new();
        let made = if let Some(page) = answer.form(lang) {
            form::write_xlsx(&mut bytes, &page.with_decimals(decimals))
        } else {
            let report = shown(answer, lang, wide, decimals)?;
            xlsx::write(&mut bytes, report.as_slice(), &answer.warnings_beside_report())
        };
        made.map_err(|error| Problem::new(Code::TooLarge, error.to_string()))?;
        Ok(bytes)
    }

    /// What was explained, as text; none of a table.
    #[must_use]
    #[wasm_bindgen(js_name = toText)]
    pub fn to_text(&self, lang_name: &str) -> Option<String> {
        self.answer.explained().map(|explained| explained.text(lang(lang_name)))
    }
}

/// The table for people; of a table that has no row, that.
fn shown(answer: &Answer, lang: Lang, wide: bool, decimals: Option<u32>) -> Fallible<Option<Report<'_>>> {
    let report = match report(answer, lang, wide)? {
        Some(report) => Some(report),
        None => answer.glance(lang)?,
    };
    Ok(report.map(|report| report.with_decimals(decimals)))
}
