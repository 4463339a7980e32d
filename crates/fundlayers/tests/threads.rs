//! What a service hands from thread to thread: nothing here is bound to the one that made it. It fails by not compiling.

use fundlayers::answer::{Answer, Given, Request};
use fundlayers::{
    Allocation, Funding, Limits, Policy, Problems, Receipts, Reconciliation, Roster, Scenarios, Solution, Totals,
};

const fn is_send_and_sync<T: Send + Sync + 'static>() {}

const _: () = {
    is_send_and_sync::<Policy>();
    is_send_and_sync::<Roster>();
    is_send_and_sync::<Allocation>();
    is_send_and_sync::<Totals>();
    is_send_and_sync::<Funding>();
    is_send_and_sync::<Limits>();
    is_send_and_sync::<Receipts>();
    is_send_and_sync::<Reconciliation>();
    is_send_and_sync::<Scenarios>();
    is_send_and_sync::<Solution>();
    is_send_and_sync::<Problems>();
    is_send_and_sync::<Request>();
    is_send_and_sync::<Answer>();
    is_send_and_sync::<Given<Policy>>();
};
