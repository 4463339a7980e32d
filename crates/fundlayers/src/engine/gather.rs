//! Aggregates gathered by whole columns.

use num_rational::BigRational;

use crate::engine::aggregates::{Gathering, Sums};
use crate::engine::columns::Columns;
use crate::engine::program::{Compiled, Compiler, Dense, Guard, Program, Tree, Unfit};
use crate::engine::rows::Rows;
use crate::ground::ids::At as _;
use crate::policy::Aggregate;

/// Whether a row is blank in what would say to which places it belongs: only the exact way says of which.
pub(crate) fn has_blank_groups(aggregate: &Aggregate, columns: &Columns<'_>) -> bool {
    aggregate.over.iter().any(|subject| columns.blank_text(*subject).is_some())
}

/// What a place adds to an aggregate, and where.
pub(crate) fn compiled(aggregate: &Aggregate, compiler: &mut Compiler<'_>) -> Result<(Tree, Vec<Guard>), Unfit> {
    let guards = compiler.guards(&aggregate.conditions)?;
    let zero = || Ok(Tree::Number(BigRational::default()).into());
    match aggregate.of.as_ref().map_or_else(zero, |of| of.eval(compiler))? {
        Compiled { above, below: None } => Ok((above, guards)),
        Compiled { below: Some(_), .. } => Err(Unfit),
    }
}

/// Gathers some rows, alike in what is compiled, by their codes. False if that cannot be done of all of them.
pub(crate) fn gather_rows(
    (number, guards): &(Tree, Vec<Guard>),
    (columns, dense): (&Columns<'_>, &[Dense]),
    rows: &Rows,
    codes: &[u32],
    groups: &mut Gathering,
) -> bool {
    let Some((program, scale)) = Program::of_values(number, guards, columns, dense) else { return false };
    let scale = scale * columns.policy.unit().fen();
    let mut complete = true;
    let mut sums = Sums::new(groups.function, scale);
    program.run_values(rows, |row, value| match value {
        Some((number, true)) => sums.add(codes.at(row), number, columns.roster.count(row)),
        Some((_, false)) => {}
        None => complete = false,
    });
    if complete {
        sums.give(groups);
    }
    complete
}
