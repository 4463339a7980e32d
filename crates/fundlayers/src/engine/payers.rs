//! Who pays: the payers of a policy over a roster. A payer is its text: the id of a body, a county, or what an attribute of
//! the place says. The same text is the same payer, wherever it stands.

use hashbrown::HashMap;

use crate::ground::ids::{PayerIndex, index};
use crate::ground::sure::Sure;
use crate::policy::{Payer, Policy};
use crate::roster::Places;
use crate::rows::column::{AttributeColumn, DictionaryColumn};

/// The column of the roster that says who pays; none if it is one body, or the roster lacks the column.
pub(crate) fn paying_column<'a>(policy: &Policy, roster: &'a Places, payer: Payer) -> Option<&'a DictionaryColumn> {
    match payer {
        Payer::Body(_) => None,
        Payer::County => Some(roster.county_column()),
        Payer::Attribute(attribute) => match roster.attribute(&policy.attribute(attribute)?.id)? {
            AttributeColumn::Text(column) => Some(column),
            AttributeColumn::Number(_) | AttributeColumn::Flag(_) => None,
        },
    }
}

/// Who pays for a row in a layer: a body's id, or what the row says; blank if it says nothing.
pub(crate) fn payer_of<'a>(policy: &'a Policy, roster: &'a Places, payer: Payer, row: usize) -> &'a str {
    match policy.payer_id(payer) {
        Some(body) => body,
        None => paying_column(policy, roster, payer).map_or("", |column| column.get(row)),
    }
}

/// The payers of an allocation, each by a code of its own: bodies first, by their index, then the other texts in the order
/// of layers and in which they first appear.
#[derive(Debug)]
pub(crate) struct Payers {
    /// How many of the codes are bodies.
    bodies: usize,
    /// Where the texts of the other codes stand: in which column, under which of its codes.
    others: Vec<(Payer, u32)>,
    /// The codes of each column that says who pays, by its own codes.
    columns: Vec<(Payer, Vec<u32>)>,
    /// By code: the first layer that it may pay for.
    first_layers: Vec<usize>,
    /// Whether two columns, or a column and a body, have a text in common.
    is_shared: bool,
}

impl Payers {
    pub(crate) fn new(policy: &Policy, roster: &Places) -> Self {
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let bodies = policy.payers().len();
        let none = policy.layers().len();
        let mut payers = Self {
            bodies,
            others: Vec::new(),
            columns: Vec::new(),
            first_layers: vec![none; bodies],
            is_shared: false,
        };
        let mut known: HashMap<&str, u32> = HashMap::new();
        known.extend(policy.payers().iter().zip(0..).map(|(body, code)| (body.id.as_str(), code)));
        for (layer, payer) in policy.layers().iter().map(|layer| layer.payer).enumerate() {
            if let Payer::Body(body) = payer {
                payers.pays_for(body.code(), layer);
                continue;
            }
            if payers.columns.iter().any(|(column, _)| *column == payer) {
                continue;
            }
            let column = paying_column(policy, roster, payer);
            let values = column.map_or(1, DictionaryColumn::value_count);
            let mut codes = Vec::with_capacity(values);
            for value in (0..).take(values) {
                let text = column.map_or("", |column| column.value(value));
                let next = number(bodies.saturating_add(payers.others.len()));
                let code = *known.entry(text).or_insert(next);
                if code == next {
                    payers.others.push((payer, value));
                    payers.first_layers.push(none);
                } else {
                    payers.is_shared = true;
                }
                payers.pays_for(code, layer);
                codes.push(code);
            }
            payers.columns.push((payer, codes));
        }
        payers
    }

    fn pays_for(&mut self, code: u32, layer: usize) {
        if let Some(first) = self.first_layers.get_mut(index(code)) {
            *first = layer.min(*first);
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.first_layers.len()
    }

    /// Whether a text may pay for two layers that do not have the same payer in the policy.
    pub(crate) fn is_shared(&self) -> bool {
        self.is_shared
    }

    /// The first layer that a payer may pay for, by its code.
    pub(crate) fn first_layer(&self, code: u32) -> usize {
        self.first_layers.get(index(code)).copied().sure()
    }

    /// The code of who pays where a column, if it is not one body, has one of its codes.
    pub(crate) fn code(&self, payer: Payer, of_column: u32) -> u32 {
        match payer {
            Payer::Body(body) => body.code(),
            payer => {
                let codes = self.columns.iter().find(|(column, _)| *column == payer);
                codes.and_then(|(_, codes)| codes.get(index(of_column))).copied().unwrap_or(u32::MAX)
            }
        }
    }

    /// The code of who pays for a row.
    pub(crate) fn code_of(&self, policy: &Policy, roster: &Places, payer: Payer, row: usize) -> u32 {
        self.code(payer, paying_column(policy, roster, payer).map_or(0, |column| column.code(row)))
    }

    /// Which body a code is, if it is one.
    pub(crate) fn body(&self, code: u32) -> Option<PayerIndex> {
        Some(index(code)).filter(|code| *code < self.bodies).map(PayerIndex::new)
    }

    /// Where the order of a payer comes from, if it is no body: which of the columns that say who pays, and its code there.
    pub(crate) fn stands_in(&self, code: u32) -> Option<(usize, Payer, u32)> {
        let (payer, value) = index(code).checked_sub(self.bodies).and_then(|other| self.others.get(other))?;
        Some((self.columns.iter().position(|(column, _)| column == payer)?, *payer, *value))
    }

    /// The text of a payer.
    pub(crate) fn text<'a>(&self, policy: &'a Policy, roster: &'a Places, code: u32) -> &'a str {
        if let Some(body) = self.body(code) {
            return policy.payer(body).map_or("", |body| body.id.as_str());
        }
        let other = index(code).checked_sub(self.bodies).and_then(|other| self.others.get(other));
        other.map_or("", |(payer, value)| {
            paying_column(policy, roster, *payer).map_or("", |column| column.value(*value))
        })
    }
}
