"""Who pays what for every town and village under a layered public-funding policy: exact to the fen, with the clause.

>>> allocation = Policy("tongchuan-2023").allocate()
>>> [(row["layer"], str(row["amount"])) for row in allocation.totals("layer").to_dicts()]
[('central_provincial', '9900'), ('city', '6120'), ('county', '4140')]

A `Policy` is a document turned into data, a `Roster` the places that it funds, an `Allocation` what each of them gets from
each layer in each year. Every result is a `Table`: it leaves as a polars or pandas data frame, as dicts, CSV or HTML.
Amounts go in as ``Decimal``, ``int`` or ``str`` and come out as ``Decimal``; a ``float`` is refused, because its digits are
lost. What is wrong with an input is a `FundlayersError` with every `Problem` at once.
"""

from ._errors import FundlayersError, Problem
from ._fundlayers import (
    Allocation,
    Duties,
    Explanation,
    Form,
    Funding,
    Planning,
    Policy,
    Reconciliation,
    Roster,
    Scan,
    Solution,
    SummedFunding,
    SummedReconciliation,
    Table,
    __version__,
    compare,
    duties,
    gallery,
    merge_summaries,
    named_places,
    policies,
    reconcile_summaries,
    scan,
    scenarios,
    solve,
)
from ._language import language, set_language, using_language

__all__ = [
    "Allocation",
    "Duties",
    "Explanation",
    "Form",
    "Funding",
    "FundlayersError",
    "Planning",
    "Policy",
    "Problem",
    "Reconciliation",
    "Roster",
    "Scan",
    "Solution",
    "SummedFunding",
    "SummedReconciliation",
    "Table",
    "__version__",
    "compare",
    "duties",
    "gallery",
    "language",
    "merge_summaries",
    "named_places",
    "policies",
    "reconcile_summaries",
    "scan",
    "scenarios",
    "set_language",
    "solve",
    "using_language",
]
