//! Which of many hashes may be equal: a quick look before each is compared.

use crate::ground::sure::Sure;

/// Buckets into which more than one hash falls.
pub(crate) struct Crowded {
    words: Vec<u64>,
    bits: u32,
}

impl Crowded {
    pub(crate) fn new(hashes: &[u64]) -> Self {
        // Eight buckets a hash, so that few fall together by chance.
        let bits = usize::BITS.saturating_sub(hashes.len().leading_zeros()).saturating_add(3).clamp(6, 40);
        let size = 1_usize.checked_shl(bits.saturating_sub(6)).sure();
        let (mut once, mut twice) = (vec![0_u64; size], Self { words: vec![0; size], bits });
        for hash in hashes {
            let (word, bit) = twice.bucket(*hash);
            if let (Some(once), Some(twice)) = (once.get_mut(word), twice.words.get_mut(word)) {
                *twice |= *once & bit;
                *once |= bit;
            }
        }
        twice
    }

    /// The word and the bit of a hash's bucket.
    fn bucket(&self, hash: u64) -> (usize, u64) {
        let bucket = hash >> u64::BITS.saturating_sub(self.bits);
        (usize::try_from(bucket >> 6).unwrap_or(usize::MAX), 1 << (bucket & 63))
    }

    pub(crate) fn contains(&self, hash: u64) -> bool {
        let (word, bit) = self.bucket(hash);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }
}
