//! What is asked of an allocation, with the tables that come with it: limits, ledgers, scenarios, goals.

use fundlayers::document::Node;
use fundlayers::sheet::SheetOptions;
use fundlayers::{
    Allocation, Amount, FundingRule, Goal, Grouping, LimitsBuilder, Policy, ReceiptsBuilder, ReconcileOptions, Roster,
    ScenariosBuilder, Sign, TopUp,
};
use fundlayers_formats::{Format, read_rows, toml};

use super::laws::written_alike;
use super::{listed, no_error};

/// Good tables to begin with: what each is called, what it is for, its text.
pub const TABLES: [(&str, u8, &str); 3] = [
    (
        "limits",
        0,
        "layer,payer,year,amount,unit\ncity,city,2023,1500,万元\ncounty,王益区,2024,12345678.91,元\n\
         county,,2025,0.07,亿元\n",
    ),
    (
        "ledger",
        1,
        "区县,乡镇,名称,年度,安排层级,下达金额(万元),到位金额(万元),支出金额(万元)\n\
         王益区,黄堡镇,黄堡镇,2023,市级,300,250.5,100\n王益区,黄堡镇,黄堡镇,2023,区县统筹,300,,\n\
         耀州区,关庄镇,关庄镇,2024,省级,500,500,-20\n",
    ),
    (
        "changes",
        2,
        "scenario,path,value\nas planned,,\nmore,classes.municipal-town.standard,650\n\
         more,classes.municipal-village.standard,130\nless,classes.municipal-town.funding.city,250\n",
    ),
];

/// A policy and a roster that every question is asked of: two payers, a top-up, a pool, counted rows.
///
/// # Errors
///
/// If it does not compute.
pub fn plan() -> Result<(Policy, Roster, Allocation), String> {
    let built_in = fundlayers_policies::all().first().ok_or("no policy is built in")?;
    let said = |problems: fundlayers::Problems| problems.to_string();
    let (policy, _) = fundlayers_formats::read_policy(built_in.policy_toml.as_bytes(), Format::Toml).map_err(said)?;
    let (roster, _) =
        fundlayers_formats::read_roster(built_in.roster_csv.as_bytes(), Format::Csv, &policy).map_err(said)?;
    let (allocation, _) = Allocation::new(&policy, &roster).map_err(said)?;
    Ok((policy, roster, allocation))
}

/// Funds the plan within limits by each rule: awards are never above the claim, and use the limit up or meet every claim.
///
/// # Errors
///
/// What should never be.
pub fn fund(allocation: &Allocation, limits: &[u8], format: Format, options: &SheetOptions) -> Result<(), String> {
    let policy = allocation.policy();
    let limits = match read_rows(limits, format, options, |titles| LimitsBuilder::new(policy, titles)) {
        Ok((limits, warnings)) => {
            no_error(&warnings)?;
            limits
        }
        Err(problems) => return listed(&problems),
    };
    for name in FundingRule::NAMES {
        let order: Vec<&str> = policy.classes().iter().take(2).map(|class| class.id.as_str()).collect();
        let order = if name == "priority" { order } else { Vec::new() };
        let rule = FundingRule::parse(name, &order).map_err(|problems| problems.to_string())?;
        let (funding, warnings) = match allocation.fund(&limits, &rule) {
            Ok(done) => done,
            Err(problems) => {
                listed(&problems)?;
                continue;
            }
        };
        no_error(&warnings)?;
        for (claim, funded) in funding.claims().all_lines().zip(funding.funded().all_lines()) {
            if funded.amount() > claim.amount() || funded.amount() < claim.amount().min(Amount::ZERO) {
                return Err(format!("{name}: {funded:?} of {claim:?}"));
            }
        }
        let totals = match funding.totals(&[Grouping::Layer, Grouping::Payer, Grouping::Year]) {
            Ok(totals) => totals,
            Err(problems) => {
                listed(&problems)?;
                continue;
            }
        };
        for row in totals.iter() {
            let Some(layer) = policy.layer_index(&row.key(0)).and_then(|layer| policy.layer(layer)) else { continue };
            // Who pays in is no part of what a limit is for.
            if layer.sign == Sign::Any {
                continue;
            }
            let step = layer.rounding.step().fen();
            let used_up = row
                .limit()
                .is_some_and(|limit| limit.fen().saturating_sub(row.funded().fen()) < step && row.funded() <= limit);
            if row.funded() != row.claim() && !used_up {
                return Err(format!("{name}: {} of {} within {:?}", row.funded(), row.claim(), row.limit()));
            }
        }
        written_alike(policy, &totals.table(policy.unit()))?;
    }
    Ok(())
}

/// Reconciles the plan with a ledger: what was issued, received and spent is all there, matched or not, and no gap is
/// netted against an excess.
///
/// # Errors
///
/// What should never be.
pub fn reconcile(allocation: &Allocation, ledger: &[u8], format: Format, options: &SheetOptions) -> Result<(), String> {
    let policy = allocation.policy();
    let receipts = match read_rows(ledger, format, options, ReceiptsBuilder::new) {
        Ok((receipts, warnings)) => {
            no_error(&warnings)?;
            receipts
        }
        Err(problems) => return listed(&problems),
    };
    for top_up in ["entitled", "received"] {
        let top_up = TopUp::parse(top_up, allocation.years()).map_err(|problem| problem.to_string())?;
        let (reconciliation, warnings) =
            match allocation.reconcile(&receipts, &ReconcileOptions { top_up, as_of: None }) {
                Ok(done) => done,
                Err(problems) => {
                    listed(&problems)?;
                    continue;
                }
            };
        no_error(&warnings)?;
        for line in reconciliation.lines(true) {
            let (due, received) = (line.due().fen(), line.received().fen());
            let (gap, excess) = (line.gap().fen(), line.excess().fen());
            if gap != due.saturating_sub(received).max(0) || excess != received.saturating_sub(due).max(0) {
                return Err(format!("{due} due, {received} received: gap {gap}, excess {excess}"));
            }
        }
        match reconciliation.totals(&[Grouping::County, Grouping::Layer], true) {
            Ok(totals) => written_alike(policy, &totals.table(policy.unit()))?,
            Err(problems) => listed(&problems)?,
        }
        written_alike(policy, &reconciliation.unmatched_table(policy.unit()))?;
    }
    Ok(())
}

/// Adds many changes up side by side: the first scenario differs from itself by nothing, and each scenario is what the
/// changed policy gives alone.
///
/// # Errors
///
/// What should never be.
pub fn scenarios(
    policy: &Policy,
    roster: &Roster,
    table: &[u8],
    format: Format,
    options: &SheetOptions,
) -> Result<(), String> {
    let read = read_rows(table, format, options, |titles| ScenariosBuilder::new(titles, toml::read_value));
    let list = match read {
        Ok((list, warnings)) => {
            no_error(&warnings)?;
            list
        }
        Err(problems) => return listed(&problems),
    };
    let totals = match fundlayers::scenarios(policy, roster, None, &list, &[]) {
        Ok((totals, warnings)) => {
            no_error(&warnings)?;
            totals
        }
        Err(problems) => return listed(&problems),
    };
    for (scenario, row) in list.iter().zip(totals.iter()) {
        let changes: Vec<(&str, Node)> =
            scenario.changes().iter().map(|change| (change.path(), change.value().clone())).collect();
        let alone = policy
            .with_changes(changes)
            .and_then(|(policy, _)| Allocation::new(&policy, roster))
            .and_then(|(allocation, _)| allocation.totals(&[], true))
            .map_err(|problems| format!("{} alone: {problems}", scenario.name()))?;
        let alone = alone.iter().next().map(|row| row.amount());
        if row.amount().unwrap_or(Amount::ZERO) != alone.unwrap_or(Amount::ZERO) {
            return Err(format!("{}: {:?} among the others, {alone:?} alone", scenario.name(), row.amount()));
        }
    }
    written_alike(policy, &totals.table(policy.unit()))
}

/// Solves for a number of the policy: the total at the value found is within the limit, and one step above it is not.
///
/// # Errors
///
/// What should never be.
pub fn solve(policy: &Policy, roster: &Roster, goal: &Goal) -> Result<(), String> {
    match fundlayers::solve(policy, roster, goal) {
        Ok((solution, warnings)) => {
            no_error(&warnings)?;
            if solution.total() > goal.limit || solution.next_total() <= goal.limit {
                return Err(format!(
                    "{goal:?}: {} at the value, {:?} above it",
                    solution.total(),
                    solution.next_total()
                ));
            }
            written_alike(policy, &solution.table(policy.unit()))
        }
        Err(problems) => listed(&problems),
    }
}
