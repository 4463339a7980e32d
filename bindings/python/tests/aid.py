"""A policy whose places are computed each by itself, for what is computed in parts."""

import fundlayers as fl

BY = ["county", "kind", "layer", "year"]
# What both policies have.
SHARED = {
    "years": [2024, 2025],
    "unit": "元",
    "kinds": {"town": {"zh": "镇"}, "village": {"zh": "村"}},
    "payers": {"city": {"zh": "市级"}},
    "attributes": {"pupils": {"zh": "学生数", "type": "number"}},
    "layers": [{"id": "city", "payer": "city"}, {"id": "county", "payer": "county"}],
}


def aid_policy(villages: int) -> fl.Policy:
    """``villages`` are as many as its document says."""
    return fl.Policy(
        {
            "id": "aid",
            "title": {"zh": "补助"},
            **SHARED,
            "classes": [
                {"id": "t", "kind": "town", "funding": {"city": {"rate": "1/7", "of": "pupils"}, "county": 5}},
                {"id": "v", "kind": "village", "expected": villages, "funding": {"city": 11}},
            ],
        }
    )


def pooled_policy() -> fl.Policy:
    """One whose places depend on each other: a pool of each kind with a floor and a cap, and a mean of what it gives."""
    return fl.Policy(
        {
            "id": "pooled",
            "title": {"zh": "分配"},
            **SHARED,
            "pools": [
                {
                    "id": "grant",
                    "amount": {"rate": 100, "of": {"aggregate": "count", "over": ["kind"]}},
                    "per": "kind",
                    "at_least": [{"rate": "1/20", "of": "pupils"}, 45],
                    "at_most": 150,
                    "if_left": "keep",
                    "weights": {"pupils": "2/3", "equal": "1/3"},
                }
            ],
            "classes": [
                {
                    "id": "t",
                    "kind": "town",
                    "funding": {
                        "city": {"pool": "grant"},
                        "county": {"rate": "1/7", "of": {"aggregate": "mean", "of": "city", "over": ["kind"]}},
                    },
                },
                {"id": "v", "kind": "village", "funding": {"city": {"pool": "grant"}}},
            ],
        }
    )


def figured_policy() -> fl.Policy:
    """One with figures of which no amount rests on any: of many places, of which some cannot be had, and of the tenth decimal."""
    sum_ = {"aggregate": "sum", "of": "pupils", "over": ["kind"]}
    return fl.Policy(
        {
            "id": "figured",
            "title": {"zh": "指标"},
            **SHARED,
            "figures": [
                {"id": "share", "value": {"quotient": ["pupils", sum_]}},
                {"id": "above", "value": {"difference": ["county", {"aggregate": "mean", "of": "county"}]}},
                {"id": "ratio", "unit": "％", "value": {"quotient": [1, {"difference": ["pupils", 2]}]}},
                {"id": "tiny", "value": {"rate": "1/60000000000", "of": 1}},
            ],
            "classes": [
                {"id": "t", "kind": "town", "funding": {"city": {"rate": "1/7", "of": "pupils"}, "county": 5}},
                {"id": "v", "kind": "village", "funding": {"city": 11, "county": "pupils"}},
            ],
        }
    )
