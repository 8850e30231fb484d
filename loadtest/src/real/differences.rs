//! What was not as it must be: counted in full, the first ones named.

pub const NAMED_MAX: usize = 20;

#[derive(Debug, Default)]
pub struct Differences {
    pub count: u64,
    pub named: Vec<String>,
}

impl Differences {
    /// The words are only made while there is room for them.
    pub fn add(&mut self, name: impl FnOnce() -> String) {
        self.count += 1;
        if self.named.len() < NAMED_MAX {
            self.named.push(name());
        }
    }

    pub fn merge(&mut self, other: Differences) {
        self.count += other.count;
        self.named.extend(other.named);
        self.named.truncate(NAMED_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_counted_and_the_first_are_named() {
        let mut all = Differences::default();
        (0..15).for_each(|number| all.add(|| number.to_string()));
        let mut more = Differences::default();
        (15..40).for_each(|number| more.add(|| number.to_string()));
        all.merge(more);
        assert_eq!((all.count, all.named.len()), (40, NAMED_MAX));
        assert_eq!(all.named[NAMED_MAX - 1], "19");
    }
}
