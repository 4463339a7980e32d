//! What the command line says of its own about files, in Chinese and English.

use fundlayers::{Phrase, phrases};

phrases! {
    NO_SUCH_POLICY = "没有以此为名的内置政策或文件", "no built-in policy and no file has this name";
    GALLERY = "公开拨款公式画廊", "Gallery of public grant formulas";
    POLICIES = "政策", "Policies";
    BUILT_IN = "内置政策", "Built-in policies";
    ID = "编号", "Id";
    TITLE = "名称", "Title";
    VERSION = "版本", "Version";
    YEARS = "年度", "Years";
    STATUS = "状态", "Status";
    GROUP = "类别", "Group";
    NO_ROSTER_OF_FILE = "政策文件没有内置名单", "a policy file has no built-in roster";
    NAME_A_ROSTER = "请用 `--roster FILE` 给出名单", "name one with --roster FILE";
    CANNOT_BE_READ = "无法读取（`{0}`）", "cannot be read: {0}";
    ENDING_TELLS_NOTHING = "无法由文件扩展名得知格式", "the ending of the file tells no format";
    TABLE_FILES = "请使用 `.xlsx`、`.xls`、`.ods`、`.csv` 或 `.json` 的表", "a table in .xlsx, .xls, .ods, .csv or .json";
    EVERY_RECEIPT_MATCHES = "台账记录全部匹配。", "Every receipt matches.";
    POLICY_FILES = "请使用 `.toml` 或 `.json` 的政策", "a policy in .toml or .json";
}

#[test]
fn every_phrase_is_whole_in_both_languages() {
    for (name, phrase) in ALL {
        assert_eq!(phrase.check(), Ok(()), "{name}");
    }
}
