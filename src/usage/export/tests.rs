//! Rows of exports against usage.
