//! The Python door: conversions only. What is computed, checked and said comes from the core and the formats.

mod allocation;
mod catalogue;
mod convert;
mod duties;
mod errors;
mod explanation;
mod form;
mod funding;
mod policy;
mod projects;
mod reconcile;
mod results;
mod roster;
mod scan;
mod what_if;
mod work;

use pyo3::prelude::*;

/// The compiled part of `fundlayers`; import the package, not this.
#[pymodule]
fn _fundlayers(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<policy::Policy>()?;
    module.add_class::<roster::Roster>()?;
    module.add_class::<results::Table>()?;
    module.add_class::<allocation::Allocation>()?;
    module.add_class::<duties::Duties>()?;
    module.add_class::<explanation::Explanation>()?;
    module.add_class::<form::Form>()?;
    module.add_class::<funding::Funding>()?;
    module.add_class::<projects::Planning>()?;
    module.add_class::<reconcile::Reconciliation>()?;
    module.add_class::<scan::Scan>()?;
    module.add_class::<scan::Reading>()?;
    module.add_class::<scan::Rounds>()?;
    module.add_class::<scan::FundingOfParts>()?;
    module.add_class::<scan::SummedFunding>()?;
    module.add_class::<scan::SummedReconciliation>()?;
    module.add_class::<what_if::Solution>()?;
    module.add_class::<convert::KeptRows>()?;
    module.add_function(wrap_pyfunction!(policy::policies, module)?)?;
    module.add_function(wrap_pyfunction!(policy::gallery, module)?)?;
    module.add_function(wrap_pyfunction!(duties::duties, module)?)?;
    module.add_function(wrap_pyfunction!(what_if::compare, module)?)?;
    module.add_function(wrap_pyfunction!(scan::scan, module)?)?;
    module.add_function(wrap_pyfunction!(scan::merge_summaries, module)?)?;
    module.add_function(wrap_pyfunction!(scan::named_places, module)?)?;
    module.add_function(wrap_pyfunction!(scan::reconcile_summaries, module)?)?;
    module.add_function(wrap_pyfunction!(scan::columns_of, module)?)?;
    module.add_function(wrap_pyfunction!(scan::columns_of_folders, module)?)?;
    module.add_function(wrap_pyfunction!(scan::columns_of_rows, module)?)?;
    module.add_function(wrap_pyfunction!(scan::settle_parts, module)?)?;
    module.add_function(wrap_pyfunction!(scan::merge_figures, module)?)?;
    module.add_function(wrap_pyfunction!(what_if::scenarios, module)?)?;
    module.add_function(wrap_pyfunction!(what_if::solve, module)?)?;
    module.add_function(wrap_pyfunction!(results::rebuild, module)?)?;
    module.add_function(wrap_pyfunction!(work::panic_for_test, module)?)?;
    Ok(())
}
