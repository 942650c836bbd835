//! Tags of a centre.
