//! Which of many hashes may be equal: a quick look before each is compared.

use crate::ground::sure::Sure;

/// Buckets into which more than one hash falls.
pub(crate) struct Crowded {
    /// A bit for each bucket into which any falls, and one for each into which more than one does, side by side.
    words: Vec<[u64; 2]>,
    bits: u32,
}

impl Crowded {
    pub(crate) fn new(hashes: impl ExactSizeIterator<Item = u64>) -> Self {
        // Eight buckets a hash, so that few fall together by chance.
        let bits = usize::BITS.saturating_sub(hashes.len().leading_zeros()).saturating_add(3).clamp(6, 40);
        let size = 1_usize.checked_shl(bits.saturating_sub(6)).sure();
        let mut crowded = Self { words: vec![[0; 2]; size], bits };
        for hash in hashes {
            let (word, bit) = crowded.bucket(hash);
            if let Some([any, several]) = crowded.words.get_mut(word) {
                *several |= *any & bit;
                *any |= bit;
            }
        }
        crowded
    }

    /// The word and the bit of a hash's bucket.
    fn bucket(&self, hash: u64) -> (usize, u64) {
        let bucket = hash >> u64::BITS.saturating_sub(self.bits);
        (usize::try_from(bucket >> 6).unwrap_or(usize::MAX), 1 << (bucket & 63))
    }

    pub(crate) fn contains(&self, hash: u64) -> bool {
        let (word, bit) = self.bucket(hash);
        self.words.get(word).is_some_and(|[_, several]| several & bit != 0)
    }
}
