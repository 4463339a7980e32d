"""A policy whose places are computed each by itself, for what is computed in parts."""

import fundlayers as fl

BY = ["county", "kind", "layer", "year"]


def aid_policy(villages: int) -> fl.Policy:
    """``villages`` are as many as its document says."""
    return fl.Policy(
        {
            "id": "aid",
            "title": {"zh": "补助"},
            "years": [2024, 2025],
            "unit": "元",
            "kinds": {"town": {"zh": "镇"}, "village": {"zh": "村"}},
            "payers": {"city": {"zh": "市级"}},
            "attributes": {"pupils": {"zh": "学生数", "type": "number"}},
            "layers": [{"id": "city", "payer": "city"}, {"id": "county", "payer": "county"}],
            "classes": [
                {"id": "t", "kind": "town", "funding": {"city": {"rate": "1/7", "of": "pupils"}, "county": 5}},
                {"id": "v", "kind": "village", "expected": villages, "funding": {"city": 11}},
            ],
        }
    )
