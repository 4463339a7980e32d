//! The sheet of notes: how the workbook is read, the rules with their clauses, how open points are read.

use super::{Cell, Content, FIRST, HEADER, Look, On, Sheet, Workbook, widths};
use crate::results::tables::policy_line;

impl Workbook<'_> {
    pub(super) fn notes_sheet(&self) -> Sheet<'_> {
        let mut sheet = self.sheet(On::Notes, move |each| self.note_cells(each));
        sheet.widths = widths(&[30, 14, 66, 10, 50]);
        sheet.printed = 4;
        sheet.merged = Self::head_merges(4);
        sheet.frozen = (HEADER, 0);
        let mut last = FIRST;
        self.note_cells(&mut |cell| last = cell.row);
        sheet.last_row = last;
        sheet
    }

    fn note_cells(&self, each: &mut dyn FnMut(Cell)) {
        let described = self.data.policy.describe(self.options.lang);
        self.head(self.word("说明", "Notes"), &policy_line(&self.data.policy, self.options.lang), each);
        let mut row = HEADER;
        let mut line = |look: Look, texts: &[&str]| {
            for (column, text) in (0..).zip(texts) {
                let content = if text.is_empty() { Content::Blank } else { Content::Text((*text).to_owned()) };
                each(Cell::new(row, column, look, content));
            }
            row = row.saturating_add(1);
        };
        line(Look::Section, &[self.word("怎样使用", "How to use it")]);
        for (what, text) in [
            (
                self.word("政策", "Policy"),
                self.word(
                    "黄色单元格可以修改。各数以整数参与计算（分或最小的小数位），折叠在右侧。小数位数超出所列的，金额显示 #N/A。",
                    "Yellow cells may be changed. Each number is computed with as a whole number, folded away to the right. With more decimals than are listed amounts are #N/A.",
                ),
            ),
            (
                self.word("名单", "Roster"),
                self.word(
                    "类型、认定层级等有下拉列表；属性、数量、年度可以修改。此页可以作为名册读回。",
                    "Kinds and designations have lists to choose from; attributes, numbers and years may be changed. The sheet can be read as a roster again.",
                ),
            ),
            (
                self.word("测算表", "Calculation"),
                self.word(
                    "一处一年一行。白色金额为公式；灰色金额为生成时的数值，原因见列标题的批注和“校验”。",
                    "A row for each place and year. White amounts are formulas; grey ones are values of when it was made: the notes of the headers and Checks say why.",
                ),
            ),
            (
                self.word("校验", "Checks"),
                self.word(
                    "各表第二行的提示：✔ 与计算结果一致；△ 有改动且已全部重算；✘ 不可采用。",
                    "The second row of each sheet: ✔ as computed; △ changed, all of it computed again; ✘ not to be relied on.",
                ),
            ),
            (
                self.word("精确到分", "Exact to the fen"),
                self.word(
                    "公式只在整数上做加、减、乘和比较，除法由余数校正；“校验”中每个算式的界限小于10的15次方时，结果与 fundlayers 逐分相同。",
                    "Formulas add, multiply and compare whole numbers, and division is mended by its rest: while each bound in Checks is below 10^15 they give what fundlayers gives, to the fen.",
                ),
            ),
        ] {
            line(Look::LongText, &[what, "", text]);
        }
        line(Look::LongText, &[""]);
        line(Look::Section, &[self.word("依据", "The policy")]);
        for (label, value) in &described.facts {
            line(Look::LongText, &[label, "", value]);
        }
        line(Look::LongText, &[""]);
        line(Look::Section, &[self.word("规则与条款", "Rules and clauses")]);
        line(
            Look::Header,
            &[
                self.word("类别", "Class"),
                self.word("层级", "Layer"),
                self.word("规则", "Rule"),
                self.word("条款", "Clause"),
                self.word("备注", "Remark"),
            ],
        );
        for figure in &described.figures {
            line(
                Look::LongText,
                &[
                    &figure.name,
                    self.word("指标", "figure"),
                    &figure.text,
                    figure.clause.as_deref().unwrap_or_default(),
                    "",
                ],
            );
        }
        for class in &described.classes {
            let mut note = class.note.as_deref().unwrap_or_default();
            for (layer, rule) in described.layers.iter().zip(&class.rules) {
                let Some(rule) = rule else { continue };
                line(
                    Look::LongText,
                    &[&class.name, &layer.name, &rule.text, rule.clause.as_deref().unwrap_or_default(), note],
                );
                // Once for each class.
                note = "";
            }
        }
        for pool in &described.pools {
            let terms = pool.terms.join(self.word("，", ", "));
            line(
                Look::LongText,
                &[&pool.name, self.word("资金池", "pool"), &terms, pool.clause.as_deref().unwrap_or_default(), ""],
            );
        }
        if described.readings.is_empty() {
            return;
        }
        line(Look::LongText, &[""]);
        line(Look::Section, &[self.word("对文件未明之处的解读", "How open points of the document are read")]);
        line(
            Look::Header,
            &[
                self.word("问题", "Question"),
                "",
                self.word("采用", "Chosen"),
                self.word("条款", "Clause"),
                self.word("另解", "Alternatives"),
            ],
        );
        for reading in &described.readings {
            let alternatives = reading.alternatives.join(self.word("；", "; "));
            line(
                Look::LongText,
                &[&reading.question, "", &reading.chosen, reading.clause.as_deref().unwrap_or_default(), &alternatives],
            );
        }
    }
}
