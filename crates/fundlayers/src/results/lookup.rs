//! Single amounts by the names of things.

use crate::ground::catalogue::ground as common;
use crate::ground::ids::{LayerIndex, RowIndex};
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::text::did_you_mean_level;
use crate::results::allocation::Allocation;

impl Allocation {
    /// What a recipient gets in a year from a layer, all places of its row: the recipient by its id or, if no id is so
    /// called, its name, the layer by its id or either name. Nothing if it is not live in that year; 0 from a layer that its
    /// class does not list.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownRecipient`], [`Code::AmbiguousRecipient`], [`Code::YearOutsidePolicy`], [`Code::UnknownLayer`], all
    /// that apply, with the nearest right word.
    ///
    /// ```
    /// # use fundlayers::{Allocation, Amount, Policy, Roster, Unit};
    /// # let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "万元",
    /// #   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
    /// #   "classes": [{ "id": "all", "funding": { "city": 300 } }] }"#)?;
    /// # #[derive(serde::Serialize)] struct Place { name: &'static str, from: u16 }
    /// let (roster, _) = Roster::from_rows(&policy, &[Place { name: "黄堡镇", from: 2025 }])?;
    /// let (allocation, _) = Allocation::new(&policy, &roster)?;
    /// assert_eq!(allocation.get("黄堡镇", 2025, "city")?, Some(Amount::parse("300", Unit::Wan)?));
    /// assert_eq!(allocation.get("黄堡镇", 2024, "city")?, None);
    /// assert!(allocation.get("黄堡镇", 2026, "city").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn get(&self, recipient: &str, year: u16, layer: &str) -> Result<Option<Amount>, Problems> {
        let mut problems = Problems::new();
        let mut keep = |found: Problems| problems.append(found);
        let rows = self.find(recipient.trim()).map_err(&mut keep).ok();
        let year_known = self.chosen(Some(&[year])).map_err(&mut keep).is_ok();
        let layer = self.layer_named(layer.trim()).map_err(|problem| keep(problem.into())).ok();
        let (Some(rows), true, Some(layer)) = (rows, year_known, layer) else { return Err(problems) };
        let row = rows.into_iter().find(|row| self.lives(*row, year));
        Ok(row.and_then(|row| self.amount(RowIndex::new(row), year, layer)))
    }

    /// The index of a layer, by its id or either name.
    fn layer_named(&self, wanted: &str) -> Result<LayerIndex, Problem> {
        let layers = self.policy().layers();
        let by_id = layers.iter().position(|layer| layer.id == wanted);
        let found =
            by_id.or_else(|| layers.iter().position(|layer| layer.name.zh == wanted || layer.name.en == wanted));
        found.map(LayerIndex::new).ok_or_else(|| {
            let problem = Problem::new(Code::UnknownLayer, common::NO_LAYER_OF_POLICY).found(wanted);
            problem.expected(did_you_mean_level(wanted, layers.iter().map(|layer| layer.id.as_str())))
        })
    }
}
