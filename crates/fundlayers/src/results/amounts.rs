//! Every amount of an allocation in one block.

use crate::engine::program::Cell;
use crate::engine::store::AllocationData;
use crate::ground::ids::At as _;
use crate::ground::ids::index;
use crate::ground::money::Amount;
use crate::ground::sure::Sure;

/// Every amount by roster row × year × layer, in one block of whole fen: 4 bytes each where they fit, else 8.
///
/// ```
/// # use fundlayers::{Allocation, Policy, RosterBuilder, RowBuilder, roster::Cell};
/// # let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "元",
/// #   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} }, "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#)?;
/// # let mut builder = RosterBuilder::new(&policy, &[("name", None)]);
/// # builder.push_row(None, &[Cell::Text("a")]);
/// # let (allocation, _) = Allocation::new(&policy, &builder.finish()?.0)?;
/// let amounts = allocation.amounts();
/// assert_eq!(amounts.len(), allocation.roster().len() * allocation.years().len() * allocation.policy().layers().len());
/// assert_eq!(Some(amounts.get(0)), allocation.lines().next().map(|line| line.amount()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amounts {
    /// Whole fen that fit 32 bits.
    Narrow(Vec<i32>),
    /// Whole fen.
    Wide(Vec<i64>),
}

impl Amounts {
    pub(super) fn new(data: &AllocationData) -> Self {
        let fits = |fen: i64, count: u64| {
            let fen = i64::try_from(count).ok().and_then(|count| fen.checked_mul(count));
            fen.is_some_and(|fen| i32::try_from(fen).is_ok())
        };
        let narrow = (0_u32..).zip(&data.groups.largest).all(|(group, largest)| {
            data.group_cells(group).iter().all(|cell| match cell {
                Cell::Uniform(fen) => fits(*fen, *largest),
                Cell::Dense(column) => data
                    .dense
                    .get(*column)
                    .is_some_and(|column| fits(column.most, *largest) && fits(column.least, *largest)),
                Cell::Failed => true,
            })
        });
        // The members of a split row may get a step more than its cell says.
        if narrow && data.split.is_empty() { Self::Narrow(block(data)) } else { Self::Wide(block(data)) }
    }

    /// How many amounts: rows × years × layers.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Narrow(block) => block.len(),
            Self::Wide(block) => block.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The amount at (row × years + year) × layers + layer, all counted from 0; nothing beyond the end.
    #[must_use]
    pub fn get(&self, at: usize) -> Amount {
        Amount::from_fen(match self {
            Self::Narrow(block) => block.at(at).into(),
            Self::Wide(block) => block.at(at),
        })
    }

    /// The sum of all of them, in fen.
    #[must_use]
    pub fn sum(&self) -> i128 {
        match self {
            Self::Narrow(block) => block.iter().map(|fen| i128::from(*fen)).fold(0, i128::saturating_add),
            Self::Wide(block) => block.iter().map(|fen| i128::from(*fen)).fold(0, i128::saturating_add),
        }
    }
}

trait Fen: Copy + Default {
    fn from_fen(fen: i64) -> Self;
    fn times(self, count: u32) -> Self;
}

impl Fen for i32 {
    #[inline]
    fn from_fen(fen: i64) -> Self {
        // All were seen to fit.
        Self::try_from(fen).sure()
    }

    #[inline]
    fn times(self, count: u32) -> Self {
        self.wrapping_mul(count.cast_signed())
    }
}

impl Fen for i64 {
    #[inline]
    fn from_fen(fen: i64) -> Self {
        fen
    }

    #[inline]
    fn times(self, count: u32) -> Self {
        self.wrapping_mul(count.into())
    }
}

/// What rows of a group have in common: the uniform amounts, and which columns fill the other places.
struct Template<'a, F> {
    fen: Vec<F>,
    patches: Vec<(usize, &'a [i64])>,
}

fn block<F: Fen>(data: &AllocationData) -> Vec<F> {
    let layers = data.policy.layers().len();
    let width = data.years.len().saturating_mul(layers);
    let groups = u32::try_from(data.groups.list.len()).unwrap_or(u32::MAX);
    let template = |group: u32| {
        let mut template = Template { fen: vec![F::default(); width], patches: Vec::new() };
        for ((at, cell), fen) in data.group_cells(group).iter().enumerate().zip(&mut template.fen) {
            match cell {
                Cell::Uniform(uniform) => *fen = F::from_fen(*uniform),
                Cell::Dense(column) => {
                    template.patches.extend(data.dense.get(*column).map(|column| (at, column.amounts.as_slice())));
                }
                Cell::Failed => {}
            }
        }
        template
    };
    let templates: Vec<Template<'_, F>> = (0..groups).map(template).collect();
    let mut block: Vec<F> = Vec::with_capacity(data.roster.len().saturating_mul(width));
    let counts = data.roster.counts();
    if counts.is_none() && templates.iter().all(|template| template.patches.is_empty()) {
        for group in data.groups.of_row(&data.roster) {
            if let Some(template) = templates.get(index(*group)) {
                block.extend_from_slice(&template.fen);
            }
        }
        return block;
    }
    for (row, group) in data.groups.of_row(&data.roster).iter().enumerate() {
        let Some(template) = templates.get(index(*group)) else { continue };
        let start = block.len();
        block.extend_from_slice(&template.fen);
        let Some(amounts) = block.get_mut(start..) else { continue };
        for (at, column) in &template.patches {
            if let (Some(amount), Some(fen)) = (amounts.get_mut(*at), column.get(row)) {
                *amount = F::from_fen(*fen);
            }
        }
        if let Some(count) = counts.and_then(|counts| counts.get(row)) {
            for amount in amounts {
                *amount = amount.times(*count);
            }
        }
    }
    for split in &data.split {
        let start = index(split.row).saturating_mul(width).saturating_add(split.year.saturating_mul(layers));
        for (layer, amount) in block.iter_mut().skip(start).take(layers).enumerate() {
            *amount = F::from_fen(split.total(layer));
        }
    }
    block
}
