//! Rules whose numbers no machine word holds, which are computed place by place in fractions.

use fundlayers::roster::Cell;
use fundlayers::{Allocation, RosterBuilder, RowBuilder};

use crate::{best, policy};

/// As many ratios as one rule may have.
const RATIOS: usize = 330;

/// As many places as are measured alone.
pub(crate) const PLACES: u64 = 300;

/// Ratios to a common denominator just below 2^1024: to the first primes, then to products of two of them.
fn denominators() -> Vec<u128> {
    let primes: Vec<u128> = (2..650).filter(|n| (2..*n).all(|divisor| n % divisor != 0)).collect();
    let products = primes.iter().zip(primes.iter().rev()).map(|(a, b)| a * b);
    let more = primes.iter().skip(1).zip(&primes).map(|(a, b)| a * b);
    primes.iter().copied().chain(products).chain(more).take(RATIOS).collect()
}

/// Sums and comparisons of hundreds of ratios.
pub(crate) fn measure(places: u64) {
    let ratios = |scale: u128, of: &str| {
        let one = |denominator: &u128| format!(r#"{{ "rate": "1/{}", "of": {of} }}"#, denominator * scale);
        denominators().iter().map(one).collect::<Vec<_>>().join(",")
    };
    let pupils = r#""pupils""#;
    for (what, rule) in [
        ("a sum of 330 ratios of an attribute", format!("[{}]", ratios(1, pupils))),
        ("the same, their denominators of 20 digits and more", format!("[{}]", ratios(1 << 62, pupils))),
        ("330 ratios of a number, and an attribute", format!("[{pupils}, {}]", ratios(1, "7"))),
        ("the least of 330 ratios of an attribute", format!(r#"{{ "least": [{}] }}"#, ratios(1, pupils))),
    ] {
        let class = format!(r#"{{ "id": "all", "funding": {{ "city": {rule} }} }}"#);
        let policy = policy(&class, "");
        let titles = ["name", "kind", "designation", "pupils"].map(|title| (title, None));
        let mut builder = RosterBuilder::new(&policy, &titles);
        for place in 0..places {
            let texts = [format!("村{place}"), (1 + place * 7_919 % 200_003).to_string()];
            builder.push_row(None, &[&texts[0], "village", "municipal", &texts[1]].map(Cell::Text));
        }
        let (roster, _) = builder.finish().expect("a roster");
        let (time, _) = best(|| Allocation::for_years(&policy, &roster, &[2024]).expect("an allocation"));
        let each = time.as_secs_f64() * 1e6 / places as f64;
        println!("{what:<58} {:>9.2} ms  {each:>8.1} µs a place", time.as_secs_f64() * 1e3);
    }
}
