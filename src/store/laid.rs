//! Rows laid one behind the other, each under what it is known by: one piece of memory for all, kept when they are cleared.

pub struct Laid<K> {
    /// Each with where its row ends.
    ends: Vec<(K, usize)>,
    rows: Vec<u8>,
}

impl<K> Default for Laid<K> {
    fn default() -> Laid<K> {
        Laid { ends: Vec::new(), rows: Vec::new() }
    }
}

impl<K: Copy> Laid<K> {
    /// Lays the row that `put` writes behind the others.
    pub fn push(&mut self, key: K, put: impl FnOnce(&mut Vec<u8>)) {
        put(self.open());
        self.close(key);
    }

    /// For a row that is laid piece by piece: what has been laid so far, to be written behind, until it is closed.
    pub fn open(&mut self) -> &mut Vec<u8> {
        &mut self.rows
    }

    /// Takes what has been laid since the row before for a row.
    pub fn close(&mut self, key: K) {
        self.ends.push((key, self.rows.len()));
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn clear(&mut self) {
        self.ends.clear();
        self.rows.clear();
    }

    /// All of them, in the order in which they came.
    pub fn each(&self) -> impl Iterator<Item = (K, &[u8])> {
        let begins = std::iter::once(0).chain(self.ends.iter().map(|(_, end)| *end));
        self.ends.iter().zip(begins).map(|((key, end), begin)| (*key, &self.rows[begin..*end]))
    }
}
