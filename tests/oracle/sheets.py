"""Sheets as offices keep them: where the table is, which title means what, which line is a row, what was merged, what a
program has spoiled.

Written from the page on sheets alone. Cells are texts here; numbers are read in `model.py`.
"""

import re
from dataclasses import dataclass, field

SYNONYMS = {
    "id": "编号 代码 唯一编码 单位编码 镇村编码 ID",
    "name": "单位名称 镇村名称 对象名称 补助对象 受益单位 镇名 镇名称 镇村 单位全称 项目镇村",
    "village": "行政村 村名 村名称 行政村名称 村庄 村社区 所属村 所在村",
    "kind": "类别 镇村类型 对象类型",
    "designation": "认定级别 认定类别 帮扶级别 重点级别",
    "county": "县区 区县名称 县区名称 县市区 县 区 县名 县名称 县市区名称 市县区 县域 市县 所属区县 所在区县 所属县区 所在县区 县市 区县市",
    "township": "乡镇名称 镇街 乡镇街道 镇办 街镇 所属乡镇 所在乡镇 镇 乡 街道 乡镇办 镇乡 镇街名称",
    "division_code": "行政区划代码 区划编码 行政区划编码 行政区划 区划",
    "count": "个数",
    "from": "开始年度 起始年份 开始年份 起始年",
    "to": "结束年度 截止年份 结束年份 截止年 终止年度",
    "year": "年份 年 预算年度 资金年度",
    "layer": "资金层级 安排级次 资金级次",
    "payer": "出资主体 安排单位 出资单位",
    "amount": "可用额度 额度 资金额度 资金金额",
    "unit": "金额单位 货币单位",
    "document": "资金文号 下达文号",
    "half": "半年度 期间 期次",
    "duty": "帮扶事项 任务 岗位 职务 帮扶类别 帮扶力量",
    "person": "姓名 人员 帮扶人员 帮扶单位 责任人或单位 项目负责人 责任人姓名",
    "number": "人次 次数",
    "people": "队伍人数 人员数",
    "project_code": "项目编码 项目代码",
    "project_name": "项目 工程名称 项目全称",
    "category": "项目类别 项目分类 项目种类",
    "location": "实施地点 项目地点 建设地址 项目实施地点 建设地点（镇村）",
    "content": "建设内容及规模 建设内容与规模 主要建设内容 项目内容 建设规模及内容",
    "investment": "总投资 项目总投资 投资额 计划投资 投资总额",
    "aim": "任务目标 工作目标 目标任务",
    "agency": "牵头单位 责任部门",
    "period": "建设期限 建设起止时间 实施期限 项目起止时间",
    "deadline": "完成期限 计划完成时间 截止时间 办结时限",
    "entered": "入库日期",
    "filed": "备案日期 备案时间 方案备案时间",
    "status": "进展情况 完成进度 工作进展 形象进度",
    "completed": "实际完成时间 实际完成日期 竣工日期 完工日期",
    "priority": "优先次序 优先顺序",
}
SYNONYMS = {key: titles.split() for key, titles in SYNONYMS.items()}
LAND = {"平方米", "亩", "公顷", "平方公里"}
REMARKS = {
    "序号", "备注", "说明", "认定文号", "联系人", "联系电话", "负责人", "填报人", "电话", "No", "No.", "Note", "Notes", "Document of designation",
    "Remarks",
}

SEARCHED_ROWS = 40
NOTHING = set("/／—–―─")
DASHES = set("-－−‐‑")
BRACKETS = "(（[［)）]］"
SEVERAL = object()


def is_nothing(text):
    """Dashes or slashes: nothing stands there."""
    return bool(text.strip()) and set(text.strip()) <= NOTHING


def is_dash(text):
    """0 among numbers, nothing among texts."""
    return text.strip() in DASHES


def is_blank(text):
    return not text.strip() or is_nothing(text)


def words_of(cell):
    """The text of a cell in a column of texts."""
    return "" if is_nothing(cell) or is_dash(cell) else cell.strip()


# -- titles -----------------------------------------------------------------------------------------------------------


def known_titles(*ranks):
    """Each word with what it means; a word of an earlier rank hides that of a later one."""
    known = {}
    for rank, words in enumerate(ranks):
        for word, meaning in words:
            if word and word not in known:
                known[word] = rank, meaning
            elif word and known[word][0] == rank and known[word][1] != meaning:
                known[word] = rank, SEVERAL
    return {word: meaning for word, (_, meaning) in known.items()}


def meaning(title, known):
    """What a title (without padding) means, and what stands in brackets behind it."""
    if title in known:
        return known[title], None
    if inside := in_brackets(title):
        if inside[0].rstrip() in known:
            return known[inside[0].rstrip()], inside[1]
    if title.isascii():
        bare = "_".join(part for part in re.split(r"[ \-\n\r\t]+", title.lower()) if part)
    else:
        bare = "".join(title.split())
    bare = bare.strip("：:*＊")
    if bare in known:
        return known[bare], None
    if inside := in_brackets(bare):
        if inside[0].rstrip("_") in known:
            return known[inside[0].rstrip("_")], inside[1]
    whole = "".join(c for c in bare if c not in BRACKETS + "、")
    if whole in known:
        return known[whole], None
    # 县（区）名: what else an area may be stands within the title.
    areas = re.fullmatch(r"(.+?)[(（]([县市区旗镇乡街道村、/]*)[)）](.+)", bare)
    return known.get(areas[1] + areas[3]) if areas else None, None


def in_brackets(title):
    """Name and remark of `人口（人）`."""
    found = re.fullmatch(r"(.*)[(（\[［](.*)[)）\]］]", title, re.DOTALL)
    if not found and (behind := re.fullmatch(r"(.*)[/／](.*)", title, re.DOTALL)) and counts(behind[2].strip()):
        found = behind
    return (found[1], found[2].strip()) if found else None


def counts(remark):
    """Whether it is a unit of money, or says how often figures count more than one."""
    return remark in ("元", "yuan") or is_scaled(remark)


def heads_villages(title):
    """Whether a title heads names of villages."""
    inside = in_brackets(title)
    bare = "".join((inside[0] if inside else title).split()).strip("：:*＊").lower()
    return bare in ("village", "村", *SYNONYMS["village"])


def is_scaled(remark):
    return remark.startswith(("万", "千", "百", "亿", "thousand", "million", "%", "‰"))


# -- lines ------------------------------------------------------------------------------------------------------------

PART, SUBTOTAL, TOTAL, GRAND_TOTAL = range(4)
# How remarks begin, with a colon or without; what has a colon behind it; what is a remark as the whole cell.
NOTES = ("附注", "填报人", "填报单位", "填表", "制表", "审核", "联系人", "联系电话", "负责人", "单位负责人", "Note:", "Notes:")
LABELS = {
    "填报人", "填报单位", "填报时间", "填报日期", "填表人", "填表单位", "填表日期", "制表", "制表人", "制表单位", "审核", "审核人", "复核", "复核人",
    "联系人", "联系电话", "联系方式", "电话", "负责人", "单位负责人", "编制单位", "编制人", "经办人", "报送单位", "日期", "单位（盖章）", "盖章", "签字",
    "签章", "分管领导", "审签人", "审批人", "公章", "Preparedby", "Filledinby", "Checkedby", "Telephone", "Date",
}
WHOLE = {"盖章", "公章", "单位盖章", "签字", "签章", "签字盖章", "备注", "说明", "注", "以下空白", "转下页", "承上页", "接上页"}
SAYS = ("注", "备注", "说明", "政策", "附", "Source", "Policy", "Note")
SUMS = {
    "小计": SUBTOTAL, "分计": SUBTOTAL, "镇计": SUBTOTAL, "合计": TOTAL, "共计": TOTAL, "合计数": TOTAL, "总数": TOTAL, "汇总": TOTAL, "累计": TOTAL,
    "以上共计": TOTAL, "总计": GRAND_TOTAL,
}


def bare_label(text):
    """A label without white space, colons at its end, brackets around it and a remark in brackets."""
    bare = "".join(text.split()).rstrip("：:")
    if len(bare) > 1 and bare[0] in "(（【[" and bare[-1] in ")）】]" and not set(bare[1:-1]) & set("(（"):
        return bare[1:-1]
    if bare.endswith((")", "）")) and max(bare.rfind("("), bare.rfind("（")) >= 0:
        bare = bare[: max(bare.rfind("("), bare.rfind("（"))]
    return bare.rstrip("：:")


def counted(bare):
    """The rank of a label that says how many it sums: 合计2, 合计2个村, 共2个村; None if it does not."""
    for word, rank in (("小计", SUBTOTAL), ("合计", TOTAL), ("共计", TOTAL)):
        if bare.startswith(word):
            rest = bare[len(word):]
            break
    else:
        rest, rank = bare[1:], TOTAL
        if not bare.startswith("共") or "个" not in rest:
            return None
    return rank if re.fullmatch(r"[0-9]+(个.{0,5})?", rest) else None


def label(text):
    """The rank of a line that one of its cells calls a sum; None if it does not."""
    bare = bare_label(text)
    if re.match(r"其中($|[：:，,])", bare):
        return PART
    if bare in SUMS:
        return SUMS[bare]
    if counted(bare) is not None:
        return counted(bare)
    behind = re.fullmatch(r".*[(（]([^(（]*)[)）]", text.rstrip(), re.DOTALL)
    if behind and behind[1].strip() in SUMS:
        return SUMS[behind[1].strip()]
    bare = re.sub(r"^[一二三四五六七八九十0-9]*、", "", bare, count=1)
    ranks = (
        (SUBTOTAL, ("小计",), ("subtotal", "sub-total")),
        (TOTAL, ("合计", "共计", "汇总", "合计数"), ("total", "totals", "sum")),
        (GRAND_TOTAL, ("总计",), ("grandtotal",)),
    )
    for rank, endings, words in ranks:
        of = [bare[: -len(ending)] for ending in endings if bare.endswith(ending)]
        if any(len(name) <= 16 and (not name or name.isalnum()) for name in of) or bare.lower() in words:
            return rank
    return None


def remark(text):
    return "".join(text.split()).lstrip("*＊※（(")


def is_label(text):
    """Whether it says who filled the table in or signed it, with a colon behind."""
    found = re.match(r"([^：:]*)[：:]", remark(text))
    return bool(found) and (found[1] in LABELS or found[1].endswith(("签字", "签名", "签章", "盖章")))


def is_note(text):
    said = remark(text)
    digits = "[0-9〇○零一二三四五六七八九十]*"
    return (
        said.rstrip(")）") in WHOLE
        or (not said.strip("…") and bool(text.strip()))
        or said.startswith(NOTES)
        or any(re.match(word + "[0-9]*[：:]", said) for word in SAYS)
        or is_label(text)
        or bool(re.fullmatch(f"{digits}年{digits}月{digits}日", said))
        or said.endswith("。")
    )


class Lines:
    """What each line of a table is. `roles` are those of the columns that are read, by index: `name`, `key`, `figure`."""

    def __init__(self, roles):
        self.labels = [at for at, role in sorted(roles.items()) if role in ("name", "key")]
        self.has_first = 0 not in roles

    def total(self, cells):
        for at in self.labels:
            if at < len(cells) and label(cells[at]) is not None:
                return label(cells[at])
        if self.has_first and cells and label(cells[0]) is not None:
            rank, bare = label(cells[0]), bare_label(cells[0])
            # Numbers of rows stand here: the word counts only if it stands alone.
            if rank == PART or bare in SUMS or counted(bare) is not None or cells[0].isascii():
                return rank
        return None

    def is_note(self, cells):
        """Whether every cell is a remark, or the first says who filled the table in."""
        first = next((at for at, cell in enumerate(cells) if not is_blank(cell)), None)
        if first is None or not is_note(cells[first]):
            return False
        is_named = first in self.labels or (self.has_first and first == 0)
        return is_named and is_label(cells[first]) or all(is_blank(cell) or is_note(cell) for cell in cells)


@dataclass
class TotalLine:
    """A line that sums others: how many rows stand above it, and its figures by column."""

    number: int
    rank: int
    above: int
    figures: dict
    fits: object = None  # which rows agree with what it says of itself; None: it says nothing


def wrong_sums(lines, rows, value):
    """(number, column) of each figure that no rows sum to; `value` is that of a row in a column, or None."""
    wrong = []
    lines = [line for line in lines if line.rank != PART]
    for at, line in enumerate(lines):
        begin = next((other.above for other in reversed(lines[:at]) if other.rank >= line.rank), 0)
        end = next((other.above for other in lines[at + 1:] if other.rank >= line.rank), len(rows))
        parts = ([row for row in rows if line.fits is None or line.fits(row)], rows[begin:line.above], rows[line.above:end])
        for column, figure in line.figures.items():
            sums = [sum(value(row, column) or 0 for row in part) for part in parts]
            if figure not in sums:
                wrong.append((line.number, column))
    return wrong


# -- merged cells -----------------------------------------------------------------------------------------------------


@dataclass
class Column:
    """A key column of a file that cannot tell which cells were merged."""

    at: int
    key: str
    above: str = ""  # what stands in the last filled cell
    scope: str = ""  # what it is part of in that row: the county of a township
    row: int = 0
    in_run: bool = False
    runs: int = 0
    texts: set = field(default_factory=set)
    repeats: bool = False
    listed: bool = False
    rows: list = field(default_factory=list)

    def is_merged(self):
        return bool(self.rows) and not self.listed and (not self.repeats or self.runs > 1)


class Merged:
    """Blank cells of keys: filled down (True), left (False), or looked at (None)."""

    def __init__(self, keys, names, fill_down, padding):
        self.columns = [Column(at, key) for at, key in keys]
        self.names, self.fill_down, self.padding = names, fill_down, padding

    def row(self, number, cells):
        """The cells with what was merged into them."""
        if self.fill_down:
            return self.filled(cells)
        if self.fill_down is None:
            self.look(number, cells)
        return cells

    def is_township(self, cells):
        return any(at < len(cells) and words_of(cells[at]).endswith(tuple("镇乡街道办")) for at in self.names)

    def whole(self, column):
        """The column of what its texts are part of: a township of its county, a payer of the layer that it answers for."""
        key = {"township": "county", "payer": "layer"}.get(column.key)
        return next((other for other in self.columns if other.key == key), None)

    def filled(self, cells):
        is_township = self.is_township(cells)
        filled = list(cells)
        cell_of = lambda column: cells[column.at] if column.at < len(cells) else ""
        new = [column for column in self.columns if cell_of(column).strip() and words_of(cell_of(column)) != column.above]
        for column in self.columns:
            cell = cell_of(column)
            if self.whole(column) in new:
                column.above = ""
            if cell.strip():
                column.above = words_of(cell)
            elif column.above and not (column.key == "township" and is_township):
                filled += [""] * (column.at + 1 - len(filled))
                filled[column.at] = column.above
        return filled

    def look(self, number, cells):
        is_township = self.is_township(cells)
        text_of = lambda column: self.padding(words_of(cells[column.at])) if column and column.at < len(cells) else ""
        for column in self.columns:
            scope = text_of(self.whole(column))
            cell = cells[column.at] if column.at < len(cells) else ""
            text = self.padding(words_of(cell))
            if not cell.strip():
                if column.above and scope == column.scope and not (column.key == "township" and is_township):
                    column.runs += not column.in_run
                    column.in_run = True
                    column.rows.append(number)
            elif not text:
                column.above, column.in_run = "", False
            else:
                column.listed |= not column.in_run and column.above == text and column.row == number - 1
                column.repeats |= text in column.texts
                column.texts.add(text)
                column.above, column.scope, column.row, column.in_run = text, scope, number, False

    def problems(self):
        """(first row, key) of each column in which cells may have been merged."""
        return [(column.rows[0], column.key) for column in self.columns if self.fill_down is None and column.is_merged()]


# -- where the table is -----------------------------------------------------------------------------------------------


def stated_unit(cells, units):
    """The unit of a note above the table: 单位：万元."""
    for cell in cells:
        text = "".join(cell.split()).lower()
        found = re.search(r"单位：(.*)", text) or re.search(r"单位:(.*)", text) or re.search(r"unit:(.*)", text)
        if found:
            name = re.match(r"\w*", found[1].replace("_", " "))[0].removeprefix("人民币")
            if name in units:
                return name
    return None


def counts_places(text):
    """石桥镇（2个村）: the heading of a block."""
    inside = re.fullmatch(r".*[(（]([^(（]*)[)）]", text.rstrip(), re.DOTALL)
    return bool(inside) and "个" in inside[1] and any(c.isnumeric() for c in inside[1])


def find_table(rows, fit, units):
    """Header, rows below it and the unit stated above; `fit` says of titles whether all needed are there, and how many are
    known."""
    filled = [at for at, row in enumerate(rows) if not all(is_blank(cell) for cell in row)][:SEARCHED_ROWS]
    if not filled:
        return [], [], None
    at = next((at for at in filled if fit(rows[at])[0]), None)
    if at is None:
        at = max(filled, key=lambda at: fit(rows[at])[1])
    unit = next((unit for row in reversed(rows[:at]) if (unit := stated_unit(row, units))), None)
    header = list(rows[at])
    while header and not header[-1].strip():
        header.pop()
    return header, rows[at + 1:], unit


# -- what programs do to texts ----------------------------------------------------------------------------------------

NOTHING_WORDS = {"nan", "NaN", "NAN", "None", "<NA>", "NaT", "null", "NULL", "#N/A", "N/A", "无", "暂无", "没有"}
AS_ABOVE = {"同上", "〃", "″", '"', "＂", "''", "”", "ditto", "Ditto"}
UNSEEN = re.compile("[\0-\x1f\x7f-\x9f\xad\u0300-\u036f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffd]")


def has_unseen(text):
    """Characters that nobody sees, and Greek or Cyrillic letters among others."""
    mixed = re.search("[A-Za-z0-9\u3400-\u9fff]", text) and re.search("[\u0370-\u052f]", text)
    return bool(UNSEEN.search(text) or mixed)


def has_level(county):
    """Whether it says what it is; of one character it is no name without."""
    return county.endswith(LEVELS) and len(without_level(county)) > 1


def without_level(county):
    return next((county.removesuffix(level) for level in LEVELS if county.endswith(level)), county)


LEVELS = ("自治县", "县", "区", "市", "旗")


def alike_counties(counties):
    """Those of the counties, in their order, that seem to be one that came before: the same but for brackets and width, or for
    what it is called (王益, 王益区)."""
    whole, alike = set(), []
    for county in counties:
        name = plain(county)
        bare = {without_level(other) for other in whole if has_level(other)}
        if name in whole or (without_level(name) in whole if has_level(name) else name in bare):
            alike.append(county)
        whole.add(name)
    return alike


def spoiled_id(id_):
    """The id without what a spreadsheet marked it with, and the code of what is wrong with it."""
    if found := re.fullmatch(r'="(.*)"', id_, re.DOTALL) or re.fullmatch(r"['’‘](.+)", id_, re.DOTALL):
        return found[1].strip(), "spoiled-text"
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?[Ee]\+[0-9]+|[0-9]+\.[0-9]+[Ee][0-9]+", id_):
        return id_, "digits-lost"
    if id_ in NOTHING_WORDS or re.fullmatch(r"[0-9]+\.0", id_) or has_unseen(id_):
        return id_, "spoiled-text"
    return id_, None


def plain(name):
    """A name in the one writing of a place: 街道 for 街道办 and 街道办事处, 村 for 村委会."""
    half = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in name)
    half = "".join(c for c in half if not c.isspace() and c not in "()[]")
    half = re.sub("(街道|街)(办事处|办公室|办)$", r"\1", half)
    return re.sub("村?(村民委员会|村委会)$", "村", half)
